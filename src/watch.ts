/** The loop around the cycle: who records which page, what is due, what is still owed, until asked to stop. */
import { setTimeout } from 'node:timers/promises';
import { type CycleDeps, type Holder, poll, type Watched } from './cycle.ts';
import type { EventJson } from './json.ts';
import type { Outbox } from './outbox.ts';
import { isDue, wakeDelayMs, wokeUp } from './schedule.ts';
import type { Target } from './targets.ts';

const CLAIM_EVERY_MS = 2000;
const STOP_WITHIN_MS = 500;
/** While a page is read it holds a hundred times the memory of what is kept of it. */
const PAGES_AT_ONCE = 48;

export interface WatchDeps extends CycleDeps {
  outbox: Outbox;
  /** Filled with the pages as they are watched, for those who are told of them by address. */
  all: Watched[];
  once: boolean;
  /** How often due times are looked at. */
  tickMs: number;
  /** Monotonic ms. */
  monotonic: () => number;
  /** A page was read, or could not be. */
  onRead: (watched: Watched) => void;
  /** This page may not be asked yet: its server, or its failures, named a later time (`record.dueAt`). */
  onWait: (watched: Watched) => void;
  /** Another process records this page now, or this one took it over. */
  onHolder: (watched: Watched) => void;
  /** Every tick, for the line that shows the program is alive. */
  onTick: (all: readonly Watched[]) => void;
  /** What should never happen, and a state that cannot be written for now. */
  onError: (error: unknown) => void;
}

/** Watches until `signal`, or for one read of each page with `once`. Resolves when everything is written. */
export async function watchTargets(targets: readonly Target[], deps: WatchDeps): Promise<readonly Watched[]> {
  const all = deps.all;
  all.push(...targets.map(newWatched));
  try {
    await takeOver(all, deps);
    if (deps.once) await readOnce(all, deps);
    else await loop(all, deps);
  } finally {
    await deps.recorder.flush();
    await Promise.race([deps.outbox.deliver(), asLongAsWanted(deps.signal)]);
    await deps.store.claims.release();
  }
  return all;
}

function newWatched(target: Target): Watched {
  return {
    target,
    url: target.provider.url,
    opened: null,
    record: null,
    holder: { mine: false, pid: 0, channels: [] },
    dueAt: 0,
    waitMs: 0,
    busy: false,
    error: null,
    unmatched: undefined,
    silentBaseline: false,
    shown: new Set(),
  };
}

async function readOnce(all: readonly Watched[], deps: WatchDeps): Promise<void> {
  const now = deps.now().getTime();
  const isPageDue = (watched: Watched) => (watched.record?.dueAt ?? 0) <= now;
  for (const watched of all) if (!isPageDue(watched)) deps.onWait(watched);
  const read = openReader(deps);
  await Promise.race([Promise.all(all.filter(isPageDue).map(read)), aborted(deps.signal)]);
}

async function loop(all: readonly Watched[], deps: WatchDeps): Promise<void> {
  let claimedAt = deps.now().getTime();
  let clock = { wall: claimedAt, monotonic: deps.monotonic() };
  for (const watched of all) watched.dueAt = watched.record?.dueAt ?? 0;
  const read = openReader(deps);
  while (!deps.signal.aborted) {
    const now = deps.now().getTime();
    const current = { wall: now, monotonic: deps.monotonic() };
    if (wokeUp(clock, current)) spread(all, now, deps.random);
    clock = current;
    if (Math.abs(now - claimedAt) >= CLAIM_EVERY_MS) {
      claimedAt = now;
      deps.store.claims.beat();
      await takeOver(all, deps);
    }
    for (const watched of all) if (!watched.busy && isDue(watched.dueAt, now, watched.waitMs)) void read(watched);
    void deps.outbox.deliver().catch(deps.onError);
    deps.onTick(all);
    await pause(deps.tickMs, deps.signal);
  }
}

/**
 * Reads pages in the order they are given: so many at once, and one more in each turn of the event loop, so that nothing
 * is asked for while replies lie there unread. What still waits when the watch ends is not read.
 */
function openReader(deps: WatchDeps): (watched: Watched) => Promise<void> {
  const waiting: (() => void)[] = [];
  let reading = 0;
  let starting = false;
  const startNext = () => {
    starting = false;
    reading += 1;
    waiting.shift()!();
    proceed();
  };
  const proceed = () => {
    if (starting || waiting.length === 0 || reading >= PAGES_AT_ONCE) return;
    starting = true;
    setImmediate(startNext);
  };
  return async (watched) => {
    watched.busy = true;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      proceed();
    });
    if (!deps.signal.aborted) await read(watched, deps);
    reading -= 1;
    proceed();
  };
}

async function read(watched: Watched, deps: WatchDeps): Promise<void> {
  try {
    await poll(watched, deps);
    if (!deps.signal.aborted) deps.onRead(watched);
  } catch (error) {
    deps.onError(error);
  }
}

/** After a suspend everything is due at once; the reads are spread, also so that the network may come back first. */
function spread(all: readonly Watched[], now: number, random: () => number): void {
  for (const watched of all) watched.dueAt = Math.max(watched.dueAt, now + wakeDelayMs(random));
}

/**
 * Keeps the pages this process records, and takes those that nobody does (any more). A page taken over goes on from what
 * was written last, and what its former process still owed is delivered here, but for what this terminal has shown.
 */
async function takeOver(all: readonly Watched[], deps: WatchDeps): Promise<void> {
  const channels = deps.lanes.filter((lane) => !lane.local).map((lane) => lane.name);
  const holders = await deps.store.claims.take(
    all.map((watched) => watched.url),
    { channels },
  );
  const changed = all.filter((watched) => holderChanged(watched.holder, holders.get(watched.url)!));
  if (changed.length === 0) return;
  const state = await deps.store.state();
  for (const watched of changed) {
    watched.holder = holders.get(watched.url)!;
    watched.silentBaseline = state.fresh;
    if (watched.holder.mine || watched.record === null) watched.record = state.pages.get(watched.url) ?? null;
    if (watched.holder.mine) watched.dueAt = Math.min(watched.dueAt, deps.now().getTime());
    deps.onHolder(watched);
  }
  const mine = new Map(changed.filter((watched) => watched.holder.mine).map((watched) => [watched.url, watched]));
  await inherit(
    mine,
    state.outbox.filter((row) => mine.has(row.page)),
    deps,
  );
}

function holderChanged(before: Holder, after: Holder): boolean {
  return before.mine !== after.mine || (!before.mine && !after.mine && before.pid !== after.pid);
}

async function inherit(
  mine: ReadonlyMap<string, Watched>,
  rows: Parameters<Outbox['add']>[0],
  deps: WatchDeps,
): Promise<void> {
  const local = new Set(deps.lanes.filter((lane) => lane.local).map((lane) => lane.name));
  const isShown = (row: (typeof rows)[number]) =>
    local.has(row.channel) && mine.get(row.page)!.shown.has((row.event as EventJson).id);
  await deps.outbox.forget(rows.filter(isShown));
  deps.outbox.add(rows.filter((row) => !isShown(row)));
  await deps.outbox.deliver();
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}

/** A lane that hangs must not keep a program that was asked to stop: what it did not take stays owed. */
async function asLongAsWanted(signal: AbortSignal): Promise<void> {
  await aborted(signal);
  await setTimeout(STOP_WITHIN_MS, undefined, { ref: false });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The loop around the cycle: who records which page, what is due, what is still owed, until asked to stop. */
import { setTimeout } from 'node:timers/promises';
import type { Alerts } from './alerts.ts';
import { type CycleDeps, type Holder, poll, tellOverdue, type Watched } from './cycle.ts';
import { ConfigError } from './errors.ts';
import type { Ledger } from './ledger.ts';
import { isEarly, isPaused } from './outbox/wait.ts';
import type { Outbox } from './outbox.ts';
import type { OutboxRow, ReadonlyState } from './record.ts';
import { remindersDue } from './route/reminders.ts';
import { isDue, wakeDelayMs } from './schedule.ts';
import type { Target } from './targets.ts';

const CLAIM_EVERY_MS = 2000;
const STOP_WITHIN_MS = 500;
/** While a page is read it holds a hundred times the memory of what is kept of it. */
const PAGES_AT_ONCE = 48;

export interface WatchDeps extends CycleDeps {
  outbox: Outbox;
  ledger: Ledger;
  alerts: Alerts;
  /** Filled with the pages as they are watched, for those who are told of them by address. */
  all: Watched[];
  once: boolean;
  /** How often due times are looked at. */
  tickMs: number;
  /** After how many ms without a tick everything is taken to be overdue at once. */
  sleptMs: number;
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
  let begun = false;
  await inTurn([
    async () => {
      await takeOver(all, deps);
      begun = true;
      await (deps.once ? readOnce(all, deps) : loop(all, deps));
    },
    () => deps.ledger.flush(),
    async () => {
      if (begun) await Promise.race([deps.outbox.idle(), asLongAsWanted(deps.signal)]);
      deps.outbox.close();
    },
    () => deps.ledger.flush(),
    () => deps.store.claims.release(),
  ]);
  return all;
}

/** Takes each step, whatever became of those before it: what cannot be written must not keep pages claimed. Throws what the first threw. */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
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
  for (const watched of all.filter((one) => !isPageDue(one))) {
    deps.onWait(watched);
    await tellOverdue(watched, deps);
  }
  const read = openReader(deps);
  await Promise.race([Promise.all(all.filter(isPageDue).map(read)), aborted(deps.signal)]);
  await remind(all, deps);
}

async function loop(all: readonly Watched[], deps: WatchDeps): Promise<void> {
  let claimedAt = deps.now().getTime();
  let tickedAt = claimedAt;
  let remindedAt = 0;
  for (const watched of all) watched.dueAt = watched.record?.dueAt ?? 0;
  const read = openReader(deps);
  while (!deps.signal.aborted) {
    const now = deps.now().getTime();
    if (now - tickedAt > deps.sleptMs) spread(all, now, deps.random);
    tickedAt = now;
    if (Math.abs(now - claimedAt) >= CLAIM_EVERY_MS) {
      claimedAt = now;
      deps.store.claims.beat();
      await unlessUnreadable(() => takeOver(all, deps), deps);
    }
    for (const watched of all) if (!watched.busy && isDue(watched.dueAt, now, watched.waitMs)) void read(watched);
    for (const watched of all) await tellOverdue(watched, deps);
    await deps.alerts.refresh();
    if (Math.abs(now - remindedAt) >= REMIND_EVERY_MS) {
      remindedAt = now;
      await unlessUnreadable(() => remind(all, deps), deps);
    }
    void deps.outbox.deliver();
    deps.onTick(all);
    await pause(deps.tickMs, deps.signal);
  }
}

/** A file that cannot be used for a while ends no watch: that is said, and tried again with a later tick. */
async function unlessUnreadable(act: () => Promise<void>, { onError }: WatchDeps): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    onError(error);
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
  const channels = deps.lanes.filter((lane) => lane.kind === 'channel').map((lane) => lane.name);
  const urls = all.map((watched) => watched.url);
  const owed = owedElsewhere(await deps.store.state(), urls, deps);
  const holders = await deps.store.claims.take([...new Set([...urls, ...owed])], {
    channels,
  });
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
  const terminals = new Set(deps.lanes.filter((lane) => lane.kind === 'terminal').map((lane) => lane.name));
  const isShown = (row: OutboxRow) =>
    terminals.has(row.channel) && row.events.every((id) => mine.get(row.page)?.shown.has(id) ?? false);
  const shown = state.outbox.filter(isShown);
  if (shown.length > 0) deps.outbox.forget(shown);
  await deps.outbox.deliver();
}

/**
 * Pages that nobody may be watching any more, and of which channels are owed messages now. They are claimed only as long
 * as something is due: whoever watches one must not find it taken by somebody who does not.
 */
function owedElsewhere(state: ReadonlyState, urls: readonly string[], deps: WatchDeps): string[] {
  const own = new Set(urls);
  const now = deps.now().getTime();
  const isOn = (name: string) => {
    const record = state.channels.get(name);
    return !record?.off && !isPaused(record?.pausedUntil, now);
  };
  const open = new Set(
    [...deps.lanes, ...deps.alerts.lanes()].flatMap(({ kind, name }) =>
      kind === 'channel' && isOn(name) ? [name] : [],
    ),
  );
  return state.outbox
    .filter((row) => !own.has(row.page) && open.has(row.channel) && !isEarly(row, now) && !row.deadAt)
    .map(({ page }) => page);
}

function holderChanged(before: Holder, after: Holder): boolean {
  return before.mine !== after.mine || (!before.mine && !after.mine && before.pid !== after.pid);
}

const REMIND_EVERY_MS = 20_000;

/** Of planned maintenances, for the groups that want to be reminded. */
async function remind(all: readonly Watched[], deps: WatchDeps): Promise<void> {
  const leads = deps.alerts.groups().map(({ remindersMs }) => remindersMs);
  if (leads.flat().length === 0) return;
  const state = await deps.store.state();
  const given = new Set(state.reminded.map(([key]) => key));
  for (const { url, record, holder } of all) {
    if (!holder.mine || record === null) continue;
    const due = remindersDue(record, leads, (key) => given.has(key), deps.now());
    if (due.length === 0) continue;
    const news = due.flatMap(({ event, leadMs }) => (event ? [{ page: url, event, leadMs, to: [] }] : []));
    deps.recorder.remind(url, due, news);
  }
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

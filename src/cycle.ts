/**
 * The pipeline of a watch, one page at a time: fetch > parse > normalize > diff > route > record > deliver.
 * What was seen and what is owed are written together before anything is sent; a page that another process records is
 * read and shown all the same, but neither recorded nor owed here.
 */
import { compare, confirm, type Difference, fail, move, overdue } from './diff.ts';
import type { News } from './dispatch.ts';
import { FetchError, ParseError } from './errors.ts';
import type { Component, ReadFailure, StatusEvent } from './model.ts';
import { type OpenDeps, type OpenPage, openMoved, openPage, type ReadPage } from './open.ts';
import { sendNow } from './outbox/delivery.ts';
import type { Lane } from './outbox.ts';
import { readPage } from './read.ts';
import { emptyRecord, openIncidents, type PageRecord } from './record.ts';
import type { Recorder } from './recorder.ts';
import { applyFilter, type Filter, matchesEvent } from './route.ts';
import { isLoopback, nextDelayMs } from './schedule.ts';
import type { Target } from './targets.ts';

export type Holder = { mine: true } | { mine: false; pid: number; channels: readonly string[] };

/** A page being watched. `url` is its key in state.json: the address the target named, whatever it redirects to. */
export interface Watched {
  target: Target;
  url: string;
  opened: OpenPage | null;
  record: PageRecord | null;
  holder: Holder;
  /** Wall-clock ms, and how long the wait is that led to it. */
  dueAt: number;
  waitMs: number;
  busy: boolean;
  /** Why the last read failed; null when it was good. */
  error: ReadFailure | null;
  /** The page's components, when none of them is one the filter names; undefined until that was looked at. */
  unmatched: readonly Component[] | null | undefined;
  /** What is open at its first read is not told: the state was lost, and most of it was told before. */
  silentBaseline: boolean;
  /** Ids of the events this process has shown, so that taking a page over repeats none of them. */
  shown: Set<string>;
}

export interface CycleDeps extends OpenDeps {
  filter: Filter;
  /** Null: the default of a minute, shorter while an incident is open. */
  intervalMs: number | null;
  random: () => number;
  recorder: Recorder;
  /** This watch's own: its terminal, and the channels that were named for it. */
  lanes: readonly Lane[];
  /** IANA name of the zone that times in messages are of. */
  zone: string;
  /** Asked to stop: what a read brings after that is left for the next watch to find. */
  signal: AbortSignal;
}

/** Reads one page and sees to what it brought. Never throws for what a page or a vendor does. */
export async function poll(watched: Watched, deps: CycleDeps): Promise<void> {
  watched.busy = true;
  try {
    const before = watched.record;
    const { difference, delay } = await look(watched, deps);
    if (deps.signal.aborted) return;
    const now = deps.now().getTime();
    watched.dueAt = now + delay.ms;
    watched.waitMs = delay.ms;
    difference.record.dueAt = delay.lasting && Number.isFinite(watched.dueAt) ? watched.dueAt : null;
    watched.record = difference.record;
    await tell(watched, before, difference, deps);
  } finally {
    watched.busy = false;
  }
}

/** Tells what falls due while a page is not asked. */
export function tellOverdue(watched: Watched, deps: CycleDeps): Promise<void> | void {
  const before = watched.record;
  const difference = before === null || watched.busy ? null : overdue(before, deps.now());
  if (difference === null) return;
  watched.record = difference.record;
  return tell(watched, before, difference, deps);
}

interface Looked {
  difference: Difference;
  delay: Delay;
}

async function look(watched: Watched, deps: CycleDeps): Promise<Looked> {
  let isFresh = false;
  try {
    watched.opened ??= await openPage(watched.target, deps);
    const { opened } = watched;
    const { source, page, atHand } = opened;
    isFresh = atHand !== undefined;
    // What detection left is of now: a read that fails must not find it again.
    opened.atHand = undefined;
    const validators = isFilterChecked(watched, deps) ? (watched.record?.validators ?? null) : null;
    const read = await readPage(source, page, 'recent', validators, { ...deps, atHand });
    return succeeded(watched, { opened, read }, compare, deps);
  } catch (error) {
    const looked = failed(watched, error, deps);
    return isFresh ? looked : ((await lookElsewhere(watched, looked.difference.record, deps)) ?? looked);
  }
}

function succeeded(watched: Watched, { opened, read }: ReadPage, diff: typeof compare, deps: CycleDeps): Looked {
  watched.opened = { ...opened, atHand: undefined };
  watched.error = null;
  if (read.snapshot) watched.unmatched = applyFilter(read.snapshot, deps.filter) ? null : read.snapshot.components;
  const difference =
    read.snapshot === null && watched.record
      ? confirm(watched.record, deps.now())
      : diff(watched.record, read.snapshot!, opened.provider, deps.now());
  difference.record.validators = read.validators;
  return { difference, delay: delayOf(watched, difference.record, { maxAgeMs: read.maxAgeMs }, deps) };
}

const FAILURES_TO_DOUBT = 3;

/**
 * A page that answers three times in a row, and not in its platform's shape, may be another's by now. One that never did
 * was taken for the wrong platform's from the start. Null when it is nowhere else.
 */
async function lookElsewhere(watched: Watched, record: PageRecord, deps: CycleDeps): Promise<Looked | null> {
  const failures = record.failure?.shape ?? 0;
  const doubted = failures > 0 && failures % (record.readAt ? FAILURES_TO_DOUBT : 1) === 0;
  if (!doubted || watched.opened === null) return null;
  try {
    const found = await openMoved(watched.target, watched.opened, 'recent', deps);
    return found && succeeded(watched, found, move, deps);
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return null;
    throw error;
  }
}

/** Whether the components a filter names are on the page can be told by a whole read only: the first of each process. */
function isFilterChecked(watched: Watched, deps: CycleDeps): boolean {
  return deps.filter.components.length === 0 || watched.unmatched !== undefined;
}

function failed(watched: Watched, error: unknown, deps: CycleDeps): Looked {
  if (!(error instanceof FetchError || error instanceof ParseError)) throw error;
  watched.error = { code: error.code, message: error.message };
  const record = watched.record ?? emptyRecord(watched.opened?.provider ?? watched.target.provider);
  const difference = fail(record, watched.error, deps.now());
  const details = error instanceof FetchError ? error.details : {};
  const delay = delayOf(watched, difference.record, { ...details, gone: error.code === 'gone' }, deps);
  return { difference, delay };
}

interface Delay {
  ms: number;
  /** Asked for by the server or grown by failures: kept over restarts. */
  lasting: boolean;
}

function delayOf(
  watched: Watched,
  record: PageRecord,
  said: { maxAgeMs?: number | null; retryAfterMs?: number; status?: number; gone?: boolean },
  deps: CycleDeps,
): Delay {
  const state = {
    failures: record.failure?.count ?? 0,
    retryAfterMs: said.retryAfterMs ?? null,
    maxAgeMs: said.maxAgeMs ?? null,
    openIncident: openIncidents(record).some((incident) => incident.kind === 'incident'),
    local: isLoopback(watched.url),
    gone: said.gone ?? false,
    status: said.status ?? null,
  };
  const ms = nextDelayMs(state, { intervalMs: deps.intervalMs }, deps.random);
  const usual = nextDelayMs(
    { ...state, failures: 0, retryAfterMs: null, maxAgeMs: null, gone: false, status: null },
    { intervalMs: deps.intervalMs },
    () => 1,
  );
  return { ms, lasting: ms > usual };
}

function tell(
  watched: Watched,
  before: PageRecord | null,
  difference: Difference,
  deps: CycleDeps,
): Promise<void> | void {
  const events = difference.events.filter((event) => !(event.initial && watched.silentBaseline));
  const asked = events.filter((event) => matchesEvent(event, deps.filter));
  if (!watched.holder.mine) return show(watched, asked, deps);
  const news = events.map((event) => newsOf(watched, event, asked.includes(event), deps));
  for (const event of asked) remember(watched.shown, event.id);
  deps.recorder.record(watched.url, before, difference.record, news);
}

/** The groups are told whatever this watch was asked to show. */
function newsOf(watched: Watched, event: StatusEvent, isAsked: boolean, { lanes }: CycleDeps): News {
  const isShown = watched.shown.has(event.id);
  const to = lanes.filter((lane) => isAsked && !(lane.kind === 'terminal' && isShown));
  return {
    page: watched.url,
    event,
    leadMs: null,
    to: to.map(({ name, kind }) => ({ name, isTerminal: kind === 'terminal' })),
  };
}

/** What another process records is shown here on ways out that it does not serve itself, and owed to channels by it. */
async function show(watched: Watched, events: readonly StatusEvent[], deps: CycleDeps): Promise<void> {
  const fresh = events.filter((event) => !watched.shown.has(event.id));
  for (const event of fresh) remember(watched.shown, event.id);
  if (fresh.length === 0) return;
  const served: readonly string[] = watched.holder.mine ? [] : watched.holder.channels;
  const owed = deps.lanes.filter(isPatient);
  const to = owed.map(({ name }) => ({ name, isTerminal: false }));
  if (to.length > 0) deps.recorder.owe(fresh.map((event) => ({ page: watched.url, event, leadMs: null, to })));
  for (const lane of deps.lanes) {
    if (lane.kind === 'terminal') await lane.show(fresh).catch(() => {});
    else if (!isPatient(lane) && !served.includes(lane.name)) await sendNow(lane, fresh, deps.zone).catch(() => {});
  }
}

/** A channel of the configuration, which every watch can reach; not the desktop of one of them. */
function isPatient(lane: Lane): boolean {
  return lane.kind === 'channel' && lane.pace.patience === 'days';
}

const MOST_SHOWN = 2000;
function remember(shown: Set<string>, id: string): void {
  shown.add(id);
  if (shown.size > MOST_SHOWN) shown.delete(shown.values().next().value!);
}

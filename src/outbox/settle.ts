/** What came of deliveries, written into the state of one transaction. May be run again on another. */
import type { Pace, Receipt } from '../channel.ts';
import { deliveryId, log, placeOf, storyPlaces, tidy } from '../dispatch.ts';
import type { DeliveryError } from '../errors.ts';
import { newRow, type OutboxRow, type State } from '../record.ts';
import { isoSeconds } from '../time.ts';
import { storiesOf } from './delivery.ts';
import { type NoticeDeps, passOn, tellGivenUp, tellSwitchedOff } from './notices.ts';
import { retryDelayMs } from './retry.ts';
import { isPaused } from './wait.ts';

/** Rows that went the same way: all that the terminal showed, one that a channel was sent, those that become one. */
export type Outcome =
  | { kind: 'taken'; rows: readonly OutboxRow[]; receipt: Receipt | null }
  | { kind: 'failed'; rows: readonly OutboxRow[]; pace: Pace; error: DeliveryError; jitter: number }
  | { kind: 'collapsed'; rows: readonly OutboxRow[] }
  /** They need no delivery any more. */
  | { kind: 'dropped'; rows: readonly OutboxRow[]; why: string | null };

/** What people should hear of at once. */
export interface Refusal {
  channel: string;
  reason: string;
}

export function settle(state: State, outcomes: readonly Outcome[], deps: NoticeDeps): Refusal[] {
  const stories = storyPlaces(state);
  const refusals = outcomes.flatMap((outcome) => settleOne(state, outcome, stories, deps));
  const gone = outcomes.filter(({ kind }) => kind === 'taken' || kind === 'dropped').flatMap(({ rows }) => rows);
  if (gone.length > 0) remove(state, gone);
  tidy(state, deps.now);
  return refusals;
}

function settleOne(state: State, outcome: Outcome, stories: ReadonlyMap<string, number>, deps: NoticeDeps): Refusal[] {
  const { rows } = outcome;
  switch (outcome.kind) {
    case 'taken':
      return outcome.receipt ? remember(state, rows[0]!, outcome.receipt, stories, deps.now) : [];
    case 'collapsed':
      collapse(state, rows, deps.now);
      return [];
    case 'dropped':
      if (outcome.why !== null) logRows(state, rows, 'given up', outcome.why, deps.now);
      return [];
    case 'failed':
      return rows.flatMap((row) => fail(state, row, outcome, deps));
  }
}

function remove(state: State, rows: readonly OutboxRow[]): void {
  const ids = new Set(rows.map(({ id }) => id));
  state.outbox = state.outbox.filter((row) => !ids.has(row.id));
}

function change(state: State, id: string, more: Partial<OutboxRow>): void {
  const index = state.outbox.findIndex((row) => row.id === id);
  if (index >= 0) state.outbox[index] = { ...state.outbox[index]!, ...more };
}

/** A message was taken: its story goes on from there. Returns whom it did not reach. */
function remember(
  state: State,
  row: OutboxRow,
  receipt: Receipt,
  stories: ReadonlyMap<string, number>,
  now: Date,
): Refusal[] {
  const { channel } = row;
  const { outcome, memory, pauseMs, unreached } = receipt;
  if (pauseMs !== undefined) pause(state, channel, pauseMs, now);
  if (outcome === 'skipped') return [];
  logRows(state, [row], 'sent', outcome, now);
  const index = stories.get(placeOf(channel, row.story ?? '')) ?? -1;
  const story = state.stories[index];
  if (story) state.stories[index] = { ...story, told: story.told + 1, memory: memory ?? story.memory };
  if (unreached === undefined) return [];
  logRows(state, [row], 'given up', unreached, now);
  return [{ channel, reason: unreached }];
}

/** Of several that its service asked for, the longest holds. */
function pause(state: State, channel: string, ms: number, now: Date): void {
  const record = state.channels.get(channel);
  const known = record?.pausedUntil ?? 0;
  const until = now.getTime() + ms;
  const pausedUntil = isPaused(known, now.getTime()) ? Math.max(known, until) : until;
  state.channels.set(channel, { off: null, ...record, pausedUntil });
}

/** Several rows become one with the events of all; one that was held back alone is a single message again. */
function collapse(state: State, rows: readonly OutboxRow[], now: Date): void {
  const ids = new Set(rows.map(({ id }) => id));
  const present = state.outbox.filter((row) => ids.has(row.id));
  const last = present.at(-1);
  if (!last) return;
  const place = state.outbox.indexOf(last);
  const { before, after } = around(ids, state.outbox.slice(0, place), (row) =>
    row.channel === last.channel ? storiesOf(row, state) : [],
  );
  const one = present.length > 1 ? digestOf(present, state, now) : withoutHold(last);
  state.outbox = [...before, one, ...after, ...state.outbox.slice(place + 1)];
}

function digestOf(rows: readonly OutboxRow[], state: State, now: Date): OutboxRow {
  const { channel, page } = rows[0]!;
  const events = rows.flatMap((row) => row.events);
  const stories = [...new Set(rows.flatMap((row) => storiesOf(row, state)))];
  // Its 75 hours are those of the youngest.
  const attempts = Math.min(...rows.map((row) => row.attempts));
  const error = rows.findLast((row) => row.error !== null)?.error ?? null;
  return newRow({ ...{ id: deliveryId(channel, events), page, channel, events, stories, attempts, error } }, now);
}

function withoutHold({ held: _, ...row }: OutboxRow): OutboxRow {
  return { ...row, dueAt: null };
}

/** A digest stands where its last part stood; what stood among its parts, and goes on from one of them, comes after it. */
function around(
  parts: ReadonlySet<string>,
  rows: readonly OutboxRow[],
  storiesOf: (row: OutboxRow) => readonly string[],
): { before: OutboxRow[]; after: OutboxRow[] } {
  const begun = new Set<string>();
  const before: OutboxRow[] = [];
  const after: OutboxRow[] = [];
  for (const row of rows) {
    const isPart = parts.has(row.id);
    const stories = storiesOf(row);
    const follows = !isPart && stories.some((story) => begun.has(story));
    // Nothing waits for what was held back.
    if (follows || (isPart && !row.held)) for (const story of stories) begun.add(story);
    if (!isPart) (follows ? after : before).push(row);
  }
  return { before, after };
}

const LONG_PAUSE_MS = 3_600_000;

type Failed = Extract<Outcome, { kind: 'failed' }>;

function fail(state: State, row: OutboxRow, { error, pace, jitter }: Failed, deps: NoticeDeps): Refusal[] {
  // Taken back meanwhile, maybe with its channel: another one of that name has nothing to do with it.
  if (!state.outbox.some(({ id }) => id === row.id)) return [];
  const { channel } = row;
  const { permanent, retryAfterMs } = error.details;
  const reason = error.message;
  if (pace.patience === 'once') return failOnce(state, row, error, jitter, deps);
  if (retryAfterMs !== undefined) pause(state, channel, retryAfterMs, deps.now);
  switch (permanent) {
    case false: {
      const delay = retryDelayMs(row.attempts + 1, 'days', retryAfterMs, () => jitter);
      if (delay === null) return giveUp(state, row, `it failed for 75 hours, at last because ${reason}`, deps);
      change(state, row.id, {
        attempts: row.attempts + 1,
        dueAt: Math.ceil(deps.now.getTime() + delay),
        error: reason,
      });
      return (retryAfterMs ?? 0) < LONG_PAUSE_MS ? [] : longPause(state, row, retryAfterMs!, deps.now);
    }
    case 'message':
      if (row.plain) return giveUp(state, row, reason, deps);
      change(state, row.id, { plain: true, dueAt: null, error: reason });
      return [];
    case 'channel':
      change(state, row.id, { attempts: row.attempts + 1, dueAt: null, error: reason });
      return switchOff(state, row, reason, deps);
  }
}

/** A pause that people would else take for a channel that works. */
function longPause(state: State, row: OutboxRow, ms: number, now: Date): Refusal[] {
  const why = `it asks for no message before ${isoSeconds(new Date(now.getTime() + ms))}`;
  logRows(state, [row], 'held', why, now);
  return [{ channel: row.channel, reason: why }];
}

/** What is no news later is tried once more, and then let go. */
function failOnce(state: State, row: OutboxRow, error: DeliveryError, jitter: number, deps: NoticeDeps): Refusal[] {
  const delay = error.details.permanent === false ? retryDelayMs(row.attempts + 1, 'once', 0, () => jitter) : null;
  if (delay !== null) {
    change(state, row.id, { attempts: row.attempts + 1, dueAt: Math.ceil(deps.now.getTime() + delay) });
    return [];
  }
  remove(state, [row]);
  logRows(state, [row], 'given up', error.message, deps.now);
  return [{ channel: row.channel, reason: error.message }];
}

/** The row stays, to be retried or dropped by hand. */
function giveUp(state: State, row: OutboxRow, reason: string, deps: NoticeDeps): Refusal[] {
  const { channel } = row;
  logRows(state, [row], 'given up', reason, deps.now);
  if (!passOn(state, row, deps)) {
    change(state, row.id, { deadAt: deps.now.toISOString(), error: reason });
    if (!row.notice) tellGivenUp(state, row, reason, deps);
  }
  return [{ channel, reason: `a message was given up: ${reason}` }];
}

function switchOff(state: State, row: OutboxRow, reason: string, deps: NoticeDeps): Refusal[] {
  const { channel } = row;
  if (state.channels.get(channel)?.off) return [];
  state.channels.set(channel, { ...state.channels.get(channel), off: { reason, at: deps.now.toISOString() } });
  logRows(state, [row], 'switched off', reason, deps.now);
  for (const owed of state.outbox) if (owed.notice && owed.channel === channel) passOn(state, owed, deps);
  const line = `${reason}. What it is owed is kept: correct it, then run pingoru channel enable ${channel}.`;
  tellSwitchedOff(state, row, line, deps);
  return [{ channel, reason: `it is switched off: ${line}` }];
}

function logRows(
  state: State,
  rows: readonly OutboxRow[],
  outcome: 'sent' | 'held' | 'given up' | 'switched off',
  why: string,
  now: Date,
): void {
  for (const row of rows) {
    const json = row.events.map((id) => state.events.get(id)).find((event) => event !== undefined);
    log(state, json ?? null, { channel: row.channel, outcome, why }, now);
  }
}

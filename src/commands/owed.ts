/** What channels are still owed, as rows and as what is said of them. */
import { UsageError } from '../errors.ts';
import { type OwedJson, type OwedState, secondsOf } from '../json-alerts.ts';
import { eventsOf, wordsFor } from '../outbox/delivery.ts';
import { settle } from '../outbox/settle.ts';
import { isEarly, isPaused } from '../outbox/wait.ts';
import type { OutboxRow, ReadonlyState, State } from '../record.ts';
import { isoSeconds } from '../time.ts';

/** The title of what a row tells. */
export function titleOf(row: OutboxRow, state: ReadonlyState): string {
  const events = eventsOf(row, state);
  return row.notice || events.length > 0 ? wordsFor(row, events, 'UTC').title : 'nothing any more';
}

export function owedToJson(row: OutboxRow, state: ReadonlyState, now: Date): OwedJson {
  const { id, channel, page, attempts, dueAt, error, queuedAt } = row;
  const why = stateOf(row, state, now);
  const pause = state.channels.get(channel)?.pausedUntil;
  const pausedUntil = why === 'due' && isPaused(pause, now.getTime()) ? pause : null;
  const waitsUntil = isEarly(row, now.getTime()) ? dueAt : null;
  const at = why === 'given_up' || why === 'off' ? null : Math.max(waitsUntil ?? 0, pausedUntil ?? 0);
  return {
    ...{ id, channel, page, attempts, error },
    title: titleOf(row, state),
    events: row.events.flatMap((one) => {
      const event = state.events.get(one);
      return event ? [{ id: event.id, type: event.type }] : [];
    }),
    state: why,
    dueAt: at !== null && at > now.getTime() ? isoSeconds(new Date(at)) : null,
    queuedAt: secondsOf(queuedAt),
  };
}

function stateOf(row: OutboxRow, state: ReadonlyState, now: Date): OwedState {
  if (row.deadAt !== undefined) return 'given_up';
  if (state.channels.get(row.channel)?.off) return 'off';
  if (row.held) return 'held';
  if (row.settling) return 'settling';
  return row.attempts > 0 && isEarly(row, now.getTime()) ? 'retrying' : 'due';
}

const LEAST_ID = 6;

/** Those the words name, by ids (their beginnings do) or channels; all without words. Throws UsageError. */
export function chooseRows(
  words: readonly string[],
  state: ReadonlyState,
  channels: readonly { name: string }[],
): { rows: OutboxRow[]; isById: (row: OutboxRow) => boolean } {
  if (words.length === 0) return { rows: [...state.outbox], isById: () => false };
  const byWord = words.map((word) => rowsOf(word, state.outbox, channels));
  const chosen = new Set(byWord.flatMap(({ rows }) => rows));
  const ids = new Set(byWord.flatMap(({ rows, isId }) => (isId ? rows : [])));
  return { rows: state.outbox.filter((row) => chosen.has(row)), isById: (row) => ids.has(row) };
}

function rowsOf(word: string, outbox: readonly OutboxRow[], channels: readonly { name: string }[]) {
  const ofChannel = outbox.filter(({ channel }) => channel === word);
  if (ofChannel.length > 0 || channels.some(({ name }) => name === word)) return { rows: ofChannel, isId: false };
  const ofId = word.length < LEAST_ID ? [] : outbox.filter(({ id }) => id.startsWith(word));
  if (ofId.length === 1) return { rows: ofId, isId: true };
  const what = ofId.length > 1 ? 'begins several ids' : 'is neither a channel nor an id of what is owed';
  throw new UsageError(`"${word}" ${what}; see them with: pingoru outbox list`);
}

/** Takes rows out of the outbox, by somebody's hand; the log says so. */
export function giveUp(state: State, rows: readonly OutboxRow[], why: string, now: Date): void {
  if (rows.length > 0) settle(state, [{ kind: 'dropped', rows, why }], { now, witnesses: [] });
}

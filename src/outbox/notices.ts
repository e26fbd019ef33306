/** What people are told of trouble with a channel, through another one. Works on the state of one transaction. */
import { deliveryId } from '../dispatch.ts';
import { newRow, type OutboxRow, type State } from '../record.ts';
import { countWords } from '../words.ts';

export interface NoticeDeps {
  now: Date;
  /** Channels for people that are there to be told of trouble with another, best first. */
  witnesses: readonly string[];
}

const HOUR_MS = 3_600_000;

/** Of messages that a channel refuses for good, one notice an hour: one that is still owed speaks of all. */
export function tellGivenUp(state: State, row: OutboxRow, reason: string, deps: NoticeDeps): void {
  const { channel } = row;
  const now = deps.now.getTime();
  const index = state.outbox.findIndex(
    ({ notice, deadAt }) => notice?.about === channel && notice.count !== undefined && deadAt === undefined,
  );
  const open = state.outbox[index];
  if (open) {
    state.outbox[index] = { ...open, notice: givenUp(channel, (open.notice?.count ?? 0) + 1, reason) };
    return;
  }
  const record = state.channels.get(channel);
  const sinceMs = now - (record?.noticedAt ?? 0);
  if (sinceMs >= 0 && sinceMs < HOUR_MS) return;
  if (owe(state, row, givenUp(channel, 1, reason), deps))
    state.channels.set(channel, { off: null, ...record, noticedAt: now });
}

function givenUp(channel: string, count: number, reason: string): OutboxRow['notice'] {
  const [what, they] = count === 1 ? ['a message', 'It is'] : [countWords(count, 'message'), 'They are'];
  return {
    title: `pingoru: ${what} to "${channel}" ${count === 1 ? 'was' : 'were'} given up`,
    line: `${reason}. ${they} kept: see pingoru outbox list, and pingoru outbox retry.`,
    about: channel,
    count,
  };
}

export function tellSwitchedOff(state: State, row: OutboxRow, line: string, deps: NoticeDeps): void {
  const { channel } = row;
  owe(state, row, { title: `pingoru: the channel "${channel}" is switched off`, line, about: channel }, deps);
}

/** Returns whether there is somebody to tell. */
function owe(state: State, row: OutboxRow, notice: OutboxRow['notice'], deps: NoticeDeps): boolean {
  const { channel, page } = row;
  const witness = deps.witnesses.find((name) => name !== channel && isOn(state, name));
  if (witness === undefined || !notice) return false;
  const id = deliveryId(witness, ['notice', row.id, channel, deps.now.toISOString()]);
  state.outbox.push(newRow({ id, page, channel: witness, events: [], notice }, deps.now));
  return true;
}

/**
 * A notice whose own channel does not take it goes to the next one that is on, and never back, so that it comes to an end.
 * Returns whether there is one.
 */
export function passOn(state: State, row: OutboxRow, { now, witnesses }: NoticeDeps): boolean {
  const { notice, page } = row;
  const others = witnesses.slice(witnesses.indexOf(row.channel) + 1);
  const heir = others.find((name) => name !== row.channel && name !== notice?.about && isOn(state, name));
  if (!notice || heir === undefined) return false;
  const passed = newRow({ id: deliveryId(heir, ['notice', row.id]), page, channel: heir, events: [], notice }, now);
  state.outbox = state.outbox.map((one) => (one.id === row.id ? passed : one));
  return true;
}

function isOn(state: State, channel: string): boolean {
  return !state.channels.get(channel)?.off;
}

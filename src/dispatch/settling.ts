/** Components that flap: one that returns to how it was within a minute is not told. */
import type { OutboxRow } from '../record.ts';
import { SETTLE_MS } from '../route/group.ts';
import type { Chapter, Desk } from './desk.ts';
import { log } from './log.ts';
import { giveBack } from './measure.ts';

/** What is told at `until` at the earliest, with the terms that the group's measure sets. */
export function settling(until: Date, group: string, terms: Partial<OutboxRow>): Partial<OutboxRow> {
  const dueAt = Math.max(until.getTime(), terms.dueAt ?? 0);
  return { ...terms, settling: true, dueAt, ...(terms.held === undefined && { counted: group }) };
}

/** A component that returns to how it was while that still waits to be told: neither is. */
export function wentBack(desk: Desk, chapter: Chapter, channel: string): boolean {
  const { state, now } = desk;
  const { event } = chapter;
  const waiting = waitingRows(desk, chapter, channel);
  const isBack = (row: OutboxRow) =>
    now.getTime() - Date.parse(row.queuedAt) < SETTLE_MS &&
    state.events.get(row.events[0]!)?.component?.from === event.component?.to;
  if (!waiting.some(isBack)) return false;
  log(state, event, { channel, outcome: 'held', why: 'it went back within a minute' }, now);
  giveBack(desk, channel, waiting);
  state.outbox = state.outbox.filter((row) => !waiting.includes(row));
  return true;
}

/** Something else happened to the component: what waited is told now, if nothing else keeps it. */
export function endWait(desk: Desk, chapter: Chapter, channel: string): void {
  const waiting = waitingRows(desk, chapter, channel);
  if (waiting.length === 0) return;
  desk.state.outbox = desk.state.outbox.map((row) => {
    if (!waiting.includes(row)) return row;
    const { settling: _, counted: __, ...settled } = row;
    return row.held || row.attempts > 0 ? settled : { ...settled, dueAt: null };
  });
}

function waitingRows({ state }: Desk, { event, key }: Chapter, channel: string): OutboxRow[] {
  if (!event.component) return [];
  return state.outbox.filter((row) => row.settling && row.channel === channel && row.story === key);
}

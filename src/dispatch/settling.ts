/** Components that flap. */
import type { Chapter, Desk } from './desk.ts';
import { log } from './log.ts';

/**
 * A component that returns to how it was while that still waits to be told: neither is. Anything else that happens to it
 * ends the wait.
 */
export function wentBack({ state, now }: Desk, { event, key }: Chapter, channel: string): boolean {
  const { component } = event;
  if (!component) return false;
  const waiting = state.outbox.filter((row) => row.settling && row.channel === channel && row.story === key);
  if (waiting.length === 0) return false;
  const before = waiting.map((row) => state.events.get(row.events[0]!)?.component ?? null);
  const back = waiting.some((row, index) => (row.dueAt ?? 0) > now.getTime() && before[index]?.from === component.to);
  if (back) {
    log(state, event, { channel, outcome: 'held', why: 'it went back within a minute' }, now);
    state.outbox = state.outbox.filter((row) => !waiting.includes(row));
  } else
    state.outbox = state.outbox.map((row) => {
      if (!waiting.includes(row)) return row;
      const { settling: _, ...settled } = row;
      return { ...settled, dueAt: null };
    });
  return back;
}

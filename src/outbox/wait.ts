/**
 * What is still to be waited for, under a clock that may have been set back: a time that is farther ahead than the longest
 * wait there can have been was written before that, and is over. Pure.
 */
import type { OutboxRow } from '../record.ts';
import { LONGEST_WAIT_MS } from '../retry-after.ts';
import { SETTLE_MS } from '../route/group.ts';
import { longestRetryMs } from './retry.ts';

const HOUR_MS = 3_600_000;
const WEEK_AND_DAY_MS = 8 * 24 * HOUR_MS;

/** Whether a wait of at most so long that ends at `until` goes on. All in wall-clock milliseconds. */
export function isToCome(until: number, longestMs: number, now: number): boolean {
  return until > now && until - now <= longestMs;
}

/** Whether a row has to wait until its `dueAt`. */
export function isEarly(row: OutboxRow, now: number): boolean {
  return row.dueAt !== null && isToCome(row.dueAt, longestWaitMs(row), now);
}

/** Whether a channel's service wants no message yet; `until` as the state has it. */
export function isPaused(until: number | undefined, now: number): boolean {
  return isToCome(until ?? 0, LONGEST_WAIT_MS, now);
}

/** What a service asks for beyond that keeps its whole channel back, and need not be known of each row. */
function longestWaitMs({ held, settling, attempts }: OutboxRow): number {
  // Quiet hours end at a time of day, which is right again when the clock is; those of some days join to a week.
  if (held === 'quiet') return WEEK_AND_DAY_MS;
  if (held === 'cap') return HOUR_MS;
  return settling ? SETTLE_MS : longestRetryMs(attempts);
}

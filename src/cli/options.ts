/** What the options of several commands are made of. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../time.ts';

/** A command's work: options in, exit code out. Loaded only when it is called. */
export type Run = (options: never, words: string[]) => Promise<number>;

/** Makes a command's action of its work. */
export type Runner = (
  load: () => Promise<{ run: Run }>,
) => (this: Command, ...given: unknown[]) => void | Promise<void>;

/** For an option that may be repeated. */
export function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

const DAY_MS = 86_400_000;
const A_TIME = 'give a time such as 30s, 5m or 1h.';

/** A length of time that may pass between two reads. */
export function duration(value: string): number {
  return atMost(7, value);
}

/** A length of time that something may be kept back. */
export function longDuration(value: string): number {
  const ms = atMost(366, value);
  if (ms === 0) throw new InvalidArgumentError(A_TIME);
  return ms;
}

function atMost(days: number, value: string): number {
  const ms = parseDuration(value);
  if (ms === null) throw new InvalidArgumentError(A_TIME);
  if (ms > days * DAY_MS) throw new InvalidArgumentError(`give at most ${days} days.`);
  return ms;
}

export function wholeDays(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('give a number of days, such as 7.');
  return Number(value);
}

export function positive(value: string): number {
  const factor = Number(value);
  if (!(factor > 0)) throw new InvalidArgumentError('give a number above 0.');
  return factor;
}

/** When a delivery that failed is tried again. Pure. */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The waits after each failed try: 75 hours and a half in all, as Standard Webhooks proposes
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
export const RETRY_AFTER_MS: readonly number[] = [
  ...[5 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
  ...[2, 5, 10, 14, 20, 24].map((hours) => hours * HOUR_MS),
];
/** What is no news later is tried once more, at the next tick. */
const ONCE_MORE_MS: readonly number[] = [SECOND_MS];
const JITTER = 0.1;

/**
 * How long to wait after so many failed tries (one or more), never less than the service asked for; null when it is given
 * up. `random` gives numbers from 0 to below 1: each wait is up to a tenth longer or shorter.
 */
export function retryDelayMs(
  failures: number,
  patience: 'days' | 'once',
  askedMs: number | undefined,
  random: () => number,
): number | null {
  const waits = patience === 'days' ? RETRY_AFTER_MS : ONCE_MORE_MS;
  const usual = waits[failures - 1];
  if (usual === undefined) return null;
  const jittered = usual * (1 - JITTER + 2 * JITTER * random());
  return Math.max(jittered, askedMs ?? 0);
}

/** The longest that a row which failed so often waits by itself. */
export function longestRetryMs(failures: number): number {
  const usual = RETRY_AFTER_MS[failures - 1] ?? RETRY_AFTER_MS.at(-1)!;
  return Math.ceil(usual * (1 + JITTER));
}

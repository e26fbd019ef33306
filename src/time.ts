/** Vendors' times to `Date`, and times and durations to words. */

const ISO = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)$/i;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/**
 * An ISO 8601 time that names its zone; null for anything else. V8 reads a time without a zone as the reader's own
 * and one without a year as 2001, so neither is let through. Years outside 2000 to 2099 are null as well.
 */
export function parseIsoTime(value: unknown): Date | null {
  if (typeof value !== 'string') return null;
  const match = ISO.exec(value.length > 40 ? '' : value.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '0', zone = 'Z'] = match;
  const millis = Math.floor(Number(`0.${fraction}`) * 1000);
  const local = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second, millis);
  if (new Date(local).getUTCDate() !== +day! || +hour! > 23 || +minute! > 59 || +second > 60) return null;
  return within(local - offsetMs(zone));
}

/** Milliseconds since 1970; null outside 2000 to 2099. */
export function fromEpochMs(value: unknown): Date | null {
  return typeof value === 'number' && Number.isFinite(value) ? within(value) : null;
}

function within(ms: number): Date | null {
  return ms >= EARLIEST_MS && ms < LATEST_MS ? new Date(ms) : null;
}

function offsetMs(zone: string): number {
  if (/^(z|utc)$/i.test(zone)) return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  const digits = zone.slice(1).replace(':', '');
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)) * 60_000;
}

/** ISO 8601 UTC to the second, as every JSON output writes it (jq's `fromdate` reads no fractions). */
export function isoSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

/** Whole seconds between the two as they are printed, never negative. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.floor(to.getTime() / 1000) - Math.floor(from.getTime() / 1000));
}

/** `45 s`, `12 m`, `1 h 33 m`, `2 d 4 h`: the two largest units, a zero second one left out. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return join(hours, 'h', minutes % 60, 'm');
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

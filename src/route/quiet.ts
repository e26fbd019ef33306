/** Hours in which a group is told nothing but the worst, by the clock of a zone, summer time included. Pure. */
import type { GroupSeverity } from './group.ts';

export interface Quiet {
  /** Minutes since midnight on the clock of `zone`; over midnight when `to` is not after `from`. */
  from: number;
  to: number;
  /** IANA name. */
  zone: string;
  /** Days on which they begin, 0 is Sunday; null for every day. */
  days: readonly number[] | null;
  /** Severities that break through. */
  except: readonly GroupSeverity[];
  /** What was held back is told as one message when they end. */
  digest: boolean;
}

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
const MOST_DAYS = 8;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export function inQuietHours(quiet: Quiet, now: Date): boolean {
  return isQuietAt(quiet, clockAt(minuteOf(now), quiet.zone));
}

/** What was worked out last: all events of a transaction ask the same. */
const lastEnds = new WeakMap<Quiet, { minute: number; end: Date }>();

/**
 * When the quiet hours that are on now end. When summer time begins or ends meanwhile they are an hour shorter or longer,
 * and end when the clock of the zone says so.
 */
export function quietEnds(quiet: Quiet, now: Date): Date {
  const minute = minuteOf(now);
  const last = lastEnds.get(quiet);
  if (last?.minute === minute) return last.end;
  const end = new Date(findEnd(quiet, minute) * MINUTE_MS);
  lastEnds.set(quiet, { minute, end });
  return end;
}

/** Looks at the clock only where something may change: where they begin or end, at midnight, and when it is set. */
function findEnd(quiet: Quiet, start: number): number {
  const limit = start + MOST_DAYS * DAY_MINUTES;
  let minute = start;
  let clock = clockAt(minute, quiet.zone);
  while (minute < limit) {
    minute = whenSet(quiet.zone, minute, minute + toNextChange(quiet, clock));
    clock = clockAt(minute, quiet.zone);
    if (!isQuietAt(quiet, clock)) return minute;
  }
  return start + DAY_MINUTES;
}

/** How many minutes until that clock, if nobody sets it, shows a time at which quiet hours begin or end, or midnight. */
function toNextChange({ from, to }: Quiet, clock: number): number {
  const minutes = clock % DAY_MINUTES;
  return Math.min(...[from, to, DAY_MINUTES].map((time) => (time > minutes ? time : time + DAY_MINUTES) - minutes));
}

/** The first minute after `after` at which the clock of the zone was set, `until` when that is not before it. */
function whenSet(zone: string, after: number, until: number): number {
  const shift = shiftAt(after, zone);
  if (shiftAt(until, zone) === shift) return until;
  let [same, set] = [after, until];
  while (set - same > 1) {
    const middle = Math.floor((same + set) / 2);
    if (shiftAt(middle, zone) === shift) same = middle;
    else set = middle;
  }
  return set;
}

/** By how many minutes of the week the clock of the zone is ahead of UTC. */
function shiftAt(minute: number, zone: string): number {
  const utc = (4 * DAY_MINUTES + minute) % WEEK_MINUTES;
  return (clockAt(minute, zone) - utc + WEEK_MINUTES) % WEEK_MINUTES;
}

function isQuietAt({ from, to, days }: Quiet, clock: number): boolean {
  const day = Math.floor(clock / DAY_MINUTES);
  const minutes = clock % DAY_MINUTES;
  const begins = (weekday: number) => days === null || days.includes(weekday);
  if (from < to) return minutes >= from && minutes < to && begins(day);
  return (minutes >= from && begins(day)) || (minutes < to && begins((day + 6) % 7));
}

/** Since the beginning of 1970, a Thursday. */
function minuteOf(time: Date): number {
  return Math.floor(time.getTime() / MINUTE_MS);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock of the zone shows, in minutes since Sunday began on it. */
function clockAt(minute: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-GB', { ...fields, timeZone: zone });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(minute * MINUTE_MS).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf(parts.get('weekday') ?? '');
  return day * DAY_MINUTES + Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
}

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
const MINUTE_MS = 60_000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export function inQuietHours(quiet: Quiet, now: Date): boolean {
  const { day, minutes } = localTime(now, quiet.zone);
  const { from, to, days } = quiet;
  const begins = (weekday: number) => days === null || days.includes(weekday);
  if (from < to) return minutes >= from && minutes < to && begins(day);
  return (minutes >= from && begins(day)) || (minutes < to && begins((day + 6) % 7));
}

/**
 * When the quiet hours that are on now end. Found by looking at the clock of the zone, minute by minute: when summer time
 * begins or ends meanwhile they are an hour shorter or longer, and end when that clock says so.
 */
export function quietEnds(quiet: Quiet, now: Date): Date {
  const start = Math.floor(now.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let minute = 1; minute <= 8 * DAY_MINUTES; minute++) {
    const time = new Date(start + minute * MINUTE_MS);
    if (!inQuietHours(quiet, time)) return time;
  }
  return new Date(start + DAY_MINUTES * MINUTE_MS);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(time: Date, zone: string): { day: number; minutes: number } {
  let format = formats.get(zone);
  if (!format) {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-GB', { ...fields, timeZone: zone });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
  return {
    day: DAYS.indexOf(parts.get('weekday') ?? ''),
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

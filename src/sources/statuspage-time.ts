/**
 * The times of Statuspage's web pages: `Nov 7, 09:50 GMT`, `Feb 07, 2025 - 10:30 UTC`, `Jul 19, 23:34 - Jul 20, 04:44
 * EDT`. They are in the page's own zone, often without a year.
 */
import { zoneHours } from '../time.ts';

/** The year that a month (0 to 11) and a day without one are of. */
export type YearOf = (month: number, day: number) => number;

export interface Span {
  from: Date;
  /** Null where the text names one time only. */
  to: Date | null;
}

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const DATE = '([A-Z][a-z]{2})[a-z]*\\s+(\\d{1,2}),\\s+(?:(\\d{4})[\\s,-]*)?';
const TIME = '(\\d\\d):(\\d\\d)';
const SPAN = new RegExp(
  `${DATE}${TIME}\\s*(?:-\\s*(?:${DATE})?${TIME}\\s*)?\\s([A-Z]{2,5}|[+-]\\d\\d(?:\\d\\d)?)(?![A-Za-z])`,
);

/** The first time, or span of two, in a text; null where there is none, or none whose zone is known for sure. */
export function parseSpan(text: string, yearOf: YearOf): Span | null {
  const match = SPAN.exec(text.slice(0, 500).replace(/\s+/g, ' '));
  if (!match) return null;
  const [, month, day, year, hour, minute, endMonth = month, endDay = day, endYear = year, endHour, endMinute, zone] =
    match;
  const offset = zoneHours(zone!);
  if (offset === null) return null;
  const from = toDate(month!, day!, year, hour!, minute!, offset, yearOf);
  if (from === null) return null;
  if (endHour === undefined) return { from, to: null };
  return { from, to: toDate(endMonth!, endDay!, endYear, endHour, endMinute!, offset, yearOf) };
}

function toDate(
  monthName: string,
  day: string,
  year: string | undefined,
  hour: string,
  minute: string,
  offset: number,
  yearOf: YearOf,
): Date | null {
  const month = MONTHS.indexOf(monthName);
  if (month < 0) return null;
  const local = new Date(Date.UTC(year === undefined ? yearOf(month, +day) : +year, month, +day, +hour, +minute));
  return local.getUTCDate() === +day && local.getUTCMonth() === month
    ? new Date(local.getTime() - offset * 3_600_000)
    : null;
}

/** For what has happened: the latest year in which it is not after `today`, give or take the zones. */
export function yearBefore(today: Date): YearOf {
  return (month, day) => {
    const year = today.getUTCFullYear() + 1;
    const latest = today.getTime() + 1.5 * DAY_MS;
    return [year, year - 1].find((one) => Date.UTC(one, month, day) <= latest) ?? year - 2;
  };
}

/** For what is planned: the year that brings it closest to `today`. */
export function yearAround(today: Date): YearOf {
  return (month, day) => {
    const distance = (year: number) => Math.abs(Date.UTC(year, month, day) - today.getTime());
    const year = today.getUTCFullYear();
    return [year - 1, year, year + 1].reduce((best, one) => (distance(one) < distance(best) ? one : best));
  };
}

/** For the history, which lists an incident under the month it ended in: a later month is of the year before. */
export function yearOfMonth(monthName: string, year: number): YearOf {
  const last = MONTHS.indexOf(monthName.slice(0, 3));
  return (month) => (month > last ? year - 1 : year);
}

/** `Nov 12, 2025`, the heading of a day, as its midnight UTC. */
export function parseDay(text: string): Date | null {
  const match = /([A-Z][a-z]{2})[a-z]*\s+(\d{1,2}),\s+(\d{4})/.exec(text.slice(0, 100));
  const month = MONTHS.indexOf(match?.[1] ?? '');
  return match && month >= 0 ? new Date(Date.UTC(Number(match[3]), month, Number(match[2]))) : null;
}

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
  return parseUsual(value) ?? parseAny(value);
}

// How nearly all of them are written. Taking the digits by their places takes a quarter of the time of the groups above.
const USUAL = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3,9})?(?:Z|[+-]\d\d:\d\d)$/;

// The days of a year before each month; the last is those of a year.
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365] as const;
const DAYS_TO_2000 = 10_957;

/** Null as well for what is no time of any day. Counts the days itself: `Date.UTC`, and a `Date` to check by, take twice as long. */
function parseUsual(text: string): Date | null {
  if (!USUAL.test(text)) return null;
  const [year, month, day] = [digits(text, 2), digits(text, 5), digits(text, 8)];
  const [hour, minute, second] = [digits(text, 11), digits(text, 14), digits(text, 17)];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return null;
  // From 2000 to 2099 every fourth year is a leap year.
  const leapDay = year % 4 === 0 ? 1 : 0;
  const before = DAYS_BEFORE[month - 1]! + (month > 2 ? leapDay : 0);
  if (day < 1 || before + day > DAYS_BEFORE[month]! + (month > 1 ? leapDay : 0)) return null;
  const days = DAYS_TO_2000 + year * 365 + ((year + 3) >> 2) + before + day - 1;
  const millis = text[19] === '.' ? digits(text, 20) * 10 + text.charCodeAt(22) - 48 : 0;
  const local = ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis;
  return within(text.endsWith('Z') ? local : local - offsetMs(text.slice(-6)));
}

/** The number that two digits make. */
function digits(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

function parseAny(value: string): Date | null {
  const match = ISO.exec(value.length > 40 ? '' : value.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '0', zone = 'Z'] = match;
  const millis = Math.floor(Number(`0.${fraction}`) * 1000);
  const local = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second, millis);
  if (new Date(local).getUTCDate() !== +day! || +month! < 1 || +month! > 12) return null;
  if (+hour! > 23 || +minute! > 59 || +second > 60) return null;
  return within(local - offsetMs(zone));
}

const RFC =
  /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:GMT|UTC|Z|([+-]\d{4}))$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A time as HTTP's `Date` and RSS's `pubDate` write it, in GMT or with a numeric offset; null for anything else. */
export function parseRfcTime(value: unknown): Date | null {
  const match = typeof value === 'string' && value.length <= 40 ? RFC.exec(value.trim()) : null;
  if (!match) return null;
  const [, day, month, year, hour, minute, second = '00', offset = 'Z'] = match;
  const monthDigits = String(MONTHS.indexOf(month!) + 1).padStart(2, '0'); // An unknown month gives 00, which is none.
  return parseIsoTime(`${year}-${monthDigits}-${day!.padStart(2, '0')}T${hour}:${minute}:${second}${offset}`);
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

// Hours from UTC. Abbreviations that stand for several zones (CST, IST) are left out: hours off would be worse than none.
const ZONES: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['WET', 0],
  ['WEST', 1],
  ['BST', 1],
  ['CET', 1],
  ['CEST', 2],
  ['EET', 2],
  ['EEST', 3],
  ['MSK', 3],
  ['JST', 9],
  ['KST', 9],
  ['AEST', 10],
  ['AEDT', 11],
  ['NZST', 12],
  ['NZDT', 13],
  ['EST', -5],
  ['EDT', -4],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
  ['AKST', -9],
  ['AKDT', -8],
  ['HST', -10],
]);

/** Hours from UTC of a zone as vendors' pages name it (`EDT`, `+01`, `-0330`, `+05:30`); null for one that is not known for sure. */
export function zoneHours(zone: string): number | null {
  const digits = /^([+-]\d\d)(?::?(\d\d))?$/.exec(zone);
  if (!digits) return ZONES.get(zone) ?? null;
  const hours = Number(digits[1]);
  const minutes = Number(digits[2] ?? 0) / 60;
  return zone.startsWith('-') ? hours - minutes : hours + minutes;
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

const SINCE_UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** `2h`, `3d`, `yesterday`, a date (from its midnight in the reader's zone) or an ISO time; null for anything else. */
export function parseSince(text: string, now: Date): Date | null {
  const ago = /^(\d{1,5})([mhdw])$/.exec(text);
  if (ago) return new Date(now.getTime() - Number(ago[1]) * SINCE_UNIT_MS[ago[2]!]!);
  if (text === 'today' || text === 'yesterday') return localMidnight(now, text === 'today' ? 0 : 1);
  const date = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!date) return parseIsoTime(text);
  const midnight = new Date(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
  return midnight.getMonth() === Number(date[2]) - 1 && midnight.getDate() === Number(date[3]) ? midnight : null;
}

function localMidnight(now: Date, daysAgo: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo);
}

const LENGTH_UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `1.5h`, `2d` in milliseconds, a bare number being seconds; null for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text);
  return match ? Number(match[1]) * LENGTH_UNIT_MS[match[2] ?? 's']! : null;
}

/** As `parseDuration` reads it, in the largest unit that divides it: `1d`, `90m`. */
export function lengthText(ms: number): string {
  const unit =
    ['d', 'h', 'm', 's', 'ms'].find((one) => ms % LENGTH_UNIT_MS[one]! === 0 && ms >= LENGTH_UNIT_MS[one]!) ?? 'ms';
  return `${ms / LENGTH_UNIT_MS[unit]!}${unit}`;
}

/**
 * Times as people read them, in a zone: an IANA name, or undefined for the reader's own. The offset always stands beside
 * the clock (`16:53 UTC+1`), because abbreviations such as CST or IST mean several.
 */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

type Zone = string | undefined;

const formats = new Map<Zone, Intl.DateTimeFormat>();

// Making a format costs far more than using it.
function formatOf(zone: Zone): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    const numbers = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      minute: '2-digit',
      second: '2-digit',
    } as const;
    format = new Intl.DateTimeFormat('en-GB', {
      ...numbers,
      weekday: 'long',
      hour: '2-digit',
      hourCycle: 'h23',
      timeZone: zone,
      timeZoneName: 'longOffset',
    });
    formats.set(zone, format);
  }
  return format;
}

function fields(time: Date, zone: Zone) {
  const field = new Map<string, string>(
    formatOf(zone)
      .formatToParts(time)
      .map(({ type, value }) => [type, value]),
  );
  const get = (type: string) => field.get(type) ?? '';
  const offset = get('timeZoneName').replace(/^GMT(?:\+00:00)?/, '');
  return {
    year: get('year'),
    month: MONTHS[Number(get('month')) - 1]!,
    monthNumber: get('month').padStart(2, '0'),
    day: String(Number(get('day'))),
    weekday: get('weekday'),
    clock: `${get('hour')}:${get('minute')}`,
    second: get('second'),
    isoOffset: offset === '' ? 'Z' : offset,
    offset: `UTC${offset.replace(/^([+-])0?(\d+):00$/, '$1$2').replace(/^([+-])0(\d:)/, '$1$2')}`,
  };
}

/**
 * The reader's own zone by its name. The environment may set one that has none, or none that is known (`TZ=UTC+3`, `TZ=`):
 * then the zone of its offset, UTC where that is no whole hour.
 */
export function ownZone(): string {
  const name: string | undefined = formatOf(undefined).resolvedOptions().timeZone;
  if (name !== undefined && isZone(name)) return name;
  const [, sign, hours] = /^([+-])(\d\d):00$/.exec(fields(new Date(0), undefined).isoOffset) ?? [];
  // https://en.wikipedia.org/wiki/Tz_database#Area: these count westwards.
  return sign === undefined ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
}

/** Whether an IANA name is one this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** `10 March 2026` */
export function dayWords(time: Date, zone: Zone): string {
  const { day, month, year } = fields(time, zone);
  return `${day} ${month} ${year}`;
}

/** `Tuesday 10 March 2026` */
export function weekdayWords(time: Date, zone: Zone): string {
  return `${fields(time, zone).weekday} ${dayWords(time, zone)}`;
}

/** `16:53 UTC+1` */
export function clockWords(time: Date, zone: Zone): string {
  const { clock, offset } = fields(time, zone);
  return `${clock} ${offset}`;
}

/** `14:02:31`, for what is of this minute. */
export function secondWords(time: Date, zone: Zone): string {
  const { clock, second } = fields(time, zone);
  return `${clock}:${second}`;
}

/** `10 March 2026 16:53 UTC+1` */
export function momentWords(time: Date, zone: Zone): string {
  return `${dayWords(time, zone)} ${clockWords(time, zone)}`;
}

/** `16:53 UTC+1` today, else `10 Mar 16:53 UTC+1`, with the year when it is not this one. */
export function shortWords(time: Date, now: Date, zone: Zone): string {
  if (sameDay(time, now, zone)) return clockWords(time, zone);
  const { day, month, year } = fields(time, zone);
  const yearWords = year === fields(now, zone).year ? '' : ` ${year}`;
  return `${day} ${month.slice(0, 3)}${yearWords} ${clockWords(time, zone)}`;
}

/** `10 March 2026, 10:00 to 12:00 UTC`; with both days when it ends on another, without an end when that is null. */
export function spanWords(from: Date, until: Date | null, zone: Zone): string {
  if (until === null) return momentWords(from, zone);
  if (!sameDay(from, until, zone)) return `${momentWords(from, zone)} to ${momentWords(until, zone)}`;
  return `${dayWords(from, zone)}, ${clockSpan(from, until, zone)}`;
}

/** `10:00 to 12:00 UTC`, both offsets when summer time begins or ends between. */
export function clockSpan(from: Date, until: Date, zone: Zone): string {
  const start = fields(from, zone);
  const oneOffset = start.offset === fields(until, zone).offset;
  return `${oneOffset ? start.clock : clockWords(from, zone)} to ${clockWords(until, zone)}`;
}

/** `2026-03-10T16:53:00+01:00`: sorts and greps. */
export function isoWords(time: Date, zone: Zone): string {
  const { year, monthNumber, day, clock, second, isoOffset } = fields(time, zone);
  return `${year}-${monthNumber}-${day.padStart(2, '0')}T${clock}:${second}${isoOffset}`;
}

export function sameDay(a: Date, b: Date, zone: Zone): boolean {
  return dayWords(a, zone) === dayWords(b, zone);
}

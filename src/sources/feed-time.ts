/**
 * The times of the posts in a feed's bodies: `Aug 18, 11:42 UTC`, `Jun 5, 01:40:38 GMT+0`, `May 13, 2017, 06:45 UTC`. They
 * seldom have a year, and their zone may be one whose abbreviation means several. What an entry says of itself, when it was
 * published and changed, is the anchor for both. Part of the feed source.
 */
import { zoneHours } from '../time.ts';

/** A moment as a post writes it: a local time, and what the post says of its zone. */
export interface Moment {
  year: number | null;
  /** 0 to 11 */
  month: number;
  day: number;
  /** Since midnight. */
  ms: number;
  zone: string;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MOMENT =
  /^([A-Za-z]{3})[a-z]{0,6}\.? (\d{1,2}) ?,? (?:(\d{4}),? )?(?:at )?(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?(\S{1,12}))?$/;
const HOUR_MS = 3_600_000;
const HALF_HOUR_MS = HOUR_MS / 2;
const DAY_MS = 24 * HOUR_MS;
const MOST_HOURS = 14;

/** Null for what is not a time, or not one of its own (an hour of 25, a 31 April). */
export function parseMoment(text: string): Moment | null {
  const match = MOMENT.exec(text.trim());
  if (!match) return null;
  const [, name, day, year, hour, minute, second = '0', zone = ''] = match;
  const month = MONTHS.indexOf(name!.toLowerCase());
  if (month < 0 || +hour! > 23 || +minute! > 59 || +second > 60) return null;
  if (new Date(Date.UTC(2000, month, +day!)).getUTCMonth() !== month || +day! < 1) return null;
  const ms = ((+hour! * 60 + +minute!) * 60 + +second) * 1000;
  return { year: year === undefined ? null : +year, month, day: +day!, ms, zone };
}

/**
 * When each of an entry's posts was made, as they stand, the newest first as a rule. A year is the one that brings a post
 * closest to the entry's own times or to the post before it. Null where the zone cannot be told.
 */
export function timesOf(moments: readonly Moment[], anchors: readonly (Date | null)[]): (Date | null)[] {
  const known = anchors.filter((anchor) => anchor !== null).map((anchor) => anchor.getTime());
  const summer = inSummer(moments, known);
  let newest = Number.POSITIVE_INFINITY;
  let before: number[] = [];
  return moments.map((moment) => {
    const named = offsetOf(moment.zone) ?? offsetByAnchor(moments[0]!, moment, known);
    const offset = named !== null && summer.has(moment.zone) ? named + HOUR_MS : named;
    const at = offset === null ? null : closest(moment, offset, [...known, ...before], newest);
    if (at === null) return null;
    // Only a post-mortem is younger than its entry, and that stands first.
    if (before.length === 0) newest = Math.max(at, ...known) + DAY_MS;
    before = [at];
    return new Date(at);
  });
}

/** Milliseconds from UTC of `EDT`, `GMT+0`, `GMT+5:30`, `+01:00`; null where that is not sure. */
function offsetOf(zone: string): number | null {
  const gmt = /^(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?$/.exec(zone);
  const hours = gmt ? zoneHours(`${gmt[1]}${gmt[2]!.padStart(2, '0')}${gmt[3] ?? '00'}`) : zoneHours(zone);
  return hours === null ? null : hours * HOUR_MS;
}

/**
 * Pages write the winter's name of their zone all year, `PST` where it is -0700. A name says an hour too much where no post
 * under it is of a minute in which the entry was published or changed, and an hour earlier one is.
 */
function inSummer(moments: readonly Moment[], anchors: readonly number[]): Set<string> {
  const minutes = new Set(anchors.map(minuteOf));
  const zones = new Set(moments.map((moment) => moment.zone).filter((zone) => WINTER.test(zone)));
  const isMet = (zone: string, shift: number) =>
    moments.some((moment) => {
      const offset = moment.zone === zone ? offsetOf(zone) : null;
      const at = offset === null ? null : closest(moment, offset + shift, anchors, Number.POSITIVE_INFINITY);
      return at !== null && minutes.has(minuteOf(at));
    });
  return new Set([...zones].filter((zone) => !isMet(zone, 0) && isMet(zone, HOUR_MS)));
}
// Of the zones that have a summer; those of several meanings are told by the entry anyway.
const WINTER = /^(?:[PME]ST|AKST|AEST|NZST|[CEW]ET)$/;

function minuteOf(time: number): number {
  return Math.floor(time / 60_000);
}

/** A zone that means several is told by the newest post: the entry was changed in the minute in which that was made. */
function offsetByAnchor(first: Moment, moment: Moment, anchors: readonly number[]): number | null {
  if (first.zone !== moment.zone) return null;
  for (const anchor of anchors) {
    const minute = Math.floor(anchor / 60_000) * 60_000;
    const local = closest(
      { ...first, ms: Math.floor(first.ms / 60_000) * 60_000 },
      0,
      [anchor],
      Number.POSITIVE_INFINITY,
    );
    const offset = local === null ? 1 : local - minute;
    if (offset % HALF_HOUR_MS === 0 && Math.abs(offset) <= MOST_HOURS * HOUR_MS) return offset;
  }
  return null;
}

function closest(moment: Moment, offset: number, anchors: readonly number[], newest: number): number | null {
  const years = anchors.map((anchor) => new Date(anchor).getUTCFullYear());
  const around = moment.year === null ? years.flatMap((year) => [year - 1, year, year + 1]) : [moment.year];
  const times = around
    .map((year) => Date.UTC(year, moment.month, moment.day) + moment.ms - offset)
    .filter((time) => new Date(time + offset).getUTCDate() === moment.day);
  const past = times.filter((time) => time <= newest);
  const distance = (time: number) => Math.min(...anchors.map((anchor) => Math.abs(time - anchor)));
  let best: number | null = null;
  for (const time of past.length > 0 ? past : times) if (best === null || distance(time) < distance(best)) best = time;
  return best !== null && best > FIRST_MS && best < LAST_MS ? best : null;
}
const FIRST_MS = Date.UTC(2000, 0, 1);
const LAST_MS = Date.UTC(2100, 0, 1);

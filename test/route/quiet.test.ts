import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inQuietHours, type Quiet, quietEnds } from '../../src/route/quiet.ts';

function quiet(from: string, to: string, more: Partial<Quiet> = {}): Quiet {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { from: minutes(from), to: minutes(to), zone: 'UTC', days: null, except: [], digest: false, ...more };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The end, found by looking at the clock every minute. */
function walk(rules: Quiet, now: Date): Date {
  const start = Math.floor(now.getTime() / MINUTE) * MINUTE;
  for (let time = start + MINUTE; time <= start + 8 * DAY; time += MINUTE)
    if (!inQuietHours(rules, new Date(time))) return new Date(time);
  return new Date(start + DAY);
}

/** Days of two years on which the clock of the zone is not where it was a day before. */
function daysOfChange(zone: string): number[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const years = [Date.parse('2011-01-01T12:00:00Z'), Date.parse('2026-01-01T12:00:00Z')];
  const days = years.flatMap((begin) => Array.from({ length: 365 }, (_, day) => begin + day * DAY));
  const shown = (time: number) => format.format(time).slice(-5);
  return days.filter((day) => shown(day) !== shown(day - DAY) || day === Date.parse('2011-12-30T12:00:00Z'));
}

const at = (text: string) => new Date(text);

describe('quiet hours', () => {
  test.each([
    ['13:00', '14:00', '12:59', false],
    ['13:00', '14:00', '13:00', true],
    ['13:00', '14:00', '13:59', true],
    ['13:00', '14:00', '14:00', false],
    ['22:00', '07:00', '21:59', false],
    ['22:00', '07:00', '22:00', true],
    ['22:00', '07:00', '00:00', true],
    ['22:00', '07:00', '06:59', true],
    ['22:00', '07:00', '07:00', false],
    ['00:00', '00:00', '12:00', true],
  ])('from %s to %s hold at %s: %s', (from, to, time, expected) => {
    expect(inQuietHours(quiet(from, to), at(`2026-03-10T${time}:30Z`))).toBe(expected);
  });

  test('are of the zone’s clock', () => {
    const kolkata = quiet('22:00', '07:00', { zone: 'Asia/Kolkata' });
    expect(inQuietHours(kolkata, at('2026-03-10T16:29:00Z'))).toBe(false);
    expect(inQuietHours(kolkata, at('2026-03-10T16:30:00Z'))).toBe(true);
  });

  test('of some days belong to the day they begin on', () => {
    // Friday and Saturday night; 2026-03-13 is a Friday.
    const weekend = quiet('22:00', '07:00', { days: [5, 6] });
    expect(inQuietHours(weekend, at('2026-03-12T23:00:00Z'))).toBe(false);
    expect(inQuietHours(weekend, at('2026-03-13T06:00:00Z'))).toBe(false);
    expect(inQuietHours(weekend, at('2026-03-13T23:00:00Z'))).toBe(true);
    expect(inQuietHours(weekend, at('2026-03-15T06:00:00Z'))).toBe(true);
    expect(inQuietHours(weekend, at('2026-03-15T23:00:00Z'))).toBe(false);
  });

  test('end when the clock says so', () => {
    expect(quietEnds(quiet('22:00', '07:00'), at('2026-03-10T23:15:40Z'))).toEqual(at('2026-03-11T07:00:00Z'));
    expect(quietEnds(quiet('13:00', '14:30'), at('2026-03-10T13:00:00Z'))).toEqual(at('2026-03-10T14:30:00Z'));
  });

  test('are an hour shorter when summer time begins, and an hour longer when it ends', () => {
    const berlin = quiet('22:00', '07:00', { zone: 'Europe/Berlin' });
    // In the night to 29 March 2026 two o'clock is three; in that to 25 October three o'clock is two.
    expect(quietEnds(berlin, at('2026-03-28T21:00:00Z'))).toEqual(at('2026-03-29T05:00:00Z'));
    expect(quietEnds(berlin, at('2026-10-24T20:00:00Z'))).toEqual(at('2026-10-25T06:00:00Z'));
    const short = quiet('02:30', '03:30', { zone: 'Europe/Berlin' });
    expect(inQuietHours(short, at('2026-03-29T01:15:00Z'))).toBe(true);
    expect(inQuietHours(short, at('2026-10-25T00:45:00Z'))).toBe(true);
    expect(inQuietHours(short, at('2026-10-25T01:45:00Z'))).toBe(true);
  });

  test.each([
    ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'America/Havana', 'Africa/Cairo'],
    // Half an hour; a day left out; two hours; an hour before and after a month; three quarters of an hour off.
    ...['Australia/Lord_Howe', 'Pacific/Apia', 'Antarctica/Troll', 'Africa/Casablanca', 'Asia/Kathmandu'],
  ])(
    'end in %s as somebody who looks at the clock every minute finds',
    (zone) => {
      const changes = daysOfChange(zone);
      const time = fc.oneof(
        fc.integer({ min: Date.parse('2005-01-01T00:00:00Z'), max: Date.parse('2035-01-01T00:00:00Z') }),
        fc
          .tuple(
            fc.constantFrom(...changes, Date.parse('2026-03-29T01:00:00Z')),
            fc.integer({ min: -2 * DAY, max: DAY }),
          )
          .map(([day, more]) => day + more),
      );
      const clock = fc.oneof(fc.integer({ min: 0, max: 1439 }), fc.constantFrom(0, 60, 120, 150, 180));
      const days = fc.option(fc.subarray([0, 1, 2, 3, 4, 5, 6]));
      fc.assert(
        fc.property(time, clock, clock, days, (now, from, to, some) => {
          const rules: Quiet = { from, to, zone, days: some, except: [], digest: false };
          fc.pre(inQuietHours(rules, new Date(now)));
          expect(quietEnds(rules, new Date(now))).toEqual(walk(rules, new Date(now)));
        }),
        { numRuns: 60 },
      );
    },
    60_000,
  );

  test('are worked out once for all events of a minute, and anew for the next', () => {
    const night = quiet('00:00', '00:00', { zone: 'Europe/Berlin' });
    const first = quietEnds(night, at('2026-03-10T12:00:10Z'));
    expect(quietEnds(night, at('2026-03-10T12:00:50Z'))).toBe(first);
    expect(quietEnds(night, at('2026-03-10T12:01:00Z'))).toEqual(at('2026-03-11T12:01:00Z'));
  });
});

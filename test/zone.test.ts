import { describe, expect, test } from 'vitest';
import {
  clockSpan,
  clockWords,
  dayWords,
  isoWords,
  isZone,
  momentWords,
  ownZone,
  secondWords,
  shortWords,
  spanWords,
  weekdayWords,
} from '../src/zone.ts';

const time = new Date('2026-03-10T15:53:07.900Z');

test.each([
  ['UTC', '15:53 UTC', '2026-03-10T15:53:07Z'],
  ['Europe/Berlin', '16:53 UTC+1', '2026-03-10T16:53:07+01:00'],
  ['America/New_York', '11:53 UTC-4', '2026-03-10T11:53:07-04:00'],
  ['Asia/Kolkata', '21:23 UTC+5:30', '2026-03-10T21:23:07+05:30'],
  ['America/St_Johns', '13:23 UTC-2:30', '2026-03-10T13:23:07-02:30'],
  ['Pacific/Auckland', '04:53 UTC+13', '2026-03-11T04:53:07+13:00'],
])('a clock in %s names its offset', (zone, clock, iso) => {
  expect(clockWords(time, zone)).toBe(clock);
  expect(isoWords(time, zone)).toBe(iso);
});

test('midnight is 00:00, not 24:00', () => {
  expect(momentWords(new Date('2026-01-01T00:00:00Z'), 'UTC')).toBe('1 January 2026 00:00 UTC');
});

test('days are those of the zone', () => {
  expect(dayWords(time, 'Pacific/Auckland')).toBe('11 March 2026');
  expect(weekdayWords(time, 'UTC')).toBe('Tuesday 10 March 2026');
  expect(secondWords(time, 'UTC')).toBe('15:53:07');
});

describe('a short time', () => {
  test.each([
    ['2026-03-10T23:00:00Z', '15:53 UTC'],
    ['2026-03-11T01:00:00Z', '10 Mar 15:53 UTC'],
    ['2027-01-01T01:00:00Z', '10 Mar 2026 15:53 UTC'],
  ])('at %s is %s', (now, words) => {
    expect(shortWords(time, new Date(now), 'UTC')).toBe(words);
  });
});

describe('a span', () => {
  const until = new Date('2026-03-10T17:30:00Z');
  test('names its day once', () => {
    expect(spanWords(time, until, 'UTC')).toBe('10 March 2026, 15:53 to 17:30 UTC');
  });
  test('names both days when it ends on another', () => {
    expect(spanWords(time, new Date('2026-03-11T02:00:00Z'), 'UTC')).toBe(
      '10 March 2026 15:53 UTC to 11 March 2026 02:00 UTC',
    );
  });
  test('without an end is its start', () => {
    expect(spanWords(time, null, 'UTC')).toBe('10 March 2026 15:53 UTC');
  });
  test('names both offsets when summer time begins in it', () => {
    const from = new Date('2026-03-29T00:30:00Z');
    expect(clockSpan(from, new Date('2026-03-29T02:00:00Z'), 'Europe/Berlin')).toBe('01:30 UTC+1 to 04:00 UTC+2');
  });
});

test('a zone is known or not, and there is always one of our own', () => {
  expect(isZone('Europe/Berlin')).toBe(true);
  expect(isZone('Europe/Atlantis')).toBe(false);
  expect(clockWords(time, ownZone())).toBe(clockWords(time, undefined));
});

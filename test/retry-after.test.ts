import { describe, expect, test } from 'vitest';
import { parseRetryAfter } from '../src/retry-after.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('parseRetryAfter', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const parse = (value: string | undefined, date?: string) => parseRetryAfter(value, date, now);

  test.each([
    ['0', 0],
    ['120', 2 * MINUTE],
    [' 120 ', 2 * MINUTE],
    ['86400', DAY],
    ['2592000', 30 * DAY],
    ['99999999', 30 * DAY],
  ])('seconds: %s', (value, expected) => {
    expect(parse(value)).toBe(expected);
  });

  test('a date is read against our clock', () => {
    expect(parse('Sun, 22 Nov 2026 12:05:00 GMT')).toBe(5 * MINUTE);
    expect(parse('Sun, 22 Nov 2026 11:00:00 GMT')).toBe(0);
    expect(parse('Sun, 22 Nov 2099 11:00:00 GMT')).toBe(30 * DAY);
  });

  test("a date is read against the reply's own when it has one, so that a wrong clock does no harm", () => {
    expect(parse('Sun, 22 Nov 2026 14:05:00 GMT', 'Sun, 22 Nov 2026 14:00:00 GMT')).toBe(5 * MINUTE);
    expect(parse('Sun, 22 Nov 2026 10:05:00 GMT', 'Sun, 22 Nov 2026 10:00:00 GMT')).toBe(5 * MINUTE);
    expect(parse('Sun, 22 Nov 2026 12:05:00 GMT', 'a while ago')).toBe(5 * MINUTE);
  });

  test.each([
    ...['-5', '1.5', '+5', 'soon', '', ' ', '120, 60', '1e18', '1000000000000000000', '0x10', '12O', 'NaN', 'Infinity'],
    ...[
      '2026-11-22T12:05:00Z',
      'Sunday, 22-Nov-26 12:05:00 GMT',
      'Sun Nov 22 12:05:00 2026',
      'Sun, 22 Nov 2026 12:05:00',
    ],
    ...[
      'Sun, 31 Feb 2026 12:05:00 GMT',
      'Sun, 22 Foo 2026 12:05:00 GMT',
      'Sun, 22 Nov 2026 25:05:00 GMT',
      'x'.repeat(50_000),
    ],
  ])('"%s" is nothing', (value) => {
    expect(parse(value)).toBeNull();
  });

  test('no header is nothing', () => {
    expect(parse(undefined)).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { LONGEST_WAIT_MS } from '../src/retry-after.ts';
import { isDue, isLoopback, nextDelayMs, type PollState, parseMaxAge, TICK_MS, wakeDelayMs } from '../src/schedule.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WELL: PollState = {
  failures: 0,
  retryAfterMs: null,
  maxAgeMs: null,
  openIncident: false,
  local: false,
  gone: false,
  status: 200,
};
const LOW = () => 0;
const MIDDLE = () => 0.5;
const HIGH = () => 0.999999;

function delay(state: Partial<PollState>, intervalMs: number | null = null, random = MIDDLE): number {
  return nextDelayMs({ ...WELL, ...state }, { intervalMs }, random);
}

/** Numbers from 0 to below 1 that are the same on every run. */
function dice(): () => number {
  let seed = 42;
  return () => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32;
    return seed / 2 ** 32;
  };
}

describe('nextDelayMs', () => {
  test('a page on which all is well waits a minute, give or take a tenth', () => {
    expect([LOW, MIDDLE, HIGH].map((random) => Math.round(delay({}, null, random)))).toEqual([54_000, 60_000, 66_000]);
  });

  test('one with an open incident waits 30 seconds, and jitter adds to that only', () => {
    expect([LOW, MIDDLE, HIGH].map((random) => Math.round(delay({ openIncident: true }, null, random)))).toEqual([
      33_000, 30_000, 33_000,
    ]);
  });

  test('an interval that the user set is kept, open incident or not, but never goes below 30 seconds', () => {
    expect(delay({ openIncident: true }, 5 * MINUTE)).toBe(5 * MINUTE);
    expect(delay({}, 5 * MINUTE)).toBe(5 * MINUTE);
    expect(delay({ openIncident: true }, 45 * SECOND)).toBe(45 * SECOND);
    for (const random of [LOW, MIDDLE, HIGH]) {
      expect(delay({}, SECOND, random)).toBeGreaterThanOrEqual(30 * SECOND);
      expect(delay({}, 0, random)).toBeLessThanOrEqual(33 * SECOND);
    }
  });

  test('a page on loopback may be asked at any interval, exactly', () => {
    for (const intervalMs of [0, 1, 100, 20_000, 90_000])
      for (const random of [LOW, HIGH]) expect(delay({ local: true }, intervalMs, random)).toBe(intervalMs);
    expect(delay({ local: true }, null, LOW)).toBe(MINUTE);
    expect(delay({ local: true, openIncident: true }, null, LOW)).toBe(30 * SECOND);
    expect(delay({ local: true, failures: 5000 }, 0)).toBe(0);
  });

  test('a fresh reply is not asked for again before its max-age, of which an hour at most is believed', () => {
    expect(delay({ maxAgeMs: 10 * MINUTE })).toBe(10 * MINUTE);
    expect(delay({ maxAgeMs: HOUR }, null, LOW)).toBe(HOUR);
    expect(delay({ maxAgeMs: 365 * DAY })).toBe(HOUR);
    expect(delay({ maxAgeMs: SECOND })).toBe(MINUTE);
    expect(delay({ maxAgeMs: 10 * MINUTE, local: true }, 0)).toBe(10 * MINUTE);
  });

  test('Retry-After is obeyed to the end, whatever the interval', () => {
    for (const retryAfterMs of [HOUR, DAY, 30 * DAY])
      for (const random of [LOW, HIGH]) expect(delay({ failures: 1, retryAfterMs }, null, random)).toBe(retryAfterMs);
    expect(delay({ failures: 1, retryAfterMs: SECOND })).toBe(MINUTE);
  });

  test('failures in a row wait twice as long each, to an hour, and one success ends that', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 30, 5000].map((failures) => delay({ failures }));
    expect(waits.map((wait) => wait / MINUTE)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    expect(delay({ failures: 0 })).toBe(MINUTE);
  });

  test('with jitter, twenty failures never wait less than the one before, and no two runs agree', () => {
    const random = dice();
    const runs = Array.from({ length: 50 }, () => {
      const waits = Array.from({ length: 20 }, (_, i) => delay({ failures: i + 1 }, null, random));
      for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThanOrEqual(waits[i - 1]!);
      expect(Math.max(...waits)).toBe(HOUR);
      return waits[3];
    });
    expect(new Set(runs).size).toBe(50);
  });

  test('a failing page never waits less than its own interval, however long', () => {
    expect(delay({ failures: 9 }, 6 * HOUR)).toBe(6 * HOUR);
    expect(delay({ failures: 3, openIncident: true })).toBe(2 * MINUTE);
  });

  test('a page that is not found slows down to an hour within three polls', () => {
    const waits = [1, 2, 3, 4].map((failures) => delay({ failures, status: 404 }) / MINUTE);
    expect(waits).toEqual([4, 16, 60, 60]);
  });

  test('a page that is gone is never asked again', () => {
    expect(delay({ gone: true, failures: 1, status: 410, retryAfterMs: SECOND })).toBe(Number.POSITIVE_INFINITY);
  });

  test('200 pages read at once spread out within a few polls', () => {
    const random = dice();
    const starts = Array.from({ length: 200 }, () => {
      let at = 0;
      for (let poll = 0; poll < 3; poll++) at += delay({}, null, random);
      return Math.floor(at / SECOND);
    });
    const busiest = Math.max(...starts.map((second) => starts.filter((other) => other === second).length));
    expect(busiest).toBeLessThanOrEqual(20);
  });
});

describe('isDue', () => {
  test('from its time on', () => {
    expect([999, 1000, 1001].map((now) => isDue(1000, now))).toEqual([false, true, true]);
  });

  test('at once when the clock was set back behind the wait', () => {
    const wait = MINUTE;
    const dueAt = 10 * DAY + wait;
    expect(isDue(dueAt, 10 * DAY, wait)).toBe(false);
    expect(isDue(dueAt, 9 * DAY, wait)).toBe(true);
    expect(isDue(dueAt, 10 * DAY - 500, wait)).toBe(false);
  });

  test('a long wait that was asked for is no clock set back', () => {
    expect(isDue(30 * DAY, 0, 30 * DAY)).toBe(false);
    expect(isDue(LONGEST_WAIT_MS, 0)).toBe(false);
    expect(isDue(LONGEST_WAIT_MS + DAY, 0)).toBe(true);
  });

  test('what is gone is never due', () => {
    expect(isDue(Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, MINUTE)).toBe(false);
  });

  test('due times are met within a second, and a month of waiting overflows no timer', () => {
    expect(TICK_MS).toBeLessThanOrEqual(1000);
    let asked = 0;
    const dueAt = 30 * DAY;
    for (let now = 0; now < HOUR; now += TICK_MS) if (isDue(dueAt, now, 30 * DAY)) asked += 1;
    expect(asked).toBe(0);
  });
});

describe('waking up', () => {
  test('spreads the polls over a minute', () => {
    expect([wakeDelayMs(LOW), wakeDelayMs(MIDDLE), Math.round(wakeDelayMs(HIGH))]).toEqual([0, 30_000, 60_000]);
  });
});

describe('parseMaxAge', () => {
  test.each([
    ['max-age=60', undefined, MINUTE],
    ['public, Max-Age=300, stale-while-revalidate=9', undefined, 5 * MINUTE],
    ['s-maxage=900,max-age=10', undefined, 10 * SECOND],
    ['max-age="60"', undefined, MINUTE],
    ['max-age=60', '45', 15 * SECOND],
    ['max-age=60', '600', 0],
    ['max-age=60', 'old', MINUTE],
    ['max-age=0, must-revalidate', undefined, 0],
    ['no-cache', undefined, 0],
    ['max-age=60, no-store', undefined, 0],
    ['max-age=99999999999999999999', undefined, 2 ** 31 * SECOND],
  ])('%s at the age of %s', (value, age, expected) => {
    expect(parseMaxAge(value, age)).toBe(expected);
  });

  test.each([
    undefined,
    '',
    'public',
    'max-age',
    'max-age=',
    'max-age=-1',
    'max-age=1.5',
    's-maxage=60',
    'x-max-age=60',
  ])('"%s" says nothing of it', (value) => {
    expect(parseMaxAge(value)).toBeNull();
  });
});

describe('isLoopback', () => {
  test.each([
    'http://127.0.0.1',
    'http://127.9.8.7:81/x',
    'https://localhost/',
    'http://[::1]:3000',
    'http://0x7f.1/',
    'http://a.localhost',
  ])('%s is this machine', (url) => {
    expect(isLoopback(url)).toBe(true);
  });

  test.each([
    ...[
      'https://status.example',
      'http://10.0.0.1',
      'http://127.example',
      'http://127.0.0.1.example',
      'http://localhost.example',
    ],
    ...['http://mylocalhost', 'http://[::2]', 'http://0.0.0.0', 'no address', ''],
  ])('%s is not', (url) => {
    expect(isLoopback(url)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { inQuietHours, type Quiet, quietEnds } from '../../src/route/quiet.ts';

function quiet(from: string, to: string, more: Partial<Quiet> = {}): Quiet {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { from: minutes(from), to: minutes(to), zone: 'UTC', days: null, except: [], digest: false, ...more };
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
});

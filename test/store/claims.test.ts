import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NOW, newFolder, record, row, storeIn } from './open.ts';

const [a, b, c] = ['https://a.example', 'https://b.example', 'https://c.example'] as const;
const info = { channels: ['terminal', 'desktop'] };
const mine = { mine: true };
const theirs = { mine: false, pid: process.pid, channels: info.channels };

/** Two watchers in one folder, with clocks a test can move. */
function twoWatchers() {
  const folder = newFolder();
  const clock = { monotonicMs: 1_000_000, wallMs: NOW.getTime() };
  const options = { monotonicMs: () => clock.monotonicMs, now: () => new Date(clock.wallMs) };
  return { folder, clock, one: storeIn(folder, options), other: storeIn(folder, options) };
}

describe('a page', () => {
  test('belongs to the first who claims it; the others get what is left and are told whose it is', async () => {
    const { one, other } = twoWatchers();
    expect(Object.fromEntries(await one.claims.take([a, b], info))).toEqual({ [a]: mine, [b]: mine });
    expect(Object.fromEntries(await other.claims.take([b, c], info))).toEqual({ [b]: theirs, [c]: mine });
    expect([a, b, c].map(one.claims.holds)).toEqual([true, true, false]);
    expect([a, b, c].map(other.claims.holds)).toEqual([false, false, true]);
    expect([...one.claims.held()]).toEqual([a, b]);
  });

  test('stays with its watcher however often both ask', async () => {
    const { one, other, clock } = twoWatchers();
    for (let i = 0; i < 5; i++) {
      expect((await one.claims.take([a], info)).get(a)).toEqual(mine);
      expect((await other.claims.take([a], info)).get(a)).toEqual(theirs);
      clock.monotonicMs += 9000;
      one.claims.beat();
      other.claims.beat();
    }
  });

  test('is free again when its watcher no longer asks for it, or releases all', async () => {
    const { one, other, folder } = twoWatchers();
    await one.claims.take([a, b], info);
    await one.claims.take([b], info);
    expect(one.claims.holds(a)).toBe(false);
    expect(Object.fromEntries(await other.claims.take([a, b], info))).toEqual({ [a]: mine, [b]: theirs });
    await one.claims.release();
    expect(one.claims.holds(b)).toBe(false);
    expect((await other.claims.take([a, b], info)).get(b)).toEqual(mine);
    await other.claims.release();
    expect(readdirSync(join(folder, 'watchers'))).toEqual([]);
    expect(JSON.parse(readFileSync(join(folder, 'watchers.json'), 'utf8')).leases).toEqual([]);
  });

  test('can be claimed again after a release', async () => {
    const { one, other } = twoWatchers();
    await one.claims.take([a], info);
    await one.claims.release();
    one.claims.beat();
    await one.claims.release();
    expect((await one.claims.take([a], info)).get(a)).toEqual(mine);
    expect((await other.claims.take([a], info)).get(a)).toEqual(theirs);
  });

  test('with the name of anything in JavaScript is a page like any other', async () => {
    const { one, other } = twoWatchers();
    await one.claims.take(['__proto__', 'constructor'], info);
    expect((await other.claims.take(['__proto__', 'toString'], info)).get('__proto__')).toEqual(theirs);
    expect(other.claims.holds('toString')).toBe(true);
    expect(other.claims.holds('hasOwnProperty')).toBe(false);
  });
});

describe('a watcher that gives no sign of life', () => {
  test('for ten seconds loses its pages, and finds out', async () => {
    const { one, other, clock } = twoWatchers();
    await one.claims.take([a], info);
    clock.monotonicMs += 9999;
    expect((await other.claims.take([a], info)).get(a)).toEqual(theirs);
    clock.monotonicMs += 2;
    expect(one.claims.holds(a)).toBe(true);
    expect((await other.claims.take([a], info)).get(a)).toEqual(mine);
    expect(one.claims.holds(a)).toBe(false);
    one.claims.beat();
    expect((await one.claims.take([a], info)).get(a)).toEqual(theirs);
  });

  test('loses them at once when its sign was taken away', async () => {
    const { one, other, folder } = twoWatchers();
    await one.claims.take([a], info);
    rmSync(join(folder, 'watchers'), { recursive: true });
    expect((await other.claims.take([a], info)).get(a)).toEqual(mine);
  });

  test('but whose clock was set, a day forward or back, keeps them', async () => {
    const { one, other, clock } = twoWatchers();
    await one.claims.take([a], info);
    for (const days of [1, -1, -365]) {
      clock.wallMs = NOW.getTime() + days * 86_400_000;
      expect((await other.claims.take([a], info)).get(a)).toEqual(theirs);
    }
  });

  test('but whose machine slept, and so no clock of the two went on, keeps them', async () => {
    const { one, other, clock } = twoWatchers();
    await one.claims.take([a], info);
    clock.wallMs += 8 * 3_600_000;
    expect((await other.claims.take([a], info)).get(a)).toEqual(theirs);
  });

  test('since before the last boot loses them', async () => {
    const { one, other, clock } = twoWatchers();
    await one.claims.take([a], info);
    clock.monotonicMs = 5000;
    expect((await other.claims.take([a], info)).get(a)).toEqual(mine);
  });
});

describe('a watcher on another machine', () => {
  /** As if the first watcher ran elsewhere and last gave a sign that long ago by the wall clock. */
  async function away(secondsAgo: number) {
    const { one, other, folder, clock } = twoWatchers();
    await one.claims.take([a], info);
    const path = join(folder, 'watchers.json');
    const watchers = JSON.parse(readFileSync(path, 'utf8'));
    watchers.leases[0].host = 'elsewhere';
    watchers.leases[0].pid = 4_194_305;
    writeFileSync(path, JSON.stringify(watchers));
    const time = new Date(clock.wallMs - secondsAgo * 1000);
    utimesSync(join(folder, 'watchers', watchers.leases[0].id), time, time);
    return (await other.claims.take([a], info)).get(a);
  }

  test.each([0, 59, -59])('keeps its pages when its sign is %d s old, whatever its pid is here', async (seconds) => {
    expect(await away(seconds)).toEqual({ ...theirs, pid: 4_194_305 });
  });

  test.each([61, 86_400, -61])('loses them when its sign is %d s old', async (seconds) => {
    expect(await away(seconds)).toEqual(mine);
  });
});

describe('a commit', () => {
  test("is told, page by page, what is still this process's to record", async () => {
    const { one, other, clock } = twoWatchers();
    await one.claims.take([a, b], info);
    clock.monotonicMs += 10_001;
    await other.claims.take([a], info);
    const lost = await one.commit((state, isMine) => {
      const pages = [a, b, c];
      for (const page of pages.filter(isMine)) state.pages.set(page, record(page));
      return pages.filter((page) => !isMine(page));
    });
    expect(lost).toEqual([b, a, c].sort());
    expect((await other.state()).pages.size).toBe(0);
  });

  test('of a process that claims nothing records no page, and may do all else', async () => {
    const { one, other } = twoWatchers();
    await one.claims.take([a], info);
    const was = await other.commit((state, isMine) => {
      state.outbox.push(row('a'));
      return isMine(a);
    });
    expect(was).toBe(false);
    expect((await one.state()).outbox).toHaveLength(1);
  });
});

test('a broken watchers.json costs the claims it held and nothing more', async () => {
  const { one, other, folder } = twoWatchers();
  await one.claims.take([a], info);
  writeFileSync(join(folder, 'watchers.json'), '{"schemaVersion":1,"leases":[{}]}');
  expect(one.claims.holds(a)).toBe(false);
  expect((await other.claims.take([a], info)).get(a)).toEqual(mine);
  expect((await one.claims.take([a], info)).get(a)).toEqual(theirs);
});

test('signs of life that nobody gave for an hour are swept away', async () => {
  const { one, folder, clock } = twoWatchers();
  await one.claims.take([a], info);
  const left = join(folder, 'watchers', 'left');
  writeFileSync(left, '0000000000000001');
  utimesSync(left, new Date(clock.wallMs - 3_700_000), new Date(clock.wallMs - 3_700_000));
  const before = readdirSync(join(folder, 'watchers')).length;
  clock.wallMs = Date.now();
  await one.claims.take([a], info);
  expect(readdirSync(join(folder, 'watchers'))).toHaveLength(before - 1);
});

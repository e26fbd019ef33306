import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { thisProcess } from '../../src/store/lock.ts';
import { folderWithState, ids, NOW, newFolder, row, storeIn, systemError } from './open.ts';

describe('the lock', () => {
  /** Puts a lock in place as if `owner` held it. */
  function lockedBy(folder: string, owner: unknown): string {
    const place = join(folder, 'state.json.lock');
    mkdirSync(place);
    writeFileSync(join(place, 'theirs.json'), JSON.stringify(owner));
    writeFileSync(join(place, 'theirs.tmp'), 'half of');
    return place;
  }
  const here = thisProcess({ files: fs, now: () => NOW });
  const elsewhere = { pid: 1, host: 'elsewhere', space: '', startedAt: '2026-03-10T15:53:00Z' };

  test.each([
    ['of another machine', elsewhere],
    ['of nobody we can make out', { pid: 'x' }],
    ['of a process that lives', { ...here, pid: process.ppid }],
  ])('%s is waited for, and taken away when nothing moves for two seconds', async (_, owner) => {
    const folder = newFolder();
    lockedBy(folder, owner);
    let clock = 0;
    let waited = 0;
    const store = storeIn(folder, {
      monotonicMs: () => clock,
      random: () => {
        clock += 300;
        waited += 1;
        return 0;
      },
    });
    await store.commit((state) => void state.outbox.push(row('a')));
    expect(waited).toBeGreaterThanOrEqual(6);
    expect(clock).toBeLessThan(3000);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test.each([
    ['that is dead', spawnSync(process.execPath, ['--version']).pid],
    ['whose pid is ours now', process.pid],
  ])('of a process %s is taken away at once', async (_, pid) => {
    const folder = newFolder();
    lockedBy(folder, { ...here, pid });
    let waited = 0;
    const random = () => {
      waited += 1;
      return 0;
    };
    await storeIn(folder, { random }).commit((state) => void state.outbox.push(row('a')));
    expect(waited).toBe(0);
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('is given up on, with the name of the file and the process, when it can be neither had nor taken away', async () => {
    const folder = newFolder();
    const place = lockedBy(folder, { ...elsewhere, pid: 4711 });
    let clock = 0;
    const store = storeIn(folder, {
      monotonicMs: () => clock,
      random: () => {
        clock += 500;
        return 0;
      },
      files: {
        ...fs,
        renameSync: (from, to) => {
          if (from === place) throw systemError('EPERM');
          fs.renameSync(from, to);
        },
      },
    });
    const message = `${store.file('state.json')}: locked by process 4711, and the lock cannot be taken away; remove ${place} by hand`;
    await expect(store.commit((state) => void state.outbox.push(row('a')))).rejects.toThrow(new ConfigError(message));
    expect(readdirSync(folder)).toEqual(['state.json.lock']);
  });

  test('that was taken away in the middle of a change makes the change start over, and nothing is lost', async () => {
    const folder = await folderWithState();
    const store = storeIn(folder);
    let runs = 0;
    await store.commit((state) => {
      runs += 1;
      if (runs === 1) {
        fs.renameSync(join(folder, 'state.json.lock'), join(folder, 'state.json.lock.taken'));
        const other = { schemaVersion: 1, fresh: false, pages: [], outbox: [row('theirs')] };
        writeFileSync(join(folder, 'state.json'), JSON.stringify(other), { mode: 0o600 });
      }
      state.outbox.push(row('ours'));
    });
    expect(runs).toBe(2);
    expect(ids(await storeIn(folder).state())).toEqual(['theirs', 'ours']);
  });

  test('that another took over in the middle of a change is not broken by the former owner', async () => {
    const folder = await folderWithState();
    const place = join(folder, 'state.json.lock');
    let runs = 0;
    const seen: string[][] = [];
    await storeIn(folder, {
      random: () => {
        // While it waits for its second turn, the new owner is done.
        seen.push(readdirSync(place).sort());
        fs.rmSync(place, { recursive: true });
        return 0;
      },
    }).commit((state) => {
      runs += 1;
      if (runs === 1) {
        fs.renameSync(place, `${place}.taken`);
        lockedBy(folder, elsewhere);
      }
      state.outbox.push(row('c'));
    });
    expect(runs).toBe(2);
    expect(seen).toEqual([['theirs.json', 'theirs.tmp']]);
    expect(ids(await storeIn(folder).state())).toEqual(['a', 'b', 'c']);
  });

  test('left empty by one that was killed while releasing it is simply taken', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'state.json.lock'));
    await storeIn(folder).commit((state) => void state.outbox.push(row('a')));
    expect(readdirSync(folder)).toEqual(['state.json']);
  });

  test('leaves of killed processes are swept away after an hour', async () => {
    const folder = newFolder();
    const now = new Date();
    const left = { old: new Date(now.getTime() - 3_700_000), young: new Date(now.getTime() - 3_500_000) };
    for (const [name, time] of Object.entries(left)) {
      const place = join(folder, `state.json.lock.${name}`);
      mkdirSync(place);
      writeFileSync(join(place, `${name}.tmp`), 'half of');
      utimesSync(place, time, time);
    }
    await storeIn(folder, { now: () => now }).commit((state) => void state.outbox.push(row('a')));
    expect(readdirSync(folder).sort()).toEqual(['state.json', 'state.json.lock.young']);
  });
});

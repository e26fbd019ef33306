import * as fs from 'node:fs';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { Files } from '../../src/store/disk.ts';
import { folderWithState, ids, newFolder, record, row, storeIn, systemError } from './open.ts';

const page = 'https://status.example.com';
describe('a broken state.json', () => {
  const whole = JSON.stringify({ schemaVersion: 1, fresh: false, pages: [], outbox: [row('c')] });
  const contents = [
    ['empty', ''],
    ['cut', whole.slice(0, -20)],
    ['of NULs', '\0\0\0\0'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1'],
    ['without a version', '{}'],
    ['with pages that are no list', '{"schemaVersion":1,"pages":{},"outbox":[]}'],
    ['with a page that is no record', '{"schemaVersion":1,"pages":[["https://a.example",{}]],"outbox":[]}'],
    ['with a row that is none', '{"schemaVersion":1,"pages":[],"outbox":[{"id":1}]}'],
  ] as const;

  test.each(contents)(
    '(%s) is kept under another name and replaced by its backup, and that is said',
    async (_, text) => {
      const folder = await folderWithState();
      writeFileSync(join(folder, 'state.json'), text);
      const store = storeIn(folder);
      const state = await store.state();
      expect(ids(state)).toEqual(['a']);
      expect(state.fresh).toBe(false);
      const aside = join(folder, 'state.corrupt-2026-03-10T15-53-00.000Z.json');
      expect(readFileSync(aside, 'utf8')).toBe(text);
      expect(store.warnings).toEqual([
        `${store.file('state.json')} was broken; it is kept as ${aside}, and its backup ${store.file('state.json.bak')} is used`,
      ]);
      const next = storeIn(folder);
      expect(ids(await next.state())).toEqual(['a']);
      expect(next.warnings).toEqual([]);
    },
  );

  test.each(contents)(
    '(%s) without a good backup is begun anew, and says so until a commit ends it',
    async (_, text) => {
      const folder = newFolder();
      writeFileSync(join(folder, 'state.json'), text, { mode: 0o600 });
      writeFileSync(join(folder, 'state.json.bak'), text, { mode: 0o600 });
      const store = storeIn(folder);
      await store.commit((state) => {
        expect(state.fresh).toBe(true);
        state.pages.set(page, record(page));
      });
      expect(store.warnings).toHaveLength(1);
      expect(store.warnings[0]).toContain('and a fresh one is begun');
      const later = storeIn(folder);
      expect(await later.state()).toMatchObject({ fresh: true, pages: new Map([[page, record(page)]]) });
      await later.commit((state) => {
        state.fresh = false;
      });
      expect((await storeIn(folder).state()).fresh).toBe(false);
    },
  );

  test('never takes the name of an earlier one, and never becomes the backup', async () => {
    const folder = await folderWithState();
    for (const text of ['first', 'second', 'third']) {
      writeFileSync(join(folder, 'state.json'), text);
      expect(ids(await storeIn(folder).state())).toEqual(['a']);
    }
    const stem = 'state.corrupt-2026-03-10T15-53-00.000Z';
    const kept = [`${stem}.json`, `${stem}-2.json`, `${stem}-3.json`];
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['first', 'second', 'third']);
    expect(readFileSync(join(folder, 'state.json.bak'), 'utf8')).toContain('"a"');
  });

  test('is mended once when several find it', async () => {
    const folder = await folderWithState();
    writeFileSync(join(folder, 'state.json'), '{');
    const stores = [1, 2, 3, 4].map(() => storeIn(folder));
    await Promise.all(stores.map((store, i) => store.commit((state) => void state.outbox.push(row(`n${i}`)))));
    expect(ids(await storeIn(folder).state()).sort()).toEqual(['a', 'n0', 'n1', 'n2', 'n3']);
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toHaveLength(1);
    expect(stores.flatMap(({ warnings }) => warnings)).toHaveLength(1);
  });
});

describe('a write that does not go through', () => {
  const failing: [string, string, () => Partial<Files>][] = [
    ['the disk takes a part and then is full', 'the disk is full', () => ({ writeSync: partial('ENOSPC') })],
    ['the disk takes a part and then nothing', 'the disk is full', () => ({ writeSync: partial(null) })],
    ['the disk says it took all and did not', 'the disk is full', () => ({ writeSync: lying })],
    ['the quota is used up', 'the disk is full', () => ({ writeSync: fails('EDQUOT') })],
    ['there is no room for the lock', 'the disk is full', () => ({ mkdirSync: fails('ENOSPC') })],
    ['flushing fails', 'the system says EIO', () => ({ fsyncSync: fails('EIO') })],
    ['the disk is read-only', 'the disk is read-only', () => ({ mkdirSync: fails('EROFS') })],
    ["the folder is another user's", 'permission denied', () => ({ mkdirSync: fails('EACCES') })],
  ];
  // The first page of bytes arrives, as on a disk that fills up.
  function partial(code: string | null): Files['writeSync'] {
    let room = 100;
    const write = (fd: number, bytes: Uint8Array, offset: number, length: number) => {
      if (room === 0 && code) throw systemError(code);
      const taken = Math.min(room, length);
      room -= taken;
      return taken === 0 ? 0 : fs.writeSync(fd, bytes, offset, taken);
    };
    return write as Files['writeSync'];
  }
  const lying = ((fd: number, bytes: Uint8Array, offset: number, length: number) => {
    fs.writeSync(fd, bytes, offset, Math.floor(length / 2));
    return length;
  }) as Files['writeSync'];
  function fails(code: string) {
    return () => {
      throw systemError(code);
    };
  }

  test.each(failing)(
    '(%s) is said in one line; the old file is whole and the next write works',
    async (_, reason, files) => {
      const folder = await folderWithState();
      const before = readFileSync(join(folder, 'state.json'), 'utf8');
      const store = storeIn(folder, { files: { ...fs, ...files() } });
      const failure = await store.commit((state) => void state.outbox.push(row('c'))).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(ConfigError);
      const { message } = failure as ConfigError;
      expect(message).toContain(`${join(folder, 'state.json')} cannot be written: ${reason}`);
      expect(message).not.toContain('\n');
      expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(before);
      expect(ids(await store.state())).toEqual(['a', 'b']);
      expect(readdirSync(folder).sort()).toEqual(['state.json', 'state.json.bak']);
      await storeIn(folder).commit((state) => void state.outbox.push(row('c')));
      expect(ids(await storeIn(folder).state())).toEqual(['a', 'b', 'c']);
    },
  );

  test('because the disk takes it in small pieces goes on until all is there', async () => {
    const folder = newFolder();
    const small = ((fd: number, bytes: Uint8Array, offset: number, length: number) =>
      fs.writeSync(fd, bytes, offset, Math.min(7, length))) as Files['writeSync'];
    await storeIn(folder, { files: { ...fs, writeSync: small } }).commit((state) => {
      state.pages.set(page, { ...record(page), folded: 'naïve – ✓ 😀' });
    });
    expect((await storeIn(folder).state()).pages.get(page)?.folded).toBe('naïve – ✓ 😀');
  });

  test('is flushed, file and folder, before a commit returns', async () => {
    const folder = newFolder();
    const steps: string[] = [];
    const opened = new Map<number, string>();
    const files: Files = {
      ...fs,
      openSync: (path, ...rest) => {
        const fd = fs.openSync(path, ...rest);
        opened.set(fd, String(path));
        return fd;
      },
      fsyncSync: (fd) => {
        steps.push(`flush ${opened.get(fd)?.replace(/[\w-]+(?=\.tmp$)/, 'nonce')}`);
        fs.fsyncSync(fd);
      },
      renameSync: (from, to) => {
        if (to === join(folder, 'state.json')) steps.push('rename');
        fs.renameSync(from, to);
      },
    };
    await storeIn(folder, { files }).commit((state) => void state.outbox.push(row('a')));
    expect(steps).toEqual([`flush ${join(folder, 'state.json.lock', 'nonce.tmp')}`, 'rename', `flush ${folder}`]);
  });
});

describe('reading that fails', () => {
  test.each([
    ['config.json', 'PINGORU_CONFIG_DIR', (store: ReturnType<typeof storeIn>) => store.config()],
    ['state.json', 'PINGORU_STATE_DIR', (store: ReturnType<typeof storeIn>) => store.state()],
  ])('because %s is a folder is said in one line', async (name, variable, use) => {
    const folder = newFolder();
    mkdirSync(join(folder, name));
    const message = `${join(folder, name)} cannot be read: a file stands where a folder should be, or the other way round. Move it, or set ${variable} to another folder`;
    await expect(use(storeIn(folder))).rejects.toThrow(new ConfigError(message));
  });

  test('because the folder is a file is said in one line', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = storeIn(join(folder, 'file'));
    await expect(store.state()).rejects.toThrow(/cannot be read: a file stands where a folder should be/);
    await expect(store.commit((state) => void state.outbox.push(row('a')))).rejects.toThrow(
      /cannot be written: a file stands where a folder should be/,
    );
    await expect(store.claims.take([page], { channels: [] })).rejects.toThrow(ConfigError);
  });

  test('because permission is denied is said in one line', async () => {
    const folder = await folderWithState();
    const openSync = () => {
      throw systemError('EACCES');
    };
    const store = storeIn(folder, { files: { ...fs, openSync } });
    await expect(store.state()).rejects.toThrow(`${store.file('state.json')} cannot be read: permission denied.`);
  });
});

describe('the backup', () => {
  test('is the state before the last change', async () => {
    const folder = await folderWithState();
    expect(ids(JSON.parse(readFileSync(join(folder, 'state.json.bak'), 'utf8')))).toEqual(['a']);
    await storeIn(folder).commit((state) => void state.outbox.push(row('c')));
    expect(ids(JSON.parse(readFileSync(join(folder, 'state.json.bak'), 'utf8')))).toEqual(['a', 'b']);
  });

  test('is a copy where the disk knows no links', async () => {
    const folder = newFolder();
    const linkSync = () => {
      throw systemError('EPERM');
    };
    const store = storeIn(folder, { files: { ...fs, linkSync } });
    for (const id of ['a', 'b', 'c']) await store.commit((state) => void state.outbox.push(row(id)));
    expect(ids(JSON.parse(readFileSync(join(folder, 'state.json.bak'), 'utf8')))).toEqual(['a', 'b']);
    writeFileSync(join(folder, 'state.json'), '');
    const next = storeIn(folder, { files: { ...fs, linkSync } });
    expect(ids(await next.state())).toEqual(['a', 'b']);
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toHaveLength(1);
  });
});

describe('modes', () => {
  test.each([0o000, 0o022, 0o077])('are 0700 and 0600 under umask %o', async (mask) => {
    const folder = newFolder();
    const before = process.umask(mask);
    onTestFinished(() => void process.umask(before));
    const inner = join(folder, 'a', 'b');
    const store = storeIn(inner);
    for (const id of ['a', 'b']) await store.commit((state) => void state.outbox.push(row(id)));
    await store.changeConfig((config) => {
      config.theme = 'dark';
    });
    await store.rememberPlatform(page, { platform: 'statuspage', url: page, document: false, detectedAt: '' });
    await store.claims.take([page], { channels: [] });
    const modes = (path: string) => (statSync(path).mode & 0o777).toString(8);
    const found = readdirSync(inner, { recursive: true, withFileTypes: true });
    expect(found.length).toBeGreaterThanOrEqual(7);
    for (const one of found) expect(modes(join(one.parentPath, one.name))).toBe(one.isDirectory() ? '700' : '600');
    expect([modes(join(folder, 'a')), modes(inner)]).toEqual(['700', '700']);
  });

  test('that let others in are told once each, and a write puts the file right', async () => {
    const folder = await folderWithState();
    chmodSync(join(folder, 'state.json'), 0o644);
    chmodSync(folder, 0o755);
    const store = storeIn(folder);
    for (let i = 0; i < 3; i++) await store.state();
    const told = [
      `${folder}: other users have access to it; run: chmod 700 '${folder}'`,
      `${store.file('state.json')}: other users have access to it; run: chmod 600 '${store.file('state.json')}'`,
    ];
    expect(store.warnings).toEqual(told);
    await store.commit((state) => void state.outbox.push(row('c')));
    await store.config();
    expect(store.warnings).toEqual(told);
    expect(statSync(store.file('state.json')).mode & 0o777).toBe(0o600);
  });
});

import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { incidentToJson } from '../../src/json.ts';
import { openStore } from '../../src/store.ts';
import { incident } from '../make.ts';
import { NOW, newFolder, record, row, storeIn } from './open.ts';

const OPEN = incidentToJson(incident('i', []));
const page = 'https://status.example.com';
const entry = { url: page, name: 'acme', provider: null, platform: null };

describe('folders', () => {
  const where = (platform: NodeJS.Platform, home: string, env: NodeJS.ProcessEnv) =>
    openStore({ platform, home, env, now: () => NOW, onWarning: () => {} }).paths;

  test.each([
    ['linux', '/home/u', {}, '/home/u/.config/pingoru', '/home/u/.local/state/pingoru'],
    ['linux', '/home/u', { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' }, '/c/pingoru', '/s/pingoru'],
    [
      'linux',
      '/home/u',
      { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '' },
      '/home/u/.config/pingoru',
      '/home/u/.local/state/pingoru',
    ],
    ['darwin', '/Users/u', {}, '/Users/u/Library/Preferences/pingoru', '/Users/u/Library/Application Support/pingoru'],
    [
      'win32',
      'C:\\Users\\u',
      {},
      'C:\\Users\\u\\AppData\\Roaming\\pingoru\\Config',
      'C:\\Users\\u\\AppData\\Local\\pingoru\\State',
    ],
    [
      'win32',
      'C:\\Users\\u',
      { APPDATA: 'D:\\r', LOCALAPPDATA: 'D:\\l' },
      'D:\\r\\pingoru\\Config',
      'D:\\l\\pingoru\\State',
    ],
    ['linux', '/home/u', { PINGORU_CONFIG_DIR: '/x', PINGORU_STATE_DIR: '/y', XDG_STATE_HOME: '/s' }, '/x', '/y'],
  ] as const)(
    "on %s with home %s and %o are the platform's own, unless named",
    (platform, home, env, config, state) => {
      expect(where(platform, home, env)).toEqual({ config, state });
    },
  );

  test('a store that is only opened and read makes no file and no folder', async () => {
    const folder = newFolder();
    const store = storeIn(join(folder, 'none'));
    expect((await store.config()).watch).toEqual([]);
    expect((await store.state()).pages.size).toBe(0);
    expect(await store.platformOf(page)).toBeNull();
    expect(store.claims.holds(page)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('config.json', () => {
  test('is made by the first change, readable for people and for this user alone', async () => {
    const store = storeIn(newFolder());
    const config = await store.changeConfig((draft) => void draft.watch.push(entry));
    expect(config).toEqual({ schemaVersion: 1, watch: [entry], channels: [], groups: [] });
    const written = { schemaVersion: 1, watch: [entry] };
    expect(readFileSync(store.file('config.json'), 'utf8')).toBe(`${JSON.stringify(written, null, 2)}\n`);
    expect(statSync(store.file('config.json')).mode & 0o777).toBe(0o600);
  });

  test('keeps what this version does not know, and references to secrets as references', async () => {
    const folder = newFolder();
    const theirs = {
      channels: [{ name: 'ops', type: 'slack', url: 'env:HOOK' }],
      watch: [{ ...entry, note: 'x' }],
      'a.b': 1,
      schemaVersion: 1,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(theirs), { mode: 0o600 });
    const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder, HOOK: 'https://hooks.example.com/T0/secret' };
    const store = storeIn(folder, { env });
    await store.changeConfig((draft) => void draft.watch.push(entry));
    const written = readFileSync(store.file('config.json'), 'utf8');
    expect(JSON.parse(written)).toEqual({ ...theirs, watch: [...theirs.watch, entry] });
    expect(written).not.toContain('secret');
  });

  test('written by hand with the least there can be is complete when read', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'config.json'), `\uFEFF{"watch":[{"url":"${page}"}]}`, { mode: 0o600 });
    expect(await storeIn(folder).config()).toMatchObject({ schemaVersion: 1, watch: [{ ...entry, name: null }] });
  });

  test('keeps the look the user gave it when a change changes nothing', async () => {
    const folder = newFolder();
    const text = `{\n\n      "watch": [ {"url": "${page}"} ]}`;
    writeFileSync(join(folder, 'config.json'), text, { mode: 0o600 });
    const store = storeIn(folder);
    await store.changeConfig((draft) => {
      draft.watch = draft.watch.filter(({ url }) => url === page);
    });
    expect(readFileSync(store.file('config.json'), 'utf8')).toBe(text);
  });

  test('stays a link where the user made it one', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'dotfiles'), { mode: 0o700 });
    writeFileSync(join(folder, 'dotfiles', 'pingoru.json'), '{"watch":[]}', { mode: 0o600 });
    symlinkSync(join(folder, 'dotfiles', 'pingoru.json'), join(folder, 'config.json'));
    await storeIn(folder).changeConfig((draft) => void draft.watch.push(entry));
    expect(lstatSync(join(folder, 'config.json')).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'dotfiles', 'pingoru.json'), 'utf8')).watch).toEqual([entry]);
  });

  test.each([
    ['', 'it is not valid JSON, it ends too early'],
    ['{\n  "watch": [', 'it is not valid JSON, it ends too early'],
    ['{\n  "watch": [],\n}', 'it is not valid JSON, see line 3, column 1'],
    ['{\n  "watch": [1,]\n}', 'it is not valid JSON, see line 2, column 15'],
    ["{\n  'watch': []\n}", 'it is not valid JSON, see line 2, column 3'],
    ['{ "hook": "https://hooks.example.com/secret" // mine\n}', 'it is not valid JSON, see line 1, column 46'],
    ['\0\0\0\0', 'it is not valid JSON, see line 1, column 1'],
    ['{"watch":[]} x', 'it is not valid JSON, see line 1, column 14'],
    ['null', 'it must hold one object, in braces'],
    ['[]', 'it must hold one object, in braces'],
    ['{"watch":{}}', '"watch" must be a list'],
    ['{"watch":[{"url":"https://a.example"},{"name":"b"}]}', 'entry 2 of "watch" must be an object with a "url"'],
  ])('holding %j is refused with the place and without its words, and never touched', async (text, reason) => {
    const folder = newFolder();
    const path = join(folder, 'config.json');
    writeFileSync(path, text, { mode: 0o600 });
    const store = storeIn(folder);
    const message = `${path} cannot be used: ${reason}. Correct it, or move it away to start anew`;
    await expect(store.config()).rejects.toThrow(new ConfigError(message));
    await expect(store.changeConfig((draft) => void draft.watch.push(entry))).rejects.toThrow(new ConfigError(message));
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });
});

describe('state.json', () => {
  test('holds after a commit what the commit did, for this store and for any other', async () => {
    const folder = newFolder();
    const store = storeIn(folder);
    const result = await store.commit((state) => {
      state.pages.set(page, record(page));
      state.outbox.push(row('a'));
      return 'done';
    });
    expect(result).toBe('done');
    for (const reader of [store, storeIn(folder)]) {
      const state = await reader.state();
      expect(state.fresh).toBe(false);
      expect([...state.pages]).toEqual([[page, record(page)]]);
      expect(state.outbox).toEqual([row('a')]);
    }
  });

  test('is read again when another process changed it', async () => {
    const folder = newFolder();
    const [one, other] = [storeIn(folder), storeIn(folder)];
    await one.commit((state) => void state.outbox.push(row('a')));
    expect((await other.state()).outbox).toHaveLength(1);
    await one.commit((state) => void state.outbox.push(row('b')));
    expect((await other.state()).outbox).toHaveLength(2);
    await other.commit((state) => void state.outbox.shift());
    expect((await one.state()).outbox).toEqual([row('b')]);
  });

  test('is not written when a commit changes nothing, however often', async () => {
    const store = storeIn(newFolder());
    await store.commit(() => {});
    expect(() => statSync(store.file('state.json'))).toThrow('ENOENT');
    await store.commit((state) => void state.pages.set(page, record(page)));
    const before = statSync(store.file('state.json'), { bigint: true });
    for (let i = 0; i < 1000; i++) await store.commit((state) => void state.pages.set(page, record(page)));
    const after = statSync(store.file('state.json'), { bigint: true });
    expect([after.ino, after.mtimeNs, after.size]).toEqual([before.ino, before.mtimeNs, before.size]);
  });

  test('and what was read of it stay as they were when a change throws', async () => {
    const store = storeIn(newFolder());
    await store.commit((state) => void state.outbox.push(row('a')));
    const view = await store.state();
    const change = store.commit((state) => {
      state.outbox.push(row('b'));
      state.pages.set(page, record(page));
      throw new TypeError('no');
    });
    await expect(change).rejects.toThrow(new TypeError('no'));
    expect(view.outbox).toEqual([row('a')]);
    expect(await store.state()).toMatchObject({ pages: new Map(), outbox: [row('a')] });
  });

  test('takes commits of one process at the same time', async () => {
    const store = storeIn(newFolder());
    const ids = Array.from({ length: 40 }, (_, i) => `r${i}`);
    await Promise.all(ids.map((id) => store.commit((state) => void state.outbox.push(row(id)))));
    expect((await store.state()).outbox.map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test('takes any word for an address or an id', async () => {
    const folder = newFolder();
    const words = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a.b', '__internal__', ''];
    await storeIn(folder).commit((state) => {
      for (const word of words)
        state.pages.set(word, { ...record(word), missing: [[word, 1]], open: [{ ...OPEN, id: word }] });
      for (const word of words) state.outbox.push(row(word));
    });
    const state = await storeIn(folder).state();
    expect([...state.pages.keys()]).toEqual(words);
    expect([...state.pages.values()].map(({ missing, open }) => [missing, open])).toEqual(
      words.map((word) => [[[word, 1]], [{ ...OPEN, id: word }]]),
    );
    expect(state.outbox.map(({ id }) => id)).toEqual(words);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('keeps what this version does not know', async () => {
    const folder = newFolder();
    const later = { schemaVersion: 1, fresh: false, pages: [], outbox: [], acknowledged: [{ provider: 'clerk' }] };
    writeFileSync(join(folder, 'state.json'), JSON.stringify(later), { mode: 0o600 });
    await storeIn(folder).commit((state) => void state.outbox.push(row('a')));
    expect(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))).toEqual({ ...later, outbox: [row('a')] });
  });

  test('of the first release loads', async () => {
    const folder = newFolder();
    const first = { schemaVersion: 1, fresh: true, pages: [[page, record(page)]], outbox: [row('a')] };
    writeFileSync(join(folder, 'state.json'), JSON.stringify(first), { mode: 0o600 });
    const store = storeIn(folder);
    expect(await store.state()).toMatchObject({ ...first, pages: new Map([[page, record(page)]]) });
    expect(store.warnings).toEqual([]);
  });

  test('stays under a megabyte for a thousand pages', async () => {
    const store = storeIn(newFolder());
    await store.commit((state) => {
      for (let i = 0; i < 1000; i++) {
        const url = `https://status.provider-${i}.example.com`;
        const seen = ['abcdef0123456789abcdef0123456789', 'ghijkl0123456789abcdef0123456789'];
        state.pages.set(url, { ...record(url), seen, folded: 'abcdef'.repeat(40) });
      }
    });
    expect(statSync(store.file('state.json')).size).toBeLessThan(1_000_000);
  });
});

test.each([
  ['config.json', (store: ReturnType<typeof storeIn>) => store.config()],
  ['config.json', (store: ReturnType<typeof storeIn>) => store.changeConfig((draft) => void draft.watch.pop())],
  ['state.json', (store: ReturnType<typeof storeIn>) => store.state()],
  ['state.json', (store: ReturnType<typeof storeIn>) => store.commit((state) => void state.outbox.push(row('a')))],
  ['platforms.json', (store: ReturnType<typeof storeIn>) => store.platformOf(page)],
])('%s of a newer version is refused and left alone', async (name, use) => {
  const folder = newFolder();
  writeFileSync(join(folder, name), '{"schemaVersion":2,"watch":5}', { mode: 0o600 });
  const message = `${join(folder, name)} was written by a newer pingoru, and is left alone: upgrade pingoru, or move the file away`;
  await expect(use(storeIn(folder))).rejects.toThrow(new ConfigError(message));
  expect(readdirSync(folder)).toEqual([name]);
  expect(readFileSync(join(folder, name), 'utf8')).toBe('{"schemaVersion":2,"watch":5}');
});

describe('platforms.json', () => {
  const found = { platform: 'incident-io', url: `${page}/`, document: false, detectedAt: '2026-03-10T15:53:00Z' };

  test('remembers what serves a page, for other processes too', async () => {
    const folder = newFolder();
    await storeIn(folder).rememberPlatform(page, found);
    expect(await storeIn(folder).platformOf(page)).toEqual(found);
    expect(await storeIn(folder).platformOf('https://other.example.com')).toBeNull();
    expect(statSync(join(folder, 'platforms.json')).mode & 0o777).toBe(0o600);
  });

  test('remembers all that are found at the same time, and the last word on each', async () => {
    const store = storeIn(newFolder());
    const urls = Array.from({ length: 30 }, (_, i) => `https://status${i}.example.com`);
    await Promise.all(urls.map((url) => store.rememberPlatform(url, { ...found, url })));
    await store.rememberPlatform(urls[0]!, { ...found, platform: 'statuspage' });
    expect((await store.platformOf(urls[0]!))?.platform).toBe('statuspage');
    for (const url of urls.slice(1)) expect(await store.platformOf(url)).toEqual({ ...found, url });
  });

  test('is not written when the same is found again', async () => {
    const store = storeIn(newFolder());
    await store.rememberPlatform(page, found);
    const before = statSync(store.file('platforms.json'), { bigint: true });
    await store.rememberPlatform(page, { ...found, detectedAt: '2026-03-11T00:00:00Z' });
    const after = statSync(store.file('platforms.json'), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });
});

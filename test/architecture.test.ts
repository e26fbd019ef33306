/** The rules of the house, as CONTRIBUTING tells them: who may import whom, and who owns which package. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

interface File {
  /** Relative to src, as `sources/statuspage.ts`. */
  name: string;
  text: string;
  imports: string[];
}

const files: File[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const text = readFileSync(path.join('src', name), 'utf8');
    const imports = [...text.matchAll(/(?:from|import\()\s*'([\w@./:-]+)'/g)].map((match) => match[1]!);
    return { name, text, imports };
  });

/** The room a file belongs to: a part with a folder of its own (`http.ts` and `http/`) is one room. */
function roomOf(name: string): string {
  return name.split('/')[0]!.replace(/\.ts$/, '');
}

function local(file: File): string[] {
  return file.imports
    .filter((one) => one.startsWith('.'))
    .map((one) => path.posix.normalize(path.posix.join(path.posix.dirname(file.name), one)))
    .map(roomOf);
}

const BASE = [
  'model',
  'errors',
  'fingerprint',
  'time',
  'text',
  'markup',
  'markdown',
  'flight',
  'address',
  'entities',
  'raw',
  'normalize',
  'json',
  'json-model',
  'words',
  'zone',
  'record',
  'calendar',
  'version',
  'channel',
  'retry-after',
  'outgoing',
  'json-alerts',
  'redact',
];
const LEAVES = [
  'http',
  'schedule',
  'store',
  'sources',
  'catalogue',
  'diff',
  'route',
  'message',
  'channels',
  'render',
  'demo',
  'project',
];
const CORE = [
  ...['read', 'detect', 'targets', 'open', 'cycle', 'watch'],
  ...['routing', 'dispatch', 'ledger', 'recorder', 'connect', 'alerts', 'outbox'],
];
const TOP = ['commands', 'cli', 'maintain'];
const LEVELS = [BASE, LEAVES, CORE, TOP];

function levelOf(room: string): number {
  return LEVELS.findIndex((rooms) => rooms.includes(room));
}

test('every file has a room, and every room is in use', () => {
  const rooms = new Set(files.map((file) => roomOf(file.name)));
  expect([...rooms].filter((room) => levelOf(room) < 0)).toEqual([]);
  expect(LEVELS.flat().filter((room) => !rooms.has(room))).toEqual([]);
});

test('the map of CONTRIBUTING shows where every file is', () => {
  const map = /## The map\n\n```\n(.*?)\n```/s.exec(readFileSync('CONTRIBUTING.md', 'utf8'))![1]!;
  const shown = new Set(map.match(/[\w.-]+(?:\.ts|\/)/g)!);
  const places = files.map(({ name }) => (name.includes('/') ? `${name.split('/')[0]}/` : name));
  expect([...new Set(places)].filter((place) => !shown.has(place))).toEqual([]);
});

test('imports point down, and leaves never import each other', () => {
  const wrong = files.flatMap((file) => {
    const own = roomOf(file.name);
    const level = levelOf(own);
    return local(file)
      .filter((room) => room !== own && (levelOf(room) > level || (level === 1 && levelOf(room) === 1)))
      .map((room) => `${file.name} imports ${room}`);
  });
  expect(wrong).toEqual([]);
});

test('one package has one owner', () => {
  const owners: Record<string, RegExp> = {
    commander: /^cli(?:\.ts|\/)/,
    undici: /^http(?:\.ts|\/)/,
    chalk: /^render\//,
    'string-width': /^render\//,
    'wrap-ansi': /^render\//,
    'ical-generator': /^render\/ics\.ts$/,
    conf: /^store\.ts$/,
    'node-notifier': /^channels\/desktop\.ts$/,
    nodemailer: /^channels\/email/,
    cheerio: /^(?:sources\/|markup\.ts$)/,
    htmlparser2: /^markup\.ts$/,
    domhandler: /^sources\//,
    zod: /^routing\.ts$/,
  };
  const wrong = files.flatMap((file) =>
    file.imports
      .filter((one) => !one.startsWith('.') && !one.startsWith('node:'))
      .map((one) => one.split('/')[0]!)
      .filter((one) => !owners[one]?.test(file.name))
      .map((one) => `${file.name} imports ${one}`),
  );
  expect(wrong).toEqual([]);
});

test('one effect has one owner', () => {
  const effects: [RegExp, RegExp][] = [
    [/process\.std(?:out|err)|console\./, /^(?:commands\/|cli\.ts$|maintain\/main\.ts$)/],
    [
      /from 'node:fs/,
      /^(?:store(?:\.ts|\/)|catalogue\/index\.ts$|project\.ts$|maintain\/main\.ts$|commands\/(?:demo|group\/events)\.ts$)/,
    ],
    [/from 'node:(?:http|https|net|tls|dns)'/, /^(?:http(?:\.ts|\/)|demo\/server\.ts$)/],
    [/import\('node:child_process'\)|import (?!type)[^;]*from 'node:child_process'/, /^channels\/exec\.ts$/],
    [/process\.(?:exit\b|exitCode)/, /^commands\/io\.ts$/],
    [/\bnew Date\(\)|Date\.now\(\)|Math\.random\(\)/, /^(?:commands\/|recorder\.ts$)/],
  ];
  const wrong = effects.flatMap(([effect, owner]) =>
    files.filter((file) => effect.test(file.text) && !owner.test(file.name)).map((file) => `${file.name}: ${effect}`),
  );
  expect(wrong).toEqual([]);
});

test('errors are the only classes', () => {
  const classes = files.filter((file) => /^(?:export )?(?:abstract )?class /m.test(file.text)).map((file) => file.name);
  expect(classes).toEqual(['errors.ts']);
});

test('files stay short', () => {
  const long = files.filter((file) => file.text.split('\n').length > 301).map((file) => file.name);
  expect(long).toEqual([]);
});

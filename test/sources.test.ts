/**
 * The contract of every platform. A new one is a row in `src/sources/index.ts` and a folder in `fixtures/sources/`:
 * nothing has to be added here. `UPDATE_FIXTURES=1 npx vitest run test/sources.test.ts` writes each `expected.json`
 * anew; read what it wrote before you keep it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseIncident, splitAddress } from '../src/commands/find-incident.ts';
import { FetchError, ParseError } from '../src/errors.ts';
import { type IncidentJson, incidentFromJson } from '../src/json.ts';
import type { Reply, Snapshot, Source } from '../src/model.ts';
import { HOSTS } from '../src/sources/hosts.ts';
import { loadSource, loadSources, platformOfHost, platforms } from '../src/sources/index.ts';
import {
  casesOf,
  expectedOf,
  type FixtureCase,
  fixturePlatforms,
  plain,
  problemsOf,
  serve,
  webPage,
  withoutOf,
} from './fixtures.ts';

const sources = await loadSources();
/** By how the names of their cases tell: words that nobody knows stand alone, or beside all those that are known. */
const KINDS: Record<string, RegExp> = {
  quiet: /^quiet/,
  open: /^open/,
  'multi-update': /^multi-update/,
  resolved: /^resolved/,
  maintenance: /^maintenance/,
  'unknown-words': /unknown-words|every-word/,
};
const cases = new Map(fixturePlatforms().map((platform) => [platform, casesOf(platform)]));

function casesFor(source: Source): FixtureCase[] {
  return cases.get(source.name) ?? [];
}

function goodReplies(platform: string): Reply[] {
  return (cases.get(platform) ?? []).flatMap((one) =>
    [...one.replies.values()].filter((reply) => reply.status === 200),
  );
}

/**
 * What another platform, or no platform, could answer in a source's place. The generic ones read anybody's, and so their
 * fixtures are shaped like others'.
 */
function foreignReplies(source: Source): Reply[] {
  const others = sources.filter((one) => one !== source && !one.generic);
  const replies = others.flatMap((one) => goodReplies(one.name).slice(0, 12));
  return source.generic ? replies.filter((reply) => !source.detect(reply)) : replies;
}

const MISHAPS: Record<string, (reply: Reply) => Reply> = {
  'cut in half': (reply) => ({ ...reply, text: reply.text.slice(0, reply.text.length / 2) }),
  'replaced by a web page': (reply) => ({
    ...reply,
    text: webPage('Sign in to the network'),
    contentType: 'text/html',
  }),
  empty: (reply) => ({ ...reply, text: '' }),
  'an empty object': (reply) => ({ ...reply, text: '{}' }),
  'an empty list': (reply) => ({ ...reply, text: '[]' }),
  'a list of lists': (reply) => ({ ...reply, text: '[[[]]]' }),
  'a list of nothing': (reply) => ({ ...reply, text: '[null, null]' }),
  'nothing but null': (reply) => ({ ...reply, text: 'null' }),
  'a server error': (reply) => ({ ...reply, status: 503 }),
};

/** A mishap that befalls nothing: AWS says "all well" with an empty list. */
function isSame(reply: Reply, changed: Reply): boolean {
  return reply.text === changed.text && reply.status === changed.status;
}

/** The error, when it is one of those a reply may cause; any other is a fault of the source. */
async function failureOf(act: () => unknown): Promise<FetchError | ParseError | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return error;
    throw error;
  }
}

test('the table and the fixture folders name the same platforms', () => {
  expect(sources.map((source) => source.name).sort()).toEqual(fixturePlatforms());
});

test('the name of a platform is its key in the table and that of its file', async () => {
  expect(sources.map((source) => source.name)).toEqual(platforms);
  for (const name of platforms) {
    expect(existsSync(path.join('src', 'sources', `${name}.ts`))).toBe(true);
    expect((await loadSource(name))?.name).toBe(name);
  }
  expect(await loadSource('constructor')).toBeUndefined();
});

test('hosts are named for platforms of the table, in its order', () => {
  const named: readonly string[] = Object.keys(HOSTS);
  expect(platforms.filter((name) => named.includes(name))).toEqual(named);
  expect(platformOfHost('acme.statuspage.io')).toBe('statuspage');
  expect(platformOfHost('www.statuspage.io')).toBeNull();
});

describe.each(sources.map((source) => [source.name, source] as const))('%s', (_name, source) => {
  const own = casesFor(source);
  const read = own.filter((one) => !one.fails && !one.document);
  const documents = own.flatMap((one) => (one.document ? [[one.name, one, one.document] as const] : []));
  const failing = own.flatMap((one) => (one.fails ? [[one.name, one, one.fails] as const] : []));

  test('has a fixture for every kind of page', () => {
    const kinds = Object.keys(KINDS);
    const shown = kinds.filter((kind) => own.some((one) => KINDS[kind]!.test(one.name)));
    const without = withoutOf(source.name);
    expect([...shown, ...Object.keys(without)].sort()).toEqual(kinds.sort());
    expect(Object.values(without).every((reason) => reason.length > 20)).toBe(true);
  });

  test.each(read.map((one) => [one.name, one] as const))('reads %s as expected', async (_case, one) => {
    const { get, asked } = serve(one);
    const snapshot = await source.read(one.page, get, one.depth);
    expect(snapshot).not.toBeNull();
    expect(problemsOf(snapshot!)).toEqual([]);
    if (one.asks) expect(asked).toEqual(one.asks);
    checkExpected(one, snapshot!);
  });

  test('gives incidents addresses that lead back to them', () => {
    for (const one of own) {
      const { incidents: rows = [] } = (expectedOf(one) ?? {}) as { incidents?: IncidentJson[] };
      const incidents = rows.map(incidentFromJson);
      for (const { id, url } of incidents.filter((incident) => !isPageItself(incident.url, one))) {
        const { target, wanted } = splitAddress(url, null);
        expect(wanted, `${one.name}: ${url}`).not.toBeNull();
        expect(new URL(target).host, url).toBe(new URL(url).host);
        const found = chooseIncident(incidents, wanted, { id: '', name: '', ...one.page }, new Date(0));
        // Where several have the same address, the newest of them is meant.
        expect({ url: found?.url }, url).toEqual({ url });
        if (incidents.filter((other) => other.url === url).length === 1) expect(found?.id, url).toBe(id);
        expect(splitAddress(url.replace(/^https?:\/\//, ''), null).wanted?.text).toBe(wanted!.text);
      }
    }
  });

  if (documents.length > 0)
    test.each(documents)('parses %s as expected', async (_case, one, reply) => {
      const snapshot = await source.parse(reply, one.page);
      expect(problemsOf(snapshot)).toEqual([]);
      checkExpected(one, snapshot);
    });

  if (failing.length > 0)
    test.each(failing)('refuses %s, and does not recognise it', async (_case, one, code) => {
      const failure = await failureOf(() => source.read(one.page, serve(one).get, one.depth));
      expect(failure?.code).toBe(code);
      // Where anybody's own may do, only reading it tells.
      if (!source.generic) expect([...one.replies.values()].some((reply) => source.detect(reply))).toBe(false);
    });

  test.each(read.filter((one) => one.depth === 'recent').map((one) => [one.name, one] as const))(
    'gives nothing when nothing of %s changed',
    async (_case, one) => {
      const { get } = serve(one, (reply, ask) => (ask.conditional && reply.status === 200 ? unchanged(reply) : reply));
      expect(await source.read(one.page, get, 'recent')).toBeNull();
    },
  );

  test('recognises its own replies', () => {
    const unproved = [...read, ...documents.map(([, one]) => one)].filter(
      (one) => ![...one.replies.values()].some((reply) => source.detect(reply)),
    );
    expect(unproved.map((one) => one.name)).toEqual([]);
  });

  test("recognises no other platform's replies, and no broken ones", () => {
    const claimed = foreignReplies(source).filter((reply) => source.detect(reply));
    expect(claimed.map((reply) => reply.url)).toEqual([]);
    for (const reply of goodReplies(source.name))
      for (const break_ of Object.values(MISHAPS)) if (reply.text.length > 0) source.detect(break_(reply));
    const nothing = ['{}', '[]', 'null', '[[]]', '[null]', '[[[]]]', '"text"', '0'].map((text) => ({
      ...goodReplies(source.name)[0]!,
      url: 'https://status.example.com/anything.json',
      headers: {},
      text,
    }));
    expect(nothing.filter((reply) => source.detect(reply)).map((reply) => reply.text)).toEqual([]);
  });

  test.each(Object.entries(MISHAPS))('refuses a page whose every reply is %s', async (_mishap, change) => {
    for (const one of own) {
      if ([...one.replies.values()].some((reply) => isSame(reply, change(reply)))) continue;
      const failure = await failureOf(() => source.read(one.page, serve(one, change).get, one.depth));
      expect(failure, one.name).not.toBeNull();
    }
  });

  test.each(Object.entries(MISHAPS))('refuses a document that is %s', async (_mishap, change) => {
    for (const one of own)
      for (const reply of one.replies.values()) {
        if (isSame(reply, change(reply))) continue;
        const failure = await failureOf(() => source.parse(change(reply), one.page));
        expect(failure, `${one.name} ${reply.url}`).not.toBeNull();
      }
  });

  test('loses no more than one reply when that one fails, and invents nothing', async () => {
    for (const one of own)
      for (const broken of one.replies.keys())
        for (const change of Object.values(MISHAPS)) {
          let snapshot: Snapshot | null = null;
          const { get } = serve(one, (reply) => (reply.url === broken ? change(reply) : reply));
          await failureOf(async () => {
            snapshot = await source.read(one.page, get, one.depth);
          });
          if (snapshot) expect(problemsOf(snapshot)).toEqual([]);
        }
  });

  test("refuses another platform's replies", async () => {
    const page = { url: 'https://status.example.com', platform: source.name, document: false };
    for (const foreign of foreignReplies(source)) {
      const failure = await failureOf(() =>
        source.read(page, async (url) => ({ ...foreign, url: `${page.url}/${url}` }), 'recent'),
      );
      expect(failure, foreign.url).not.toBeNull();
      expect(await failureOf(() => source.parse(foreign, page)), foreign.url).not.toBeNull();
    }
  });

  const [data, texts] = partition(goodReplies(source.name), (reply) => isJson(reply.text));

  if (data.length > 0)
    test('makes a valid snapshot of any mangled document, or refuses it', async () => {
      const changes = fc.array(fc.tuple(fc.nat(), JUNK), { maxLength: 6 });
      const property = fc.asyncProperty(fc.constantFrom(...data), changes, async (reply, list) => {
        await expectValid(source, { ...reply, text: JSON.stringify(mangled(JSON.parse(reply.text), list)) });
      });
      await fc.assert(property, { numRuns: 400 * THOROUGH });
    });

  if (texts.length > 0)
    test('makes a valid snapshot of any mangled web page or feed, or refuses it', async () => {
      const pieces = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 400 }), JUNK.map(String)), { maxLength: 6 });
      const property = fc.asyncProperty(fc.constantFrom(...texts), pieces, async (reply, list) => {
        let { text } = reply;
        for (const [number, length, junk] of list) {
          const at = number % text.length;
          text = text.slice(0, at) + junk + text.slice(at + length);
        }
        await expectValid(source, { ...reply, text });
      });
      await fc.assert(property, { numRuns: 100 * THOROUGH });
    });
});

/** The page's own address, that of its site, or of a part of it that is a page too: Meta's products are. */
function isPageItself(url: string, { page, platform }: FixtureCase): boolean {
  const { pathname, search, hash } = new URL(url);
  if (pathname === '/' && search === '' && hash === '') return true;
  return (
    url.replace(/\/$/, '') === page.url.replace(/\/$/, '') ||
    (platform === 'meta' && HOSTS.meta.test(new URL(url).hostname))
  );
}

/** How many times as many mangled replies as usual: `THOROUGH=20 npx vitest run test/sources.test.ts`. */
const THOROUGH = Number(process.env.THOROUGH ?? 1);

async function expectValid(source: Source, reply: Reply): Promise<void> {
  let snapshot: Snapshot | null = null;
  await failureOf(async () => {
    snapshot = await source.parse(reply, { url: 'https://status.example.com', platform: source.name, document: false });
  });
  if (snapshot) expect(problemsOf(snapshot)).toEqual([]);
}

/** cState's need not be. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

function checkExpected(one: FixtureCase, snapshot: Snapshot): void {
  const found = plain(snapshot);
  if (process.env.UPDATE_FIXTURES)
    writeFileSync(path.join(one.folder, 'expected.json'), `${JSON.stringify(found, null, 2)}\n`);
  expect(found).toEqual(expectedOf(one));
}

function unchanged(reply: Reply): Reply {
  return { ...reply, status: 304, text: '' };
}

const JUNK = fc.constantFrom<unknown>(
  ...[undefined, null, true, 0, -1, 1e300, '', ' ', 'x', '\u001b[31m', '\ud800', '\u202e', '<b>', '../..', '__proto__'],
  ...['constructor', '2024-02-30T00:00:00Z', [], {}, [null], [[]], { id: null }, { id: 'x' }, 'x'.repeat(2000)],
);

/** The value with each change made at the place its number chooses, counting every value in it. */
function mangled(value: unknown, changes: readonly [number, unknown][]): unknown {
  for (const [number, junk] of changes) {
    const places = placesIn(value);
    const place = places[number % Math.max(1, places.length)];
    if (place) place.holder[place.key as never] = structuredClone(junk) as never;
  }
  return value;
}

function placesIn(value: unknown): { holder: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)]);
}

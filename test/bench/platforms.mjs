/**
 * Every platform on its own fixtures: how fast a document becomes a snapshot, in MB/s, and against what the parser beneath
 * it takes alone (`JSON.parse`, or `cheerio.load` for HTML and XML); and how fast detection tells whose it is.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { load } from 'cheerio/slim';
import { build } from 'esbuild';
import { askAll } from './normalize.mjs';

const ROUND_MS = 40;
const ROUNDS = 5;
const TYPES = {
  '.json': 'application/json',
  '.html': 'text/html',
  '.xml': 'application/xml',
  '.atom': 'application/atom+xml',
  '.rss': 'application/rss+xml',
};

export async function platforms() {
  const folder = mkdtempSync(resolve('node_modules', '.cache-bench-'));
  try {
    const outfile = join(folder, 'sources.mjs');
    const shared = { bundle: true, format: 'esm', platform: 'node', target: 'node20.18', minify: true };
    await build({
      ...shared,
      entryPoints: ['src/sources/index.ts'],
      outfile,
      external: ['cheerio', 'cheerio/slim'],
      splitting: false,
    });
    const sources = await (await import(pathToFileURL(outfile))).loadSources();
    const all = sources.map((source) => ({ source, replies: repliesOf(source.name) }));
    for (const one of all) console.log(await lineOf(one, sources));
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function lineOf({ source, replies }, sources) {
  const good = [];
  for (const reply of replies) if (await parses(source, reply)) good.push(reply);
  const megabytes = good.reduce((sum, { text }) => sum + text.length, 0) / 1e6;
  const parse = await median(() =>
    each(good, async (reply) => askAll(await source.parse(reply, pageOf(source, reply)))),
  );
  const bare = await median(() => each(good, parseAlone));
  const detect = await median(() => each(good, (reply) => sources.find((one) => one.detect(reply))));
  const cell = (ms) => `${(megabytes / (ms / 1000)).toFixed(0).padStart(6)} MB/s`;
  return `${source.name.padEnd(18)} ${String(good.length).padStart(3)} documents  parse ${cell(parse)}  ${(parse / bare).toFixed(2).padStart(6)} times its parser alone  detect ${cell(detect)}`;
}

async function each(replies, act) {
  for (const reply of replies) await act(reply);
}

function parseAlone({ text, contentType }) {
  return isJson(text) ? JSON.parse(text) : load(text, { xml: /xml/.test(contentType) });
}

async function parses(source, reply) {
  try {
    await source.parse(reply, pageOf(source, reply));
    parseAlone(reply);
    return true;
  } catch {
    return false;
  }
}

function pageOf(source, reply) {
  return { url: reply.url, platform: source.name, document: true };
}

function isJson(text) {
  return /^\s*[[{]/.test(text);
}

/** Ms of one round. */
async function median(act) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    let count = 0;
    for (; performance.now() - began < ROUND_MS; count++) await act();
    times.push((performance.now() - began) / count);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1];
}

function repliesOf(platform) {
  const root = join('fixtures', 'sources', platform);
  const cases = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return cases.flatMap(({ name }) => {
    const { page, routes } = JSON.parse(readFileSync(join(root, name, 'case.json'), 'utf8'));
    return Object.entries(routes).flatMap(([route, { file, status = 200, type, headers = {} }]) => {
      if (status !== 200) return [];
      const url = new URL(route, page.endsWith('/') ? page : `${page}/`).href;
      const text = readFileSync(join(root, name, file), 'utf8');
      return [{ url, status, headers, contentType: type ?? TYPES[extname(file)] ?? '', text, hops: [url] }];
    });
  });
}

/** From a reply's text to a snapshot, against `JSON.parse` of the same text: for every document of every platform. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { betterStack, incidentIo, statuspage, story } from './documents.mjs';
import { paired } from './measure.mjs';

const TELLERS = { statuspage, 'incident-io': incidentIo, 'better-stack': betterStack };
const VARIANTS = 20;
const BATCH_MS = 30;
const RUNS = 21;

export async function normalizing() {
  const folder = mkdtempSync(join(tmpdir(), 'pingoru-bench-'));
  try {
    const loadSource = await buildSources(folder);
    const rows = [];
    for (const [name, tell] of Object.entries(TELLERS)) {
      const source = await loadSource(name);
      const stories = Array.from({ length: VARIANTS }, (_, seed) => tell(story(seed)));
      for (const path of Object.keys(stories[0])) rows.push(await row(source, path, stories));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sources alone, built as the program builds them. */
async function buildSources(folder) {
  const outfile = join(folder, 'sources.mjs');
  const shared = { bundle: true, format: 'esm', platform: 'node', target: 'node20.18', minify: true };
  await build({ ...shared, entryPoints: ['src/sources/index.ts'], outfile, external: ['cheerio', 'cheerio/slim'] });
  return (await import(pathToFileURL(outfile))).loadSource;
}

async function row(source, path, stories) {
  const url = `https://status.acme.example${path}`;
  const page = { url, platform: source.name, document: true };
  const replies = stories.map((documents) => ({
    url,
    status: 200,
    headers: { date: new Date().toUTCString() },
    contentType: 'application/json',
    text: JSON.stringify(documents[path]),
    hops: [url],
  }));
  const snapshots = replies.map((reply) => source.parse(reply, page));
  if (snapshots.some((one) => one.components.length + one.incidents.length === 0))
    throw new Error(`${path} reads as nothing`);
  const times = await paired(
    RUNS,
    batch(replies, (reply) => askAll(source.parse(reply, page))),
    batch(replies, ({ text }) => JSON.parse(text)),
  );
  return { name: `${source.name}: ${path.split('/').at(-1)} / JSON.parse`, value: times.ratio, target: 3, times };
}

/** A source may leave parts of an incident until somebody asks for them: here they count as well. */
export function askAll({ incidents }) {
  return incidents.map(({ components, updates }) => components.length + updates.length);
}

/** Ms for all replies once, measured over as many rounds as fill the time. */
function batch(replies, act) {
  return async () => {
    const began = performance.now();
    let rounds = 0;
    for (; performance.now() - began < BATCH_MS; rounds++) for (const reply of replies) act(reply);
    return (performance.now() - began) / rounds;
  };
}

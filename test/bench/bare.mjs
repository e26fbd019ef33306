/**
 * What the program is measured against: a loop over the same pages, read from its config.json, that asks with undici,
 * parses, and does nothing else. Arguments: that file, how many pages at once, `whole` or `unchanged`.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

const [config, concurrency, mode] = process.argv.slice(2);
const PATHS = ['api/v2/summary.json', 'api/v2/incidents.json', 'api/v2/scheduled-maintenances.json'];
const pages = JSON.parse(readFileSync(config, 'utf8')).watch.map((entry) => entry.url);
const dispatcher = new Agent({ connections: 1 });
let next = 0;

async function whole(page) {
  for (const path of PATHS) {
    const { body } = await request(`${page}/${path}`, { dispatcher });
    await body.json();
  }
}

async function unchanged(page) {
  const { statusCode, body } = await request(`${page}/${PATHS[0]}`, { dispatcher, headers: { 'if-none-match': '*' } });
  if (statusCode !== 304) throw new Error(`${page} answered ${statusCode}`);
  await body.dump();
}

async function work() {
  while (next < pages.length) await (mode === 'whole' ? whole : unchanged)(pages[next++]);
}

await Promise.all(Array.from({ length: Number(concurrency) }, work));
await dispatcher.destroy();

/** How the benchmarks measure: two programs in turn, in pairs, so that whatever slows the machine slows both. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROGRAM = fileURLToPath(new URL('../../bin/pingoru.js', import.meta.url));
const MEMORY = new URL('memory.mjs', import.meta.url).href;

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Medians of a pair's ratio and of either side, in ms, and between which the ratios lay. Each side returns the ms it took; who goes first alternates. */
export async function paired(runs, ours, theirs) {
  const pairs = [];
  for (let run = 0; run < runs; run++) {
    if (run % 2 === 0) pairs.push([await ours(), await theirs()]);
    else pairs.push([await theirs(), await ours()].reverse());
  }
  const side = (index) => median(pairs.map((pair) => pair[index]));
  const ratios = pairs.map(([a, b]) => a / b);
  const range = [Math.min(...ratios), Math.max(...ratios)];
  return { ratio: median(ratios), range, oursMs: side(0), theirsMs: side(1) };
}

/** Runs `node` with these arguments to its end. Throws unless it ends with one of `codes`. */
export async function node(args, { env = {}, codes = [0] } = {}) {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = child.stdio.slice(1).map(collect);
  const [code] = await once(child, 'exit');
  const ms = performance.now() - began;
  const [out, err, memory] = await Promise.all(texts);
  if (!codes.includes(code)) throw new Error(`node ${args.join(' ')} ended with ${code}: ${err.slice(0, 500)}`);
  return { ms, out, err, peakMB: Number(memory) / 1024 };
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The built program; `peakMB` tells the most memory it had. */
export function pingoru(args, home, options = {}) {
  return node(['--import', MEMORY, PROGRAM, ...args], { ...options, env: home.env });
}

/** Folders of the program's own, with the given pages on the watch list and known to be Statuspage's. */
export function openHome(pages = []) {
  const folder = mkdtempSync(join(tmpdir(), 'pingoru-bench-'));
  const state = join(folder, 'state.json');
  const watch = pages.map((url) => ({ url, name: null, provider: null, platform: 'statuspage' }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ schemaVersion: 1, watch }), { mode: 0o600 });
  return {
    env: { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder },
    config: join(folder, 'config.json'),
    stateBytes: () => readFileSync(state).length,
    /** As if no page had been read before. */
    forget: () => {
      for (const file of ['state.json', 'platforms.json']) rmSync(join(folder, file), { force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The server of server.mjs, in a process of its own. */
export async function startServer(latencyMs = 0) {
  const child = fork(new URL('server.mjs', import.meta.url), [String(latencyMs)]);
  const [port] = await once(child, 'message');
  return {
    /** Page addresses on as many loopback addresses. */
    pages: (count) => Array.from({ length: count }, (_, page) => `http://${loopback(page)}:${port}`),
    /** What it was asked since this was last called. */
    async counts() {
      child.send('counts');
      return (await once(child, 'message'))[0];
    },
    stop: () => child.kill(),
  };
}

function loopback(page) {
  return `127.${1 + (page >> 14)}.${(page >> 7) & 127}.${1 + (page & 127)}`;
}

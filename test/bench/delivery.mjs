/** A thousand events to five channels against the bare requests, and a hundred thousand through one process. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { paired } from './measure.mjs';

const CHANNELS = 5;
const EVENTS = 1000;
const RUNS = 7;
const MANY_EVENTS = 100_000;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What the program delivers with, and nothing around it. */
const PARTS = ['connect', 'http', 'ledger', 'outbox', 'recorder', 'record', 'route/group', 'store'];

export async function delivery() {
  const folder = mkdtempSync(join(tmpdir(), 'pingoru-bench-'));
  const receiver = fork(here('receiver.mjs'), [String(CHANNELS)]);
  try {
    const [ports] = await once(receiver, 'message');
    const core = join(folder, 'core.mjs');
    await build({
      stdin: {
        contents: PARTS.map((part) => `export * from './src/${part}.ts';`).join('\n'),
        resolveDir: process.cwd(),
      },
      ...{ outfile: core, bundle: true, format: 'esm', platform: 'node', target: 'node20.18', minify: true },
      define: { PINGORU_VERSION: '"0.0.0"' },
      external: ['node-notifier', 'nodemailer'],
      banner: { js: 'const require=process.getBuiltinModule;' },
    });
    const run = async (script, ...words) => {
      const child = fork(here(script), words.map(String), { execArgv: ['--expose-gc'] });
      const ended = once(child, 'exit').then(([code]) => {
        if (code !== 0) throw new Error(`${script} ended with ${code}`);
      });
      const told = await Promise.race([once(child, 'message').then(([message]) => message), ended]);
      await ended;
      return told;
    };
    const ours = async () => (await run('deliver.mjs', core, folder, ports.join(), EVENTS, EVENTS)).ms;
    const bare = async () => (await run('deliver-bare.mjs', ports.join(), EVENTS)).ms;
    const times = await paired(RUNS, ours, bare);
    const many = await run('deliver.mjs', core, folder, ports[0], MANY_EVENTS, EVENTS);
    return [
      { name: `${EVENTS} events to ${CHANNELS} channels / bare POSTs`, value: times.ratio, target: 1.5, times },
      { name: `heap after ${MANY_EVENTS} events / after a tenth`, value: many.heap, target: 1.1 },
    ];
  } finally {
    receiver.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `pingoru demo`: a real incident replayed through the real program, offline, without touching the user's own state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_BEGINS, DEMO_ENDS } from '../demo/incident.ts';
import { openDemoServer } from '../demo/server.ts';
import { ConfigError } from '../errors.ts';
import { openHttp } from '../http.ts';
import { newestFirst } from '../normalize.ts';
import { readTarget } from '../open.ts';
import { EVERYTHING } from '../route.ts';
import { openStore } from '../store.ts';
import { version } from '../version.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, openIo, stopSignal } from './io.ts';
import { viewOf } from './view.ts';
import { watch } from './watch.ts';

interface Options extends GlobalOptions {
  desktop?: boolean;
  json?: boolean;
  speed: number;
}

/** The incident's 99 minutes pass in so many seconds. */
const DEMO_SECONDS = 15;

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const speed = ((DEMO_ENDS.getTime() - DEMO_BEGINS.getTime()) / 1000 / DEMO_SECONDS) * options.speed;
  const began = performance.now();
  const now = () => new Date(DEMO_BEGINS.getTime() + (performance.now() - began) * speed);
  const folder = temporaryFolder();
  const server = await openDemoServer(now);
  const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
  const store = openStore({ env, now, onWarning: io.note });
  const http = openHttp({ version, env: {}, oneShot: true });
  const provider = { id: 'clerk', name: 'Clerk', url: server.url, platform: 'incident-io' };
  const context: Context = {
    io,
    store,
    http,
    now,
    platform: null,
    verbose: options.verbose === true,
    filter: EVERYTHING,
    config: await store.config(),
    targets: [{ provider, guesses: [] }],
  };
  try {
    if (!options.json)
      io.note(
        `A replay of Clerk's incident of 10 March 2026, ${Math.round(speed)} times as fast; nothing leaves this machine.`,
      );
    await replay(context, options, speed, now);
    return EXIT.ok;
  } finally {
    await http.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function temporaryFolder(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'pingoru-demo-'));
  } catch (error) {
    throw new ConfigError(
      `${tmpdir()} takes no temporary folder (${(error as NodeJS.ErrnoException).code}); set TMPDIR to one that does`,
    );
  }
}

async function replay(context: Context, options: Options, speed: number, now: () => Date): Promise<void> {
  const over = AbortSignal.timeout(Math.ceil((DEMO_ENDS.getTime() - now().getTime()) / speed));
  const stopped = stopSignal(context.io.closed);
  const signal = AbortSignal.any([over, stopped]);
  const watching = { desktop: options.desktop, json: options.json, interval: 30_000 };
  await watch(context, watching, { tickMs: 100, sleptMs: Number.POSITIVE_INFINITY, signal });
  if (stopped.aborted || options.json) return;
  const { opened, read } = await readTarget(context.targets[0]!, 'recent', context);
  const { renderIncident } = await import('../render/incident.ts');
  const incident = newestFirst(read.snapshot!.incidents)[0]!;
  context.io.note("\nAnd the whole of it, as 'pingoru show clerk' prints it:\n");
  await context.io.out(
    renderIncident({ provider: opened.provider, incident, firstSeenAt: null }, await viewOf(context)),
  );
}

/** `pingoru watch`: every new update of the targets, once, until stopped. */
import { setFlagsFromString } from 'node:v8';
import type { Watched } from '../cycle.ts';
import { openOutbox } from '../outbox.ts';
import { openRecorder } from '../recorder.ts';
import { TICK_MS } from '../schedule.ts';
import { watchTargets } from '../watch.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { stopSignal } from './io.ts';
import { desktopLane, terminalLane } from './lanes.ts';
import { openScreen } from './screen.ts';

interface Options extends ReadingOptions {
  desktop?: boolean;
  interval?: number;
  once?: boolean;
}

/** Stopped by a signal is a good end. Only `--once` says with its exit code that a page could not be read. */
export function run(options: Options, words: string[]): Promise<number> {
  // What is read of a page lives until its last reply is there. V8 takes that for long, would put it where it is seldom
  // collected, and need a quarter more of time and memory for thousands of pages.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Of the young memory little is alive when it is collected: on two processors, sharing that out among
  // threads takes longer than doing it.
  setFlagsFromString('--no-parallel-scavenge');
  return withContext(options, words, { oneShot: options.once === true }, async (context) => {
    const pace = { tickMs: TICK_MS, monotonic: () => performance.now(), signal: stopSignal(context.io.closed) };
    const watched = await watch(context, options, pace);
    return options.once && watched.some((one) => one.error !== null) ? EXIT.unknown : EXIT.ok;
  });
}

/** The watch itself, as `demo` runs it too. */
export async function watch(
  context: Context,
  options: Options,
  pace: { tickMs: number; monotonic: () => number; signal: AbortSignal },
): Promise<readonly Watched[]> {
  const { store, now } = context;
  const screen = await openScreen(context, options);
  const lanes = [terminalLane(screen), ...(options.desktop ? [desktopLane(context)] : [])];
  const sayOnce = once((message: string) => screen.note(`pingoru: ${message}`));
  const onError = (error: unknown) => {
    sayOnce((error as Error).message);
    if (context.verbose) screen.note(String((error as Error).stack));
  };
  const onRefused = (lane: string, reason: string) => sayOnce(`${lane}: ${reason}`);
  const outbox = openOutbox({ store, lanes, now, onRefused });
  const all: Watched[] = [];
  const onLost = (urls: readonly string[]) => {
    for (const one of all) if (urls.includes(one.url)) one.holder = { mine: false, pid: 0, channels: [] };
  };
  const recorder = openRecorder({ store, outbox, now, onLost, onError });
  try {
    return await watchTargets(context.targets, {
      ...context,
      ...pace,
      all,
      lanes,
      outbox,
      recorder,
      onError,
      intervalMs: options.interval ?? null,
      once: options.once === true,
      random: Math.random,
      onRead: screen.read,
      onWait: screen.waits,
      onHolder: screen.holder,
      onTick: screen.tick,
    });
  } finally {
    screen.close();
  }
}

/** The same words are said once, however often there is reason to. */
function once(say: (message: string) => void): (message: string) => void {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) say(message);
    said.add(message);
  };
}

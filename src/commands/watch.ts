/** `pingoru watch`: every new update of the targets, once, until stopped. */
import { setFlagsFromString } from 'node:v8';
import { type Alerts, openAlerts } from '../alerts.ts';
import type { Watched } from '../cycle.ts';
import { openLedger } from '../ledger.ts';
import { type Lane, openOutbox } from '../outbox.ts';
import { TERMINAL } from '../record.ts';
import { openRecorder } from '../recorder.ts';
import { SLEPT_MS, TICK_MS } from '../schedule.ts';
import { cleanText } from '../text.ts';
import { watchTargets } from '../watch.ts';
import { listWords } from '../words.ts';
import { ownZone } from '../zone.ts';
import { channelIoSource } from './channel-io.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { stopSignal } from './io.ts';
import { ownLanes } from './lanes.ts';
import { openScreen } from './screen.ts';

interface Options extends ReadingOptions {
  desktop?: boolean;
  /** Names of channels that are told everything this watch shows. */
  to?: string[];
  interval?: number;
  once?: boolean;
}

const HOUR_MS = 3_600_000;

/** Stopped by a signal is a good end. Only `--once` says with its exit code that a page could not be read. */
export function run(options: Options, words: string[]): Promise<number> {
  // What is read of a page lives until its last reply is there. V8 takes that for long, would put it where it is seldom
  // collected, and need a quarter more of time and memory for thousands of pages.
  setFlagsFromString('--no-allocation-site-pretenuring');
  // Of the young memory little is alive when it is collected: on two processors, sharing that out among
  // threads takes longer than doing it.
  setFlagsFromString('--no-parallel-scavenge');
  return withContext(options, words, { oneShot: options.once === true }, async (context) => {
    const pace = { tickMs: TICK_MS, sleptMs: SLEPT_MS, signal: stopSignal(context.io.closed) };
    const watched = await watch(context, options, pace);
    return options.once && watched.some((one) => one.error !== null) ? EXIT.unknown : EXIT.ok;
  });
}

/** The watch itself, as `demo` runs it too. */
export async function watch(
  context: Context,
  options: Options,
  pace: { tickMs: number; sleptMs: number; signal: AbortSignal },
): Promise<readonly Watched[]> {
  const { store, now } = context;
  context.io.unblock();
  const screen = await openScreen(context, options);
  const zone = context.io.zone ?? ownZone();
  const channelIo = channelIoSource(context.io.zone, now);
  const say = hourly(now, (message) => screen.note(`pingoru: ${message}`));
  const onError = (error: unknown) => {
    say((error as Error).message);
    if (context.verbose) screen.note(cleanText(String((error as Error).stack)));
  };
  const onRefused = (channel: string, reason: string) => say(`${channel}: ${reason}`);
  const all: Watched[] = [];
  try {
    const lanes = await ownLanes(context, screen, options, channelIo);
    const alerts = await openAlerts({ store, openIo: channelIo.open, onNote: hourly(now, screen.note) });
    if (!options.json && !options.once) await greet(alerts, context, screen.note);
    const ledger = openLedger({ store, onError });
    const watchedAt = finder(all);
    const outbox = openOutbox({
      ...{ store, ledger, now, zone, onRefused, onError, random: Math.random },
      lanes: () => withoutRepeats([...lanes, ...alerts.lanes()]),
      isKnown: (name) => name === TERMINAL || alerts.isKnown(name),
      isMine: (page) => watchedAt(page)?.holder.mine ?? store.claims.holds(page),
    });
    const onLost = (urls: readonly string[]) => {
      for (const one of all) if (urls.includes(one.url)) one.holder = { mine: false, pid: 0, channels: [] };
    };
    const { groups, namesOf, isProgram } = alerts;
    const onOwed = () => void outbox.deliver();
    const recorder = openRecorder({ ledger, groups, namesOf, isProgram, now, onLost, onOwed });
    return await watchTargets(context.targets, {
      ...{ ...context, ...pace, all, lanes, zone, outbox, ledger, alerts, recorder, onError, random: Math.random },
      intervalMs: options.interval ?? null,
      once: options.once === true,
      onRead: screen.read,
      onWait: screen.waits,
      onHolder: screen.holder,
      onTick: screen.tick,
    });
  } finally {
    await channelIo.close();
    screen.close();
  }
}

/** Who else hears of what this watch finds. */
async function greet(alerts: Alerts, { store }: Context, note: (line: string) => void): Promise<void> {
  const { channels } = await store.state();
  const told = new Set(alerts.groups().flatMap((group) => group.channels));
  const names = alerts
    .lanes()
    .filter(({ name }) => told.has(name))
    .map(({ name }) => (channels.get(name)?.off ? `${name} (switched off)` : name));
  if (names.length > 0) note(`also tells ${listWords(names, 10, 'channel')}`);
}

/** Finds pages by address, in a list that is filled once. */
function finder(all: readonly Watched[]): (page: string) => Watched | undefined {
  let byUrl = new Map<string, Watched>();
  return (page) => {
    if (byUrl.size === 0) byUrl = new Map(all.map((watched) => [watched.url, watched]));
    return byUrl.get(page);
  };
}

/** A channel that was named for this watch may be one of the configuration's. */
function withoutRepeats(lanes: readonly Lane[]): Lane[] {
  return [...new Map(lanes.map((lane) => [lane.name, lane])).values()];
}

/** The same words once an hour at most, however often there is reason to. */
function hourly(now: () => Date, say: (message: string) => void): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const time = now().getTime();
    for (const [words, at] of said) if (Math.abs(time - at) >= HOUR_MS) said.delete(words);
    if (!said.has(message)) say(message);
    said.set(message, said.get(message) ?? time);
  };
}

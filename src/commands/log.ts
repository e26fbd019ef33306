/** `pingoru log`: what became of events on their way to groups and channels, newest last. */
import { UsageError } from '../errors.ts';
import { logDocument } from '../json-alerts.ts';
import type { Config, LogEntry } from '../record.ts';
import { parseSince } from '../time.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';
import { viewOf } from './view.ts';

interface Options extends GlobalOptions {
  since?: string;
  channel?: string;
  group?: string;
  held?: boolean;
  json?: boolean;
}

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const now = new Date();
  const { log } = await store.state();
  const entries = log.filter(chosenBy(options, await store.config(), now));
  if (options.json) await io.out(`${JSON.stringify(logDocument(entries))}\n`);
  else if (entries.length === 0)
    io.note(
      log.length === 0 ? 'nothing was told to any channel yet, and nothing held back' : 'the log has nothing of that',
    );
  else {
    const { renderLog } = await import('../render/lists.ts');
    await io.out(renderLog(entries, await viewOf({ io, now: () => now })));
  }
  return EXIT.ok;
}

function chosenBy(options: Options, config: Readonly<Config>, now: Date): (entry: LogEntry) => boolean {
  const since = sinceOf(options, now);
  const channels = channelsOf(options.group, config);
  // What was sent tells its channel alone, whatever groups wanted it.
  const isOfGroup = ({ group, channel }: LogEntry) =>
    group === options.group || (group === null && channel !== null && channels.includes(channel));
  return (entry) =>
    (since === null || Date.parse(entry.at) >= since.getTime()) &&
    (options.channel === undefined || entry.channel === options.channel) &&
    (options.group === undefined || isOfGroup(entry)) &&
    (!options.held || entry.outcome === 'held');
}

function sinceOf({ since }: Options, now: Date): Date | null {
  if (since === undefined) return null;
  const time = parseSince(since, now);
  if (time) return time;
  throw new UsageError(`--since "${since}" is no time; give one such as 2h, 3d, yesterday or 2026-11-20`);
}

function channelsOf(name: string | undefined, { groups }: Readonly<Config>): unknown[] {
  const channels = groups.find((group) => group.name === name)?.channels;
  return Array.isArray(channels) ? channels : [];
}

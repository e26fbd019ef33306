/** `pingoru channel list`: the channels as they stand. Secrets are not even read. */
import { CHANNELS } from '../../channels/index.ts';
import { type ChannelJson, channelsDocument, secondsOf, settingsToJson } from '../../json-alerts.ts';
import type { ChannelEntry, ReadonlyState } from '../../record.ts';
import type { Group } from '../../route/group.ts';
import { readRouting } from '../../routing.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { openOwnStore } from '../own-store.ts';
import { viewOf } from '../view.ts';

interface Options extends GlobalOptions {
  json?: boolean;
}

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { channels: entries, groups } = readRouting(await store.config());
  const state = await store.state();
  const channels = entries.map((entry) => channelToJson(entry, groups, state));
  if (options.json) await io.out(`${JSON.stringify(channelsDocument(channels))}\n`);
  else if (channels.length === 0) io.note('there is no channel yet; add one with: pingoru channel add <name> <type>');
  else {
    const { renderChannels } = await import('../../render/lists.ts');
    await io.out(renderChannels(channels, await viewOf({ io, now: () => new Date() })));
  }
  return EXIT.ok;
}

function channelToJson(entry: ChannelEntry, groups: readonly Group[], state: ReadonlyState): ChannelJson {
  const { name, type } = entry;
  const off = state.channels.get(name)?.off ?? null;
  const owed = state.outbox.filter(({ channel }) => channel === name);
  const lastSent = state.log.findLast(({ channel, outcome }) => channel === name && outcome === 'sent');
  return {
    name,
    type,
    state: off ? 'off' : 'on',
    off: off && { reason: off.reason, at: secondsOf(off.at) },
    groups: groups.filter(({ channels }) => channels.includes(name)).map((group) => group.name),
    waiting: owed.length,
    givenUp: owed.filter(({ deadAt }) => deadAt !== undefined).length,
    lastSentAt: lastSent ? secondsOf(lastSent.at) : null,
    settings: settingsToJson(
      entry,
      CHANNELS.find((channel) => channel.name === type),
    ),
  };
}

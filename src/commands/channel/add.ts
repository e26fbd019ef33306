/** `pingoru channel add`: a place to send to, checked before anything of it is written. */
import { join } from 'node:path';
import { nearest } from '../../catalogue/index.ts';
import type { Channel } from '../../channel.ts';
import { CHANNELS } from '../../channels/index.ts';
import { connectChannel } from '../../connect.ts';
import { UsageError } from '../../errors.ts';
import type { ChannelEntry, Config } from '../../record.ts';
import { DEFAULT_EVENTS } from '../../route/group.ts';
import { DEFAULT_GROUP, groupToJson, readRouting } from '../../routing.ts';
import type { Store } from '../../store.ts';
import { canAsk, openAsker, readInput } from '../ask.ts';
import { channelIoSource } from '../channel-io.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, type Io, openIo } from '../io.ts';
import { demandChannelName, named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';
import { type Draft, draftChannel } from './draft.ts';
import { dropSecrets, referencesOf } from './secrets.ts';

interface Options extends GlobalOptions {
  group?: string[];
  replace?: boolean;
}

export async function run(options: Options & Readonly<Record<string, unknown>>, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const [name, type] = words as [string, string];
  const channel = typeOf(type);
  demandChannelName(name, type);
  const before = await store.config();
  readRouting(before);
  demandPlace(name, before, options);
  const draft = await drafted(name, channel, options, store, io);
  const { entry, kept, drop } = keepSecrets(draft, before, store);
  let replaced: ChannelEntry | undefined;
  const config = await store
    .changeConfig((config) => {
      demandPlace(name, config, options);
      replaced = put(entry, config, options);
    })
    .catch((error: unknown) => {
      drop();
      throw error;
    });
  if (replaced) dropSecrets(replaced, config, store);
  for (const line of await outcome(entry, channel, config, replaced !== undefined)) io.note(line);
  for (const { path, isFresh } of kept)
    io.note(isFresh ? `give the receiver the secret in ${path}` : `its secret is kept in ${path}, for your eyes only`);
  io.note(`see that it works with: pingoru channel test ${name}`);
  return EXIT.ok;
}

function typeOf(type: string): Channel {
  const channel = CHANNELS.find(({ name }) => name === type);
  if (channel) return channel;
  const names = CHANNELS.map(({ name }) => name);
  const near = nearest(type, names);
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : `there are ${names.join(', ')}`;
  throw new UsageError(`no channel is of the type "${type}"; ${advice}`);
}

/** Throws UsageError when the name is taken, or free where it should not be, or a group is missing. */
function demandPlace(name: string, { channels, groups }: Readonly<Config>, options: Options): void {
  if (options.replace) named(name, 'channel', channels);
  else if (channels.some((one) => one.name === name))
    throw new UsageError(
      `there is a channel "${name}" already; choose another name, or put this in its place with --replace`,
    );
  const known = [...groups.map(nameOf), ...(channels.length === 0 ? [DEFAULT_GROUP] : [])].map((one) => ({
    name: one,
  }));
  for (const group of options.group ?? []) named(group, 'group', known);
}

function nameOf(group: Config['groups'][number]): string {
  return String(group.name);
}

async function drafted(name: string, channel: Channel, options: Options, store: Store, io: Io): Promise<Draft> {
  const source = channelIoSource(io.zone, () => new Date());
  const asker = canAsk(io) ? openAsker(io) : null;
  try {
    return await draftChannel(name, channel, options as Record<string, unknown>, {
      ...{ store, readInput, asker, note: io.note },
      connect: (entry, readSecret) => void connectChannel(entry, readSecret, source.open()),
    });
  } finally {
    asker?.close();
    await source.close();
  }
}

/** The entry with references in place of what was typed, each kept under a name that nothing else has. */
function keepSecrets({ entry, typed }: Draft, config: Readonly<Config>, store: Store) {
  const taken = new Set(config.channels.flatMap(referencesOf));
  const kept = new Map<string, string>();
  const files: { path: string; isFresh: boolean }[] = [];
  const drop = () => {
    for (const reference of kept.values()) store.dropSecret(reference);
  };
  try {
    for (const [key, { name, value, isFresh }] of typed) {
      const reference = store.keepSecret(freeName(name, taken), value);
      taken.add(reference);
      kept.set(key, reference);
      files.push({ path: join(store.paths.config, reference.slice('file:'.length)), isFresh });
    }
  } catch (error) {
    drop();
    throw error;
  }
  const settled = (value: unknown): unknown => {
    if (typeof value === 'string') return kept.get(value) ?? value;
    if (Array.isArray(value)) return value.map(settled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, settled(item)]));
  };
  return { entry: settled(entry) as ChannelEntry, kept: files, drop };
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(`file:secrets/${candidate}`)) return candidate;
  }
}

/** Returns the entry whose place it took. */
function put(entry: ChannelEntry, config: Config, options: Options): ChannelEntry | undefined {
  const isFirst = config.channels.length === 0;
  const index = config.channels.findIndex(({ name }) => name === entry.name);
  const replaced = index < 0 ? undefined : config.channels[index];
  if (index < 0) config.channels.push(entry);
  else config.channels[index] = entry;
  const usual = isFirst && config.groups.every((group) => nameOf(group) === DEFAULT_GROUP) ? [DEFAULT_GROUP] : [];
  for (const name of options.group ?? usual) enter(entry.name, name, config);
  return replaced;
}

function enter(channel: string, name: string, config: Config): void {
  const index = config.groups.findIndex((group) => nameOf(group) === name);
  if (index < 0) {
    config.groups.push({ name, channels: [channel] });
    return;
  }
  const group = config.groups[index]!;
  const channels = group.channels as string[];
  if (!channels.includes(channel)) config.groups[index] = { ...group, channels: [...channels, channel] };
}

/** Who is told what now. */
async function outcome(
  entry: ChannelEntry,
  channel: Channel,
  config: Readonly<Config>,
  isReplaced: boolean,
): Promise<string[]> {
  const { groupLines } = await import('../../render/lists.ts');
  const { name } = entry;
  const groups = readRouting(config).groups.filter(({ channels }) => channels.includes(name));
  const variables = referencesOf(entry).flatMap((one) => (one.startsWith('env:') ? [one.slice(4)] : []));
  return [
    `the channel "${name}" is ${isReplaced ? 'replaced' : 'added'} (${channel.title})`,
    ...groups.map(
      (group) => `the group "${group.name}" tells it of ${groupLines(groupToJson(group), DEFAULT_EVENTS).join('; ')}`,
    ),
    ...(groups.length === 0
      ? [`no group tells it anything yet; put it into one with: ${joining(name, config)}`]
      : ['messages go out while pingoru watch runs']),
    ...variables.map((one) => `${one} must be set wherever pingoru watch runs`),
  ];
}

function joining(name: string, { groups }: Readonly<Config>): string {
  const [first] = groups;
  return first
    ? `pingoru group edit ${nameOf(first)} --add-channel ${name}`
    : `pingoru group add ${DEFAULT_GROUP} --channel ${name}`;
}

/**
 * The channels and groups of config.json as they are at this moment: read again when the file changes, so that a watch of
 * months follows them. Nothing of it is loaded while there are none.
 */
import { join } from 'node:path';
import type { ChannelIo } from './channel.ts';
import { ConfigError } from './errors.ts';
import type { ChannelLane } from './outbox.ts';
import type { ChannelEntry, Config, ReadonlyState } from './record.ts';
import type { Group } from './route/group.ts';
import type { Store } from './store.ts';

export interface Alerts {
  /** Looks whether the file has changed. A configuration that cannot be used is said, and the one before stays. */
  refresh(): Promise<void>;
  groups(): readonly Group[];
  lanes(): readonly ChannelLane[];
  /** Whether there is a channel of that name, be it connected or not. */
  isKnown(name: string): boolean;
  /** Whether its reader is a program. */
  isProgram(name: string): boolean;
  /** The names the user gave a page. */
  namesOf(page: string): readonly string[];
}

export interface AlertsDeps {
  store: Store;
  /** Called when there is a channel to connect. */
  openIo: () => ChannelIo;
  /** A line for the user. */
  onNote: (line: string) => void;
}

/** Throws ConfigError when the configuration cannot be used at the start. */
export async function openAlerts(deps: AlertsDeps): Promise<Alerts> {
  let config: Readonly<Config> = await deps.store.config();
  let names = namesByPage(config);
  let state = await connectAll(config, deps);
  let refused: Readonly<Config> | null = null;
  let switchedOn = lastSwitchedOn(await deps.store.state());

  const refresh = async () => {
    let next: Readonly<Config> | null = null;
    try {
      const latest = lastSwitchedOn(await deps.store.state());
      next = await deps.store.config();
      // An editor may be about to put the new one in its place.
      if (isInUse(config) && !deps.store.isConfigured())
        throw new ConfigError(`config.json is gone from ${deps.store.paths.config}`);
      if ((next === config && latest === switchedOn) || next === refused) return;
      state = await connectAll(next, deps);
      config = next;
      switchedOn = latest;
      names = namesByPage(config);
      refused = null;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      refused = next;
      deps.onNote(`pingoru: ${error.message}; until then the channels and groups stay as they were`);
    }
  };

  return {
    refresh,
    groups: () => state.groups,
    lanes: () => state.lanes,
    isKnown: (name) => config.channels.some((channel) => channel.name === name),
    isProgram: (name) => state.programs.has(name),
    namesOf: (page) => names.get(page) ?? [],
  };
}

function isInUse({ channels, groups }: Readonly<Config>): boolean {
  return channels.length > 0 || groups.length > 0;
}

/** A channel that was switched on was mended: its secret may be another, though the configuration is the same. */
function lastSwitchedOn({ channels }: ReadonlyState): string {
  return [...channels.values()].reduce((last, { onSince = '' }) => (onSince > last ? onSince : last), '');
}

/** Asked for every event, so that thousands of pages are not gone through for each. */
function namesByPage({ watch }: Readonly<Config>): ReadonlyMap<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { url, name } of watch) if (name !== null) names.set(url, [...(names.get(url) ?? []), name]);
  return names;
}

interface Connected {
  groups: readonly Group[];
  lanes: ChannelLane[];
  /** The names of channels that programs read, be they connected or not. */
  programs: ReadonlySet<string>;
}

const NOTHING: Connected = { groups: [], lanes: [], programs: new Set() };

/** A channel that cannot be connected here (its secret is not in this environment) is said, and the others work. */
async function connectAll(config: Readonly<Config>, deps: AlertsDeps): Promise<Connected> {
  if (!isInUse(config)) return NOTHING;
  const groups = await groupsOf(config, deps.store);
  const { paceOf } = await import('./connect.ts');
  const lanes: ChannelLane[] = [];
  const programs = new Set<string>();
  for (const entry of config.channels) {
    try {
      if (paceOf(entry).singles === null) programs.add(entry.name);
      lanes.push(await laneOf(entry, deps));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      deps.onNote(`pingoru: ${error.message}; what it is owed waits`);
    }
  }
  return { groups, lanes, programs };
}

async function groupsOf(config: Readonly<Config>, store: Store): Promise<readonly Group[]> {
  const { readRouting } = await import('./routing.ts');
  try {
    return readRouting(config).groups;
  } catch (error) {
    if (error instanceof ConfigError)
      throw new ConfigError(`${join(store.paths.config, 'config.json')}: ${error.message}`);
    throw error;
  }
}

/** A channel as a way out; throws ConfigError when it cannot be connected. */
export async function laneOf(
  entry: ChannelEntry,
  { store, openIo }: Pick<AlertsDeps, 'store' | 'openIo'>,
): Promise<ChannelLane> {
  const { connectChannel } = await import('./connect.ts');
  const { channel, send } = connectChannel(entry, store.readSecret, openIo());
  return { kind: 'channel', name: entry.name, pace: channel.pace, send };
}

/**
 * The channels and groups of config.json as they are at this moment: read again when the file changes, so that a watch of
 * months follows them. Nothing of it is loaded while there are none.
 */
import type { ChannelIo } from './channel.ts';
import { ConfigError } from './errors.ts';
import type { ChannelLane } from './outbox.ts';
import type { ChannelEntry, Config } from './record.ts';
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

  const refresh = async () => {
    let next: Readonly<Config>;
    try {
      next = await deps.store.config();
      if (next === config || next === refused) return;
      state = await connectAll(next, deps);
      config = next;
      names = namesByPage(config);
      refused = null;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      refused = next! ?? null;
      deps.onNote(`pingoru: ${error.message}; until then the channels and groups stay as they were`);
    }
  };

  return {
    refresh,
    groups: () => state.groups,
    lanes: () => state.lanes,
    isKnown: (name) => config.channels.some((channel) => channel.name === name),
    isProgram: (name) => state.lanes.some((lane) => lane.name === name && lane.pace.singles === null),
    namesOf: (page) => names.get(page) ?? [],
  };
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
}

const NOTHING: Connected = { groups: [], lanes: [] };

/** A channel that cannot be connected here (its secret is not in this environment) is said, and the others work. */
async function connectAll(config: Readonly<Config>, deps: AlertsDeps): Promise<Connected> {
  if (config.channels.length === 0 && config.groups.length === 0) return NOTHING;
  const { readRouting } = await import('./routing.ts');
  const { groups } = readRouting(config);
  const lanes: ChannelLane[] = [];
  for (const entry of config.channels) {
    try {
      lanes.push(await laneOf(entry, deps));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      deps.onNote(`pingoru: ${error.message}; what it is owed waits`);
    }
  }
  return { groups, lanes };
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

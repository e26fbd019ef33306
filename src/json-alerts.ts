/** The JSON of what concerns alerts: channels, groups, mutes, the log and the outbox. As in `json.ts`. */
import type { Channel, Setting } from './channel.ts';
import { SCHEMA_VERSION, type Versioned } from './json-model.ts';
import { type ChannelEntry, isReference, type LogEntry, type Mute } from './record.ts';
import { isoSeconds } from './time.ts';

/** What a setting is in config.json, secrets as their references; null for what is not shown. */
export type SettingJson = string | number | boolean | (string | null)[] | { [name: string]: string | null } | null;

export interface ChannelJson {
  name: string;
  type: string;
  state: 'on' | 'off';
  /** Why and since when it is switched off. */
  off: { reason: string; at: string } | null;
  groups: string[];
  /** Messages it is owed, and those of them that are not tried again by themselves. */
  waiting: number;
  givenUp: number;
  /** As far as the log goes back. */
  lastSentAt: string | null;
  settings: { [name: string]: SettingJson };
}

/** `channel list --json`. */
export type ChannelsJson = Versioned & { channels: ChannelJson[] };

export function channelsDocument(channels: readonly ChannelJson[]): ChannelsJson {
  return { schemaVersion: SCHEMA_VERSION, channels: [...channels] };
}

/** The settings of an entry as others may see them. What its type does not know is not shown: it may be a secret misspelt. */
export function settingsToJson(entry: ChannelEntry, channel: Channel | undefined): ChannelJson['settings'] {
  const known = new Map(channel?.settings.map((setting) => [setting.name, setting]));
  const settings = Object.entries(entry).filter(([name]) => name !== 'name' && name !== 'type');
  return Object.fromEntries(settings.map(([name, value]) => [name, settingToJson(value, known.get(name))]));
}

function settingToJson(value: unknown, setting: Setting | undefined): SettingJson {
  if (!setting) return null;
  const text = (item: unknown) => {
    if (typeof item !== 'string') return null;
    return !setting.secret || isReference(item) ? item : null;
  };
  if (Array.isArray(value)) return value.map(text);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, text(item)]));
  return typeof value === 'number' || typeof value === 'boolean' ? value : text(value);
}

/** A group with all that is meant where config.json says nothing. */
export interface GroupJson {
  name: string;
  channels: string[];
  providers: string[];
  /** Empty for all. */
  components: string[];
  severities: string[];
  kinds: string[];
  events: string[];
  /** As in config.json: `1d`, `30m`. */
  reminders: string[];
  /** `days` is null for every day. */
  quiet: { from: string; to: string; zone: string; days: string[] | null; except: string[]; digest: boolean } | null;
  /** Null without end. */
  perHour: number | null;
}

/** `group list --json`. */
export type GroupsJson = Versioned & { groups: GroupJson[] };

export function groupsDocument(groups: readonly GroupJson[]): GroupsJson {
  return { schemaVersion: SCHEMA_VERSION, groups: [...groups] };
}

/** `mute --json`. */
export type MutesJson = Versioned & { mutes: Mute[] };

export function mutesDocument(mutes: readonly Mute[]): MutesJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    mutes: mutes.map(({ id, page, provider, incident, component, until, untilResolved, at }) => ({
      ...{ id, page, provider, incident, component, untilResolved },
      until: until === null ? null : secondsOf(until),
      at: secondsOf(at),
    })),
  };
}

/** `log --json`, newest last. */
export type LogJson = Versioned & { entries: LogEntry[] };

export function logDocument(entries: readonly LogEntry[]): LogJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    entries: entries.map(({ at, outcome, event, type, title, group, channel, why }) => ({
      ...{ at: secondsOf(at), outcome, event, type, title, group, channel, why },
    })),
  };
}

/** Why a message is still owed: it is due, waits for a retry, is held back, settles, was given up, or its channel is off. */
export type OwedState = 'due' | 'retrying' | 'held' | 'settling' | 'given_up' | 'off';

export interface OwedJson {
  id: string;
  channel: string;
  /** The address of the page it is about. */
  page: string;
  title: string;
  /** Of a digest several, of a notice none. */
  events: { id: string; type: string }[];
  state: OwedState;
  /** Tries that failed. */
  attempts: number;
  /** Before which it is not tried; null for at once, or for never by itself. */
  dueAt: string | null;
  error: string | null;
  queuedAt: string;
}

/** `outbox list --json`, oldest first. */
export type OutboxJson = Versioned & { owed: OwedJson[] };

export function outboxDocument(owed: readonly OwedJson[]): OutboxJson {
  return { schemaVersion: SCHEMA_VERSION, owed: [...owed] };
}

/** A time as it is kept, to the second. */
export function secondsOf(iso: string): string {
  return isoSeconds(new Date(iso));
}

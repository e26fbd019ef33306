/** What config.json, state.json and platforms.json hold, and how they are checked when read. */
import type { EventJson } from '../json.ts';
import type { Provider } from '../model.ts';
import { asText, isObject, type RawObject } from '../raw.ts';
import {
  type ChannelEntry,
  type ChannelRecord,
  type Config,
  emptyRecord,
  type LogEntry,
  type Mute,
  type OutboxRow,
  type PageRecord,
  type Remembered,
  type State,
  type StoryRecord,
  type WatchEntry,
} from '../record.ts';
import type { Form } from './file.ts';

/** What channels, groups and secrets may be called: it is a file's name, and a word of the command line. */
export function isName(name: string): boolean {
  return /^[\p{L}\p{N}_][\p{L}\p{N}._-]{0,60}$/u.test(name);
}

export const configForm: Form<Config> = {
  empty: () => ({ schemaVersion: 1, watch: [], channels: [], groups: [] }),
  fromJson: (value) => ({
    ...value,
    schemaVersion: 1,
    watch: watchList(value.watch),
    channels: channelList(value.channels),
    groups: groupList(value.groups),
  }),
  // Whoever sends nothing to anybody finds nothing of it in the file.
  toJson: ({ channels, groups, ...config }) => ({
    ...config,
    ...(channels.length > 0 && { channels }),
    ...(groups.length > 0 && { groups }),
  }),
  copy: (config) => structuredClone(config),
  indent: 2,
};

function watchList(value: unknown): WatchEntry[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new SyntaxError('"watch" must be a list');
  return value.map((entry: unknown, index) => {
    if (!isObject(entry) || typeof entry.url !== 'string')
      throw new SyntaxError(`entry ${index + 1} of "watch" must be an object with a "url"`);
    if (!URL.canParse(entry.url) || !/^https?:$/.test(new URL(entry.url).protocol))
      throw new SyntaxError(`the "url" of entry ${index + 1} of "watch" must be an http or https address`);
    const { url } = entry;
    return {
      ...entry,
      url,
      name: asText(entry.name),
      provider: asText(entry.provider),
      platform: asText(entry.platform),
    };
  });
}

function channelList(value: unknown): ChannelEntry[] {
  return namedList(value, 'channels').map((entry, index) => {
    if (typeof entry.type !== 'string')
      throw new SyntaxError(`channels[${index}].type must be a text, such as "slack"`);
    return entry as ChannelEntry;
  });
}

function groupList(value: unknown): RawObject[] {
  return namedList(value, 'groups');
}

function namedList(value: unknown, key: string): (RawObject & { name: string })[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new SyntaxError(`"${key}" must be a list`);
  const names = new Set<string>();
  return value.map((entry: unknown, index) => {
    if (!isObject(entry)) throw new SyntaxError(`${key}[${index}] must be an object`);
    const { name } = entry;
    if (typeof name !== 'string' || !isName(name))
      throw new SyntaxError(`${key}[${index}].name must be a name: letters, digits, dots, dashes and underscores`);
    if (names.has(name)) throw new SyntaxError(`${key}[${index}].name: there is another "${name}"`);
    names.add(name);
    return { ...entry, name };
  });
}

/** Pages, and whatever else has a key that others chose, stand in a list of pairs: such keys are never those of an object. */
export const stateForm: Form<State> = {
  empty: (fresh) => ({
    schemaVersion: 1,
    fresh,
    pages: new Map(),
    events: new Map(),
    outbox: [],
    stories: [],
    channels: new Map(),
    mutes: [],
    log: [],
    reminded: [],
  }),
  fromJson: (value) => ({
    ...value,
    schemaVersion: demandVersion(value),
    fresh: value.fresh === true,
    pages: new Map(pairs(value, 'pages', isPacked).map(([url, packed]) => [url, unpack(url, packed)])),
    events: new Map(optionalPairs(value, 'events', isEvent)),
    outbox: demandList(value, 'outbox', isOutboxRow),
    stories: optionalList(value, 'stories', isStory),
    channels: new Map(optionalPairs(value, 'channels', isChannelRecord)),
    mutes: optionalList(value, 'mutes', isMute),
    log: optionalList(value, 'log', isLogEntry),
    reminded: optionalPairs(value, 'reminded', (until): until is number => typeof until === 'number'),
  }),
  toJson: ({ schemaVersion, fresh, pages, events, outbox, channels, ...state }) => ({
    schemaVersion,
    fresh,
    pages: [...pages].map(([url, record]) => [url, pack(url, record)]),
    outbox,
    ...(events.size > 0 && { events: [...events] }),
    ...(channels.size > 0 && { channels: [...channels] }),
    ...Object.fromEntries(Object.entries(state).filter(([, kept]) => !isBlank(kept))),
  }),
  copy: (state) => ({
    ...state,
    pages: new Map(state.pages),
    events: new Map(state.events),
    outbox: [...state.outbox],
    stories: [...state.stories],
    channels: new Map(state.channels),
    mutes: [...state.mutes],
    log: [...state.log],
    reminded: [...state.reminded],
  }),
  indent: 0,
};

/** A record as it is written. */
type Packed = Partial<Omit<PageRecord, 'provider'>> & { provider: Omit<Provider, 'url'> & { url?: string } };

/** Most pages are quiet: what says nothing is left out, and the provider's address where it is the page's. */
function pack(url: string, record: PageRecord): Packed {
  const { url: own, ...provider } = record.provider;
  const told = Object.entries(record).filter(([, value]) => !isBlank(value));
  return { ...Object.fromEntries(told), provider: own === url ? provider : record.provider };
}

function isBlank(value: unknown): boolean {
  return value === null || value === '' || value === false || (Array.isArray(value) && value.length === 0);
}

function unpack(url: string, packed: Packed): PageRecord {
  const provider = { ...packed.provider, url: packed.provider.url ?? url };
  return { ...emptyRecord(provider), ...packed, provider };
}

function isPacked(value: unknown): value is Packed {
  if (!isObject(value) || !isObject(value.provider)) return false;
  const { components = [], open = [], seen = [], missing = [], folded = '', horizon = 0, readAt = null } = value;
  return (
    [components, open, seen, missing].every((list) => Array.isArray(list)) &&
    typeof folded === 'string' &&
    typeof horizon === 'number' &&
    (readAt === null || typeof readAt === 'string')
  );
}

function isOutboxRow(value: unknown): value is OutboxRow {
  return (
    isObject(value) &&
    [value.id, value.page, value.channel, value.queuedAt].every((field) => typeof field === 'string') &&
    Array.isArray(value.events) &&
    typeof value.attempts === 'number'
  );
}

function isEvent(value: unknown): value is EventJson {
  return isObject(value) && typeof value.id === 'string' && typeof value.type === 'string' && isObject(value.provider);
}

function isStory(value: unknown): value is StoryRecord {
  return (
    isObject(value) &&
    [value.channel, value.key, value.title, value.at].every((field) => typeof field === 'string') &&
    typeof value.told === 'number' &&
    isObject(value.memory)
  );
}

function isChannelRecord(value: unknown): value is ChannelRecord {
  return isObject(value) && (value.off === null || isObject(value.off));
}

function isMute(value: unknown): value is Mute {
  return isObject(value) && [value.id, value.page, value.at].every((field) => typeof field === 'string');
}

function isLogEntry(value: unknown): value is LogEntry {
  return isObject(value) && [value.at, value.type, value.outcome].every((field) => typeof field === 'string');
}

export interface Platforms {
  /** By the address that was asked for. */
  pages: Map<string, Remembered>;
}

export const platformsForm: Form<Platforms> = {
  empty: () => ({ pages: new Map() }),
  fromJson: (value) => {
    demandVersion(value);
    return { pages: new Map(pairs(value, 'pages', isRemembered)) };
  },
  toJson: ({ pages }) => ({ schemaVersion: 1, pages: [...pages] }),
  copy: ({ pages }) => ({ pages: new Map(pages) }),
  indent: 0,
};

function isRemembered(value: unknown): value is Remembered {
  return isObject(value) && typeof value.platform === 'string' && typeof value.url === 'string';
}

/** Throws SyntaxError for a file of no version. */
export function demandVersion(value: RawObject): 1 {
  if (value.schemaVersion !== 1) throw new SyntaxError('"schemaVersion" is missing');
  return 1;
}

/** As `pairs`, for what an earlier version did not write. */
function optionalPairs<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): [string, T][] {
  return value[field] === undefined ? [] : pairs(value, field, isValid);
}

function optionalList<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): T[] {
  return value[field] === undefined ? [] : demandList(value, field, isValid);
}

/** Throws SyntaxError unless the field is a list of pairs: a text, and such an item. */
export function pairs<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): [string, T][] {
  const isPair = (pair: unknown): pair is [string, T] =>
    Array.isArray(pair) && pair.length === 2 && typeof pair[0] === 'string' && isValid(pair[1]);
  return demandList(value, field, isPair);
}

/** Throws SyntaxError unless the field is a list of such items and nothing else. */
export function demandList<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): T[] {
  const list = value[field];
  if (!Array.isArray(list) || !list.every(isValid)) throw new SyntaxError(`"${field}" is not as it was written`);
  return list;
}

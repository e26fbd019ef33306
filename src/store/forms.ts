/** What config.json and platforms.json hold, and how they are checked when read. */
import { asText, isObject, type RawObject } from '../raw.ts';
import { type ChannelEntry, type Config, type Remembered, TERMINAL, type WatchEntry } from '../record.ts';
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
    if (isOfAWatch(entry.name, entry.type))
      throw new SyntaxError(`channels[${index}].name: "${entry.name}" is a way out of each watch; choose another`);
    return entry as ChannelEntry;
  });
}

/** A watch has ways out of its own, by which what is owed to them is known: no channel of another kind may be called so. */
export function isOfAWatch(name: string, type: string): boolean {
  return name === TERMINAL || (name === 'desktop' && type !== 'desktop');
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
export function optionalPairs<T>(
  value: RawObject,
  field: string,
  isValid: (item: unknown) => item is T,
): [string, T][] {
  return value[field] === undefined ? [] : pairs(value, field, isValid);
}

export function optionalList<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): T[] {
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

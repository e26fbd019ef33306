/** What config.json, state.json and platforms.json hold, and how they are checked when read. */
import type { Provider } from '../model.ts';
import { asText, isObject, type RawObject } from '../raw.ts';
import {
  type Config,
  emptyRecord,
  type OutboxRow,
  type PageRecord,
  type Remembered,
  type State,
  type WatchEntry,
} from '../record.ts';
import type { Form } from './file.ts';

export const configForm: Form<Config> = {
  empty: () => ({ schemaVersion: 1, watch: [] }),
  fromJson: (value) => ({ ...value, schemaVersion: 1, watch: watchList(value.watch) }),
  toJson: (config) => config,
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

/** Pages stand in a list of pairs: their addresses are never keys of an object. */
export const stateForm: Form<State> = {
  empty: (fresh) => ({ schemaVersion: 1, fresh, pages: new Map(), outbox: [] }),
  fromJson: (value) => ({
    ...value,
    schemaVersion: demandVersion(value),
    fresh: value.fresh === true,
    pages: new Map(pairs(value, 'pages', isPacked).map(([url, packed]) => [url, unpack(url, packed)])),
    outbox: demandList(value, 'outbox', isOutboxRow),
  }),
  toJson: (state) => ({ ...state, pages: [...state.pages].map(([url, record]) => rowOf(url, record).json) }),
  toText: ({ pages, ...others }) => {
    const rows = [...pages].map(([url, record]) => rowOf(url, record).text);
    return `${JSON.stringify(others).slice(0, -1)},"pages":[${rows.join(',')}]}`;
  },
  copy: (state) => ({ ...state, pages: new Map(state.pages), outbox: [...state.outbox] }),
  indent: 0,
};

/** A record as it is written. */
type Packed = Partial<Omit<PageRecord, 'provider'>> & { provider: Omit<Provider, 'url'> & { url?: string } };

interface Row {
  json: [url: string, packed: Packed];
  text: string;
}

const rows = new WeakMap<PageRecord, Row>();

/**
 * How a page stands in the file. Kept for as long as its record, which is replaced and never edited: of thousands of pages a
 * transaction changes a few, and to write the others anew each time took a twentieth of a first pass over them.
 */
function rowOf(url: string, record: PageRecord): Row {
  const known = rows.get(record);
  if (known?.json[0] === url) return known;
  const json: Row['json'] = [url, pack(url, record)];
  const row = { json, text: JSON.stringify(json) };
  rows.set(record, row);
  return row;
}

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
    typeof value.attempts === 'number' &&
    isObject(value.event)
  );
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

function demandVersion(value: RawObject): 1 {
  if (value.schemaVersion !== 1) throw new SyntaxError('"schemaVersion" is missing');
  return 1;
}

function pairs<T>(value: RawObject, field: string, isValid: (item: unknown) => item is T): [string, T][] {
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

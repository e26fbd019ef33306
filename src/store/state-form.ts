/** What state.json holds, and how it is checked when read. What stands in it is replaced, never edited in place. */
import type { Provider } from '../model.ts';
import { isObject } from '../raw.ts';
import {
  type ChannelRecord,
  emptyRecord,
  type LogEntry,
  type Mute,
  type OutboxRow,
  type PageRecord,
  type State,
  type StoryRecord,
} from '../record.ts';
import { eventsFromJson, eventsToJson, eventsToTexts } from './events-form.ts';
import type { Form } from './file.ts';
import { demandList, demandVersion, optionalList, optionalPairs, pairs } from './forms.ts';

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
  fromJson: (value) =>
    withoutGhosts({
      ...value,
      schemaVersion: demandVersion(value),
      fresh: value.fresh === true,
      pages: new Map(pairs(value, 'pages', isPacked).map(([url, packed]) => [url, unpack(url, packed)])),
      events: eventsFromJson(value),
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
    pages: [...pages].map(([url, record]) => rowOf(url, record).json),
    outbox,
    ...(events.size > 0 && { events: eventsToJson(events) }),
    ...(channels.size > 0 && { channels: [...channels] }),
    ...Object.fromEntries(Object.entries(state).filter(([, kept]) => !isBlank(kept))),
  }),
  toText: ({ pages, outbox, events, stories, log, ...others }) => {
    const { pages: _, outbox: __, ...small } = stateForm.toJson({ ...stateForm.empty(false), ...others });
    const lists: [string, string[]][] = [
      ['pages', [...pages].map(([url, record]) => rowOf(url, record).text)],
      ['outbox', outbox.map((row) => written(row))],
      ['events', eventsToTexts(events, written)],
      ['stories', stories.map((story) => written(story))],
      ['log', log.map((entry) => written(entry))],
    ];
    const told = lists.filter(([name, items]) => items.length > 0 || name === 'pages' || name === 'outbox');
    return `${JSON.stringify(small).slice(0, -1)},${told.map(([name, items]) => `"${name}":[${items.join(',')}]`).join(',')}}`;
  },
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

/** A row whose event is not there has nothing to tell. */
function withoutGhosts(state: State): State {
  const isWhole = ({ events, notice }: OutboxRow) => notice !== undefined || events.every((id) => state.events.has(id));
  return state.outbox.every(isWhole) ? state : { ...state, outbox: state.outbox.filter(isWhole) };
}

const texts = new WeakMap<object, string>();

/** As `rowOf`, for what is written as it is. */
function written(item: object): string {
  const known = texts.get(item) ?? JSON.stringify(item);
  texts.set(item, known);
  return known;
}

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
    Array.isArray(value.events) &&
    typeof value.attempts === 'number'
  );
}

function isStory(value: unknown): value is StoryRecord {
  return (
    isObject(value) &&
    [value.channel, value.key, value.title, value.at].every((field) => typeof field === 'string') &&
    typeof value.told === 'number' &&
    [value.groups ?? [], value.loud ?? []].every((names) => Array.isArray(names)) &&
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

/** What is kept on disk: the user's config.json and the program's state.json. Plain JSON but for the Maps. */
import { type EventJson, type IncidentJson, incidentFromJson } from './json.ts';
import type { ComponentStatus, Incident, PageState, Provider } from './model.ts';
import type { RawObject } from './raw.ts';

/** What was seen of one page. A record is replaced whole, never edited in place: others may be reading it. */
export interface PageRecord {
  provider: Provider;
  /** The last good read, ISO 8601 UTC. */
  readAt: string | null;
  /**
   * Of the last good read, byte for byte as the server sent them; `hash` stands in where it sent none. `at` is when the
   * page was last read whole, ISO 8601 UTC.
   */
  validators: { url: string; etag?: string; lastModified?: string; hash?: string; at: string } | null;
  /** Wall-clock milliseconds before which the page is not asked again, over restarts too. */
  dueAt: number | null;
  state: PageState;
  /** Only those that are not operational. */
  components: [id: string, name: string, group: string | null, status: ComponentStatus][];
  /** Open incidents and maintenances in the JSON form of `json.ts`, of their posts only the last, cut short. */
  open: IncidentJson[];
  /** Fingerprints of incidents and their updates; `diff/seen.ts` reads and writes these three. */
  seen: string[];
  folded: string;
  horizon: number;
  /** A list that also holds closed incidents has been read at least once. */
  history: boolean;
  /** Open incidents that good reads did not show, and how many reads in a row. */
  missing: [incidentId: string, goodReads: number][];
  /** The failures since the last good read. `shape` counts, in a row, those in which the page did answer. */
  failure: { since: string; count: number; shape: number; code: string; message: string; told: boolean } | null;
}

/** A record for a page never read, to keep its failures in. */
export function emptyRecord(provider: Provider): PageRecord {
  return {
    provider,
    readAt: null,
    validators: null,
    dueAt: null,
    state: 'unknown',
    components: [],
    open: [],
    seen: [],
    folded: '',
    horizon: 0,
    history: false,
    missing: [],
    failure: null,
  };
}

/** The open incidents and maintenances a record holds. */
export function openIncidents(record: PageRecord): Incident[] {
  return record.open.map(incidentFromJson);
}

/** What the terminal of a watch is called among channels. */
export const TERMINAL = 'stdout';

/** What one channel has not taken yet. */
export interface OutboxRow {
  /** The delivery's, the same on every try. */
  id: string;
  /** The address of the page it is about: who records that page delivers it. */
  page: string;
  /** The name in config.json, or that of a way out which is not there (`TERMINAL`, `desktop`). */
  channel: string;
  /** Keys of `State.events`, oldest first: one, several for a digest, none for a notice. */
  events: string[];
  /** Key of the story it belongs to; null for a digest or a notice. */
  story: string | null;
  /** Of a digest, the keys of all stories it goes on with: they may be of several pages. */
  stories?: readonly string[];
  /** What pingoru says of itself: about which channel, and of how many messages that it gave up. */
  notice?: { title: string; line: string; about?: string; count?: number };
  /** Tries that failed. */
  attempts: number;
  /** Wall-clock milliseconds before which it is not tried; null is at once. */
  dueAt: number | null;
  /** Why the last try failed, without secrets. */
  error: string | null;
  /** ISO 8601 UTC. */
  queuedAt: string;
  /** Goes out only together with others, as a digest: it was over the hour's measure, or kept through quiet hours. */
  held?: 'cap' | 'quiet';
  /** Waits whether the component returns to how it was, in which case it is not told. */
  settling?: true;
  /** Meanwhile: the group in whose measure of an hour it counts. */
  counted?: string;
  /** The service refused its usual form. */
  plain?: true;
  /** Given up, and why it is still here: it can be retried or dropped by hand. ISO 8601 UTC. */
  deadAt?: string;
}

/** A row that was not tried yet. */
export function newRow(
  row: Pick<OutboxRow, 'id' | 'page' | 'channel' | 'events'> & Partial<OutboxRow>,
  now: Date,
): OutboxRow {
  return { story: null, attempts: 0, dueAt: null, error: null, queuedAt: now.toISOString(), ...row };
}

/** A story that a channel is being told. */
export interface StoryRecord {
  channel: string;
  key: string;
  title: string;
  told: number;
  memory: Record<string, string>;
  /** Names of the groups that tell it: none where only `--to` asked for it. Absent where an older version began it. */
  groups?: string[];
  /** Names of the groups that told of it in quiet hours, until they tell its end. */
  loud?: string[];
  /** When it was last added to, ISO 8601 UTC. */
  at: string;
}

/** What happened to a channel lately. */
export interface ChannelRecord {
  /** Null while it is on. `at` is ISO 8601 UTC. */
  off: { reason: string; at: string } | null;
  /** When it was last switched on by hand, ISO 8601 UTC. */
  onSince?: string;
  /** Wall-clock milliseconds before which its service wants no message. */
  pausedUntil?: number;
  /** When people were last told of messages that it gave up, in wall-clock milliseconds. */
  noticedAt?: number;
  /** What the groups had it told within the hour, in wall-clock milliseconds, oldest first. */
  lately?: [group: string, at: number][];
}

/** What is not told for a while, to anybody. Of provider, incident and component, what is named must match. */
export interface Mute {
  id: string;
  /** The address of the page. */
  page: string;
  /** As people call it. */
  provider: string;
  incident: string | null;
  /** A glob. */
  component: string | null;
  /** ISO 8601 UTC; null without an end of its own. */
  until: string | null;
  untilResolved: boolean;
  /** ISO 8601 UTC. */
  at: string;
}

/** What became of an event on its way to a group or channel. */
export interface LogEntry {
  /** ISO 8601 UTC. */
  at: string;
  event: string | null;
  type: string;
  /** What it was about, cut short. */
  title: string;
  group: string | null;
  channel: string | null;
  outcome: 'sent' | 'held' | 'given up' | 'switched off';
  why: string;
}

/** state.json. Keys that this version does not know are kept as they are. */
export interface State {
  schemaVersion: 1;
  /**
   * Begun anew because the file was broken and had no good backup: what pages without a record show is then no news.
   * It stays until a commit sets it to false.
   */
  fresh: boolean;
  /** By the page's address. */
  pages: Map<string, PageRecord>;
  /** By their ids: those that rows of the outbox name, each once however many channels are owed it. */
  events: Map<string, EventJson>;
  outbox: OutboxRow[];
  stories: StoryRecord[];
  /** By the channel's name: those that have something to be remembered. */
  channels: Map<string, ChannelRecord>;
  mutes: Mute[];
  /** Newest last. */
  log: LogEntry[];
  /** Reminders that were given, and the wall-clock milliseconds after which none can be due any more. */
  reminded: [key: string, until: number][];
}

/** State as others may look at it. */
export type ReadonlyState = {
  readonly [Key in keyof State]: State[Key] extends Map<infer Name, infer Value>
    ? ReadonlyMap<Name, Value>
    : State[Key] extends (infer Item)[]
      ? readonly Item[]
      : State[Key];
};

/** One entry of the user's watch list. `platform` is set when the user named it. */
export interface WatchEntry {
  url: string;
  name: string | null;
  provider: string | null;
  platform: string | null;
}

/** A channel as config.json names it; what else stands in it are the settings of its type. */
export interface ChannelEntry {
  name: string;
  type: string;
  [setting: string]: unknown;
}

/** Whether a text says where a secret is, as config.json does, rather than being one. */
export function isReference(text: string): boolean {
  return /^(?:env|file):./.test(text);
}

/** config.json. Keys that this version does not know are kept as they are. */
export interface Config {
  schemaVersion: 1;
  watch: WatchEntry[];
  channels: ChannelEntry[];
  /** As written: `routing.ts` knows what may stand in one. */
  groups: RawObject[];
  [key: string]: unknown;
}

/** Which platform was found to serve a page. `url` is where the page really is; `detectedAt` is ISO 8601 UTC. */
export interface Remembered {
  platform: string;
  url: string;
  document: boolean;
  name?: string;
  detectedAt: string;
}

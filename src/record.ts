/** What is kept on disk: the user's config.json and the program's state.json. Plain JSON but for the Maps. */
import { type IncidentJson, incidentFromJson } from './json.ts';
import type { ComponentStatus, Incident, PageState, Provider } from './model.ts';

/** What was seen of one page. A record is replaced whole, never edited in place: others may be reading it. */
export interface PageRecord {
  provider: Provider;
  /** `provider.url` is the address of the data itself. */
  document?: true;
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
  /** Fingerprint of all component ids the page has. */
  componentIds?: string;
  /** Open incidents and maintenances in the JSON form of `json.ts`, of their posts only the last, cut short. */
  open: IncidentJson[];
  /** Fingerprints of incidents and their updates; `seen.ts` reads and writes these three. */
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

/** One event that one channel has not taken yet. */
export interface OutboxRow {
  id: string;
  page: string;
  channel: string;
  /** In the JSON form of `json.ts`. */
  event: unknown;
  attempts: number;
  /** Wall-clock milliseconds; null is at once. */
  dueAt: number | null;
  /** Why the last attempt failed, without secrets. */
  error: string | null;
  queuedAt: string;
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
  outbox: OutboxRow[];
}

/** State as others may look at it. */
export interface ReadonlyState {
  readonly fresh: boolean;
  readonly pages: ReadonlyMap<string, PageRecord>;
  readonly outbox: readonly OutboxRow[];
}

/** One entry of the user's watch list. `platform` is set when the user named it. */
export interface WatchEntry {
  url: string;
  name: string | null;
  provider: string | null;
  platform: string | null;
}

/** config.json. Keys that this version does not know are kept as they are. */
export interface Config {
  schemaVersion: 1;
  watch: WatchEntry[];
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

/**
 * The words of the program, as types. This file imports nothing.
 * Times are `Date` inside the program and ISO 8601 UTC outside; durations say their unit in their name.
 */

/** What a part of a vendor's service is doing. Words a vendor uses that we do not know are `unknown`, never `operational`. */
export type ComponentStatus =
  | 'operational'
  | 'degraded_performance'
  | 'partial_outage'
  | 'major_outage'
  | 'under_maintenance'
  | 'unknown';

/** What a page as a whole says: the worst of its indicator, its components and its open incidents. */
export type PageState = 'operational' | 'maintenance' | 'degraded' | 'partial_outage' | 'major_outage' | 'unknown';

export type Impact = 'none' | 'minor' | 'major' | 'critical' | 'maintenance' | 'unknown';

export type Kind = 'incident' | 'maintenance';

export type Phase =
  | 'investigating'
  | 'identified'
  | 'monitoring'
  | 'resolved'
  | 'postmortem'
  | 'scheduled'
  | 'in_progress'
  | 'verifying'
  | 'completed'
  | 'cancelled'
  | 'unknown';

/** A vendor as people name it. `url` is its page; `platform` the name of the source that reads it, null until detected. */
export interface Provider {
  id: string;
  name: string;
  url: string;
  platform: string | null;
}

/** A part of the vendor's service. Its label is `Group (Name)` when it has a group. */
export interface Component {
  id: string;
  name: string;
  group: string | null;
  status: ComponentStatus;
}

/** A component an incident touched: its latest status in that incident, and the worst it had there. */
export interface AffectedComponent extends Component {
  worstStatus: ComponentStatus;
}

/** One dated post inside an incident. `body` is plain text; `components` are those the post itself names. */
export interface Update {
  id: string;
  status: Phase;
  at: Date;
  body: string;
  components: Component[];
}

/** An incident or a maintenance, whole. `updates` are oldest first. `scheduled…` are for maintenances only. */
export interface Incident {
  id: string;
  kind: Kind;
  title: string;
  url: string;
  status: Phase;
  impact: Impact;
  startedAt: Date | null;
  resolvedAt: Date | null;
  updatedAt: Date | null;
  scheduledFor: Date | null;
  scheduledUntil: Date | null;
  components: AffectedComponent[];
  updates: Update[];
}

/** Which incidents a read can show: only open ones, or closed ones of late as well. Absence is read by it. */
export type Lists = 'open' | 'recent';

/** All that one read of a page told us. `incidents` holds incidents and maintenances, open and recent, newest first. */
export interface Snapshot {
  /** The page's own name for itself, when it says one. */
  name: string | null;
  state: PageState;
  description: string;
  components: Component[];
  incidents: Incident[];
  lists: Lists;
  /** True when the page answered with parts of different age, so that the next read must not trust its validators. */
  torn?: boolean;
  /** `low` when the page was read from prose or looks rather than from data. */
  confidence?: 'low';
}

/** One public status page. `document` is true when `url` is the address of the data itself (a `summary.json`, a feed). */
export interface Page {
  url: string;
  platform: string;
  document: boolean;
}

/** What one HTTP exchange brought back. `url` is the final address; `headers` has lower-case keys and no prototype. */
export interface Reply {
  url: string;
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Media type in lower case without parameters; empty when the server named none. */
  contentType: string;
  /** The body as text: UTF-16 with a byte-order mark, else UTF-8. Empty for a 304. */
  text: string;
  /** Every address asked on the way, first the one we wanted; one entry when nothing redirected. */
  hops: readonly string[];
}

export interface Ask {
  accept?: 'json' | 'xml' | 'html';
  /**
   * Asks with the validators of the last good read of this address. The answer may then be a 304, or the very bytes
   * read last time: both come back as status 304 with an empty text. Of several addresses asked this way in one read, the
   * last is the one whose validators are kept.
   */
  conditional?: boolean;
}

/**
 * Asks one address, relative to the page's own (`api/v2/summary.json`) or absolute. Replies of every HTTP status come
 * back; what brought no reply at all (time-out, refused, too large, a forbidden redirect) throws FetchError.
 */
export type Get = (path: string, ask?: Ask) => Promise<Reply>;

/** How much of a page is wanted: what it says now, or also its recent history. */
export type Depth = 'now' | 'recent';

/** A status-page platform. Plain objects of this shape make up the table in `sources/index.ts`. */
export interface Source {
  /** The file's name, the table's key and the fixture folder. */
  name: string;
  /** As people write it. */
  title: string;
  /** Where the format is described. */
  docs: string;
  /** What `read` can show; a snapshot may say otherwise of itself. */
  lists: Lists;
  /** Paths of its data, relative to the page, best first: recognised at the end of a typed address. */
  endpoints: readonly string[];
  /** The one of them that detection asks of a page which does not show whose it is; none where pages always show it. */
  probe?: string;
  /** Reads what any vendor may publish, a feed or a web page: taken only where no platform is proved, and never for a move. */
  generic?: boolean;
  /** Whether this reply, to a page or to one of the endpoints, is this platform's and nobody else's. Never throws. */
  detect(reply: Reply): boolean;
  /** Fetches and maps. Null when nothing changed since the last good read. Throws FetchError or ParseError. */
  read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null>;
  /**
   * Pure: maps one document of this platform, any of those it serves. Throws FetchError for an HTTP status other than
   * 200, ParseError for what is not such a document. A promise where a parser has to be loaded first (HTML, XML).
   */
  parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot>;
}

/** What an event did. Every new update is exactly one event; reminders, withdrawals and those of components and pages have none. */
export type EventType =
  | 'incident.opened'
  | 'incident.updated'
  | 'incident.resolved'
  | 'incident.reopened'
  | 'incident.edited'
  | 'incident.withdrawn'
  | 'maintenance.scheduled'
  | 'maintenance.reminder'
  | 'maintenance.started'
  | 'maintenance.updated'
  | 'maintenance.completed'
  | 'maintenance.cancelled'
  | 'maintenance.edited'
  | 'maintenance.withdrawn'
  | 'component.changed'
  | 'provider.unreadable'
  | 'provider.readable'
  | 'provider.moved';

export interface ComponentChange {
  id: string;
  name: string;
  group: string | null;
  from: ComponentStatus;
  to: ComponentStatus;
}

/** Why a page could not be read. `code` is one of the codes of FetchError and ParseError. */
export interface ReadFailure {
  code: string;
  message: string;
}

/**
 * Something that changed since last seen. `at` is the vendor's time, `detectedAt` ours.
 * `initial`: it was already so at first sight. `late`: the vendor dated it before a post already told.
 */
export interface StatusEvent {
  id: string;
  type: EventType;
  at: Date;
  detectedAt: Date;
  initial: boolean;
  late: boolean;
  provider: Provider;
  incident: Incident | null;
  update: Update | null;
  component: ComponentChange | null;
  error: ReadFailure | null;
}

/** How serious a message is, over all kinds of events: what a channel makes its colour or urgency of. */
export type Severity = 'info' | 'good' | 'minor' | 'major' | 'critical' | 'maintenance' | 'unknown';

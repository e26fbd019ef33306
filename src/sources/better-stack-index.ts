/**
 * `index.json`, a JSON:API document that holds everything at once
 * (https://betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/subscribing-to-api).
 *
 * There are no phases. An incident is being investigated until it is over; a maintenance is planned, under way or over by
 * its window. The time of reading is not ours to look at: it is the reply's own `Date`. Without one, a maintenance is
 * under way when the page shows one of its resources in maintenance, and over when its report says so, not before.
 * Part of the better-stack source.
 */
import { ParseError } from '../errors.ts';
import type {
  Component,
  ComponentStatus,
  Impact,
  Incident,
  Kind,
  Page,
  PageState,
  Phase,
  Reply,
  Snapshot,
  Update,
} from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, demandObjects, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';

/** Nothing else has this type with a state of the whole. */
export function isIndex(json: RawObject): boolean {
  const data = asObject(json.data);
  return data.type === 'status_page' && typeof asObject(data.attributes).aggregate_state === 'string';
}

/** Throws ParseError when it is no such document. */
export function indexSnapshot(json: RawObject, reply: Reply, page: Page): Snapshot {
  if (!isIndex(json)) throw new ParseError('shape', reply.url, 'the reply is no index of a Better Stack page');
  const about = asObject(asObject(json.data).attributes);
  const rowsOf = rowsByType(demandObjects(json, 'included', reply.url), reply.url);
  const components = toComponents(rowsOf('status_page_resource'), rowsOf('status_page_section'));
  const reports = rowsOf('status_report');
  const view: View = {
    parts: new Map(components.map((component) => [component.id, component])),
    updates: updatesByReport(reports, rowsOf('status_update')),
    base: baseAddress(about, page),
    now: parseRfcTime(reply.headers.date),
  };
  const incidents = reports.map((report) => toIncident(report, view));
  return {
    name: asLine(about.company_name),
    state: pageState(indicator(about, components), components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: 'recent',
  };
}

/** One object of JSON:API. */
interface Row {
  id: string;
  fields: RawObject;
  relationships: RawObject;
}

/** What reading a report takes. `now` is when the reply was sent, null when it does not say. */
interface View {
  parts: ReadonlyMap<string, Component>;
  updates: ReadonlyMap<string, readonly Row[]>;
  base: string;
  now: Date | null;
}

/** JSON:API gives every object an id: one without is not the platform's, and throws ParseError. */
function rowsByType(included: readonly RawObject[], url: string): (type: string) => Row[] {
  const toRow = (raw: RawObject): Row => {
    const id = asLine(raw.id);
    if (id === null) throw new ParseError('shape', url, 'the reply has an object without an id');
    return { id, fields: asObject(raw.attributes), relationships: asObject(raw.relationships) };
  };
  return (type) => uniqueById(included.filter((raw) => raw.type === type).map(toRow));
}

/** A page that monitors nothing calls itself operational all the same: then it has said nothing. */
function indicator(about: RawObject, components: readonly Component[]): PageState | null {
  const state = stateOf(about.aggregate_state);
  const blind = components.length > 0 && components.every((component) => component.status === 'unknown');
  return blind && state === 'operational' ? null : state;
}

/** In the page's order: by section, and by position inside it. */
function toComponents(resources: readonly Row[], sections: readonly Row[]): Component[] {
  const ordered = byPosition(sections);
  const order = new Map(ordered.map((section, index) => [section.id, index]));
  const place = (row: Row) => order.get(asLine(row.fields.status_page_section_id) ?? '');
  return byPosition(resources)
    .sort((a, b) => (place(a) ?? 0) - (place(b) ?? 0))
    .map((row) => {
      const { public_name, status } = row.fields;
      const group = asLine(ordered[place(row) ?? -1]?.fields.name);
      return { id: row.id, name: asLine(public_name) ?? row.id, group, status: statusOf(status) };
    });
}

function byPosition(rows: readonly Row[]): Row[] {
  const position = (row: Row) => (typeof row.fields.position === 'number' ? row.fields.position : 0);
  return [...rows].sort((a, b) => position(a) - position(b));
}

/** An update names its report; where it does not, the report names its updates. */
function updatesByReport(reports: readonly Row[], updates: readonly Row[]): Map<string, Row[]> {
  const owners = new Map<string, string>();
  for (const report of reports)
    for (const update of asObjects(asObject(report.relationships.status_updates).data))
      owners.set(asLine(update.id) ?? '', report.id);
  const byReport = new Map<string, Row[]>(reports.map((report) => [report.id, []]));
  for (const update of updates) {
    const owner = asLine(update.fields.status_report_id) ?? owners.get(update.id) ?? '';
    byReport.get(owner)?.push(update);
  }
  return byReport;
}

function baseAddress(about: RawObject, page: Page): string {
  const own = `https://${asText(about.custom_domain) ?? ''}`;
  if (/^https:\/\/[a-z0-9.-]+$/i.test(own)) return own;
  const { origin, pathname } = new URL(page.document ? new URL('.', page.url) : page.url);
  return origin + (pathname.endsWith('/') ? pathname.slice(0, -1) : pathname);
}

function toIncident({ id, fields: report }: Row, view: View): Incident {
  const kind: Kind = report.report_type === 'maintenance' ? 'maintenance' : 'incident';
  const startsAt = parseIsoTime(report.starts_at);
  const endsAt = parseIsoTime(report.ends_at);
  const affected = toAffected(report.affected_resources, view);
  const posts = toPosts(view.updates.get(id) ?? [], view);
  const window = { kind, startsAt, endsAt };
  const span = { ...window, over: isOver(report, affected, window, view.now) };
  const updates = posts.map((post, index) => ({ ...post, status: phaseOfPost(post, index, posts.length, span) }));
  return buildIncident({
    id,
    kind,
    title: asLine(report.title) ?? id,
    url: `${view.base}/incident/${encodeURIComponent(id)}`,
    status: span.over ? closing(kind) : openPhase(span, affected, view),
    impact: toImpact(kind, span.over, [statusOf(report.aggregate_state), ...statusesEver(affected, posts)]),
    startedAt: startsAt,
    // That of a maintenance is the plan: it may be told to be over before, or after.
    resolvedAt: kind === 'maintenance' && updates.some((update) => update.status === 'completed') ? null : endsAt,
    ...(kind === 'maintenance' && { scheduledFor: startsAt, scheduledUntil: endsAt }),
    components: affected,
    updates,
  });
}

type Post = Omit<Update, 'status'>;

interface Window {
  kind: Kind;
  startsAt: Date | null;
  endsAt: Date | null;
}
type Span = Window & { over: boolean };

/** Oldest first. */
function toPosts(rows: readonly Row[], view: View): Post[] {
  const posts = rows.flatMap(({ id, fields }): Post[] => {
    const at = parseIsoTime(fields.published_at);
    const body = plainText(asText(fields.message) ?? '');
    return at === null ? [] : [{ id, at, body, components: toAffected(fields.affected_resources, view) }];
  });
  // Ids are numbers that count up, so they tell the order within one moment.
  return posts.sort((a, b) => a.at.getTime() - b.at.getTime() || a.id.localeCompare(b.id, 'en', { numeric: true }));
}

function toAffected(list: unknown, view: View): Component[] {
  return asObjects(list).flatMap((raw) => {
    const id = asLine(raw.status_page_resource_id);
    if (id === null) return [];
    const { name, group } = view.parts.get(id) ?? { name: id, group: null };
    return [{ id, name, group, status: statusOf(raw.status) }];
  });
}

/** `ends_at` is null on many a report that is over, and lies ahead on a maintenance that is not. */
function isOver(report: RawObject, affected: readonly Component[], window: Window, now: Date | null): boolean {
  const { kind, startsAt, endsAt } = window;
  const said = report.aggregate_state === 'resolved';
  const ended = endsAt !== null && (now === null ? kind === 'incident' : endsAt <= now);
  if (kind === 'incident' || now === null) return said || ended || isWell(affected);
  // Before its window opens a maintenance is not over, whatever its resources read at rest.
  return (startsAt === null || startsAt <= now) && (said || ended);
}

function isWell(affected: readonly Component[]): boolean {
  return affected.length > 0 && affected.every((component) => component.status === 'operational');
}

function closing(kind: Kind): Phase {
  return kind === 'maintenance' ? 'completed' : 'resolved';
}

function openPhase(span: Span, affected: readonly Component[], view: View): Phase {
  if (span.kind === 'incident') return 'investigating';
  if (view.now !== null && span.startsAt !== null) return span.startsAt <= view.now ? 'in_progress' : 'scheduled';
  const begun = affected.some((component) => view.parts.get(component.id)?.status === 'under_maintenance');
  return begun ? 'in_progress' : 'scheduled';
}

/**
 * A post closes its report when it stands at the end or after it, when it says that all is well again, or, naming no
 * resource, when it is the last of a report that is over. A report is resolved by posting that its resources are, so a
 * post that says otherwise closes nothing. One from before a maintenance began announces it, whatever came later.
 */
function phaseOfPost(post: Post, index: number, count: number, span: Span): Phase {
  const { kind, startsAt, endsAt, over } = span;
  if (kind === 'maintenance' && startsAt !== null && post.at < startsAt) return 'scheduled';
  const last = index === count - 1 && post.components.length === 0 && (index > 0 || endsAt === null);
  const atEnd = endsAt !== null && post.at >= endsAt;
  if (isWell(post.components) || (over && (atEnd || last))) return closing(kind);
  return kind === 'maintenance' ? 'in_progress' : 'investigating';
}

function statusesEver(affected: readonly Component[], posts: readonly Post[]): ComponentStatus[] {
  return [...affected, ...posts.flatMap((post) => post.components)].map((component) => component.status);
}

/** Once over, everything reads resolved: unless a post tells, nobody knows any more how bad it was. */
function toImpact(kind: Kind, over: boolean, statuses: readonly ComponentStatus[]): Impact {
  if (kind === 'maintenance') return 'maintenance';
  switch (statuses.reduce<ComponentStatus>(worseStatus, 'unknown')) {
    case 'major_outage':
    case 'partial_outage':
      return 'major';
    case 'degraded_performance':
      return 'minor';
    case 'under_maintenance':
      return 'maintenance';
    case 'operational':
      return over ? 'unknown' : 'none';
    case 'unknown':
      return 'unknown';
  }
}

const STATES = new Map<unknown, PageState>([
  ['operational', 'operational'],
  ['degraded', 'degraded'],
  // Of some service, not of all: which ones, and so how bad it is, the components say.
  ['downtime', 'partial_outage'],
  ['maintenance', 'maintenance'],
]);

/** The page's own word for its state, also in the names of its pictures. */
export function stateOf(word: unknown): PageState {
  return STATES.get(word) ?? 'unknown';
}

const STATUSES = new Map<unknown, ComponentStatus>([
  ['operational', 'operational'],
  ['resolved', 'operational'],
  ['recovered', 'operational'],
  ['degraded', 'degraded_performance'],
  ['downtime', 'major_outage'],
  ['maintenance', 'under_maintenance'],
  ['not_monitored', 'unknown'],
]);

/** A resource's status, or what a report makes of it. What is not monitored is not known. */
export function statusOf(word: unknown): ComponentStatus {
  return STATUSES.get(word) ?? 'unknown';
}

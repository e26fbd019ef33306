/**
 * Statuspage's documents to the model. All of them (summary, components, incidents, one incident, ...) are made of the
 * same parts, so one function maps any; what statuspage-html.ts makes of web pages has the same shape.
 */
import { ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Incident, Kind, Page, PageState, Phase, Snapshot, Update } from '../model.ts';
import { buildIncident, incidentInBrief, isClosed, newestFirst, pageState, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, demandObjects, isObject, type RawObject } from '../raw.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { demandId } from './entry-id.ts';
import { impactOf, indicatorState, phaseOf, statusOf } from './statuspage-words.ts';

const ULID = /^01[0-9A-HJKMNP-TV-Z]{24}$/;

/** What the rows of a document are read with. */
interface Context {
  url: string;
  /** Permalinks are this and `/incidents/<id>`. */
  base: string;
  components: Map<string, Component>;
  /** The names of groups by id: groups are rows of their own among the components. */
  groups: Map<string, string>;
}

/**
 * Maps any document of the API, joined with the lists read beside it. Where those are `stale`, only what the document
 * itself shows counts for the page's state: an incident may have been closed since.
 */
export function toSnapshot(raw: RawObject, page: Page, url: string, lists: RawObject[] = [], stale = false): Snapshot {
  demandShape(raw, url);
  const context = { url, base: baseOfLinks(raw, page), ...readComponents(raw, url) };
  const incidents = readIncidents([...lists, raw], context);
  const components = [...context.components.values()];
  const own = stale ? readIncidents([raw], context) : incidents;
  return {
    name: cleanLine(asText(asObject(raw.page).name) ?? '') || null,
    state: stateOf(raw, components, own),
    description: cleanLine(asText(asObject(raw.status).description) ?? ''),
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

/** The lists a document of ours may have; each is there as a list or not at all, and one of them is. */
function demandShape(raw: RawObject, url: string): void {
  const lists = ['components', 'incidents', 'scheduled_maintenances'].filter((name) => raw[name] !== undefined);
  const rows = lists.map((name) => demandObjects(raw, name, url));
  if (lists.length === 0 && !isObject(raw.incident) && asText(asObject(raw.status).indicator) === null)
    throw new ParseError('shape', url, 'the reply holds nothing that Statuspage publishes');
  const page = asObject(raw.page);
  const signed = asText(page.id) !== null || rows.some((list) => list.some((row) => asText(row.page_id) !== null));
  if (!signed) throw new ParseError('shape', url, 'the reply does not say which page it is of');
  if (ULID.test(String(page.id))) throw new ParseError('shape', url, 'the reply is incident.io imitating Statuspage');
}

/** A list of plans, or an incident long over, says nothing of how the page stands now. */
function stateOf(raw: RawObject, components: Component[], incidents: Incident[]): PageState {
  if (isObject(raw.status)) return pageState(indicatorState(raw.status.indicator), components, incidents);
  const state = pageState(null, components, incidents);
  const tells = components.length > 0 || Array.isArray(raw.incidents);
  return state === 'operational' && !tells ? 'unknown' : state;
}

function baseOfLinks(raw: RawObject, page: Page): string {
  const own = page.url.replace(/\/(?:api\/v2|incidents|history)(?:[/.?].*)?$/, '');
  const said = asText(asObject(raw.page).url) ?? '';
  const base = /^https?:\/\//i.test(said) && URL.canParse(said) ? said : own;
  return new URL(base).href.replace(/[?#].*$/, '').replace(/\/+$/, '');
}

function readComponents(raw: RawObject, url: string): Pick<Context, 'components' | 'groups'> {
  const rows = asObjects(raw.components);
  const groups = new Map<string, string>();
  for (const row of rows) if (row.group === true) groups.set(demandId(row, url), cleanLine(asText(row.name) ?? ''));
  const components = new Map<string, Component>();
  for (const row of rows) {
    if (row.group === true) continue;
    const component = toComponent(row, groups, url);
    if (!isSignpost(component.name) && !components.has(component.id)) components.set(component.id, component);
  }
  return { components, groups };
}

function toComponent(row: RawObject, groups: Map<string, string>, url: string): Component {
  const id = demandId(row, url);
  const name = cleanLine(asText(row.name) ?? '') || id;
  // A web page may tell the group by its name alone.
  const group = groups.get(asText(row.group_id) ?? '') || cleanLine(asText(row.group_name) ?? '') || null;
  return { id, name, group, status: statusOf(row.status) };
}

/** GitHub's page has a "component" that only says where to look. */
function isSignpost(name: string): boolean {
  return name.startsWith('Visit ') && /^Visit \S+ for more information/.test(name);
}

interface RawIncident {
  raw: RawObject;
  planned: boolean;
}

/** Some pages list a maintenance among the incidents as well: what has one id is one. */
function readIncidents(documents: readonly RawObject[], context: Context): Incident[] {
  const byId = new Map<string, RawIncident>();
  for (const document of documents) {
    for (const row of asObjects(document.incidents)) collect(byId, row, false, context.url);
    for (const row of asObjects(document.scheduled_maintenances)) collect(byId, row, true, context.url);
    if (isObject(document.incident)) collect(byId, document.incident, false, context.url);
  }
  return [...byId].map(([id, { raw, planned }]) => toIncident(id, raw, planned, context));
}

function collect(byId: Map<string, RawIncident>, raw: RawObject, planned: boolean, url: string): void {
  // Statuspage posts these to test itself.
  if (typeof raw.name === 'string' && raw.name.startsWith('_system_metadata')) return;
  const id = demandId(raw, url);
  const known = byId.get(id);
  byId.set(id, known ? { raw: join(known.raw, raw), planned: planned || known.planned } : { raw, planned });
}

/** Two copies of one incident: what it is, from the newer one; its updates, from both. */
function join(a: RawObject, b: RawObject): RawObject {
  const [aTime, bTime] = [a, b].map((raw) => parseIsoTime(raw.updated_at)?.getTime() ?? 0);
  const [newer, older] = bTime! > aTime! ? [b, a] : [a, b];
  const updates = asObjects(newer.incident_updates);
  const ids = new Set(updates.map((update) => update.id));
  const lacking = asObjects(older.incident_updates).filter((update) => !ids.has(update.id));
  return lacking.length === 0 ? newer : { ...newer, incident_updates: [...updates, ...lacking] };
}

type Affected = Component & { worstStatus?: ComponentStatus };

/** Of what is over, the words of its posts and what it affected are left for who asks. */
function toIncident(id: string, raw: RawObject, planned: boolean, context: Context): Incident {
  const status = raw.status === undefined ? null : phaseOf(raw.status);
  const isOver = status !== null && isClosed(status);
  const maintenance = planned || raw.impact === 'maintenance' || typeof raw.scheduled_for === 'string';
  const kind: Kind = maintenance ? 'maintenance' : 'incident';
  const head = {
    id,
    kind,
    title: cleanLine(asText(raw.name) ?? '') || id,
    url: `${context.base}/incidents/${encodeURIComponent(id)}`,
    status,
    impact: impactOf(raw.impact),
    startedAt: parseIsoTime(raw.started_at) ?? parseIsoTime(raw.created_at),
    resolvedAt: parseIsoTime(raw.resolved_at),
    scheduledFor: parseIsoTime(raw.scheduled_for),
    scheduledUntil: parseIsoTime(raw.scheduled_until),
  };
  const posts = readPosts(raw, context);
  const own = asObjects(raw.components).filter((row) => row.group !== true);
  // Now, and not when somebody asks: it says of the whole reply what it is.
  for (const row of own) demandId(row, context.url);
  const details = () => {
    const { updates, before } = readUpdates(posts, context);
    return { components: [...before.values(), ...ownComponents(own, isOver, context)], updates };
  };
  return isOver ? incidentInBrief(head, posts, details) : buildIncident({ ...head, ...details() });
}

/**
 * The incident's own list shows what its components are *now*, so long after the incident as well: of one that is over
 * only "operational" is still about it.
 */
function ownComponents(rows: readonly RawObject[], isOver: boolean, context: Context): Affected[] {
  return rows.map((row) => {
    const known = context.components.get(asText(row.id) ?? '');
    const component = toComponent(row, context.groups, context.url);
    const status = isOver && component.status !== 'operational' ? 'unknown' : component.status;
    return { id: component.id, name: component.name, group: component.group ?? known?.group ?? null, status };
  });
}

interface Post {
  id: string;
  status: Phase;
  at: Date;
  postedAt: Date;
  raw: RawObject;
}

/** Oldest first. They come newest first; the vendor may date them (`display_at`), and then they stand in that order. */
function readPosts(raw: RawObject, context: Context): Post[] {
  const posts: Post[] = [];
  const ids = new Set<string>();
  for (const row of asObjects(raw.incident_updates)) {
    const id = demandId(row, context.url);
    const postedAt = parseIsoTime(row.created_at);
    const at = row.display_at === row.created_at ? postedAt : (parseIsoTime(row.display_at) ?? postedAt);
    if (at === null || ids.has(id)) continue;
    ids.add(id);
    posts.push({ id, status: phaseOf(row.status), at, postedAt: postedAt ?? at, raw: row });
  }
  return posts.reverse().sort((a, b) => a.at.getTime() - b.at.getTime() || a.postedAt.getTime() - b.postedAt.getTime());
}

interface History {
  updates: Update[];
  /** What components were before an update of theirs, when that was worse than operational. */
  before: Map<string, Affected>;
}

function readUpdates(posts: readonly Post[], context: Context): History {
  const before = new Map<string, Affected>();
  const updates = posts.map(({ id, status, at, raw }) => ({
    id,
    status,
    at,
    body: plainText(asText(raw.body) ?? ''),
    components: readAffected(raw.affected_components, before, context),
  }));
  return { updates, before };
}

/** The components an update names; null on older pages, and where the vendor changed none. */
function readAffected(value: unknown, before: Map<string, Affected>, context: Context): Component[] {
  const affected: Component[] = [];
  for (const row of asObjects(value)) {
    const id = cleanLine(asText(row.code) ?? '');
    if (id === '' || context.groups.has(id)) continue;
    const known = context.components.get(id);
    const name = known?.name ?? (cleanLine(asText(row.name) ?? '') || id);
    const component = { id, name, group: known?.group ?? null, status: statusOf(row.new_status) };
    affected.push(component);
    const old = statusOf(row.old_status);
    if (old === 'unknown' || old === 'operational') continue;
    const worstStatus = worseStatus(old, before.get(id)?.worstStatus ?? 'unknown');
    before.set(id, { ...component, status: 'unknown', worstStatus });
  }
  return affected;
}

/**
 * Posts of a PagerDuty page, in both forms: as the API gives them, with ids that stand for words, and as older pages carry
 * them in their HTML, with the words themselves. Words are free to be renamed; what they mean is the end of their key
 * (`incident/status/investigating`), and only where that is missing their name.
 *
 * Services have no status of their own: they are well unless an open post names them. The page's headline is a fixed text.
 * Part of the pagerduty source.
 */
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Impact, Incident, Kind, Page, Phase, Snapshot, Update } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import { asObject, asObjects, asText, demandObjects, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { demandId } from './entry-id.ts';

export function hasLayout(data: RawObject): boolean {
  return Array.isArray(asObject(asObject(data.layout).layout_settings).business_services);
}

export function hasSummary(data: RawObject): boolean {
  return hasLayout(data) && isObject(data.summary);
}

/** What an older page holds in its HTML: all updates of what is open and of some eighty incidents that are over. */
export function summarySnapshot(data: RawObject, url: string, page: Page): Snapshot {
  const summary = asObject(data.summary);
  const open = demandObjects(summary, 'open_incidents', url);
  const closed = demandObjects(summary, 'resolved_incidents', url);
  const view = toView(data, asObjects(summary.post_enums), asObjects(summary.post_status_page_services), page);
  const incidents = [
    ...asObjects(summary.posts).map((raw) => toPost(raw, view, url)),
    ...closed.map((raw) => toIncident(raw, true, view, url)),
    ...open.map((raw) => toIncident(raw, false, view, url)),
  ];
  return toSnapshot(data, view, incidents, 'recent');
}

/** What the API gives, put together. Throws ParseError when a post has no id. */
export function postsSnapshot(
  posts: readonly RawObject[],
  enums: readonly RawObject[],
  data: RawObject,
  page: Page,
): Snapshot {
  const view = toView(data, enums, [], page);
  const incidents = posts.map((raw) => toPost(raw, view, page.url));
  return toSnapshot(data, view, incidents, incidents.some((one) => isClosed(one.status)) ? 'recent' : 'open');
}

/** A layout alone: the names of services, and nothing of how they are. */
export function unknownSnapshot(data: RawObject): Snapshot {
  const { name, components } = readLayout(data);
  const unknown = components.map((component) => ({ ...component, status: 'unknown' as const }));
  return { name, state: 'unknown', description: '', components: unknown, incidents: [], lists: 'open' };
}

function toSnapshot(data: RawObject, view: View, all: readonly Incident[], lists: Snapshot['lists']): Snapshot {
  const { name, headline } = readLayout(data);
  const incidents = uniqueById(all);
  const components = withTroubles(view.components, incidents);
  const state = pageState(null, components, incidents);
  const description = state === 'operational' ? headline : '';
  return { name, state, description, components, incidents: newestFirst(incidents), lists };
}

/** What reading a post takes. */
interface View {
  components: readonly Component[];
  /** By any of the ids that posts use. */
  parts: ReadonlyMap<string, Component>;
  words: ReadonlyMap<string, string>;
  base: string;
}

function toView(data: RawObject, enums: readonly RawObject[], services: readonly RawObject[], page: Page): View {
  const { components, aliases } = readLayout(data);
  const parts = new Map(components.map((component) => [component.id, component]));
  for (const raw of services) aliases.push([raw.id, raw.external_business_service_id]);
  for (const [alias, id] of aliases) {
    const component = parts.get(asLine(id) ?? '');
    const key = asLine(alias);
    if (component && key !== null) parts.set(key, component);
  }
  const words = new Map(enums.map((raw) => [asLine(raw.id) ?? '', wordOf(raw)]));
  return { components, parts, words, base: page.document ? new URL(page.url).origin : page.url.replace(/\/$/, '') };
}

function readLayout(data: RawObject) {
  const settings = asObject(asObject(data.layout).layout_settings);
  const rows = asObjects(settings.business_services);
  const groups = new Map(
    rows.filter((row) => row.grouping_element === true).map((row) => [asLine(row.id), asLine(row.name)]),
  );
  const aliases: [unknown, unknown][] = [];
  const components = rows.flatMap((row): Component[] => {
    const id = asLine(row.id) ?? asLine(row.status_page_service_id);
    if (id === null || row.grouping_element === true) return [];
    aliases.push([row.status_page_service_id, id]);
    const name = asLine(row.displayName) ?? asLine(row.name) ?? asLine(row.summary) ?? id;
    return [{ id, name, group: groups.get(asLine(row.Head_ID)) ?? null, status: 'operational' }];
  });
  const headline = asLine(asObject(settings.statusPage).globalStatusHeadline) ?? '';
  return { name: asLine(settings.name), headline, components: uniqueById(components), aliases };
}

/** An incident in the HTML of an older page, in the list of those that are open or of those that are over. */
function toIncident(raw: RawObject, over: boolean, view: View, url: string): Incident {
  const id = demandId(raw, url);
  const updates = asObjects(raw.updates).flatMap((update) => toUpdate(update, id, 'incident', view));
  const postmortem = toPostmortem(raw.postmortem);
  return buildIncident({
    id,
    kind: 'incident',
    title: asLine(raw.title) ?? id,
    url: `${view.base}/incident_details/${encodeURIComponent(id)}`,
    status: over ? (postmortem ? 'postmortem' : 'resolved') : phaseReached(updates, 'incident'),
    impact: impactOf(asObjects(raw.updates), updates, view),
    startedAt: null,
    resolvedAt: null,
    components: everAffected(asObjects(raw.updates), view),
    updates: uniqueById(postmortem ? [...updates, postmortem] : updates),
  });
}

function toPostmortem(value: unknown): Update | null {
  const raw = asObject(value);
  const at = parseIsoTime(raw.reported_at) ?? parseIsoTime(raw.created_at);
  const id = asLine(raw.id);
  if (at === null || id === null) return null;
  return { id, status: 'postmortem', at, body: plainText(asText(raw.message) ?? ''), components: [] };
}

function toPost(raw: RawObject, view: View, url: string): Incident {
  const id = demandId(raw, url);
  const kind: Kind = raw.post_type === 'maintenance' ? 'maintenance' : 'incident';
  const rows = [...asObjects(raw.updates), ...asObjects([raw.latest_update])];
  const updates = uniqueById(rows.flatMap((row) => toUpdate(row, id, kind, view)));
  const startsAt = parseIsoTime(raw.starts_at);
  const endsAt = parseIsoTime(raw.ends_at);
  return buildIncident({
    id,
    kind,
    title: asLine(raw.title) ?? id,
    url: `${view.base}/posts/details/${encodeURIComponent(id)}`,
    status: phaseReached(updates, kind),
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(rows, updates, view),
    startedAt: startsAt ?? parseIsoTime(raw.first_update_at),
    resolvedAt: kind === 'incident' ? endsAt : null,
    ...(kind === 'maintenance' && { scheduledFor: startsAt, scheduledUntil: endsAt }),
    components: everAffected(rows, view),
    updates,
  });
}

function phaseReached(updates: readonly Update[], kind: Kind): Phase | null {
  const known = updates.some((update) => update.status !== 'unknown');
  return known || kind === 'maintenance' ? null : 'investigating';
}

/** A service that a closing post still names had that trouble; it is over with it. */
function toUpdate(raw: RawObject, incident: string, kind: Kind, view: View): Update[] {
  const at = parseIsoTime(raw.reported_at) ?? parseIsoTime(raw.created_at);
  if (at === null) return [];
  const status = (kind === 'maintenance' ? WORK : PHASES).get(wordIn(raw, 'status', view)) ?? 'unknown';
  const body = plainText(asText(raw.message) ?? '');
  const affected = affectedIn(raw, view);
  const components = isClosed(status) ? affected.map((one) => ({ ...one, status: 'operational' as const })) : affected;
  const id = asLine(raw.id) ?? syntheticId(incident, at, status);
  return [{ id, status, at, body, components }];
}

/** What an update says of single services, as the API and as the HTML have it. */
function impactsIn(update: RawObject): RawObject[] {
  return [...asObjects(update.impacts), ...asObjects(update.impacted_business_services)];
}

function affectedIn(update: RawObject, view: View): Component[] {
  const affected = impactsIn(update).flatMap((impact): Component[] => {
    const component = partOf(impact, view);
    const status = STATUSES.get(wordIn(impact, 'severity', view)) ?? 'unknown';
    return component ? [{ ...component, status }] : [];
  });
  return uniqueById(affected);
}

/** How bad it was, also by what the closing post says; how it is, the updates tell. */
function everAffected(updates: readonly RawObject[], view: View) {
  const affected = updates.flatMap((update) => affectedIn(update, view));
  return affected.map((one) => ({ ...one, status: 'unknown' as const, worstStatus: one.status }));
}

function partOf(impact: RawObject, view: View): Component | null {
  const ids = [impact.business_service_id, impact.service_id, impact.id];
  for (const id of ids) {
    const known = typeof id === 'string' ? view.parts.get(id) : undefined;
    if (known) return known;
  }
  const id = ids.flatMap((one) => asLine(one) ?? [])[0];
  return id === undefined ? null : { id, name: asLine(impact.name) ?? id, group: null, status: 'unknown' };
}

/** `status_id` in the API, `status` in the HTML. */
function wordIn(raw: RawObject, field: 'status' | 'severity', view: View): string {
  return view.words.get(asLine(raw[`${field}_id`]) ?? '') ?? lettersOf(asText(raw[field]) ?? '');
}

function wordOf(raw: RawObject): string {
  const key = asText(asObject(raw.layout_settings).key);
  return lettersOf(key?.split('/').at(-1) ?? asText(raw.name) ?? '');
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[^a-z]+/g, '');
}

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['detected', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

const WORK = new Map<string, Phase>([
  ['scheduled', 'scheduled'],
  ['inprogress', 'in_progress'],
  ['completed', 'completed'],
]);

const STATUSES = new Map<string, ComponentStatus>([
  ['operational', 'operational'],
  ['allgood', 'operational'],
  ['minor', 'degraded_performance'],
  ['partialoutage', 'partial_outage'],
  ['major', 'major_outage'],
  ['outage', 'major_outage'],
  ['maintenance', 'under_maintenance'],
]);

// From the least to the worst, of posts and of the services they name. `outage` is what `major` was called before.
const IMPACTS: readonly (readonly [words: readonly string[], impact: Impact])[] = [
  [['allgood', 'operational'], 'none'],
  [['maintenance'], 'maintenance'],
  [['minor', 'partialoutage'], 'minor'],
  [['major', 'outage'], 'major'],
];

/** Where the closing post is the only one known, nobody knows any more how bad it was. */
function impactOf(rows: readonly RawObject[], updates: readonly Update[], view: View): Impact {
  const worst = worstImpact(rows, view);
  return worst === 'none' && updates.every((update) => isClosed(update.status)) ? 'unknown' : worst;
}

/** The worst it ever was: once over, a post says that all is good. Some say so all along, beside a service that is down. */
function worstImpact(updates: readonly RawObject[], view: View): Impact {
  const said = new Set([...updates, ...updates.flatMap(impactsIn)].map((row) => wordIn(row, 'severity', view)));
  return IMPACTS.findLast(([words]) => words.some((word) => said.has(word)))?.[1] ?? 'unknown';
}

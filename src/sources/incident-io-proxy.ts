/**
 * The page's own documents, `/proxy/<host>` and `/proxy/<host>/incidents`: undocumented, and the only ones that carry
 * whole timelines with the components of each update. The same objects stand in the page's HTML.
 * Two shapes are alive: components named by `component_id` (2026), or by an object `component` (2023).
 * Part of the incident-io source.
 */
import { ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Incident, Page, Snapshot, Update } from '../model.ts';
import {
  buildIncident,
  type IncidentDraft,
  isClosed,
  newestFirst,
  pageState,
  uniqueById,
  worseStatus,
} from '../normalize.ts';
import { asObject, asObjects, asText, demandObjects, type RawObject } from '../raw.ts';
import { asLine, cleanText, tidyText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { demandId } from './entry-id.ts';
import { impactOfWorst, kindOf, phaseOf, statusOf, ulidTime, webAddress } from './incident-io-words.ts';

interface Part {
  name: string;
  group: string | null;
}
/** By id. Grows by what incidents call components that the page does not name. */
type Parts = Map<string, Part>;

/** All that the page says of itself. `list` is what `/incidents` said, null when that was not read. Throws ParseError. */
export function pageSnapshot(summary: RawObject, list: RawObject[] | null, url: string, page: Page): Snapshot {
  const ongoing = demandObjects(summary, 'ongoing_incidents', url);
  const affected = demandObjects(summary, 'affected_components', url);
  const planned = demandObjects(summary, 'scheduled_maintenances', url, true);
  const { parts, shown } = layout(summary);
  const base = webAddress(summary.public_url) ?? pageAddress(page);
  const view = { parts, base, url };
  const current = toIncidents([...ongoing, ...planned], view);
  const merged = list === null ? { incidents: current, torn: false } : merge(toIncidents(list, view), current);
  const components = shownComponents(shown, affected, view);
  return {
    name: asLine(summary.name),
    state: pageState(null, components, merged.incidents),
    description: '',
    components,
    incidents: newestFirst(merged.incidents),
    lists: list === null ? 'open' : 'recent',
    ...(merged.torn && { torn: true }),
  };
}

/** `/incidents` alone: no names of components but those it carries itself. */
export function listSnapshot(list: RawObject[], url: string, page: Page): Snapshot {
  const incidents = newestFirst(toIncidents(list, { parts: new Map(), base: pageAddress(page), url }));
  const state = pageState(null, [], incidents);
  return { name: null, state, description: '', components: [], incidents, lists: 'recent' };
}

/** One incident alone, which says nothing of the rest of the page. */
export function singleSnapshot(raw: RawObject, url: string, page: Page): Snapshot {
  const incidents = toIncidents([raw], { parts: new Map(), base: pageAddress(page), url });
  const open = incidents.some((incident) => !isClosed(incident.status));
  const state = open ? pageState(null, [], incidents) : 'unknown';
  return { name: null, state, description: '', components: [], incidents, lists: 'open' };
}

/** Where permalinks begin when the page does not name its own address. */
export function pageAddress(page: Page): string {
  const { origin } = new URL(page.url);
  return page.document ? origin : (webAddress(page.url) ?? origin);
}

/** Components in the page's own order. Hidden ones are not shown, but incidents name them, so they keep their names. */
function layout(summary: RawObject): { parts: Parts; shown: string[] } {
  const parts = new Map<string, Part>();
  const shown = new Set<string>();
  for (const item of asObjects(asObject(summary.structure).items)) {
    const group = asObject(item.group);
    const rows = [...asObjects(group.components), asObject(item.component)];
    for (const row of rows) {
      const id = asLine(row.component_id);
      if (id === null) continue;
      parts.set(id, { name: asLine(row.name) ?? id, group: asLine(group.name) });
      if (row.hidden !== true && group.hidden !== true) shown.add(id);
    }
  }
  const structured = parts.size > 0;
  for (const row of asObjects(summary.components)) {
    const id = asLine(row.id);
    if (id === null) continue;
    if (!structured) shown.add(id);
    if (!parts.has(id)) parts.set(id, { name: asLine(row.name) ?? id, group: null });
  }
  return { parts, shown: [...shown] };
}

/** What reading an incident takes. */
interface View {
  parts: Parts;
  /** Where permalinks begin. */
  base: string;
  /** Of the reply. */
  url: string;
}

/** The page lists only what is affected: whatever is not listed is operational. */
function shownComponents(shown: readonly string[], affected: readonly RawObject[], view: View): Component[] {
  const statuses = new Map<string, ComponentStatus>();
  for (const raw of affected) {
    const component = toComponent(raw, view.parts, raw.current_status ?? raw.status);
    if (component === null)
      throw new ParseError('shape', view.url, 'the reply does not say which component is affected');
    statuses.set(component.id, worseStatus(statuses.get(component.id) ?? 'unknown', component.status));
  }
  return shown.map((id) => ({ id, ...view.parts.get(id)!, status: statuses.get(id) ?? 'operational' }));
}

/** Null when it has no id. */
function toComponent(raw: RawObject, parts: Parts, word: unknown): Component | null {
  const own = asObject(raw.component);
  const given = raw.component_id ?? own.id;
  const id = typeof given === 'string' && parts.has(given) ? given : asLine(given);
  if (id === null) return null;
  const part = parts.get(id) ?? { name: asLine(own.name) ?? id, group: null };
  parts.set(id, part);
  return { id, name: part.name, group: part.group, status: statusOf(word) };
}

function toIncidents(list: readonly RawObject[], view: View): Incident[] {
  return uniqueById(list.map((raw) => buildIncident(toDraft(raw, view))));
}

function toDraft(raw: RawObject, { parts, base, url }: View): IncidentDraft {
  const id = demandId(raw, url);
  const status = typeof raw.status === 'string' ? phaseOf(raw.status) : null;
  const kind = kindOf(raw.type, status ?? 'unknown');
  const updates = uniqueById(asObjects(raw.updates).flatMap((update) => toUpdate(update, parts)));
  return {
    id,
    kind,
    title: asLine(raw.name) ?? id,
    url: `${base}/incidents/${encodeURIComponent(id)}`,
    status,
    impact: impactOfWorst(kind, worstEver(raw, updates)),
    startedAt: earliestStart(raw) ?? ulidTime(id),
    resolvedAt: null,
    ...(kind === 'maintenance' && maintenanceWindow(raw)),
    components: affectedComponents(raw, parts, updates),
    updates,
  };
}

function toUpdate(raw: RawObject, parts: Parts): Update[] {
  const id = asLine(raw.id);
  const at = parseIsoTime(raw.published_at) ?? ulidTime(id ?? '');
  if (at === null) return [];
  return [
    {
      id: id ?? at.toISOString(),
      status: phaseOf(raw.to_status),
      at,
      body: tidyText(cleanText(asText(raw.message_string) ?? '')),
      components: asObjects(raw.component_statuses).flatMap((one) => toComponent(one, parts, one.status) ?? []),
    },
  ];
}

/**
 * `status` is the worst that a component had in the incident, `current_status` (absent in 2023) where it stands now.
 * Where it is absent, the last update to name the component knows better.
 */
function affectedComponents(raw: RawObject, parts: Parts, updates: readonly Update[]): IncidentDraft['components'] {
  const named = new Set<string>();
  for (const update of updates) for (const component of update.components) named.add(component.id);
  return asObjects(raw.affected_components).flatMap((one) => {
    const worst = toComponent(one, parts, one.status);
    if (worst === null) return [];
    const current = asText(one.current_status);
    const latest = named.has(worst.id) ? 'unknown' : worst.status;
    return [{ ...worst, status: current === null ? latest : statusOf(current), worstStatus: worst.status }];
  });
}

function worstEver(raw: RawObject, updates: readonly Update[]): ComponentStatus {
  let worst: ComponentStatus = 'unknown';
  const hear = (status: ComponentStatus) => {
    worst = worseStatus(worst, status);
  };
  for (const one of asObjects(raw.status_summaries)) hear(statusOf(one.worst_component_status));
  for (const one of asObjects(raw.component_impacts)) hear(statusOf(one.status));
  for (const one of asObjects(raw.affected_components)) hear(statusOf(one.status));
  for (const update of updates) for (const component of update.components) hear(component.status);
  return worst;
}

/** An incident told only when it was over began before it was published. */
function earliestStart(raw: RawObject): Date | null {
  const published = parseIsoTime(raw.published_at);
  const felt = parseIsoTime(asObjects(raw.status_summaries)[0]?.start_at);
  return felt !== null && (published === null || felt < published) ? felt : published;
}

/** `published_at` is when a maintenance was announced; the window is that of its impacts. */
function maintenanceWindow(raw: RawObject): Pick<IncidentDraft, 'scheduledFor' | 'scheduledUntil'> {
  const impacts = asObjects(raw.component_impacts);
  const spans = impacts.length > 0 ? impacts : asObjects(raw.status_summaries).slice(0, 1);
  const times = (field: string) => spans.flatMap((span) => parseIsoTime(span[field])?.getTime() ?? []);
  const [starts, ends] = [times('start_at'), times('end_at')];
  return {
    scheduledFor: starts.length > 0 ? new Date(Math.min(...starts)) : null,
    scheduledUntil: ends.length > 0 ? new Date(Math.max(...ends)) : null,
  };
}

/**
 * The two documents are asked one after the other. Where they disagree the longer timeline is the newer one, and the
 * snapshot is torn; so it is when the list does not hold what is open, for then its validators say nothing of that.
 */
function merge(list: readonly Incident[], current: readonly Incident[]): { incidents: Incident[]; torn: boolean } {
  const all = new Map(list.map((incident) => [incident.id, incident]));
  const open = new Set(current.map((incident) => incident.id));
  let torn = list.some((incident) => !isClosed(incident.status) && !open.has(incident.id));
  for (const incident of current) {
    const listed = all.get(incident.id);
    torn ||= listed === undefined || !isSameAge(listed, incident);
    if (listed === undefined || incident.updates.length >= listed.updates.length) all.set(incident.id, incident);
  }
  return { incidents: [...all.values()], torn };
}

function isSameAge(a: Incident, b: Incident): boolean {
  return (
    a.status === b.status && a.updates.length === b.updates.length && a.updates.at(-1)?.id === b.updates.at(-1)?.id
  );
}

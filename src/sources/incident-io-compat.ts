/**
 * Two lesser documents of incident.io pages, read when the page's own are refused.
 * The widget summary (`/api/v1/summary`, switched on page by page) lists open incidents with their last message only.
 * The Statuspage-compatible endpoints (`/api/v2/…`) differ from Statuspage where it matters: lists may be null or absent,
 * bodies empty, names of components not unique, ids other than those of the page's addresses.
 * Part of the incident-io source.
 */
import type { Component, Incident, Page, PageState, Snapshot, Update } from '../model.ts';
import {
  buildIncident,
  type IncidentDraft,
  isClosed,
  newestFirst,
  pageState,
  uniqueById,
  worseStatus,
} from '../normalize.ts';
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { demandId } from './entry-id.ts';
import { pageAddress } from './incident-io-proxy.ts';
import {
  impactOf,
  impactOfWorst,
  indicatorOf,
  isUlid,
  kindOf,
  phaseOf,
  statusOf,
  ulidTime,
  webAddress,
} from './incident-io-words.ts';

/** Whether this is the widget summary: nothing else has these two lists side by side. */
export function isWidget(json: RawObject): boolean {
  return Array.isArray(json.ongoing_incidents) && 'in_progress_maintenances' in json;
}

/** The widget names only the components of what is open now. Throws ParseError for an entry without an id. */
export function widgetSnapshot(json: RawObject, url: string, page: Page): Snapshot {
  const base = webAddress(json.page_url) ?? pageAddress(page);
  const lists = ['ongoing_incidents', 'in_progress_maintenances', 'scheduled_maintenances'] as const;
  const raws = lists.flatMap((list) => asObjects(json[list]));
  const incidents = uniqueById(raws.map((raw) => widgetIncident(raw, demandId(raw, url), base)));
  const affected = incidents.flatMap((incident) => (incident.status === 'scheduled' ? [] : incident.components));
  const components = uniqueById(affected.map(({ id, name, group, status }) => ({ id, name, group, status })));
  return {
    name: asLine(json.page_title),
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

function widgetIncident(raw: RawObject, id: string, base: string): Incident {
  const status = phaseOf(raw.status);
  const kind = kindOf(raw.type, status);
  const components = asObjects(raw.affected_components).flatMap(widgetComponent);
  const at = parseIsoTime(raw.last_update_at);
  const body = plainText(asText(raw.last_update_message) ?? '');
  const statuses = [statusOf(raw.current_worst_impact), ...components.map((component) => component.status)];
  return buildIncident({
    id,
    kind,
    title: asLine(raw.name) ?? id,
    url: webAddress(raw.url) ?? `${base}/incidents/${encodeURIComponent(id)}`,
    status,
    impact: impactOfWorst(kind, statuses.reduce(worseStatus)),
    startedAt: ulidTime(id) ?? at,
    resolvedAt: null,
    ...(kind === 'maintenance' && widgetWindow(raw)),
    components,
    updates: at === null ? [] : [{ id: at.toISOString(), status, at, body, components: [] }],
  });
}

function widgetWindow(raw: RawObject): Pick<IncidentDraft, 'scheduledFor' | 'scheduledUntil'> {
  return {
    scheduledFor: parseIsoTime(raw.started_at ?? raw.starts_at),
    scheduledUntil: parseIsoTime(raw.scheduled_end_at ?? raw.ends_at),
  };
}

function widgetComponent(raw: RawObject): Component[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const status = statusOf(raw.current_status);
  return [{ id, name: asLine(raw.name) ?? id, group: asLine(raw.group_name), status }];
}

/** Statuspage's shape with an id that Statuspage never gives, and without the time zone that it always does. */
export function isCompat(json: RawObject): boolean {
  const about = asObject(json.page);
  const parts = ['status', 'components', 'incidents', 'scheduled_maintenances'];
  return isUlid(about.id) && !('time_zone' in about) && parts.some((part) => part in json);
}

/**
 * One document of the compatible endpoints, or `summary.json` with what `incidents.json` lists. The list of incidents
 * is `recent` only when the latter is there; what is null or absent is simply not known. Throws ParseError for an entry
 * without an id.
 */
export function compatSnapshot(json: RawObject, list: RawObject[] | null, url: string, page: Page): Snapshot {
  const about = asObject(json.page);
  const components = compatComponents(asObjects(json.components), url);
  const view = {
    names: new Map(components.map((component) => [component.id, component])),
    bases: [webAddress(about.url), pageAddress(page)].filter((base) => base !== null),
    url,
  };
  const raws = [...(list ?? []), ...asObjects(json.incidents), ...asObjects(json.scheduled_maintenances)];
  // The same incident may be in both documents: the second one to be read is the newer.
  const incidents = uniqueById(raws.map((raw) => compatIncident(raw, view)));
  return {
    name: asLine(about.name),
    state: compatState(json.status, components, incidents),
    description: asLine(asObject(json.status).description) ?? '',
    components,
    incidents: newestFirst(incidents),
    lists: list === null ? 'open' : 'recent',
    // Where no list says what is open, nothing may be called withdrawn for not being there.
    ...(list === null && !Array.isArray(json.incidents) && { torn: true }),
  };
}

/** Without an indicator, components and incidents there is nothing to tell it by. */
function compatState(status: unknown, components: readonly Component[], incidents: readonly Incident[]): PageState {
  if (isObject(status)) return pageState(indicatorOf(status.indicator), components, incidents);
  return components.length + incidents.length === 0 ? 'unknown' : pageState(null, components, incidents);
}

/** What reading an incident takes. */
interface View {
  names: ReadonlyMap<string, Component>;
  /** Addresses of the page, first the one it gives itself. */
  bases: readonly string[];
  /** Of the reply. */
  url: string;
}

function compatComponents(raws: readonly RawObject[], url: string): Component[] {
  const groups = new Map<unknown, string | null>();
  for (const raw of raws) if (raw.group === true) groups.set(raw.id, asLine(raw.name));
  const single = raws.filter((raw) => raw.group !== true);
  return uniqueById(
    single.map((raw) => {
      const id = demandId(raw, url);
      return {
        id,
        name: asLine(raw.name) ?? id,
        group: groups.get(raw.group_id) ?? null,
        status: statusOf(raw.status),
      };
    }),
  );
}

function compatIncident(raw: RawObject, view: View): Incident {
  const link = ownLink(raw.shortlink, view.bases);
  const id = link?.id ?? demandId(raw, view.url);
  const status = phaseOf(raw.status);
  const kind = kindOf(null, status);
  // Newest first, as Statuspage has them.
  const updates = asObjects(raw.incident_updates)
    .flatMap((update) => compatUpdate(update, view))
    .reverse();
  return buildIncident({
    id,
    kind,
    title: asLine(raw.name) ?? id,
    url: link?.url ?? `${view.bases[0]}/incidents/${encodeURIComponent(id)}`,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(raw.impact),
    startedAt: parseIsoTime(raw.started_at) ?? parseIsoTime(raw.created_at) ?? ulidTime(id),
    resolvedAt: parseIsoTime(raw.resolved_at),
    ...(kind === 'maintenance' && compatWindow(raw)),
    components: ownComponents(raw, isClosed(status), view),
    updates: uniqueById(updates),
  });
}

/** The incident's own list says what its components are now: of one long over only `operational` is still about it. */
function ownComponents(raw: RawObject, closed: boolean, view: View): Component[] {
  const components = asObjects(raw.components).flatMap((one) => known(one.id, one.name, one.status, view));
  if (!closed) return components;
  return components.map((one) => (one.status === 'operational' ? one : { ...one, status: 'unknown' }));
}

function compatWindow(raw: RawObject): Pick<IncidentDraft, 'scheduledFor' | 'scheduledUntil'> {
  return { scheduledFor: parseIsoTime(raw.scheduled_for), scheduledUntil: parseIsoTime(raw.scheduled_until) };
}

/** The id of these endpoints may not be the one in the page's own addresses; `shortlink` then has the right one. */
function ownLink(value: unknown, bases: readonly string[]): { url: string; id: string } | null {
  const url = webAddress(value);
  if (url === null || !bases.some((base) => url.startsWith(`${base}/`))) return null;
  const id = /\/incidents\/([0-9A-Za-z]{1,40})$/.exec(url)?.[1];
  return id === undefined ? null : { url, id };
}

function compatUpdate(raw: RawObject, view: View): Update[] {
  const at = parseIsoTime(raw.display_at) ?? parseIsoTime(raw.created_at);
  if (at === null) return [];
  const affected = asObjects(raw.affected_components);
  return [
    {
      id: asLine(raw.id) ?? at.toISOString(),
      status: phaseOf(raw.status),
      at,
      body: plainText(asText(raw.body) ?? ''),
      components: affected.flatMap((one) => known(one.code ?? one.id, one.name, one.new_status, view)),
    },
  ];
}

function known(given: unknown, name: unknown, status: unknown, view: View): Component[] {
  const id = asLine(given);
  if (id === null) return [];
  const { name: called, group } = view.names.get(id) ?? { name: asLine(name) ?? id, group: null };
  return [{ id, name: called, group, status: statusOf(status) }];
}

/** The documents of an OpenStatus page, alone or joined. Part of the OpenStatus source. */
import { idsOfPosts } from '../fingerprint.ts';
import type { Component, ComponentStatus, Incident, Page, Phase, Snapshot, Update } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { IMPACTS, INDICATORS, MONITORS, PAGES, PHASES, STATUSES } from './openstatus-words.ts';

/** What reading reports takes. */
interface View {
  base: string;
  components: ReadonlyMap<string, Component>;
  /** The status and times that the summary has of an incident or a maintenance, by our id of it. */
  current: ReadonlyMap<string, RawObject>;
  now: Date | null;
}

/** `summary.json`, `current.json` or `incidents.json` alone. */
export function statusSnapshot(json: RawObject, page: Page): Snapshot {
  const base = baseOf(page);
  const components = uniqueById(
    asObjects(json.components).flatMap((raw) => {
      const name = asLine(raw.name);
      return name === null ? [] : [{ id: name, name, group: null, status: STATUSES.get(raw.status) ?? 'unknown' }];
    }),
  );
  const incidents = [...currentOf(json)].map(([id, raw]) => currentIncident(raw, id, base));
  const lists = Array.isArray(json.incidents);
  return {
    ...headOf(json, components, incidents),
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
    // Where no list says what is open, nothing may be called withdrawn for not being there.
    ...(!(lists && Array.isArray(json.scheduled_maintenances)) && { torn: true }),
  };
}

/** The feed, with what the summary knows better where there is one. */
export function feedSnapshot(feed: RawObject, summary: RawObject | null, page: Page): Snapshot {
  const components = feedComponents(feed, summary);
  const view: View = {
    base: baseOf(page),
    components: new Map(components.map((component) => [component.id, component])),
    current: summary === null ? new Map() : currentOf(summary),
    now: parseIsoTime(feed.updatedAt),
  };
  const listed = [
    ...recentOf(feed.statusReports, 'updatedAt').flatMap((raw) => toReport(raw, view)),
    ...recentOf(feed.maintenances, 'from').flatMap((raw) => toMaintenance(raw, view)),
  ];
  const known = new Set(listed.map((incident) => incident.id));
  const newer = [...view.current].filter(([id]) => !known.has(id));
  const incidents = [...uniqueById(listed), ...newer.map(([id, raw]) => currentIncident(raw, id, view.base))];
  const head = headOf(summary ?? {}, components, incidents);
  return {
    name: head.name ?? asLine(feed.title),
    state: summary === null ? pageState(PAGES.get(feed.status) ?? 'unknown', components, incidents) : head.state,
    description: head.description,
    components,
    incidents: newestFirst(incidents),
    lists: 'recent',
    ...(newer.length > 0 || listed.some((one) => isOlder(one, view.current.get(one.id))) ? { torn: true } : {}),
  };
}

/** Pages keep all they ever told; more than these, newest first, is not news. What is open may be older. */
const MOST_OVER = 50;

function recentOf(list: unknown, time: 'updatedAt' | 'from'): RawObject[] {
  const rows = asObjects(list);
  if (rows.length <= MOST_OVER) return rows;
  const newest = [...rows].sort(
    (a, b) => Number(text(a[time]) < text(b[time])) - Number(text(a[time]) > text(b[time])),
  );
  return newest.filter((raw, index) => index < MOST_OVER || (time === 'updatedAt' && raw.status !== 'resolved'));
}

function text(value: unknown): string {
  return asText(value) ?? '';
}

/** The feed is kept for a minute where the summary is not, and then lacks the newest post. */
function isOlder(incident: Incident, current: RawObject | undefined): boolean {
  return asObjects(current?.incident_updates).length > incident.updates.length;
}

function headOf(json: RawObject, components: readonly Component[], incidents: readonly Incident[]) {
  const status = asObject(json.status);
  const indicator = INDICATORS.get(status.indicator) ?? 'unknown';
  return {
    name: asLine(asObject(json.page).name),
    state: pageState(indicator, components, incidents),
    description: asLine(status.description) ?? '',
  };
}

function baseOf(page: Page): string {
  const address = new URL(page.url);
  address.search = '';
  address.hash = '';
  return address.href.replace(/\/(?:api\/status\/[^/]*|feed\/json)?$/, '');
}

/** Reports and maintenances are numbered apart from each other. */
function currentOf(summary: RawObject): Map<string, RawObject> {
  const reports = asObjects(summary.incidents).map((raw) => [asLine(raw.id), raw] as const);
  const planned = asObjects(summary.scheduled_maintenances).map((raw) => [maintenanceId(raw), raw] as const);
  return new Map([...reports, ...planned].filter((row): row is [string, RawObject] => row[0] !== null));
}

function maintenanceId(raw: RawObject): string | null {
  const id = asLine(raw.id);
  return id === null ? null : `maintenance-${id}`;
}

function currentIncident(raw: RawObject, id: string, base: string): Incident {
  const planned = !Array.isArray(raw.incident_updates);
  const idOf = idsOfPosts(id);
  const updates = asObjects(raw.incident_updates).flatMap((update): Update[] => {
    const at = parseIsoTime(update.created_at);
    const status = PHASES.get(update.status) ?? 'unknown';
    const body = plainText(asText(update.body) ?? '');
    return at === null ? [] : [{ id: idOf(body, at, status), status, at, body, components: [] }];
  });
  return buildIncident({
    id,
    kind: planned ? 'maintenance' : 'incident',
    title: asLine(raw.name) ?? id,
    url: addressOf(base, id),
    status: PHASES.get(raw.status) ?? 'unknown',
    impact: planned ? 'maintenance' : 'unknown',
    startedAt: null,
    resolvedAt: null,
    scheduledFor: parseIsoTime(raw.scheduled_for),
    scheduledUntil: parseIsoTime(raw.scheduled_until),
    components: [],
    updates: uniqueById(updates),
  });
}

function addressOf(base: string, id: string): string {
  const number = encodeURIComponent(id.replace(/^maintenance-/, ''));
  return `${base}/events/${id.startsWith('maintenance-') ? 'maintenance' : 'report'}/${number}`;
}

/** The summary tells statuses by name alone, so of several components with one name the first there is the first here. */
function feedComponents(feed: RawObject, summary: RawObject | null): Component[] {
  const groups = new Map(asObjects(feed.pageComponentGroups).map((group) => [asLine(group.id), asLine(group.name)]));
  const monitors = new Map(asObjects(feed.monitors).map((monitor) => [asLine(monitor.id), monitor.status]));
  const named = statusesByName(asObjects(summary?.components));
  const ofMonitor = (id: unknown) => MONITORS.get(monitors.get(asLine(id))) ?? 'unknown';
  const listed = Array.isArray(feed.pageComponents) ? asObjects(feed.pageComponents) : asObjects(feed.monitors);
  const components = [...listed].sort(byOrder).flatMap((raw) => {
    const id = asLine(raw.id);
    if (id === null) return [];
    const name = asLine(raw.name) ?? id;
    const told = STATUSES.get(named.get(name)?.shift());
    const group = groups.get(asLine(raw.groupId)) ?? null;
    return [{ id, name, group, status: told ?? ofMonitor('groupId' in raw ? raw.monitorId : raw.id) }];
  });
  return uniqueById(components);
}

function statusesByName(list: readonly RawObject[]): Map<string | null, unknown[]> {
  const named = new Map<string | null, unknown[]>();
  for (const raw of list) {
    const name = asLine(raw.name);
    const statuses = named.get(name);
    if (statuses) statuses.push(raw.status);
    else named.set(name, [raw.status]);
  }
  return named;
}

/** As the page shows them. */
function byOrder(a: RawObject, b: RawObject): number {
  return Number(a.order ?? 0) - Number(b.order ?? 0) || Number(a.groupOrder ?? 0) - Number(b.groupOrder ?? 0) || 0;
}

function toReport(raw: RawObject, view: View): Incident[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const status = PHASES.get(view.current.get(id)?.status ?? raw.status) ?? 'unknown';
  const components = affectedBy(raw, status, view);
  const worst = components.reduce<ComponentStatus>((all, one) => worseStatus(all, one.status), 'unknown');
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: asLine(raw.title) ?? id,
      url: addressOf(view.base, id),
      status,
      impact: IMPACTS.get(worst) ?? 'unknown',
      startedAt: null,
      resolvedAt: null,
      components,
      updates: asObjects(raw.statusReportUpdates).flatMap((update) =>
        toUpdate(update, PHASES.get(update.status) ?? 'unknown'),
      ),
    }),
  ];
}

/** What components are now says nothing of what they were in a report that is over. */
function affectedBy(raw: RawObject, status: Phase, view: View): Component[] {
  const ids = Array.isArray(raw.pageComponents) ? raw.pageComponents : Array.isArray(raw.monitors) ? raw.monitors : [];
  return ids.flatMap((id) => {
    const component = view.components.get(asLine(id) ?? '');
    if (!component) return [];
    return [isClosed(status) || status === 'scheduled' ? { ...component, status: 'unknown' as const } : component];
  });
}

function toUpdate(raw: RawObject, status: Phase): Update[] {
  const id = asLine(raw.id);
  const at = parseIsoTime(raw.date);
  if (id === null || at === null) return [];
  return [{ id, status, at, body: plainText(asText(raw.message) ?? ''), components: [] }];
}

/** One that the summary no longer has is over; without a summary, the hour the feed was made decides. */
function toMaintenance(raw: RawObject, view: View): Incident[] {
  const id = maintenanceId(raw);
  if (id === null) return [];
  const from = parseIsoTime(raw.from);
  const until = parseIsoTime(raw.to);
  const status = PHASES.get(view.current.get(id)?.status) ?? phaseAt(view.now, from, until);
  const posts = asObjects(raw.maintenanceUpdates).flatMap((update) =>
    toUpdate(update, phaseAt(parseIsoTime(update.date), from, until)),
  );
  const incident = buildIncident({
    id,
    kind: 'maintenance',
    title: asLine(raw.name) ?? id,
    url: addressOf(view.base, id),
    status,
    impact: 'maintenance',
    startedAt: null,
    resolvedAt: status === 'completed' ? until : null,
    scheduledFor: from,
    scheduledUntil: until,
    components: affectedBy(raw, status, view),
    updates: [...announcement(raw, from), ...posts],
  });
  // It begins by the clock, not with the first post that comes after.
  return [incident.startedAt === null ? incident : { ...incident, startedAt: from }];
}

function phaseAt(at: Date | null, from: Date | null, until: Date | null): Phase {
  if (at === null || from === null) return 'unknown';
  if (at < from) return 'scheduled';
  return until !== null && at > until ? 'completed' : 'in_progress';
}

/** Its first text has no date of its own: it was there by the time of the last change, and before it began. */
function announcement(raw: RawObject, from: Date | null): Update[] {
  const body = plainText(asText(raw.message) ?? '');
  const changed = parseIsoTime(raw.updatedAt);
  const at = changed !== null && (from === null || changed < from) ? changed : from;
  return at === null || body === '' ? [] : [{ id: 'announcement', status: 'scheduled', at, body, components: [] }];
}

/**
 * The answer of Statuspal's API: what is open, under way and planned, with all its posts. Times are UTC and do not say
 * so. A vendor can name kinds of incidents as it likes: what such a kind amounts to is said of the worst one only.
 * Part of the statuspal source.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Impact, Kind, Page, PageState, Phase, Snapshot, Update } from '../model.ts';
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
import { asLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

/** Types of incidents, and what they make of a service or page. Null stands for none. */
const TYPES = new Map<unknown, { status: ComponentStatus; impact: Impact; state: PageState }>([
  [null, { status: 'operational', impact: 'none', state: 'operational' }],
  ['minor', { status: 'degraded_performance', impact: 'minor', state: 'degraded' }],
  ['major', { status: 'major_outage', impact: 'major', state: 'major_outage' }],
  ['scheduled', { status: 'under_maintenance', impact: 'maintenance', state: 'maintenance' }],
]);
const UNKNOWN = { status: 'unknown', impact: 'unknown', state: 'unknown' } as const;

const INCIDENT_PHASES = new Map<unknown, Phase>([
  // Posted at first, while the cause is still looked for, as in the maker's own example.
  ['issue', 'investigating'],
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

const MAINTENANCE_PHASES = new Map<unknown, Phase>([
  ['scheduled', 'scheduled'],
  ['resolved', 'completed'],
]);

/** Nothing else names a subdomain beside its services. */
export function isSummary(json: RawObject): boolean {
  return typeof asObject(json.status_page).subdomain === 'string' && Array.isArray(json.services);
}

interface View {
  parts: ReadonlyMap<string, Component>;
  typeOf(type: unknown): typeof UNKNOWN | { status: ComponentStatus; impact: Impact; state: PageState };
  base: string;
  /** When the reply was sent; null when it does not say. */
  now: Date | null;
}

/** Throws ParseError for another shape. */
export function summarySnapshot(json: RawObject, url: string, page: Page, now: Date | null): Snapshot {
  if (!isSummary(json)) throw new ParseError('shape', url, 'the reply is no summary of a Statuspal page');
  const about = asObject(json.status_page);
  const typeOf = typeReader(about.current_incident_type, json.current_status_type);
  const { shown, parts } = toComponents(json.services, (type) => typeOf(type).status);
  const view: View = { parts, typeOf, base: baseAddress(page, about), now };
  const incidents = demandObjects(json, 'incidents', url).map((raw) => toDraft(raw, 'incident', view));
  const underWay = demandObjects(json, 'maintenances', url).map((raw) => toDraft(raw, 'maintenance', view));
  const planned = demandObjects(json, 'upcoming_maintenances', url, true).map((raw) => toDraft(raw, 'planned', view));
  const all = uniqueById([...planned, ...underWay, ...incidents]).map(buildIncident);
  const indicator = typeOf(json.current_status_type ?? about.current_incident_type ?? null).state;
  return {
    name: asLine(about.name),
    state: pageState(indicator, shown, all),
    description: '',
    components: shown,
    incidents: newestFirst(all),
    lists: 'open',
  };
}

/** The page's worst type stands twice in the reply, once in the vendor's own words and once in the maker's. */
function typeReader(worst: unknown, meaning: unknown): View['typeOf'] {
  return (type) => TYPES.get(type ?? null) ?? (type === worst ? TYPES.get(meaning) : undefined) ?? UNKNOWN;
}

const MOST_LEVELS = 8;

/** The services without any of their own. One that has some is their group, and is named only where incidents name it. */
function toComponents(list: unknown, statusOf: (type: unknown) => ComponentStatus) {
  const shown: Component[] = [];
  const parts = new Map<string, Component>();
  const walk = (services: unknown, group: string | null, level: number): void => {
    for (const raw of asObjects(services)) {
      const id = asLine(raw.id);
      if (id === null || parts.has(id)) continue;
      const name = asLine(raw.name) ?? id;
      const part = { id, name, group, status: statusOf(raw.current_incident_type) };
      parts.set(id, part);
      const hasOwn = level < MOST_LEVELS && asObjects(raw.children).some((child) => asLine(child.id) !== null);
      if (hasOwn) walk(raw.children, group === null ? name : `${group} / ${name}`, level + 1);
      else shown.push(part);
    }
  };
  walk(list, null, 1);
  return { shown, parts };
}

/** Where permalinks begin when an incident names none. A page's own hosted name is made of its subdomain. */
function baseAddress(page: Page, about: RawObject): string {
  const { origin, pathname, hostname } = new URL(page.url);
  if (!page.document) return origin + pathname.replace(/\/$/, '');
  const subdomain = /^[a-z0-9-]+$/i.exec(asText(about.subdomain) ?? '')?.[0];
  return subdomain === undefined || !/^statuspal\.(?:io|eu)$/i.test(hostname)
    ? origin
    : `https://${subdomain}.${hostname}`;
}

function toDraft(raw: RawObject, list: Kind | 'planned', view: View): IncidentDraft {
  const kind: Kind = list === 'incident' ? 'incident' : 'maintenance';
  const id = asLine(raw.id) ?? syntheticId(asLine(raw.title), asText(raw.inserted_at));
  const startsAt = utcTime(raw.starts_at);
  const endsAt = utcTime(raw.ends_at);
  const type = view.typeOf(raw.type);
  const updates = toUpdates(raw.updates, id, kind);
  const status =
    kind === 'incident' ? incidentPhase(updates, endsAt, view.now) : maintenancePhase(list, updates, endsAt, view.now);
  return {
    id,
    kind,
    title: asLine(raw.title) ?? id,
    url: safeUrl(asText(raw.url)) ?? `${view.base}/incidents/${encodeURIComponent(id)}`,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : type.impact,
    startedAt: startsAt,
    resolvedAt: endsAt,
    scheduledFor: kind === 'maintenance' ? startsAt : null,
    scheduledUntil: kind === 'maintenance' ? endsAt : null,
    components: affectedBy(raw, type.status, status, view),
    updates,
  };
}

/** An incident that has ended is over, whatever its last post calls itself. */
function incidentPhase(updates: readonly Update[], endsAt: Date | null, now: Date | null): Phase {
  if (endsAt !== null && (now === null || endsAt <= now)) return 'resolved';
  return updates.findLast((update) => update.status !== 'unknown')?.status ?? 'investigating';
}

/** The list it stands in says it, unless its window is past or a post has closed it. */
function maintenancePhase(
  list: Kind | 'planned',
  updates: readonly Update[],
  endsAt: Date | null,
  now: Date | null,
): Phase {
  if (updates.at(-1)?.status === 'completed') return 'completed';
  if (now !== null && endsAt !== null && endsAt <= now) return 'completed';
  return list === 'planned' ? 'scheduled' : 'in_progress';
}

function toUpdates(list: unknown, id: string, kind: Kind): Update[] {
  const phases = kind === 'incident' ? INCIDENT_PHASES : MAINTENANCE_PHASES;
  const posts = asObjects(list).flatMap((raw): Update[] => {
    const at = utcTime(raw.posted_at) ?? utcTime(raw.inserted_at);
    if (at === null) return [];
    const status = phases.get(raw.type) ?? 'unknown';
    const body = plainText(asText(raw.description_html) ?? asText(raw.description) ?? '');
    return [{ id: asLine(raw.id) ?? syntheticId(id, at, body), status, at, body, components: [] }];
  });
  return uniqueById(posts).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/**
 * A group stands beside its members; alone, it is what is affected. How a service is now says nothing of how it was in
 * what is over, and what is only planned has not made anything worse yet.
 */
function affectedBy(raw: RawObject, worst: ComponentStatus, phase: Phase, view: View): IncidentDraft['components'] {
  const listed = Array.isArray(raw.service_ids)
    ? raw.service_ids
    : asObjects(raw.services).map((service) => service.id);
  const ids = [...new Set(listed.flatMap((id: unknown) => asLine(id) ?? []))];
  const parts = ids.map((id) => view.parts.get(id) ?? { id, name: id, group: null, status: 'unknown' as const });
  const groups = [...new Set(parts.flatMap((part) => part.group ?? []))];
  const isGroup = (path: string) => groups.some((group) => group === path || group.startsWith(`${path} / `));
  return parts
    .filter((part) => !isGroup(part.group === null ? part.name : `${part.group} / ${part.name}`))
    .map((part) => {
      const status = isClosed(phase) ? 'unknown' : part.status;
      return { ...part, status, worstStatus: phase === 'scheduled' ? status : worseStatus(status, worst) };
    });
}

/** `2022-01-01T00:00:00`, in UTC. */
function utcTime(value: unknown): Date | null {
  return parseIsoTime(
    typeof value === 'string' && /:\d\d(?:\.\d{1,9})?$/.test(value.slice(0, 40)) ? `${value}Z` : value,
  );
}

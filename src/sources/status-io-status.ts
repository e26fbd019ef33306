/**
 * The answer of Status.io's API: what is open, and each service in each of its "containers" (regions). Messages have no
 * ids and come in any order. Part of the status-io source.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Impact, Kind, PageState, Phase, Update } from '../model.ts';
import {
  type IncidentDraft,
  impactOfStatus,
  isClosed,
  stateOfComponent,
  uniqueById,
  worseStatus,
} from '../normalize.ts';
import { asObject, asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

/** https://kb.status.io/developers/status-codes/: 600 is a security event. */
const STATUSES = new Map<string, ComponentStatus>([
  ['100', 'operational'],
  ['200', 'under_maintenance'],
  ['300', 'degraded_performance'],
  ['400', 'partial_outage'],
  ['500', 'major_outage'],
  ['600', 'major_outage'],
]);

const INCIDENT_PHASES = new Map<string, Phase>([
  ['100', 'investigating'],
  ['200', 'identified'],
  ['300', 'monitoring'],
  ['400', 'resolved'],
]);

const MAINTENANCE_PHASES = new Map<string, Phase>([
  ['100', 'scheduled'],
  ['200', 'in_progress'],
  ['400', 'completed'],
]);

function look<T>(words: ReadonlyMap<string, T>, code: unknown): T | undefined {
  return words.get(asText(code) ?? '');
}

export function statusOf(code: unknown): ComponentStatus {
  return look(STATUSES, code) ?? 'unknown';
}

/** Of all that its messages said: the last one says that all is well again. */
export function impactOf(kind: Kind, statuses: readonly ComponentStatus[]): Impact {
  if (kind === 'maintenance') return 'maintenance';
  return impactOfStatus(statuses.reduce<ComponentStatus>(worseStatus, 'unknown'));
}

/** Nothing else has a state of the whole of this shape. */
export function isStatus(json: RawObject): boolean {
  const { status_overall, status } = asObject(json.result);
  return asText(asObject(status_overall).status_code) !== null && Array.isArray(status);
}

/** What a page says now. `state` is null where nothing says it. */
export interface Current {
  state: PageState | null;
  components: Component[];
  open: IncidentDraft[];
}

interface Place {
  base: string;
  /** The page's; null when it is not known. */
  id: string | null;
}

/** Throws ParseError for another shape; what the API says of a page it does not know has the status 200 too. */
export function currentOf(json: RawObject, url: string, place: Place): Current {
  if (!isStatus(json)) {
    const said = asLine(json.error) ?? asLine(json.message);
    throw new ParseError(
      'shape',
      url,
      `the reply is no status of a Status.io page${said === null ? '' : ` (${said})`}`,
    );
  }
  const result = asObject(json.result);
  const maintenance = asObject(result.maintenance);
  const lists = [result.incidents, maintenance.active, maintenance.upcoming];
  if (!lists.every(Array.isArray))
    throw new ParseError('shape', url, 'the reply lacks one of its lists of what is open');
  const parts = partsOf(result.status);
  const view = { parts, place };
  return {
    state: stateOfComponent(statusOf(asObject(result.status_overall).status_code)),
    components: uniqueById([...parts.values()].flat().map((part) => part.component)),
    open: [
      ...asObjects(result.incidents).map((raw) => toDraft(raw, 'incident', null, view)),
      ...asObjects(maintenance.active).map((raw) => toDraft(raw, 'maintenance', 'in_progress', view)),
      ...asObjects(maintenance.upcoming).map((raw) => toDraft(raw, 'maintenance', 'scheduled', view)),
    ],
  };
}

/** By service: its components, one for each container. A service with a single one is known by its own name. */
type Parts = Map<string, Part[]>;

interface Part {
  container: string | null;
  component: Component;
}

function partsOf(list: unknown): Parts {
  const parts: Parts = new Map();
  for (const service of asObjects(list)) {
    const id = asLine(service.id);
    if (id !== null) parts.set(id, partOf(service, id, asLine(service.name) ?? id));
  }
  return parts;
}

function partOf(service: RawObject, id: string, name: string): Part[] {
  const containers = asObjects(service.containers).flatMap((raw) => {
    const container = asLine(raw.id);
    return container === null ? [] : [{ container, name: asLine(raw.name), status: statusOf(raw.status_code) }];
  });
  if (containers.length > 1)
    return containers.map((one) => ({
      container: one.container,
      component: { id: `${id}-${one.container}`, name: one.name ?? one.container, group: name, status: one.status },
    }));
  const status = containers.map((one) => one.status).reduce(worseStatus, statusOf(service.status_code));
  return [{ container: containers[0]?.container ?? null, component: { id, name, group: null, status } }];
}

interface View {
  parts: Parts;
  place: Place;
}

/** `listed` is what the list it stands in says of it. */
function toDraft(raw: RawObject, kind: Kind, listed: Phase | null, view: View): IncidentDraft {
  const id = asLine(raw._id) ?? syntheticId(asLine(raw.name), asText(raw.datetime_open));
  const messages = asObjects(raw.messages);
  const statuses = messages.map((message) => statusOf(message.status));
  const posts = messages.flatMap((message) => {
    const at = parseIsoTime(message.datetime);
    const status = look(kind === 'incident' ? INCIDENT_PHASES : MAINTENANCE_PHASES, message.state) ?? 'unknown';
    return at === null ? [] : [{ at, status, body: plainText(asText(message.details) ?? '') }];
  });
  const closed = parseIsoTime(raw.datetime_close);
  const opened = parseIsoTime(raw.datetime_open);
  const { base } = view.place;
  return {
    id,
    kind,
    title: asLine(raw.name) ?? id,
    url: view.place.id === null ? base : `${base}/pages/${kind}/${view.place.id}/${encodeURIComponent(id)}`,
    status: listed ?? (closed === null ? null : 'resolved'),
    impact: impactOf(kind, statuses),
    startedAt: opened,
    resolvedAt: closed,
    scheduledFor: parseIsoTime(raw.datetime_planned_start),
    scheduledUntil: parseIsoTime(raw.datetime_planned_end),
    components: affectedBy(raw, view.parts).map((component) => ({
      ...component,
      // What is only planned has not made anything worse yet.
      worstStatus: listed === 'scheduled' ? component.status : statuses.reduce(worseStatus, component.status),
    })),
    updates: numbered(id, posts),
  };
}

/** Services and containers are named apart: what is meant is every pair of both that the page has. */
function affectedBy(raw: RawObject, parts: Parts): Component[] {
  const containers = new Set(asObjects(raw.containers_affected).map((one) => asLine(one._id) ?? asLine(one.id)));
  const found = new Map<string, Component>();
  for (const service of asObjects(raw.components_affected)) {
    const id = asLine(service._id) ?? asLine(service.id) ?? asLine(service.name);
    if (id === null) continue;
    const part = parts.get(id);
    const named = part?.filter(({ container }) => containers.has(container)) ?? [];
    const all = part ?? [
      { component: { id, name: asLine(service.name) ?? id, group: null, status: 'unknown' as const } },
    ];
    for (const { component } of named.length > 0 ? named : all) found.set(component.id, component);
  }
  return [...found.values()].slice(0, MOST_AFFECTED);
}
const MOST_AFFECTED = 100;

/**
 * Posts with ids made of their minute and phase: all that the history has, too, so that a post is the same one when its
 * incident is over. Posts are to come oldest first within a minute.
 */
export function numbered(id: string, posts: readonly Omit<Update, 'id' | 'components'>[]): Update[] {
  const taken = new Map<string, number>();
  return [...posts]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((post) => {
      const key = `${Math.floor(post.at.getTime() / 60_000)} ${post.status}`;
      const nth = taken.get(key) ?? 0;
      taken.set(key, nth + 1);
      return { id: syntheticId(id, key, nth), ...post, components: [] };
    });
}

/** The API and the pages are cached apart, for how long is not known. */
const CACHES_MS = 10 * 60_000;

/**
 * What is open, and what only the history has. That is over, whatever its last message says, for the API lists all that
 * is open. `now` is when the API answered: what was posted in the last minutes may be missing from the older of the two,
 * and `torn` then has both read again.
 */
export function withHistory(open: readonly IncidentDraft[], history: readonly IncidentDraft[], now: Date | null) {
  const listed = new Set(open.map((draft) => draft.id));
  const lastOf = (draft: IncidentDraft) => draft.updates.at(-1)?.at.getTime() ?? 0;
  const isYoung = (draft: IncidentDraft) => now !== null && Math.abs(now.getTime() - lastOf(draft)) < CACHES_MS;
  const past = history
    .filter((draft) => !listed.has(draft.id))
    .map((draft): IncidentDraft => {
      const closed = isClosed(draft.updates.at(-1)?.status ?? 'unknown');
      if (closed || now === null || isYoung(draft)) return draft;
      return { ...draft, status: draft.kind === 'incident' ? 'resolved' : 'completed' };
    });
  const drafts = [...open, ...past];
  return { drafts, torn: drafts.some(isYoung) };
}

/**
 * The documents of a Sorry page: its state, its components and its notices, of which a list has the last post only and
 * each one's own document all of them. Part of the sorry source.
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
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

// There is nothing worse than degraded, also when nothing works.
const STATUSES = new Map<unknown, ComponentStatus>([
  ['operational', 'operational'],
  ['degraded', 'degraded_performance'],
  ['partially_degraded', 'degraded_performance'],
  ['under_maintenance', 'under_maintenance'],
]);

const STATES = new Map<unknown, PageState>([
  ['operational', 'operational'],
  ['degraded', 'degraded'],
  ['partially_degraded', 'degraded'],
  ['under_maintenance', 'maintenance'],
]);

const PHASES = {
  incident: new Map<unknown, Phase>([
    ['investigating', 'investigating'],
    ['identified', 'identified'],
    ['recovering', 'monitoring'],
    ['resolved', 'resolved'],
    ['false_alarm', 'resolved'],
  ]),
  maintenance: new Map<unknown, Phase>([
    ['scheduled', 'scheduled'],
    ['underway', 'in_progress'],
    ['complete', 'completed'],
    ['cancelled', 'cancelled'],
  ]),
} satisfies Record<Kind, ReadonlyMap<unknown, Phase>>;

/** Both spellings are about: `under_maintenance`, `under-maintenance`. */
function key(word: unknown): unknown {
  return typeof word === 'string' ? word.slice(0, 60).replaceAll('-', '_') : word;
}

/** `{ page: { state, links } }` */
export function isAbout(json: RawObject): boolean {
  const { state, links } = asObject(json.page);
  return typeof state === 'string' && isObject(links) && ('components' in links || 'notices' in links);
}

/** A list of components stands in one of three wrappings. Null when it is none, or empty where `filled` is demanded. */
export function componentRows(json: unknown, filled: boolean): RawObject[] | null {
  const list = isObject(json) ? (json.components ?? json.response) : json;
  if (!Array.isArray(list) || (filled && list.length === 0)) return null;
  const rows = asObjects(list);
  return rows.every((raw) => typeof raw.state === 'string' && asLine(raw.id) !== null) ? rows : null;
}

/** Whether a list of components is one of Sorry's: by its words, and the field that puts them into groups. */
export function isComponents(json: unknown): boolean {
  const isOurs = (raw: RawObject) => asLine(raw.name) !== null && STATUSES.has(key(raw.state)) && 'parent_id' in raw;
  const rows = componentRows(json, true);
  return rows !== null && rows.length > 0 && rows.every(isOurs);
}

/** Null when it is no list of notices, or empty where `filled` is demanded. */
export function noticeRows(json: RawObject, filled: boolean): RawObject[] | null {
  if (!Array.isArray(json.notices) || (filled && json.notices.length === 0)) return null;
  const rows = asObjects(json.notices);
  return isObject(json.meta) && rows.every(isNotice) ? rows : null;
}

export function isNotice(raw: RawObject): boolean {
  return typeof raw.timeline_state === 'string' && typeof raw.type === 'string' && asLine(raw.id) !== null;
}

/** The number of the next page of a list, from the link to it; null when this was the last. */
export function nextPage(json: unknown): number | null {
  const next = asText(asObject(asObject(json).meta).next_page) ?? '';
  const page = Number(/(?:[?&]page=|^)(\d{1,4})(?:&|$)/.exec(next)?.[1] ?? 0);
  return page > 1 ? page : null;
}

/** Components without any of their own; the others are groups. */
export function toComponents(rows: readonly RawObject[]): Component[] {
  const names = new Map(rows.map((raw) => [asLine(raw.id)!, asLine(raw.name)]));
  const groups = new Set(rows.map((raw) => asLine(raw.parent_id)));
  const components = rows
    .filter((raw) => !groups.has(asLine(raw.id)))
    .map((raw) => {
      const id = asLine(raw.id)!;
      const group = names.get(asLine(raw.parent_id) ?? '') ?? null;
      return { id, name: asLine(raw.name) ?? id, group, status: statusOf(raw) };
    });
  return uniqueById(components);
}

function statusOf(raw: RawObject): ComponentStatus {
  return STATUSES.get(key(raw.state)) ?? 'unknown';
}

/** Whether a notice is an incident or a maintenance: a general one is an announcement, with no state and no end. */
export function kindOf(raw: RawObject): Kind | null {
  if (raw.type === 'unplanned') return 'incident';
  return raw.type === 'planned' ? 'maintenance' : null;
}

export interface View {
  components: readonly Component[];
  base: string;
}

/** Of a notice's own document, or of its row in the list, which has the last post alone. */
export function toDraft(raw: RawObject, kind: Kind, { components, base }: View): IncidentDraft {
  const id = asLine(raw.id)!;
  const status = phaseOf(raw, kind);
  const affected = affectedBy(raw, components, status);
  const posts = Array.isArray(raw.updates) ? asObjects(raw.updates) : [asObject(raw.latest_update)];
  return {
    id,
    kind,
    title: asLine(raw.subject) ?? id,
    url: safeUrl(asText(raw.url) ?? asText(raw.link)) ?? `${base}/notices/${encodeURIComponent(id)}`,
    status: status === 'unknown' ? null : status,
    impact: impactOf(kind, affected),
    startedAt: parseIsoTime(raw.began_at) ?? (kind === 'incident' ? parseIsoTime(raw.begins_at) : null),
    resolvedAt: parseIsoTime(raw.ended_at),
    scheduledFor: kind === 'maintenance' ? parseIsoTime(raw.begins_at) : null,
    scheduledUntil: kind === 'maintenance' ? parseIsoTime(raw.ends_at) : null,
    components: affected,
    updates: toUpdates(posts, id, kind),
  };
}

/** By its state; what the page keeps under its past is over whatever that is. */
function phaseOf(raw: RawObject, kind: Kind): Phase {
  const phase = PHASES[kind].get(key(raw.state)) ?? 'unknown';
  const isPast = asText(raw.timeline_state)?.startsWith('past') ?? false;
  if (isPast && !isClosed(phase)) return kind === 'incident' ? 'resolved' : 'completed';
  return phase;
}

/** Severities there are none: what a component is now is all that tells, and of what is over nothing does. */
function impactOf(kind: Kind, affected: readonly Component[]): Impact {
  if (kind === 'maintenance') return 'maintenance';
  const worst = affected.map((component) => component.status).reduce<ComponentStatus>(worseStatus, 'unknown');
  return worst === 'degraded_performance' ? 'minor' : 'unknown';
}

/** How a component is now says nothing of how it was in what is over. */
function affectedBy(raw: RawObject, components: readonly Component[], phase: Phase): Component[] {
  const rows = asObjects(raw.components).filter((row) => asLine(row.id) !== null);
  const known = new Map(components.map((component) => [component.id, component]));
  return toComponents(rows).map((component) => {
    const { name, group } = known.get(component.id) ?? component;
    return { ...component, name, group, ...(isClosed(phase) && { status: 'unknown' }) };
  });
}

/** Not every document numbers its posts, and the same one is in two: a post is known by the moment it was made. */
function toUpdates(posts: readonly RawObject[], noticeId: string, kind: Kind): Update[] {
  const updates = posts.flatMap((raw): Update[] => {
    const at = parseIsoTime(raw.created_at);
    if (at === null) return [];
    const status = PHASES[kind].get(key(raw.state)) ?? 'unknown';
    return [{ id: syntheticId(noticeId, at), status, at, body: plainText(asText(raw.content) ?? ''), components: [] }];
  });
  return uniqueById(updates).sort((a, b) => a.at.getTime() - b.at.getTime());
}

export function toSnapshot(
  about: RawObject | null,
  components: Component[],
  drafts: readonly IncidentDraft[],
  lists: Snapshot['lists'],
): Snapshot {
  const incidents = newestFirst(uniqueById(drafts).map(buildIncident));
  const state = about === null ? null : (STATES.get(key(about.state)) ?? 'unknown');
  return {
    name: asLine(about?.name),
    state: pageState(state, components, incidents),
    description: asLine(about?.state_text) ?? '',
    components,
    incidents,
    lists,
  };
}

/** Where permalinks begin when a notice names none. */
export function baseAddress(page: Page): string {
  const { origin, pathname } = new URL(page.url);
  return page.document ? origin : origin + pathname.replace(/\/$/, '');
}

export function shapeError(url: string, what: string): ParseError {
  return new ParseError('shape', url, `the reply is no ${what} of a Sorry page`);
}

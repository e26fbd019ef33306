/**
 * Cachet 2: lists in `data`, numbers for words, times without a zone. Those of an incident's own fields are in the zone
 * its operator chose for the page, `occurred_at` and the posts are in UTC, as they are stored: an incident that occurred
 * as it was written down gives the zone away. Part of the Cachet source.
 */
import type { Component, Incident, Update } from '../model.ts';
import { buildIncident, impactOfTrouble, isClosed } from '../normalize.ts';
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { componentStatus, incidentPhase, localTime, schedulePhase } from './cachet-words.ts';

/** The page numbers are the same in every list of it, an empty one included. */
export function isV2(json: RawObject): boolean {
  const pagination = asObject(asObject(json.meta).pagination);
  return Array.isArray(json.data) && isObject(pagination.links) && 'next_page' in pagination.links;
}

export interface View {
  base: string;
  components: ReadonlyMap<string, Component>;
  /** How far the page's clock is ahead of UTC. */
  offsetMs: number;
  /** When the server answered, null when it did not say. */
  now: Date | null;
}

export function componentsV2(data: readonly RawObject[], groups: readonly RawObject[]): Component[] {
  const names = new Map(groups.map((group) => [asLine(group.id), asLine(group.name)]));
  return data.flatMap((raw) => {
    const id = asLine(raw.id);
    if (id === null || raw.enabled === false) return [];
    const group = names.get(asLine(raw.group_id)) ?? null;
    return [{ id, name: asLine(raw.name) ?? id, group, status: componentStatus(raw.status) }];
  });
}

const QUARTER_MS = 15 * 60_000;
const FARTHEST_MS = 14 * 3_600_000;

/** What most incidents say; 0 where none says anything. */
export function offsetIn(data: readonly RawObject[]): number {
  const votes = new Map<number, number>();
  for (const raw of data) {
    const written = localTime(raw.created_at, 0);
    const occurred = localTime(raw.occurred_at, 0);
    if (!written || !occurred) continue;
    const ahead = written.getTime() - occurred.getTime();
    const offset = Math.round(ahead / QUARTER_MS) * QUARTER_MS;
    if (Math.abs(ahead - offset) <= 2000 && Math.abs(offset) <= FARTHEST_MS)
      votes.set(offset, (votes.get(offset) ?? 0) + 1);
  }
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/** Those that only members may see are not the page's. */
export function incidentV2(raw: RawObject, view: View): Incident[] {
  const id = asLine(raw.id);
  if (id === null || raw.visible === false || asText(raw.visible) === '0') return [];
  return [asText(raw.status) === '0' ? plannedV2(raw, id, view) : outageV2(raw, id, view)];
}

function outageV2(raw: RawObject, id: string, view: View): Incident {
  const posts = asObjects(raw.updates).flatMap(toPost);
  const newest = [...posts].sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
  const status = newest?.status ?? incidentPhase(raw.latest_status ?? raw.status);
  const startedAt = localTime(raw.occurred_at, 0) ?? localTime(raw.created_at, view.offsetMs);
  const changedAt = localTime(raw.updated_at, view.offsetMs);
  const changed = changedAt !== null && startedAt !== null && changedAt.getTime() - startedAt.getTime() > 1000;
  return buildIncident({
    id,
    kind: 'incident',
    title: asLine(raw.name) ?? id,
    url: `${view.base}/incidents/${encodeURIComponent(id)}`,
    status,
    ...affected(raw, isClosed(status), view),
    startedAt,
    // A post closes it, or else its own fields are changed.
    resolvedAt: posts.length === 0 && isClosed(status) ? (changedAt ?? startedAt) : null,
    updates: [...opening(raw, startedAt, firstPhase(raw, status, posts, changed)), ...posts],
  });
}

/** An incident's own phase may have been that of its first text once; each later one overwrites it. */
function firstPhase(
  raw: RawObject,
  status: Update['status'],
  posts: readonly Update[],
  changed: boolean,
): Update['status'] {
  const own = incidentPhase(raw.status);
  const overwritten = posts.length > 0 ? own === status : isClosed(own) && changed;
  return overwritten ? 'investigating' : own;
}

function opening(raw: RawObject, at: Date | null, status: Update['status']): Update[] {
  if (at === null) return [];
  return [{ id: 'message', status, at, body: plainText(asText(raw.message) ?? ''), components: [] }];
}

function toPost(raw: RawObject): Update[] {
  const id = asLine(raw.id);
  const at = localTime(raw.created_at, 0);
  if (id === null || at === null) return [];
  return [{ id, status: incidentPhase(raw.status), at, body: plainText(asText(raw.message) ?? ''), components: [] }];
}

/** What the component is now says nothing of what it was in an incident that is over. */
function affected(raw: RawObject, over: boolean, view: View) {
  const component = view.components.get(asLine(raw.component_id) ?? '');
  const status = over ? ('unknown' as const) : (component?.status ?? 'unknown');
  return { impact: impactOfTrouble(status), components: component ? [{ ...component, status }] : [] };
}

/** Planned work as versions before 2.4 have it: nobody says when it ends, and once begun it is no longer shown as planned. */
function plannedV2(raw: RawObject, id: string, view: View): Incident {
  const from = localTime(raw.scheduled_at, view.offsetMs);
  const begun = from !== null && view.now !== null && from <= view.now;
  const component = view.components.get(asLine(raw.component_id) ?? '');
  return buildIncident({
    id,
    kind: 'maintenance',
    title: asLine(raw.name) ?? id,
    url: `${view.base}/incidents/${encodeURIComponent(id)}`,
    status: begun ? 'completed' : 'scheduled',
    impact: 'maintenance',
    startedAt: null,
    resolvedAt: null,
    scheduledFor: from,
    components: component ? [{ ...component, status: 'unknown' }] : [],
    updates: opening(raw, localTime(raw.created_at, view.offsetMs), 'scheduled'),
  });
}

export function scheduleV2(raw: RawObject, view: View): Incident[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const from = localTime(raw.scheduled_at, view.offsetMs);
  const until = localTime(raw.completed_at, view.offsetMs);
  const status = schedulePhase(raw.status, from, until, view.now);
  return [
    buildIncident({
      id: `schedule-${id}`,
      kind: 'maintenance',
      title: asLine(raw.name) ?? id,
      url: `${view.base}/schedules/${encodeURIComponent(id)}`,
      status,
      impact: 'maintenance',
      startedAt: null,
      resolvedAt: until,
      scheduledFor: from,
      scheduledUntil: until,
      components: asObjects(raw.components).flatMap((one) => {
        const component = view.components.get(asLine(one.component_id) ?? '');
        return component ? [{ ...component, status: status === 'in_progress' ? 'under_maintenance' : 'unknown' }] : [];
      }),
      updates: opening(raw, localTime(raw.created_at, view.offsetMs), 'scheduled'),
    }),
  ];
}

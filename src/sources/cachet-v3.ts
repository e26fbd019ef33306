/**
 * Cachet 3: JSON:API, with what belongs to a row in `included`. Its times have no zone; they are taken for UTC, which is
 * how it is set up unless its operator changes that. Part of the Cachet source.
 */
import type { Component, Incident, Phase, Update } from '../model.ts';
import { buildIncident, impactOfTrouble, isClosed, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { componentStatus, incidentPhase, localTime, schedulePhase } from './cachet-words.ts';

/** A list without a row has nothing that tells whose it is but how it is paged: it is one of these, and proves nothing. */
export function isV3(json: RawObject): boolean {
  if (!Array.isArray(json.data) || 'pagination' in asObject(json.meta)) return false;
  return json.data.length > 0 ? asObjects(json.data).every(isRow) : 'per_page' in asObject(json.meta);
}

export function isRow(row: RawObject): boolean {
  if (typeof row.type !== 'string' || asLine(row.id) === null) return false;
  return 'value' in asObject(asObject(row.attributes).status);
}

export interface View {
  base: string;
  components: ReadonlyMap<string, Component>;
  now: Date | null;
}

type Find = (row: RawObject, relation: string) => RawObject[];

/** What the document includes, looked up by type and id. */
export function relations(json: RawObject): Find {
  const key = (row: RawObject) => `${asText(row.type)} ${asText(row.id)}`;
  const included = new Map(asObjects(json.included).map((row) => [key(row), row]));
  return (row, relation) => {
    const { data } = asObject(asObject(row.relationships)[relation]);
    return asObjects(Array.isArray(data) ? data : [data]).flatMap((one): RawObject[] => {
      const found = included.get(key(one));
      return found ? [found] : [];
    });
  };
}

export function componentV3(row: RawObject, find: Find): Component[] {
  const { name, enabled, status } = asObject(row.attributes);
  const id = asLine(row.id);
  if (id === null || enabled === false) return [];
  const group = asLine(asObject(find(row, 'group')[0]?.attributes).name);
  return [{ id, name: asLine(name) ?? id, group, status: componentStatus(asObject(status).value) }];
}

/** Those that only members may see, or nobody, are not the page's. */
export function incidentV3(row: RawObject, find: Find, view: View): Incident[] {
  const raw = asObject(row.attributes);
  const id = asLine(row.id);
  if (id === null || raw.visible === false || ['0', '2'].includes(asText(raw.visible) ?? '')) return [];
  const posts = find(row, 'updates').flatMap((update) => toPost(update, null));
  const newest = [...posts].sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1);
  const own = incidentPhase(asObject(raw.status).value);
  const status = newest && newest.status !== 'unknown' ? newest.status : own;
  const startedAt = timeOf(raw.occurred) ?? timeOf(raw.created);
  const guid = asLine(raw.guid);
  const components = named(row, find, view).map((one) =>
    isClosed(status) ? { ...one, status: 'unknown' as const } : one,
  );
  const worst = components.reduce<Component['status']>((all, one) => worseStatus(all, one.status), 'unknown');
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: asLine(raw.name) ?? id,
      url: guid === null ? view.base : `${view.base}/incidents/${encodeURIComponent(guid)}`,
      status,
      impact: impactOfTrouble(worst),
      startedAt,
      resolvedAt: posts.length === 0 && isClosed(status) ? (timeOf(raw.updated) ?? startedAt) : null,
      components,
      updates: [...opening(raw, startedAt, firstPhase(raw, own, posts, startedAt)), ...posts],
    }),
  ];
}

/** The phase given is the last; that of the first text is told only while nothing came after it. */
function firstPhase(raw: RawObject, own: Phase, posts: readonly Update[], startedAt: Date | null): Phase {
  const changedAt = timeOf(raw.updated);
  const changed = changedAt !== null && startedAt !== null && changedAt.getTime() - startedAt.getTime() > 1000;
  return posts.length > 0 || (isClosed(own) && changed) ? 'investigating' : own;
}

export function scheduleV3(row: RawObject, find: Find, view: View): Incident[] {
  const raw = asObject(row.attributes);
  const id = asLine(row.id);
  if (id === null) return [];
  const from = timeOf(raw.scheduled);
  const until = timeOf(raw.completed);
  const status = schedulePhase(asObject(raw.status).value, from, until, view.now);
  const state = status === 'in_progress' ? 'under_maintenance' : 'unknown';
  return [
    buildIncident({
      id: `schedule-${id}`,
      kind: 'maintenance',
      title: asLine(raw.name) ?? id,
      url: view.base,
      status,
      impact: 'maintenance',
      startedAt: null,
      resolvedAt: until,
      scheduledFor: from,
      scheduledUntil: until,
      components: named(row, find, view).map((component) => ({ ...component, status: state })),
      updates: [
        ...opening(raw, timeOf(raw.created), 'scheduled'),
        ...find(row, 'updates').flatMap((update) => toPost(update, 'unknown')),
      ],
    }),
  ];
}

/** A component as the page lists it, else as the row itself brings it. */
function named(row: RawObject, find: Find, view: View): Component[] {
  return find(row, 'components')
    .flatMap((component) => componentV3(component, find))
    .map((component) => view.components.get(component.id) ?? component);
}

function opening(raw: RawObject, at: Date | null, status: Phase): Update[] {
  if (at === null) return [];
  return [{ id: 'message', status, at, body: plainText(asText(raw.message) ?? ''), components: [] }];
}

/** Posts about planned work have no phase of their own. */
function toPost(row: RawObject, phase: Phase | null): Update[] {
  const raw = asObject(row.attributes);
  const id = asLine(row.id);
  const at = timeOf(raw.created);
  if (id === null || at === null) return [];
  const status = phase ?? incidentPhase(asObject(raw.status).value);
  return [{ id, status, at, body: plainText(asText(raw.message) ?? ''), components: [] }];
}

function timeOf(value: unknown): Date | null {
  return localTime(asObject(value).string, 0);
}

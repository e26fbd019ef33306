/**
 * Instatus's objects: components, and the notices (incidents and maintenances) as its JSON and the data in its pages
 * have them. The JSON names a notice without its posts. Part of the instatus source.
 */
import { syntheticId } from '../fingerprint.ts';
import type { Component, Kind, Page, PageState, Phase, Snapshot, Update } from '../model.ts';
import { buildIncident, type IncidentDraft, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText, safeUrl } from '../text.ts';
import { impactOf, lineOf, phaseOf, statusOf, timeOf, wordsOf } from './instatus-words.ts';

/** What reading a notice takes: the page's components, and the address its own pages lie under. */
export interface View {
  components: Component[];
  base: string;
}

/** Where permalinks begin when a notice names none. */
export function baseAddress(page: Page): string {
  const { origin, pathname } = new URL(page.url);
  return page.document ? origin : origin + pathname.replace(/\/$/, '');
}

/** Rows in the page's order. A group is a row too, or has its members inside; it says nothing that they do not. */
export function toComponents(list: unknown): Component[] {
  const rows = flattened(list);
  const groups = new Map<string, string>();
  for (const { raw, parent } of rows) {
    const group = parent ?? (isObject(raw.group) ? raw.group : null);
    const id = asLine(group?.id);
    if (group !== null && id !== null) groups.set(id, lineOf(group.name) ?? id);
  }
  const components = rows.flatMap(({ raw, parent }): Component[] => {
    const id = asLine(raw.id);
    if (id === null || groups.has(id) || typeof raw.archivedAt === 'string') return [];
    const groupId = asLine((parent ?? asObject(raw.group)).id);
    const group = groupId === null ? asLine(raw.group) : (groups.get(groupId) ?? null);
    return [{ id, name: lineOf(raw.name) ?? id, group, status: statusOf(raw.status) }];
  });
  return uniqueById(components);
}

interface Row {
  raw: RawObject;
  parent: RawObject | null;
}

function flattened(list: unknown): Row[] {
  const rows = (value: unknown) => asObjects(isObject(value) ? Object.values(value) : value);
  const order = (raw: RawObject) => (typeof raw.order === 'number' ? raw.order : 0);
  return rows(list)
    .sort((a, b) => order(a) - order(b))
    .flatMap((raw) => [
      { raw, parent: null },
      ...rows(raw.children)
        .sort((a, b) => order(a) - order(b))
        .map((child) => ({ raw: child, parent: raw })),
    ]);
}

/** The open notices that component rows name, each with the components that name it: the only place that says so. */
export function noticesOf(list: unknown, view: View): IncidentDraft[] {
  const byId = new Map(view.components.map((component) => [component.id, component]));
  const notices = new Map<string, { raw: RawObject; kind: Kind; affected: Component[] }>();
  const note = (kind: Kind, raws: unknown, component: Component) => {
    for (const raw of asObjects(raws)) {
      const known = notices.get(idOf(raw));
      if (known) known.affected.push(component);
      else notices.set(idOf(raw), { raw, kind, affected: [component] });
    }
  };
  for (const { raw } of flattened(list)) {
    const component = byId.get(asLine(raw.id) ?? '');
    if (!component) continue;
    note('incident', raw.activeIncidents, component);
    note('maintenance', raw.activeMaintenances, component);
  }
  return [...notices.values()].map(({ raw, kind, affected }) =>
    kind === 'incident' ? incidentDraft(raw, view, affected) : maintenanceDraft(raw, view, affected),
  );
}

/** An incident, open or of late. `affected` are the components that name it, where it does not name them itself. */
export function incidentDraft(raw: RawObject, view: View, affected: readonly Component[] = []): IncidentDraft {
  const id = idOf(raw);
  const components = ownComponents(raw, view) ?? affected;
  return {
    id,
    kind: 'incident',
    title: lineOf(raw.name) ?? id,
    url: linkOf(raw.url, 'incident', id, view),
    status: knownPhase('incident', raw.status),
    impact: impactOf('incident', raw.impact, components),
    startedAt: timeOf(raw.started),
    resolvedAt: timeOf(raw.resolved),
    components,
    updates: toUpdates(raw, 'incident', id),
  };
}

/** A maintenance, planned or under way. `duration` is in minutes. */
export function maintenanceDraft(raw: RawObject, view: View, affected: readonly Component[] = []): IncidentDraft {
  const id = idOf(raw);
  const start = timeOf(raw.start) ?? timeOf(raw.started);
  const minutes = Number(asText(raw.duration)?.trim() || Number.NaN);
  const lasts = start !== null && minutes > 0 && minutes < MOST_MINUTES;
  return {
    id,
    kind: 'maintenance',
    title: lineOf(raw.name) ?? id,
    url: linkOf(raw.url, 'maintenance', id, view),
    status: knownPhase('maintenance', raw.status),
    impact: 'maintenance',
    startedAt: start,
    resolvedAt: timeOf(raw.resolved),
    scheduledFor: start,
    scheduledUntil: lasts ? new Date(start.getTime() + minutes * 60_000) : null,
    components: ownComponents(raw, view) ?? affected,
    updates: toUpdates(raw, 'maintenance', id),
  };
}
const MOST_MINUTES = 366 * 24 * 60;

/** The first summary gives no ids, but its links end in them. */
export function idOf(raw: RawObject): string {
  const fromLink = /\/([A-Za-z0-9_-]{8,64})\/?$/.exec(asText(raw.url)?.slice(-200) ?? '')?.[1];
  return asLine(raw.id) ?? fromLink ?? syntheticId(lineOf(raw.name), asText(raw.started) ?? asText(raw.start));
}

export function linkOf(url: unknown, kind: Kind, id: string, view: View): string {
  return safeUrl(asText(url)) ?? `${view.base}/${kind}/${encodeURIComponent(id.toWellFormed())}`;
}

/** Null takes the last post's. */
function knownPhase(kind: Kind, word: unknown): Phase | null {
  const phase = phaseOf(kind, word);
  return phase === 'unknown' ? null : phase;
}

function ownComponents(raw: RawObject, view: View): Component[] | null {
  if (!Array.isArray(raw.components)) return null;
  const named = asObjects(raw.components).flatMap((row): Component[] => {
    const id = asLine(row.id);
    if (id === null) return [];
    const known = view.components.find((component) => component.id === id);
    // What is over names its components without a status: how they are today is not how they were.
    const status = row.status === undefined ? 'unknown' : statusOf(row.status);
    return [{ id, name: known?.name ?? lineOf(row.name) ?? id, group: known?.group ?? null, status }];
  });
  return uniqueById(named);
}

function toUpdates(raw: RawObject, kind: Kind, id: string): Update[] {
  const begins = timeOf(raw.start) ?? timeOf(raw.started);
  const posts = asObjects(raw.updates).flatMap((post) => {
    const at = timeOf(post.started) ?? timeOf(post.createdAt);
    if (at === null) return [];
    const status = phaseOf(kind, post.status, begins !== null && at >= begins);
    return [{ status, at, body: plainText(wordsOf(post.messageHtml) ?? wordsOf(post.message) ?? '') }];
  });
  return numbered(id, posts);
}

/**
 * Posts with ids made of the second they were posted in: all that the feed has, too. The ids in the pages' data are no
 * use, for then the same post would have another id once its incident is over and only the feed has it.
 */
export function numbered(id: string, posts: readonly Omit<Update, 'id' | 'components'>[]): Update[] {
  const taken = new Map<number, number>();
  return [...posts]
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map((post) => {
      const second = Math.floor(post.at.getTime() / 1000);
      const nth = taken.get(second) ?? 0;
      taken.set(second, nth + 1);
      return { id: syntheticId(id, second, nth), ...post, components: [] };
    });
}

/** What a page says as one. `state` is its own word, null where it has none. */
export function toSnapshot(
  parts: Pick<Snapshot, 'name' | 'components' | 'lists'>,
  state: PageState | null,
  drafts: readonly IncidentDraft[],
): Snapshot {
  const incidents = newestFirst(uniqueById(drafts).map(buildIncident));
  return { ...parts, state: pageState(state, parts.components, incidents), description: '', incidents };
}

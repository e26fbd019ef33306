/**
 * Incidents and maintenances of Salesforce Trust. An incident has no title: its impacts say what kind they are, and those
 * that have no end are going on. A maintenance is planned, under way or over by its impacts, else by its window; the time of
 * reading is the reply's own. Part of the salesforce-trust source.
 */
import type { Component, Incident, Kind, Phase, Update } from '../model.ts';
import { buildIncident, isClosed, worseStatus } from '../normalize.ts';
import { asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { impactOf, phasesOf, statusOfImpact, wordsOf } from './salesforce-trust-words.ts';

/** What reading them takes. `now` is when the reply was sent, null when it does not say. */
export interface View {
  instances: ReadonlyMap<string, Component>;
  /** The page's address with its last slash. */
  home: string;
  now: Date | null;
}

export function toIncident(raw: RawObject, view: View): Incident[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const impacts = asObjects(raw.IncidentImpacts);
  const updates = toUpdates(raw.IncidentEvents, 'incident');
  const ends = endsOf(impacts);
  const over = raw.status === 'Resolved' || ends?.every(Boolean) === true;
  const impact = impactOf(impacts.map((one) => one.severity));
  const worst = statusOfImpact(impact, raw.isCore !== false);
  const components = affectedBy(raw, view).map((component) => {
    const status = over ? 'operational' : component.status;
    return { ...component, status, worstStatus: worseStatus(worst, status) };
  });
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: titleOf(raw, impacts) || `Incident ${id}`,
      url: `${view.home}incidents/${encodeURIComponent(id)}`,
      status: over ? 'resolved' : openPhase(updates),
      impact,
      startedAt: earliest(impacts.map((one) => parseIsoTime(one.startTime))) ?? parseIsoTime(raw.createdAt),
      resolvedAt: latest(ends ?? []),
      components,
      updates,
    }),
  ];
}

/** Null when there is no impact to go by. */
function endsOf(impacts: readonly RawObject[]): (Date | null)[] | null {
  return impacts.length === 0 ? null : impacts.map((one) => parseIsoTime(one.endTime));
}

/** A post may call it resolved before its impacts have an end. */
function openPhase(updates: readonly Update[]): Phase {
  return updates.findLast((update) => update.status !== 'unknown')?.status ?? 'investigating';
}

/** `Performance degradation (Core service)` */
function titleOf(raw: RawObject, impacts: readonly RawObject[]): string {
  const impact = impacts.find((one) => parseIsoTime(one.endTime) === null) ?? impacts[0];
  const issue = asLine(impact?.serviceIssue) ?? wordsOf(impact?.type);
  const services = keysOf(raw.serviceKeys).map(wordsOf).slice(0, 3);
  return issue !== '' && services.length > 0 ? `${issue} (${services.join(', ')})` : issue;
}

export function toMaintenance(raw: RawObject, view: View): Incident[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const updates = toUpdates(raw.MaintenanceEvents, 'maintenance');
  const window = { from: parseIsoTime(raw.plannedStartTime), until: parseIsoTime(raw.plannedEndTime) };
  const impacts = asObjects(raw.MaintenanceImpacts);
  const ends = endsOf(impacts);
  const said = updates.findLast((update) => update.status !== 'unknown')?.status ?? 'unknown';
  const maintenance = buildIncident({
    // Numbered apart from incidents.
    id: `maintenance-${id}`,
    kind: 'maintenance',
    title: asLine(raw.name) ?? `Maintenance ${id}`,
    url: `${view.home}maintenances/${encodeURIComponent(id)}`,
    status: maintenancePhase(said, ends, window, view.now),
    impact: 'maintenance',
    startedAt: null,
    resolvedAt: latest(ends ?? []) ?? (isClosed(said) ? null : window.until),
    scheduledFor: window.from,
    scheduledUntil: window.until,
    components: affectedBy(raw, view),
    updates,
  });
  // No post tells the beginning: the first of those that come while it goes on may tell of its being extended.
  const begun = earliest(impacts.map((one) => parseIsoTime(one.startTime))) ?? window.from;
  return [maintenance.startedAt === null ? maintenance : { ...maintenance, startedAt: begun ?? maintenance.startedAt }];
}

function maintenancePhase(
  said: Phase,
  ends: readonly (Date | null)[] | null,
  window: { from: Date | null; until: Date | null },
  now: Date | null,
): Phase {
  if (isClosed(said)) return said;
  if (ends !== null) return ends.every(Boolean) ? 'completed' : 'in_progress';
  // What is said to go on longer than planned is not over by its window.
  if (said === 'in_progress') return said;
  if (now === null || window.from === null) return said;
  if (now < window.from) return 'scheduled';
  return window.until === null || now < window.until ? 'in_progress' : 'completed';
}

function toUpdates(list: unknown, kind: Kind): Update[] {
  const posts = asObjects(list).flatMap((raw) => {
    const id = asLine(raw.id);
    const at = parseIsoTime(raw.createdAt);
    return id === null || at === null ? [] : [{ id, at, raw }];
  });
  const unique = [...new Map(posts.map((post) => [post.id, post])).values()];
  unique.sort((a, b) => a.at.getTime() - b.at.getTime() || Number(a.id) - Number(b.id));
  const phases = phasesOf(
    unique.map((post) => post.raw.type),
    kind,
  );
  return unique.map(({ id, at, raw }, index) => {
    return { id, status: phases[index]!, at, body: plainText(asText(raw.message) ?? ''), components: [] };
  });
}

/** An instance that is retired, or that this reply does not list, is known by its key alone. */
function affectedBy(raw: RawObject, view: View): Component[] {
  return [...new Set(keysOf(raw.instanceKeys))].map(
    (key) => view.instances.get(key) ?? { id: key, name: key, group: null, status: 'unknown' },
  );
}

/** The keys in a list of them. */
export function keysOf(list: unknown): string[] {
  return Array.isArray(list) ? list.flatMap((key) => asLine(key) ?? []) : [];
}

function earliest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((first, time) => (time !== null && (first === null || time < first) ? time : first), null);
}

function latest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((last, time) => (time !== null && (last === null || time > last) ? time : last), null);
}

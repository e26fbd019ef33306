/** What is new in a page's incidents: one event for every update not seen before, and its type says what that update did. */
import type { EventType, Incident, Phase, Snapshot, StatusEvent, Update } from '../model.ts';
import { isClosed, isUnderWay } from '../normalize.ts';
import { openIncidents, type PageRecord } from '../record.ts';
import { type MakeEvent, updateIdentity } from './event.ts';
import { bodyKey, readSeen, type Sighting, updateKey } from './seen.ts';

/** At a page's first read: what is open, each incident once and marked. */
export function baseline(incidents: readonly Incident[], make: MakeEvent): StatusEvent[] {
  const told = incidents.filter((one) => (one.kind === 'incident' ? !isClosed(one.status) : isUnderWay(one)));
  return told.map((incident) => {
    const update = incident.updates.at(-1) ?? null;
    const type = incident.kind === 'incident' ? 'incident.opened' : 'maintenance.started';
    return make(type, {
      key: updateIdentity(incident, update),
      incident,
      update,
      at: incident.startedAt,
      initial: true,
    });
  });
}

/** At a later read. */
export function changes(
  record: PageRecord,
  incidents: readonly Incident[],
  snapshot: Snapshot,
  make: MakeEvent,
): StatusEvent[] {
  const look = readSeen(record);
  const open = new Map(openIncidents(record).map((incident) => [incident.id, incident.status]));
  return incidents.flatMap((incident) => {
    const sighting = look(incident.id);
    if (sighting.kind === 'new' && isOldHistory(incident, record, snapshot)) return [];
    const events = newUpdates(incident, sighting, make);
    if (events.some((event) => event.type !== 'incident.edited' && event.type !== 'maintenance.edited')) return events;
    return [...events, ...silentChange(incident, sighting, open.get(incident.id) ?? null, make)];
  });
}

/** A list of closed incidents seen for the first time (only open ones could be read before) is history, not news. */
function isOldHistory(incident: Incident, record: PageRecord, snapshot: Snapshot): boolean {
  if (record.history || snapshot.lists === 'open' || !isClosed(incident.status) || !record.readAt) return false;
  const last = incident.updates.at(-1)?.at ?? incident.updatedAt;
  return last === null || last.getTime() < Date.parse(record.readAt);
}

function newUpdates(incident: Incident, sighting: Sighting, make: MakeEvent): StatusEvent[] {
  const events: StatusEvent[] = [];
  const walk = { first: sighting.kind === 'new', closed: false, begun: false };
  const seen = seenOf(incident, sighting);
  const lastSeen = incident.updates.findLastIndex((update) => seen.has(update));
  const history = isReadAnew(incident, sighting) ? lastSeen : 0;
  incident.updates.forEach((update, index) => {
    const late = index < lastSeen;
    if (!seen.has(update) && index >= history) {
      const type = typeOfUpdate(incident, update, walk);
      events.push(make(type, { key: updateIdentity(incident, update), incident, update, late }));
      walk.first = false;
    } else if (isEdited(update, incident, sighting)) {
      const key = [...updateIdentity(incident, update), bodyKey(update)];
      events.push(make(`${incident.kind}.edited`, { key, incident, update }));
    }
    step(walk, update.status);
  });
  return events;
}

/**
 * Not one post has an id that we know: the page is read in a way that may list more of them than the one before (a feed
 * with the last post of each). What it has from before a post that was told is history.
 */
function isReadAnew(incident: Incident, sighting: Sighting): boolean {
  return sighting.kind === 'known' && !incident.updates.some((update) => sighting.bodies.has(updateKey(update)));
}

interface Walk {
  first: boolean;
  closed: boolean;
  begun: boolean;
}

function step(walk: Walk, phase: Phase): void {
  if (phase === 'unknown') return;
  walk.closed = isClosed(phase);
  if (phase === 'in_progress' || phase === 'verifying') walk.begun = true;
}

function typeOfUpdate(incident: Incident, update: Update, walk: Walk): EventType {
  if (incident.kind === 'maintenance') return typeOfMaintenanceUpdate(update.status, walk);
  if (walk.first) return 'incident.opened';
  if (isClosed(update.status)) return walk.closed ? 'incident.updated' : 'incident.resolved';
  return walk.closed && update.status !== 'unknown' ? 'incident.reopened' : 'incident.updated';
}

function typeOfMaintenanceUpdate(phase: Phase, walk: Walk): EventType {
  if (phase === 'cancelled' && !walk.closed) return 'maintenance.cancelled';
  if (isClosed(phase) && !walk.closed) return 'maintenance.completed';
  if ((phase === 'in_progress' || phase === 'verifying') && !walk.begun) return 'maintenance.started';
  return walk.first ? 'maintenance.scheduled' : 'maintenance.updated';
}

/**
 * Which posts were seen: by their ids, else by their words. A page that is read in another way for a while numbers its
 * posts anew: then each of those that we remember and that are not shown under their ids accounts for one in its words.
 */
function seenOf(incident: Incident, sighting: Sighting): ReadonlySet<Update> {
  switch (sighting.kind) {
    case 'new':
      return new Set();
    case 'folded':
      return new Set(incident.updates.filter((update) => update.at.getTime() < sighting.horizon));
    case 'known':
      return seenAmong(incident.updates, sighting.bodies);
  }
}

function seenAmong(updates: readonly Update[], bodies: ReadonlyMap<string, string>): Set<Update> {
  const known = updates.filter((update) => bodies.has(updateKey(update)));
  const seen = new Set(known);
  if (known.length === updates.length) return seen;
  const words = unaccounted(known, bodies);
  for (const update of updates) {
    const left = seen.has(update) ? 0 : (words.get(bodyKey(update)) ?? 0);
    if (left === 0) continue;
    words.set(bodyKey(update), left - 1);
    seen.add(update);
  }
  return seen;
}

/** How often we remember words that no post with a known id accounts for. */
function unaccounted(known: readonly Update[], bodies: ReadonlyMap<string, string>): Map<string, number> {
  const shown = new Set(known.map(updateKey));
  const counts = new Map<string, number>();
  const count = (words: string, by: number) => counts.set(words, Math.max(0, (counts.get(words) ?? 0) + by));
  for (const [key, words] of bodies) if (!shown.has(key)) count(words, 1);
  for (const update of known) count(bodyKey(update), -1);
  return counts;
}

/** Not where we remember the new words of a post that is not shown: then the page told the edit in another way of reading. */
function isEdited(update: Update, incident: Incident, sighting: Sighting): boolean {
  if (sighting.kind !== 'known') return false;
  const known = sighting.bodies.get(updateKey(update));
  const words = bodyKey(update);
  if (known === undefined || known === words) return false;
  const shown = new Set(incident.updates.map(updateKey));
  return ![...sighting.bodies].some(([key, body]) => body === words && !shown.has(key));
}

/** A new incident without any post, or a phase that changed without one (a maintenance that began by the clock). */
function silentChange(incident: Incident, sighting: Sighting, before: Phase | null, make: MakeEvent): StatusEvent[] {
  const type = sighting.kind === 'new' ? typeOfFirst(incident) : typeOfPhaseChange(incident, before);
  if (type === null) return [];
  const at = isClosed(incident.status) ? incident.resolvedAt : (incident.startedAt ?? incident.updatedAt);
  return [make(type, { key: ['phase', incident.id, incident.status, String(at?.getTime())], incident, at })];
}

function typeOfFirst(incident: Incident): EventType {
  if (incident.kind === 'incident') return 'incident.opened';
  return typeOfMaintenanceUpdate(incident.status, { first: true, closed: false, begun: false });
}

function typeOfPhaseChange(incident: Incident, before: Phase | null): EventType | null {
  // That we do not know its phase is not that it changed.
  if (incident.status === 'unknown') return null;
  const wasClosed = before === null || isClosed(before);
  const closed = isClosed(incident.status);
  if (incident.kind === 'incident') {
    if (closed === wasClosed) return null;
    return closed ? 'incident.resolved' : 'incident.reopened';
  }
  if (before === incident.status || (wasClosed && closed)) return null;
  const begun = before === 'in_progress' || before === 'verifying';
  return typeOfMaintenanceUpdate(incident.status, { first: false, closed: wasClosed, begun });
}

/** By the vendor's time; edits, which are about old posts, come last. */
export function inOrder(events: readonly StatusEvent[]): StatusEvent[] {
  const isEdit = (event: StatusEvent) => Number(event.type.endsWith('.edited'));
  return [...events].sort((a, b) => isEdit(a) - isEdit(b) || a.at.getTime() - b.at.getTime());
}

/**
 * What is new: what was seen of a page, and a snapshot of it, to events and to what is seen now. Pure.
 * "New" is decided by ids and fingerprints alone, never by comparing the vendor's clock with ours.
 */

import { componentChanges, troubledComponents } from './diff/components.ts';
import { eventMaker, type MakeEvent } from './diff/event.ts';
import { findMissing, type Missing, NOTHING_MISSING, READS_TO_WITHDRAW, withdrawn } from './diff/missing.ts';
import { adopt } from './diff/moved.ts';
import { writeSeen } from './diff/seen.ts';
import { baseline, changes, inOrder } from './diff/updates.ts';
import { type IncidentJson, incidentToJson } from './json.ts';
import type { Incident, Provider, ReadFailure, Snapshot, StatusEvent } from './model.ts';
import { isOpen, uniqueById } from './normalize.ts';
import { emptyRecord, openIncidents, type PageRecord } from './record.ts';

/** Failed reads, and the time since the first of them, before a page is told as unreadable. */
const FAILURES_TO_TELL = 3;
const UNREADABLE_AFTER_MS = 15 * 60_000;
const LONGEST_BACK_OFF_MS = 60 * 60_000;
const KEPT_BODY_LENGTH = 200;

export interface Difference {
  /** In the order they are told: new updates by the vendor's time, then what has no update. */
  events: StatusEvent[];
  record: PageRecord;
}

/** A good read. Without a record it is the page's baseline: what is open is told as `initial`, history is not. */
export function compare(record: PageRecord | null, snapshot: Snapshot, provider: Provider, now: Date): Difference {
  const make = eventMaker(provider, now);
  const incidents = uniqueById(snapshot.incidents);
  const known = record?.readAt ? record : null;
  const missing = known ? findMissing(known, incidents, snapshot, make) : NOTHING_MISSING;
  const changed = known ? changes(known, incidents, snapshot, make) : baseline(openOf(incidents, now), make);
  const events = [...readableAgain(record, make), ...inOrder(changed), ...missing.events];
  events.push(...componentChanges(known, snapshot, changed, make));
  return { events, record: nextRecord(record, snapshot, incidents, missing, provider, now) };
}

/**
 * The first good read of a page that another platform serves by now: told once, and then as if that had served it all
 * along. What was open before and is not known again by its title and start is told as at a first read.
 */
export function move(record: PageRecord | null, snapshot: Snapshot, provider: Provider, now: Date): Difference {
  if (!record?.readAt) return compare(record, snapshot, provider, now);
  const make = eventMaker(provider, now);
  const { platform, url } = record.provider;
  const moved = make('provider.moved', { key: ['moved', platform ?? '', url, record.readAt] });
  const adopted = adopt(record, { ...snapshot, incidents: uniqueById(snapshot.incidents) }, now);
  const { events, record: next } = compare(adopted.record, snapshot, provider, now);
  return { events: [moved, ...baseline(adopted.strangers, make), ...events], record: next };
}

/** A good read that brought nothing new (HTTP 304, or the same bytes): it still counts as a read. */
export function confirm(record: PageRecord, now: Date): Difference {
  const make = eventMaker(record.provider, now);
  const events = readableAgain(record, make);
  const missing: PageRecord['missing'] = [];
  let open = record.open;
  for (const [id, reads] of record.missing) {
    const gone = openIncidents(record).find((incident) => incident.id === id);
    if (gone && reads + 1 >= READS_TO_WITHDRAW) {
      events.push(withdrawn(gone, make));
      open = open.filter((kept) => kept.id !== id);
    } else if (gone) missing.push([id, reads + 1]);
  }
  return { events, record: { ...record, open, missing, readAt: now.toISOString(), failure: null } };
}

/** A read that failed. Told once, after three failures and fifteen minutes; at once when the page is gone for good. */
export function fail(record: PageRecord, error: { code: string; message: string }, now: Date): Difference {
  const before = record.failure;
  const since = before?.since ?? now.toISOString();
  const count = (before?.count ?? 0) + 1;
  const due = count >= FAILURES_TO_TELL && now.getTime() - Date.parse(since) >= UNREADABLE_AFTER_MS;
  const tell = !before?.told && (due || error.code === 'gone');
  const shape = isShapeFailure(error.code) ? (before?.shape ?? 0) + 1 : 0;
  const failure = { since, count, shape, ...error, told: tell || (before?.told ?? false) };
  const told = { ...record, failure };
  return { events: tell ? [unreadable(told, failure, now)] : [], record: told };
}

/**
 * A page that failed, and that its server wants not to be asked again for longer than failures alone would have us wait: it
 * is told in time all the same. Null when there is nothing to tell.
 */
export function overdue(record: PageRecord, now: Date): Difference | null {
  const { failure, dueAt } = record;
  if (failure === null || failure.told || dueAt === null) return null;
  const since = Date.parse(failure.since);
  if (now.getTime() - since < UNREADABLE_AFTER_MS || dueAt - since <= LONGEST_BACK_OFF_MS) return null;
  return { events: [unreadable(record, failure, now)], record: { ...record, failure: { ...failure, told: true } } };
}

function unreadable(record: PageRecord, failure: NonNullable<PageRecord['failure']>, now: Date): StatusEvent {
  const { since, code, message } = failure;
  return eventMaker(record.provider, now)('provider.unreadable', {
    key: ['unreadable', since],
    error: { code, message } as ReadFailure,
  });
}

/** Whether the page answered, but not in its platform's shape: after several of these it may have moved. */
export function isShapeFailure(code: string): boolean {
  return ['shape', 'html', 'not_json', 'not_xml', 'empty'].includes(code);
}

function openOf(incidents: readonly Incident[], now: Date): Incident[] {
  return incidents.filter((incident) => isOpen(incident, now));
}

function readableAgain(record: PageRecord | null, make: MakeEvent): StatusEvent[] {
  if (!record?.failure?.told) return [];
  return [make('provider.readable', { key: ['readable', record.failure.since] })];
}

function nextRecord(
  record: PageRecord | null,
  snapshot: Snapshot,
  incidents: readonly Incident[],
  missing: Missing,
  provider: Provider,
  now: Date,
): PageRecord {
  const open = [...openOf(incidents, now), ...missing.kept];
  return {
    ...(record ?? emptyRecord(provider)),
    provider,
    readAt: now.toISOString(),
    state: snapshot.state,
    components: snapshot.components.length > 0 ? troubledComponents(record, snapshot) : (record?.components ?? []),
    open: open.map(shortened),
    ...writeSeen(record?.readAt ? record : null, incidents, now),
    history: (record?.history ?? false) || (snapshot.lists === 'recent' && !snapshot.torn),
    missing: missing.counts,
    failure: null,
  };
}

/** It is told once more only if it is withdrawn, and then its last post is enough: state.json stays small. */
function shortened(incident: Incident): IncidentJson {
  const last = incident.updates.slice(-1).map((update) => ({
    ...update,
    body: update.body.slice(0, KEPT_BODY_LENGTH).toWellFormed(),
    components: [],
  }));
  return incidentToJson({ ...incident, updates: last });
}

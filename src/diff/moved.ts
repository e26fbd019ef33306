/**
 * A page that another platform serves from now on. It numbers everything anew, so what was told is known again by its
 * title and its start, and which of its posts were told by their times. Pure.
 */
import { incidentToJson } from '../json.ts';
import type { Incident, Snapshot, Update } from '../model.ts';
import { isClosed } from '../normalize.ts';
import { openIncidents, type PageRecord } from '../record.ts';
import { troubledComponents } from './components.ts';
import { writeSeen } from './seen.ts';

/** How far two platforms may disagree on when one incident began, or one post was made. */
const SAME_START_MS = 10 * 60_000;
const SAME_POST_MS = 60_000;
const SAME_WORDS = 200;

export interface Adopted {
  /** What would have been recorded had the new platform served the page all along. */
  record: PageRecord;
  /** Open, begun before the last good read, and yet not among what was known. */
  strangers: Incident[];
}

/** `record` is of a page that has been read. Its history is no news; what was posted since the last good read is. */
export function adopt(record: PageRecord, snapshot: Snapshot, now: Date): Adopted {
  const known = openIncidents(record);
  const readAt = Date.parse(record.readAt ?? '');
  const seen: Incident[] = [];
  const open: Incident[] = [];
  const strangers: Incident[] = [];
  for (const incident of snapshot.incidents) {
    const before = known.find((one) => isSame(one, incident));
    const told = incident.updates.filter((update) =>
      before ? wasTold(update, before) : update.at.getTime() <= readAt,
    );
    if (before) open.push({ ...incident, status: before.status, updates: told });
    else if (told.length === 0 && isSince(incident, readAt)) continue;
    else if (!isClosed(incident.status) && told.length === incident.updates.length) strangers.push(incident);
    seen.push({ ...incident, updates: told, updatedAt: told.at(-1)?.at ?? incident.startedAt });
  }
  const gone = known.filter((one) => !snapshot.incidents.some((incident) => isSame(one, incident)));
  return {
    record: {
      ...record,
      ...writeSeen(record, seen, now),
      open: [...open, ...strangers, ...gone].map(incidentToJson),
      components: troubledComponents(null, snapshot),
      missing: [],
      history: true,
    },
    strangers,
  };
}

function isSame(a: Incident, b: Incident): boolean {
  const [one, other] = [startOf(a), startOf(b)];
  if (a.kind !== b.kind || bare(a.title) !== bare(b.title) || one === null || other === null) return false;
  return Math.abs(one.getTime() - other.getTime()) <= SAME_START_MS;
}

function startOf(incident: Incident): Date | null {
  return incident.scheduledFor ?? incident.startedAt ?? incident.updates[0]?.at ?? null;
}

function bare(words: string): string {
  return words
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Up to the last post that was known; one that both have in the same words is told as well. */
function wasTold(update: Update, before: Incident): boolean {
  const last = before.updates.at(-1)?.at.getTime() ?? Number.NEGATIVE_INFINITY;
  if (update.at.getTime() <= last + SAME_POST_MS) return true;
  const words = bare(update.body).slice(0, SAME_WORDS);
  return (
    words !== '' &&
    before.updates.some((known) => bare(known.body).slice(0, SAME_WORDS) === words && known.status === update.status)
  );
}

/** One without any post is as old as its start. */
function isSince(incident: Incident, readAt: number): boolean {
  return incident.updates.length > 0 || (incident.startedAt !== null && incident.startedAt.getTime() > readAt);
}

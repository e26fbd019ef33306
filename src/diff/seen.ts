/**
 * What was already seen of a page's incidents, as short fingerprints: six characters an incident and six the second it
 * was first seen in, nine an update. Full ids and texts would make state.json many times larger, and a vendor's id is
 * then never a key of anything.
 */
import { fingerprint } from '../fingerprint.ts';
import type { Incident, Update } from '../model.ts';
import { isClosed } from '../normalize.ts';
import type { PageRecord } from '../record.ts';
import { hasRuns } from '../text.ts';

const INCIDENT_KEY = 6;
const FIRST_SEEN = 6;
const HEAD = INCIDENT_KEY + FIRST_SEEN;
const UPDATE_KEY = 5;
const BODY_KEY = 4;
const ENTRY = UPDATE_KEY + BODY_KEY;
const UNLISTED_KEPT = 20;
const GONE_KEPT = 50;
const FOLDED_KEPT = 200;
const FOLD_AFTER_MS = 14 * 24 * 3_600_000;

/**
 * How an incident stands to what was seen: `new`; `known`, with the body fingerprint of each update seen; or `folded`:
 * closed for two weeks when last seen, of which only the fact is kept and any update since `horizon` is new.
 */
export type Sighting =
  | { kind: 'new' }
  | { kind: 'known'; bodies: ReadonlyMap<string, string> }
  | { kind: 'folded'; horizon: number };

export type SeenPart = Pick<PageRecord, 'seen' | 'folded' | 'horizon'>;

/** Reads the fingerprints back. The answer looks incidents up by their vendor's id. */
export function readSeen(part: SeenPart): (incidentId: string) => Sighting {
  const known = new Map(part.seen.map((entry) => [entry.slice(0, INCIDENT_KEY), entry.slice(HEAD)]));
  const folded = new Set(chunks(part.folded, INCIDENT_KEY));
  return (incidentId) => {
    const key = fingerprint(incidentId, INCIDENT_KEY);
    const entry = known.get(key);
    if (entry !== undefined) return { kind: 'known', bodies: new Map(chunks(entry, ENTRY).map(splitEntry)) };
    return folded.has(key) ? { kind: 'folded', horizon: part.horizon } : { kind: 'new' };
  };
}

/** When we first met the incident, to the second; null when it was over by then, or is long forgotten. */
export function firstSeenAt(part: SeenPart, incidentId: string): Date | null {
  const key = fingerprint(incidentId, INCIDENT_KEY);
  const seconds = Number.parseInt(
    part.seen.find((entry) => entry.startsWith(key))?.slice(INCIDENT_KEY, HEAD) ?? '0',
    36,
  );
  return seconds > 0 ? new Date(seconds * 1000) : null;
}

/**
 * The fingerprints after a read. What the page no longer lists is kept for a while: a list that is empty for one read
 * must not make its incidents new in the next.
 */
export function writeSeen(before: SeenPart | null, incidents: readonly Incident[], now: Date): SeenPart {
  const horizon = Math.max(before?.horizon ?? 0, newestUpdate(incidents, now) - FOLD_AFTER_MS);
  const earlier = new Map(before?.seen.map((entry) => [entry.slice(0, INCIDENT_KEY), entry]));
  const seen: string[] = [];
  const folded: string[] = [];
  for (const incident of incidents) {
    const key = fingerprint(incident.id, INCIDENT_KEY);
    if (isOld(incident, horizon)) folded.push(key);
    else seen.push(entryOf(incident, earlier.get(key) ?? headOf(key, incident, before, now)));
  }
  if (before) keepUnlisted(before, seen, folded);
  return { seen, folded: folded.join(''), horizon };
}

/** Posts that this read does not show stay known: one that comes back is not told again. */
function entryOf(incident: Incident, earlier: string): string {
  const shown = incident.updates.map((update) => updateKey(update) + bodyKey(update));
  const keys = new Set(shown.map((update) => update.slice(0, UPDATE_KEY)));
  const gone = chunks(earlier.slice(HEAD), ENTRY).filter((update) => !keys.has(update.slice(0, UPDATE_KEY)));
  return earlier.slice(0, HEAD) + [...shown, ...gone.slice(0, GONE_KEPT)].join('');
}

/** An incident that was over at the page's first read was never met by us. */
function headOf(key: string, incident: Incident, before: SeenPart | null, now: Date): string {
  const met = before !== null || !isClosed(incident.status);
  return key + (met ? Math.floor(now.getTime() / 1000) : 0).toString(36).padStart(FIRST_SEEN, '0');
}

function keepUnlisted(before: SeenPart, seen: string[], folded: string[]): void {
  const listed = new Set([...seen.map((entry) => entry.slice(0, INCIDENT_KEY)), ...folded]);
  const unlisted = before.seen.filter((entry) => !listed.has(entry.slice(0, INCIDENT_KEY)));
  seen.push(...unlisted.slice(0, UNLISTED_KEPT));
  const overflow = unlisted.slice(UNLISTED_KEPT).map((entry) => entry.slice(0, INCIDENT_KEY));
  const old = chunks(before.folded, INCIDENT_KEY).filter((key) => !listed.has(key));
  folded.push(...[...overflow, ...old].slice(0, Math.max(0, FOLDED_KEPT - folded.length)));
}

// Of what is over, `updatedAt` tells it: to ask for its posts would have them mapped, and most pages list twenty such.
function isOld(incident: Incident, horizon: number): boolean {
  const last = incident.updatedAt ?? incident.startedAt;
  return isClosed(incident.status) && last !== null && last.getTime() < horizon;
}

function newestUpdate(incidents: readonly Incident[], now: Date): number {
  let newest = 0;
  for (const incident of incidents) {
    const last = isClosed(incident.status) ? incident.updatedAt : incident.updates.at(-1)?.at;
    if (last) newest = Math.max(newest, Math.min(last.getTime(), now.getTime()));
  }
  return newest;
}

/** The fingerprint of an update's identity inside its incident. */
export function updateKey(update: Update): string {
  return fingerprint(update.id, UPDATE_KEY);
}

/** The fingerprint of an update's words; white space does not count. */
export function bodyKey({ body }: Update): string {
  return fingerprint(hasRuns(body) ? body.replace(/\s+/g, ' ') : body, BODY_KEY);
}

function splitEntry(entry: string): [string, string] {
  return [entry.slice(0, UPDATE_KEY), entry.slice(UPDATE_KEY)];
}

function chunks(text: string, size: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at + size <= text.length; at += size) parts.push(text.slice(at, at + size));
  return parts;
}

/**
 * What a calendar says of maintenance, read after read: an event keeps its identity, is numbered anew at each change, and
 * is cancelled rather than lost. Pure.
 */
import { fingerprint } from './fingerprint.ts';
import type { Incident, Phase } from './model.ts';
import { componentLabel, uniqueById } from './normalize.ts';
import { cleanLine, cleanText, cutGraphemes, safeUrl } from './text.ts';
import { isoSeconds } from './time.ts';

/** What a reader sees of an event. A change of any of it is a new revision. Times are ISO 8601 UTC. */
interface Told {
  title: string;
  status: Phase;
  startsAt: string;
  endsAt: string;
  /** False: the vendor named no end, and `endsAt` is an hour after the start. */
  endTold: boolean;
  components: { id: string; name: string; group: string | null }[];
  /** The vendor's words: the last post, and below it the first. */
  body: string;
  url: string | null;
}

/** One maintenance as calendar.json holds it. Never edited in place. */
export interface CalendarEntry extends Told {
  /** The maintenance's id on its page, as `platform` has it. */
  id: string;
  platform: string | null;
  /** The event's identity in every calendar program, for ever. */
  uid: string;
  /** How many times it was revised. */
  sequence: number;
  /** When it was revised last: the vendor's time where it is known, else when we noticed. */
  stamp: string;
  cancelledAt: string | null;
  /** Of the first good read in a row that should have shown it and did not. */
  missingSince: string | null;
}

/** calendar.json: the entries of each page, by the address its target named. */
export interface Calendar {
  pages: Map<string, readonly CalendarEntry[]>;
}

/** One read of one page. */
export interface Look {
  page: string;
  providerId: string;
  platform: string | null;
  /** Null: the page could not be read. */
  incidents: readonly Incident[] | null;
  /** Planned maintenance that this read does not show is not on the page. */
  showsAll: boolean;
  askedAt: Date;
}

const KEPT_MS = 30 * 86_400_000;
const USUAL_LENGTH_MS = 3_600_000;
const LONGEST_TITLE = 20_000;
const LONGEST_BODY = 2000;

/** Takes what pages showed into the calendar. Of pages not looked at it drops only what nobody would be shown any more. */
export function follow(calendar: Calendar, looks: readonly Look[], now: Date): void {
  const taken = new Set([...calendar.pages.values()].flatMap((entries) => entries.map(({ uid }) => uid)));
  for (const look of looks)
    calendar.pages.set(look.page, nextEntries(calendar.pages.get(look.page) ?? [], look, taken, now));
  for (const [page, entries] of calendar.pages) {
    const current = entries.filter((entry) => !isOver(entry, now));
    if (current.length === 0) calendar.pages.delete(page);
    else if (current.length < entries.length) calendar.pages.set(page, current);
  }
}

/** Whether the event is 30 days past; cancelled, since it was. */
function isOver({ cancelledAt, endsAt }: CalendarEntry, now: Date): boolean {
  return Date.parse(cancelledAt ?? endsAt) + KEPT_MS < now.getTime();
}

function nextEntries(
  known: readonly CalendarEntry[],
  look: Look,
  taken: Set<string>,
  now: Date,
): readonly CalendarEntry[] {
  if (look.incidents === null) return known;
  const listed = uniqueById(look.incidents).filter(({ kind }) => kind === 'maintenance');
  const byId = new Map(known.map((entry) => [entry.id, entry]));
  const missing = new Set(known);
  for (const { id } of listed) missing.delete(byId.get(id)!);
  const shown = listed.flatMap((maintenance) => {
    const before = byId.get(maintenance.id) ?? adopt(maintenance, missing);
    const told = tell(maintenance, before);
    if (!told) return [];
    if (before) return [revise(before, told, maintenance, look, now)];
    const first = begin(told, maintenance, look, taken, now);
    if (!first) return [];
    taken.add(first.uid);
    return [first];
  });
  return [...shown, ...[...missing].map((entry) => withoutIt(entry, look, now))].sort(byTime);
}

function byTime(a: CalendarEntry, b: CalendarEntry): number {
  return `${a.startsAt} ${a.uid}` < `${b.startsAt} ${b.uid}` ? -1 : 1;
}

/**
 * One that came under another id, because its vendor moved to another platform or posted it anew, goes on as the event it
 * was: else readers would see it twice, once cancelled.
 */
function adopt(maintenance: Incident, missing: Set<CalendarEntry>): CalendarEntry | undefined {
  const told = tell(maintenance, undefined);
  const same = [...missing].find((entry) => entry.title === told?.title && entry.startsAt === told.startsAt);
  if (same) missing.delete(same);
  return same;
}

/** Null: the vendor gave no date, and none was known. */
function tell(maintenance: Incident, before: CalendarEntry | undefined): Told | null {
  const times = timesOf(maintenance) ?? before;
  if (!times) return null;
  const { startsAt, endsAt, endTold } = times;
  // In an order of their own: vendors list them now this way, now that.
  const components = maintenance.components
    .map(({ id, name, group }) => ({ id, name, group }))
    .sort((a, b) => (`${componentLabel(a)} ${a.id}` < `${componentLabel(b)} ${b.id}` ? -1 : 1));
  return {
    title: cutGraphemes(cleanLine(maintenance.title), LONGEST_TITLE, 'utf16'),
    status: maintenance.status,
    startsAt,
    endsAt,
    endTold,
    components,
    body: bodyOf(maintenance),
    url: safeUrl(maintenance.url),
  };
}

function timesOf({ scheduledFor, scheduledUntil, startedAt, resolvedAt, status }: Incident) {
  const start = scheduledFor ?? startedAt;
  if (start === null) return null;
  const end = scheduledUntil ?? (status === 'completed' ? resolvedAt : null);
  const endTold = end !== null && end > start;
  const until = endTold ? end : new Date(start.getTime() + USUAL_LENGTH_MS);
  return { startsAt: isoSeconds(start), endsAt: isoSeconds(until), endTold };
}

function bodyOf({ updates }: Incident): string {
  const bodies = updates.map(({ body }) => cleanText(body).trim()).filter((body) => body !== '');
  const told = new Set([bodies.at(-1) ?? '', bodies[0] ?? '']);
  return [...told].map((body) => cutGraphemes(body, LONGEST_BODY, 'utf16')).join('\n\n');
}

/** Null: it was cancelled nobody knows when, and no calendar has it. */
function begin(told: Told, maintenance: Incident, look: Look, taken: ReadonlySet<string>, now: Date) {
  const posted = postedAt(maintenance, now);
  const cancelledAt = told.status === 'cancelled' ? posted : null;
  if (told.status === 'cancelled' && !cancelledAt) return null;
  const entry: CalendarEntry = {
    ...told,
    id: maintenance.id,
    platform: look.platform,
    uid: uidOf(maintenance.id, look, taken),
    sequence: 0,
    stamp: isoSeconds(posted ?? now),
    cancelledAt: cancelledAt && isoSeconds(cancelledAt),
    missingSince: null,
  };
  return entry;
}

function revise(before: CalendarEntry, told: Told, maintenance: Incident, look: Look, now: Date): CalendarEntry {
  const place = { id: maintenance.id, platform: look.platform, missingSince: null };
  if (isSame(before, told)) return { ...before, ...place };
  const posted = postedAt(maintenance, now);
  const stamp = isoSeconds(posted !== null && isoSeconds(posted) > before.stamp ? posted : now);
  const cancelledAt = told.status === 'cancelled' ? (before.cancelledAt ?? isoSeconds(now)) : null;
  return { ...before, ...told, ...place, sequence: before.sequence + 1, stamp, cancelledAt };
}

/** When the vendor last posted; null when that is not known, or in the future. */
function postedAt({ updatedAt }: Incident, now: Date): Date | null {
  return updatedAt !== null && updatedAt <= now ? updatedAt : null;
}

function isSame(before: CalendarEntry, told: Told): boolean {
  return (Object.keys(told) as (keyof Told)[]).every(
    (field) => JSON.stringify(before[field]) === JSON.stringify(told[field]),
  );
}

/**
 * An entry that a good read did not show. Absence is not cancellation: it has to be absent twice, for the first time
 * before the work was to begin, from a page that would show it. Two reads at the same time are one.
 */
function withoutIt(entry: CalendarEntry, look: Look, now: Date): CalendarEntry {
  const awaited = entry.status === 'scheduled' || entry.status === 'unknown';
  if (!awaited || !look.showsAll || look.platform !== entry.platform) return entry;
  const since = entry.missingSince === null ? now : new Date(entry.missingSince);
  if (since >= new Date(entry.startsAt) || (entry.missingSince !== null && look.askedAt <= since)) return entry;
  if (entry.missingSince === null) return { ...entry, missingSince: now.toISOString() };
  const at = isoSeconds(now);
  return {
    ...entry,
    status: 'cancelled',
    sequence: entry.sequence + 1,
    stamp: at,
    cancelledAt: at,
    missingSince: null,
  };
}

/** Made of what stays the same should calendar.json be lost; of the page's address too where that is another's already. */
function uidOf(id: string, { providerId, page }: Look, taken: ReadonlySet<string>): string {
  const provider = providerId.replace(/[^\w.-]+/g, '-').slice(0, 100);
  const own = /^[\w.-]{1,100}$/.test(id) ? id : fingerprint(id, 16);
  const uid = `${provider}.${own}@pingoru`;
  return taken.has(uid) ? `${provider}.${fingerprint(`${page} ${id}`, 16)}@pingoru` : uid;
}

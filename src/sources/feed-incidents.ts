/**
 * Entries to incidents. Some feeds have one entry for each incident and rewrite it in place, others a new item for every
 * post: items are of one incident when they share a link of its own, or the guid, or else, where titles carry a phase, the
 * title without it. Part of the feed source.
 */
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Impact, Incident, Kind, Phase, Update } from '../model.ts';
import { buildIncident, closingLast, impactOfTrouble, isClosed, worseStatus } from '../normalize.ts';
import type { Entry, Feed } from './feed-entries.ts';
import { type Post, type Reading, readBody } from './feed-posts.ts';
import { kindOfPhase, phaseOfKind, readTitle, type Title } from './feed-words.ts';

interface Item {
  entry: Entry;
  title: Title;
  reading: Reading;
  key: string;
}

export interface Context {
  /** Where an incident without an address of its own is to be looked up. */
  home: string;
  /** When the feed was sent or made. */
  now: Date | null;
}

export interface Found {
  incident: Incident;
  /** Its phase was written as such, not only put into prose. */
  sure: boolean;
}

export function toIncidents(feed: Feed, context: Context): Found[] {
  const groups = new Map<string, Item[]>();
  const ownLinks = linksOfTheirOwn(feed);
  for (const entry of feed.entries) {
    const item = toItem(entry, ownLinks);
    if (item === null) continue;
    const group = groups.get(item.key);
    if (group) group.push(item);
    else groups.set(item.key, [item]);
  }
  const ids = new Set<string>();
  return [...groups].map(([key, items]) => {
    const short = shortId(items[0]!, ownLinks) ?? '';
    const id = short === '' || ids.has(short) ? syntheticId(key) : short;
    ids.add(id);
    return toIncident(id, items, context);
  });
}

/** Links that lead to an incident, and not to the page that all of them are on. */
function linksOfTheirOwn(feed: Feed): Set<string> {
  const home = feed.home === null ? null : bare(feed.home);
  const links = feed.entries.flatMap((entry) => entry.link ?? []).map(bare);
  return new Set(links.filter((link) => link !== home && !/^https?:\/\/[^/]+$/.test(link)));
}

function bare(url: string): string {
  return url.replace(/#.*$/, '').replace(/\/+$/, '');
}

function toItem(entry: Entry, ownLinks: ReadonlySet<string>): Item | null {
  const title = readTitle(entry.title);
  const reading = readBody(entry);
  const link = entry.link === null ? '' : bare(entry.link);
  const key = ownLinks.has(link)
    ? link
    : title.marked
      ? `${seriesOf(entry.guid)} ${title.name.toLowerCase()}`
      : entry.guid;
  if (key === '' && entry.title === '') return null;
  return { entry, title, reading, key: key === '' ? syntheticId(entry.title, entry.published ?? entry.updated) : key };
}

/** AWS numbers the posts of a service by their times: `https://status.aws.amazon.com/#ec2-us-east-1_1690000000`. */
function seriesOf(guid: string): string {
  return /^(.*\D)\d{9,14}$/.exec(guid)?.[1] ?? '';
}

/** The id in an address as vendors write them; none where that is a whole sentence. */
function shortId({ entry }: Item, ownLinks: ReadonlySet<string>): string | null {
  const link = entry.link === null ? '' : bare(entry.link);
  if (!ownLinks.has(link)) return null;
  return /\/(?:incidents?|maintenances?|issues?|notices?|events?)\/([A-Za-z0-9_-]{1,64})$/.exec(link)?.[1] ?? null;
}

function toIncident(id: string, items: readonly Item[], context: Context): Found {
  const first = items.reduce((oldest, item) => (timeOf(item.entry) < timeOf(oldest.entry) ? item : oldest));
  const kind = kindOf(items);
  const plan = kind === 'maintenance' ? planOf(items, context) : null;
  const posts = items.flatMap((item) => postsOf(item));
  const { updates, last } = posts.length > 0 ? withPhases(posts, kind, plan?.from ?? null) : undated(items, kind);
  const components = items.flatMap((item) => item.reading.components);
  const announced = last === 'unknown' && plan !== null && context.now !== null && plan.from > context.now;
  const incident = buildIncident({
    id,
    kind,
    title: first.title.name || first.entry.title || id,
    url: first.entry.link ?? context.home,
    status: announced ? 'scheduled' : last,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(components),
    startedAt: first.entry.published,
    resolvedAt: null,
    scheduledFor: plan?.from ?? null,
    scheduledUntil: plan?.until ?? null,
    components,
    updates,
  });
  return { incident, sure: items.some((item) => item.reading.form !== 'plain' || item.title.phase !== null) };
}

function timeOf(entry: Entry): number {
  return (entry.published ?? entry.updated)?.getTime() ?? Number.POSITIVE_INFINITY;
}

function kindOf(items: readonly Item[]): Kind {
  const said = items.map((item) => item.reading.kind ?? item.title.kind).find((kind) => kind !== null);
  if (said) return said;
  const phases = items.flatMap((item) => [item.title.phase, ...item.reading.posts.map((post) => post.phase)]);
  if (phases.some((phase) => phase !== null && kindOfPhase(phase) === 'maintenance')) return 'maintenance';
  const announced = items.some(
    (item) => item.reading.window !== null || /\/maintenances?\//.test(item.entry.link ?? ''),
  );
  return announced ? 'maintenance' : 'incident';
}

/** A maintenance announced says when; else it is "published" when it shall begin, if that is still to come or stands apart. */
function planOf(items: readonly Item[], { now }: Context): Reading['window'] {
  for (const { reading, entry } of items) {
    if (reading.window !== null) return reading.window;
    const { published } = entry;
    const ahead = published !== null && now !== null && published > now;
    if (published !== null && (ahead || reading.kind === 'maintenance')) return { from: published, until: null };
  }
  return null;
}

interface Dated extends Post {
  at: Date;
  /** Null where a post is known by its time alone. */
  id: string | null;
}

/**
 * An entry that holds all posts tells them apart by their times, as Statuspage's own web pages do, so that an edit is not a
 * new post. One that holds a single post is another post when its time or its phase is, or, in prose, its words.
 */
function postsOf({ entry, title, reading }: Item): Dated[] {
  const now = entry.updated ?? entry.published;
  return reading.posts.flatMap((post): Dated[] => {
    const at = post.at ?? now;
    if (at === null) return [];
    if (reading.form === 'blocks') return [{ ...post, at, id: null }];
    const phase = post.phase ?? title.phase;
    const id = syntheticId(entry.guid, at, phase, reading.form === 'plain' ? post.body : '');
    return [{ phase, at, id, body: post.body || entry.title }];
  });
}

/**
 * By the worst of the components that it names with their states, as few feeds do. What is told as an incident is no
 * maintenance for naming one that is under maintenance.
 */
function impactOf(components: readonly Component[]): Impact {
  const worst = components.reduce<ComponentStatus>((sofar, one) => worseStatus(sofar, one.status), 'unknown');
  return worst === 'under_maintenance' ? 'unknown' : impactOfTrouble(worst);
}

/** Oldest first, and the phase as it stands after the last. A post that says none leaves it as it was. */
function withPhases(posts: readonly Dated[], kind: Kind, plan: Date | null): { updates: Update[]; last: Phase } {
  const updates = new Map<string, Update>();
  let last: Phase = 'unknown';
  for (const post of posts.toReversed().sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const said = post.phase && phaseOfKind(post.phase, kind, plan && post.at >= plan);
    last = said ?? last;
    // Prose after the end does not say that it is still the end.
    const status = said ?? (post.id !== null && isClosed(last) ? 'unknown' : last);
    const id = post.id ?? unusedMinute(post.at, updates);
    updates.set(id, { id, status, at: post.at, body: post.body, components: [] });
  }
  const ordered = closingLast([...updates.values()]);
  const end = ordered.at(-1)?.status ?? 'unknown';
  return { updates: ordered, last: isClosed(end) ? end : last };
}

/** Entries without a time that can be read have no posts to show, but may say a phase. */
function undated(items: readonly Item[], kind: Kind): { updates: Update[]; last: Phase } {
  const phases = items.flatMap(({ title, reading }) => [title.phase, ...reading.posts.map((post) => post.phase)]);
  const said = phases.find((phase) => phase !== null);
  return { updates: [], last: said ? phaseOfKind(said, kind, null) : 'unknown' };
}

/** Counted from the oldest where several posts share a minute. */
function unusedMinute(at: Date, taken: ReadonlyMap<string, unknown>): string {
  const minute = `${at.toISOString().slice(0, at.getUTCSeconds() === 0 ? 16 : 19)}Z`;
  let id = minute;
  for (let nth = 2; taken.has(id); nth++) id = `${minute}-${nth}`;
  return id;
}

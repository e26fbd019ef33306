/**
 * Heroku's status (https://devcenter.heroku.com/articles/heroku-status): what goes on now, and for recent history the last
 * fifty incidents. An incident's `resolved` is often wrong, its `state` is not. `scheduled` keeps maintenances that are
 * long over as `upcoming`, and their hours stand in prose only: they never make the page one under maintenance, which the
 * colours of its systems do. Updates of the type `monitoring` and states other than three were nowhere seen recorded.
 */

import { FetchError, ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type {
  Component,
  ComponentStatus,
  Depth,
  Get,
  Impact,
  Incident,
  Kind,
  Page,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import {
  buildIncident,
  impactOfStatus,
  isClosed,
  newestFirst,
  pageState,
  uniqueById,
  worseStatus,
} from '../normalize.ts';
import {
  asObjects,
  asText,
  demandObjects,
  isMarkup,
  isNotOffered,
  isObject,
  isShellOf,
  parseJson,
  type RawObject,
  tryJson,
} from '../raw.ts';
import { asLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { HOSTS } from './hosts.ts';

const CURRENT = 'api/v4/current-status';
const HISTORY = 'api/v4/incidents';
const NEWEST = '?limit=50';
const HOME = 'https://status.heroku.com/';

export const heroku = {
  name: 'heroku',
  title: 'Heroku status',
  docs: 'https://devcenter.heroku.com/articles/heroku-status',
  lists: 'recent',
  endpoints: [CURRENT, HISTORY],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is a shell that any host could serve: only Heroku's own is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.heroku);
  if (!reply.text.includes('"system"') && !reply.text.includes('"full_url"')) return false;
  const json = tryJson(reply);
  return isCurrent(json) || isHistory(json);
}

function isCurrent(json: unknown): json is RawObject {
  if (!isObject(json) || !Array.isArray(json.incidents)) return false;
  const systems = asObjects(json.status);
  return systems.length > 0 && systems.every((system) => typeof system.system === 'string');
}

/** Never empty: an empty list could be anybody's. */
function isHistory(json: unknown): json is unknown[] {
  const first: unknown = Array.isArray(json) ? json[0] : null;
  return isObject(first) && Array.isArray(first.updates) && 'state' in first && 'full_url' in first;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const home = homeOf(page);
  const reply = await get(`${home}${CURRENT}`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const current = demandCurrent(parseJson(reply), reply.url);
  const past = depth === 'now' ? 'missing' : await readPast(get, home);
  if (typeof past !== 'string') return { ...toSnapshot(current, past, reply.url, home), lists: 'recent' };
  const snapshot = toSnapshot(current, [], reply.url, home);
  return past === 'broken' ? { ...snapshot, torn: true } : snapshot;
}

/** What is over, unless it is not offered or could not be had this time. */
async function readPast(get: Get, home: string): Promise<RawObject[] | 'missing' | 'broken'> {
  try {
    const reply = await get(`${home}${HISTORY}${NEWEST}`, { accept: 'json' });
    return demandHistory(parseJson(reply), reply.url);
  } catch (error) {
    if (isNotOffered(error)) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  const home = homeOf(page);
  if (!Array.isArray(json)) return toSnapshot(demandCurrent(json, reply.url), [], reply.url, home);
  // It holds no systems, so it says nothing of the state as a whole.
  const incidents = newestFirst(
    uniqueById(demandHistory(json, reply.url).flatMap((row) => toIncident(row, home, null))),
  );
  const state = pageState('unknown', [], incidents);
  return { name: 'Heroku', state, description: '', components: [], incidents, lists: 'recent' };
}

function homeOf(page: Page): string {
  const { hostname, origin, pathname } = new URL(page.url);
  return HOSTS.heroku.test(hostname) ? HOME : `${origin}${pathname.replace(/(?:\/api\/v4\/[\w-]+)?\/?$/, '')}/`;
}

function demandCurrent(json: unknown, url: string): RawObject {
  if (!isCurrent(json)) throw new ParseError('shape', url, "the reply is not the state of Heroku's systems");
  return json;
}

function demandHistory(json: unknown, url: string): RawObject[] {
  if (!isHistory(json)) throw new ParseError('shape', url, "the reply is not the list of Heroku's incidents");
  return asObjects(json);
}

function toSnapshot(current: RawObject, past: readonly RawObject[], url: string, home: string): Snapshot {
  const listed = [
    ...past.flatMap((row) => toIncident(row, home, null)),
    ...demandObjects(current, 'scheduled', url, true).flatMap((row) => toIncident(row, home, 'maintenance')),
    ...demandObjects(current, 'incidents', url).flatMap((row) => toIncident(row, home, null)),
  ];
  const incidents = newestFirst(uniqueById(listed));
  const components = uniqueById(
    asObjects(current.status).flatMap((system) => toSystem(system.system, statusOf(system.status))),
  );
  const state = pageState(null, components, incidents);
  return { name: 'Heroku', state, description: '', components, incidents, lists: 'open' };
}

function toSystem(name: unknown, status: ComponentStatus): Component[] {
  const id = asLine(name);
  return id === null ? [] : [{ id, name: id, group: null, status }];
}

function toIncident(row: RawObject, home: string, listedAs: Kind | null): Incident[] {
  const id = asLine(row.id);
  if (id === null) return [];
  const kind = listedAs ?? kindOf(row);
  const posts = toPosts(id, row);
  const status = kind === 'maintenance' ? maintenancePhase(row, posts) : incidentPhase(row, posts);
  const worst = worstOf(row);
  const incident = buildIncident({
    id,
    kind,
    title: asLine(row.title) ?? id,
    url: safeUrl(asText(row.full_url)) ?? `${home}incidents/${encodeURIComponent(id)}`,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(worst),
    startedAt: parseIsoTime(row.created_at),
    resolvedAt: parseIsoTime(row.resolved_at),
    components: toAffected(row, isClosed(status), worst),
    updates: posts,
  });
  return [incident];
}

/** By its oldest update, which does not change. */
function kindOf(row: RawObject): Kind {
  if (row.state === 'upcoming') return 'maintenance';
  const type = toPosts('', row)[0]?.status;
  return type === 'scheduled' || type === 'in_progress' ? 'maintenance' : 'incident';
}

/** Oldest first. */
function toPosts(incident: string, row: RawObject): Update[] {
  const posts = asObjects(row.updates).flatMap((update): Update[] => {
    const at = parseIsoTime(update.created_at);
    if (at === null) return [];
    const id = asLine(update.id) ?? syntheticId(incident, at, asText(update.update_type));
    const body = plainText(asText(update.contents) ?? '');
    return [{ id, status: phaseOf(update.update_type, body), at, body, components: [] }];
  });
  return uniqueById(posts).sort((a, b) => a.at.getTime() - b.at.getTime() || Number(a.id) - Number(b.id));
}

const DONE = /^(?:the |this )?(?:scheduled )?maintenance (?:is|was|has been) (?:now |successfully )?completed?\b/i;

/** That a maintenance is over is posted as one more update of the type `scheduled`. */
function phaseOf(type: unknown, body: string): Phase {
  switch (type) {
    case 'investigating':
    case 'monitoring':
    case 'resolved':
      return type;
    case 'issue':
      return 'identified';
    case 'maintenance':
      return DONE.test(body) ? 'completed' : 'in_progress';
    case 'scheduled':
      return DONE.test(body) ? 'completed' : 'scheduled';
    default:
      return 'unknown';
  }
}

/** An open one stands where its updates say; one whose last update already calls it resolved is not over before `state` is. */
function incidentPhase(row: RawObject, posts: readonly Update[]): Phase {
  switch (row.state) {
    case 'resolved':
    case 'investigating':
    case 'identified':
    case 'monitoring':
      return row.state;
    case 'open':
      return posts.findLast((post) => post.status !== 'unknown' && !isClosed(post.status))?.status ?? 'unknown';
    default:
      return 'unknown';
  }
}

/** What stays `upcoming` for good is over when its last update begins with saying so. */
function maintenancePhase(row: RawObject, posts: readonly Update[]): Phase {
  if (row.state === 'resolved' || isClosed(posts.at(-1)?.status ?? 'unknown')) return 'completed';
  if (row.state === 'upcoming') return 'scheduled';
  return row.state === 'open' ? 'in_progress' : 'unknown';
}

/** The worst colour of any update, for production as for development. */
function worstOf(row: RawObject): ComponentStatus {
  const colours = asObjects(row.updates).flatMap((update) => [
    statusOf(update.status_prod),
    statusOf(update.status_dev),
  ]);
  return colours.reduce(worseStatus, 'unknown');
}

/** Newer incidents name the systems they touch; their colours there are those of now. */
function toAffected(row: RawObject, closed: boolean, worst: ComponentStatus) {
  return asObjects(row.systems).flatMap((system) => {
    const status = statusOf(system.status);
    const worstStatus = worseStatus(status, worst);
    return toSystem(system.name, closed ? 'operational' : status).map((component) => ({ ...component, worstStatus }));
  });
}

function statusOf(colour: unknown): ComponentStatus {
  switch (colour) {
    case 'green':
      return 'operational';
    case 'yellow':
      return 'degraded_performance';
    case 'red':
      return 'major_outage';
    case 'blue':
      return 'under_maintenance';
    default:
      return 'unknown';
  }
}

/** Red is any outage of one component, which is not the whole of Heroku. https://blog.heroku.com/new_heroku_status_site */
function impactOf(worst: ComponentStatus): Impact {
  return worst === 'major_outage' ? 'major' : impactOfStatus(worst);
}

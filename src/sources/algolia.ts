/**
 * Algolia's status (https://www.algolia.com/doc/rest-api/monitoring): how each cluster does, and what was posted of each.
 *
 * A post has a time, a text and how the cluster was then, but no id, no phase and no incident: what stands between two
 * times of normal operation is taken as one. How far back the posts reach is not documented; the end of what began before
 * the oldest of them is left out. No word for maintenance is documented.
 */

import { ParseError } from '../errors.ts';
import type {
  Component,
  ComponentStatus,
  Get,
  Incident,
  Page,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, impactOfStatus, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  isMarkup,
  isObject,
  isShellOf,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { fromEpochMs } from '../time.ts';
import { HOSTS } from './hosts.ts';

const STATUS = '1/status';
const INCIDENTS = '1/incidents';

export const algolia = {
  name: 'algolia',
  title: 'Algolia status',
  docs: 'https://www.algolia.com/doc/rest-api/monitoring',
  lists: 'recent',
  endpoints: [STATUS, INCIDENTS],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page answers any path of its host and has no mark of its own: only Algolia's host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const start = reply.text.trimStart();
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.algolia);
  if (!/^\{\s*"(?:status|incidents)"\s*:\s*\{/.test(start.slice(0, 200))) return false;
  const json = tryJsonObject(reply);
  if (json === null) return false;
  return isStatus(json) || (isIncidents(json) && Object.keys(asObject(json.incidents)).length > 0);
}

/** Words we know among them: Statuspage has a `status` too, and in it texts. */
function isStatus(json: RawObject): boolean {
  if (!isObject(json.status) || 'page' in json) return false;
  const words = Object.values(json.status);
  return words.every((word) => typeof word === 'string') && words.some((word) => statusOf(word) !== 'unknown');
}

function isIncidents(json: RawObject): boolean {
  const isPost = (post: unknown) => isObject(post) && typeof post.t === 'number' && isObject(post.v);
  return (
    isObject(json.incidents) &&
    Object.values(json.incidents).every((posts) => Array.isArray(posts) && posts.every(isPost))
  );
}

/** Every change of a cluster is posted, so that the posts tell whether there is anything new. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const posts = await get(INCIDENTS, { accept: 'json', conditional: true });
  if (posts.status === 304) return null;
  const incidents = toIncidents(demandIncidents(parseJsonObject(posts), posts.url), page);
  const status = await get(STATUS, { accept: 'json' });
  return toSnapshot(toComponents(demandStatus(parseJsonObject(status), status.url)), incidents, null);
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if ('status' in json) return { ...toSnapshot(toComponents(demandStatus(json, reply.url)), [], null), lists: 'open' };
  // Clusters that are well are not in it, so it says nothing of the state as a whole.
  return toSnapshot([], toIncidents(demandIncidents(json, reply.url), page), 'unknown');
}

function demandStatus(json: RawObject, url: string): RawObject {
  if (!isStatus(json)) throw new ParseError('shape', url, "the reply is not the status of Algolia's clusters");
  return asObject(json.status);
}

function demandIncidents(json: RawObject, url: string): RawObject {
  if (!isIncidents(json)) throw new ParseError('shape', url, "the reply is not the list of Algolia's incidents");
  return asObject(json.incidents);
}

function toSnapshot(components: Component[], incidents: readonly Incident[], indicator: 'unknown' | null): Snapshot {
  const state = pageState(indicator, components, incidents);
  return { name: 'Algolia', state, description: '', components, incidents: newestFirst(incidents), lists: 'recent' };
}

function toComponents(clusters: RawObject): Component[] {
  return uniqueById(Object.entries(clusters).flatMap(([name, word]) => toComponent(name, statusOf(word))));
}

function toComponent(name: string, status: ComponentStatus): Component[] {
  const id = asLine(name);
  return id === null ? [] : [{ id, name: id, group: null, status }];
}

function toIncidents(clusters: RawObject, page: Page): Incident[] {
  const incidents = Object.entries(clusters).flatMap(([cluster, posts]) =>
    runsOf(toUpdates(cluster, posts)).map((run) => toIncident(cluster, run, page)),
  );
  return uniqueById(incidents);
}

/** Oldest first; a post is known by its time, as in any series of values. */
function toUpdates(cluster: string, posts: unknown): Update[] {
  const updates = asObjects(posts).flatMap((post): Update[] => {
    const at = fromEpochMs(post.t);
    if (at === null) return [];
    const { title, status: word } = asObject(post.v);
    const status = statusOf(word);
    const body = cleanLine(plainText(asText(title) ?? ''));
    const id = `${at.getTime()}-${status}`;
    return [{ id, status: phaseOf(status), at, body, components: toComponent(cluster, status) }];
  });
  return uniqueById(updates).sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** From trouble to normal operation, with what was posted after it. */
function runsOf(updates: readonly Update[]): Update[][] {
  const runs: Update[][] = [];
  for (const update of updates) {
    const run = runs.at(-1);
    const isOver = run === undefined || run.at(-1)!.status === 'resolved';
    if (!isOver || (run !== undefined && update.status === 'resolved')) run!.push(update);
    else if (update.status !== 'resolved') runs.push([update]);
  }
  return runs;
}

function toIncident(cluster: string, updates: readonly Update[], page: Page): Incident {
  const first = updates[0]!;
  const worst = updates
    .flatMap((update) => update.components)
    .reduce<ComponentStatus>((sofar, one) => worseStatus(sofar, one.status), 'unknown');
  return buildIncident({
    id: `${asLine(cluster) ?? 'cluster'}-${first.at.getTime()}`,
    kind: 'incident',
    title: first.body || `Incident on ${asLine(cluster) ?? 'a cluster'}`,
    url: page.url,
    status: updates.at(-1)!.status,
    impact: impactOfStatus(worst),
    startedAt: first.at,
    resolvedAt: null,
    components: [],
    updates,
  });
}

function statusOf(word: unknown): ComponentStatus {
  switch (word) {
    case 'operational':
    case 'degraded_performance':
    case 'partial_outage':
    case 'major_outage':
      return word;
    default:
      return 'unknown';
  }
}

function phaseOf(status: ComponentStatus): Phase {
  if (status === 'operational') return 'resolved';
  return status === 'unknown' ? 'unknown' : 'investigating';
}

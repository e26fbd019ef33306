/**
 * Uptime Kuma, versions 1 and 2 (https://github.com/louislam/uptime-kuma): what is on a page, its monitors' last beats, and
 * in version 2 also the incidents that are over. A server has many pages, at `/status/<slug>`; a page with a domain of its
 * own tells its slug in its HTML.
 *
 * An incident has one text, which its operator edits, and no phases: it is open while it is pinned. One in a style that
 * bodes no ill is news, which is told but troubles nobody. Not verified: the list of incidents that are over.
 */
import { ParseError } from '../errors.ts';
import type {
  Component,
  ComponentStatus,
  Depth,
  Get,
  Impact,
  Incident,
  Page,
  Reply,
  Snapshot,
  Source,
} from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  demandOk,
  isMarkup,
  isNotOffered,
  isObject,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { demandId } from './entry-id.ts';
import { kumaTime, toMaintenance } from './uptime-kuma-maintenance.ts';

const API = 'api/status-page/';

export const uptimeKuma = {
  name: 'uptime-kuma',
  title: 'Uptime Kuma',
  docs: 'https://github.com/louislam/uptime-kuma/wiki/Status-Page',
  lists: 'recent',
  // Their names hold the page's slug; its HTML proves it without.
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  if (!reply.text.includes('"publicGroupList"') && !reply.text.includes('"heartbeatList"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && (isBoard(json) || isBeats(json));
}

function isPage(html: string): boolean {
  return html.includes('window.preloadData') && html.includes('publicGroupList');
}

function isBoard(json: RawObject): boolean {
  return Array.isArray(json.publicGroupList) && asLine(asObject(json.config).slug) !== null;
}

function isBeats(json: RawObject): boolean {
  return isObject(json.heartbeatList) && isObject(json.uptimeList);
}

/** Every beat has its time, so a list that is the same is old news; only a page without monitors is always the same. */
async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const { root, slug } = await locate(page, get);
  const pulse = await get(`${root}${API}heartbeat/${slug}`, { accept: 'json', conditional: true });
  if (pulse.status === 304) return null;
  const beats = toStatuses(pulse);
  const reply = await get(`${root}${API}${slug}`, { accept: 'json', conditional: beats.size === 0 });
  if (reply.status === 304) return null;
  const json = demandBoard(reply);
  // Only version 2 has a list, and only it keeps what is over.
  if (depth === 'now' || !Array.isArray(json.incidents)) return toSnapshot(json, beats, null, reply, page.url);
  const history = await get(`${root}${API}${slug}/incident-history`, { accept: 'json' });
  return toSnapshot(json, beats, ifOffered(history), reply, page.url);
}

interface Place {
  /** From the page to where the server's own paths begin. */
  root: string;
  slug: string;
}

async function locate(page: Page, get: Get): Promise<Place> {
  const path = new URL(page.url).pathname.replace(/\/$/, '');
  const slug = /\/status\/([^/]+)$/.exec(path)?.[1];
  if (slug !== undefined) return { root: '../../', slug: slug.toLowerCase() };
  if (/\/status(?:-page)?$/.test(path)) return { root: '../', slug: 'default' };
  const reply = await get('', { accept: 'html' });
  demandOk(reply);
  const told = /\/api\/status-page\/([\w-]{1,100})\/manifest\.json/.exec(reply.text)?.[1];
  if (told === undefined || !isPage(reply.text))
    throw new ParseError(isMarkup(reply) ? 'html' : 'shape', reply.url, 'the reply is no page of Uptime Kuma');
  return { root: '', slug: told };
}

function ifOffered(reply: Reply): RawObject[] | null {
  try {
    const json = parseJsonObject(reply);
    return Array.isArray(json.incidents) ? asObjects(json.incidents) : null;
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (isBeats(json))
    throw new ParseError('shape', reply.url, 'the reply has beats without the names of their monitors');
  const board = demandBoard(reply);
  const address = new URL(page.url);
  const own = address.pathname.includes(`/${API}`);
  if (own) address.pathname = address.pathname.replace(`/${API}`, '/status/');
  return toSnapshot(board, null, null, reply, own ? address.href : page.url);
}

function demandBoard(reply: Reply): RawObject {
  const json = parseJsonObject(reply);
  if (!isBoard(json)) throw new ParseError('shape', reply.url, 'the reply is no page of Uptime Kuma');
  return json;
}

function toSnapshot(
  json: RawObject,
  beats: ReadonlyMap<string, ComponentStatus> | null,
  history: readonly RawObject[] | null,
  reply: Reply,
  url: string,
): Snapshot {
  const components = toComponents(json, beats);
  const pinned = Array.isArray(json.incidents) ? asObjects(json.incidents) : asObjects([json.incident]);
  const now = parseRfcTime(reply.headers.date);
  const incidents = uniqueById([
    ...(history ?? []).flatMap((raw) => toIncident(raw, url, reply.url)),
    ...pinned.flatMap((raw) => toIncident(raw, url, reply.url)),
    ...asObjects(json.maintenanceList).flatMap((raw) => toMaintenance(raw, url, now)),
  ]);
  const config = asObject(json.config);
  return {
    name: asLine(config.title),
    state: pageState(null, components, incidents),
    description: asLine(config.description) ?? '',
    components,
    incidents: newestFirst(incidents),
    lists: history === null ? 'open' : 'recent',
  };
}

/** A monitor may stand in several groups; its id is the same in each, and so is its status. */
function toComponents(json: RawObject, beats: ReadonlyMap<string, ComponentStatus> | null): Component[] {
  return uniqueById(
    asObjects(json.publicGroupList).flatMap((group) =>
      asObjects(group.monitorList).flatMap((monitor) => {
        const id = asLine(monitor.id);
        if (id === null) return [];
        return [
          { id, name: asLine(monitor.name) ?? id, group: asLine(group.name), status: beats?.get(id) ?? 'unknown' },
        ];
      }),
    ),
  );
}

function toStatuses(reply: Reply): Map<string, ComponentStatus> {
  const json = parseJsonObject(reply);
  if (!isBeats(json)) throw new ParseError('shape', reply.url, 'the reply has no beats of an Uptime Kuma');
  const statuses = new Map<string, ComponentStatus>();
  for (const [id, beats] of Object.entries(asObject(json.heartbeatList)))
    statuses.set(id, BEATS.get(newestBeat(beats)?.status) ?? 'unknown');
  return statuses;
}

const BEATS = new Map<unknown, ComponentStatus>([
  [0, 'major_outage'],
  [1, 'operational'],
  // A check that failed and is tried again.
  [2, 'unknown'],
  [3, 'under_maintenance'],
]);

/** All beats of a list write their time alike, so that the texts sort as the times do. Spans without a beat are zeros. */
function newestBeat(beats: unknown): RawObject | null {
  let newest: RawObject | null = null;
  for (const beat of asObjects(beats)) if (!newest || String(beat.time) >= String(newest.time)) newest = beat;
  return newest;
}

function toIncident(raw: RawObject, pageUrl: string, url: string): Incident[] {
  const id = demandId(raw, url);
  const startedAt = kumaTime(raw.createdDate);
  const { impact, open } = STYLES.get(raw.style) ?? { impact: 'unknown', open: true };
  const over = raw.active === false || raw.pin === false;
  // Only the button that ends an incident makes it inactive; one that is merely taken off the page ended who knows when.
  const resolvedAt = raw.active === false && open ? kumaTime(raw.lastUpdatedDate) : null;
  const body = plainText(asText(raw.content) ?? '');
  const updates: Incident['updates'] = [];
  if (startedAt)
    updates.push({ id: 'text', status: open ? 'investigating' : 'unknown', at: startedAt, body, components: [] });
  if (resolvedAt) updates.push({ id: 'end', status: 'resolved', at: resolvedAt, body: '', components: [] });
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: asLine(raw.title) ?? id,
      url: pageUrl,
      status: open && !over ? 'investigating' : 'resolved',
      impact,
      startedAt,
      resolvedAt,
      components: [],
      updates,
    }),
  ];
}

/** The colours of a notice. */
const STYLES = new Map<unknown, { impact: Impact; open: boolean }>([
  ['danger', { impact: 'major', open: true }],
  ['warning', { impact: 'minor', open: true }],
  ['info', { impact: 'none', open: false }],
  ['primary', { impact: 'none', open: false }],
  ['light', { impact: 'none', open: false }],
  ['dark', { impact: 'none', open: false }],
]);

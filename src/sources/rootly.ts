/**
 * Rootly status pages: `api/v1/status.json`, on pages with a domain of their own
 * (https://docs.rootly.com/configuration/status-page-public-api), and the page's HTML for its components (rootly-html.ts).
 *
 * It lists what is open and nothing else. What an incident looks like in it is not described: clients read it as one of
 * Statuspage's, so every field may be missing here. Some pages answer their HTML only to browsers; then no components are
 * known, and the rest is read all the same. The history is prose for people, with other words and times than the API has
 * for the same posts, so it is not read.
 */
import { FetchError, ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type {
  Component,
  Get,
  Impact,
  Incident,
  Page,
  PageState,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  isMarkup,
  isObject,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

const STATUS = 'api/v1/status.json';

export const rootly = {
  name: 'rootly',
  title: 'Rootly',
  docs: 'https://docs.rootly.com/configuration/status-page-public-api',
  lists: 'open',
  endpoints: [STATUS, 'api/v1/incidents.json'],
  probe: STATUS,
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return reply.text.includes('status-pages--v2--uptime-chart-component');
  if (!reply.text.includes('"incidents"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && isDocument(json);
}

/** Like a Statuspage's but for the page's id, and the lists it does not have. */
function isDocument(json: RawObject): boolean {
  const { page, status, incidents, components, scheduled_maintenances } = json;
  if (!isObject(page) || page.id !== undefined || components !== undefined || scheduled_maintenances !== undefined)
    return false;
  if (typeof page.name !== 'string' || typeof page.url !== 'string' || !Array.isArray(incidents)) return false;
  if (status === undefined) return typeof page.time_zone === 'string';
  return isObject(status) && typeof status.indicator === 'string';
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(STATUS, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const json = demandDocument(reply);
  if (json.status === undefined) throw new ParseError('shape', reply.url, 'the reply does not say how the page is');
  return toSnapshot(json, page, await componentsOf(get));
}

async function componentsOf(get: Get): Promise<Component[]> {
  try {
    return await parseComponents(await get('', { accept: 'html' }));
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return [];
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  return isMarkup(reply) ? parseHtml(reply) : toSnapshot(demandDocument(reply), page, []);
}

async function parseHtml(reply: Reply): Promise<Snapshot> {
  const components = await parseComponents(reply);
  const state = pageState(null, components, []);
  // Of incidents it shows none that could be read, so none may be called withdrawn for not being there.
  return {
    name: null,
    state,
    description: '',
    components,
    incidents: [],
    lists: 'open',
    torn: true,
    confidence: 'low',
  };
}

async function parseComponents(reply: Reply): Promise<Component[]> {
  return (await import('./rootly-html.ts')).readComponents(reply);
}

function demandDocument(reply: Reply): RawObject {
  const json = parseJsonObject(reply);
  if (!isDocument(json)) throw new ParseError('shape', reply.url, 'the reply is no status of a Rootly page');
  return json;
}

function toSnapshot(json: RawObject, page: Page, components: Component[]): Snapshot {
  const status = asObject(json.status);
  const base = baseAddress(json, page);
  const incidents = uniqueById(asObjects(json.incidents).map((raw) => toIncident(raw, base)));
  const indicator = json.status === undefined ? null : (INDICATORS.get(status.indicator) ?? 'unknown');
  return {
    name: asLine(asObject(json.page).name),
    state: pageState(indicator, components, incidents),
    description: asLine(status.description) ?? '',
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

/** Where the document stands alone, the page is where it says. */
function baseAddress(json: RawObject, page: Page): string {
  const own = safeUrl(asText(asObject(json.page).url)) ?? new URL('/', page.url).href;
  return (page.document ? own : page.url).replace(/\/$/, '');
}

const INDICATORS = new Map<unknown, PageState>([
  ['none', 'operational'],
  ['minor', 'degraded'],
  // The worst there is: an outage, or a critical incident.
  ['major', 'major_outage'],
  ['critical', 'major_outage'],
  ['maintenance', 'maintenance'],
]);

const IMPACTS = new Map<unknown, Impact>([
  ['none', 'none'],
  ['minor', 'minor'],
  ['major', 'major'],
  ['critical', 'critical'],
  ['maintenance', 'maintenance'],
]);

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['scheduled', 'scheduled'],
  ['in_progress', 'in_progress'],
  ['verifying', 'verifying'],
  ['completed', 'completed'],
]);
const PLANNED: ReadonlySet<Phase> = new Set<Phase>(['scheduled', 'in_progress', 'verifying', 'completed']);

function phaseOf(word: unknown): Phase {
  return PHASES.get((asText(word) ?? '').toLowerCase().replace(/[\s-]+/g, '_')) ?? 'unknown';
}

function toIncident(raw: RawObject, base: string): Incident {
  const startedAt = parseIsoTime(raw.started_at) ?? parseIsoTime(raw.created_at);
  const title = asLine(raw.name) ?? asLine(raw.title) ?? 'Incident';
  const id = asLine(raw.id);
  const key = id ?? syntheticId(title, startedAt);
  const status = phaseOf(raw.status);
  const impact = IMPACTS.get(raw.impact) ?? 'unknown';
  const isPlanned = impact === 'maintenance' || PLANNED.has(status) || parseIsoTime(raw.scheduled_for) !== null;
  return buildIncident({
    id: key,
    kind: isPlanned ? 'maintenance' : 'incident',
    title,
    url: id === null ? base : `${base}/incidents/${encodeURIComponent(id)}`,
    status: status === 'unknown' ? null : status,
    impact: isPlanned ? 'maintenance' : impact,
    startedAt,
    resolvedAt: isClosed(status) ? parseIsoTime(raw.resolved_at) : null,
    ...(isPlanned && {
      scheduledFor: parseIsoTime(raw.scheduled_for),
      scheduledUntil: parseIsoTime(raw.scheduled_until),
    }),
    components: [],
    updates: uniqueById(asObjects(raw.incident_updates).flatMap((update) => toUpdate(update, key))),
  });
}

function toUpdate(raw: RawObject, incident: string): Update[] {
  const at = parseIsoTime(raw.display_at) ?? parseIsoTime(raw.created_at);
  if (at === null) return [];
  const body = plainText(asText(raw.body) ?? '');
  const status = phaseOf(raw.status);
  return [{ id: asLine(raw.id) ?? syntheticId(incident, at, status, body), status, at, body, components: [] }];
}

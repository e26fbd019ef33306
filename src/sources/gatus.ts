/**
 * Gatus (https://github.com/TwiN/gatus): the last result of every check, and the announcements its operator writes into
 * the configuration. What a check says is a component; only an announcement is an incident, for nobody posts about the rest.
 *
 * An announcement has one text and no phases. One of type `outage` or `warning` is open until it is archived, at a time
 * nobody tells; the other types are news, which are told but trouble nobody. Not verified: suites, which are not read.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, Get, Impact, Incident, Page, Phase, Reply, Snapshot, Source } from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObjects, asText, isMarkup, isNotOffered, isObject, parseJson, type RawObject, tryJson } from '../raw.ts';
import { asLine, cleanLine, cutGraphemes, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

const STATUSES = 'api/v1/endpoints/statuses';
/** The newest result of each check is enough. */
const NEWEST = `${STATUSES}?page=1&pageSize=1`;
const CONFIG = 'api/v1/config';
const TITLE_LENGTH = 100;

export const gatus = {
  name: 'gatus',
  title: 'Gatus',
  docs: 'https://github.com/TwiN/gatus#api',
  lists: 'recent',
  endpoints: [STATUSES, CONFIG],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  if (!reply.text.includes('"results"') && !reply.text.includes('"announcements"')) return false;
  const json = tryJson(reply);
  return isStatuses(json) || isConfig(json);
}

/** The page is an empty shell with its settings in it. */
function isPage(html: string): boolean {
  return html.includes('window.config') && html.includes('Enable JavaScript to view this page.');
}

/** Without any check there is nothing to tell it by. */
function isStatuses(json: unknown): json is RawObject[] {
  return Array.isArray(json) && json.length > 0 && json.every(isEndpoint);
}

function isEndpoint(row: unknown): row is RawObject {
  if (!isObject(row) || asLine(row.key) === null || asLine(row.name) === null) return false;
  return row.results === null || (Array.isArray(row.results) && asObjects(row.results).every(isResult));
}

function isResult(result: RawObject): boolean {
  return typeof result.success === 'boolean' && typeof result.timestamp === 'string';
}

function isConfig(json: unknown): json is RawObject {
  if (!isObject(json) || typeof json.oidc !== 'boolean' || typeof json.authenticated !== 'boolean') return false;
  return json.announcements === undefined || Array.isArray(json.announcements);
}

/** Checks run every minute or so, and their results bear the time: an announcement is seen with the next of them. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(NEWEST, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const components = toComponents(parseJson(reply), reply.url);
  return toSnapshot(components, ifOffered(await get(CONFIG, { accept: 'json' }), page));
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  if (Array.isArray(json)) return toSnapshot(toComponents(json, reply.url), null);
  const incidents = toIncidents(json, reply.url, page);
  // What the checks say stands elsewhere.
  const state = incidents.length > 0 ? pageState(null, [], incidents) : 'unknown';
  return { name: null, state, description: '', components: [], incidents, lists: 'recent' };
}

function toSnapshot(components: readonly Component[], incidents: readonly Incident[] | null): Snapshot {
  return {
    name: null,
    state: pageState(null, components, incidents ?? []),
    description: '',
    components: [...components],
    incidents: [...(incidents ?? [])],
    lists: incidents === null ? 'open' : 'recent',
    // Announcements are not read here, so none may be called withdrawn for not being there.
    ...(incidents === null && { torn: true }),
  };
}

function ifOffered(config: Reply, page: Page): Incident[] | null {
  try {
    return toIncidents(parseJson(config), config.url, page);
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

/** Versions that ignore paging give the same check on several pages, and many results of it. */
function toComponents(json: unknown, url: string): Component[] {
  if (!isStatuses(json)) throw new ParseError('shape', url, 'the reply is no list of the checks of a Gatus');
  return uniqueById(
    json.map((row) => ({
      id: asLine(row.key)!,
      name: asLine(row.name)!,
      group: asLine(row.group),
      status: statusOf(newestResult(row.results)),
    })),
  );
}

function newestResult(results: unknown): RawObject | null {
  let newest: RawObject | null = null;
  let at = Number.NEGATIVE_INFINITY;
  for (const result of asObjects(results)) {
    const time = parseIsoTime(result.timestamp)?.getTime() ?? at;
    if (time < at) continue;
    newest = result;
    at = time;
  }
  return newest;
}

function statusOf(result: RawObject | null): Component['status'] {
  if (result === null || typeof result.success !== 'boolean') return 'unknown';
  return result.success ? 'operational' : 'major_outage';
}

function toIncidents(json: unknown, url: string, page: Page): Incident[] {
  if (!isConfig(json)) throw new ParseError('shape', url, 'the reply is not what a Gatus says of itself');
  const ids = new Set<string>();
  return newestFirst(asObjects(json.announcements).flatMap((raw) => toIncident(raw, ids, page.url) ?? []));
}

function toIncident(raw: RawObject, ids: Set<string>, url: string): Incident | null {
  const at = parseIsoTime(raw.timestamp);
  const body = plainText(asText(raw.message) ?? '');
  if (at === null || body === '') return null;
  const { impact, open } = TYPES.get(raw.type) ?? { impact: 'unknown', open: true };
  const status: Phase = open && raw.archived !== true ? 'investigating' : 'resolved';
  return buildIncident({
    id: idOf(at, body, ids),
    kind: 'incident',
    title: cutGraphemes(cleanLine(body.split('\n', 1)[0]!), TITLE_LENGTH),
    url,
    status,
    impact,
    startedAt: at,
    resolvedAt: null,
    components: [],
    updates: [{ id: 'announcement', status: open ? 'investigating' : 'unknown', at, body, components: [] }],
  });
}

/** https://github.com/TwiN/gatus#announcements */
const TYPES = new Map<unknown, { impact: Impact; open: boolean }>([
  ['outage', { impact: 'major', open: true }],
  ['warning', { impact: 'minor', open: true }],
  ['information', { impact: 'none', open: false }],
  ['operational', { impact: 'none', open: false }],
  ['none', { impact: 'none', open: false }],
]);

/**
 * Operators write whole seconds; an announcement they left undated gets the moment the program started, anew at every
 * start, and then only its words tell it from others.
 */
function idOf(at: Date, body: string, ids: Set<string>): string {
  const dated = syntheticId(at.getTime() % 1000 === 0 ? at : body);
  const id = ids.has(dated) ? syntheticId(at, body) : dated;
  ids.add(id);
  return id;
}

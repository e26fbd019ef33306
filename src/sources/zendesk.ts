/**
 * Zendesk's status page: its incidents of now and of late, and its services, which are as the incidents have them, for
 * nothing else tells. What an incident says of its status goes stale: it is over when it has an end. Known from clients,
 * no reply was at hand.
 *
 * Not verified: that posts come as `incidentUpdate`, whose phases are not told (without any, an incident's beginning and
 * end are its posts), and how far back the list goes. Maintenance is not in it.
 */

import { ParseError } from '../errors.ts';
import type {
  Component,
  ComponentStatus,
  Get,
  Impact,
  Incident,
  Page,
  Phase,
  Reply,
  Snapshot,
  Source,
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  demandObjects,
  isMarkup,
  isShellOf,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { HOSTS } from './hosts.ts';

const INCIDENTS = 'api/ssp/incidents.json';
const SERVICES = 'api/ssp/services.json';

export const zendesk = {
  name: 'zendesk',
  title: 'Zendesk status',
  docs: 'https://developer.zendesk.com/api-reference/status_api/introduction/',
  lists: 'recent',
  endpoints: [INCIDENTS, SERVICES],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page has no mark of its own: only Zendesk's host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.zendesk);
  if (!reply.text.includes('"startedAt"') && !reply.text.includes('"hasSubservices"')) return false;
  const rows = asObjects(tryJsonObject(reply)?.data);
  return rows.some(isIncident) || rows.some(isService);
}

function isIncident(row: RawObject): boolean {
  return row.type === 'incident' && 'startedAt' in asObject(row.attributes) && 'resolvedAt' in asObject(row.attributes);
}

function isService(row: RawObject): boolean {
  return row.type === 'service' && 'hasSubservices' in asObject(row.attributes);
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(INCIDENTS, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const { rows, included } = incidentsOf(reply);
  const services = servicesOf(await get(SERVICES, { accept: 'json' }));
  return toSnapshot(rows, included, services, page);
}

interface Document {
  rows: RawObject[];
  included: RawObject[];
}

function incidentsOf(reply: Reply): Document {
  const json = parseJsonObject(reply);
  const rows = demandObjects(json, 'data', reply.url);
  if (rows.length > 0 && !rows.some(isIncident))
    throw new ParseError('shape', reply.url, "the reply is no list of Zendesk's incidents");
  return { rows, included: asObjects(json.included) };
}

function servicesOf(reply: Reply): Component[] {
  const rows = demandObjects(parseJsonObject(reply), 'data', reply.url);
  if (!rows.some(isService)) throw new ParseError('shape', reply.url, "the reply is no list of Zendesk's services");
  return uniqueById(rows.flatMap(toService));
}

/** Services have no status of their own: until an incident says otherwise, nothing is wrong with one. */
function toService(row: RawObject): Component[] {
  const { name, deprecated } = asObject(row.attributes);
  const id = asLine(row.id);
  return id === null || deprecated === true
    ? []
    : [{ id, name: asLine(name) ?? id, group: null, status: 'operational' }];
}

function parse(reply: Reply, page: Page): Snapshot {
  const data = asObjects(parseJsonObject(reply).data);
  if (data.some(isService)) {
    const components = servicesOf(reply).map((service): Component => ({ ...service, status: 'unknown' }));
    return { name: 'Zendesk', state: 'unknown', description: '', components, incidents: [], lists: 'open' };
  }
  const { rows, included } = incidentsOf(reply);
  if (rows.length === 0) throw new ParseError('shape', reply.url, 'the list is empty, and does not tell whose it is');
  return toSnapshot(rows, included, [], page);
}

function toSnapshot(rows: RawObject[], included: RawObject[], services: Component[], page: Page): Snapshot {
  const byId = new Map(included.map((row) => [keyOf(row), row]));
  const names = new Map(services.map((service) => [service.id, service.name]));
  const incidents = newestFirst(uniqueById(rows.flatMap((row) => toIncident(row, byId, names, page))));
  const components = withTroubles(services, incidents);
  return {
    name: 'Zendesk',
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents,
    lists: 'recent',
  };
}

function keyOf(row: RawObject): string {
  return `${asText(row.type)}/${asText(row.id)}`;
}

/** What a list of references stands for; what is not in the reply is left out. */
function related(row: RawObject, name: string, byId: ReadonlyMap<string, RawObject>): RawObject[] {
  const references = asObjects(asObject(asObject(row.relationships)[name]).data);
  return references.map((reference) => byId.get(keyOf(reference))).filter((one) => one !== undefined);
}

function toIncident(
  row: RawObject,
  byId: ReadonlyMap<string, RawObject>,
  names: ReadonlyMap<string, string>,
  page: Page,
): Incident[] {
  const id = asLine(row.id);
  if (id === null || !isIncident(row)) return [];
  const raw = asObject(row.attributes);
  const startedAt = parseIsoTime(raw.startedAt);
  const resolvedAt = parseIsoTime(raw.resolvedAt);
  const said = PHASES.get(raw.status) ?? 'unknown';
  const status: Phase = raw.resolvedAt ? 'resolved' : said;
  const over = isClosed(status);
  const posts = related(row, 'incidentUpdates', byId);
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: asLine(raw.name) ?? asLine(raw.title) ?? id,
      url: page.url,
      status,
      impact: impactOf(raw),
      startedAt,
      resolvedAt,
      components: uniqueById(related(row, 'incidentServices', byId).flatMap((one) => toAffected(one, over, names))),
      updates: withEnd(posts.length > 0 ? posts.flatMap(toUpdate) : beginning(startedAt), over, resolvedAt),
    }),
  ];
}

const PHASES = new Map<unknown, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

const IMPACTS = new Map<unknown, Impact>([
  ['none', 'none'],
  ['minor', 'minor'],
  ['major', 'major'],
  ['critical', 'critical'],
]);

function impactOf(raw: RawObject): Impact {
  if (typeof raw.impact === 'string') return IMPACTS.get(raw.impact) ?? 'unknown';
  if (raw.outage === true) return 'major';
  return raw.degradation === true ? 'minor' : 'unknown';
}

/** A service recovers before its incident is over. */
function toAffected(
  row: RawObject,
  over: boolean,
  names: ReadonlyMap<string, string>,
): (Component & { worstStatus: ComponentStatus })[] {
  const raw = asObject(row.attributes);
  const id = asLine(raw.serviceId);
  if (id === null) return [];
  const worstStatus: ComponentStatus =
    raw.outage === true ? 'major_outage' : raw.degradation === true ? 'degraded_performance' : 'unknown';
  const status = over || raw.resolvedAt ? 'operational' : worstStatus;
  return [{ id, name: asLine(raw.serviceName) ?? names.get(id) ?? id, group: null, status, worstStatus }];
}

function toUpdate(row: RawObject): Incident['updates'] {
  const raw = asObject(row.attributes);
  const id = asLine(row.id);
  const at = parseIsoTime(raw.createdAt);
  if (id === null || at === null) return [];
  const body = plainText(asText(raw.description) ?? '');
  return [{ id, status: PHASES.get(raw.status) ?? 'investigating', at, body, components: [] }];
}

function beginning(at: Date | null): Incident['updates'] {
  return at === null ? [] : [{ id: 'start', status: 'investigating', at, body: '', components: [] }];
}

/** A post of the end, or after it, closes the incident; where there is none, the end itself is one. */
function withEnd(updates: Incident['updates'], over: boolean, end: Date | null): Incident['updates'] {
  const sorted = uniqueById(updates).sort((a, b) => a.at.getTime() - b.at.getTime());
  const last = sorted.at(-1);
  if (!over || last?.status === 'resolved') return sorted;
  if (last && last.id !== 'start' && (end === null || last.at >= end))
    return [...sorted.slice(0, -1), { ...last, status: 'resolved' }];
  return end === null ? sorted : [...sorted, { id: 'end', status: 'resolved', at: end, body: '', components: [] }];
}

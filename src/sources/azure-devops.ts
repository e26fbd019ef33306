/**
 * Azure DevOps status (https://learn.microsoft.com/rest/api/azure/devops/status/health/get): the health of each service in
 * each geography. Where that is refused, the page holds the same as data, with numbers for words.
 * It says nothing of incidents. Those have an RSS feed, but whether it keeps what is over was nowhere to be seen, so it is
 * not read: an old item must not pass for an open incident.
 */
import { ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Get, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { pageState, uniqueById } from '../normalize.ts';
import {
  asObject,
  asObjects,
  demandObjects,
  demandOk,
  isMarkup,
  isNotOffered,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine } from '../text.ts';

const HEALTH = '_apis/status/health';
const PROVIDER = 'ms.vss-status-web.public-status-data-provider';

export const azureDevops = {
  name: 'azure-devops',
  title: 'Azure DevOps status',
  docs: 'https://learn.microsoft.com/rest/api/azure/devops/status/health/get',
  lists: 'open',
  endpoints: [HEALTH],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return reply.text.includes(`"${PROVIDER}"`);
  const json = tryJsonObject(reply);
  return json !== null && isHealth(json);
}

/** Nothing else has services with `geographies`. */
function isHealth(json: RawObject): boolean {
  const services = asObjects(json.services);
  return services.length > 0 && services.every((service) => Array.isArray(service.geographies)) && 'status' in json;
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(HEALTH, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  try {
    return toSnapshot(parseJsonObject(reply), reply.url);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return readHtml(page, get, error);
  }
}

/** When the page is none of Azure DevOps either, the first refusal says more. */
async function readHtml(page: Page, get: Get, refusal: unknown): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  if (reply.status === 304) return null;
  if (reply.status === 200 && !detect(reply)) throw refusal;
  return parse(reply, page);
}

function parse(reply: Reply, _page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  return isMarkup(reply) ? parseHtml(reply) : toSnapshot(parseJsonObject(reply), reply.url);
}

async function parseHtml(reply: Reply): Promise<Snapshot> {
  const { loadHtml } = await import('../markup.ts');
  const $ = await loadHtml(reply);
  const text = $('script#dataProviders').first().text();
  if (text.trim() === '') throw new ParseError('html', reply.url, 'the web page is not that of Azure DevOps status');
  const data = asObject(parseJsonObject({ ...reply, text }).data);
  return toSnapshot(asObject(asObject(data[PROVIDER]).serviceStatus), reply.url);
}

function toSnapshot(json: RawObject, url: string): Snapshot {
  const services = demandObjects(json, 'services', url);
  if (!isHealth(json)) throw new ParseError('shape', url, 'the reply is no health of services by geography');
  const components = uniqueById(services.flatMap(toComponents));
  if (components.length === 0) throw new ParseError('shape', url, 'the reply names no service');
  const { health, message } = asObject(json.status);
  return {
    name: null,
    state: pageState(stateOf(health), components, []),
    description: asLine(message) ?? '',
    components,
    incidents: [],
    lists: 'open',
  };
}

function toComponents(service: RawObject): Component[] {
  const group = asLine(service.id);
  return asObjects(service.geographies).flatMap((geography) => {
    const id = asLine(geography.id) ?? asLine(geography.name);
    if (group === null || id === null) return [];
    return [{ id: `${group}/${id}`, name: asLine(geography.name) ?? id, group, status: statusOf(geography.health) }];
  });
}

function statusOf(health: unknown): ComponentStatus {
  switch (health) {
    case 'healthy':
    case 4:
      return 'operational';
    case 'advisory':
    case 3:
    case 'degraded':
    case 2:
      return 'degraded_performance';
    case 'unhealthy':
    case 1:
      return 'major_outage';
    default:
      return 'unknown';
  }
}

/** Of the whole: unhealthy is some service somewhere, and the components tell which. Null where it says nothing. */
function stateOf(health: unknown): PageState | null {
  if (health === undefined || health === null) return null;
  switch (statusOf(health)) {
    case 'operational':
      return 'operational';
    case 'degraded_performance':
      return 'degraded';
    case 'major_outage':
      return 'partial_outage';
    default:
      return 'unknown';
  }
}

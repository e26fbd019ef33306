/**
 * Adobe's status, from the document that its web page reads (https://status.adobe.com): all incidents and maintenances of
 * the last forty days, each by products, each product with its own posts.
 *
 * Known from working clients: the documented API needs an account. A post that several products share is told once. The
 * components are the products that are named in it, for the list of all products is a document of many megabytes. The
 * severity `potential` says nothing sure, so it stays unknown. Adobe's guard turns some clients away.
 */

import { ParseError } from '../errors.ts';
import type { Component, Get, Incident, Page, Reply, Snapshot, Source } from '../model.ts';
import { newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import { asObject, isMarkup, isObject, isShellOf, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { toIncident } from './adobe-events.ts';
import { HOSTS } from './hosts.ts';

const EVENTS = 'adobestatus/StatusEvents';
const DATA_HOME = 'https://data.status.adobe.com/';
const HOME = 'https://status.adobe.com/';

export const adobe = {
  name: 'adobe',
  title: 'Adobe status',
  docs: 'https://developer.adobe.com/adobe-status/',
  lists: 'recent',
  endpoints: [EVENTS],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is a shell without a mark: only Adobe's own host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.adobe);
  if (!reply.text.includes('"incidentEvent"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && isEvents(json);
}

function isEvents(json: RawObject): boolean {
  const lists = [asObject(json.incidentEvent).incidents, asObject(json.maintenanceEvent).maintenance];
  return lists.every((list) => isObject(list) && Object.values(list).every(isObject));
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const home = HOSTS.adobe.test(new URL(page.url).hostname) ? DATA_HOME : '';
  const reply = await get(`${home}${EVENTS}`, { accept: 'json', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (!isEvents(json)) throw new ParseError('shape', reply.url, "the reply is not the list of Adobe's events");
  const home = homeOf(page);
  const [incidentEvent, maintenanceEvent] = [asObject(json.incidentEvent), asObject(json.maintenanceEvent)];
  const incidents = newestFirst(
    uniqueById([
      ...eventsOf(incidentEvent.incidents).flatMap(([id, raw]) =>
        toIncident(id, raw, 'incident', textsOf(incidentEvent), home),
      ),
      ...eventsOf(maintenanceEvent.maintenance).flatMap(([id, raw]) =>
        toIncident(id, raw, 'maintenance', textsOf(maintenanceEvent), home),
      ),
    ]),
  );
  const components = withTroubles(toComponents(incidents), incidents);
  const state = pageState(null, components, incidents);
  return { name: 'Adobe', state, description: '', components, incidents, lists: 'recent' };
}

function homeOf(page: Page): string {
  if (HOSTS.adobe.test(new URL(page.url).hostname)) return HOME;
  return `${page.url.replace(/[?#].*$/, '').replace(/(?:\/adobestatus\/StatusEvents)?\/?$/, '')}/`;
}

function eventsOf(list: unknown): [string, RawObject][] {
  return Object.entries(asObject(list)).map(([id, event]) => [id, asObject(event)]);
}

/** In English, by their tokens. */
function textsOf(section: RawObject): RawObject {
  const languages = asObject(section.messages);
  return asObject(languages.en ?? languages['en-US'] ?? languages.en_US);
}

/** Well, until something that is under way says otherwise. */
function toComponents(incidents: readonly Incident[]): Component[] {
  const touched = incidents.flatMap((incident) => incident.components);
  return uniqueById(touched.map(({ id, name, group }) => ({ id, name, group, status: 'operational' as const })));
}

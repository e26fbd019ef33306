/**
 * Apple's system status, and that for developers: one document each, of every service with its events. An event shows only
 * its newest post, and services that share one share its `messageId`; resolved ones stay for a while. The epochs are
 * milliseconds; `datePosted` names Pacific time. There is no documentation, and words other than those below were nowhere
 * seen recorded.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type {
  Component,
  ComponentStatus,
  Get,
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
  withTroubles,
  worseStatus,
} from '../normalize.ts';
import { asObjects, asText, isMarkup, isWebPage, parseJsonObject, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { fromEpochMs, parseIsoTime, zoneHours } from '../time.ts';

const GENERAL = 'data/system_status_en_US.js';
const DEVELOPER = 'data/developer/system_status_en_US.js';
const HOME = 'https://www.apple.com/support/systemstatus/';

export const apple = {
  name: 'apple',
  title: 'Apple system status',
  docs: 'https://www.apple.com/support/systemstatus/',
  lists: 'recent',
  // That for developers is left out: it lies under the address of the other page.
  endpoints: [GENERAL],
  detect,
  read,
  parse,
} satisfies Source;

/** The web pages are shells that any host could serve: only Apple's own are believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isWebPage(reply) && ownPage(reply.url) !== null;
  if (!reply.text.includes('"serviceName"')) return false;
  try {
    return isStatus(parseJsonObject(unwrapped(reply)));
  } catch {
    return false;
  }
}

type View = 'general' | 'developer';

function ownPage(url: string): View | null {
  const { hostname, pathname } = new URL(url);
  if (/^www\.apple\.com\.?$/i.test(hostname) && /^\/(?:[\w-]{2,8}\/)?support\/systemstatus(?:\/|$)/.test(pathname))
    return pathname.includes('/developer/') ? 'developer' : 'general';
  if (/^developer\.apple\.com\.?$/i.test(hostname) && /^\/(?:[\w-]{2,8}\/)?system-status(?:\/|$)/.test(pathname))
    return 'developer';
  return null;
}

/** Without the call that wraps the document for developers. */
function unwrapped(reply: Reply): Reply {
  const text = reply.text.trim();
  const wrapped = /^jsonCallback\s*\(/.exec(text);
  if (!wrapped) return reply;
  const end = /\)\s*;?$/.exec(text.slice(-8));
  if (!end) throw new ParseError('not_json', reply.url, 'the reply was cut short');
  return { ...reply, text: text.slice(wrapped[0].length, text.length - end[0].length) };
}

function isStatus(json: RawObject): boolean {
  const services = asObjects(json.services);
  return services.length > 0 && services.every((one) => asLine(one.serviceName) !== null && Array.isArray(one.events));
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const own = ownPage(page.url);
  const isDeveloper = own === null ? /\/system-status\/?$/.test(new URL(page.url).pathname) : own === 'developer';
  const path = isDeveloper ? DEVELOPER : GENERAL;
  const reply = await get(own === null ? path : `${HOME}${path}`, { accept: 'json', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(unwrapped(reply));
  if (!isStatus(json)) throw new ParseError('shape', reply.url, "the reply is not the state of Apple's services");
  const services = uniqueById(asObjects(json.services).map((one) => toService(one.serviceName)));
  const incidents = newestFirst(toIncidents(asObjects(json.services), page.url));
  const components = withTroubles(services, incidents);
  const state = pageState(null, components, incidents);
  return { name: 'Apple', state, description: '', components, incidents, lists: 'recent' };
}

function toService(name: unknown): Component {
  const id = asLine(name) ?? '';
  return { id, name: id, group: null, status: 'operational' };
}

interface Event {
  service: string;
  raw: RawObject;
}

/** One for each `messageId`, with all the services that have it. */
function toIncidents(services: readonly RawObject[], url: string): Incident[] {
  const groups = new Map<string, Event[]>();
  for (const one of services) {
    const service = toService(one.serviceName).id;
    for (const raw of asObjects(one.events)) {
      const id = asLine(raw.messageId) ?? syntheticId(service, asText(raw.startDate), asText(raw.statusType));
      const group = groups.get(id);
      if (group) group.push({ service, raw });
      else groups.set(id, [{ service, raw }]);
    }
  }
  return [...groups].map(([id, events]) => toIncident(id, events, url));
}

function toIncident(id: string, events: readonly Event[], url: string): Incident {
  const updates = uniqueById(events.flatMap(({ raw }) => toUpdate(id, raw)));
  const latest = events.map(({ raw }) => raw).reduce((a, b) => (postedAt(b) > postedAt(a) ? b : a));
  const kind = kindOf(latest);
  const status = phaseOf(latest);
  const start = momentOf(latest.epochStartDate, latest.startDate);
  const end = momentOf(latest.epochEndDate, latest.endDate);
  const components = toAffected(events, status);
  return buildIncident({
    id,
    kind,
    title: titleOf(components, latest),
    url,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOfStatus(statusOf(latest)),
    startedAt: start,
    resolvedAt: end,
    ...(kind === 'maintenance' && { scheduledFor: start, scheduledUntil: end }),
    components,
    updates,
  });
}

/** Events have no title: what happens, and where. */
function titleOf(components: readonly Component[], latest: RawObject): string {
  const more = components.length > 1 ? ` and ${components.length - 1} more` : '';
  return `${asLine(latest.statusType) ?? 'Event'}: ${components[0]?.name ?? 'Apple'}${more}`;
}

/** What a plan will do to a service it does not do yet. */
function toAffected(events: readonly Event[], phase: Phase) {
  const worst = new Map<string, ComponentStatus>();
  for (const { service, raw } of events)
    for (const name of [service, ...(Array.isArray(raw.affectedServices) ? raw.affectedServices : [])]) {
      const id = asLine(name);
      if (id !== null) worst.set(id, worseStatus(statusOf(raw), worst.get(id) ?? 'unknown'));
    }
  return [...worst].map(([id, worstStatus]): Component & { worstStatus: ComponentStatus } => {
    const now = phase === 'scheduled' ? 'unknown' : worstStatus;
    return { ...toService(id), status: isClosed(phase) ? 'operational' : now, worstStatus };
  });
}

/** A post that is written anew gets another date. */
function toUpdate(id: string, raw: RawObject): Update[] {
  const at = momentOf(null, raw.datePosted) ?? momentOf(raw.epochStartDate, raw.startDate);
  if (at === null) return [];
  const body = [raw.message, raw.usersAffected]
    .map((text) => plainText(asText(text) ?? ''))
    .filter((text) => text !== '');
  const key = syntheticId(id, at, asText(raw.eventStatus));
  return [{ id: key, status: phaseOf(raw), at, body: body.join('\n\n'), components: [] }];
}

function postedAt(raw: RawObject): number {
  return momentOf(null, raw.datePosted)?.getTime() ?? 0;
}

const POSTED = /^(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d) ([A-Z]{3,4})$/;

/** The epoch, else the words: `07/27/2022 10:48 PDT`. */
function momentOf(epoch: unknown, words: unknown): Date | null {
  const time = fromEpochMs(epoch);
  if (time !== null) return time;
  const match = POSTED.exec(typeof words === 'string' ? words.slice(0, 40).trim() : '');
  const [, month, day, year, clock, zone = ''] = match ?? [];
  const hours = zoneHours(zone);
  const local = hours === null ? null : parseIsoTime(`${year}-${month}-${day}T${clock}:00Z`);
  return local === null ? null : fromEpochMs(local.getTime() - (hours ?? 0) * 3_600_000);
}

function kindOf(raw: RawObject): Kind {
  return raw.statusType === 'Maintenance' || raw.eventStatus === 'upcoming' ? 'maintenance' : 'incident';
}

function phaseOf(raw: RawObject): Phase {
  const planned = kindOf(raw) === 'maintenance';
  switch (raw.eventStatus) {
    case 'ongoing':
      return planned ? 'in_progress' : 'investigating';
    case 'resolved':
    case 'completed':
      return planned ? 'completed' : 'resolved';
    case 'upcoming':
      return 'scheduled';
    default:
      return 'unknown';
  }
}

/** An outage of some users is a partial one. */
function statusOf(raw: RawObject): ComponentStatus {
  switch (raw.statusType) {
    case 'Available':
      return 'operational';
    case 'Outage':
      return /^some\b/i.test(asLine(raw.usersAffected) ?? '') ? 'partial_outage' : 'major_outage';
    case 'Issue':
    case 'Performance':
      return 'degraded_performance';
    case 'Maintenance':
      return 'under_maintenance';
    default:
      return 'unknown';
  }
}

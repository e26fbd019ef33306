/**
 * Slack's status (https://docs.slack.dev/reference/slack-status-api): what goes on now, and for recent history the last
 * fifty or so incidents. Notes have neither ids nor phases: the last one of an incident that is over closes it, unless
 * the incident was changed after it. No maintenance was ever seen recorded, so its phases are those of the documentation.
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
  PageState,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
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

const CURRENT = 'api/v2.0.0/current';
const HISTORY = 'api/v2.0.0/history';
const HOME = 'https://slack-status.com/';

/** As the page names them today; older names appear with the incidents that have them. */
const SERVICES = ['Login/SSO', 'Connectivity', 'Messaging', 'Files', 'Notifications', 'Huddles', 'Search'].concat([
  'Apps/Integrations/APIs',
  'Workspace/Org Administration',
  'Workflows',
  'Canvases',
]);

export const slack = {
  name: 'slack',
  title: 'Slack status',
  docs: 'https://docs.slack.dev/reference/slack-status-api',
  lists: 'recent',
  endpoints: [CURRENT, HISTORY],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page has no mark of its own: only Slack's host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.slack);
  if (!reply.text.includes('"active_incidents"') && !reply.text.includes('"notes"')) return false;
  const json = tryJson(reply);
  return isCurrent(json) || isHistory(json);
}

function isCurrent(json: unknown): json is RawObject {
  return isObject(json) && Array.isArray(json.active_incidents) && typeof json.status === 'string';
}

/** Never empty: an empty list could be anybody's. */
function isHistory(json: unknown): json is unknown[] {
  return Array.isArray(json) && isObject(json[0]) && Array.isArray(json[0].notes) && 'services' in json[0];
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
    const reply = await get(`${home}${HISTORY}`, { accept: 'json' });
    return demandHistory(parseJson(reply), reply.url);
  } catch (error) {
    if (isNotOffered(error)) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  if (!Array.isArray(json)) return toSnapshot(demandCurrent(json, reply.url), [], reply.url, homeOf(page));
  // What is no longer listed as going on is not known from it, so it says nothing of the state as a whole.
  const incidents = newestFirst(toIncidents(demandHistory(json, reply.url), homeOf(page)));
  const state = pageState('unknown', [], incidents);
  return { name: 'Slack', state, description: '', components: [], incidents, lists: 'recent' };
}

/** On Slack's own hosts, of which the old one redirects, the data is always at the same address. */
function homeOf(page: Page): string {
  const { hostname, origin, pathname } = new URL(page.url);
  if (HOSTS.slack.test(hostname)) return HOME;
  return `${origin}${pathname.replace(/(?:\/api\/v2\.0\.0\/\w+)?\/?$/, '')}/`;
}

function demandCurrent(json: unknown, url: string): RawObject {
  if (!isCurrent(json)) throw new ParseError('shape', url, 'the reply is not what goes on at Slack');
  return json;
}

function demandHistory(json: unknown, url: string): RawObject[] {
  if (!isHistory(json)) throw new ParseError('shape', url, "the reply is not the list of Slack's incidents");
  return asObjects(json);
}

function toSnapshot(current: RawObject, past: readonly RawObject[], url: string, home: string): Snapshot {
  const active = toIncidents(demandObjects(current, 'active_incidents', url), home);
  const known = new Set(active.map((incident) => incident.id));
  const closed = toIncidents(past, home).filter((incident) => !known.has(incident.id));
  const incidents = newestFirst([...active, ...closed]);
  const touched = active.flatMap((incident) => incident.components).map((one) => toComponent(one.name, 'operational'));
  const services = SERVICES.map((name) => toComponent(name, 'operational'));
  const components = withTroubles(uniqueById([...services, ...touched]), active);
  const state = pageState(indicatorOf(current.status, active), components, incidents);
  return { name: 'Slack', state, description: '', components, incidents, lists: 'open' };
}

/** `active` says that something is listed, and that says how bad it is. */
function indicatorOf(status: unknown, active: readonly Incident[]): PageState {
  if (status === 'ok') return 'operational';
  return status === 'active' && active.length > 0 ? 'operational' : 'unknown';
}

function toComponent(name: string, status: ComponentStatus): Component {
  return { id: name, name, group: null, status };
}

function toIncidents(rows: readonly RawObject[], home: string): Incident[] {
  return uniqueById(rows.flatMap((row) => toIncident(row, home)));
}

function toIncident(row: RawObject, home: string): Incident[] {
  const id = asLine(row.id);
  if (id === null) return [];
  const kind = kindOf(row);
  const status = phaseOf(row.status, kind);
  const changedAt = parseIsoTime(row.date_updated);
  const updates = toUpdates(id, row, kind, status, changedAt);
  const worstStatus = kind === 'maintenance' ? 'under_maintenance' : statusOf(row.type);
  const now = isClosed(status) ? 'operational' : status === 'scheduled' ? 'unknown' : worstStatus;
  const services = Array.isArray(row.services) ? row.services.flatMap((name) => asLine(name) ?? []) : [];
  const incident = buildIncident({
    id,
    kind,
    title: asLine(row.title) ?? id,
    url: safeUrl(asText(row.url), home) ?? home,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(row.type),
    startedAt: parseIsoTime(row.date_created),
    resolvedAt: isClosed(status) && !updates.some((update) => isClosed(update.status)) ? changedAt : null,
    components: services.map((name) => ({ ...toComponent(name, now), worstStatus })),
    updates,
  });
  return [incident];
}

function kindOf(row: RawObject): Kind {
  const planned = row.type === 'maintenance' || row.status === 'scheduled' || row.status === 'completed';
  return planned ? 'maintenance' : 'incident';
}

function phaseOf(word: unknown, kind: Kind): Phase {
  switch (word) {
    case 'active':
      return kind === 'maintenance' ? 'in_progress' : 'investigating';
    case 'resolved':
      return kind === 'maintenance' ? 'completed' : 'resolved';
    case 'scheduled':
    case 'completed':
      return word;
    case 'canceled':
    case 'cancelled':
      return kind === 'maintenance' ? 'cancelled' : 'resolved';
    default:
      return 'unknown';
  }
}

/** How long after the last note an incident may be marked as changed for that note to be what changed it. */
const TOLERANCE_MS = 60_000;

function toUpdates(id: string, row: RawObject, kind: Kind, phase: Phase, changedAt: Date | null): Update[] {
  const notes = asObjects(row.notes).flatMap((note) => {
    const at = parseIsoTime(note.date_created);
    return at === null ? [] : [{ at, body: plainText(asText(note.body) ?? '') }];
  });
  notes.sort((a, b) => a.at.getTime() - b.at.getTime());
  const closes = (at: Date) => changedAt === null || changedAt.getTime() - at.getTime() <= TOLERANCE_MS;
  const sameTime = new Map<number, number>();
  return notes.map(({ at, body }, nth) => {
    const last = nth === notes.length - 1 && (!isClosed(phase) || closes(at));
    const before = sameTime.get(at.getTime()) ?? 0;
    sameTime.set(at.getTime(), before + 1);
    return { id: syntheticId(id, at, before), status: last ? phase : earlier(kind), at, body, components: [] };
  });
}

/** What a note said that is not the last: of a maintenance it may have announced it as well as told of it. */
function earlier(kind: Kind): Phase {
  return kind === 'incident' ? 'investigating' : 'unknown';
}

/** A notice tells of something that is no trouble of Slack's own services. */
function impactOf(type: unknown): Impact {
  switch (type) {
    case 'notice':
      return 'none';
    case 'incident':
      return 'minor';
    case 'outage':
      return 'critical';
    default:
      return 'unknown';
  }
}

function statusOf(type: unknown): ComponentStatus {
  switch (type) {
    case 'notice':
      return 'operational';
    case 'incident':
      return 'degraded_performance';
    case 'outage':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

/**
 * Freshstatus pages (Freshworks). The page's HTML names the account, and a public API on another host tells of it:
 * `public-components`, a tree, and `public-incidents`. Both are known from clients, not from a description.
 *
 * An incident has no phases and one text: it is being investigated until it has an end. What is planned is scheduled,
 * under way or over by its times and the reply's own `Date`; without that, by whether its components are in maintenance.
 * In what order incidents come is not known for sure, so where there are more than one page of them, the open ones are
 * asked for by themselves. A page on this computer is a copy, and so is its API.
 */
import { ParseError } from '../errors.ts';
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
import { buildIncident, impactOfStatus, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  demandObjects,
  demandOk,
  isMarkup,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { demandId } from './entry-id.ts';

const API = 'https://public-api.freshstatus.io/';
const MOST_LEVELS = 10;

export const freshstatus = {
  name: 'freshstatus',
  title: 'Freshstatus',
  docs: 'https://support.freshstatus.io',
  lists: 'recent',
  // The API's own addresses are pages by themselves: without their query they name no account.
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text) && !isOrphan(reply.text);
  if (!/"(?:affected_components|display_options)"|"status":\s*"(?:OP|PD|PO|MO|UM)"/.test(reply.text)) return false;
  const json = tryJsonObject(reply);
  return json !== null && (isComponents(json) || asObjects(json.results).some(isIncident));
}

function isPage(html: string): boolean {
  return html.includes('accountDetails') && /freshstatus/i.test(html);
}

/** A name that still points at an account that is gone. */
function isOrphan(html: string): boolean {
  return html.includes('Account with the subdomain does not exist');
}

function isComponents(json: RawObject): boolean {
  if (!Array.isArray(json.components) || json.page !== undefined) return false;
  return readTree(asObjects(json.components)).some((part) => part.status !== 'unknown');
}

function isIncident(raw: RawObject): boolean {
  return Array.isArray(raw.affected_components) && 'is_planned' in raw && 'start_time' in raw;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const account = accountOf(await get('', { accept: 'html' }));
  const ask = (list: string, query: string, conditional = false) =>
    get(`${apiBase(page)}v1/${list}/?account_id=${account}${query}`, { accept: 'json', conditional });
  const open = '&end_time__isempty=true';
  const listed = await ask('public-incidents', depth === 'now' ? open : '', true);
  if (listed.status === 304) return null;
  const first = parseJsonObject(listed);
  const lists = [demandObjects(first, 'results', listed.url)];
  if (depth === 'recent' && typeof first.next === 'string') {
    const more = await ask('public-incidents', open);
    lists.push(demandObjects(parseJsonObject(more), 'results', more.url));
  }
  const tree = await ask('public-components', '');
  const components = readTree(demandObjects(parseJsonObject(tree), 'components', tree.url));
  return toSnapshot(components, lists.flat(), depth === 'now' ? 'open' : 'recent', listed, page);
}

function apiBase(page: Page): string {
  return /^(?:localhost|127\.[\d.]+|\[::1\])$/i.test(new URL(page.url).hostname) ? '' : API;
}

/** Throws ParseError when the page names no account, or several. */
function accountOf(reply: Reply): string {
  demandOk(reply);
  if (!isMarkup(reply) || !isPage(reply.text))
    throw new ParseError('html', reply.url, 'the reply is no page of Freshstatus');
  if (isOrphan(reply.text))
    throw new ParseError('shape', reply.url, 'there is no such account at Freshstatus any more');
  const ids = new Set(Array.from(reply.text.matchAll(ACCOUNT), (match) => match[1]!));
  const [id] = ids;
  if (ids.size !== 1 || id === undefined)
    throw new ParseError('shape', reply.url, 'the page does not say which account of Freshstatus it belongs to');
  return id;
}
/** Inside a script, and there maybe inside a string. */
const ACCOUNT = /\baccount_id\\?"\s*:\s*\\?"?(\d{1,12})(?!\d)/g;

function parse(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  if (isMarkup(reply)) throw new ParseError('html', reply.url, 'the page says nothing without the API it reads');
  const json = parseJsonObject(reply);
  if (isComponents(json)) return toSnapshot(readTree(asObjects(json.components)), [], 'open', reply, page);
  const incidents = demandObjects(json, 'results', reply.url);
  const isEmpty = incidents.length === 0 && /\/public-incidents\/?$/.test(new URL(reply.url).pathname);
  if (!('next' in json) || !(isEmpty || incidents.some(isIncident)))
    throw new ParseError('shape', reply.url, 'the reply is no list of Freshstatus');
  const isOpen = new URL(reply.url).searchParams.get('end_time__isempty') === 'true';
  return toSnapshot([], incidents, isOpen ? 'open' : 'recent', reply, page);
}

/** One part of the tree; `counted` is false where the vendor leaves it out of the state of the whole. */
type Part = Component & { counted: boolean };

/** The leaves, and any branch with a status of its own. A group is the path of names above. */
function readTree(roots: readonly RawObject[]): Part[] {
  const parts: Part[] = [];
  const walk = (rows: readonly RawObject[], path: readonly string[]): void => {
    for (const raw of rows) {
      const id = asLine(raw.id);
      const name = asLine(raw.name) ?? id;
      if (id === null || name === null) continue;
      const status = CODES.get(raw.status) ?? 'unknown';
      const inner = asObjects(raw.components);
      const counted = String(asObject(raw.display_options).ignore_overall_status) !== 'true';
      if (inner.length === 0 || typeof raw.status === 'string')
        parts.push({ id, name, group: path.join(' / ') || null, status, counted });
      if (path.length < MOST_LEVELS) walk(inner, [...path, name]);
    }
  };
  walk(roots, []);
  return uniqueById(parts);
}

const CODES = new Map<unknown, ComponentStatus>([
  ['OP', 'operational'],
  ['PD', 'degraded_performance'],
  ['PO', 'partial_outage'],
  ['MO', 'major_outage'],
  ['UM', 'under_maintenance'],
]);

function toSnapshot(
  parts: readonly Part[],
  rows: readonly RawObject[],
  lists: Snapshot['lists'],
  reply: Reply,
  page: Page,
): Snapshot {
  const view: View = {
    parts: new Map(parts.map((part) => [part.id, part])),
    now: parseRfcTime(reply.headers.date),
    urlOf: (id) => (page.document ? page.url : `${page.url.replace(/\/$/, '')}/incident/${encodeURIComponent(id)}`),
  };
  const incidents = uniqueById(rows.map((raw) => toIncident(raw, view, reply.url)));
  const components = parts.map(({ counted: _, ...component }) => component);
  const counted = parts.filter((part) => part.counted);
  return {
    name: null,
    state: pageState(null, counted.length > 0 ? counted : components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists,
  };
}

/** What reading an incident takes. `now` is when the reply was sent, null when it does not say. */
interface View {
  parts: ReadonlyMap<string, Component>;
  now: Date | null;
  urlOf: (id: string) => string;
}

function toIncident(raw: RawObject, view: View, url: string): Incident {
  const id = demandId(raw, url);
  const kind: Kind = raw.is_planned === true ? 'maintenance' : 'incident';
  const affected = toAffected(raw.affected_components, view);
  const scheduledFor = parseIsoTime(raw.scheduled_start_time);
  const startsAt = parseIsoTime(raw.start_time);
  const endsAt = parseIsoTime(raw.end_time);
  const times = { planned: scheduledFor ?? startsAt, endsAt };
  const status = kind === 'maintenance' ? phaseOfPlan(times, affected, view) : endsAt ? 'resolved' : 'investigating';
  return buildIncident({
    id,
    kind,
    title: asLine(raw.title) ?? id,
    url: view.urlOf(id),
    status,
    impact: kind === 'maintenance' ? 'maintenance' : toImpact(affected),
    startedAt: startsAt,
    resolvedAt: endsAt,
    ...(kind === 'maintenance' && {
      scheduledFor: times.planned,
      scheduledUntil: parseIsoTime(raw.scheduled_end_time),
    }),
    components: affected.map((component) => asOfNow(component, status, view)),
    updates: firstPost(raw, id, kind, startsAt ?? scheduledFor),
  });
}

function phaseOfPlan(
  { planned, endsAt }: { planned: Date | null; endsAt: Date | null },
  affected: readonly Component[],
  { now, parts }: View,
): Phase {
  if (now === null) {
    if (affected.some(({ id }) => parts.get(id)?.status === 'under_maintenance')) return 'in_progress';
    return endsAt === null ? 'scheduled' : 'completed';
  }
  if (endsAt !== null && endsAt <= now) return 'completed';
  return planned !== null && planned <= now ? 'in_progress' : 'scheduled';
}

/** `new_status` is what the incident made of it. */
function toAffected(list: unknown, view: View): Component[] {
  const affected = asObjects(list).flatMap((raw): Component[] => {
    const id = asLine(raw.component);
    if (id === null) return [];
    const { name, group } = view.parts.get(id) ?? { name: id, group: null };
    return [{ id, name, group, status: CODES.get(raw.new_status) ?? 'unknown' }];
  });
  return uniqueById(affected);
}

function asOfNow(component: Component, status: Phase, view: View): Component & { worstStatus?: ComponentStatus } {
  if (status === 'scheduled') return { ...component, status: view.parts.get(component.id)?.status ?? 'unknown' };
  if (status === 'investigating' || status === 'in_progress') return component;
  return { ...component, status: 'operational', worstStatus: component.status };
}

function toImpact(affected: readonly Component[]): Impact {
  return impactOfStatus(affected.map((component) => component.status).reduce<ComponentStatus>(worseStatus, 'unknown'));
}

/** The description is all there is. It keeps its id when it is edited, as it has no other to tell it by. */
function firstPost(raw: RawObject, id: string, kind: Kind, at: Date | null): Update[] {
  const body = plainText(asText(raw.description) ?? '');
  if (at === null || body === '') return [];
  const status = kind === 'maintenance' ? 'scheduled' : 'investigating';
  return [{ id: syntheticId(id, 'description'), status, at, body, components: [] }];
}

/**
 * Events of the AWS Health Dashboard: `public/currentevents`, a list of what is going on and of what ended within hours,
 * and `historyevents.json`, the same events by service, a year of them. Codes are numbers or their digits: 0 well,
 * 1 informational, 2 degradation, 3 disruption. An event's own status is its worst in the history, so that it is over is
 * told by its last post. There are no phases: it is being investigated until then. Times are seconds, at places ms.
 * Part of the aws source.
 */
import { ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Impact, Incident, Phase, Update } from '../model.ts';
import { buildIncident, uniqueById, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { fromEpochMs } from '../time.ts';
import { regionIn, regionLabel } from './aws-regions.ts';

const MOST_PAST = 50;

/** Nothing else has posts in `event_log` beside the ARN of an event or the key of a service. */
export function isEvent(value: unknown): value is RawObject {
  return isObject(value) && Array.isArray(value.event_log) && (isArn(value.arn) || asText(value.service) !== null);
}

function isArn(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('arn:aws');
}

/** The events of a list that is not empty. Throws ParseError when anything else stands in it. */
export function demandEvents(json: unknown, url: string): RawObject[] {
  if (!Array.isArray(json) || json.length === 0 || !json.every(isEvent))
    throw new ParseError('shape', url, 'the reply is no list of AWS events');
  return json;
}

/** A past event need not say its service itself. Throws ParseError for another shape. */
export function demandHistory(json: unknown, url: string): RawObject[] {
  if (!isHistory(json)) throw new ParseError('shape', url, 'the reply is no history of AWS events');
  return Object.entries(json).flatMap(([service, events]) => asObjects(events).map((event) => ({ service, ...event })));
}

export function isHistory(json: unknown): json is RawObject {
  const lists = isObject(json) ? Object.values(json) : [];
  const [first] = lists.flatMap((list) => asObjects(list).slice(0, 1));
  return lists.every(Array.isArray) && first !== undefined && isEvent({ service: '', ...first });
}

/** Events of now. `home` is the dashboard's address with its last slash. */
export function currentIncidents(events: readonly RawObject[], home: string): Incident[] {
  return uniqueById(events.flatMap((event) => toIncident(event, home)));
}

/**
 * The newest events of the past that are not among those of now. One that no post closes is left out: whether it is
 * over, the history does not say.
 */
export function pastIncidents(events: readonly RawObject[], current: readonly Incident[], home: string): Incident[] {
  const taken = new Set(current.map((incident) => incident.id));
  const past = events
    .filter((event) => isOver(event, postsOf(event)))
    .map((event) => ({ event, at: timeOf(event.date)?.getTime() ?? 0 }))
    .sort((a, b) => b.at - a.at);
  const incidents: Incident[] = [];
  for (const { event } of past) {
    const id = idOf(event);
    if (id === null || taken.has(id)) continue;
    taken.add(id);
    incidents.push(...toIncident(event, home));
    if (incidents.length === MOST_PAST) break;
  }
  return incidents;
}

function idOf(event: RawObject): string | null {
  return asLine(event.arn) ?? asLine(`${asText(event.service)}-${asText(event.date)}`);
}

function toIncident(event: RawObject, home: string): Incident[] {
  const id = idOf(event);
  if (id === null) return [];
  const posts = postsOf(event);
  const over = isOver(event, posts);
  const updates = toUpdates(posts);
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: withoutMark(event.summary) || (asLine(event.service_name) ?? id),
      url: `${home}health/status?eventID=${encodeURIComponent(id)}`,
      status: over ? 'resolved' : (updates.findLast((update) => isKnown(update.status))?.status ?? 'unknown'),
      impact: impactOf(event),
      startedAt: timeOf(event.date),
      resolvedAt: timeOf(event.end_time),
      components: affectedBy(event, over),
      updates,
    }),
  ];
}

function isKnown(phase: Phase): boolean {
  return phase !== 'unknown' && phase !== 'resolved';
}

function isOver(event: RawObject, posts: readonly Post[]): boolean {
  const last = posts.at(-1)?.raw;
  if (last && phaseOf(last) === 'resolved') return true;
  return codeOf(event.status) === 0 || isMarkedResolved(event.summary);
}

const RESOLVED = /^\s*\[resolved\]\s*/i;

function isMarkedResolved(summary: unknown): boolean {
  return RESOLVED.test(asText(summary) ?? '');
}

function withoutMark(summary: unknown): string {
  return cleanLine((asText(summary) ?? '').replace(RESOLVED, ''));
}

interface Post {
  at: Date;
  raw: RawObject;
}

/** Oldest first. */
function postsOf(event: RawObject): Post[] {
  const posts = asObjects(event.event_log).flatMap((raw) => {
    const at = timeOf(raw.timestamp);
    return at === null ? [] : [{ at, raw }];
  });
  return posts.sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** A post has no id, but no event has two of one second; should it, they are numbered. */
function toUpdates(posts: readonly Post[]): Update[] {
  const taken = new Map<number, number>();
  return posts.map(({ at, raw }) => {
    const seconds = Math.floor(at.getTime() / 1000);
    const number = (taken.get(seconds) ?? 0) + 1;
    taken.set(seconds, number);
    const body = plainText(asText(raw.message) ?? '');
    return { id: number === 1 ? `${seconds}` : `${seconds}-${number}`, status: phaseOf(raw), at, body, components: [] };
  });
}

function phaseOf(post: RawObject): Phase {
  const code = codeOf(post.status);
  if (code === 0 || isMarkedResolved(post.summary)) return 'resolved';
  return code === null ? 'unknown' : 'investigating';
}

type Affected = Component & { worstStatus: ComponentStatus };

/** The event's own region, then others by its services, each as bad as its worst service; then the services. */
function affectedBy(event: RawObject, over: boolean): Affected[] {
  const own = placeOf(event);
  const label = regionLabel(own, asLine(event.region_name));
  const services = toServices(event, own, over);
  // A service without a region of its own says nothing of the others that have none, nor of a region.
  const placed = services.filter(({ code }) => code !== 'global' || own === 'global');
  const speaking = placed.some(({ code }) => code === own) ? placed : services.map((row) => ({ ...row, code: own }));
  const regions = new Map<string, Affected>([[own, toRegion(own, label)]]);
  for (const { code, service } of speaking) {
    const region = regions.get(code) ?? toRegion(code);
    region.status = worseStatus(region.status, service.status);
    region.worstStatus = worseStatus(region.worstStatus, service.worstStatus);
    regions.set(code, region);
  }
  const named = services.filter(({ service }) => !isGeneral(service.id));
  return [
    ...regions.values(),
    ...named.map(({ service, code }) => (code === own ? { ...service, group: label } : service)),
  ];
}

/** A region as a component: its id is its code. */
export function toRegion(code: string, name: string = regionLabel(code)): Affected {
  return { id: code, name, group: null, status: 'unknown', worstStatus: 'unknown' };
}

/** Where the event is: an ARN is `arn:aws:health:<region>::event/...`. */
function placeOf(event: RawObject): string {
  const byService = regionIn(asText(event.service) ?? '');
  return byService === 'global' ? regionIn((asText(event.arn) ?? '').split('::', 1)[0]!) : byService;
}

/** `multipleservices-us-east-1` stands for what is listed apart. */
function isGeneral(key: string): boolean {
  return key.startsWith('multipleservices');
}

interface Service {
  code: string;
  service: Affected;
}

function toServices(event: RawObject, place: string, over: boolean): Service[] {
  const rows = Object.entries(asObject(event.impacted_services)).filter(([, row]) => isObject(row));
  if (rows.length === 0) {
    const key = asText(event.service) ?? 'multipleservices';
    const whole = regionIn(key) === place ? key : `${key}-${place}`;
    rows.push([whole, { service_name: event.service_name, current: event.status, max: event.status }]);
  }
  return rows.flatMap(([key, row]) => {
    const id = asLine(key);
    if (id === null) return [];
    const { service_name, current, max } = asObject(row);
    const status = over ? 'operational' : statusOf(current);
    const worstStatus = worseStatus(status, statusOf(max));
    const code = regionIn(id);
    return [{ code, service: { id, name: asLine(service_name) ?? id, group: regionLabel(code), status, worstStatus } }];
  });
}

function statusOf(raw: unknown): ComponentStatus {
  switch (codeOf(raw)) {
    case 0:
      return 'operational';
    case 1:
      return 'degraded_performance';
    case 2:
      return 'partial_outage';
    case 3:
      return 'major_outage';
    default:
      return 'unknown';
  }
}

const IMPACTS: readonly Impact[] = ['unknown', 'minor', 'major', 'critical'];

/** The worst it ever was, over the event, its services and its posts. */
function impactOf(event: RawObject): Impact {
  let worst = codeOf(event.status) ?? 0;
  const note = (raw: unknown) => {
    worst = Math.max(worst, codeOf(raw) ?? 0);
  };
  for (const post of asObjects(event.event_log)) note(post.status);
  for (const service of Object.values(asObject(event.impacted_services))) {
    const { current, max } = asObject(service);
    note(current);
    note(max);
  }
  return IMPACTS[worst]!;
}

const CODES = new Map<unknown, number>([0, 1, 2, 3].flatMap((code) => [[code, code] as const, [String(code), code]]));

/** Null for what is none of the four. */
function codeOf(raw: unknown): number | null {
  return CODES.get(raw) ?? null;
}

const FIRST_IN_MS = 100_000_000_000;

function timeOf(raw: unknown): Date | null {
  const text = asText(raw);
  if (text === null || !/^\d{9,13}(?:\.\d+)?$/.test(text)) return null;
  const number = Number(text);
  return fromEpochMs(number < FIRST_IN_MS ? number * 1000 : number);
}

/**
 * UptimeRobot status pages. Nothing of this is described by UptimeRobot: the list of monitors and the feed of events are
 * what the page itself asks for, at addresses with a key that stands in its HTML and may change. Known from clients, no
 * reply of a real page was at hand.
 *
 * An event is one post, and its end. Not verified: what the numbers in `status` mean. One client takes 2 for over, but
 * events with that number go on without an end as well: so an incident is over only when it has one, while a maintenance
 * of 2 is taken for completed. When a maintenance is planned for is told in prose only. An announcement is taken for an
 * incident unless it has a sign that is none of alarm: then it is news, which is told but troubles nobody.
 */
import { FetchError, ParseError } from '../errors.ts';
import type {
  Component,
  ComponentStatus,
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
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  demandObjects,
  demandOk,
  isMarkup,
  isNotOffered,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { fromEpochMs, parseRfcTime } from '../time.ts';

const MONITORS = 'api/getMonitorList/';
const EVENTS = 'api/getEventFeed/';
const MOST_PAGES = 10;

export const uptimerobot = {
  name: 'uptimerobot',
  title: 'UptimeRobot',
  docs: 'https://uptimerobot.com/help/status-pages/',
  lists: 'recent',
  // Their names hold the page's key; its HTML proves it without.
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  if (!/"(?:monitorId|timeGMT)"/.test(reply.text)) return false;
  const json = tryJsonObject(reply);
  if (json === null) return false;
  return isMonitor(rowsOfMonitors(json)?.[0]) || isEvent(asObjects(json.results)[0]);
}

function isPage(html: string): boolean {
  return (html.includes('pspApiPath') && html.includes('getMonitorList')) || html.includes('psp-logos.uptimerobot.com');
}

function isMonitor(row: RawObject | undefined): boolean {
  return row !== undefined && asLine(row.monitorId) !== null && typeof row.statusClass === 'string';
}

function isEvent(row: RawObject | undefined): boolean {
  return row !== undefined && 'timeGMT' in row && 'endDateGMT' in row;
}

/** Both lists change apart from each other, so that neither tells of the other. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const home = await get('', { accept: 'html' });
  const place = locate(page, home);
  const events = `${place.root}${EVENTS}${place.key}`;
  const monitors = (nth: number) => `${place.root}${MONITORS}${place.key}?page=${nth}`;
  const feed = await get(events, { accept: 'json', conditional: true });
  const first = await get(monitors(1), { accept: 'json', conditional: true });
  if (first.status === 304 && (feed.status === 304 || eventsOf(feed) === null)) return null;
  const whole = async (reply: Reply, path: string) => (reply.status === 304 ? get(path, { accept: 'json' }) : reply);
  const told = eventsOf(await whole(feed, events));
  const rows = await allMonitors(await whole(first, monitors(1)), (nth) => get(monitors(nth), { accept: 'json' }));
  return toSnapshot(rows, told, { name: nameOf(home.text), url: page.url });
}

interface Place {
  /** From the page to where the server's own paths begin. */
  root: string;
  key: string;
}

function locate(page: Page, home: Reply): Place {
  demandOk(home);
  const key = /api\\?\/getMonitorList\\?\/([\w-]{1,64})/.exec(home.text)?.[1];
  if (key === undefined || !isPage(home.text))
    throw new ParseError('html', home.url, 'the reply is a web page, but no open one of UptimeRobot');
  const last = new URL(page.url).pathname.replace(/\/$/, '').split('/').at(-1);
  return { root: last === key ? '../' : '', key };
}

function nameOf(html: string): string | null {
  const title = /<title[^<>]{0,200}>([^<]{1,300})/i.exec(html)?.[1] ?? '';
  return asLine(cleanLine(plainText(title)).replace(/(?: ?[|–-])? status(?: page)?$/i, ''));
}

/** A page of the list says how many monitors there are in all; one that adds none is the last. */
async function allMonitors(first: Reply, ask: (nth: number) => Promise<Reply>): Promise<RawObject[]> {
  const json = parseJsonObject(first);
  const total = Number(asObject(asObject(json.statistics).counts).total ?? asObject(json.psp).totalMonitors);
  let rows = demandMonitors(json, first.url);
  for (let nth = 2; rows.length < total && nth <= MOST_PAGES; nth++) {
    const reply = await ask(nth);
    const more = [...rows, ...demandMonitors(parseJsonObject(reply), reply.url)];
    const all = [...new Map(more.map((row) => [asLine(row.monitorId), row])).values()];
    if (all.length <= rows.length) break;
    rows = all;
  }
  return rows;
}

function demandMonitors(json: RawObject, url: string): RawObject[] {
  const rows = json.status === 'ok' ? rowsOfMonitors(json) : null;
  if (rows === null || (rows.length > 0 && !rows.some(isMonitor)))
    throw new ParseError('shape', url, 'the reply is no list of monitors of UptimeRobot');
  return rows;
}

/** The older version has them a level deeper. */
function rowsOfMonitors(json: RawObject): RawObject[] | null {
  const list = Array.isArray(json.data) ? json.data : asObject(json.psp).monitors;
  return Array.isArray(list) ? asObjects(list) : null;
}

/** Null where the page has no feed of events. */
function eventsOf(reply: Reply): RawObject[] | null {
  try {
    return demandEvents(parseJsonObject(reply), reply.url);
  } catch (error) {
    if (error instanceof FetchError && isNotOffered(error)) return null;
    throw error;
  }
}

function demandEvents(json: RawObject, url: string): RawObject[] {
  if (json.status !== true && json.status !== 'ok')
    throw new ParseError('shape', url, 'the reply is no feed of events of UptimeRobot');
  return demandObjects(json, 'results', url);
}

/** The page itself holds no data; its parts can be read by themselves. */
function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  const about = { name: null, url: page.url };
  if (!('results' in json)) return toSnapshot(demandMonitors(json, reply.url), null, about);
  return toSnapshot(null, demandEvents(json, reply.url), about);
}

function toSnapshot(
  monitors: RawObject[] | null,
  events: RawObject[] | null,
  { name, url }: { name: string | null; url: string },
): Snapshot {
  const components = uniqueById((monitors ?? []).flatMap(toComponent));
  const incidents = newestFirst(uniqueById((events ?? []).flatMap((raw) => toIncident(raw, url))));
  // Without a monitor nothing says that all is well.
  const told = components.length > 0 || incidents.some((one) => !isClosed(one.status) && one.status !== 'scheduled');
  const state: PageState = told ? pageState(null, components, incidents) : 'unknown';
  return { name, state, description: '', components, incidents, lists: events === null ? 'open' : 'recent' };
}

/** Those that are in no group stand in one numbered 0. */
function toComponent(raw: RawObject): Component[] {
  const id = asLine(raw.monitorId);
  if (id === null) return [];
  const group = asLine(raw.groupId ?? 0) === '0' ? null : asLine(raw.groupName);
  return [{ id, name: asLine(raw.name) ?? id, group, status: STATUSES.get(raw.statusClass) ?? 'unknown' }];
}

/** `paused` and `black` are not watched. */
const STATUSES = new Map<unknown, ComponentStatus>([
  ['success', 'operational'],
  ['warning', 'degraded_performance'],
  ['danger', 'major_outage'],
]);

function toIncident(raw: RawObject, url: string): Incident[] {
  const id = asLine(raw.id);
  if (id === null) return [];
  const kind: Kind = raw.type === 'maintenance' ? 'maintenance' : 'incident';
  const news = isNews(raw);
  const end = raw.endDateGMT ?? raw.endDate;
  const over = end !== null && end !== undefined && end !== '';
  const open = openPhase(kind, raw.status);
  const closed: Phase = kind === 'maintenance' ? 'completed' : 'resolved';
  const startedAt = fromEpochMs(Number(raw.timestamp) * 1000) ?? toTime(raw.timeGMT);
  const resolvedAt = news ? null : toTime(raw.endDateGMT);
  return [
    buildIncident({
      id,
      kind,
      title: asLine(raw.title) ?? id,
      url,
      status: over || news ? closed : open,
      impact: impactOf(kind, news),
      startedAt,
      resolvedAt,
      components: [],
      // What it said when it was posted: an event that is over was open then.
      updates: [
        ...post(
          'text',
          news ? 'unknown' : postedAs(kind, open),
          startedAt,
          asText(raw.content ?? raw.description) ?? '',
        ),
        ...(over ? post('end', closed, resolvedAt, '') : []),
      ],
    }),
  ];
}

function post(id: string, status: Phase, at: Date | null, body: string): Incident['updates'] {
  return at === null ? [] : [{ id, status, at, body: plainText(body), components: [] }];
}

function impactOf(kind: Kind, news: boolean): Impact {
  if (news) return 'none';
  return kind === 'maintenance' ? 'maintenance' : 'unknown';
}

function isNews(raw: RawObject): boolean {
  const icon = asLine(raw.icon);
  return raw.type === 'announcement' && icon !== null && !/alert|warn|triangle|exclamation|danger|octagon/i.test(icon);
}

function postedAs(kind: Kind, phase: Phase): Phase {
  if (phase === 'unknown') return phase;
  return kind === 'maintenance' ? 'scheduled' : 'investigating';
}

function openPhase(kind: Kind, status: unknown): Phase {
  if (kind === 'maintenance') return MAINTENANCE.get(status) ?? 'unknown';
  return INCIDENT.get(status) ?? 'unknown';
}

const MAINTENANCE = new Map<unknown, Phase>([
  [0, 'scheduled'],
  [1, 'in_progress'],
  [2, 'completed'],
]);
const INCIDENT = new Map<unknown, Phase>([
  [0, 'investigating'],
  [1, 'investigating'],
  [2, 'investigating'],
]);

/** `Aug 16, 2026 14:58`, in GMT. */
function toTime(value: unknown): Date | null {
  const [, month, day, year, clock] =
    /^([A-Z][a-z]{2}) (\d{1,2}), (\d{4}) (\d\d:\d\d)$/.exec(asLine(value) ?? '') ?? [];
  return month === undefined ? null : parseRfcTime(`${day} ${month} ${year} ${clock} GMT`);
}

/**
 * IBM Cloud's status, by the feed of its notifications (https://cloud.ibm.com/docs/account?topic=account-viewing-cloud-status):
 * the description of each ends with labelled lines, among them its type, its regions and when the outage began and ended.
 *
 * Announcements, releases and security bulletins are no status, so they are left out. Known from working clients: the
 * labels and the form of the times. Whether a notification is rewritten or followed by another of the same ID is not, so
 * both are read; nor is how titles tell a phase, so a word alone at either end is taken for one, else the times tell what
 * they can, and what they cannot stays unknown. How bad it is, nothing says. Regions and resources are those the feed names.
 */
import { ParseError } from '../errors.ts';
import { idsOfPosts, syntheticId } from '../fingerprint.ts';
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
import { buildIncident, isClosed, isOpen, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { type Entry, type Feed, readFeed } from './feed-entries.ts';

const FEED = 'api/notifications/feed.rss';
const HOSTS = /^cloud\.ibm\.com\.?$/i;
const HOME = 'https://cloud.ibm.com/status';

export const ibmCloud = {
  name: 'ibm-cloud',
  title: 'IBM Cloud status',
  docs: 'https://cloud.ibm.com/docs/account?topic=account-viewing-cloud-status',
  lists: 'recent',
  endpoints: [FEED],
  detect,
  read,
  parse,
} satisfies Source;

/** The host serves a whole cloud: only its status page is believed, which has no mark of its own. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (/^\s*<(?:\?xml|rss)\b/i.test(reply.text)) return isOwnFeed(reply);
  const { hostname, pathname } = new URL(reply.url);
  return /^\s*<(?!feed\b)/i.test(reply.text) && HOSTS.test(hostname) && /^\/status(?:\/|$)/.test(pathname);
}

const LINK = /<(?:link|guid[^<>]{0,60})>\s{0,9}(?:<!\[CDATA\[)?https:\/\/cloud\.ibm\.com\/status\b/;

/** Its links are all of the status page. */
function isOwnFeed({ text, url }: Reply): boolean {
  return text.slice(0, 4096).includes('<rss') && (HOSTS.test(new URL(url).hostname) || LINK.test(text));
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(HOSTS.test(new URL(page.url).hostname) ? `${HOME}/${FEED}` : FEED, {
    accept: 'xml',
    conditional: true,
  });
  return reply.status === 304 ? null : parse(reply, page);
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  const feed = await readFeed(reply);
  if (!isOwnFeed(reply)) throw new ParseError('shape', reply.url, "the feed is not that of IBM Cloud's notifications");
  const notices = feed.entries.flatMap(toNotice);
  if (feed.entries.length > 0 && notices.length === 0)
    throw new ParseError('shape', reply.url, 'no notification of the feed has a type');
  const now = presentOf(reply, feed, notices);
  const incidents = newestFirst(uniqueById(groupsOf(notices).map((group) => toIncident(group, now, page))));
  const open = incidents.filter((incident) => isOpen(incident, now));
  const touched = uniqueById(incidents.flatMap((incident) => incident.components));
  const well = touched.map(({ id, name, group }) => ({ id, name, group, status: 'operational' as const }));
  const components = withTroubles(well, open);
  // There is always something of late, so that an empty feed tells nothing.
  const state = pageState(notices.length === 0 ? 'unknown' : null, components, open);
  return { name: 'IBM Cloud', state, description: '', components, incidents, lists: 'recent' };
}

/** When the reply was sent, else when its newest part was written. */
function presentOf(reply: Reply, feed: Feed, notices: readonly Notice[]): Date {
  const newest = notices.reduce((latest, { at }) => Math.max(latest, at?.getTime() ?? 0), 0);
  return parseRfcTime(reply.headers.date) ?? feed.madeAt ?? new Date(newest);
}

interface Notice {
  id: string;
  /** Null for what is no status. */
  kind: Kind | null;
  title: string;
  /** Null where the title says none. */
  phase: Phase | null;
  url: string | null;
  at: Date | null;
  body: string;
  from: Date | null;
  until: Date | null;
  components: Component[];
}

function toNotice(entry: Entry): Notice[] {
  const { body, labels } = readLabels(plainText(entry.body));
  const type = labels.get('type');
  if (type === undefined) return [];
  const { title, phase } = readTitle(entry.title);
  const named = (label: string, group: string | null) =>
    namesIn(labels.get(label)).map((name): Component => ({ id: name, name, group, status: 'unknown' }));
  const notice = {
    id: cleanLine(labels.get('id') ?? '') || entry.guid || entry.link || syntheticId(entry.title),
    kind: kindOf(type),
    title,
    phase,
    url: entry.link,
    at: timeOf(labels.get('update time')) ?? entry.updated ?? entry.published,
    body,
    from: timeOf(labels.get('outage start')),
    until: timeOf(labels.get('outage end')),
    components: uniqueById([...named('regions', 'Region'), ...named('resources', null)]),
  };
  return [notice];
}

const LABELS = /(?:^|\s)(ID|Type|Regions|Resources|Outage Start|Outage End|Update Time|Severity|Category):/g;

/** The labels at the end, each once; words of the text that look like one stand before them. */
function readLabels(text: string): { body: string; labels: Map<string, string> } {
  const labels = new Map<string, string>();
  let end = text.length;
  for (const match of [...text.matchAll(LABELS)].reverse()) {
    const label = match[1]!.toLowerCase();
    if (labels.has(label)) break;
    labels.set(
      label,
      text
        .slice(match.index + match[0].length, end)
        .trim()
        .split('\n', 1)[0]!
        .trim(),
    );
    end = match.index;
  }
  return { body: text.slice(0, end).trim(), labels };
}

function kindOf(type: string): Kind | null {
  const word = /^[a-z]+/i.exec(type)?.[0].toLowerCase();
  return word === 'incident' || word === 'maintenance' ? word : null;
}

/** Names of regions and of resources have no spaces: `us-south, eu-de`, `is.instance`. */
function namesIn(list: string | undefined): string[] {
  const names = (list ?? '').slice(0, 4000).split(/[\s,]+/);
  return [...new Set(names.map(cleanLine).filter((name) => /^[\w.:/-]{1,80}$/.test(name)))];
}

const JS_TIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{4}) (\d\d:\d\d:\d\d) (?:GMT|UTC)([+-]\d{4})?\b/;

/** `Tue Mar 10 2026 08:12:00 GMT+0000 (Coordinated Universal Time)`, as scripts print it. */
function timeOf(text: string | undefined): Date | null {
  const [, month, day, year, clock, offset = 'GMT'] = JS_TIME.exec(text ?? '') ?? [];
  return parseIsoTime(text) ?? parseRfcTime(text) ?? parseRfcTime(`${day} ${month} ${year} ${clock} ${offset}`);
}

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['scheduled', 'scheduled'],
  ['in progress', 'in_progress'],
  ['completed', 'completed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
]);
const FIRST = /^\[?([A-Za-z]{4,20}(?: [A-Za-z]{4,20})?)(?:\]:?|:| [-\u2013])\s+(?=\S)/;
const LAST = /\s+(?:[-\u2013]\s+|\[|\()([A-Za-z]{2,20}(?: [A-Za-z]{4,20})?)[\])]?$/;

/** `RESOLVED: Slow network`, `Slow network [Resolved]`. */
function readTitle(line: string): { title: string; phase: Phase | null } {
  for (const pattern of [FIRST, LAST]) {
    const match = pattern.exec(line.slice(0, 500));
    const phase = PHASES.get(match?.[1]?.toLowerCase() ?? '');
    if (match && phase) return { title: line.replace(match[0], ''), phase };
  }
  return { title: line, phase: null };
}

/** The notifications of one event, oldest first. */
function groupsOf(notices: readonly Notice[]): [Notice, ...Notice[]][] {
  const groups = new Map<string, [Notice, ...Notice[]]>();
  for (const notice of [...notices].reverse().sort((a, b) => (a.at?.getTime() ?? 0) - (b.at?.getTime() ?? 0))) {
    if (notice.kind === null) continue;
    const group = groups.get(notice.id);
    if (group) group.push(notice);
    else groups.set(notice.id, [notice]);
  }
  return [...groups.values()];
}

function toIncident(group: [Notice, ...Notice[]], now: Date, page: Page): Incident {
  const [first] = group;
  const last = group.at(-1)!;
  const kind = first.kind!;
  const from = last.from ?? first.from;
  const { until } = last;
  const status = phaseAt(last, now);
  const planned = kind === 'maintenance';
  const doing: ComponentStatus = planned && status === 'in_progress' ? 'under_maintenance' : 'unknown';
  return buildIncident({
    id: first.id,
    kind,
    title: last.title || first.title || first.id,
    url: last.url ?? (HOSTS.test(new URL(page.url).hostname) ? HOME : page.url),
    status,
    impact: planned ? 'maintenance' : 'unknown',
    startedAt: from ?? first.at,
    resolvedAt: isClosed(status) && status !== 'cancelled' && until !== null && until <= now ? until : null,
    scheduledFor: planned ? from : null,
    scheduledUntil: planned ? until : null,
    components: uniqueById(group.flatMap((notice) => notice.components)).map((component) => ({
      ...component,
      status: isClosed(status) ? 'operational' : doing,
    })),
    updates: toUpdates(group),
  });
}

/** Where it stands: by the title, else by the times. A start without an end does not say that it goes on. */
function phaseAt({ kind, phase, from, until }: Notice, now: Date): Phase {
  if (kind === 'incident') {
    const said = phase === 'completed' ? 'resolved' : phase;
    return said ?? (until !== null && until <= now ? 'resolved' : 'unknown');
  }
  if (phase === 'resolved') return 'completed';
  if (phase === 'completed' || phase === 'cancelled' || phase === 'in_progress') return phase;
  if (from === null) return phase === 'scheduled' ? phase : 'unknown';
  if (now < from) return 'scheduled';
  return until !== null && until <= now ? 'completed' : 'in_progress';
}

/** As each stood when it was written, which does not change with the time of day. */
function toUpdates(group: readonly Notice[]): Update[] {
  const idOf = idsOfPosts(group[0]?.id ?? '');
  const updates = group.flatMap((notice): Update[] => {
    const { at, body, title } = notice;
    if (at === null) return [];
    return [
      {
        id: idOf(body, at, notice.phase),
        status: phaseAt(notice, at),
        at,
        body: body || title,
        components: [],
      },
    ];
  });
  return uniqueById(updates);
}

/**
 * Oracle Cloud Infrastructure's status (https://docs.oracle.com/iaas/Content/General/Concepts/servicestatus.htm): what each
 * service does in each region, and a feed with one item for each incident, closed ones too, which holds all its posts.
 *
 * The regions are the components, each as the worst of its services, and of their thousands of services those that are not
 * well. The words beyond normal performance are known from the documentation only, and severities were seen in the same
 * ones. How long closed incidents stay in the feed is not documented. No maintenance is announced.
 */

import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
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
  Update,
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import { asObjects, isMarkup, isShellOf, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { asLine } from '../text.ts';
import { type Entry, type Feed, readFeed } from './feed-entries.ts';
import { type Post, readBody } from './feed-posts.ts';
import { HOSTS } from './hosts.ts';

const COMPONENTS = 'api/v2/components.json';
const FEED = 'api/v2/incident-summary.rss';
const HOME = 'https://ocistatus.oraclecloud.com/';

export const oracleCloud = {
  name: 'oracle-cloud',
  title: 'Oracle Cloud status',
  docs: 'https://docs.oracle.com/iaas/Content/General/Concepts/servicestatus.htm',
  lists: 'recent',
  endpoints: [COMPONENTS, FEED],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is believed on Oracle's own host only; the address of the data is Statuspage's, what it holds is not. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const { text } = reply;
  if (/^\s*<(?:\?xml|rss)\b/i.test(text)) return isOwnFeed(reply);
  if (isMarkup(reply)) return isShellOf(reply, HOSTS['oracle-cloud']);
  if (!text.includes('"regionHealthReports"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && isHealth(json);
}

const MARK =
  /<(?:link|guid[^<>]{0,60})>\s{0,9}(?:<!\[CDATA\[)?(?:ocid1\.oraclecloudincident\.|https:\/\/ocistatus\.oraclecloud\.com)/;

function isOwnFeed({ text, url }: Reply): boolean {
  return text.slice(0, 4096).includes('<rss') && (HOSTS['oracle-cloud'].test(new URL(url).hostname) || MARK.test(text));
}

function isHealth(json: RawObject): boolean {
  const reports = asObjects(json.regionHealthReports);
  return reports.length > 0 && reports.every((report) => Array.isArray(report.serviceHealthReports));
}

/** What is wrong is posted, so that the feed tells whether there is anything new. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(FEED, { accept: 'xml', conditional: true });
  if (reply.status === 304) return null;
  const feed = await demandFeed(reply);
  const regions = toRegions(demandHealth(await get(COMPONENTS, { accept: 'json' })));
  return toSnapshot(regions, feed, page);
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  if (isMarkup(reply)) {
    const snapshot = toSnapshot([], await demandFeed(reply), page);
    // What is not posted yet is not in it.
    return snapshot.state === 'operational' ? { ...snapshot, state: 'unknown' } : snapshot;
  }
  return { ...toSnapshot(toRegions(demandHealth(reply)), null, page), lists: 'open' };
}

async function demandFeed(reply: Reply): Promise<Feed> {
  const feed = await readFeed(reply);
  if (!isOwnFeed(reply)) throw new ParseError('shape', reply.url, "the feed is not that of Oracle's incidents");
  return feed;
}

function demandHealth(reply: Reply): RawObject[] {
  const json = parseJsonObject(reply);
  if (!isHealth(json)) throw new ParseError('shape', reply.url, "the reply is not the health of Oracle's regions");
  return asObjects(json.regionHealthReports);
}

interface Region extends Component {
  /** Those that are not well. */
  services: Service[];
  /** The ids of all of them, by name. */
  ids: ReadonlyMap<string, string>;
}

interface Service extends Component {
  incidents: { id: string; severity: Impact }[];
}

function toRegions(reports: readonly RawObject[]): Region[] {
  const regions = reports.flatMap((report): Region[] => {
    const name = asLine(report.regionName) ?? asLine(report.regionCanonicalName);
    if (name === null) return [];
    const id = asLine(report.regionCanonicalName) ?? asLine(report.regionId) ?? name;
    const rows = asObjects(report.serviceHealthReports);
    const services = uniqueById(rows.flatMap((row) => toService(row, id, name)));
    const worst = rows.map((row) => statusOf(row.serviceStatus)).reduce(worseStatus, 'unknown');
    const dark = worst === 'operational' && services.length > 0;
    const ids = new Map(rows.map((row) => [asLine(row.serviceName) ?? '', serviceId(row, id)]));
    return [{ id, name, group: null, status: dark ? 'unknown' : worst, services, ids }];
  });
  return uniqueById(regions);
}

function serviceId(row: RawObject, region: string): string {
  return `${region}/${asLine(row.serviceCanonicalName) ?? asLine(row.serviceName) ?? asLine(row.serviceId)}`;
}

function toService(row: RawObject, region: string, group: string): Service[] {
  const name = asLine(row.serviceName) ?? asLine(row.serviceCanonicalName);
  const status = statusOf(row.serviceStatus);
  if (name === null || status === 'operational') return [];
  const incidents = asObjects(row.incidents).flatMap((raw) => {
    const id = asLine(raw.incidentId);
    return id === null ? [] : [{ id, severity: impactOf(raw.severity) }];
  });
  return [{ id: serviceId(row, region), name, group, status, incidents }];
}

function toSnapshot(regions: readonly Region[], feed: Feed | null, page: Page): Snapshot {
  const troubled = regions.flatMap((region) => region.services);
  const posted = feed?.entries.flatMap((entry) => toIncident(entry, regions, troubled, page)) ?? [];
  const known = new Set(posted.map((incident) => incident.id));
  const listed = new Set(troubled.flatMap((service) => service.incidents.map(({ id }) => id)));
  const told = [...listed].filter((id) => !known.has(id)).map((id) => withoutPosts(id, troubled, page));
  const incidents = newestFirst(uniqueById([...posted, ...told]));
  const components = uniqueById([...regions, ...troubled].map(toComponent));
  const state = pageState(null, components, incidents);
  const dark = state === 'operational' && components.some((component) => component.status === 'unknown');
  return {
    name: 'Oracle Cloud Infrastructure',
    state: dark ? 'unknown' : state,
    description: '',
    components,
    incidents,
    lists: 'recent',
  };
}

function toComponent({ id, name, group, status }: Component): Component {
  return { id, name, group, status };
}

/** The title names what is touched and where: `Compute | US East (Ashburn) | 210f910e`. */
function toIncident(entry: Entry, regions: readonly Region[], troubled: readonly Service[], page: Page): Incident[] {
  const id = entry.guid || (entry.link?.split('/').at(-1) ?? '');
  if (id === '') return [];
  const parts = entry.title.split(' | ');
  const updates = toUpdates(id, entry);
  const status = updates.at(-1)?.status ?? 'unknown';
  const listed = troubled.filter((one) => one.incidents.some((incident) => incident.id === id));
  const incident = buildIncident({
    id,
    kind: 'incident',
    title: parts.length > 2 ? parts.slice(0, 2).join(' | ') : entry.title || id,
    url: entry.link ?? addressOf(id, page),
    status,
    impact: severityOf(id, listed),
    startedAt: updates.length > 0 ? null : entry.published,
    resolvedAt: null,
    components: listed.length > 0 ? listed : named(parts, regions, status),
    updates,
  });
  return [incident];
}

/** How it is with what the title names, nothing tells before it is over. */
function named(parts: readonly string[], regions: readonly Region[], phase: Phase): Component[] {
  const [name = '', group = ''] = parts.map((part) => part.trim());
  if (name === '' || group === '') return [];
  const id = regions.find((region) => region.name === group)?.ids.get(name) ?? `${group}/${name}`;
  return [{ id, name, group, status: isClosed(phase) ? 'operational' : 'unknown' }];
}

/** Listed with a service and not, or not yet, in the feed. */
function withoutPosts(id: string, troubled: readonly Service[], page: Page): Incident {
  const components = troubled.filter((one) => one.incidents.some((incident) => incident.id === id));
  const [first] = components;
  const more = components.length > 1 ? ' and more' : '';
  return buildIncident({
    id,
    kind: 'incident',
    title: first ? `${first.name} | ${first.group}${more}` : id,
    url: addressOf(id, page),
    status: 'unknown',
    impact: severityOf(id, components),
    startedAt: null,
    resolvedAt: null,
    components,
    updates: [],
  });
}

function addressOf(id: string, page: Page): string {
  const { hostname } = new URL(page.url);
  return `${HOSTS['oracle-cloud'].test(hostname) ? HOME : `${page.url.replace(/[?#].*$/, '').replace(/\/$/, '')}/`}#/incidents/${encodeURIComponent(id)}`;
}

const RANKS: readonly Impact[] = ['unknown', 'none', 'minor', 'major', 'critical'];

function severityOf(id: string, services: readonly Service[]): Impact {
  const severities = services.flatMap((service) => service.incidents).filter((incident) => incident.id === id);
  return severities.reduce<Impact>(
    (worst, { severity }) => (RANKS.indexOf(severity) > RANKS.indexOf(worst) ? severity : worst),
    'unknown',
  );
}

/** Oldest first; told apart by their times and phases, so that an edit is not a new post. */
function toUpdates(incident: string, entry: Entry): Update[] {
  // The day and the time are marked as variables, not always with a space between.
  const { posts, form } = readBody({ ...entry, body: entry.body.replaceAll('<var', ' <var') });
  let phase: Phase = 'unknown';
  const seen = new Map<string, number>();
  const dated = posts
    .flatMap((post) => {
      const at = post.at ?? entry.updated ?? entry.published;
      return at === null ? [] : [{ ...post, at }];
    })
    .toReversed()
    .sort((a, b) => a.at.getTime() - b.at.getTime());
  return dated.map((post: Post & { at: Date }) => {
    phase = post.phase ?? phase;
    const key = syntheticId(incident, post.at, phase, form === 'blocks' ? '' : post.body);
    const nth = (seen.get(key) ?? 0) + 1;
    seen.set(key, nth);
    const id = nth === 1 ? key : `${key}-${nth}`;
    return { id, status: phase, at: post.at, body: post.body, components: [] };
  });
}

function statusOf(word: unknown): ComponentStatus {
  switch (word) {
    case 'NormalPerformance':
      return 'operational';
    case 'Informational':
      return 'degraded_performance';
    case 'ServiceDisruption':
      return 'partial_outage';
    case 'ServiceDown':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

function impactOf(word: unknown): Impact {
  switch (word) {
    case 'NormalPerformance':
      return 'none';
    case 'Informational':
      return 'minor';
    case 'ServiceDisruption':
      return 'major';
    case 'ServiceDown':
      return 'critical';
    default:
      return 'unknown';
  }
}

/**
 * Auth0's status (https://auth0.com/docs/troubleshoot/basic-issues/check-auth0-status): the data its web page was drawn
 * from, region by region, with incidents as Statuspage writes them. No JSON address of it is known.
 *
 * Known from a working client alone: the fields of an incident and the placeholder of a region that is well. Whether an
 * environment is named, whether a closed incident stays and whether planned work stands in the list is not, so all of that
 * is read where it is there and missed nowhere. The feed of a tenant (`/api/rss?domain=`) is read as any other feed.
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
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import { asObject, asObjects, asText, demandOk, isMarkup, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

export const auth0 = {
  name: 'auth0',
  title: 'Auth0 status',
  docs: 'https://auth0.com/docs/troubleshoot/basic-issues/check-auth0-status',
  lists: 'open',
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

const DATA = '<script id="__NEXT_DATA__"';
/** Others call a list so as well, but theirs is of incidents, not of regions. */
const REGIONS = /"activeIncidents":\s{0,9}\[\s{0,9}\{[^{}]{0,300}"response":\s{0,9}\{/;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const at = reply.text.indexOf(DATA);
  return at >= 0 && isMarkup(reply) && REGIONS.test(reply.text.slice(at));
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot {
  const rows = demandRegions(reply);
  const regions = uniqueById(rows.flatMap((row) => toRegion(row)));
  const incidents = newestFirst(toIncidents(rows, page));
  const components = withTroubles(regions, incidents);
  const state = pageState(null, components, incidents);
  const dark = components.length === 0 || components.some((region) => region.status === 'unknown');
  const known = dark && state === 'operational' ? 'unknown' : state;
  return { name: 'Auth0', state: known, description: '', components, incidents, lists: 'open' };
}

function demandRegions(reply: Reply): RawObject[] {
  demandOk(reply);
  if (reply.text.trim() === '') throw new ParseError('empty', reply.url, 'the reply is empty');
  const { props } = asObject(nextData(reply.text));
  const rows = asObject(asObject(props).pageProps).activeIncidents;
  const regions = asObjects(rows).filter((row) => asLine(row.region) !== null && isObject(row.response));
  if (regions.length === 0) throw new ParseError('shape', reply.url, 'the page has no list of the regions of Auth0');
  return asObjects(rows);
}

function nextData(html: string): unknown {
  const script = html.indexOf(DATA);
  const from = script < 0 ? -1 : html.indexOf('>', script);
  const end = from < 0 ? -1 : html.indexOf('</script>', from);
  if (end < 0) return null;
  try {
    return JSON.parse(html.slice(from + 1, end));
  } catch {
    return null;
  }
}

/** A region whose incidents cannot be read is not well for that. */
function toRegion(row: RawObject): Component[] {
  const name = asLine(row.region);
  if (name === null) return [];
  const group = asLine(row.environment);
  const status = Array.isArray(asObject(row.response).incidents) ? 'operational' : 'unknown';
  return [{ id: group === null ? name : `${group} ${name}`, name, group, status }];
}

/** What touches several regions is listed in each of them. */
function toIncidents(rows: readonly RawObject[], page: Page): Incident[] {
  const found = new Map<string, { raw: RawObject; regions: Component[] }>();
  for (const row of rows)
    for (const raw of asObjects(asObject(row.response).incidents)) {
      const id = asLine(raw.id) ?? asLine(raw.name);
      if (id === null || isPlaceholder(raw)) continue;
      const known = found.get(id) ?? { raw, regions: [] };
      known.regions.push(...toRegion(row));
      found.set(id, known);
    }
  return [...found].map(([id, { raw, regions }]) => toIncident(id, raw, uniqueById(regions), page));
}

/** How a region is listed where there is nothing to tell. */
function isPlaceholder(raw: RawObject): boolean {
  return raw.status === 'operational' && raw.impact === 'none';
}

function toIncident(id: string, raw: RawObject, regions: readonly Component[], page: Page): Incident {
  const planned =
    raw.impact === 'maintenance' || parseIsoTime(raw.scheduled_for) !== null || raw.status === 'scheduled';
  const status = phaseOf(raw.status);
  const worstStatus = planned ? 'under_maintenance' : statusOfImpact(raw.impact);
  const now = isClosed(status) ? 'operational' : status === 'scheduled' ? 'unknown' : worstStatus;
  return buildIncident({
    id,
    kind: planned ? 'maintenance' : 'incident',
    title: asLine(raw.name) ?? id,
    url: page.url,
    status,
    impact: planned ? 'maintenance' : impactOf(raw.impact),
    startedAt: parseIsoTime(raw.started_at) ?? parseIsoTime(raw.created_at),
    resolvedAt: parseIsoTime(raw.resolved_at),
    scheduledFor: parseIsoTime(raw.scheduled_for),
    scheduledUntil: parseIsoTime(raw.scheduled_until),
    components: regions.map((region) => ({
      ...region,
      status: now,
      worstStatus: status === 'scheduled' ? now : worstStatus,
    })),
    updates: toUpdates(id, raw),
  });
}

function toUpdates(incident: string, raw: RawObject): Update[] {
  const updates = asObjects(raw.incident_updates).flatMap((row): Update[] => {
    const at = parseIsoTime(row.display_at) ?? parseIsoTime(row.created_at);
    if (at === null) return [];
    const body = plainText(asText(row.body) ?? '');
    const id = asLine(row.id) ?? syntheticId(incident, at, asText(row.status), body);
    return [{ id, status: phaseOf(row.status), at, body, components: servicesOf(row.affected_components) }];
  });
  // Newest first, also within a minute.
  return uniqueById(updates.reverse());
}

/** The services of the regions. */
function servicesOf(value: unknown): Component[] {
  const services = asObjects(value).flatMap((row): Component[] => {
    const name = asLine(row.name);
    return name === null ? [] : [{ id: asLine(row.code) ?? name, name, group: null, status: statusOf(row.new_status) }];
  });
  return uniqueById(services);
}

function phaseOf(word: unknown): Phase {
  switch (word) {
    case 'investigating':
    case 'identified':
    case 'monitoring':
    case 'resolved':
    case 'postmortem':
    case 'scheduled':
    case 'in_progress':
    case 'verifying':
    case 'completed':
      return word;
    default:
      return 'unknown';
  }
}

function statusOf(word: unknown): ComponentStatus {
  switch (word) {
    case 'operational':
    case 'degraded_performance':
    case 'partial_outage':
    case 'major_outage':
    case 'under_maintenance':
      return word;
    default:
      return 'unknown';
  }
}

function impactOf(word: unknown): Impact {
  switch (word) {
    case 'none':
    case 'minor':
    case 'major':
    case 'critical':
    case 'maintenance':
      return word;
    default:
      return 'unknown';
  }
}

function statusOfImpact(word: unknown): ComponentStatus {
  switch (word) {
    case 'none':
      return 'operational';
    case 'minor':
      return 'degraded_performance';
    case 'major':
      return 'partial_outage';
    case 'critical':
      return 'major_outage';
    case 'maintenance':
      return 'under_maintenance';
    default:
      return 'unknown';
  }
}

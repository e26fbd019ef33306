/**
 * `incidents.json` of the status dashboards that Google serves: a list of every incident, open or of the last year or so
 * (https://status.cloud.google.com/incidents.schema.json). Updates come newest first and have no ids. There are no phases,
 * and no maintenance: an incident is under investigation until it has an end; a post made from then on closes it, though it
 * may still call the service disrupted. Incidents name products and locations, but not which product in which location, so
 * both are components. Read for the google-cloud and google-workspace sources by google-dashboard.ts.
 */
import { ParseError } from '../errors.ts';
import { unescapedMarkdown } from '../markdown.ts';
import type { Component, ComponentStatus, Impact, Incident, Phase, Update } from '../model.ts';
import { buildIncident, isClosed, uniqueById, worseStatus } from '../normalize.ts';
import { asObject, asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

/** Nothing else has these beside each other. */
function isIncident(value: unknown): value is RawObject {
  if (!isObject(value) || asLine(value.id) === null || !Array.isArray(value.updates)) return false;
  return typeof value.external_desc === 'string' && 'begin' in value && 'affected_products' in value;
}

/** Throws ParseError when it is no list, or when anything else stands in it. An empty one is let through. */
export function demandIncidents(json: unknown, url: string): RawObject[] {
  if (!Array.isArray(json) || !json.every(isIncident))
    throw new ParseError('shape', url, 'the reply is no list of incidents of a Google dashboard');
  return json;
}

/** `home` is the dashboard's address with its last slash. */
export function toIncidents(rows: readonly RawObject[], home: string): Incident[] {
  return uniqueById(rows.map((row) => toIncident(row, home)));
}

function toIncident(raw: RawObject, home: string): Incident {
  const id = asLine(raw.id)!;
  const end = parseIsoTime(raw.end);
  const posts = postsOf(raw);
  const updates = toUpdates(posts, end);
  const last = updates.at(-1)?.status ?? 'investigating';
  return buildIncident({
    id,
    kind: 'incident',
    title: cleanLine(bodyOf(asText(raw.external_desc) ?? '')) || (asLine(raw.service_name) ?? id),
    url: safeUrl(asText(raw.uri), home) ?? `${home}incidents/${encodeURIComponent(id)}`,
    status: end === null || isClosed(last) ? last : 'resolved',
    impact: impactOf(raw),
    startedAt: parseIsoTime(raw.begin),
    resolvedAt: end,
    components: affectedBy(raw, updates, end === null ? currentStatus(raw, posts) : 'operational'),
    updates,
  });
}

interface Post {
  at: Date;
  created: string;
  raw: RawObject;
}

/** Oldest first, as those of one second are by their place. */
function postsOf(raw: RawObject): Post[] {
  const posts = asObjects(raw.updates).flatMap((post): Post[] => {
    const at = parseIsoTime(post.when) ?? parseIsoTime(post.created);
    return at === null ? [] : [{ at, created: asLine(post.created) ?? at.toISOString(), raw: post }];
  });
  return posts.reverse().sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** A post is known by when it was created: its text and its status are edited later. */
function toUpdates(posts: readonly Post[], end: Date | null): Update[] {
  const taken = new Map<string, number>();
  return posts.map((post) => {
    const number = (taken.get(post.created) ?? 0) + 1;
    taken.set(post.created, number);
    const id = number === 1 ? post.created : `${post.created} ${number}`;
    return toUpdate(post, id, end);
  });
}

function toUpdate({ at, raw }: Post, id: string, end: Date | null): Update {
  const body = bodyOf(asText(raw.text) ?? '');
  const status = statusOf(raw.status);
  const components = uniqueById(toLocations(raw.affected_locations, status));
  return { id, status: phaseOf(status, body, at, end), at, body, components };
}

/** Markdown with every sign escaped that could mean something, and line ends escaped to be kept. */
function bodyOf(text: string): string {
  return unescapedMarkdown(plainText(text.replace(/\\(?=\s|$)/g, '')));
}

const REPORT = /^[#*\s]*(?:(?:mini|preliminary|final|full|updated)\s+)?incident report\b/i;

/** What is available again without having an end is being watched. */
function phaseOf(status: ComponentStatus, body: string, at: Date, end: Date | null): Phase {
  if (end !== null && at >= end) return REPORT.test(body) ? 'postmortem' : 'resolved';
  if (status === 'operational') return 'monitoring';
  return status === 'unknown' ? 'unknown' : 'investigating';
}

type Affected = Component & { worstStatus: ComponentStatus };

/** The products, and every location ever named: those of now as they are, the others well again. */
function affectedBy(raw: RawObject, updates: readonly Update[], now: ComponentStatus): Affected[] {
  const said = [raw.status_impact, ...asObjects(raw.updates).map((post) => post.status)];
  const worst = said.map(statusOf).reduce(worseStatus, 'unknown');
  const before: ComponentStatus = now === 'unknown' ? now : 'operational';
  const components = [
    ...toProducts(raw, now),
    ...updates.flatMap((update) => update.components).map((location) => ({ ...location, status: before })),
    ...toLocations(raw.previously_affected_locations, before),
    ...(updates.at(-1)?.components ?? []).map((location) => ({ ...location, status: now })),
    ...toLocations(raw.currently_affected_locations, now),
  ];
  return uniqueById(components).map((component) => ({ ...component, worstStatus: worst }));
}

function currentStatus(raw: RawObject, posts: readonly Post[]): ComponentStatus {
  const latest = statusOf((posts.at(-1)?.raw ?? asObject(raw.most_recent_update)).status);
  return latest === 'unknown' ? statusOf(raw.status_impact) : latest;
}

/** A product renamed since keeps its id. `Multiple Products` is none. */
function toProducts(raw: RawObject, status: ComponentStatus): Component[] {
  const products = asObjects(raw.affected_products).flatMap((product) => toProduct(product, status));
  if (products.length > 0 || asText(raw.service_key) === 'zall') return products;
  return toProduct({ id: raw.service_key, title: raw.service_name }, status);
}

/** A product as an incident or as `products.json` names it. */
export function toProduct(raw: RawObject, status: ComponentStatus): Component[] {
  const name = asLine(raw.current_title) ?? asLine(raw.title);
  return name === null ? [] : [{ id: asLine(raw.id) ?? name, name, group: null, status }];
}

/** `Iowa (us-central1)` is found by either name. */
function toLocations(list: unknown, status: ComponentStatus): Component[] {
  return asObjects(list).flatMap((raw) => {
    const title = asLine(raw.title);
    const id = asLine(raw.id) ?? title;
    if (id === null) return [];
    const suffix = ` (${id})`;
    const name = title?.endsWith(suffix) ? title.slice(0, -suffix.length) : title;
    return [{ id, name: name || id, group: 'Location', status }];
  });
}

function statusOf(raw: unknown): ComponentStatus {
  switch (raw) {
    case 'AVAILABLE':
      return 'operational';
    case 'SERVICE_INFORMATION':
      return 'degraded_performance';
    case 'SERVICE_DISRUPTION':
      return 'partial_outage';
    case 'SERVICE_OUTAGE':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

function impactOf(raw: RawObject): Impact {
  switch (raw.severity) {
    case 'low':
      return 'minor';
    case 'medium':
      return 'major';
    case 'high':
      return 'critical';
  }
  switch (raw.status_impact) {
    case 'AVAILABLE':
      return 'none';
    case 'SERVICE_INFORMATION':
      return 'minor';
    case 'SERVICE_DISRUPTION':
      return 'major';
    case 'SERVICE_OUTAGE':
      return 'critical';
    default:
      return 'unknown';
  }
}

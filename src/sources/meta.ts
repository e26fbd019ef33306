/**
 * Meta's status of business products (https://metastatus.com): a list of products with their services, and for each product
 * its outages. Those of a product are asked for only where a service says more than that all is well; on a product's own
 * page its history is read as well. No outage was seen recorded: their fields are known from other programs, they seem to
 * have no ids and no more phases than going on and resolved, and how their times are written is not known for sure.
 */

import { FetchError, ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type {
  Component,
  ComponentStatus,
  Depth,
  Get,
  Incident,
  Page,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, componentLabel, impactOfTrouble, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObjects, asText, isMarkup, isNotOffered, isShellOf, parseJson, type RawObject, tryJson } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { fromEpochMs, parseIsoTime, parseRfcTime } from '../time.ts';
import { HOSTS } from './hosts.ts';

const PRODUCTS = 'data/orgs.json';
const NOW = '.json';
const HISTORY = '.history.json';
const HOME = 'https://metastatus.com/';
/** Beyond this many troubled products the services alone must do: each product is two more requests. */
const MOST_PRODUCTS = 6;

export const meta = {
  name: 'meta',
  title: 'Meta status',
  docs: 'https://metastatus.com',
  lists: 'open',
  endpoints: [PRODUCTS],
  detect,
  read,
  parse,
} satisfies Source;

/** The site answers any path with the same shell: only its own host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const start = reply.text.trimStart();
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.meta);
  if (!start.startsWith('[') || !/"services"|"service_id"/.test(start)) return false;
  const json = tryJson(reply);
  return isProducts(json) || isOutages(json);
}

function isProducts(json: unknown): json is unknown[] {
  const rows = asObjects(json);
  const isService = (service: RawObject) => typeof service.name === 'string' && typeof service.status === 'string';
  const isProduct = ({ id, services }: RawObject) => typeof id === 'string' && asObjects(services).every(isService);
  return rows.length > 0 && rows.every(isProduct) && rows.some((row) => asObjects(row.services).length > 0);
}

interface Place {
  home: string;
  /** The product whose page it is; null for the page of all. */
  product: string | null;
}

/** `/whatsapp-business-api` is the page of one product. A copy elsewhere is always that of all. */
function placeOf(page: Page): Place {
  const { hostname, origin, pathname } = new URL(page.url);
  const product = /^\/(?!data(?:\/|$))([\w-]+)\/?$/.exec(pathname)?.[1] ?? null;
  if (HOSTS.meta.test(hostname)) return { home: HOME, product };
  return { home: `${origin}${pathname.replace(/(?:\/data\/.*)?\/?$/, '')}/`, product: null };
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const { home, product } = placeOf(page);
  const reply = await get(`${home}${PRODUCTS}`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const products = demandProducts(parseJson(reply), reply.url, product);
  const wanted = product === null ? products.filter(isTroubled).slice(0, MOST_PRODUCTS) : products;
  const endings = depth === 'now' ? [NOW] : [HISTORY, NOW];
  const incidents: Incident[] = [];
  let torn = false;
  let history = product !== null && depth === 'recent';
  for (const one of wanted.map(toProduct))
    for (const ending of endings) {
      const outages = await readOutages(get, `${home}data/outages/${encodeURIComponent(one.id)}${ending}`);
      if (typeof outages === 'string') {
        torn ||= outages === 'broken';
        history &&= ending !== HISTORY;
      } else for (const row of outages) incidents.push(...toIncident(row, one, home, ending === HISTORY));
    }
  const snapshot = toSnapshot(products, uniqueById(incidents));
  return { ...snapshot, lists: history ? 'recent' : 'open', ...(torn && { torn }) };
}

/** Going by the services: some word other than that there are no known issues. */
function isTroubled(product: RawObject): boolean {
  return asObjects(product.services).some((service) => !/^no known issues$/i.test(asLine(service.status) ?? ''));
}

/** None at all is an empty list here. */
async function readOutages(get: Get, address: string): Promise<RawObject[] | 'missing' | 'broken'> {
  try {
    const reply = await get(address, { accept: 'json' });
    const json = parseJson(reply);
    return Array.isArray(json) && json.length === 0 ? [] : demandOutages(json, reply.url);
  } catch (error) {
    if (isNotOffered(error)) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function demandProducts(json: unknown, url: string, product: string | null): RawObject[] {
  if (!isProducts(json)) throw new ParseError('shape', url, "the reply is not the list of Meta's products");
  const rows = asObjects(json).filter((row) => product === null || row.id === product);
  if (rows.length === 0) throw new ParseError('shape', url, `Meta lists no product "${product}"`);
  return rows;
}

function demandOutages(json: unknown, url: string): RawObject[] {
  const rows = asObjects(json);
  if (!isOutages(json)) throw new ParseError('shape', url, 'the reply is not a list of outages');
  return rows;
}

function isOutages(json: unknown): boolean {
  const rows = asObjects(json);
  return rows.length > 0 && rows.every((row) => 'service_id' in row && 'status' in row && Array.isArray(row.posts));
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  const { home } = placeOf(page);
  if (isProducts(json)) return toSnapshot(demandProducts(json, reply.url, null), []);
  const id = /\/([\w-]+?)(?:\.history)?\.json$/.exec(new URL(reply.url).pathname)?.[1] ?? 'outages';
  const outages = demandOutages(json, reply.url).flatMap((row) => toIncident(row, toProduct({ id }), home, false));
  const incidents = newestFirst(uniqueById(outages));
  // Without its services an outage's end is all that is known of the state.
  const state = pageState('unknown', [], incidents);
  return { name: 'Meta', state, description: '', components: [], incidents, lists: 'open' };
}

function toSnapshot(products: readonly RawObject[], outages: readonly Incident[]): Snapshot {
  const components = uniqueById(products.flatMap((row) => [...toProduct(row).services.values()]));
  const incidents = newestFirst(outages);
  const state = pageState(null, components, incidents);
  return { name: 'Meta', state, description: '', components, incidents, lists: 'open' };
}

interface Product {
  id: string;
  /** Null when the page gives neither a name nor an id. */
  name: string | null;
  /** By their ids, which are unique within the product only. */
  services: ReadonlyMap<string, Component>;
}

function toProduct(row: RawObject): Product {
  const named = asLine(row.id);
  const group = asLine(row.name) ?? named;
  const product = named ?? '';
  const services = asObjects(row.services).flatMap((service): [string, Component][] => {
    const name = asLine(service.name);
    const id = asLine(service.id) ?? name;
    if (id === null || name === null) return [];
    return [[id, { id: `${product}/${id}`, name, group, status: statusOf(service.status) }]];
  });
  return { id: product, name: group, services: new Map(services) };
}

const RESOLVED = /\bresolved$/i;

/** `High disruptions`, also `High disruptions resolved`. */
function statusOf(word: unknown): ComponentStatus {
  const text = asLine(word) ?? '';
  return RESOLVED.test(text) ? 'operational' : severityOf(text);
}

function severityOf(text: string): ComponentStatus {
  switch (text.replace(/\s*resolved$/i, '').toLowerCase()) {
    case 'no known issues':
      return 'operational';
    case 'low disruptions':
      return 'degraded_performance';
    case 'medium disruptions':
      return 'partial_outage';
    case 'high disruptions':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

/**
 * The same outage is that of one service which began at one time: its first post never changes. One in the history of a
 * service that is well is over, whatever word it kept.
 */
function toIncident(row: RawObject, product: Product, home: string, isHistory: boolean): Incident[] {
  const service = asLine(row.service_id);
  if (service === null) return [];
  const word = asLine(row.status) ?? '';
  const known = product.services.get(service);
  const closed = RESOLVED.test(word) || (isHistory && known?.status === 'operational');
  const posts = toPosts(row);
  const began = posts[0]?.at ?? timeOf(row.time);
  const id = syntheticId(product.id, service, began);
  const updates = toUpdates(id, posts, closed);
  const worstStatus = severityOf(word);
  const affected = known ?? { id: `${product.id}/${service}`, name: service, group: product.name };
  const incident = buildIncident({
    id,
    kind: 'incident',
    title: known ? componentLabel(known) : `${product.name ?? 'Meta'}: outage`,
    url: `${home}${encodeURIComponent(product.id)}`,
    status: closed ? 'resolved' : severityOf(word) === 'unknown' ? 'unknown' : 'investigating',
    impact: impactOfTrouble(worstStatus),
    startedAt: began,
    resolvedAt: null,
    components: [{ ...affected, status: closed ? 'operational' : worstStatus, worstStatus }],
    updates,
  });
  return [incident];
}

interface Post {
  at: Date;
  body: string;
}

/** Oldest first. */
function toPosts(row: RawObject): Post[] {
  const posts = asObjects(row.posts).flatMap((post): Post[] => {
    const at = timeOf(post.time);
    return at === null ? [] : [{ at, body: plainText(asText(post.description) ?? '') }];
  });
  return posts.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function toUpdates(incident: string, posts: readonly Post[], closed: boolean): Update[] {
  const sameTime = new Map<number, number>();
  return posts.map(({ at, body }, nth) => {
    const before = sameTime.get(at.getTime()) ?? 0;
    sameTime.set(at.getTime(), before + 1);
    const status = closed && nth === posts.length - 1 ? 'resolved' : 'investigating';
    return { id: syntheticId(incident, at, before), status, at, body, components: [] };
  });
}

/** A time with its zone, or an epoch: those in seconds have ten digits. */
function timeOf(value: unknown): Date | null {
  if (typeof value === 'number') return fromEpochMs(value < 1e11 ? value * 1000 : value);
  return parseIsoTime(value) ?? parseRfcTime(value);
}

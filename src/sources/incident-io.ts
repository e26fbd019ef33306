/**
 * incident.io status pages (https://docs.incident.io/status-pages/widget-api documents the widget alone; the rest is what
 * the pages themselves use). Best first: the page's own documents (incident-io-proxy.ts), the widget summary and the
 * Statuspage-compatible endpoints (incident-io-compat.ts), the feed (incident-io-feed.ts), and the data in the page's
 * HTML (incident-io-flight.ts). Each is asked only when those before it are not offered: a page that fails for now is
 * not read by another document, for the same posts have other ids there.
 *
 * The list of recent incidents is the one asked conditionally: it changes with every post, also with one that opened and
 * closed between two reads. Whether it always holds planned maintenance is not known; while it lacks one, the snapshot
 * is torn, so that both documents are read each time.
 */

import { ParseError } from '../errors.ts';
import type { Depth, Get, Page, Reply, Snapshot, Source } from '../model.ts';
import {
  asObject,
  asObjects,
  demandOk,
  isMarkup,
  isNotOffered,
  isObject,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { HOSTS } from './hosts.ts';
import { compatSnapshot, isCompat, isWidget, widgetSnapshot } from './incident-io-compat.ts';
import { listSnapshot, pageSnapshot, singleSnapshot } from './incident-io-proxy.ts';

const WIDGET = 'api/v1/summary';
const COMPAT_SUMMARY = 'api/v2/summary.json';
const COMPAT_INCIDENTS = 'api/v2/incidents.json';
const FEED = 'feed.atom';

export const incidentIo = {
  name: 'incident-io',
  title: 'incident.io',
  docs: 'https://docs.incident.io/status-pages/widget-api',
  lists: 'recent',
  endpoints: [
    COMPAT_SUMMARY,
    COMPAT_INCIDENTS,
    'api/v2/status.json',
    'api/v2/components.json',
    WIDGET,
    FEED,
    'feed.rss',
  ],
  probe: COMPAT_SUMMARY,
  detect,
  read,
  parse,
} satisfies Source;

/** Its JSON imitates Statuspage's, so what proves it is its own shapes, and ids that Statuspage never gives. */
function detect(reply: Reply): boolean {
  if (reply.headers['x-matched-path']?.startsWith('/[slug]/api/v2/[endpoint]')) return true;
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isFeed(reply.text) || isPage(reply.text);
  const json = tryJsonObject(reply);
  return json !== null && kindOfDocument(json, reply.url) !== null;
}

/** Atom and RSS name their generator alike. */
function isFeed(text: string): boolean {
  return /<(?:feed|rss)[\s>]/.test(text.slice(0, 2000)) && text.includes('<generator>incident.io</generator>');
}

function isPage(html: string): boolean {
  if (html.includes('incident-io-status-page-logos')) return true;
  return html.includes('data-testid="status-page-header"') && html.includes('self.__next_f');
}

type Document = 'summary' | 'list' | 'incident' | 'widget' | 'compat';

function kindOfDocument(json: RawObject, url: string): Document | null {
  const { summary, incidents, incident } = json;
  if (isObject(summary)) return Array.isArray(summary.ongoing_incidents) ? 'summary' : null;
  if (isObject(incident)) return isIncident(incident) ? 'incident' : null;
  if (isWidget(json)) return 'widget';
  if (isCompat(json)) return 'compat';
  if (!Array.isArray(incidents) || 'page' in json) return null;
  // An empty list has no shape of its own, but nobody else has this address.
  const proved =
    incidents.length > 0 ? asObjects(incidents).every(isIncident) : /\/proxy\/[^/]+\/incidents$/.test(pathOf(url));
  return proved ? 'list' : null;
}

function isIncident(raw: RawObject): boolean {
  return Array.isArray(raw.updates) && 'published_at' in raw && 'status_page_id' in raw;
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  let refusal: unknown;
  for (const attempt of [readProxy, readWidget, readCompat, readFeed, readHtml]) {
    try {
      return await attempt(page, get, depth);
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

async function readProxy(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const path = proxyPath(page.url);
  const listed = depth === 'recent' ? await get(`${path}/incidents`, { accept: 'json', conditional: true }) : null;
  if (listed?.status === 304) return null;
  const list = listed === null ? null : ifOffered(() => demandList(listed));
  // Where there is no list, the summary is the document to compare with the last read.
  const reply = await get(path, { accept: 'json', conditional: list === null });
  if (reply.status === 304) return null;
  return pageSnapshot(demandSummary(parseJsonObject(reply), reply.url), list, reply.url, page);
}

/**
 * The proxy names pages by their host; those hosted by incident.io itself by the first part of their path. Where it
 * has the pages that share a host (`status.example.com/eu`) is not known: this is a guess that costs one 404.
 */
function proxyPath(url: string): string {
  const { host, hostname, pathname } = new URL(url);
  const parts = pathname.split('/').filter((part) => part !== '');
  if (parts.length === 0) return `proxy/${host}`;
  return HOSTS['incident-io'].test(hostname) ? `/proxy/${parts[0]}` : `/proxy/${host}/${parts.join('/')}`;
}

function demandSummary(json: RawObject, url: string): RawObject {
  if (isObject(json.summary)) return json.summary;
  throw new ParseError('shape', url, 'the reply has no "summary"');
}

function demandList(reply: Reply): RawObject[] {
  const json = parseJsonObject(reply);
  if (kindOfDocument(json, reply.url) === 'list') return asObjects(json.incidents);
  throw new ParseError('shape', reply.url, 'the reply has no list of incidents');
}

function ifOffered<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

async function readWidget(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(WIDGET, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const json = parseJsonObject(reply);
  if (!isWidget(json)) throw new ParseError('shape', reply.url, 'the reply is no widget summary');
  return widgetSnapshot(json, reply.url, page);
}

async function readCompat(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const listed = depth === 'recent' ? await get(COMPAT_INCIDENTS, { accept: 'json', conditional: true }) : null;
  if (listed?.status === 304) return null;
  const list = listed === null ? null : ifOffered(() => compatList(listed));
  const reply = await get(COMPAT_SUMMARY, { accept: 'json', conditional: list === null });
  if (reply.status === 304) return null;
  const json = parseJsonObject(reply);
  if (!isCompat(json)) throw new ParseError('shape', reply.url, 'the reply is no summary of an incident.io page');
  return compatSnapshot(json, list, reply.url, page);
}

/** Null stands in place of the list on some pages: then it is not known. */
function compatList(reply: Reply): RawObject[] | null {
  const json = parseJsonObject(reply);
  return isCompat(json) && Array.isArray(json.incidents) ? asObjects(json.incidents) : null;
}

async function readFeed(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(FEED, { accept: 'xml', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

async function readHtml(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  if (isMarkup(reply)) return parseMarkup(reply, page);
  const json = parseJsonObject(reply);
  switch (kindOfDocument(json, reply.url)) {
    case 'summary':
      return pageSnapshot(demandSummary(json, reply.url), null, reply.url, page);
    case 'list':
      return listSnapshot(asObjects(json.incidents), reply.url, page);
    case 'incident':
      return singleSnapshot(asObject(json.incident), reply.url, page);
    case 'widget':
      return widgetSnapshot(json, reply.url, page);
    case 'compat':
      return compatSnapshot(json, null, reply.url, page);
    case null:
      throw new ParseError('shape', reply.url, 'the reply is no document of an incident.io page');
  }
}

async function parseMarkup(reply: Reply, page: Page): Promise<Snapshot> {
  if (isFeed(reply.text)) return (await import('./incident-io-feed.ts')).feedSnapshot(reply, page);
  const { embeddedPage } = await import('./incident-io-flight.ts');
  const whole = isPage(reply.text) && /<\/html>\s*$/i.test(reply.text.slice(-200));
  const found = whole ? embeddedPage(reply.text) : null;
  if (found === null)
    throw new ParseError('html', reply.url, 'the reply is a web page, but no whole one of incident.io');
  // The page shows some of its recent incidents, not all: nothing can be read from an absence, nor be called torn.
  return { ...pageSnapshot(found.summary, found.incidents, reply.url, page), lists: 'open', torn: undefined };
}

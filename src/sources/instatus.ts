/**
 * Instatus (https://instatus.com/help/api/public-data). The feed has whole timelines, and alone changes with every post,
 * so it is the one asked conditionally; the summary knows what is open and how bad it is, the components how they are. A
 * component that changes without any post is therefore seen with the next one. Where there is no feed, the data in the
 * page's HTML stands in, and where that is refused too, the summary alone.
 *
 * Not verified: RSS items beyond their bodies, and how `/v3/components.json` puts groups (so `/v2` is read).
 */
import { ParseError } from '../errors.ts';
import type { Depth, Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { demandOk, isMarkup, isNotOffered, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { parseRfcTime } from '../time.ts';
import type { Feed } from './instatus-feed.ts';
import { baseAddress, toSnapshot } from './instatus-notices.ts';
import {
  type Current,
  componentsSnapshot,
  currentOf,
  isComponents,
  isSummary,
  joined,
  summarySnapshot,
} from './instatus-summary.ts';

const COMPONENTS = 'v2/components.json';
const FEED = 'history.atom';

export const instatus = {
  name: 'instatus',
  title: 'Instatus',
  docs: 'https://instatus.com/help/api/public-data',
  lists: 'recent',
  endpoints: [
    'api/v2/summary.json',
    'v3/summary.json',
    'v2/summary.json',
    'summary.json',
    'api/v2/components.json',
    'v3/components.json',
    'v2/components.json',
    'default/history.atom',
    'default/history.rss',
    FEED,
    'history.rss',
  ],
  detect,
  read,
  parse,
} satisfies Source;

/** Every path of a page that nobody has leads to the maker's own site. */
function isUnclaimed(reply: Reply): boolean {
  return /^(?:www\.)?instatus\.com$/i.test(new URL(reply.url).hostname);
}

function detect(reply: Reply): boolean {
  if (reply.status !== 200 || isUnclaimed(reply)) return false;
  if (reply.headers['x-matched-path']?.startsWith('/[lang]/[url]/[type]/[userId]')) return true;
  if (isMarkup(reply)) return isFeed(reply.text) || isPage(reply.text);
  const json = tryJsonObject(reply);
  return json !== null && (isSummary(json) || isComponents(json));
}

/** A feed without any notice has nothing that tells whose it is. */
function isFeed(text: string): boolean {
  if (!/^\s*<(?:\?xml|feed|rss)/.test(text)) return false;
  return text.includes('<strong>Type:</strong>') || text.includes('&lt;strong&gt;Type:&lt;/strong&gt;');
}

function isPage(html: string): boolean {
  if (html.includes('custom-html-above-header') && html.includes('custom-html-below-footer')) return true;
  return html.includes('lang.instatus.com') && html.includes('activeIncidents');
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const attempts = depth === 'recent' ? [readFeed, readHtml, readSummaryAlone] : [readNow, readHtml];
  let refusal: unknown;
  for (const attempt of attempts) {
    try {
      return await attempt(page, get);
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

async function readFeed(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(FEED, { accept: 'xml', conditional: true });
  if (reply.status === 304) return null;
  const feed = await toFeed(reply);
  const { current, sentAt } = await readCurrent(page, get);
  return feedSnapshot(feed, current, sentAt);
}

/** Of what is open the posts are wanted too; when all is well two small documents say so. */
async function readNow(page: Page, get: Get): Promise<Snapshot | null> {
  const { current, sentAt } = await readCurrent(page, get);
  if (current.open.length === 0) return summarySnapshot(current);
  const reply = await get(FEED, { accept: 'xml' });
  const feed = await ifOffered(() => toFeed(reply));
  return feed === null ? summarySnapshot(current) : feedSnapshot(feed, current, sentAt);
}

async function readSummaryAlone(page: Page, get: Get): Promise<Snapshot | null> {
  const summary = await getSummary(get, true);
  if (summary.status === 304) return null;
  return summarySnapshot((await toCurrent(summary, page, get)).current);
}

async function readCurrent(page: Page, get: Get) {
  return toCurrent(await getSummary(get, false), page, get);
}

/** The first address is of today, the second the one that is documented: both have the same. */
async function getSummary(get: Get, conditional: boolean): Promise<Reply> {
  const reply = await get('v3/summary.json', { accept: 'json', conditional });
  return reply.status === 404 ? get('summary.json', { accept: 'json', conditional }) : reply;
}

async function toCurrent(summary: Reply, page: Page, get: Get): Promise<{ current: Current; sentAt: Date | null }> {
  const json = parseJsonObject(summary);
  if (!isSummary(json)) throw new ParseError('shape', summary.url, 'the reply is no summary of an Instatus page');
  const reply = await get(COMPONENTS, { accept: 'json' });
  const components = await ifOffered(() => componentsOf(reply));
  return { current: currentOf(json, components, summary.url, page), sentAt: parseRfcTime(summary.headers.date) };
}

function componentsOf(reply: Reply): RawObject {
  const json = parseJsonObject(reply);
  if (!('components' in json)) throw new ParseError('shape', reply.url, 'the reply has no components');
  return json;
}

async function ifOffered<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

async function toFeed(reply: Reply): Promise<Feed> {
  return (await import('./instatus-feed.ts')).readFeed(reply);
}

async function feedSnapshot(feed: Feed, current: Current, sentAt: Date | null): Promise<Snapshot> {
  const { draftOf } = await import('./instatus-feed.ts');
  const { drafts, torn } = joined(
    feed.entries.map((entry) => draftOf(entry, current.view)),
    current.open,
    sentAt,
  );
  const snapshot = summarySnapshot({ ...current, open: drafts });
  return { ...snapshot, lists: 'recent', ...(torn && { torn }) };
}

async function readHtml(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  return reply.status === 304 ? null : parsePage(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  if (isMarkup(reply)) return parseMarkup(reply, page);
  const json = parseJsonObject(reply);
  return isSummary(json)
    ? summarySnapshot(currentOf(json, null, reply.url, page))
    : componentsSnapshot(json, reply.url, page);
}

async function parseMarkup(reply: Reply, page: Page): Promise<Snapshot> {
  return isFeed(reply.text) ? feedAlone(await toFeed(reply), page) : parsePage(reply, page);
}

async function parsePage(reply: Reply, page: Page): Promise<Snapshot> {
  demandOk(reply);
  if (!isPage(reply.text) || isUnclaimed(reply))
    throw new ParseError('html', reply.url, 'the reply is a web page, but none of Instatus');
  return (await import('./instatus-html.ts')).htmlSnapshot(reply, page);
}

/** What has been posted is all there is to go by. */
async function feedAlone(feed: Feed, page: Page): Promise<Snapshot> {
  const { draftOf } = await import('./instatus-feed.ts');
  const view = { components: [], base: baseAddress(page) };
  const drafts = feed.entries.map((entry) => draftOf(entry, view));
  const snapshot = toSnapshot({ name: feed.title, components: [], lists: 'recent' }, null, drafts);
  return { ...snapshot, confidence: 'low' };
}

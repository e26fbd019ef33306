/**
 * Checkly status pages. `feed.rss` has an item per post, about fifty of them, all posts of an incident under one guid; it
 * tells neither impacts nor how the services are. Every other path answers with the page's HTML, whose data
 * (checkly-html.ts) is read where there is no feed: known from one client only. Both give a post the same id.
 *
 * Not verified: that other pages than the one recorded offer the feed, and how it tells of maintenance, of which no post
 * is known.
 */
import { ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type { Component, Get, Incident, Page, Reply, Snapshot, Source } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { demandOk, isNotOffered } from '../raw.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { isPage, phaseOf, postId, readPage } from './checkly-html.ts';

const FEED = 'feed.rss';

export const checkly = {
  name: 'checkly',
  title: 'Checkly',
  docs: 'https://www.checklyhq.com/docs/status-pages/',
  lists: 'recent',
  endpoints: [FEED],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  return reply.status === 200 && (isPage(reply.text) || isFeed(reply.text));
}

/** Without `<b>` around the status, and with `incident` in the singular: the feed is else much like incident.io's. */
function isFeed(text: string): boolean {
  return (
    /^\s*<(?:\?xml|rss)\b/.test(text) &&
    /<link>[^<]{1,300}\/incident\/[\w-]{1,64}\/?<\/link>/.test(text) &&
    /<description>\s*(?:<!\[CDATA\[)?Status: [A-Z][A-Za-z ]{1,40}(?:<|&lt;)br/.test(text)
  );
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(FEED, { accept: 'xml', conditional: true });
  if (reply.status === 304) return null;
  try {
    const feed = await readFeed(reply);
    if (feed.items.length > 0) return feedSnapshot(feed);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return readHtml(page, get, error);
  }
  // Whose an empty feed is, only the page can tell.
  const home = await get('', { accept: 'html' });
  return readPage(home, page);
}

/** When the page is no page of Checkly either, the first refusal says more. */
async function readHtml(page: Page, get: Get, refusal: unknown): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  if (reply.status === 304) return null;
  if (reply.status === 200 && !isPage(reply.text)) throw refusal;
  return readPage(reply, page);
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  demandOk(reply);
  if (isPage(reply.text)) return readPage(reply, page);
  const feed = await readFeed(reply);
  if (feed.items.length === 0)
    throw new ParseError('shape', reply.url, 'the feed is empty, and does not tell whose it is');
  return feedSnapshot(feed);
}

interface Feed {
  title: string | null;
  items: Item[];
}

interface Item {
  id: string;
  url: string;
  title: string;
  at: Date;
  word: string;
  body: string;
  services: Component[];
}

/** Oldest first, so that posts of one second stay in order. */
async function readFeed(reply: Reply): Promise<Feed> {
  const $ = await loadXml(reply);
  if (!/<\/rss>\s*$/.test(reply.text.slice(-200)))
    throw new ParseError('shape', reply.url, 'the reply is no whole feed');
  const elements = $('rss > channel > item').toArray();
  const items = elements.reverse().flatMap((element): Item[] => {
    const child = (name: string) => $(element).children(name).first().text().trim();
    const url = safeUrl(child('link'));
    const id = /\/incident\/([\w-]{1,64})\/?$/.exec(url ?? '')?.[1];
    const at = parseRfcTime(child('pubDate'));
    const content = /^Status: ([A-Za-z ]{1,40})<br\s?\/?>(.*)$/s.exec(child('description'));
    if (!url || id === undefined || at === null || !content) return [];
    const [body, services] = parted(content[2]!);
    return [{ id, url, title: cleanLine(child('title')) || id, at, word: content[1]!, body, services }];
  });
  if (elements.length > 0 && items.length === 0)
    throw new ParseError('shape', reply.url, 'the feed is none of Checkly');
  return { title: asLine($('rss > channel').children('title').first().text()), items };
}

/** `text<br/><br/>Affected services<ul><li>Name</li></ul>`: how the services are is not told. */
function parted(content: string): [string, Component[]] {
  const list = content.lastIndexOf('Affected services<ul>');
  if (list === -1) return [plainText(content), []];
  const names = content
    .slice(list)
    .split('<li>')
    .slice(1)
    .flatMap((row) => asLine(plainText(row.split('</li>', 1)[0] ?? '')) ?? []);
  return [
    plainText(content.slice(0, list)),
    [...new Set(names)].map((name) => ({ id: name, name, group: null, status: 'unknown' })),
  ];
}

/** As long as the feed is; the oldest incident in a full one may have lost its beginning. */
const FULL_FEED = 50;

function feedSnapshot({ title, items }: Feed): Snapshot {
  const byId = new Map<string, Item[]>();
  for (const item of items) byId.set(item.id, [...(byId.get(item.id) ?? []), item]);
  const incidents = newestFirst([...byId.values()].map(toIncident));
  const last = incidents.at(-1);
  if (items.length >= FULL_FEED && incidents.length > 1 && last && isClosed(last.status)) incidents.pop();
  return {
    name: title?.replace(/ status(?: page)?$/i, '') || null,
    state: pageState(null, [], incidents),
    description: '',
    components: [],
    incidents,
    lists: 'recent',
    confidence: 'low',
  };
}

function toIncident(items: readonly Item[]): Incident {
  const newest = items.reduce((latest, item) => (item.at > latest.at ? item : latest));
  const updates = items.map(({ id, at, word, body, services }) => {
    const status = phaseOf(word);
    return { id: postId(id, at, status), status, at, body, components: services };
  });
  return buildIncident({
    id: newest.id,
    kind: 'incident',
    title: newest.title,
    url: newest.url,
    status: null,
    impact: 'unknown',
    startedAt: null,
    resolvedAt: null,
    components: [],
    updates: uniqueById(updates),
  });
}

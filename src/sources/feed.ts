/**
 * Any RSS or Atom feed. What it can say depends on who made it: whole timelines with phases (Statuspage, Instatus,
 * LambStatus), the last post of each incident with its phase (incident.io, Checkly), an item for every post (Better Stack,
 * AWS), a phase in the title (cState, Cachet), or prose.
 *
 * A feed is history: it has neither components nor a word on how things stand now, and entries fall off its end. The state
 * is therefore worked out: what is open makes it worse, and it is operational only when the feed tells phases and none
 * of the last week's entries keeps its own to itself. An empty feed says nothing, so it is `unknown`.
 * How serious an incident is no feed says.
 */
import { ParseError } from '../errors.ts';
import type { Get, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { isOpen, newestFirst, pageState, worstState } from '../normalize.ts';
import { demandOk } from '../raw.ts';
import { parseRfcTime } from '../time.ts';
import { type Feed, isFeed, readFeed } from './feed-entries.ts';
import { type Found, toIncidents } from './feed-incidents.ts';
import { feedLinks, USUAL_FEEDS } from './feed-links.ts';

export const feed = {
  name: 'feed',
  title: 'RSS or Atom feed',
  docs: 'https://www.rfc-editor.org/rfc/rfc4287',
  lists: 'recent',
  generic: true,
  endpoints: [],
  detect: (reply) => reply.status === 200 && isFeed(reply.text),
  read,
  parse,
} satisfies Source;

/** The page may be the feed itself, or name it. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(page.url, { accept: 'xml', conditional: true });
  if (reply.status === 304) return null;
  if (isXml(reply.text)) return parse(reply, page);
  demandOk(reply);
  const found = await findFeed(reply, get);
  return found.status === 304 ? null : parse(found, page);
}

function isXml(text: string): boolean {
  const start = text.slice(0, 4096);
  return /^\s*<(?:\?xml|rss|feed|rdf:RDF|!DOCTYPE (?!html))/i.test(start) && !/<html[\s>]/i.test(start);
}

/** Throws what the last address tried gave, or ParseError when there was none to try. */
async function findFeed(home: Reply, get: Get): Promise<Reply> {
  const links = feedLinks(home);
  for (const address of links.length > 0 ? links.slice(0, 2) : USUAL_FEEDS) {
    const reply = await get(address, { accept: 'xml', conditional: true });
    if (reply.status === 304 || feed.detect(reply)) return reply;
    if (reply.status >= 500 || reply.status === 429) demandOk(reply);
  }
  throw new ParseError('html', home.url, 'the page names no feed, and none is where feeds usually are');
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  demandOk(reply);
  const read = await readFeed(reply);
  const now = presentOf(reply, read);
  const found = toIncidents(read, { home: read.home ?? page.url, now });
  if (read.entries.length > 0 && found.length === 0)
    throw new ParseError('shape', reply.url, 'the entries of the feed have neither titles nor ids');
  const incidents = newestFirst(found.map(({ incident }) => incident));
  return {
    name: nameOf(read),
    state: stateOf(found, now),
    description: '',
    components: [],
    incidents,
    lists: 'recent',
    ...(found.length > 0 && found.every(({ sure }) => sure) ? {} : { confidence: 'low' }),
  };
}

/** When it was sent; else when it says it was made, or the newest that it tells of. */
function presentOf(reply: Reply, { madeAt, entries }: Feed): Date | null {
  const sent = parseRfcTime(reply.headers.date) ?? madeAt;
  if (sent !== null) return sent;
  const times = entries.flatMap(({ updated, published }) => (updated ?? published)?.getTime() ?? []);
  return times.length > 0 ? new Date(times.reduce((a, b) => Math.max(a, b))) : null;
}

function stateOf(found: readonly Found[], now: Date | null): PageState {
  const incidents = found.map(({ incident }) => incident);
  const told = incidents.filter((incident) => incident.status !== 'unknown');
  const dark = incidents.some((one) => one.status === 'unknown' && (now === null || isOpen(one, now)));
  const state = pageState(null, [], told);
  return told.length === 0 || dark ? worstState(['unknown', state]) : state;
}

/** `Acme Status - Incident History` is of Acme. */
function nameOf({ title }: Feed): string | null {
  const name = title?.replace(/^(?:RSS|Atom) feed for incidents reported for /i, '');
  return name?.replace(/ - (?:Incident|Notice) history$/i, '').replace(/ status(?: page)?(?: feed)?$/i, '') || null;
}

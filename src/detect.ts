/**
 * Which platform serves a page: decided once, by proof, at six requests at the most. A bare 200 proves nothing (some
 * platforms answer any path with their page): the shape of what is answered does.
 */
import { FetchError, ParseError } from './errors.ts';
import type { Http } from './http.ts';
import type { Page, Reply, Source } from './model.ts';
import { isWebPage } from './raw.ts';
import { addressOn } from './read.ts';
import { isLoopback } from './schedule.ts';
import { feedLinks, USUAL_FEEDS } from './sources/feed-links.ts';
import { splitIncidentAddress } from './sources/incident-paths.ts';
import { inTurn, loadSource, loadSources, platformOfHost } from './sources/index.ts';

const MOST_REQUESTS = 6;

export interface Detection {
  source: Source;
  page: Page;
  /** What gave it away, in words. */
  proof: string;
  /** Every address asked on the way to the page, first the one we were given; empty when nothing redirected. */
  redirects: string[];
  /** What was fetched meanwhile, by the address asked: a read right after need not ask again. */
  atHand: Map<string, Reply>;
}

/** Asks until the requests are used up, each hop of a redirect being one; null from then on. */
interface Search {
  atHand: Map<string, Reply>;
  left(): number;
  ask(url: string, accept: 'json' | 'xml'): Promise<Reply | null>;
}

/**
 * The host's name and what it is an alias of, which cost no request; then the address itself; then one path of each
 * platform whose pages do not show whose they are; then a feed, named by the page or in the usual place. Sources that
 * read anybody's own come last, unless `provenOnly`. Throws FetchError when the page does not answer,
 * ParseError('undetected') when nothing is proved.
 */
export async function detectPage(url: string, http: Http, { provenOnly = false } = {}): Promise<Detection> {
  const { hostname, pathname } = new URL(url);
  const named = await byName(hostname, isLoopback(url) ? null : http);
  if (named && pathname === '/') return found(named.source, url, named.proof, new Map());
  const first = await http.request(url);
  const search = openSearch(http, url, first);
  const { atHand } = search;
  const onPage = await shownBy(first);
  if (onPage) return byReply(onPage, first, url, atHand);
  const sources = await loadSources();
  const platforms = sources.filter((source) => !source.generic);
  const generic = provenOnly ? [] : sources.filter((source) => source.generic);
  const typed = isWebPage(first) ? null : await anybodys(first, generic, false);
  if (typed) return found(typed, url, 'the address answers with one', atHand, first, true);
  const home = pageAddress(first.url);
  if (named)
    return found(named.source, baseOfEndpoint(url, named.source) ?? baseOfPart(home), named.proof, atHand, first);
  if (strayedHome(first))
    throw new ParseError('undetected', url, `${url} leads to ${first.url}, which is no status page of its own`);
  const detection =
    (await byProbe(first, platforms, search)) ??
    (await byFeed(first, platforms, generic, search)) ??
    (await byLook(first, generic, search));
  if (detection) return { ...detection, redirects: redirectsOf(first) };
  if (first.status >= 400)
    throw new FetchError('http', url, `${url} answers HTTP ${first.status} and none of the known platforms' data`, {
      status: first.status,
    });
  throw new ParseError('undetected', url, `${url} is served by no platform pingoru can read yet`);
}

function openSearch(http: Http, url: string, first: Reply): Search {
  // A page is asked with a slash at its end by those who read it.
  const home = pageAddress(first.url);
  const atHand = new Map([url, new URL(url).href, home, addressOn(home, '')].map((address) => [address, first]));
  let left = MOST_REQUESTS - first.hops.length;
  const ask: Search['ask'] = async (address, accept) => {
    if (left <= 0) return null;
    left -= 1;
    try {
      // Where every path leads to the home page, following it would prove anything.
      const reply = await http.request(address, { accept, follow: false });
      atHand.set(address, reply);
      return reply;
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      // A server that lets one path hang would let others hang as well.
      if (error.code === 'timeout') left = 0;
      return null;
    }
  };
  return { atHand, left: () => left, ask };
}

function found(
  source: Source,
  url: string,
  proof: string,
  atHand: Map<string, Reply>,
  first?: Reply,
  document = false,
): Detection {
  return {
    source,
    page: { url, platform: source.name, document },
    proof,
    redirects: first ? redirectsOf(first) : [],
    atHand,
  };
}

function redirectsOf(first: Reply): string[] {
  return first.hops.length > 1 ? [...first.hops] : [];
}

async function byName(hostname: string, http: Http | null) {
  const ofHost = platformOfHost(hostname);
  if (ofHost !== null) return { source: (await loadSource(ofHost))!, proof: `the host ${hostname} belongs to it` };
  const cname = (await http?.resolveCname(hostname)) ?? null;
  const ofAlias = cname === null ? null : platformOfHost(cname);
  return ofAlias === null ? null : { source: (await loadSource(ofAlias))!, proof: `its name points at ${cname}` };
}

async function shownBy(reply: Reply): Promise<Source | null> {
  for await (const source of inTurn()) if (source.detect(reply)) return source;
  return null;
}

/** The reply to the address itself is the proof: a page, one of the platform's data addresses, or a bare document. */
function byReply(source: Source, reply: Reply, url: string, atHand: Map<string, Reply>): Detection {
  const base = baseOfEndpoint(reply.url, source);
  if (isWebPage(reply)) {
    const isFile = base === null && /\.html?$/i.test(new URL(reply.url).pathname);
    const page = isFile ? reply.url : (base ?? baseOfPart(reply.url));
    return found(source, page, 'the page itself shows it', atHand, reply, isFile);
  }
  return found(source, base ?? url, 'its data has that shape', atHand, reply, base === null);
}

/** `https://x/y/api/v2/summary.json` is the page `https://x/y`. */
function baseOfEndpoint(url: string, source: Source): string | null {
  const address = new URL(url);
  const endpoint = source.endpoints.find((path) => address.pathname.endsWith(`/${path}`));
  if (endpoint === undefined) return null;
  address.pathname = address.pathname.slice(0, -endpoint.length);
  return pageAddress(address.href);
}

/** An incident's own page, or the history, is part of the page. A file (`index.html`) is a page of its own. */
function baseOfPart(url: string): string {
  const address = new URL(splitIncidentAddress(url)?.page ?? url);
  address.pathname = address.pathname.replace(/\/(?:incidents?|maintenances?|history|notices?)(?:\/[^/]*)?\/?$/i, '/');
  return pageAddress(address.href);
}

/** A page's address without what does not belong to it: query, fragment, last slash. */
export function pageAddress(url: string): string {
  const address = new URL(url);
  address.search = '';
  address.hash = '';
  return address.href.replace(/\/$/, '');
}

/** Sites of those who make status pages: they are full of samples. */
const MAKERS =
  /^(?:statuspage|atlassian|instatus|incident|betterstack|betteruptime|status|statuspal|sorryapp|statuscast|pagerduty|firehydrant|freshworks|site24x7|uptimerobot|checklyhq|rootly|hund|openstatus|hyperping|cachethq)\.(?:com|io|eu|page|dev|app)$/i;

/** Names that nobody uses lead to the maker's own site, or to the home page of the site they are part of. */
function strayedHome(first: Reply): boolean {
  const asked = bareHost(first.hops[0] ?? first.url);
  if (first.hops.length > 1 && MAKERS.test(bareHost(first.url)) && !MAKERS.test(asked)) return true;
  return first.hops.slice(1).some((hop) => {
    const host = bareHost(hop);
    return asked.endsWith(`.${host}`) && /^\/(?:[a-z]{2}(?:-[a-z]{2})?\/?)?$/i.test(new URL(hop).pathname);
  });
}

function bareHost(url: string): string {
  return new URL(url).hostname.replace(/^www\./, '');
}

/** In the order of the table, as long as there are requests left for a feed. Several platforms may share a path. */
async function byProbe(first: Reply, platforms: readonly Source[], search: Search): Promise<Detection | null> {
  const home = pageAddress(first.url);
  const paths = [...new Set(platforms.flatMap((source) => source.probe ?? []))];
  // One that the page names may have moved.
  const kept = feedsOf(first).length > 0 ? 2 : 1;
  for (const path of paths) {
    if (search.left() <= kept) break;
    const reply = await search.ask(addressOn(home, path), 'json');
    const source =
      reply && !isWebPage(reply) && platforms.find((one) => one.endpoints.includes(path) && one.detect(reply));
    if (source) return found(source, home, `${path} answers as it does`, search.atHand);
  }
  return null;
}

/** A feed of a platform proves that; anybody's own has to be about the health of a service, since blogs have feeds too. */
async function byFeed(
  first: Reply,
  platforms: readonly Source[],
  generic: readonly Source[],
  search: Search,
): Promise<Detection | null> {
  const links = feedsOf(first);
  const home = pageAddress(first.url);
  const addresses = links.length > 0 ? links : USUAL_FEEDS.map((path) => addressOn(home, path));
  for (const address of addresses) {
    const reply = await askFeed(address, search);
    if (reply === null || isWebPage(reply)) continue;
    const source = platforms.find((one) => one.detect(reply));
    if (source) return found(source, home, `its feed ${reply.url} is made by it`, search.atHand);
    const feed = await anybodys(reply, generic, true);
    const proof = links.length > 0 ? 'the page names its feed' : 'it has a feed in the usual place';
    if (feed) return found(feed, reply.url, proof, search.atHand, undefined, true);
  }
  return null;
}

function feedsOf(first: Reply): string[] {
  return isWebPage(first) ? feedLinks(first) : [];
}

/** A feed that moved within its site is followed. */
async function askFeed(address: string, search: Search): Promise<Reply | null> {
  const reply = await search.ask(address, 'xml');
  const { location } = reply?.headers ?? {};
  if (!reply || !location || ![301, 302, 303, 307, 308].includes(reply.status)) return reply;
  if (!URL.canParse(location, address)) return reply;
  const next = new URL(location, address);
  const stays = next.host === new URL(address).host && next.pathname !== '/' && next.protocol.startsWith('http');
  return stays ? search.ask(next.href, 'xml') : reply;
}

async function byLook(first: Reply, generic: readonly Source[], { atHand }: Search): Promise<Detection | null> {
  const source = isWebPage(first) ? await anybodys(first, generic, true) : null;
  const proof = 'nothing on it is made for programs, so it is read as people see it';
  return source && found(source, pageAddress(first.url), proof, atHand);
}

const ABOUT = /status|incident|outage|uptime|availability|maintenance|health|disruption|trust/i;

/** A source that reads anybody's own takes what it can read, and, unless it was typed, what speaks of a service's health. */
async function anybodys(reply: Reply, generic: readonly Source[], mustBeAbout: boolean): Promise<Source | null> {
  const source = generic.find((one) => one.detect(reply));
  if (!source) return null;
  const title = /<title[^<>]{0,200}>([^<]{1,300})/i.exec(reply.text.slice(0, 200_000))?.[1] ?? '';
  const { host, pathname } = new URL(reply.url);
  const isAbout = ABOUT.test(`${host}${pathname} ${title}`);
  try {
    const { incidents } = await source.parse(reply, { url: reply.url, platform: source.name, document: true });
    return isAbout || !mustBeAbout || incidents.some((incident) => incident.status !== 'unknown') ? source : null;
  } catch (error) {
    if (error instanceof ParseError || error instanceof FetchError) return null;
    throw error;
  }
}

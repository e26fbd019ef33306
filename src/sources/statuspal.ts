/**
 * Statuspal (https://www.statuspal.io/api-docs). Its API lives on its maker's host, the American or the European one, and
 * knows a page by its subdomain. A page on the maker's host has that in its name; one on its vendor's own host has to be
 * asked for it, and is then the one asked conditionally. The API lists what is open and planned, nothing that is over.
 *
 * Not verified: how the HTML names the subdomain (any address of the maker's that has it in its place will do); the full
 * list of the types of posts, which vendors may extend. Where no subdomain is found, the look of the page's head is all
 * there is to go by.
 */

import { dataAddress } from '../address.ts';
import { ParseError } from '../errors.ts';
import type { Depth, Get, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { demandOk, isMarkup, parseJsonObject, tryJsonObject } from '../raw.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { HOSTS } from './hosts.ts';
import { isSummary, summarySnapshot } from './statuspal-summary.ts';

export const statuspal = {
  name: 'statuspal',
  title: 'Statuspal',
  docs: 'https://www.statuspal.io/api-docs',
  lists: 'open',
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply);
  const json = tryJsonObject(reply);
  return json !== null && isSummary(json);
}

const HEAD = /\bsystem-status\b[^"'<>]{0,200}\btype-([a-z-]{1,40})/;

/** The maker's own site speaks of itself as well, but has no such head. */
function isPage({ url, text }: Reply): boolean {
  if (/^(?:www\.)?statuspal\.(?:io|eu)$/i.test(new URL(url).hostname)) return false;
  return HEAD.test(text) && (text.includes('system-status--description') || /statuspal\.(?:io|eu)\b/.test(text));
}

interface Subdomain {
  name: string;
  region: string;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const [, name, region] = HOSTS.statuspal.exec(new URL(page.url).hostname) ?? [];
  if (name !== undefined && region !== undefined) return readSummary({ name, region }, page, get, depth === 'recent');
  const reply = await get('', { accept: 'html', conditional: depth === 'recent' });
  if (reply.status === 304) return null;
  demandPage(reply);
  const subdomain = subdomainIn(reply.text);
  return subdomain === null ? headSnapshot(reply) : readSummary(subdomain, page, get, false);
}

async function readSummary(
  { name, region }: Subdomain,
  page: Page,
  get: Get,
  conditional: boolean,
): Promise<Snapshot | null> {
  const path = `api/v2/status_pages/${name.toLowerCase()}/summary`;
  const address = dataAddress(page.url, `https://statuspal.${region.toLowerCase()}`, path);
  const reply = await get(address, { accept: 'json', conditional });
  return reply.status === 304 ? null : toSnapshot(reply, page);
}

function toSnapshot(reply: Reply, page: Page): Snapshot {
  return summarySnapshot(parseJsonObject(reply), reply.url, page, parseRfcTime(reply.headers.date));
}

function demandPage(reply: Reply): void {
  demandOk(reply);
  if (reply.text.trim() === '') throw new ParseError('empty', reply.url, 'the reply is empty');
  if (!isMarkup(reply) || !isPage(reply)) throw new ParseError('html', reply.url, 'the reply is no page of Statuspal');
}

const NOT_PAGES = /^(?:www|api|app|admin|assets|cdn|docs|status|static|images?|fonts?|js|css)$/i;

/** `//acme.statuspal.eu`, or `statuspal.eu/…/status_pages/acme`, whichever comes first. */
function subdomainIn(html: string): Subdomain | null {
  const hosted =
    /\/\/([a-z0-9-]{1,63})\.statuspal\.(io|eu)\b|\bstatuspal\.(io|eu)\/(?:api\/v2\/)?status_pages\/([a-z0-9-]{1,63})/gi;
  for (const [, host, hostRegion, pathRegion, path] of html.matchAll(hosted)) {
    const name = host ?? path!;
    if (!NOT_PAGES.test(name)) return { name, region: (hostRegion ?? pathRegion)! };
  }
  return null;
}

function parse(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  if (!isMarkup(reply)) return toSnapshot(reply, page);
  demandPage(reply);
  return headSnapshot(reply);
}

const STATES = new Map<string, PageState>([
  ['none', 'operational'],
  ['minor', 'degraded'],
  ['major', 'major_outage'],
  ['scheduled', 'maintenance'],
]);

/** The class and the words of the page's head: how it is, and nothing of what or since when. */
function headSnapshot(reply: Reply): Snapshot {
  if (!reply.text.includes('</html>')) throw new ParseError('shape', reply.url, 'the web page is cut short');
  const state = STATES.get(HEAD.exec(reply.text)?.[1] ?? '') ?? 'unknown';
  const description = wordsAfter(reply.text, 'system-status--description');
  const name = wordsAfter(reply.text, '<title');
  return { name: name || null, state, description, components: [], incidents: [], lists: 'open', confidence: 'low' };
}

/** The text of the element whose tag has this in it. */
function wordsAfter(html: string, mark: string): string {
  const from = html.indexOf('>', html.indexOf(mark)) + 1;
  const end = html.indexOf('</', from);
  return html.includes(mark) && end - from <= 500 ? cleanLine(plainText(html.slice(from, end))) : '';
}

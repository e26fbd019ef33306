/**
 * Status.io (https://kb.status.io/developers/public-status-api/). Its API lives on a host of its own and wants the page's
 * id, which the page's headers and links name; the page itself is therefore asked first and conditionally: while it is the
 * same, nothing else is asked. The API tells what is open and forgets it when it is over; what was closed lately is in the
 * page's history (status-io-history.ts), read along where recent incidents are wanted.
 *
 * Not verified: which states the messages of a maintenance take after "in progress" (400 is taken for completed, as it
 * closes incidents, 300 for unknown), and whether the API's answers carry validators.
 */
import { dataAddress } from '../address.ts';
import { FetchError, ParseError } from '../errors.ts';
import type { Component, Depth, Get, Lists, Page, Reply, Snapshot, Source } from '../model.ts';
import { buildIncident, type IncidentDraft, newestFirst, pageState } from '../normalize.ts';
import { demandOk, isMarkup, parseJsonObject, tryJsonObject } from '../raw.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { type Current, currentOf, isStatus, withHistory } from './status-io-status.ts';

const API = 'https://api.status.io';
const ID = /^[0-9a-f]{24}$/i;

export const statusIo = {
  name: 'status-io',
  title: 'Status.io',
  docs: 'https://kb.status.io/developers/public-status-api/',
  lists: 'recent',
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply);
  const json = tryJsonObject(reply);
  return json !== null && isStatus(json);
}

function isPage({ headers, text }: Reply): boolean {
  if (ID.test(headers['x-status-page-id'] ?? '')) return true;
  return text.includes('static.status.io/public/statuspage') || /\bid=["']?statusio_components\b/.test(text);
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const idInAddress = /\/pages\/([0-9a-f]{24})\/?$/i.exec(new URL(page.url).pathname)?.[1];
  if (idInAddress !== undefined) return readApi({ id: idInAddress, name: null }, page, get, depth, depth === 'recent');
  const reply = await get('', { accept: 'html', conditional: depth === 'recent' });
  return reply.status === 304 ? null : readApi(aboutPage(reply), page, get, depth, false);
}

interface About {
  id: string;
  name: string | null;
}

/** Throws ParseError when the reply is no page of Status.io's, or does not tell its id. */
function aboutPage(reply: Reply): About {
  demandOk(reply);
  if (reply.text.trim() === '') throw new ParseError('empty', reply.url, 'the reply is empty');
  if (!isMarkup(reply) || !isPage(reply)) throw new ParseError('html', reply.url, 'the reply is no page of Status.io');
  const header = reply.headers['x-status-page-id'] ?? '';
  const link = /\/pages\/(?:history\/|incident\/|maintenance\/)?([0-9a-f]{24})\b/i.exec(reply.text)?.[1];
  const id = ID.test(header) ? header : link;
  if (id === undefined) throw new ParseError('shape', reply.url, 'the page does not tell its id');
  return { id, name: titleOf(reply.text) };
}

function titleOf(html: string): string | null {
  const [, title = ''] = /<title>([^<]{1,300})<\/title>/i.exec(html.slice(0, 100_000)) ?? [];
  return cleanLine(plainText(title)) || null;
}

async function readApi(
  about: About,
  page: Page,
  get: Get,
  depth: Depth,
  conditional: boolean,
): Promise<Snapshot | null> {
  const reply = await get(dataAddress(page.url, API, `1.0/status/${about.id}`), { accept: 'json', conditional });
  if (reply.status === 304) return null;
  const current = currentOf(parseJsonObject(reply), reply.url, { base: baseAddress(page), id: about.id });
  if (depth === 'now') return toSnapshot(about.name, current, current.open, 'open');
  const history = await readHistory(about.id, current.components, page, get);
  if (typeof history === 'string') {
    const snapshot = toSnapshot(about.name, current, current.open, 'open');
    return history === 'broken' ? { ...snapshot, torn: true } : snapshot;
  }
  const { drafts, torn } = withHistory(current.open, history, parseRfcTime(reply.headers.date));
  return { ...toSnapshot(about.name, current, drafts, 'recent'), ...(torn && { torn }) };
}

/** Without it nothing is lost but the end of what is over. */
async function readHistory(
  id: string,
  components: readonly Component[],
  page: Page,
  get: Get,
): Promise<IncidentDraft[] | 'missing' | 'broken'> {
  const inPages = /\/pages\/[0-9a-f]{24}\/?$/i.test(new URL(page.url).pathname);
  try {
    const reply = await get(inPages ? `../history/${id}` : `pages/history/${id}`, { accept: 'html' });
    if (reply.status === 404) return 'missing';
    const { historyDrafts } = await import('./status-io-history.ts');
    return await historyDrafts(reply, { components, base: baseAddress(page) });
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function toSnapshot(name: string | null, current: Current, drafts: readonly IncidentDraft[], lists: Lists): Snapshot {
  const { components } = current;
  const incidents = newestFirst(drafts.map(buildIncident));
  return {
    name,
    state: pageState(current.state, components, incidents),
    description: '',
    components,
    incidents,
    lists,
  };
}

/** Where the page's own addresses begin: those of a page at the maker's host lie beside it. */
function baseAddress(page: Page): string {
  const { origin, pathname, hostname } = new URL(page.url);
  if (page.document) return /(?:^|\.)(?:status\.io|hostedstatus\.com)$/i.test(hostname) ? 'https://status.io' : origin;
  return origin + pathname.replace(/\/(?:pages\/[0-9a-f]{24}\/?)?$/i, '');
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  if (isMarkup(reply)) return parseHistory(reply, page);
  const id = /\/status\/([0-9a-f]{24})\/?$/i.exec(new URL(reply.url).pathname)?.[1] ?? null;
  const current = currentOf(parseJsonObject(reply), reply.url, { base: baseAddress(page), id });
  return toSnapshot(null, current, current.open, 'open');
}

/** What is over does not say how things are now. */
async function parseHistory(reply: Reply, page: Page): Promise<Snapshot> {
  const { historyDrafts } = await import('./status-io-history.ts');
  const drafts = await historyDrafts(reply, { components: [], base: baseAddress(page) });
  const snapshot = toSnapshot(null, { state: null, components: [], open: [] }, drafts, 'recent');
  return { ...snapshot, state: snapshot.state === 'operational' ? 'unknown' : snapshot.state, confidence: 'low' };
}

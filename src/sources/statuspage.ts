/**
 * Atlassian Statuspage (https://metastatuspage.com/api). Reads `summary.json` alone for what is now; for recent history
 * also the lists of incidents and of maintenances, but only when the summary changed. Where a vendor has switched the
 * API off, the page's own HTML is turned into the same documents (statuspage-html.ts) and mapped by the same rules.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Depth, Get, Lists, Page, Reply, Snapshot, Source } from '../model.ts';
import {
  asObject,
  asObjects,
  asText,
  demandObjects,
  demandOk,
  isMarkup,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { parseIsoTime } from '../time.ts';
import { toSnapshot } from './statuspage-document.ts';

const SUMMARY = 'api/v2/summary.json';
const INCIDENTS = 'api/v2/incidents.json';
const MAINTENANCES = 'api/v2/scheduled-maintenances.json';

export const statuspage = {
  name: 'statuspage',
  title: 'Atlassian Statuspage',
  docs: 'https://metastatuspage.com/api',
  lists: 'recent',
  endpoints: [
    SUMMARY,
    'api/v2/status.json',
    'api/v2/components.json',
    INCIDENTS,
    'api/v2/incidents/unresolved.json',
    MAINTENANCES,
    'api/v2/scheduled-maintenances/upcoming.json',
    'api/v2/scheduled-maintenances/active.json',
  ],
  probe: SUMMARY,
  detect,
  read,
  parse,
} satisfies Source;

const PAGE_ID = /^[a-z0-9]{12}$/;
const INACTIVE = 'Your page is inactive';

/**
 * The shape of the API proves nothing (incident.io and others imitate it): the page's id does, with a time zone or with
 * rows that carry the id of their page, or the header, or where the page's style sheets live.
 */
function detect(reply: Reply): boolean {
  if (reply.status !== 200 || isUnclaimed(reply.url)) return false;
  if ('x-statuspage-version' in reply.headers) return true;
  if (isMarkup(reply)) return reply.text.includes('//dka575ofm4ao0.cloudfront.net/');
  const raw = tryJsonObject(reply);
  if (raw === null) return false;
  const rows = [asObject(raw.incident), ...firstRows(raw)];
  const page = raw.page ?? asObject(raw.page_status).page;
  if (page === undefined) return rows.some((row) => isId(row.page_id) && Array.isArray(row.incident_updates));
  const { id, time_zone } = asObject(page);
  return isId(id) && (typeof time_zone === 'string' || rows.some((row) => isId(row.page_id)));
}

/** A name nobody uses leads to the maker's own pages, one given up to `/inactive`. */
function isUnclaimed(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return /^(?:www\.statuspage\.io|(?:www\.)?atlassian\.com)$/.test(hostname) || pathname.endsWith('/inactive');
}

function firstRows(raw: RawObject): RawObject[] {
  return [raw.components, raw.incidents, raw.scheduled_maintenances].flatMap((list) => asObjects(list).slice(0, 1));
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && PAGE_ID.test(value);
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const reply = await get(SUMMARY, { accept: 'json', conditional: depth === 'recent' });
  if (reply.status === 304) return null;
  if (reply.status === 401 && reply.text.includes(INACTIVE))
    throw new FetchError('gone', reply.url, 'the vendor has given this page up');
  if (isApiOff(reply)) return readHtml(page, get, depth);
  demandWhole(reply);
  // The largest document last, and all parsed in one go, the summary too: a page that is waited for takes little memory, of
  // which every collection meanwhile would make copies.
  const plans = await askList(get, depth, MAINTENANCES);
  const incidents = toList(await askList(get, depth, INCIDENTS), 'incidents');
  const maintenances = toList(plans, 'scheduled_maintenances');
  const summary = demandSummary(reply);
  try {
    return combine(summary, incidents, maintenances, page, reply.url);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return combine(summary, 'broken', 'broken', page, reply.url);
  }
}

function isApiOff(reply: Reply): boolean {
  return reply.status === 401 || reply.status === 404 || (reply.status === 200 && isMarkup(reply));
}

/** `torn`: parts of it could not be had this time. */
async function readHtml(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const { readPages } = await import('./statuspage-pages.ts');
  const found = await readPages(get, depth);
  if (found === null) return null;
  const snapshot = { ...toSnapshot(found.document, page, found.url), lists: found.lists };
  return found.torn ? { ...snapshot, torn: true } : snapshot;
}

/** What is no object, or was cut short, is no ground to ask for more; to see that, it need not be parsed. */
function demandWhole(reply: Reply): void {
  if (reply.status !== 200 || !/^\s*\{/.test(reply.text) || !reply.text.trimEnd().endsWith('}')) parseJsonObject(reply);
}

/** A summary that lacks any of its parts is no ground to call a page operational. */
function demandSummary(reply: Reply): RawObject {
  const raw = parseJsonObject(reply);
  for (const list of ['components', 'incidents', 'scheduled_maintenances']) demandObjects(raw, list, reply.url);
  if (asText(asObject(raw.status).indicator) === null)
    throw new ParseError('shape', reply.url, 'the summary says no status');
  return raw;
}

async function askList(get: Get, depth: Depth, path: string): Promise<Reply | 'unasked' | 'broken'> {
  if (depth === 'now') return 'unasked';
  try {
    return await get(path, { accept: 'json' });
  } catch (error) {
    if (error instanceof FetchError) return 'broken';
    throw error;
  }
}

/** What became of a list: not asked for, not offered by the page, not to be had this time, or there. */
type RawList = 'unasked' | 'missing' | 'broken' | RawObject;

function toList(asked: Reply | 'unasked' | 'broken', field: string): RawList {
  if (typeof asked === 'string') return asked;
  if (asked.status === 404) return 'missing';
  try {
    const raw = parseJsonObject(asked);
    demandObjects(raw, field, asked.url);
    return raw;
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

/**
 * The summary is good, so a list that fails does not fail the read: but then nothing may look withdrawn. A list older
 * than the summary (the parts are cached apart, for ten seconds) may lack the newest updates: `torn` has it read again.
 */
function combine(summary: RawObject, incidents: RawList, maintenances: RawList, page: Page, url: string): Snapshot {
  const lists = [incidents, maintenances];
  const found = lists.filter((list) => typeof list === 'object');
  const stale = found.some((list) => isOlder(list, summary));
  const snapshot = toSnapshot(summary, page, url, found, stale);
  const whole: Lists = found.length === lists.length ? 'recent' : 'open';
  return stale || lists.includes('broken') ? { ...snapshot, lists: whole, torn: true } : { ...snapshot, lists: whole };
}

function isOlder(list: RawObject, summary: RawObject): boolean {
  const [mine, theirs] = [list, summary].map((raw) => parseIsoTime(asObject(raw.page).updated_at));
  return mine != null && theirs != null && mine < theirs;
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  if (isMarkup(reply)) return parseHtml(reply, page);
  const raw = parseJsonObject(reply);
  return Array.isArray(raw.months) ? parseHistory(raw, page, reply.url) : toSnapshot(raw, page, reply.url);
}

async function parseHtml(reply: Reply, page: Page): Promise<Snapshot> {
  const { documentOf } = await import('./statuspage-html.ts');
  return toSnapshot(await documentOf(reply), page, reply.url);
}

async function parseHistory(raw: RawObject, page: Page, url: string): Promise<Snapshot> {
  const { historyDocument } = await import('./statuspage-html.ts');
  return toSnapshot(historyDocument(raw), page, url);
}

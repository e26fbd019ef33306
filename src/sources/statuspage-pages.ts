/**
 * Reads a Statuspage page whose API is switched off. The index shows every open incident and the last two weeks, so a
 * quiet page costs nothing else; what only an incident's own page tells (its components) is fetched while the incident
 * is open or has just changed.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Depth, Get, Lists } from '../model.ts';
import type { RawObject } from '../raw.ts';
import { parseIsoTime } from '../time.ts';
import {
  documentOfIndex,
  historyProps,
  historyRows,
  type Index,
  loadPage,
  type Row,
  readIncidentPage,
  readIndex,
} from './statuspage-html.ts';

const MOST_OPEN_PAGES = 10;
const MOST_CLOSED_PAGES = 5;
/** A post this young counts as just made... */
const FRESH_MS = 3_600_000;
/** ...and where an incident shows no posts, one not older than this does. */
const RECENT_MS = 3 * 86_400_000;

/** What `readPages` found: a document as the API would have given it. */
export interface Found {
  document: RawObject;
  url: string;
  lists: Lists;
  /** Some of the pages wanted could not be had. */
  torn: boolean;
}

/**
 * The index; the history where the index keeps the past to itself; at most fifteen incident pages. Null when the index
 * did not change. Throws FetchError or ParseError for the index alone.
 */
export async function readPages(get: Get, depth: Depth): Promise<Found | null> {
  const reply = await get('', { accept: 'html', conditional: depth === 'recent' });
  if (reply.status === 304) return null;
  const index = readIndex(await loadPage(reply), reply.url);
  if (depth === 'now') return { document: documentOfIndex(index), url: reply.url, lists: 'open', torn: false };
  const past = index.showsPast ? [] : await readHistory(get);
  const known = new Set([...index.open, ...index.planned].map((row) => row.id));
  const closed = [...index.closed, ...(past ?? []).filter((row) => !known.has(row.id))];
  const { found, failed } = await withDetails({ ...index, closed }, get);
  const whole = past !== null && found.closed.length === closed.length;
  const torn = past === null || failed > 0;
  return { document: documentOfIndex(found), url: reply.url, lists: whole ? 'recent' : 'open', torn };
}

/** The last three months, without posts; null when they could not be had. */
async function readHistory(get: Get): Promise<Row[] | null> {
  return orNull(async () => {
    const reply = await get('history', { accept: 'html' });
    return historyRows(historyProps(await loadPage(reply), reply.url));
  });
}

/**
 * Where an incident's own page fails, what the index shows of it is enough. Where that shows no posts either, the
 * incident is left out, as an incident that loses its posts would have them all told anew later; an open one cannot be
 * left out, so then the read fails.
 */
async function withDetails(index: Index, get: Get): Promise<{ found: Index; failed: number }> {
  const fresh = (row: Row) => isFresh(row, index.today);
  const open = [...index.open, ...index.planned.filter(fresh)].slice(0, MOST_OPEN_PAGES);
  const closed = index.closed.filter(fresh).slice(0, MOST_CLOSED_PAGES);
  const details = new Map<Row, Row | null>();
  for (const row of open) {
    const ask = () => readDetail(row, index, get);
    details.set(row, row.incident_updates.length > 0 ? await orNull(ask) : await ask());
  }
  for (const row of closed) details.set(row, await orNull(() => readDetail(row, index, get)));
  const whole = (row: Row) => details.get(row) ?? row;
  const isEmpty = (row: Row) => details.get(row) === null && row.incident_updates.length === 0;
  const found = {
    ...index,
    open: index.open.map(whole),
    planned: index.planned.map(whole),
    closed: index.closed.filter((row) => !isEmpty(row)).map(whole),
  };
  return { found, failed: [...details.values()].filter((detail) => detail === null).length };
}

function isFresh(row: Row, today: Date | null): boolean {
  const posted = parseIsoTime(row.incident_updates[0]?.display_at);
  const dated = posted ?? parseIsoTime(row.resolved_at) ?? parseIsoTime(row.day);
  return today === null || dated === null || today.getTime() - dated.getTime() < (posted ? FRESH_MS : RECENT_MS);
}

async function readDetail(row: Row, index: Index, get: Get): Promise<Row> {
  const reply = await get(`incidents/${row.id}`, { accept: 'html' });
  const detail = readIncidentPage(await loadPage(reply), reply.url, index.components);
  if (detail.id !== row.id) throw new ParseError('shape', reply.url, 'the web page is that of another incident');
  return detail.incident_updates.length > 0 ? { ...row, ...detail } : { ...row, components: detail.components };
}

async function orNull<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return null;
    throw error;
  }
}

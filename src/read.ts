/** One read of one page: fetch, parse, normalize. What comes of it is for the caller. */
import { FetchError, ParseError } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import type { Http, Validators } from './http.ts';
import type { Ask, Depth, Get, Page, Reply, Snapshot, Source } from './model.ts';
import type { PageRecord } from './record.ts';
import { parseRetryAfter } from './retry-after.ts';
import { parseMaxAge } from './schedule.ts';

export interface PageRead {
  /** Null: nothing changed since the last good read. */
  snapshot: Snapshot | null;
  /** For the next read; null when the page must be read whole again. */
  validators: PageRecord['validators'];
  /** How long the server says its answer holds, in ms. */
  maxAgeMs: number | null;
}

export interface ReadDeps {
  http: Http;
  /** Replies already at hand, by address: detection has asked some of them moments before. */
  atHand?: Map<string, Reply>;
  now: () => Date;
}

/**
 * Reads a page through its source. Throws FetchError or ParseError; a FetchError carries `retryAfterMs` when the
 * server named a time.
 */
export async function readPage(
  source: Source,
  page: Page,
  depth: Depth,
  known: PageRecord['validators'],
  deps: ReadDeps,
): Promise<PageRead> {
  const asked = asking(page, known, deps);
  try {
    const snapshot = page.document
      ? await readDocument(source, page, asked.get)
      : await source.read(page, asked.get, depth);
    const validators = snapshot?.torn ? null : asked.validators();
    return { snapshot, validators, maxAgeMs: asked.maxAgeMs() };
  } catch (error) {
    throw asError(error, page.url, asked.last(), deps.now());
  }
}

async function readDocument(source: Source, page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(page.url, { conditional: true });
  return reply.status === 304 ? null : source.parse(reply, page);
}

/** The address a path stands for on a page: relative to the page as a folder, so that mirrors read like the original. */
export function addressOn(pageUrl: string, path: string): string {
  return addressIn(folderOf(pageUrl), path);
}

/** Names and slashes, as nearly all paths are: no scheme, no dots to go up by, nothing to encode. */
const PLAIN = /^\w[\w-]*(?:[./]\w[\w-]*)*$/;

function addressIn(folder: string, path: string): string {
  // What such a path comes to need not be found out by parsing both, at every request.
  return PLAIN.test(path) ? folder + path : new URL(path, folder).href;
}

function folderOf(pageUrl: string): string {
  const { origin, pathname } = new URL(pageUrl);
  return origin + (pathname.endsWith('/') ? pathname : `${pathname}/`);
}

function asking(page: Page, known: PageRecord['validators'], deps: ReadDeps) {
  let validators: PageRecord['validators'] = null;
  let last: Reply | null = null;
  let maxAgeMs: number | null = null;
  const folder = folderOf(page.url);
  const addressOf = (path: string) => {
    if (page.document && path === page.url) return page.url;
    return path === '' && known?.url === page.url ? page.url : addressIn(folder, path);
  };
  const get: Get = async (path, ask = {}) => {
    let url = addressOf(path);
    const usable = ask.conditional && known?.url === url && isRecent(known, deps.now()) ? known : null;
    let reply = await exchange(url, ask, usable, deps);
    // Most pages have a slash at their end, or lead there; a few are only known without.
    if (path === '' && reply.status === 404 && url === folder && new URL(page.url).href !== folder) {
      url = page.url;
      reply = await exchange(url, ask, null, deps);
    }
    last = reply;
    if (!ask.conditional) return reply;
    maxAgeMs = parseMaxAge(reply.headers['cache-control'], reply.headers.age);
    validators = nextValidators(url, reply, usable, deps.now());
    const unchanged = reply.status === 200 && usable?.hash !== undefined && usable.hash === validators?.hash;
    return unchanged ? { ...reply, status: 304, text: '' } : reply;
  };
  return { get, validators: () => validators, last: () => last, maxAgeMs: () => maxAgeMs };
}

/** Once in a while a page is read whole: the address that is asked for news need not know of everything on the page. */
const WHOLE_READ_EVERY_MS = 3_600_000;

function isRecent(known: NonNullable<PageRecord['validators']>, now: Date): boolean {
  return now.getTime() - Date.parse(known.at) < WHOLE_READ_EVERY_MS;
}

async function exchange(url: string, ask: Ask, known: Validators | null, deps: ReadDeps): Promise<Reply> {
  const atHand = deps.atHand?.get(url);
  if (atHand) return atHand;
  const { etag, lastModified } = known ?? {};
  return deps.http.request(url, { accept: ask.accept, validators: known ? { etag, lastModified } : undefined });
}

/**
 * Replaced by every 200, also one of equal bytes; a 304 may bring newer ones. Where the server gives none, a
 * fingerprint of the body tells the next read that nothing changed.
 */
function nextValidators(
  url: string,
  reply: Reply,
  known: PageRecord['validators'],
  now: Date,
): PageRecord['validators'] {
  const at = now.toISOString();
  const etag = reply.headers.etag;
  const lastModified = reply.headers['last-modified'];
  if (reply.status === 304) return known && { ...known, ...(etag && { etag }), ...(lastModified && { lastModified }) };
  if (reply.status !== 200) return null;
  if (etag !== undefined || lastModified !== undefined) return { url, etag, lastModified, at };
  const hash = fingerprint(reply.text, 16);
  return { url, hash, at: hash === known?.hash ? known.at : at };
}

function asError(error: unknown, url: string, last: Reply | null, now: Date): FetchError | ParseError {
  if (error instanceof ParseError) return error;
  if (error instanceof FetchError) return withRetryAfter(error, last, now);
  // A source that trips over a reply nobody foresaw must not stop the watch: it is a page we cannot read.
  return new ParseError('shape', url, `the reply could not be understood (${(error as Error).message})`, error);
}

function withRetryAfter(error: FetchError, last: Reply | null, now: Date): FetchError {
  if (error.details.retryAfterMs !== undefined || last?.status !== error.details.status) return error;
  const retryAfterMs = parseRetryAfter(last?.headers['retry-after'], last?.headers.date, now) ?? undefined;
  return new FetchError(error.code, error.url, error.message, { ...error.details, retryAfterMs });
}

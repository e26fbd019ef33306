/**
 * Reading of vendors' JSON: a reply to an object, and fields of unknown shape to what we need of them.
 * None of these trusts anything; those that return null or an empty list never throw.
 */
import { FetchError, ParseError } from './errors.ts';
import type { Get, Reply } from './model.ts';

export type RawObject = { readonly [key: string]: unknown };

/**
 * The JSON of a good reply. Throws FetchError for an HTTP status other than 200, ParseError for what is not JSON
 * (vendors answer 200 with an HTML page for any path, and an empty body in an outage).
 */
export function parseJson(reply: Reply): unknown {
  demandOk(reply);
  const text = reply.text.trimStart();
  if (text === '') throw new ParseError('empty', reply.url, 'the reply is empty');
  if (isMarkup(reply)) throw new ParseError('html', reply.url, 'the reply is a web page where JSON was expected');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ParseError('not_json', reply.url, 'the reply is not valid JSON', cause);
  }
}

/** As `parseJson`, and the value must be an object. */
export function parseJsonObject(reply: Reply): RawObject {
  const value = parseJson(reply);
  if (!isObject(value)) throw new ParseError('shape', reply.url, 'the reply is JSON, but not an object');
  return value;
}

/** As `parseJson`, or null where that would throw: for detection. */
export function tryJson(reply: Reply): unknown {
  try {
    return parseJson(reply);
  } catch {
    return null;
  }
}

/** As `parseJsonObject`, or null where that would throw: for detection. */
export function tryJsonObject(reply: Reply): RawObject | null {
  const value = tryJson(reply);
  return isObject(value) ? value : null;
}

/** Whether it begins as HTML and XML do, and JSON never does. */
export function isMarkup({ text }: Reply): boolean {
  return /^\s*</.test(text);
}

/** Whether it is a web page, and no feed. */
export function isWebPage({ text }: Reply): boolean {
  return /^\s*<(?!\?xml|rss|feed|rdf:)/i.test(text);
}

/** A web page of those hosts: where pages are empty shells that any host could serve, only the vendor's own is believed. */
export function isShellOf(reply: Reply, hosts: RegExp): boolean {
  return isWebPage(reply) && hosts.test(new URL(reply.url).hostname);
}

/** Throws the FetchError that a reply other than 200 stands for. */
export function demandOk(reply: Reply): void {
  if (reply.status === 200) return;
  if (reply.status === 410) throw httpError('gone', reply, 'the page is gone for good (HTTP 410)');
  if (reply.status === 429) throw httpError('rate_limited', reply, 'the server asks for fewer requests (HTTP 429)');
  if (reply.status === 401 || reply.status === 403)
    throw httpError('blocked', reply, `the server refuses to show it (HTTP ${reply.status})`);
  throw httpError('http', reply, `the server answered HTTP ${reply.status}`);
}

/**
 * Whether an error means that the page does not offer this document at all (switched off, or some other page in its
 * place), so that a source may try its next best one. A page that fails for now, or a reply that was cut short, is not
 * that: another document would often give the same posts other ids, and they would be told again.
 */
export function isNotOffered(error: unknown): boolean {
  if (error instanceof ParseError) return error.code === 'html' || error.code === 'shape';
  if (!(error instanceof FetchError)) return false;
  const status = error.details.status ?? 0;
  return error.code === 'blocked' || error.code === 'gone' || (error.code === 'http' && status >= 400 && status < 500);
}

function httpError(code: 'gone' | 'rate_limited' | 'blocked' | 'http', reply: Reply, message: string): FetchError {
  return new FetchError(code, reply.url, message, { status: reply.status });
}

export function isObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else one without fields. */
export function asObject(value: unknown): RawObject {
  return isObject(value) ? value : EMPTY;
}
const EMPTY: RawObject = Object.freeze(Object.create(null) as RawObject);

/** The objects of a list; whatever else stands in it, or in its place, is left out. */
export function asObjects(value: unknown): RawObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The value as it stands if it is a string, a number's digits if it is a number, else null. */
export function asText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : null;
}

/** A list the format demands. Throws ParseError naming the field when it is not one; null is let through as empty when `nullable`. */
export function demandObjects(object: RawObject, field: string, url: string, nullable = false): RawObject[] {
  const value = object[field];
  if (nullable && (value === null || value === undefined)) return [];
  if (!Array.isArray(value)) throw new ParseError('shape', url, `the reply has no list "${field}"`);
  return value.filter(isObject);
}

/**
 * Asks for documents that change apart from each other, so that none of them tells of the others. Null when not one has
 * changed; else the replies in the order of the paths, an unchanged one asked again for its text. `check` sees each new
 * reply as it comes, and by throwing spares the further ones.
 */
export async function askTogether(
  get: Get,
  paths: readonly string[],
  check: (reply: Reply) => unknown,
): Promise<Reply[] | null> {
  const ask = async (path: string, conditional: boolean) => {
    const reply = await get(path, { accept: 'json', conditional });
    if (reply.status !== 304) check(reply);
    return reply;
  };
  const replies: Reply[] = [];
  for (const path of paths) replies.push(await ask(path, true));
  if (replies.every((reply) => reply.status === 304)) return null;
  for (const [index, path] of paths.entries())
    if (replies[index]!.status === 304) replies[index] = await ask(path, false);
  return replies;
}

/**
 * The data inside the HTML of a Checkly page: Nuxt's list of values, in which the fields of an object are places in the
 * list. It has the newest incidents with all their posts. Part of the checkly source.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, Impact, Incident, Page, Phase, Reply, Snapshot } from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { demandOk, isObject, parseJson, type RawObject } from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

const LIST = 'incidents-by-date';

export function isPage(html: string): boolean {
  return html.includes('__NUXT_DATA__') && html.includes(`"${LIST}`);
}

/** Throws FetchError for an HTTP status other than 200, ParseError for what is no whole page of Checkly. */
export function readPage(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  if (!isPage(reply.text)) throw new ParseError('html', reply.url, 'the reply is a web page, but none of Checkly');
  const values = valuesOf(reply);
  const rows = rowsOf(values, reply.url);
  const base = page.url.replace(/\/$/, '');
  const incidents = newestFirst(uniqueById(rows.flatMap((row) => toIncident(row, values, base))));
  return {
    name: nameOf(reply.text),
    state: pageState(null, [], incidents),
    description: '',
    components: [],
    incidents,
    lists: 'recent',
    confidence: 'low',
  };
}

function valuesOf(reply: Reply): unknown[] {
  const html = reply.text;
  const start = html.indexOf('>', html.indexOf('__NUXT_DATA__')) + 1;
  const end = html.indexOf('</script>', start);
  if (start === 0 || end < 0 || !html.includes('</html>', end))
    throw new ParseError('html', reply.url, 'the reply is a web page that was cut short');
  const values = parseJson({ ...reply, text: html.slice(start, end) });
  if (!Array.isArray(values)) throw new ParseError('shape', reply.url, 'the data of the page is no list');
  return values;
}

/** The place a field names; through the pairs that Nuxt wraps what it watches, and dates, in. */
function valueAt(values: readonly unknown[], place: unknown, most = 4): unknown {
  const value = typeof place === 'number' ? values[place] : undefined;
  if (!Array.isArray(value) || value.length !== 2 || typeof value[0] !== 'string') return value;
  if (value[0] === 'Date') return value[1];
  return most > 0 ? valueAt(values, value[1], most - 1) : undefined;
}

function objectsAt(values: readonly unknown[], place: unknown): RawObject[] {
  const list = valueAt(values, place);
  return Array.isArray(list) ? list.map((one) => valueAt(values, one)).filter(isObject) : [];
}

/** Of all the lists there are, one for each span of days. */
function rowsOf(values: readonly unknown[], url: string): RawObject[] {
  const lists = values
    .filter(isObject)
    .flatMap((value) => Object.keys(value).flatMap((key) => (key.startsWith(LIST) ? [value[key]] : [])))
    .map((place) => valueAt(values, place))
    .filter(isObject)
    .filter((value) => Array.isArray(valueAt(values, value.incidents)));
  if (lists.length === 0) throw new ParseError('shape', url, 'the page has no list of incidents');
  return lists.flatMap((value) => objectsAt(values, value.incidents));
}

function toIncident(row: RawObject, values: readonly unknown[], base: string): Incident[] {
  const id = idOf(valueAt(values, row.id));
  if (id === null) return [];
  const services = toServices(row, values);
  const startedAt = parseIsoTime(valueAt(values, row.created_at));
  const seconds = valueAt(values, row.duration);
  const status = phaseOf(valueAt(values, row.lastUpdateStatus));
  // The newest stands first; posts of one second stay in order.
  const posts = objectsAt(values, row.incidentUpdates).reverse();
  const updates = posts.flatMap((post) => {
    const at = parseIsoTime(valueAt(values, post.created_at));
    const phase = phaseOf(valueAt(values, post.status));
    const text = valueAt(values, post.description);
    if (at === null) return [];
    const body = plainText(typeof text === 'string' ? text : '');
    return [{ id: postId(id, at, phase), status: phase, at, body, components: [] }];
  });
  return [
    buildIncident({
      id,
      kind: 'incident',
      title: asLine(valueAt(values, row.name)) ?? id,
      url: `${base}/incident/${encodeURIComponent(id)}`,
      status: status === 'unknown' ? null : status,
      impact: IMPACTS.get(valueAt(values, row.severity)) ?? 'unknown',
      startedAt,
      resolvedAt: updates.some((update) => update.status === 'resolved') ? null : after(startedAt, seconds),
      components: services,
      updates: uniqueById(updates),
    }),
  ];
}

function after(start: Date | null, seconds: unknown): Date | null {
  if (start === null || typeof seconds !== 'number' || !(seconds > 0 && seconds < 1e9)) return null;
  return new Date(start.getTime() + seconds * 1000);
}

/** Links have the first part of a UUID only. */
function idOf(value: unknown): string | null {
  const id = asLine(value);
  return /^([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(id ?? '')?.[1] ?? id;
}

/** The feed has their names only, so the name is the id here as well. */
function toServices(row: RawObject, values: readonly unknown[]): Component[] {
  const names = objectsAt(values, row.services).flatMap((service) => asLine(valueAt(values, service.name)) ?? []);
  return [...new Set(names)].map((name) => ({ id: name, name, group: null, status: 'unknown' }));
}

const IMPACTS = new Map<unknown, Impact>([
  ['MINOR', 'minor'],
  ['MEDIUM', 'minor'],
  ['MAJOR', 'major'],
  ['CRITICAL', 'critical'],
]);

/** `Resolved` in the feed, `RESOLVED` in the page. */
export function phaseOf(word: unknown): Phase {
  return typeof word === 'string' ? (PHASES.get(word.toLowerCase()) ?? 'unknown') : 'unknown';
}
const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

/** To the second, as the feed has its times: the same from either document. */
export function postId(incident: string, at: Date, status: Phase): string {
  return syntheticId(incident, Math.floor(at.getTime() / 1000), status);
}

function nameOf(html: string): string | null {
  const title = /<title[^<>]{0,200}>([^<]{1,300})/i.exec(html)?.[1] ?? '';
  return asLine(cleanLine(plainText(title)).replace(/(?: ?[|–-])? status(?: page)?$/i, ''));
}

/**
 * PayPal's status: the Atom or RSS feed, with an entry for each incident of late whose title begins with where it stands,
 * and the state of each component in production and in the sandbox. Nothing of it was seen recorded: four words of the
 * titles and those of the components are known from other programs, but not how components are named, nor whether an entry
 * holds more than its newest post. What stands where is said by no known word makes the page no worse than its components.
 */

import { FetchError, ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import { loadXml } from '../markup.ts';
import type {
  Component,
  ComponentStatus,
  Get,
  Incident,
  Kind,
  Page,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import {
  asObject,
  asObjects,
  demandOk,
  isMarkup,
  isNotOffered,
  isObject,
  isShellOf,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { HOSTS } from './hosts.ts';

const FEED = 'feed/atom';
const COMPONENTS = 'api/v1/components';
const HOME = 'https://www.paypal-status.com/';
/** What every feed of PayPal's links to. */
const MARK = 'paypal-status.com';

export const paypal = {
  name: 'paypal',
  title: 'PayPal status',
  docs: 'https://www.paypal-status.com/feed/atom',
  lists: 'recent',
  endpoints: [COMPONENTS, FEED, 'feed/rss'],
  detect,
  read,
  parse,
} satisfies Source;

/** The site answers many paths with the same shell: only its own host is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const start = reply.text.trimStart();
  if (isFeed(start)) return start.slice(0, 2000).includes(MARK);
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.paypal);
  const json = tryJsonObject(reply);
  return json !== null && isComponents(json);
}

function isFeed(text: string): boolean {
  return /^\s*<(?:\?xml|rss|feed)\b/i.test(text.slice(0, 200));
}

function isComponents(json: RawObject): boolean {
  const rows = asObjects(json.result);
  const isRow = ({ category, status }: RawObject) => isObject(category) && isObject(status) && 'production' in status;
  return rows.length > 0 && rows.every(isRow);
}

/** News is posted, so the feed tells whether there is any; without a feed the components alone must do. */
async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const home = homeOf(page);
  const reply = await get(`${home}${FEED}`, { accept: 'xml', conditional: true });
  if (reply.status === 304) return null;
  const feed = await offered(() => readFeed(reply, home));
  if (feed instanceof Error) {
    const other = await get(`${home}${COMPONENTS}`, { accept: 'json', conditional: true });
    if (other.status === 304) return null;
    const components = await offered(() => readComponents(other));
    if (components instanceof Error) throw feed;
    return toSnapshot(components, [], page);
  }
  const components = await componentsOrNot(get, home);
  const snapshot: Snapshot = { ...toSnapshot(components ?? [], feed, page), lists: 'recent' };
  return components === null ? { ...snapshot, torn: true } : snapshot;
}

/** The refusal where it is not offered: what failed only for now is thrown. */
async function offered<T>(act: () => T | Promise<T>): Promise<T | Error> {
  try {
    return await act();
  } catch (error) {
    if (isNotOffered(error) && error instanceof Error) return error;
    throw error;
  }
}

/** None where they are not offered, null where they could not be had this time: the feed is worth reading alone. */
async function componentsOrNot(get: Get, home: string): Promise<Component[] | null> {
  try {
    return readComponents(await get(`${home}${COMPONENTS}`, { accept: 'json' }));
  } catch (error) {
    if (isNotOffered(error)) return [];
    if (error instanceof FetchError || error instanceof ParseError) return null;
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  if (!isFeed(reply.text)) return toSnapshot(readComponents(reply), [], page);
  return readFeed(reply, homeOf(page)).then((feed) => ({ ...toSnapshot([], feed, page), lists: 'recent' }));
}

/** On PayPal's own host the data is always at the same address, whichever of its pages is named. */
function homeOf(page: Page): string {
  const { hostname, origin, pathname } = new URL(page.url);
  if (HOSTS.paypal.test(hostname)) return HOME;
  return `${origin}${pathname.replace(/(?:\/(?:feed\/\w+|api\/v1\/\w+))?\/?$/, '')}/`;
}

function toSnapshot(all: readonly Component[], feed: readonly Incident[], page: Page): Snapshot {
  const wanted = /\/((?:product|api)\/(?:production|sandbox))\/?$/.exec(new URL(page.url).pathname)?.[1];
  const components = all.filter((one) => wanted === undefined || one.group === wanted);
  const telling = wanted === undefined ? components.filter((one) => one.group?.endsWith('/production')) : components;
  const placed = feed.filter((incident) => incident.status !== 'unknown');
  const indicator = components.length > 0 ? null : placed.length === feed.length ? 'operational' : 'unknown';
  const state = pageState(indicator, telling, placed);
  return { name: 'PayPal', state, description: '', components, incidents: newestFirst(feed), lists: 'open' };
}

/** Of each its state in production and in the sandbox, grouped as the addresses of the pages are. */
function readComponents(reply: Reply): Component[] {
  const json = parseJsonObject(reply);
  if (!isComponents(json))
    throw new ParseError('shape', reply.url, "the reply is not the state of PayPal's components");
  const components = new Map<string, Component>();
  for (const row of asObjects(json.result)) {
    const category = asLine(asObject(row.category).name) ?? 'product';
    const name = asLine(row.name) ?? asLine(row.id) ?? category;
    for (const environment of ['production', 'sandbox']) {
      const word = asObject(row.status)[environment];
      if (word === undefined) continue;
      const group = `${category.toLowerCase()}/${environment}`;
      const id = `${group}/${name}`;
      const status = worseStatus(statusOf(word), components.get(id)?.status ?? 'unknown');
      components.set(id, { id, name, group, status });
    }
  }
  return [...components.values()];
}

function statusOf(word: unknown): ComponentStatus {
  switch (asLine(word)?.toLowerCase().replaceAll('_', ' ')) {
    case 'operational':
    case 'informational':
      return 'operational';
    case 'service disruption':
      return 'partial_outage';
    case 'service outage':
      return 'major_outage';
    case 'under maintenance':
      return 'under_maintenance';
    default:
      return 'unknown';
  }
}

/** Throws ParseError for what is not XML, is cut short, is of somebody else or has no entry: there always were some. */
async function readFeed(reply: Reply, home: string): Promise<Incident[]> {
  const $ = await loadXml(reply);
  if (!/<\/(?:feed|rss)>$/.test(reply.text.trimEnd().slice(-10)))
    throw new ParseError('not_xml', reply.url, 'the feed is cut short');
  const entries = $('feed > entry, rss > channel > item').toArray();
  if (entries.length === 0 || !reply.text.includes(MARK))
    throw new ParseError('shape', reply.url, "the reply is not the feed of PayPal's incidents");
  const byId = new Map<string, Entry[]>();
  for (const element of entries) {
    const text = (...names: string[]) =>
      names.map((name) => $(element).children(name).first().text()).find((found) => found !== '') ?? '';
    const link = $(element).children('link').first();
    const entry: Entry = {
      title: readTitle(cleanLine(text('title'))),
      link: link.attr('href') ?? link.text(),
      published: timeOf(text('published', 'pubDate')),
      updated: timeOf(text('updated')),
      body: plainText(text('content', 'summary', 'description')),
    };
    const id = asLine(text('id', 'guid')) ?? asLine(entry.link) ?? syntheticId(entry.title.title, entry.published);
    const posts = byId.get(id);
    if (posts) posts.push(entry);
    else byId.set(id, [entry]);
  }
  return [...byId].map(([id, posts]) => toIncident(id, posts, home));
}

interface Entry {
  title: Title;
  link: string;
  published: Date | null;
  updated: Date | null;
  body: string;
}

function timeOf(text: string): Date | null {
  return parseIsoTime(text) ?? parseRfcTime(text);
}

/** An incident has one entry, that of its newest post; should it have several, the newest tells where it stands. */
function toIncident(id: string, posts: readonly Entry[], home: string): Incident {
  const momentOf = (entry: Entry) => entry.updated ?? entry.published;
  const newest = posts.reduce((a, b) => ((momentOf(b) ?? 0) > (momentOf(a) ?? 0) ? b : a));
  const { kind, phase, title } = newest.title;
  const updates = posts.flatMap((entry): Update[] => {
    const at = momentOf(entry);
    const status = entry.title.phase;
    return at === null ? [] : [{ id: syntheticId(id, at, status), status, at, body: entry.body, components: [] }];
  });
  return buildIncident({
    id,
    kind,
    title: title || id,
    url: safeUrl(newest.link, home) ?? home,
    status: phase,
    impact: kind === 'maintenance' ? 'maintenance' : 'unknown',
    startedAt: newest.published ?? newest.updated,
    resolvedAt: null,
    components: [],
    updates: uniqueById(updates),
  });
}

const PHASES = new Map<string, Phase>([
  ['initial notification', 'investigating'],
  ['investigating', 'investigating'],
  ['update', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['scheduled', 'scheduled'],
  // Both are still to come.
  ['postponed', 'scheduled'],
  ['rescheduled', 'scheduled'],
  ['in progress', 'in_progress'],
  ['completed', 'completed'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
]);
const PLANNED = new Set<Phase>(['scheduled', 'in_progress', 'completed', 'cancelled']);

interface Title {
  kind: Kind;
  phase: Phase;
  title: string;
}

/** `Resolved: Checkout is slow` */
function readTitle(line: string): Title {
  const [, word = '', rest = ''] = /^([A-Za-z ]{3,40}): (.*)$/.exec(line) ?? [];
  const said = PHASES.get(word.toLowerCase()) ?? 'unknown';
  const kind = PLANNED.has(said) || /\bmaintenance\b/i.test(line) ? 'maintenance' : 'incident';
  const title = said === 'unknown' ? line : rest;
  if (kind === 'incident') return { kind, phase: said, title };
  if (said === 'resolved') return { kind, phase: 'completed', title };
  return { kind, phase: PLANNED.has(said) || said === 'unknown' ? said : 'in_progress', title };
}

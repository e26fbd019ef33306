/**
 * cState (https://github.com/cstate/cstate), a site that is built anew for every post: `index.json` bears the minute of the
 * build, so it alone is asked conditionally. It has the systems and the open issues that touch them, `issues/index.json`
 * all issues, and `index.xml` their texts.
 *
 * Titles are written into the JSON as they are, so that one with a quotation mark breaks it; such lines are mended. An
 * informational issue is news, which is told but troubles nobody. Not verified: the records that version 6 added, which
 * are not read.
 */
import type { CheerioAPI } from 'cheerio/slim';
import type { Element } from 'domhandler';
import { ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type {
  Component,
  ComponentStatus,
  Depth,
  Get,
  Incident,
  Page,
  PageState,
  Reply,
  Snapshot,
  Source,
} from '../model.ts';
import { isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObjects, demandOk, isMarkup, isNotOffered, parseJsonObject, type RawObject } from '../raw.ts';
import { asLine } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { goTime, type Issue, issueAddress, slugOf, toIncident, toIssue } from './cstate-issues.ts';

const INDEX = 'index.json';
const ISSUES = 'issues/index.json';
const FEED = 'index.xml';
/** Sites keep all their issues for ever; more of those that are over than these are not news. */
const MOST_CLOSED = 50;

export const cstate = {
  name: 'cstate',
  title: 'cState',
  docs: 'https://github.com/cstate/cstate/wiki/API',
  lists: 'recent',
  // The longer first: the shorter is its end.
  endpoints: [ISSUES, INDEX, FEED],
  probe: INDEX,
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const { text } = reply;
  if (isMarkup(reply)) return isFeed(text) || /<meta[^<>]{0,200}cState v/.test(text);
  if (!text.includes('"cStateVersion"') && !text.includes('"baseURL"')) return false;
  try {
    const json = hugoJson(reply);
    return isIndex(json) || isList(json);
  } catch {
    return false;
  }
}

function isFeed(text: string): boolean {
  return text.includes('<generator>github.com/cstate</generator>');
}

function isIndex(json: RawObject): boolean {
  return json.is === 'index' && typeof json.cStateVersion === 'string' && Array.isArray(json.systems);
}

function isList(json: RawObject): boolean {
  return json.is === 'issues' && typeof json.baseURL === 'string' && Array.isArray(json.pages);
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const reply = await get(INDEX, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const index = demand(reply, isIndex);
  const own = ownIssues(index, page.url);
  if (depth === 'now' && index.summaryStatus === 'ok' && own.length === 0)
    return indexSnapshot(index, [], null, 'open');
  const answer = await get(ISSUES, { accept: 'json' });
  const list = await ifOffered(() => listIssues(demand(answer, isList), page.url));
  const feed = await get(FEED, { accept: 'xml' });
  const texts = await ifOffered(async () => textsOf(itemsOf(await loadFeed(feed))));
  return indexSnapshot(index, list ?? own, texts, list === null ? 'open' : 'recent');
}

/** Sites can be built without any of the two; a list whose lines run together cannot be mended. */
async function ifOffered<T>(read: () => T | Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (isNotOffered(error)) return null;
    if (error instanceof ParseError && (error.code === 'not_json' || error.code === 'empty')) return null;
    throw error;
  }
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  demandOk(reply);
  if (isMarkup(reply)) return feedSnapshot(await loadFeed(reply), page.url);
  const json = demand(reply, (value) => isIndex(value) || isList(value));
  if (isIndex(json)) return indexSnapshot(json, ownIssues(json, page.url), null, 'open');
  const incidents = listIssues(json, page.url).map((issue) => toIncident(issue, null, new Map()));
  return snapshotOf(null, pageState(null, [], incidents), [], incidents, 'recent');
}

function demand(reply: Reply, test: (json: RawObject) => boolean): RawObject {
  const json = hugoJson(reply);
  if (!test(json)) throw new ParseError('shape', reply.url, 'the reply is no document of a cState page');
  return json;
}

function hugoJson(reply: Reply): RawObject {
  try {
    return parseJsonObject(reply);
  } catch (error) {
    if (!(error instanceof ParseError) || error.code !== 'not_json') throw error;
    return parseJsonObject({ ...reply, text: reply.text.split('\n').map(mended).join('\n') });
  }
}

/** Each text stands on a line of its own. */
function mended(line: string): string {
  const match = /^(\s*"\w+": ")(.*)("[,\s]*)$/.exec(line);
  if (!match) return line;
  const [, key, text, end] = match as unknown as [string, string, string, string];
  try {
    JSON.parse(`"${text}"`);
    return line;
  } catch {
    return key + JSON.stringify(text).slice(1, -1) + end;
  }
}

/** The open issues that touch a system, one row in each system they touch, and the informational ones that are pinned. */
function ownIssues(index: RawObject, url: string): Issue[] {
  const open = asObjects(index.systems).flatMap((system) => asObjects(system.unresolvedIssues));
  return uniqueById([
    ...asObjects(index.pinnedIssues).flatMap((raw) => toIssue(raw, url, true)),
    ...open.flatMap((raw) => toIssue(raw, url)),
  ]);
}

function listIssues(list: RawObject, url: string): Issue[] {
  const isOver = (raw: RawObject) => raw.resolved === true || raw.informational === true;
  const rows = recentOf(asObjects(list.pages), isOver, (raw) => goTime(raw.createdAt));
  return uniqueById(rows.flatMap((raw) => toIssue(raw, url)));
}

/** What is open, and the newest of what is over. */
function recentOf<T>(all: readonly T[], isOver: (one: T) => boolean, timeOf: (one: T) => Date | null): T[] {
  const over = all.filter(isOver).map((one) => ({ one, time: timeOf(one)?.getTime() ?? 0 }));
  const newest = over.sort((a, b) => b.time - a.time).slice(0, MOST_CLOSED);
  return [...all.filter((one) => !isOver(one)), ...newest.map(({ one }) => one)];
}

function indexSnapshot(
  index: RawObject,
  issues: readonly Issue[],
  texts: ReadonlyMap<string, string> | null,
  lists: Snapshot['lists'],
): Snapshot {
  const components = toComponents(index);
  const byName = new Map(components.map((component) => [component.name, component]));
  const incidents = issues.map((issue) => toIncident(issue, texts?.get(issue.id) ?? null, byName));
  const state = pageState(SUMMARIES.get(index.summaryStatus) ?? 'unknown', components, incidents);
  return snapshotOf(asLine(index.title), state, components, incidents, lists);
}

function snapshotOf(
  name: string | null,
  state: PageState,
  components: Component[],
  incidents: readonly Incident[],
  lists: Snapshot['lists'],
): Snapshot {
  return { name, state, description: '', components, incidents: newestFirst(incidents), lists };
}

const SUMMARIES = new Map<unknown, PageState>([
  ['ok', 'operational'],
  ['notice', 'degraded'],
  ['disrupted', 'partial_outage'],
  ['down', 'major_outage'],
]);

const STATUSES = new Map<unknown, ComponentStatus>([
  ['ok', 'operational'],
  ['notice', 'degraded_performance'],
  ['disrupted', 'partial_outage'],
  ['down', 'major_outage'],
]);

/** Systems have no ids: issues name them by their names. */
function toComponents(index: RawObject): Component[] {
  return uniqueById(
    asObjects(index.systems).flatMap((raw) => {
      const name = asLine(raw.name);
      if (name === null) return [];
      return [{ id: name, name, group: asLine(raw.category), status: STATUSES.get(raw.status) ?? 'unknown' }];
    }),
  );
}

async function loadFeed(reply: Reply): Promise<CheerioAPI> {
  demandOk(reply);
  if (reply.text.trim() !== '' && !isFeed(reply.text))
    throw new ParseError('shape', reply.url, 'the reply is no feed of a cState page');
  if (isFeed(reply.text) && !/<\/rss>\s*$/.test(reply.text.slice(-100)))
    throw new ParseError('not_xml', reply.url, 'the feed was cut short');
  return loadXml(reply);
}

/** An item's texts by the names of its elements. */
type Item = ReadonlyMap<string, string>;

function itemsOf($: CheerioAPI): Item[] {
  return $('item')
    .toArray()
    .map((item) => {
      const children = item.children.filter((node): node is Element => 'name' in node);
      return new Map(children.map((child) => [child.name, $(child).text().trim()]));
    });
}

function textsOf(items: readonly Item[]): Map<string, string> {
  return new Map(
    items.map((item) => [slugOf(item.get('link')) ?? '', item.get('content') || item.get('description') || '']),
  );
}

/** Alone, the feed knows neither systems nor how bad an issue is; that none is open does not say that all is well. */
function feedSnapshot($: CheerioAPI, url: string): Snapshot {
  if ($('channel').length === 0) throw new ParseError('shape', url, 'the feed has no channel');
  const items = itemsOf($);
  const texts = textsOf(items);
  const issues = items.flatMap((item) => feedIssue((name) => item.get(name) ?? '', url));
  const recent = recentOf(
    uniqueById(issues),
    (issue) => issue.resolved,
    (issue) => issue.createdAt,
  );
  const incidents = recent.map((issue) => toIncident(issue, texts.get(issue.id) ?? null, new Map()));
  const open = incidents.some((incident) => !isClosed(incident.status));
  const state = open ? pageState(null, [], incidents) : 'unknown';
  return snapshotOf(asLine($('channel').children('title').text()), state, [], incidents, 'recent');
}

function feedIssue(text: (name: string) => string, url: string): Issue[] {
  const id = asLine(slugOf(text('link')));
  if (id === null) return [];
  const title = asLine(text('title')) ?? id;
  const resolvedAt = goTime(text('category'));
  // The word in brackets is in the page's own language.
  const mark = /^\[[^\]]{1,40}\] /.exec(title)?.[0] ?? '';
  const resolved = mark !== '' && (resolvedAt !== null || /resolved/i.test(mark));
  return [
    {
      id,
      title: (resolved && title.slice(mark.length)) || title,
      url: issueAddress(url, id),
      createdAt: parseRfcTime(text('pubDate')),
      zone: /[+-]\d{4}$/.exec(text('pubDate'))?.[0] ?? '+0000',
      resolved,
      resolvedAt,
      severity: null,
      informational: false,
      affected: [],
    },
  ];
}

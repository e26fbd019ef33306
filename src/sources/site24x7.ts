/**
 * Site24x7 StatusIQ status pages: the summary that the page itself asks for (site24x7-summary.ts), known from clients and
 * from the kit Zoho publishes for apps, no reply of a real page was at hand; where a page refuses it, the feed that is
 * described, which has one item per component and never an incident.
 *
 * Not verified: whether every page answers at the address without an id. Where one does not, the id stands in its HTML.
 */
import { ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type { Component, ComponentStatus, Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { pageState, uniqueById } from '../normalize.ts';
import { demandOk, isMarkup, isNotOffered, parseJsonObject, tryJsonObject } from '../raw.ts';
import { asLine, cleanLine } from '../text.ts';
import { isSummary, summarySnapshot } from './site24x7-summary.ts';

const SUMMARY = 'sp/api/u/summary_details';
const SUMMARY_BY_ID = 'sp/api/public/summary_details/statuspages/';
const FEED = 'rss';

export const site24x7 = {
  name: 'site24x7',
  title: 'Site24x7 StatusIQ',
  docs: 'https://www.site24x7.com/help/statuspage/manage-subscribers/rss-feed.html',
  lists: 'recent',
  endpoints: [SUMMARY, FEED],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return idOf(reply.text) !== null || isFeed(reply.text);
  if (!reply.text.includes('"current_status"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && isSummary(json);
}

function idOf(html: string): string | null {
  const name = /\benc(?:_s|odedS)tatuspage_?[iI]d"?\s{0,5}[:=]\s{0,5}["'`]([\w=-]{8,100})["'`]/;
  return name.exec(html)?.[1] ?? null;
}

const ITEM =
  /<item>\s{0,50}<title>(?:<!\[CDATA\[)?[^<\]]{1,300} - (?:Operational|Informational|Degraded Performance|Under Maintenance|Partial Outage|Major Outage)\s{0,20}(?:\]\]>)?<\/title>/;

function isFeed(text: string): boolean {
  return /^\s*<(?:\?xml|rss)\b/.test(text) && ITEM.test(text);
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  let refusal: unknown;
  for (const path of [SUMMARY, null, FEED]) {
    try {
      const address = path ?? `${SUMMARY_BY_ID}${demandId(await get('', { accept: 'html' }))}`;
      const reply = await get(address, { accept: path === FEED ? 'xml' : 'json', conditional: true });
      if (reply.status === 304) return null;
      return await parse(reply, page);
    } catch (error) {
      if (!isNotOffered(error)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

function demandId(home: Reply): string {
  demandOk(home);
  const id = idOf(home.text);
  if (id === null) throw new ParseError('html', home.url, 'the reply is a web page, but none of StatusIQ');
  return id;
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  return /^\s*<(?:\?xml|rss)\b/.test(reply.text)
    ? feedSnapshot(reply)
    : summarySnapshot(parseJsonObject(reply), reply.url, page);
}

/** How each component is; what is going on is not in it. */
async function feedSnapshot(reply: Reply): Promise<Snapshot> {
  if (!/<\/rss>\s*$/.test(reply.text.slice(-200)))
    throw new ParseError('shape', reply.url, 'the reply is no whole feed');
  const $ = await loadXml(reply);
  const titles = $('rss > channel > item')
    .toArray()
    .map((item) => cleanLine($(item).children('title').first().text()));
  if (!isFeed(reply.text)) throw new ParseError('shape', reply.url, 'the feed is none of StatusIQ');
  const components = uniqueById(titles.flatMap(toComponent));
  const title = asLine($('rss > channel').children('title').first().text());
  return {
    name: title?.replace(/(?: ?[|–-])? status(?: page)?$/i, '') || null,
    state: pageState(null, components, []),
    description: '',
    components,
    incidents: [],
    lists: 'open',
  };
}

/** Names have ` - ` in them as well: the status comes after the last. */
function toComponent(title: string): Component[] {
  const at = title.lastIndexOf(' - ');
  const name = at === -1 ? title : title.slice(0, at).trim();
  const status = at === -1 ? undefined : WORDS.get(title.slice(at + 3).toLowerCase());
  return name === '' ? [] : [{ id: name, name, group: null, status: status ?? 'unknown' }];
}

const WORDS = new Map<string, ComponentStatus>([
  ['operational', 'operational'],
  ['informational', 'operational'],
  ['degraded performance', 'degraded_performance'],
  ['under maintenance', 'under_maintenance'],
  ['partial outage', 'partial_outage'],
  ['major outage', 'major_outage'],
]);

/**
 * The Azure status page, by its RSS feed (https://learn.microsoft.com/azure/service-health/azure-status-overview): an item
 * for each thing that is wrong now, none at all when all is well. Only the empty feed was seen recorded.
 *
 * An item goes when it is over, mostly without a word. It holds the newest text alone, under the time of its last change;
 * its guid was seen again for another incident, so that the title belongs to its identity. It has no severity, and a phase
 * only where its title begins or ends with the word. Categories mix services and regions.
 * The feed's own host is asked, for others lead to a server near the reader, which may be in the very region that is down
 * and then serves an empty feed.
 */

import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import { loadXml } from '../markup.ts';
import type { Component, Get, Incident, Page, Phase, Reply, Snapshot, Source } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { demandOk, isMarkup } from '../raw.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { REGIONS, regionsIn } from './azure-regions.ts';
import { HOSTS } from './hosts.ts';

const FEED = 'en-us/status/feed/';
const HOME = 'https://azure.status.microsoft/en-us/status';
const FEED_HOME = 'https://rssfeed.azure.status.microsoft/';
const CHANNEL = '<title>Azure Status</title>';

export const azure = {
  name: 'azure',
  title: 'Azure status',
  docs: 'https://learn.microsoft.com/azure/service-health/azure-status-overview',
  lists: 'open',
  endpoints: [FEED],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is believed on Azure's own hosts only. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const start = reply.text.trimStart().slice(0, 2000);
  if (/^<(?:\?xml|rss)\b/i.test(start)) return start.includes('<rss') && start.includes(CHANNEL);
  return isMarkup(reply) && isOwn(reply.url);
}

function isOwn(url: string): boolean {
  return HOSTS.azure.test(new URL(url).hostname);
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const feed = isOwn(page.url) ? `${FEED_HOME}${FEED}` : /\/status\/?$/.test(page.url) ? 'feed/' : FEED;
  const reply = await get(feed, { accept: 'xml', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

/** A feed cut short has its beginning, but not its end. */
async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  demandOk(reply);
  const $ = await loadXml(reply);
  if (!reply.text.includes(CHANNEL))
    throw new ParseError('shape', reply.url, 'the reply is not the feed of Azure status');
  if (!reply.text.trimEnd().endsWith('</rss>')) throw new ParseError('shape', reply.url, 'the feed is cut short');
  const items = $('rss item')
    .toArray()
    .map((element): Item => {
      const text = (name: string) => $(element).children(name).first().text();
      const categories = $(element).children('category').toArray();
      return {
        guid: text('guid').trim(),
        title: cleanLine(text('title')),
        at: parseIsoTime(text('a10\\:updated')) ?? parseRfcTime(text('pubDate')),
        description: text('description'),
        categories: categories.map((category) => cleanLine($(category).text())).filter(Boolean),
      };
    });
  const url = isOwn(page.url) ? HOME : page.url;
  const incidents = uniqueById(items.map((item) => toIncident(item, url)));
  const components = toComponents(incidents);
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

interface Item {
  guid: string;
  title: string;
  at: Date | null;
  /** HTML. */
  description: string;
  categories: string[];
}

function toIncident(item: Item, url: string): Incident {
  const { title, phase } = readTitle(item.title);
  const body = plainText(item.description);
  const update = { id: syntheticId(phase, body), status: phase, body, components: [] };
  return buildIncident({
    id: syntheticId(item.guid, title.toLowerCase()),
    kind: 'incident',
    title: title || 'Azure incident',
    url,
    status: phase,
    impact: 'unknown',
    startedAt: startIn(body, item.at),
    resolvedAt: null,
    components: affectedBy(item, phase),
    updates: item.at === null ? [] : [{ ...update, at: item.at }],
  });
}

const PHASES = new Map<string, Phase>([
  ['active', 'investigating'],
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['mitigating', 'identified'],
  ['monitoring', 'monitoring'],
  ['mitigated', 'resolved'],
  ['resolved', 'resolved'],
  ['pir', 'postmortem'],
  ['preliminary pir', 'postmortem'],
  ['final pir', 'postmortem'],
  ['post incident review', 'postmortem'],
  ['post incident review (pir)', 'postmortem'],
]);
const PARTS = /\s+[-\u2013\u2014|]\s+|:\s+|(?<=^\[[\w ]{1,30}\])\s+/;

/** `Resolved - Virtual Machines`, `[RESOLVED] Storage`: the word must stand alone, for a title may say what is not resolved. */
function readTitle(line: string): { title: string; phase: Phase } {
  const parts = line.split(PARTS).map((part) => part.trim());
  const phaseOf = (part: string | undefined) => PHASES.get((part ?? '').replace(/^\[|\]$/g, '').toLowerCase());
  const first = phaseOf(parts[0]);
  const phase = first ?? phaseOf(parts.at(-1));
  if (phase === undefined || parts.length < 2) return { title: line, phase: 'unknown' };
  return { title: (first === undefined ? parts.slice(0, -1) : parts.slice(1)).join(' - '), phase };
}

const START =
  /\b(?:starting|beginning|between|from|since|as early as)\b(?: (?:at|approximately|as early as)){0,2} (\d\d:\d\d)(?: UTC)?(?: and (?:approximately )?\d\d:\d\d)?(?: UTC)? on (\d{1,2}) ([A-Z][a-z]{2})[a-z]* (20\d\d)\b/i;

/** `Starting at 07:05 UTC on 25 January 2023`: the only place where a start is told. */
function startIn(body: string, latest: Date | null): Date | null {
  const match = START.exec(body);
  const start = match && parseRfcTime(`${match[2]} ${match[3]} ${match[4]} ${match[1]} GMT`);
  return start && (latest === null || start <= latest) ? start : null;
}

/** How bad it is for any of them, the feed does not say. */
function affectedBy(item: Item, phase: Phase): Component[] {
  const named = regionsIn(item.title).filter((region) => !item.categories.includes(region));
  const status = isClosed(phase) ? 'operational' : 'unknown';
  return [...item.categories, ...named].map((name) => ({ id: name, name, group: groupOf(name), status }));
}

function groupOf(name: string): string | null {
  return REGIONS.includes(name) ? 'Region' : null;
}

function toComponents(incidents: readonly Incident[]): Component[] {
  const components = new Map<string, Component>();
  for (const id of REGIONS) components.set(id, { id, name: id, group: groupOf(id), status: 'operational' });
  const open = incidents.filter((incident) => !isClosed(incident.status));
  for (const { id, name, group, status } of open.flatMap((incident) => incident.components))
    components.set(id, { id, name, group, status });
  return [...components.values()];
}

/**
 * `feed.atom` and `feed.rss`: one entry per incident in its current state only, about fifty of them. What came between
 * two reads is lost, no component but the affected ones is named, and their states move without a new post. There is no
 * start, but the ids are ULIDs, which begin with the time of their creation.
 * Part of the incident-io source.
 */

import { ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type { Component, ComponentStatus, Incident, Page, Reply, Snapshot } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { pageAddress } from './incident-io-proxy.ts';
import { impactOfWorst, kindOf, phaseOf, statusOf, ulidTime, webAddress } from './incident-io-words.ts';

interface Entry {
  link: string;
  title: string;
  time: Date | null;
  /** HTML. */
  content: string;
}

/** Throws ParseError for what is not XML or not whole. Whether it is incident.io's is for the caller to know. */
export async function feedSnapshot(reply: Reply, page: Page): Promise<Snapshot> {
  if (!/<\/(?:feed|rss)>\s*$/.test(reply.text.slice(-200)))
    throw new ParseError('not_xml', reply.url, 'the feed is cut short');
  const $ = await loadXml(reply);
  const entries = $('feed > entry, rss > channel > item')
    .toArray()
    .map((element): Entry => {
      const child = (name: string) => $(element).children(name).first();
      return {
        link: child('link').attr('href') ?? child('link').text(),
        title: child('title').text(),
        time: parseIsoTime(child('updated').text()) ?? parseRfcTime(child('pubDate').text()),
        content: child('content').text() || child('description').text(),
      };
    });
  const incidents = newestFirst(uniqueById(entries.flatMap((entry) => toIncident(entry, pageAddress(page)))));
  return {
    name: asLine($('feed > title, channel > title').first().text())?.replace(/ status$/i, '') || null,
    state: pageState(null, [], incidents),
    description: '',
    components: [],
    incidents,
    lists: 'recent',
    confidence: 'low',
  };
}

function toIncident(entry: Entry, base: string): Incident[] {
  const id = /\/incidents\/([0-9A-Za-z]{1,40})\/?$/.exec(entry.link.trim())?.[1];
  if (id === undefined) return [];
  const { word, body, components } = readContent(entry.content);
  const status = phaseOf(word);
  const kind = kindOf(null, status);
  const worst = components.reduce<ComponentStatus>((sofar, one) => worseStatus(sofar, one.status), 'unknown');
  const impact = impactOfWorst(kind, worst);
  const at = entry.time;
  return [
    buildIncident({
      id,
      kind,
      title: asLine(entry.title) ?? id,
      // The feed's own links have two slashes before `incidents`.
      url: webAddress(entry.link.trim().replace(/([^:])\/{2,}/g, '$1/')) ?? `${base}/incidents/${id}`,
      status,
      // That all is well again at the end does not mean that nothing was wrong.
      impact: isClosed(status) && impact === 'none' ? 'unknown' : impact,
      startedAt: ulidTime(id) ?? at,
      resolvedAt: null,
      components,
      updates: at === null ? [] : [{ id: at.toISOString(), status, at, body, components: [] }],
    }),
  ];
}

const STATUS = '<b>Status: ';
const AFFECTED = '<b>Affected components</b>';

/** `<b>Status: Resolved</b><br/><br/>text<br/><br/><b>Affected components</b><ul><li>Name (Operational)</li></ul>` */
function readContent(content: string): { word: string; body: string; components: Component[] } {
  const start = content.indexOf(STATUS);
  const end = start === -1 ? -1 : content.indexOf('</b>', start);
  const word = end === -1 ? '' : content.slice(start + STATUS.length, end);
  const rest = end === -1 ? content : content.slice(end + '</b>'.length);
  const list = rest.lastIndexOf(AFFECTED);
  const rows = list === -1 ? [] : rest.slice(list).split('<li>').slice(1);
  return { word, body: plainText(list === -1 ? rest : rest.slice(0, list)), components: rows.flatMap(toComponent) };
}

/** Names may have parentheses of their own, so the status is in the last pair. The feed gives no ids: the name is one. */
function toComponent(row: string): Component[] {
  const text = plainText(row.split('</li>', 1)[0] ?? '');
  const open = text.lastIndexOf(' (');
  const name = asLine(open === -1 ? text : text.slice(0, open));
  const status = open === -1 ? 'unknown' : statusOf(text.slice(open + 2, -1));
  return name === null ? [] : [{ id: name, name, group: null, status }];
}

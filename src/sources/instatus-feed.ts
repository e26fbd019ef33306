/**
 * `history.atom` (and `.rss`, of which only the body of an item is known for sure): every notice with all its posts, in
 * one HTML body. The posts have neither ids nor years, and notices no impact. Part of the instatus source.
 */
import type { Element } from 'domhandler';
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import { loadXml } from '../markup.ts';
import type { Component, Kind, Phase, Reply } from '../model.ts';
import { type IncidentDraft, isClosed } from '../normalize.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { linkOf, numbered, type View } from './instatus-notices.ts';
import { phaseOf } from './instatus-words.ts';

const TYPE = '<strong>Type:</strong>';
const AFFECTED = '<strong>Affected Components:</strong>';

export interface Feed {
  title: string | null;
  entries: Entry[];
}

interface Entry {
  id: string;
  title: string;
  link: string;
  /** When it began; of a maintenance, its planned start. */
  published: Date | null;
  updated: Date | null;
  content: string;
}

/** Throws ParseError for what is not XML, is cut short or has notices that are not Instatus's. */
export async function readFeed(reply: Reply): Promise<Feed> {
  const $ = await loadXml(reply);
  if (!/<\/(?:feed|rss)>$/.test(reply.text.trimEnd().slice(-10)))
    throw new ParseError('shape', reply.url, 'the feed is cut short');
  const entries = $('feed > entry, rss > channel > item')
    .toArray()
    .map((element) => {
      const parts = new Map<string, Element>();
      for (const child of element.children)
        if ('attribs' in child && !parts.has(child.name)) parts.set(child.name, child);
      const text = (name: string) => {
        const part = parts.get(name);
        return part === undefined ? '' : $(part).text();
      };
      return toEntry(parts, text);
    });
  if (entries.length > 0 && !entries.some((entry) => entry.content.includes(TYPE)))
    throw new ParseError('shape', reply.url, "the feed is none of Instatus's");
  return { title: asLine($('feed, channel').first().children('title').first().text()), entries };
}

/** Atom's names, and RSS's for the same things. */
function toEntry(parts: ReadonlyMap<string, Element>, text: (name: string) => string): Entry {
  const link = (parts.get('link')?.attribs.href ?? text('link')).trim();
  const title = cleanLine(text('title'));
  const published = parseIsoTime(text('published')) ?? parseRfcTime(text('pubDate'));
  const id = idOf(text('id') || text('guid')) ?? idOf(link) ?? syntheticId(title, published);
  const content = text('content') || text('description');
  return { id, title: title || id, link, published, updated: parseIsoTime(text('updated')), content };
}

/** `tag:status.example.com,2005:Incident/<id>`, or a link that ends in it. */
function idOf(text: string): string | null {
  return /\/([A-Za-z0-9_-]{8,64})\/?$/.exec(text.trim().slice(-200))?.[1] ?? null;
}

/** A notice whose id begins with `Incident` has been a maintenance: its type is what its body says. */
export function draftOf(entry: Entry, view: View): IncidentDraft {
  const { id, title, published, content } = entry;
  const marks = postMarks(content);
  const head = content.slice(0, marks[0]?.from ?? content.length);
  const kind: Kind = valueAfter(head, TYPE).toLowerCase() === 'maintenance' ? 'maintenance' : 'incident';
  const posts = marks.flatMap((mark, nth) => {
    const at = dateOf(mark, entry);
    if (at === null) return [];
    const status: Phase = phaseOf(kind, mark.word, published !== null && at >= published);
    return [{ status, at, body: bodyOf(content.slice(mark.end, marks[nth + 1]?.from ?? content.length)) }];
  });
  const updates = numbered(id, posts);
  const over = isClosed(updates.findLast((update) => update.status !== 'unknown')?.status ?? 'unknown');
  return {
    id,
    kind,
    title,
    url: linkOf(entry.link, kind, id, view),
    status: null,
    impact: kind === 'maintenance' ? 'maintenance' : 'unknown',
    startedAt: published,
    resolvedAt: null,
    scheduledFor: kind === 'maintenance' ? published : null,
    components: namedComponents(valueAfter(head, AFFECTED), view.components, over),
    updates,
  };
}

function valueAfter(html: string, mark: string): string {
  const at = html.indexOf(mark);
  if (at === -1) return '';
  const from = at + mark.length;
  const end = html.indexOf('</p>', from);
  return cleanLine(plainText(html.slice(from, end === -1 ? html.length : end)));
}

interface Mark {
  from: number;
  end: number;
  word: string;
  /** `Jun 05 01:40:38`, and the zone's offset. */
  month: string;
  day: string;
  clock: string;
  offset: string;
}

const MOMENT = /^([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}) ?, (\d\d:\d\d(?::\d\d)?) GMT([+-]\d{1,2})?(?::?(\d\d))?$/;
const HEAD = /^<small>(.{1,200}?)<\/small>.{0,20}?<strong>([^<]{1,40})<\/strong>/s;
const LONGEST_HEAD = 300;

/** `<small>Jun <var data-var='date'> 5</var>, <var data-var='time'>01:40:38</var> GMT+0</small><br /><strong>Resolved</strong> -` */
function postMarks(html: string): Mark[] {
  const marks: Mark[] = [];
  for (let from = html.indexOf('<small>'); from !== -1; from = html.indexOf('<small>', from + 1)) {
    const head = html.slice(from, from + LONGEST_HEAD);
    const [, moment = '', word = ''] = HEAD.exec(head) ?? [];
    const parts = MOMENT.exec(
      moment
        .replace(/<[^<>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    if (!parts) continue;
    const [, month, day, clock, hours = '+0', minutes = '00'] = parts;
    const offset = `${hours[0]}${hours.slice(1).padStart(2, '0')}${minutes}`;
    const end = from + head.indexOf('</strong>') + '</strong>'.length;
    marks.push({ from, end, word, month: month!, day: day!, clock: clock!, offset });
  }
  return marks;
}

/** The feed adds a full stop to every text, also after one. */
function bodyOf(html: string): string {
  const text = plainText(html.replace(/^\s*-\s?/, ''));
  return /(?:[^.]\.|[!?:…\n]|\.{3})\.$/.test(text.slice(-5)) ? text.slice(0, -1).trimEnd() : text;
}

const DAY_MS = 86_400_000;
const MOST_YEARS = 5;

/**
 * The year is the one that puts a post between the notice's first and last moments, a day's slack allowed (an early
 * announcement is before the start of its maintenance, and then `updated` is too), or else closest to its start.
 */
function dateOf(mark: Mark, { published, updated }: Entry): Date | null {
  const anchor = published ?? updated;
  if (anchor === null) return null;
  const bounds = [anchor.getTime(), (updated ?? anchor).getTime()];
  const from = Math.min(...bounds) - DAY_MS;
  const to = Math.max(...bounds) + DAY_MS;
  const isWithin = (time: Date | null) => time !== null && time.getTime() >= from && time.getTime() <= to;
  const year = anchor.getUTCFullYear();
  const likely = dateIn(year, mark);
  if (isWithin(likely)) return likely;
  const years = Array.from({ length: MOST_YEARS }, (_, step) => year - 1 + step);
  const distance = (time: Date) => Math.abs(time.getTime() - anchor.getTime());
  const nearest = years.flatMap((one) => dateIn(one, mark) ?? []).sort((a, b) => distance(a) - distance(b));
  return nearest.find(isWithin) ?? nearest[0] ?? null;
}

function dateIn(year: number, { day, month, clock, offset }: Mark): Date | null {
  return parseRfcTime(`${day} ${month} ${year} ${clock} ${offset}`);
}

const MOST_COMMAS = 6;

/**
 * Names stand in one line with commas between, and some have commas of their own: the longest known name wins. How a
 * component is now says nothing of how it was in a notice that is over.
 */
function namedComponents(line: string, components: readonly Component[], over: boolean): Component[] {
  if (line === '') return [];
  const known = byName(components);
  const parts = line.split(', ');
  const found = new Map<string, Component>();
  for (let at = 0; at < parts.length; ) {
    let take = Math.min(MOST_COMMAS, parts.length - at);
    while (take > 1 && !known.has(parts.slice(at, at + take).join(', '))) take--;
    const name = parts.slice(at, at + take).join(', ');
    const component = known.get(name) ?? { id: name, name, group: null, status: 'unknown' };
    if (name !== '') found.set(component.id, over ? { ...component, status: 'unknown' } : component);
    at += take;
  }
  return [...found.values()];
}

/** Without the names that several components have: which of them is meant is not said. */
function byName(components: readonly Component[]): Map<string, Component> {
  const known = new Map<string, Component>();
  const twice = new Set<string>();
  for (const component of components) {
    if (known.has(component.name)) twice.add(component.name);
    known.set(component.name, component);
  }
  for (const name of twice) known.delete(name);
  return known;
}

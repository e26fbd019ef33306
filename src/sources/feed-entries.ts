/** RSS (0.9 to 2.0) and Atom to entries of one shape. Part of the feed source. */
import type { CheerioAPI } from 'cheerio/slim';
import type { Element } from 'domhandler';
import { decodeEntities } from '../entities.ts';
import { FetchError, ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type { Reply } from '../model.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime, parseRfcTime, zoneHours } from '../time.ts';

/** A feed with years of posts is no larger. */
const LONGEST = 4 * 1024 * 1024;
/** The newest ones stand first in nearly every feed. */
const MOST_ENTRIES = 500;

export interface Feed {
  title: string | null;
  /** The page it is the feed of, where it says so. */
  home: string | null;
  /** When it was made, where it says so. */
  madeAt: Date | null;
  entries: Entry[];
}

export interface Entry {
  /** As the feed has it; empty where it has none. */
  guid: string;
  /** An http address. */
  link: string | null;
  title: string;
  published: Date | null;
  updated: Date | null;
  /** HTML. */
  body: string;
}

/** Whether it is a feed of any kind, told by how it begins. One that declares entities of its own is none. */
export function isFeed(text: string): boolean {
  const start = text.slice(0, 4096).trimStart();
  if (!/^<(?:\?xml|!--|!DOCTYPE|rss|feed|rdf:RDF)[\s>-]/.test(start) || /<!DOCTYPE[^>]*\[/i.test(start)) return false;
  return /<(?:rss|feed|rdf:RDF)[\s>]/.test(start);
}

/** Throws FetchError for an HTTP status other than 200 and for more than 4 MB, ParseError for what is no whole feed. */
export async function readFeed(reply: Reply): Promise<Feed> {
  if (reply.text.length > LONGEST) throw new FetchError('too_large', reply.url, 'the feed is larger than 4 MB');
  const $ = await loadXml(reply);
  if (!isFeed(reply.text)) throw new ParseError('shape', reply.url, 'the reply is XML, but no feed');
  if (!/<\/(?:feed|rss|rdf:RDF)>\s*$/.test(reply.text.slice(-200)))
    throw new ParseError('not_xml', reply.url, 'the feed is cut short');
  const head = $('feed, channel').first();
  if (head.length === 0) throw new ParseError('shape', reply.url, 'the feed has no channel');
  const own = partsOf($, head.get(0) as Element);
  const home = safeUrl(linkOf(own), reply.url);
  const entries = $('feed > entry, channel > item, rdf\\:RDF > item').slice(0, MOST_ENTRIES).toArray();
  return {
    title: asLine(plainText(own.text('title'))),
    home,
    madeAt: timeOf(own.text('updated', 'lastBuildDate', 'pubDate')),
    entries: entries.map((element) => toEntry(partsOf($, element), home ?? reply.url)),
  };
}

interface Parts {
  /** The text of the first of these that has any, or nothing. */
  text(...names: string[]): string;
  /** The same, of those that hold markup. */
  markup(...names: string[]): string;
  /** All of one name. */
  all(name: string): Element[];
}

function partsOf($: CheerioAPI, element: Element): Parts {
  const children = element.children.filter((node): node is Element => 'name' in node);
  const first = (names: string[], read: (child: Element) => string) => {
    for (const name of names) {
      const found = children.find((child) => child.name === name);
      const words = found ? read(found).trim() : '';
      if (words !== '') return words;
    }
    return '';
  };
  return {
    text: (...names) => first(names, (child) => $(child).text()),
    markup: (...names) => first(names, (child) => markupOf($, child)),
    all: (name) => children.filter((child) => child.name === name),
  };
}

/** Markup that stands as text is taken out of its wrapping, twice where somebody wrapped it twice. */
function markupOf($: CheerioAPI, element: Element): string {
  if (element.attribs.type === 'xhtml') return $(element).html() ?? '';
  const text = $(element).text();
  return !text.includes('<') && /&lt;\/?[a-z]/i.test(text) ? decodeEntities(text) : text;
}

function toEntry(parts: Parts, base: string): Entry {
  const published = timeOf(parts.text('published', 'pubDate', 'issued', 'dc:date'));
  return {
    guid: cleanLine(parts.text('id', 'guid')).slice(0, 500),
    // incident.io's links have two slashes after the host.
    link: safeUrl(linkOf(parts).replace(/([^:])\/{2,}/, '$1/'), base),
    title: cleanLine(plainText(parts.text('title'))),
    published,
    updated: timeOf(parts.text('updated', 'atom:updated', 'a10:updated', 'modified')),
    body: parts.markup('content:encoded', 'content', 'description', 'summary'),
  };
}

/** Atom has its links in attributes, and several of them. */
function linkOf(parts: Parts): string {
  const links = [...parts.all('link'), ...parts.all('atom:link')].filter((link) => link.attribs.href !== undefined);
  const page = links.find((link) => (link.attribs.rel ?? 'alternate') === 'alternate');
  return page?.attribs.href ?? parts.text('link');
}

function timeOf(text: string): Date | null {
  return parseIsoTime(text) ?? parseRfcTime(text) ?? parseRfcTime(withOffset(text));
}

/** `Tue, 10 Mar 2026 08:12:00 PDT`, as AWS writes it, with the zone in figures. */
function withOffset(text: string): string {
  const [, start = '', zone = ''] = /^(.{16,40}?) ([A-Z]{3,5})$/.exec(text.trim()) ?? [];
  const hours = zoneHours(zone);
  if (hours === null) return '';
  const digits = String(Math.abs(hours) * 100).padStart(4, '0');
  return `${start} ${hours < 0 ? '-' : '+'}${digits}`;
}

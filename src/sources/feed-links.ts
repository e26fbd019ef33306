/** The feeds that a web page names. Part of the feed source; detection looks for them as well. */
import { decodeEntities } from '../entities.ts';
import type { Reply } from '../model.ts';
import { safeUrl } from '../text.ts';

/** Of a page; more than real ones have before their content. */
const MOST_TAGS = 5000;
const LONGEST_TAG = 2000;
const FEED_TYPE = /^(?:application|text)\/(?:(?:atom|rss|rdf)\+)?xml$/i;
const FEED_PATH = /(?:\.(?:rss|atom)|\/(?:rss|feed|atom)(?:\.xml)?|\/index\.xml)\/?$/i;
const ABOUT_STATUS = /status|incident|history|outage|maintenance/i;

/** Where pages keep a feed without saying so, the most common first. */
export const USUAL_FEEDS: readonly string[] = [
  ...['history.atom', 'feed.rss', 'feed', 'feed.atom', 'rss', 'rss.xml', 'index.xml'],
];

/**
 * The addresses of the feeds a page advertises in its head, else of those it links to in its text; those whose names
 * speak of incidents first. Feeds of comments are left out, and links to other hosts unless the head has them.
 */
export function feedLinks(reply: Reply): string[] {
  const head = tags(reply.text, 'link').filter(isAlternate);
  const found = addresses(head, reply.url);
  if (found.length > 0) return found;
  const { host } = new URL(reply.url);
  return addresses(tags(reply.text, 'a'), reply.url).filter((url) => {
    const link = new URL(url);
    return link.host === host && FEED_PATH.test(link.pathname);
  });
}

function tags(html: string, name: string): string[] {
  const found: string[] = [];
  const start = new RegExp(`<${name}\\s`, 'gi');
  for (let match = start.exec(html); match && found.length < MOST_TAGS; match = start.exec(html)) {
    const tag = html.slice(match.index, match.index + LONGEST_TAG);
    const end = tag.indexOf('>');
    if (end > 0) found.push(tag.slice(0, end));
  }
  return found;
}

function isAlternate(tag: string): boolean {
  return /\balternate\b/i.test(attribute(tag, 'rel')) && FEED_TYPE.test(attribute(tag, 'type'));
}

function addresses(found: readonly string[], base: string): string[] {
  const links = found.flatMap((tag) => {
    const url = safeUrl(attribute(tag, 'href'), base);
    if (url === null || /comments/i.test(url)) return [];
    return [{ url, fits: ABOUT_STATUS.test(`${new URL(url).pathname} ${attribute(tag, 'title')}`) }];
  });
  const [fitting, others] = [links.filter((link) => link.fits), links.filter((link) => !link.fits)];
  return [...new Set([...fitting, ...others].map((link) => link.url))];
}

function attribute(tag: string, name: string): string {
  const match = new RegExp(`[\\s"']${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
  return decodeEntities(match?.[1] ?? match?.[2] ?? match?.[3] ?? '').trim();
}

/**
 * Better Stack status pages: `index.json` (better-stack-index.ts) and, where that is refused, the page's HTML
 * (better-stack-html.ts). Any unknown path of such a page redirects to its home page, so a web page that answers for
 * another address is never read.
 */
import { ParseError } from '../errors.ts';
import type { Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { demandOk, isMarkup, isNotOffered, parseJsonObject, tryJsonObject } from '../raw.ts';
import { indexSnapshot, isIndex } from './better-stack-index.ts';

const INDEX = 'index.json';

export const betterStack = {
  name: 'better-stack',
  title: 'Better Stack',
  docs: 'https://betterstack.com/docs/uptime/status-pages/subscribing-to-status-updates/subscribing-to-api',
  lists: 'recent',
  endpoints: [INDEX],
  probe: INDEX,
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  const json = tryJsonObject(reply);
  return json !== null && isIndex(json);
}

function isPage(html: string): boolean {
  return (
    html.includes('uptime.betterstack.com/assets/status_pages') ||
    html.includes("title='RSS feed for incidents reported for ")
  );
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(INDEX, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  try {
    return indexSnapshot(parseJsonObject(reply), reply, page);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return readHtml(page, get, error);
  }
}

/** When the page is no page of Better Stack either, the first refusal says more. */
async function readHtml(page: Page, get: Get, refusal: unknown): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  if (reply.status === 304) return null;
  if (reply.status === 200 && !isPage(reply.text)) throw refusal;
  return parse(reply, page);
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  return isMarkup(reply) ? parseHtml(reply) : indexSnapshot(parseJsonObject(reply), reply, page);
}

async function parseHtml(reply: Reply): Promise<Snapshot> {
  const asked = reply.hops[0] ?? reply.url;
  if (new URL(asked).pathname !== new URL(reply.url).pathname)
    throw new ParseError('html', reply.url, `${asked} leads to another page of the site`);
  if (!isPage(reply.text)) throw new ParseError('html', reply.url, 'the reply is a web page, but none of Better Stack');
  if (!/<\/html>\s*$/i.test(reply.text.slice(-200)))
    throw new ParseError('html', reply.url, 'the reply is a web page that was cut short');
  return (await import('./better-stack-html.ts')).htmlSnapshot(reply);
}

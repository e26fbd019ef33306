/**
 * A vendor's status page as people see it, where nothing on it is made for programs: read by general rules, so it is
 * never sure (`confidence: 'low'`). A banner in plain words, rows of a name and a status (page-components.ts), posts
 * under a title with a phase (page-incidents.ts), and what it says of itself in schema.org's terms (page-linked-data.ts).
 *
 * Never greener than it knows: it is operational when it says so of itself as a whole, or when every row does; a row
 * whose word is not known, and a page that says nothing, are `unknown`. What its scripts would show is not seen.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { ParseError } from '../errors.ts';
import { loadHtml } from '../markup.ts';
import type { Component, Get, Incident, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { isOpen, newestFirst, pageState, worstState } from '../normalize.ts';
import { demandOk, isWebPage } from '../raw.ts';
import { asLine } from '../text.ts';
import { parseRfcTime } from '../time.ts';

export const page = {
  name: 'page',
  title: 'web page',
  docs: 'https://schema.org',
  lists: 'open',
  generic: true,
  endpoints: [],
  detect,
  read,
  parse,
} satisfies Source;

const WORDS =
  /\b(?:operational|degraded|outage|disruption|incidents?|maintenance|systems|services|issues|investigating|running)\b/i;

/** Whether it is worth a closer look: most pages that say such a word are no status pages. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200 || !isWebPage(reply)) return false;
  return WORDS.test(reply.text);
}

async function read({ url, ...rest }: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(url, { accept: 'html', conditional: true });
  return reply.status === 304 ? null : parse(reply, { url, ...rest });
}

async function parse(reply: Reply, { url }: Page): Promise<Snapshot> {
  demandOk(reply);
  const $ = await loadHtml(reply);
  // One that stops half way must not pass for one with less on it.
  if (!/<\/html>\s*(?:<!--.*)?$/is.test(reply.text.slice(-4096)))
    throw new ParseError('html', reply.url, 'the reply is no web page, or one that was cut short');
  const [{ readComponents, readBanner, withoutHidden }, { readIncidents }, { readLinkedData }] = await Promise.all([
    import('./page-components.ts'),
    import('./page-incidents.ts'),
    import('./page-linked-data.ts'),
  ]);
  const now = parseRfcTime(reply.headers.date);
  const said = readLinkedData($, url, now);
  withoutHidden($);
  const banner = readBanner($);
  const rows = readComponents($);
  // One row beside a banner is as likely a legend as a list.
  const components = banner !== null && rows.length === 1 ? [] : rows;
  const shown = readIncidents($, url, now);
  const incidents = newestFirst(shown.length > 0 ? shown : said.incidents);
  if (banner === null && components.length === 0 && incidents.length === 0)
    throw new ParseError('html', reply.url, 'the web page says nothing that could be read without its scripts');
  return {
    name: said.name ?? nameOf($),
    state: stateOf(banner?.state ?? null, components, incidents, now),
    description: banner?.words ?? '',
    components,
    incidents,
    lists: 'open',
    confidence: 'low',
  };
}

function stateOf(
  banner: PageState | null,
  components: readonly Component[],
  incidents: readonly Incident[],
  now: Date | null,
): PageState {
  const open = incidents.filter((incident) => now === null || isOpen(incident, now));
  const state = pageState(banner, components, open);
  const sure = banner !== null || (components.length > 0 && components.every((one) => one.status !== 'unknown'));
  return sure ? state : worstState(['unknown', state]);
}

/** `Acme status`, `Status | Acme`, `Acme - System Status`. */
function nameOf($: CheerioAPI): string | null {
  const title = asLine($('title').first().text()) ?? '';
  const parts = title.split(/\s+[-|\u2013\u2014\u00B7:]\s+/);
  const name = parts.find(
    (part) => !/^(?:system |service |current |live )?(?:status|health)(?: page| dashboard)?$/i.test(part),
  );
  return asLine(name?.replace(/ (?:system |service )?status(?: page)?$/i, '')?.slice(0, 100));
}

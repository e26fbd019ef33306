/**
 * StatusCast status pages. The page's HTML is read (statuscast-html.ts), as `status.json` and `summary.json` tell the state
 * of the whole and no components; what their lists of incidents hold is not known, so those only count. They are asked
 * where a page is made up without a list of services or incidents.
 *
 * Many of these pages refuse programs that say they are one, with 403 and a line of text: they are blocked, and left alone.
 * That an incident's own page shows all its posts, where the home page shows the newest, is not known for sure: it is only
 * used when it shows that newest one as well.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Component, Depth, Get, Incident, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { isClosed, worstState } from '../normalize.ts';
import { demandOk, isMarkup, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { asLine } from '../text.ts';

const SUMMARY = 'summary.json';
const MOST_PAGES = 3;

export const statuscast = {
  name: 'statuscast',
  title: 'StatusCast',
  docs: 'https://help.statuscast.com',
  lists: 'recent',
  endpoints: [SUMMARY, 'status.json'],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  const json = /"StatusText"/.test(reply.text) ? tryJsonObject(reply) : null;
  return json !== null && isDocument(json);
}

function isPage(html: string): boolean {
  return (
    /<title>[^<]{0,300}\bpowered by StatusCast\s*<\/title>/i.test(html) ||
    html.includes('content="Status page provided by StatusCast') ||
    (html.includes('/bundle/statuspagelayout.min.css') && html.includes('statuscast'))
  );
}

function isDocument(json: RawObject): boolean {
  if (typeof json.StatusText !== 'string' || typeof json.Status !== 'string') return false;
  const isSummary = Array.isArray(json.UnresolvedIncidents) && Array.isArray(json.UpcomingIncidents);
  return isSummary || 'InEffectSince' in json;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  if (reply.status === 304) return null;
  const { readHome, homeSnapshot } = await import('./statuscast-html.ts');
  const home = await readHome(demandPage(reply), page);
  if (home === null) return summarySnapshot(await get(SUMMARY, { accept: 'json' }));
  if (depth === 'now') return homeSnapshot(home);
  return homeSnapshot({ ...home, incidents: await withAllPosts(home.incidents, home.components, page, get) });
}

function parse(reply: Reply, page: Page): Snapshot | Promise<Snapshot> {
  demandOk(reply);
  return isMarkup(reply) ? parseHtml(reply, page) : summarySnapshot(reply);
}

async function parseHtml(reply: Reply, page: Page): Promise<Snapshot> {
  const { readHome, homeSnapshot } = await import('./statuscast-html.ts');
  const home = await readHome(demandPage(reply), page);
  if (home === null) throw new ParseError('html', reply.url, 'the page shows neither services nor incidents');
  return homeSnapshot(home);
}

/** The host answers unknown paths with pages of its own, and a page may be cut short. */
function demandPage(reply: Reply): Reply {
  demandOk(reply);
  if (!isMarkup(reply)) throw new ParseError('shape', reply.url, 'the reply is not a web page');
  if (!isPage(reply.text)) throw new ParseError('html', reply.url, 'the reply is a web page, but none of StatusCast');
  if (!/<\/html>\s*$/i.test(reply.text.slice(-200)))
    throw new ParseError('html', reply.url, 'the reply is a web page that was cut short');
  return reply;
}

/** What is open with all its posts, as far as they can be had. */
async function withAllPosts(
  incidents: readonly Incident[],
  components: readonly Component[],
  page: Page,
  get: Get,
): Promise<Incident[]> {
  const whole: Incident[] = [];
  let asked = 0;
  for (const incident of incidents) {
    const wanted = !isClosed(incident.status) && incident.status !== 'scheduled' && asked < MOST_PAGES;
    if (wanted) asked++;
    whole.push((wanted ? await detailOf(incident, components, page, get) : null) ?? incident);
  }
  return whole;
}

async function detailOf(
  incident: Incident,
  components: readonly Component[],
  page: Page,
  get: Get,
): Promise<Incident | null> {
  const { readIncidents } = await import('./statuscast-html.ts');
  try {
    const reply = demandPage(await get(`incident/${encodeURIComponent(incident.id)}`, { accept: 'html' }));
    const found = (await readIncidents(reply, components, page)).find((one) => one.id === incident.id);
    // Not by its id: where only the newest post is shown, those of its minute are not counted.
    const newest = incident.updates.at(-1);
    const isWhole = found?.updates.some((one) => one.at.getTime() === newest?.at.getTime() && one.body === newest.body);
    return isWhole ? (found ?? null) : null;
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return null;
    throw error;
  }
}

function summarySnapshot(reply: Reply): Snapshot {
  const json = parseJsonObject(reply);
  if (!isDocument(json)) throw new ParseError('shape', reply.url, 'the reply is no summary of a StatusCast page');
  const states = [STATES.get(String(json.Status).toLowerCase()) ?? 'unknown'];
  if (Array.isArray(json.UnresolvedIncidents) && json.UnresolvedIncidents.length > 0) states.push('degraded');
  return {
    name: asLine(json.PageName),
    state: worstState(states),
    description: asLine(json.StatusText) ?? '',
    components: [],
    incidents: [],
    lists: 'open',
    // None of the incidents are read here, so none may be called withdrawn for not being there.
    torn: true,
  };
}

const STATES = new Map<string, PageState>([
  ['available', 'operational'],
  ['informational', 'operational'],
  ['monitored', 'degraded'],
  ['monitoring', 'degraded'],
  ['identified', 'degraded'],
  ['investigating', 'degraded'],
  ['degraded', 'degraded'],
  ['maintenance', 'maintenance'],
  // Of something, not of everything.
  ['unavailable', 'partial_outage'],
]);

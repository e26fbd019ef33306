/**
 * The web pages of StatusCast: incidents, with their type and status in class names and at least the newest post of each,
 * and components (statuscast-components.ts). Part of the statuscast source.
 */
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { AnyNode } from 'domhandler';
import { ParseError } from '../errors.ts';
import { idsOfPosts } from '../fingerprint.ts';
import { loadHtml } from '../markup.ts';
import type {
  Component,
  ComponentStatus,
  Impact,
  Incident,
  Kind,
  Page,
  Phase,
  Reply,
  Snapshot,
  Update,
} from '../model.ts';
import {
  buildIncident,
  isClosed,
  newestFirst,
  pageState,
  stateOfComponent,
  uniqueById,
  withTroubles,
  worseStatus,
} from '../normalize.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime, zoneHours } from '../time.ts';
import { explained, readGrid, readList, statusOf } from './statuscast-components.ts';

type Part = Cheerio<AnyNode>;

const MOST_ROOTS = 100;

export interface Home {
  name: string | null;
  components: Component[];
  /** The worst of the list's statuses, of named components or not; null where there is no list. */
  worst: ComponentStatus | null;
  incidents: Incident[];
}

/** The home page, taken apart; null where it is made up without services and incidents. Throws ParseError. */
export async function readHome(reply: Reply, page: Page): Promise<Home | null> {
  const $ = await loadPage(reply);
  const marks = $('.status-list-component-status-text')
    .toArray()
    .map((mark) => $(mark));
  const grid = readGrid($);
  const incidents = incidentsOn($, grid, page, reply);
  if (marks.length === 0 && grid.length === 0 && $('.widget-incidentlist, .incident-body').length === 0) return null;
  const listed = uniqueById(readList($, marks));
  const known = new Set(listed.map((component) => component.id));
  const dated = explained(
    grid.filter((component) => !known.has(component.id)),
    incidents,
  );
  return {
    name: nameOf($),
    components: [...listed, ...worseOf(dated, withTroubles(dated, incidents))],
    worst: marks.length === 0 ? null : marks.map(statusOf).reduce(worseStatus),
    incidents,
  };
}

/**
 * Searching an element takes cheerio time quadratic in the number of its children, unless the selector begins with
 * `:scope`; the root itself cannot be searched so, and has but one child in any page.
 */
async function loadPage(reply: Reply): Promise<CheerioAPI> {
  const $ = await loadHtml(reply);
  if ($.root().children().length > MOST_ROOTS) throw new ParseError('html', reply.url, 'the web page has no root');
  return $;
}

function worseOf(some: readonly Component[], others: readonly Component[]): Component[] {
  return some.map((one, index) => ({ ...one, status: worseStatus(one.status, others[index]!.status) }));
}

export function homeSnapshot({ name, components, worst, incidents }: Home): Snapshot {
  return {
    name,
    state: pageState(worst && stateOfComponent(worst), components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: incidents.some((incident) => isClosed(incident.status)) ? 'recent' : 'open',
  };
}

/** The incidents on any of the pages. Throws FetchError or ParseError. */
export async function readIncidents(reply: Reply, components: readonly Component[], page: Page): Promise<Incident[]> {
  return incidentsOn(await loadPage(reply), components, page, reply);
}

function nameOf($: CheerioAPI): string | null {
  const title = cleanLine($('title').first().text());
  return (
    title.replace(/\s*\|?\s*Service Status powered by StatusCast$/i, '').replace(/^Status Page for\s+/i, '') || null
  );
}

/** What reading an incident takes. */
interface View {
  components: readonly Component[];
  base: string;
  /** When the page was sent; null where that is not known. */
  now: Date | null;
}

function incidentsOn($: CheerioAPI, components: readonly Component[], page: Page, reply: Reply): Incident[] {
  const base = page.document ? new URL(page.url).origin : page.url.replace(/\/$/, '');
  const view = { components, base, now: parseRfcTime(reply.headers.date) };
  return uniqueById(blocksOn($).flatMap((block) => toIncident($, block, view)));
}

/** What is said of one incident: its head, and after that its posts. */
interface Block {
  head: Part;
  posts: Part[];
}

/** In one pass, as pages with parts inside parts take too long when each is searched by itself. */
function blocksOn($: CheerioAPI): Block[] {
  const parts = new Set<AnyNode | null>();
  const blocks: Block[] = [];
  for (const element of $('.incident-body, .incident-update-body').toArray()) {
    const part = $(element);
    let around = element.parent;
    while (around && !parts.has(around)) around = around.parent;
    if (around) continue;
    parts.add(element);
    if (part.hasClass('incident-body')) blocks.push({ head: part, posts: [] });
    else blocks.at(-1)?.posts.push(part);
  }
  return blocks;
}

/** What a type of incident does to the components it names, and how much it weighs. */
function meaningOf(type: string): { kind: Kind; impact: Impact; status: ComponentStatus } {
  if (type.endsWith('maintenance')) return { kind: 'maintenance', impact: 'maintenance', status: 'under_maintenance' };
  if (type === 'serviceunavailable') return { kind: 'incident', impact: 'major', status: 'major_outage' };
  if (type.includes('degraded')) return { kind: 'incident', impact: 'minor', status: 'degraded_performance' };
  if (type === 'informational') return { kind: 'incident', impact: 'none', status: 'operational' };
  return { kind: 'incident', impact: 'unknown', status: 'unknown' };
}

function toIncident($: CheerioAPI, { head: block, posts }: Block, { components, base, now }: View): Incident[] {
  const word = (name: string) => new RegExp(`\\b${name}-([a-z]+)`).exec(block.attr('class') ?? '')?.[1] ?? '';
  const id = /\/incident\/(\d{1,20})/.exec(block.find(':scope a[href*="/incident/"]').first().attr('href') ?? '')?.[1];
  if (id === undefined) {
    if (word('incident-status') === 'closed') return [];
    throw new ParseError('shape', base, 'the web page shows an incident without its address');
  }
  const meaning = meaningOf(word('incident-type'));
  // What lies ahead is a plan, whatever its type.
  const kind = word('incident-status') === 'future' ? 'maintenance' : meaning.kind;
  const updates = toUpdates(posts, id, kind, now);
  const status = phaseOf(word('incident-status'), updates, kind);
  const startedAt = parseWhen(block.find(':scope .incident-date').first().text());
  return [
    buildIncident({
      id,
      kind,
      title: cleanLine(block.find(':scope h2.incident-title').first().text()) || id,
      url: `${base}/incident/${id}`,
      status,
      impact: kind === 'maintenance' ? 'maintenance' : meaning.impact,
      startedAt,
      resolvedAt: null,
      scheduledFor: kind === 'maintenance' ? startedAt : null,
      components: affectedIn($, block, components).map((component) => {
        if (status === 'scheduled') return { ...component, status: 'unknown' };
        if (!isClosed(status ?? 'unknown')) return { ...component, status: meaning.status };
        return { ...component, status: 'operational', worstStatus: meaning.status };
      }),
      updates,
    }),
  ];
}

function phaseOf(word: string, updates: readonly Update[], kind: Kind): Phase | null {
  if (word === 'closed') return kind === 'maintenance' ? 'completed' : 'resolved';
  if (word === 'future') return 'scheduled';
  const known = updates.findLast((update) => update.status !== 'unknown' && !isClosed(update.status))?.status;
  if (word === 'open') return known ?? (kind === 'maintenance' ? 'in_progress' : 'investigating');
  return null;
}

/** The components an incident is about; those above them, which it names as well, only where there is no other. */
function affectedIn($: CheerioAPI, block: Part, components: readonly Component[]): Component[] {
  const badges = block
    .find(':scope .badge-component')
    .not('.badge-component-more')
    .toArray()
    .map((badge) => $(badge));
  const direct = badges.filter((badge) => badge.hasClass('acdirectly'));
  const above = new Set(badges.map((badge) => cleanLine(badge.text())));
  const found = (direct.length > 0 ? direct : badges).flatMap((badge): Component[] => {
    const name = cleanLine(badge.text());
    if (name === '') return [];
    const named = components.filter((component) => component.name === name);
    const inGroup = named.find((component) => component.group?.split(' / ').every((group) => above.has(group)));
    return [inGroup ?? named[0] ?? { id: name, name, group: null, status: 'unknown' }];
  });
  return uniqueById(found);
}

/**
 * A post that announces a maintenance bears the time that is planned, not its own: it is there by the time of reading. That
 * is another at every read and the plan may move, so neither makes it another post.
 */
function toUpdates(posts: readonly Part[], incident: string, kind: Kind, now: Date | null): Update[] {
  // Newest first, also within one minute.
  const found = posts.toReversed().flatMap((post) => toPost(post, kind));
  const idOf = idsOfPosts(incident);
  const updates = found
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ word, status, at, body }): Update => {
      const announces = status === 'scheduled';
      const id = idOf(body, announces ? null : at, word);
      return { id, status, at: announces && now !== null && now < at ? now : at, body, components: [] };
    });
  return uniqueById(updates);
}

type Post = Pick<Update, 'status' | 'at' | 'body'> & { word: string };

function toPost(post: Part, kind: Kind): Post[] {
  const at = parseWhen(post.find(':scope .incident-update-when').first().text());
  if (at === null) return [];
  const text = post.find(':scope .incident-update-text').first().clone();
  const mark = text.find(':scope .incident-status');
  const word = mark
    .text()
    .toLowerCase()
    .replace(/[^a-z]+/g, '');
  mark.remove();
  const status = (kind === 'maintenance' ? WORK : PHASES).get(word) ?? 'unknown';
  return [{ word, status, at, body: plainText(text.html() ?? '') }];
}

const PHASES = new Map<string, Phase>([
  ['open', 'investigating'],
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['monitored', 'monitoring'],
  ['closed', 'resolved'],
  ['resolved', 'resolved'],
]);

const WORK = new Map<string, Phase>([
  ['upcoming', 'scheduled'],
  ['future', 'scheduled'],
  ...['open', 'inprogress', 'investigating', 'identified', 'monitoring', 'monitored'].map((word): [string, Phase] => [
    word,
    'in_progress',
  ]),
  ['closed', 'completed'],
  ['completed', 'completed'],
]);

const WHEN =
  /(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4}),? (\d{1,2}):(\d\d)(?: ?([AP])M)? ?(?:(?:UTC|GMT) ?(?=[+-]))?([A-Z]{2,5}|[+-]\d\d:?\d\d)(?![A-Za-z])/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `07 February 2023, 23:09  UTC`, in the page's own zone; null for one that is not known for sure. */
function parseWhen(text: string): Date | null {
  const match = WHEN.exec(text.slice(0, 300).replace(/\s+/g, ' '));
  if (!match) return null;
  const [, day, monthName, year, hour, minute, half, zone] = match;
  const offset = zoneHours(zone!);
  const month = MONTHS.indexOf(monthName!) + 1; // An unknown one gives 00, which is none.
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'P' ? 12 : 0);
  const pad = (value: number | string) => String(value).padStart(2, '0');
  const utc = parseIsoTime(`${year}-${pad(month)}-${pad(day!)}T${pad(hours)}:${minute}Z`);
  return utc === null || offset === null ? null : new Date(utc.getTime() - offset * 3_600_000);
}

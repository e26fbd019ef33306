/**
 * Statuspage's web pages turned into the documents that its API would have given.
 *
 * Web pages name no ids of updates, and minutes only. An update's id is therefore its minute, counted from the oldest
 * where several share one: the index and the incident's own page agree on it.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { ParseError } from '../errors.ts';
import { loadHtml } from '../markup.ts';
import type { Phase, Reply } from '../model.ts';
import { closingLast } from '../normalize.ts';
import { asObject, asObjects, asText, type RawObject } from '../raw.ts';
import { cleanLine } from '../text.ts';
import { fromEpochMs } from '../time.ts';
import { affectedComponents } from './statuspage-affected.ts';
import { parseDay, parseSpan, type YearOf, yearAround, yearBefore, yearOfMonth } from './statuspage-time.ts';
import { phaseOf } from './statuspage-words.ts';

type Selection = ReturnType<CheerioAPI>;

/** An incident as the API would have it: `incident_updates` newest first. */
export interface Row extends RawObject {
  readonly id: string;
  readonly incident_updates: readonly RawObject[];
}

/** The index page, taken apart. */
export interface Index {
  page: RawObject;
  status: RawObject | undefined;
  components: RawObject[];
  open: Row[];
  planned: Row[];
  closed: Row[];
  /** Whether it lists what is over: some pages keep that to their history. */
  showsPast: boolean;
  /** When the page was made; null where it does not say, and then its times without a year cannot be read. */
  today: Date | null;
}

/** Any kind of page. Throws FetchError or ParseError. */
export async function documentOf(reply: Reply): Promise<RawObject> {
  const $ = await loadPage(reply);
  if ($('[data-react-class="HistoryIndex"]').length > 0) return historyDocument(historyProps($, reply.url));
  if ($('.incident-name').length === 0) return documentOfIndex(readIndex($, reply.url));
  const row = readIncidentPage($, reply.url, []);
  const page = pageOf($, reply.url);
  return row.planned ? { page, scheduled_maintenances: [row] } : { page, incident: row };
}

/** Throws FetchError for a reply other than 200, ParseError for what is no web page, or only the beginning of one. */
export async function loadPage(reply: Reply): Promise<CheerioAPI> {
  const $ = await loadHtml(reply);
  if (!/<html[\s>]/i.test(reply.text)) throw new ParseError('shape', reply.url, 'the reply is no web page');
  // One that stops half way must not pass for one with less on it.
  if (!reply.text.includes('</html>')) throw new ParseError('shape', reply.url, 'the web page is cut short');
  return $;
}

export function documentOfIndex(index: Index): RawObject {
  const { page, status, components, open, closed, planned } = index;
  return { page, status, components, incidents: [...open, ...closed], scheduled_maintenances: planned };
}

/** Throws ParseError when the page is not a Statuspage index, or shows an incident that cannot be told from others. */
export function readIndex($: CheerioAPI, url: string): Index {
  const banner = $('.page-status').first();
  const unresolved = list($, $('.unresolved-incident'));
  if (banner.length === 0 && unresolved.length === 0)
    throw new ParseError('shape', url, 'the web page is not one of Statuspage');
  const today = renderedAt($);
  const open = unresolved.map((block) => readBlock($, block, today));
  if (open.includes(null)) throw new ParseError('shape', url, 'the web page shows an incident without its address');
  // Where something is open it may stand in the banner's place.
  const indicator = wordAfter('status', (banner.attr('class') ?? $('body').attr('class')) || '');
  return {
    page: pageOf($, url),
    status: indicator === null ? undefined : { indicator, description: banner.find('.status').first().text() },
    components: readComponents($),
    open: open.filter((row) => row !== null),
    planned: list($, $('.scheduled-incidents-container .incident-title')).flatMap((title) =>
      readPlanned($, title, today),
    ),
    closed: list($, $('.status-day .incident-container')).flatMap((block) => readClosed($, block, today)),
    showsPast: $('.status-day').length > 0,
    today,
  };
}

function list($: CheerioAPI, found: Selection): Selection[] {
  return found.toArray().map((element) => $(element));
}

function renderedAt($: CheerioAPI): Date | null {
  const issued = fromEpochMs(Number($('meta[name="issued"]').attr('content')) * 1000);
  return issued ?? parseDay($('.status-day .date').first().text());
}

function pageOf($: CheerioAPI, url: string): RawObject {
  const name = $('title')
    .first()
    .text()
    .replace(/ Status(?: - .*)?$/s, '');
  return { id: new URL(url).hostname, name };
}

/** `minor` of `page-status status-minor`. */
function wordAfter(prefix: string, classes: string): string | null {
  return new RegExp(`(?:^|\\s)${prefix}-([a-z]+)`).exec(classes)?.[1] ?? null;
}

function readComponents($: CheerioAPI): RawObject[] {
  return list($, $('.component-inner-container[data-component-id]')).map((box) => {
    const opener = box.closest('.is-group').children('.component-inner-container').first();
    const id = box.attr('data-component-id');
    const groupId = opener.attr('data-component-id') ?? null;
    const name = box.children('.name').first().text();
    const status = box.attr('data-component-status') ?? box.children('.component-status').first().text();
    return groupId === id ? { id, name, group: true } : { id, name, status, group: false, group_id: groupId };
  });
}

/** The incident a link leads to; null where there is no such link. */
function readTitle(block: Selection): { id: string; name: string } | null {
  const link = block.find('a[href*="/incidents/"]').first();
  const id = idIn(link.attr('href') ?? '');
  return id === null ? null : { id, name: link.text() };
}

function idIn(address: string): string | null {
  const id = /\/incidents\/([A-Za-z0-9_-]+)\/?(?:[?#.]|$)/.exec(address)?.[1];
  return id ?? null;
}

function readBlock($: CheerioAPI, block: Selection, today: Date | null): Row | null {
  const title = readTitle(block);
  if (title === null) return null;
  const impact = wordAfter('impact', `${block.attr('class')} ${block.find('.incident-title').attr('class')}`);
  const posts = list($, block.find('.update')).map((update) => readPost(update, today && yearBefore(today)));
  return { ...title, impact, ...withUpdates(posts) };
}

/** What is over says so by its place, also where the page shows no posts. */
function readClosed($: CheerioAPI, block: Selection, today: Date | null): Row[] {
  const row = readBlock($, block, today);
  if (row === null) return [];
  const status = row.status ?? (row.impact === 'maintenance' ? 'completed' : 'resolved');
  const day = parseDay(block.closest('.status-day').find('.date').first().text());
  return [{ ...row, status, day: day?.toISOString() }];
}

/** The window stands beside the title: `Mar 14, 2025 22:00-23:00 UTC`. */
function readPlanned($: CheerioAPI, title: Selection, today: Date | null): Row[] {
  const block = title.parent();
  const row = readBlock($, block.find('.incident-title').length === 1 ? block : title, today);
  if (row === null) return [];
  const copy = title.clone();
  copy.find('a').remove();
  const span = today && parseSpan(copy.text(), yearAround(today));
  const window = span && { scheduled_for: span.from.toISOString(), scheduled_until: span.to?.toISOString() };
  return [{ ...row, impact: row.impact ?? 'maintenance', status: row.status ?? 'scheduled', ...window }];
}

/** One post: its word, its time (null where it cannot be read for sure) and its words as HTML. */
interface Post {
  word: string;
  at: Date | null;
  body: string;
}

/** `<strong>Word</strong> - text <br> <small>time</small>`; the text of newer pages has an element of its own. */
function readPost(update: Selection, yearOf: YearOf | null): Post {
  // Older pages leave the word out of a lone post, but not out of its class.
  const word =
    update.children('strong').first().text() || (update.attr('class') ?? '').replace(/update|font-regular/g, '');
  const time = update.find('small').last();
  const own = update.find('.whitespace-pre-wrap, .markdown-display').first();
  const rest = update.clone();
  rest.children('strong').first().remove();
  rest.find('small').last().remove();
  const body = own.length > 0 ? own.html() : rest.html();
  return { word, at: timeOf(time, yearOf), body: (body ?? '').trim().replace(/^-\s+/, '') };
}

/** To the minute, as every one of the pages shows it. */
function timeOf(element: Selection, yearOf: YearOf | null): Date | null {
  const unix = element.find('[data-datetime-unix]').attr('data-datetime-unix');
  const exact = unix ? fromEpochMs(Number(unix)) : null;
  const at = exact ?? parseSpan(element.text(), yearOf ?? noYear)?.from;
  return at ? new Date(Math.floor(at.getTime() / 60_000) * 60_000) : null;
}

function noYear(): number {
  return Number.NaN;
}

/** Posts as they stand on the page, newest first, to the API's updates. "Update" means that the status stayed. */
function withUpdates(posts: readonly Post[]): Pick<Row, 'incident_updates'> & { status?: string } {
  const seen = new Map<string, number>();
  const updates: { at: Date; status: Phase; raw: RawObject }[] = [];
  let status: string | undefined;
  for (const { word, at, body } of posts.toReversed()) {
    const said = cleanLine(word).toLowerCase();
    if (said !== 'update' && said !== '') status = said;
    if (at === null) continue;
    const minute = `${at.toISOString().slice(0, 16)}Z`;
    const nth = (seen.get(minute) ?? 0) + 1;
    seen.set(minute, nth);
    const id = nth === 1 ? minute : `${minute}-${nth}`;
    const raw = { id, status, display_at: at.toISOString(), created_at: at.toISOString(), body };
    updates.push({ at, status: phaseOf(status), raw });
  }
  const ordered = closingLast(updates);
  if (ordered.at(-1) !== updates.at(-1)) status = asText(ordered.at(-1)?.raw.status) ?? status;
  const rows = ordered.map(({ raw }) => raw).reverse();
  return status === undefined ? { incident_updates: rows } : { status, incident_updates: rows };
}

/**
 * An incident's own page. `components` are the page's, to recognise those it names; throws ParseError for another page.
 */
export function readIncidentPage(
  $: CheerioAPI,
  url: string,
  components: readonly RawObject[],
): Row & { planned: boolean } {
  const heading = $('.incident-name').first();
  const id = idIn(new URL(url).pathname) ?? idIn($('link[rel="canonical"]').attr('href') ?? '');
  if (heading.length === 0 || id === null)
    throw new ParseError('shape', url, 'the web page is not that of an incident');
  const impact = wordAfter('impact', heading.attr('class') ?? '');
  const posts = list($, $('.update-row')).map((row) => readRow(row));
  const affected = affectedComponents($('.components-affected').first().text(), components);
  const planned = impact === 'maintenance' || /maintenance/i.test($('.subheader').first().text());
  return { id, name: heading.text(), impact, components: affected, planned, ...withUpdates(posts) };
}

function readRow(row: Selection): Post {
  const words = row.find('.update-body').first();
  const own = words.find('.whitespace-pre-wrap, .markdown-display').first();
  const body = (own.length > 0 ? own.html() : words.html()) ?? '';
  return {
    word: row.find('.update-title').first().text(),
    at: timeOf(row.find('.update-timestamp').first(), null),
    body,
  };
}

export function historyProps($: CheerioAPI, url: string): RawObject {
  try {
    return asObject(JSON.parse($('[data-react-class="HistoryIndex"]').attr('data-react-props') ?? ''));
  } catch (cause) {
    throw new ParseError('shape', url, 'the history holds no data', cause);
  }
}

/** The history, of its web page or of `history.json`: no posts, but when each incident began and ended. */
export function historyDocument(props: RawObject): RawObject {
  const { id, name } = asObject(asObject(props.page_status).page);
  return { page: { id, name }, components: asObjects(props.components), incidents: historyRows(props) };
}

export function historyRows(props: RawObject): Row[] {
  return asObjects(props.months).flatMap(readMonth);
}

function readMonth(month: RawObject): Row[] {
  const yearOf = yearOfMonth(asText(month.name) ?? '', Number(month.year));
  const lastDay = parseDay(`${asText(month.name)} ${month.days}, ${month.year}`)?.toISOString();
  return asObjects(month.incidents).map((row) => {
    const { name, impact } = row;
    const span = parseSpan((asText(row.timestamp) ?? '').replace(/<[^>]*>/g, ''), yearOf);
    const [from, to] = [span?.from.toISOString(), span?.to?.toISOString()];
    const head = { id: asText(row.code) ?? '', name, impact, day: from ?? lastDay, incident_updates: [] };
    // One time alone means that it is still open, or only announced.
    const isOpen = span !== null && span.to === null;
    if (impact !== 'maintenance')
      return { ...head, status: isOpen ? null : 'resolved', started_at: from, resolved_at: to };
    if (isOpen) return { ...head, status: 'scheduled' };
    return { ...head, status: 'completed', scheduled_for: from, scheduled_until: to, resolved_at: to };
  });
}

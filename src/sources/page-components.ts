/** The banner of a status page, and its rows of a name and a status, by their plain words. Part of the page source. */
import type { CheerioAPI } from 'cheerio/slim';
import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import type { Component, ComponentStatus, PageState } from '../model.ts';
import { worseStatus } from '../normalize.ts';
import { cleanLine } from '../text.ts';
import { statusWord } from './feed-words.ts';

const HIDDEN =
  'script, style, template, noscript, [hidden], [aria-hidden="true"], [style*="display:none"], [style*="display: none"]';

/** Takes out what the reader does not see: templates hold every word a page might say. */
export function withoutHidden($: CheerioAPI): void {
  $(HIDDEN).remove();
}

const BANNERS: readonly [RegExp, PageState][] = [
  [
    /\b(?:major|critical|full|complete|severe|widespread) (?:system |service )?(?:outage|disruption)\b/i,
    'major_outage',
  ],
  [/\b(?:all|most) (?:systems|services)(?: are)?(?: currently)? (?:down|unavailable|offline)\b/i, 'major_outage'],
  [/\bpartial(?:ly)? (?:system |service )?(?:outage|disruption|down|unavailable)\b/i, 'partial_outage'],
  [
    /\b(?:some|multiple|several) (?:systems|services)(?: are)?(?: currently)? (?:down|unavailable|offline)\b/i,
    'partial_outage',
  ],
  [
    /\b(?:degraded|minor|performance) (?:system |service )?(?:performance|service|outage|disruption|degradation|issues?)\b/i,
    'degraded',
  ],
  [/\b(?:we are|we're|some|multiple|several)\b.{0,40}\b(?:degraded|experiencing|investigating)\b/i, 'degraded'],
  [/\b(?:service|system)s?(?: is| are)? (?:degraded|disrupted)\b|\b(?:active|ongoing|open) incidents?\b/i, 'degraded'],
  [/\bunder(?:going)? (?:scheduled |planned )?maintenance\b|\bmaintenance (?:is )?in progress\b/i, 'maintenance'],
];
const WELL =
  /^(?:all|our)(?: of our)? (?:systems|services|components|products|platforms|servers|regions)(?: and services)?(?: are)?(?: currently)?(?: all)?(?: fully)? (?:operational|go|online|up(?: and running)?|available|normal|healthy|ok|functional|running(?: normally| smoothly)?|working(?: normally| as expected)?|operating normally)[.!]?$/i;
const NOTHING =
  /^(?:there are )?(?:currently )?no (?:known|active|current|ongoing|open)(?: or (?:known|active|current|ongoing|open))? (?:issues|incidents|problems|outages|disruptions)(?: at (?:this|the) (?:time|moment)| right now)?[.!]?$/i;
const EVERYTHING =
  /^everything(?: is|'s)(?: currently)? (?:operational|ok(?:ay)?|fine|up(?: and running)?|working(?: normally)?|running(?: normally| smoothly)?)[.!]?$/i;
const PLACES =
  'h1, h2, [role="status"], [role="alert"], [class*="banner"], [class*="overall"], [class*="page-status"], [class*="status-header"], [class*="status-summary"], [class*="current-status"], [class*="system-status"], [class*="statusbar"], [class*="hero"]';
const LONGEST_BANNER = 160;

/** The first line in a prominent place that speaks of everything. "No incidents" of a day in the past does not. */
export function readBanner($: CheerioAPI): { state: PageState; words: string } | null {
  for (const element of $(PLACES).toArray().slice(0, 200)) {
    for (const words of linesOf(element)) {
      const state = stateIn(words);
      if (state !== null) return { state, words };
    }
  }
  return null;
}

function stateIn(words: string): PageState | null {
  if (WELL.test(words) || NOTHING.test(words) || EVERYTHING.test(words)) return 'operational';
  return BANNERS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** Its own words as a whole when they are few, and each of its parts. */
function linesOf(element: Element): string[] {
  const parts = textsIn(element, 20);
  return [parts.join(' '), ...parts].filter((line) => line !== '' && line.length <= LONGEST_BANNER);
}

const MOST_NODES = 3000;

/** The first texts in an element as they stand, each as one clean line. */
export function textsIn(element: AnyNode, most: number): string[] {
  const found: string[] = [];
  let left = MOST_NODES;
  const visit = (node: AnyNode): void => {
    if (found.length >= most || left-- <= 0) return;
    if (isText(node)) {
      const line = cleanLine(node.data);
      if (line !== '') found.push(line);
    } else if (isTag(node)) for (const child of node.children) visit(child);
  };
  visit(element);
  return found;
}

/** A word that says how something is, and where it stands. */
interface Sign {
  element: Element;
  status: ComponentStatus;
}

const MOST_SIGNS = 2000;
const MOST_LEVELS = 6;
const LONGEST_NAME = 100;

/**
 * A row is the smallest element that holds one status word and something else, which is its name. Where words stand
 * without names they are a legend. A row beside others of its kind that has a name and no word we know is `unknown`.
 */
export function readComponents($: CheerioAPI): Component[] {
  const signs = findSigns($);
  const count = countSigns(signs);
  const groupOf = groupsOf(count, signs.length);
  const found = new Map<string, Component>();
  const rows = signs.flatMap((sign) => rowOf(sign, count) ?? []);
  for (const { row, sign } of rows) add(found, nameIn(row), sign.status, groupOf(row));
  const unread = unreadRows(
    rows.map(({ row }) => row),
    count,
  );
  for (const row of unread) add(found, nameIn(row), 'unknown', groupOf(row));
  return [...found.values()];
}

/** In the text; where no text has any, in what icons are called. */
function findSigns($: CheerioAPI): Sign[] {
  const elements = $('*').toArray().filter(isTag);
  const inText = elements.flatMap((element) =>
    element.children.filter(isText).flatMap((node) => toSign(element, node.data)),
  );
  const signs = inText.length > 0 ? inText : elements.flatMap((element) => toSign(element, labelOf(element)));
  return signs.slice(0, MOST_SIGNS);
}

function labelOf({ attribs }: Element): string {
  return attribs['aria-label'] ?? attribs.title ?? attribs.alt ?? attribs['data-component-status'] ?? '';
}

function toSign(element: Element, text: string): Sign[] {
  if (text.length > 200 || !/[a-z]/i.test(text)) return [];
  const words = cleanLine(text).replace(/[.!]$/, '');
  const status = words.length <= 30 && /^[A-Za-z][A-Za-z _-]*$/.test(words) ? statusWord(words) : null;
  return status === null || element.name === 'title' || element.name === 'option' ? [] : [{ element, status }];
}

function countSigns(signs: readonly Sign[]): ReadonlyMap<AnyNode, number> {
  const count = new Map<AnyNode, number>();
  for (const { element } of signs)
    for (let node: AnyNode | null = element; node; node = node.parent) count.set(node, (count.get(node) ?? 0) + 1);
  return count;
}

function rowOf(sign: Sign, count: ReadonlyMap<AnyNode, number>): { row: Element; sign: Sign }[] {
  let node: AnyNode | null = sign.element;
  for (let level = 0; node && isTag(node) && level < MOST_LEVELS; level++, node = node.parent) {
    if (node.name === 'body' || count.get(node) !== 1) return [];
    if (nameIn(node) !== null) return [{ row: node, sign }];
  }
  return [];
}

/** Headings of parts of the page. */
const NO_NAMES =
  /\b(?:current status|status by|status of|history|legend|(?:previous|past|recent) (?:incidents|notices))\b/i;

/** What is neither a status nor a figure: `99.98 % uptime`, `90 days ago`, `Today`. */
function nameIn(row: Element): string | null {
  const texts = textsIn(row, 20).filter((text) => statusWord(text) === null && /\p{L}/u.test(text));
  const name = texts.find(
    (text) => !/^(?:today|\d+ days? ago|[\d.]+ ?%.*|uptime.*|status|\?|more|details)$/i.test(text),
  );
  return name === undefined || name.length > LONGEST_NAME || NO_NAMES.test(name) ? null : name;
}

/** Elements beside rows, of their kind, that have none of the words. A table's head has cells of another kind. */
function unreadRows(rows: readonly Element[], count: ReadonlyMap<AnyNode, number>): Element[] {
  const known = new Set(rows);
  const parents = new Map<AnyNode, Element>(rows.flatMap((row) => (row.parent ? [[row.parent, row] as const] : [])));
  return [...parents].flatMap(([parent, row]) => {
    const siblings = 'children' in parent ? parent.children.filter(isTag) : [];
    const alike = siblings.filter((one) => one.name === row.name && kindOf(one) === kindOf(row) && !isHead(one));
    return alike.filter(
      (one) => !known.has(one) && !count.has(one) && nameIn(one) !== null && textsIn(one, 3).length > 1,
    );
  });
}

function isHead(row: Element): boolean {
  return row.name === 'tr' && !row.children.some((cell) => isTag(cell) && cell.name === 'td');
}

/** Its first class: those after it often say how it is. */
function kindOf(element: Element): string {
  return (element.attribs.class ?? '').trim().split(/\s+/)[0]!;
}

/**
 * The heading of the smallest part of the page that holds a row and others, unless that is all there is. Each part is
 * looked at once: it may hold thousands of rows.
 */
function groupsOf(count: ReadonlyMap<AnyNode, number>, all: number): (row: Element) => string | null {
  const headings = new Map<AnyNode, string>();
  return (row) => {
    let node: AnyNode | null = row.parent;
    for (let level = 0; node && isTag(node) && level < MOST_LEVELS; level++, node = node.parent) {
      if ((count.get(node) ?? 0) >= all) return null;
      const heading = headings.get(node) ?? headingOf(node);
      headings.set(node, heading);
      if (heading !== '') return heading.length <= LONGEST_NAME ? heading : null;
    }
    return null;
  };
}

function headingOf(element: Element): string {
  const isHeading = ({ name, attribs }: Element) =>
    /^(?:h[2-5]|summary|caption|legend)$/.test(name) || /group-(?:name|title)/.test(attribs.class ?? '');
  const heading = element.children.filter(isTag).find(isHeading);
  return heading ? textsIn(heading, 5).join(' ') : '';
}

function add(found: Map<string, Component>, name: string | null, status: ComponentStatus, group: string | null): void {
  if (name === null) return;
  const id = group === null ? name : `${group}/${name}`;
  const known = found.get(id);
  found.set(id, { id, name, group, status: known ? worseStatus(known.status, status) : status });
}

/**
 * Incidents as web pages show them: a title, and under it posts that each have a phase and mostly a time. What stands
 * between one title and the next is of the first. Part of the page source.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { type AnyNode, type Element, isTag, isText } from 'domhandler';
import { syntheticId } from '../fingerprint.ts';
import type { Impact, Incident, Phase, Update } from '../model.ts';
import { buildIncident } from '../normalize.ts';
import { cleanLine, plainText, safeUrl } from '../text.ts';
import { fromEpochMs, parseIsoTime } from '../time.ts';
import { parseMoment, timesOf } from './feed-time.ts';
import { kindOfPhase, phaseOfKind, phaseWord, readTitle } from './feed-words.ts';

interface Title {
  element: Element;
  words: string;
  link: string | null;
}

/** An element whose own words are those of a phase. */
interface Mark {
  element: Element;
  /** Null for "Update". */
  phase: Phase | null;
}

interface Post {
  phase: Phase | null;
  at: Date | null;
  body: string;
}

const HEADINGS = /^h[1-6]$/;
const INCIDENT_PATH = /\/(?:incidents?|maintenances?|events?|issues?|notices?|outages?)\/[^/?#]+/i;
const LONGEST_TITLE = 300;
/** Fewer than a feed may use: pages are full of buttons that say Open or Closed. */
const MARKS =
  /^(?:investigating|identified|monitoring|resolved|fixed|update|post-?mortem|scheduled|in progress|verifying|completed)$/i;
const MOST_POSTS = 500;
const MOST_LEVELS = 8;
const LONGEST_BODY = 20_000;
/** What pages call their parts. */
const PARTS =
  /^(?:(?:past|previous|current|active|open|ongoing|scheduled|planned|upcoming|recent|all|latest) )*(?:incidents?|maintenances?|history|updates?|events?|announcements?|outages?|status)(?: history)?$/i;
const DAY =
  /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?(?:[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?(?:, ?\d{4})?|\d{1,2} [A-Z][a-z]+(?: \d{4})?|\d{4}-\d\d-\d\d)$/;

/** `now` is when the page was sent, for times without a year. */
export function readIncidents($: CheerioAPI, url: string, now: Date | null): Incident[] {
  const found = new Map<string, { title: Title; marks: Mark[] }>();
  const edges = new Set<AnyNode>();
  let title: Title | null = null;
  for (const element of $('*').toArray().filter(isTag)) {
    const fresh = titleOf(element, url, title);
    if (fresh) title = fresh;
    const mark = fresh ? null : markOf(element);
    if (fresh || mark) edges.add(element);
    if (mark === null || title === null) continue;
    const key = title.link ?? title.words;
    const known = found.get(key);
    if (known) known.marks.push(mark);
    else found.set(key, { title, marks: [mark] });
  }
  const edgeCount = countEdges(edges);
  return [...found.values()].flatMap(({ title: one, marks }) => {
    const posts = marks.slice(0, MOST_POSTS).flatMap((mark) => postOf($, mark, edgeCount, now));
    return posts.length === 0 ? [] : [toIncident(one, posts, url)];
  });
}

/** A link to an incident is a better title than a heading, and the heading around it is the same one. */
function titleOf(element: Element, url: string, before: Title | null): Title | null {
  const isLink = element.name === 'a' && INCIDENT_PATH.test(element.attribs.href ?? '');
  if (!isLink && !HEADINGS.test(element.name)) return null;
  const words = cleanLine(textOf(element).slice(0, 1000));
  if (words === '' || words.length > LONGEST_TITLE || PARTS.test(words) || DAY.test(words) || phaseWord(words))
    return null;
  const inner = isLink ? element : linkIn(element);
  const link = inner ? (safeUrl(inner.attribs.href, url)?.replace(/#.*$/, '') ?? null) : null;
  // "Read more" and the like lead to the incident that they stand in.
  if (isLink && before && (before.link === link || isWithin(element, before.element))) return null;
  return { element, words, link };
}

function linkIn(element: Element): Element | null {
  const link = element.children
    .filter(isTag)
    .find((child) => child.name === 'a' && INCIDENT_PATH.test(child.attribs.href ?? ''));
  return link ?? null;
}

function isWithin(element: Element, outer: Element): boolean {
  for (let node: AnyNode | null = element; node; node = node.parent) if (node === outer) return true;
  return false;
}

function textOf(element: Element): string {
  let text = '';
  for (const child of element.children) {
    if (text.length > LONGEST_TITLE) break;
    if (isText(child)) text += child.data;
    else if (isTag(child)) text += ` ${textOf(child)}`;
  }
  return text;
}

function markOf(element: Element): Mark | null {
  const [only, ...others] = element.children.filter((child) => !isText(child) || child.data.trim() !== '');
  if (!only || !isText(only) || others.length > 0 || only.data.length > 200) return null;
  const words = cleanLine(only.data)
    .replace(/[:.-]$/, '')
    .trim();
  return MARKS.test(words) ? { element, phase: phaseWord(words) } : null;
}

function countEdges(edges: ReadonlySet<AnyNode>): ReadonlyMap<AnyNode, number> {
  const count = new Map<AnyNode, number>();
  for (const edge of edges)
    for (let node: AnyNode | null = edge; node; node = node.parent) count.set(node, (count.get(node) ?? 0) + 1);
  return count;
}

/** The largest element around the phase that holds no other, and no title. Without a time it has to begin with the phase. */
function postOf($: CheerioAPI, mark: Mark, count: ReadonlyMap<AnyNode, number>, now: Date | null): Post[] {
  let post: Element = mark.element;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const { parent } = post;
    if (!parent || !isTag(parent) || parent.name === 'body' || count.get(parent) !== 1) break;
    post = parent;
  }
  const times = timesIn(post);
  const at = times.map((element) => timeIn(element, now)).find((time) => time !== null) ?? null;
  const word = cleanLine(textOf(mark.element));
  let text = plainText($(post).html() ?? '').slice(0, LONGEST_BODY);
  for (const element of times) text = text.replace(plainText($(element).html() ?? ''), '').trim();
  const leads = text.startsWith(word);
  const body = (leads ? text.slice(word.length) : text.replace(word, '')).replace(/^[\s:-]+/, '');
  return at === null && !(leads && body !== '') ? [] : [{ phase: mark.phase, at, body }];
}

const MOST_NODES = 3000;

/** What a post says of its time: the outermost elements, of the first ones. (cheerio's `find` is slow among many siblings.) */
function timesIn(post: Element): Element[] {
  const found: Element[] = [];
  let left = MOST_NODES;
  const visit = (element: Element): void => {
    if (left-- <= 0) return;
    const { datetime, class: classes = '', ...others } = element.attribs;
    const named = element.name === 'time' || element.name === 'small' || /(?:^|[\s_-])(?:time|date)/.test(classes);
    if (named || datetime !== undefined || 'data-datetime-unix' in others) found.push(element);
    else for (const child of element.children) if (isTag(child)) visit(child);
  };
  visit(post);
  return found;
}

function timeIn(element: Element, now: Date | null): Date | null {
  for (const { attribs } of [element, ...element.children.filter(isTag)]) {
    const unix = Number(attribs['data-datetime-unix'] ?? Number.NaN);
    const exact = parseIsoTime(attribs.datetime) ?? fromEpochMs(unix) ?? parseIsoTime(attribs.title);
    if (exact !== null) return exact;
  }
  const words = cleanLine(textOf(element))
    .replace(/^posted (?:on )?/i, '')
    .replace(/ - (?=\d)/, ', ')
    .replace(/,,/g, ',');
  const moment = parseMoment(words);
  return moment === null || moment.zone === '' ? null : (timesOf([moment], [now])[0] ?? null);
}

function toIncident(title: Title, posts: readonly Post[], url: string): Incident {
  const { name, ...said } = readTitle(title.words);
  const phases = posts.map((post) => post.phase);
  const isPlanned =
    phases.some((phase) => phase !== null && kindOfPhase(phase)) || /\/maintenances?\//.test(title.link ?? '');
  const kind = said.kind ?? (isPlanned ? 'maintenance' : 'incident');
  const newest = phases.find((phase) => phase !== null) ?? null;
  const dated = posts.flatMap(({ at, phase, body }) => (at === null ? [] : [{ at, phase, body }]));
  const updates: Update[] = [];
  let last: Phase = 'unknown';
  for (const post of dated.toReversed().sort((a, b) => a.at.getTime() - b.at.getTime())) {
    last = post.phase ? phaseOfKind(post.phase, kind, null) : last;
    const minute = `${post.at.toISOString().slice(0, 16)}Z`;
    const nth = updates.filter((update) => update.id.startsWith(minute)).length + 1;
    updates.push({
      id: nth === 1 ? minute : `${minute}-${nth}`,
      status: last,
      at: post.at,
      body: post.body,
      components: [],
    });
  }
  // Without times the newest stands first, as on nearly every page.
  const status = updates.length > 0 ? last : newest ? phaseOfKind(newest, kind, null) : 'unknown';
  const id = /\/([A-Za-z0-9_-]{1,64})\/?$/.exec(title.link ?? '')?.[1] ?? syntheticId(title.words);
  return buildIncident({
    id,
    kind,
    title: name || title.words,
    url: title.link ?? url,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(title.element),
    startedAt: null,
    resolvedAt: null,
    components: [],
    updates,
  });
}

/** As Statuspage marks it, and those that look like it: `impact-major` on the title or around it. */
function impactOf(title: Element): Impact {
  let node: AnyNode | null = title;
  for (let level = 0; node && isTag(node) && level < 4; level++, node = node.parent) {
    const word = /\bimpact-(none|minor|major|critical|maintenance)\b/.exec(node.attribs.class ?? '')?.[1];
    if (word !== undefined) return word as Impact;
  }
  return 'unknown';
}

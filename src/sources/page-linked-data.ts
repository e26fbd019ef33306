/**
 * What a web page says of itself in schema.org's terms (https://schema.org/docs/gs.html, as JSON-LD): who it is of, and
 * posts and events that are incidents. Part of the page source.
 */
import type { CheerioAPI } from 'cheerio/slim';
import { idsOfPosts, syntheticId } from '../fingerprint.ts';
import type { Incident, Phase, Update } from '../model.ts';
import { buildIncident, uniqueById } from '../normalize.ts';
import { asObjects, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { readBody } from './feed-posts.ts';
import { kindOfPhase, phaseOfKind, readTitle } from './feed-words.ts';

const OWNERS = ['Organization', 'Corporation', 'WebSite'];
const REPORTS = ['Event', 'LiveBlogPosting', 'BlogPosting', 'NewsArticle', 'Article', 'Report', 'SpecialAnnouncement'];
const MOST_NODES = 2000;

export function readLinkedData(
  $: CheerioAPI,
  url: string,
  now: Date | null,
): { name: string | null; incidents: Incident[] } {
  const scripts = $('script[type="application/ld+json"]').toArray();
  const objects = scripts.flatMap((script) => objectsIn(parsed($(script).text())));
  const owner = objects.find((object) => isOf(object, OWNERS) && asLine(object.name) !== null);
  const reports = objects.filter((object) => isOf(object, REPORTS));
  return {
    name: owner ? asLine(owner.name)?.replace(/ (?:system )?status$/i, '') || null : null,
    incidents: uniqueById(reports.flatMap((report) => toIncident(report, url, now))),
  };
}

function parsed(text: string): unknown {
  try {
    return text.includes('"__proto__"') ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/** The objects in a document, lists and `@graph` opened up. */
function objectsIn(value: unknown): RawObject[] {
  const waiting = [value];
  const found: RawObject[] = [];
  for (let next = 0; next < waiting.length && next < MOST_NODES; next++) {
    const one = waiting[next];
    if (Array.isArray(one)) waiting.push(...one.slice(0, MOST_NODES));
    else if (isObject(one)) {
      found.push(one);
      for (const key of [
        '@graph',
        'itemListElement',
        'item',
        'blogPost',
        'event',
        'hasPart',
        'publisher',
        'mainEntity',
      ])
        if (one[key] !== undefined) waiting.push(one[key]);
    }
  }
  return found;
}

function isOf(object: RawObject, types: readonly string[]): boolean {
  const said = Array.isArray(object['@type']) ? object['@type'] : [object['@type']];
  return said.some((type) => typeof type === 'string' && types.includes(type.replace(/^https?:\/\/schema\.org\//, '')));
}

/** Null phase where nothing says one. An event says when it ends. */
function toIncident(raw: RawObject, url: string, now: Date | null): Incident[] {
  const words = asLine(raw.headline) ?? asLine(raw.name);
  if (words === null) return [];
  const title = readTitle(words);
  const begin = timeOf(raw.startDate ?? raw.datePublished ?? raw.datePosted ?? raw.coverageStartTime);
  const posts = asObjects(raw.liveBlogUpdate);
  const own = inOrder(posts.length > 0 ? posts.flatMap(toLivePost) : toPost(raw, timeOf(raw.dateModified)));
  const phases = own.flatMap((post) => post.phase ?? []);
  const end = timeOf(raw.endDate ?? raw.coverageEndTime);
  const planned = phases.some((phase) => kindOfPhase(phase) === 'maintenance') || /\bmaintenance\b/i.test(words);
  const kind = title.kind ?? (planned ? 'maintenance' : 'incident');
  const isEvent = kind === 'maintenance' && isOf(raw, ['Event']) && begin !== null;
  // Vendors have articles and events of other kinds as well.
  if (title.phase === null && phases.length === 0 && !isEvent) return [];
  const link = safeUrl(asText(raw.url) ?? asText(raw['@id']), url);
  const idOf = idsOfPosts('');
  const updates = own.map(({ at, body, phase }): Update => {
    const status = phase ? phaseOfKind(phase, kind, null) : 'unknown';
    return { id: idOf(body, at, phase), status, at, body, components: [] };
  });
  const told = title.phase ?? phases.at(-1) ?? null;
  return [
    buildIncident({
      id: /\/([A-Za-z0-9_-]{1,64})\/?$/.exec(link ?? '')?.[1] ?? syntheticId(words, begin),
      kind,
      title: title.name || words,
      url: link ?? url,
      status: told ? phaseOfKind(told, kind, null) : isEvent ? phaseByClock(begin, end, now) : null,
      impact: kind === 'maintenance' ? 'maintenance' : 'unknown',
      startedAt: begin,
      resolvedAt: isEvent ? end : null,
      scheduledFor: isEvent ? begin : null,
      scheduledUntil: isEvent ? end : null,
      components: [],
      updates: uniqueById(updates),
    }),
  ];
}

interface Post {
  at: Date;
  body: string;
  phase: Phase | null;
}

/** One of several is of the time when it was published: it is changed to be corrected, and not to say something new. */
function toLivePost(raw: RawObject): Post[] {
  return toPost(raw, null);
}

/** `changedAt` comes first, where a report is rewritten as it goes on. */
function toPost(raw: RawObject, changedAt: Date | null): Post[] {
  const at = changedAt ?? timeOf(raw.datePublished ?? raw.datePosted) ?? timeOf(raw.dateModified);
  const text = asText(raw.articleBody) ?? asText(raw.text) ?? asText(raw.description) ?? '';
  const headline = asLine(raw.headline) ?? '';
  if (at === null) return [];
  const entry = { guid: '', link: null, title: headline, published: at, updated: at, body: text };
  const { phase } = readBody(entry).posts.at(0) ?? { phase: null };
  return [{ at, body: plainText(text) || headline, phase: readTitle(headline).phase ?? phase }];
}

function inOrder(posts: readonly Post[]): Post[] {
  return [...posts].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Of what is planned: without a time to go by nothing is said. */
function phaseByClock(begin: Date, end: Date | null, now: Date | null): Phase {
  if (now === null) return 'unknown';
  if (begin > now) return 'scheduled';
  return end !== null && end <= now ? 'completed' : 'in_progress';
}

function timeOf(value: unknown): Date | null {
  return parseIsoTime(value);
}

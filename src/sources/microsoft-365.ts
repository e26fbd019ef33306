/**
 * The Microsoft 365 status page, by the data its own web page asks for; it is documented nowhere, and was not seen
 * recorded, only described. There is one post for each surface: the admin centers, and ten consumer services. A
 * post says how its surface is and, when something is wrong, what. The one before is gone, and whether a post that follows
 * keeps the id is not known, so an incident is known by its surface and its title.
 * `LastUpdatedTime` is the moment of the request and says nothing.
 */

import { FetchError, ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Get, Incident, Page, Phase, Reply, Snapshot, Source } from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asText, isMarkup, isNotOffered, isObject, isWebPage, parseJson, type RawObject, tryJson } from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';
import { HOSTS } from './hosts.ts';

const SURFACES = ['api/posts/mac', 'api/posts/ppac', 'api/posts/m365Consumer'] as const;
const NAMES = new Map([
  ['mac', 'Microsoft 365 admin center'],
  ['ppac', 'Power Platform admin center'],
  ['azure', 'Azure'],
]);
const HOME = 'https://status.cloud.microsoft/';

export const microsoft365 = {
  name: 'microsoft-365',
  title: 'Microsoft 365 status',
  docs: 'https://learn.microsoft.com/microsoft-365/enterprise/view-service-health',
  lists: 'open',
  endpoints: SURFACES,
  detect,
  read,
  parse,
} satisfies Source;

/** Any path of the page answers with the same shell, which names where the data of its neighbours is. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isWebPage(reply) && (isOwn(reply.url) || isShell(reply.text));
  if (!reply.text.includes('"AuthoredDateTime"')) return false;
  const json = tryJson(reply);
  return isPost(Array.isArray(json) ? json[0] : json);
}

function isOwn(url: string): boolean {
  return HOSTS['microsoft-365'].test(new URL(url).hostname);
}

function isShell(html: string): boolean {
  return html.includes('window.ppacPortalUrl') && html.includes('window.azureRSSFeedLink');
}

function isPost(value: unknown): value is RawObject {
  return isObject(value) && 'AuthoredDateTime' in value && 'Message' in value && asLine(value.Status) !== null;
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const home = homeOf(page);
  const [trigger, ...others] = SURFACES;
  const first = await get(`${home}${trigger}`, { accept: 'json', conditional: true });
  if (first.status === 304) return null;
  const posts = demandPosts(first);
  let torn = false;
  for (const path of others) {
    const more = await readPosts(get, `${home}${path}`);
    if (more === 'broken') torn = true;
    else if (more !== 'missing') posts.push(...more);
  }
  return { ...toSnapshot(posts, home), ...(torn && { torn }) };
}

/** A surface the page does not offer (HTTP 400) is not missed. One that could not be had may have an open incident. */
async function readPosts(get: Get, address: string): Promise<Post[] | 'missing' | 'broken'> {
  try {
    return demandPosts(await get(address, { accept: 'json' }));
  } catch (error) {
    if (isNotOffered(error)) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot {
  return toSnapshot(demandPosts(reply), homeOf(page));
}

function homeOf(page: Page): string {
  if (isOwn(page.url)) return HOME;
  const { origin, pathname } = new URL(page.document ? new URL('../..', page.url) : page.url);
  return origin + (pathname.endsWith('/') ? pathname : `${pathname}/`);
}

interface Post {
  /** The last part of its address, or the name of the service in a list. */
  surface: string;
  raw: RawObject;
}

function demandPosts(reply: Reply): Post[] {
  const json = parseJson(reply);
  const rows = Array.isArray(json) ? json : [json];
  if (rows.length === 0 || !rows.every(isPost))
    throw new ParseError('shape', reply.url, 'the reply is no post of a Microsoft status page');
  const leaf = new URL(reply.url).pathname.split('/').at(-1) || 'mac';
  return rows.map((raw) => ({
    surface: asLine(raw.ServiceWorkloadName) ?? asLine(raw.ServiceDisplayName) ?? leaf,
    raw,
  }));
}

function toSnapshot(posts: readonly Post[], home: string): Snapshot {
  const components = uniqueById(posts.map(toComponent));
  const incidents = uniqueById(posts.flatMap((post) => toIncident(post, home)));
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

function toComponent({ surface, raw }: Post): Component {
  const name = asLine(raw.ServiceDisplayName) ?? NAMES.get(surface) ?? surface;
  return { id: surface, name, group: null, status: wordOf(raw)?.status ?? 'unknown' };
}

interface Word {
  status: ComponentStatus;
  /** Null: the surface is well, or says that it does not know, and the post is about nothing. */
  phase: Phase | null;
}

/** With or without the space. */
const WORDS = new Map<string, Word>([
  ['available', { status: 'operational', phase: null }],
  ['operational', { status: 'operational', phase: null }],
  ['unknown', { status: 'unknown', phase: null }],
  ['servicedegradation', { status: 'degraded_performance', phase: 'investigating' }],
  ['servicerestored', { status: 'operational', phase: 'resolved' }],
]);

function wordOf(raw: RawObject): Word | undefined {
  return WORDS.get((asText(raw.Status) ?? '').replace(/\s+/g, '').toLowerCase());
}

/** A post whose word we do not know may well be about something. */
function toIncident(post: Post, home: string): Incident[] {
  const { surface, raw } = post;
  const word = wordOf(raw);
  const status = word ? word.phase : 'unknown';
  if (status === null) return [];
  const component = toComponent(post);
  const title = cleanLine(plainText(asText(raw.Title) ?? ''));
  const body = plainText(asText(raw.Message) ?? '');
  const at = parseIsoTime(raw.AuthoredDateTime) ?? parseIsoTime(raw.InternalDateTime);
  const update = { id: syntheticId(asText(raw.Id), asText(raw.AuthoredDateTime), status, body), status, body };
  return [
    buildIncident({
      id: title === '' ? surface : syntheticId(surface, title.toLowerCase()),
      kind: 'incident',
      title: title || `${component.name}: ${asLine(raw.Status)}`,
      url: home,
      status,
      impact: component.status === 'degraded_performance' ? 'minor' : 'unknown',
      startedAt: null,
      resolvedAt: null,
      components: [component],
      updates: at === null ? [] : [{ ...update, at, components: [component] }],
    }),
  ];
}

/**
 * PagerDuty status pages. Nothing of this is described by PagerDuty: `api/posts`, `api/post_enums` and `api/data` are what
 * the page itself asks for, known from clients; the data that older pages carry inside their HTML is known from a recorded
 * one (both are read in pagerduty-posts.ts). Every unknown path answers with the page's HTML.
 *
 * `api/posts` gives the newest update of each post only, and what it lists without a filter is not known for sure: a list
 * with closed posts in it is taken for one of recent posts, else it is one of open ones. Where the HTML holds the posts as
 * well, with all their updates, those are read instead.
 */
import { ParseError } from '../errors.ts';
import type { Get, Page, Reply, Snapshot, Source } from '../model.ts';
import {
  asObjects,
  demandObjects,
  demandOk,
  isMarkup,
  isNotOffered,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { hasLayout, hasSummary, postsSnapshot, summarySnapshot, unknownSnapshot } from './pagerduty-posts.ts';

const POSTS = 'api/posts';
const ENUMS = 'api/post_enums';
const DATA = 'api/data';
const INLINE = '<script id="data" type="application/json">';

export const pagerduty = {
  name: 'pagerduty',
  title: 'PagerDuty',
  docs: 'https://support.pagerduty.com/main/docs/external-status-page',
  lists: 'recent',
  endpoints: [DATA, POSTS, ENUMS],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return reply.text.includes(INLINE) && reply.text.includes('"layout_settings"');
  if (!/"(?:layout_settings|post_enum_type|post_type)"/.test(reply.text)) return false;
  const json = tryJsonObject(reply);
  if (json === null) return false;
  const [firstEnum] = asObjects(json.post_enums);
  const [firstPost] = asObjects(json.posts);
  return hasLayout(json) || firstEnum?.post_enum_type !== undefined || firstPost?.latest_update !== undefined;
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(`${POSTS}?limit=500`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const posts = postsOf(reply);
  if (posts instanceof Error) return readInline(page, get, posts);
  const home = await get('', { accept: 'html' });
  const inline = home.status === 200 && home.text.includes(INLINE) ? inlineData(home) : {};
  if (hasSummary(inline)) return summarySnapshot(inline, home.url, page);
  const data = hasLayout(inline) ? inline : demandLayout(await get(DATA, { accept: 'json' }));
  const enums = await get(ENUMS, { accept: 'json' });
  return postsSnapshot(posts, demandObjects(parseJsonObject(enums), 'post_enums', enums.url), data, page);
}

/** The error when the page does not offer its posts. Throws any other. */
function postsOf(reply: Reply): RawObject[] | Error {
  try {
    return demandObjects(parseJsonObject(reply), 'posts', reply.url);
  } catch (error) {
    if (error instanceof Error && isNotOffered(error)) return error;
    throw error;
  }
}

/** An older page holds everything in its HTML. When it does not, the first refusal says more. */
async function readInline(page: Page, get: Get, refusal: Error): Promise<Snapshot | null> {
  const reply = await get('', { accept: 'html', conditional: true });
  if (reply.status === 304) return null;
  if (reply.status !== 200 || !reply.text.includes(INLINE)) throw refusal;
  const data = inlineData(reply);
  if (!hasSummary(data)) throw refusal;
  return summarySnapshot(data, reply.url, page);
}

function parse(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  const data = isMarkup(reply) ? inlineData(reply) : demandLayout(reply);
  return hasSummary(data) ? summarySnapshot(data, reply.url, page) : unknownSnapshot(data);
}

/** Throws ParseError for a page without data, or with the beginning of it only. */
function inlineData(reply: Reply): RawObject {
  const start = reply.text.indexOf(INLINE);
  const end = start < 0 ? -1 : reply.text.indexOf('</script>', start);
  if (end < 0 || !reply.text.includes('</html>', end))
    throw new ParseError('html', reply.url, 'the reply is a web page, but no whole one of PagerDuty');
  return demandLayout({ ...reply, text: reply.text.slice(start + INLINE.length, end) });
}

/** Posts and the words for them say nothing without each other: only the layout can be read by itself. */
function demandLayout(reply: Reply): RawObject {
  const json = parseJsonObject(reply);
  if (!hasLayout(json)) throw new ParseError('shape', reply.url, 'the reply has no layout of a PagerDuty page');
  return json;
}

/**
 * OpenStatus (https://docs.openstatus.dev). `summary.json`, in Statuspage's shape but without ids, says what is now and
 * changes with every post about what is open, so it is the one asked conditionally; `feed/json` has ids, groups, whole
 * timelines and history. Servers that lack one of the two are read by the other. How bad a report is nobody says: it is
 * read from the components it names while it is open.
 */
import { ParseError } from '../errors.ts';
import type { Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { isMarkup, isNotOffered, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { feedSnapshot, statusSnapshot } from './openstatus-documents.ts';
import { isFeed, isStatus, isSummary } from './openstatus-words.ts';

const SUMMARY = 'api/status/summary.json';
const FEED = 'feed/json';

export const openstatus = {
  name: 'openstatus',
  title: 'OpenStatus',
  docs: 'https://docs.openstatus.dev',
  lists: 'recent',
  endpoints: [SUMMARY, FEED],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  if (!/"(?:scheduled_maintenances|statusReports)"/.test(reply.text)) return false;
  const json = tryJsonObject(reply);
  return json !== null && (isSummary(json) || isFeed(json));
}

/** The address of the picture that links to the page are shown with. */
function isPage(html: string): boolean {
  return html.includes('/api/og/page?slug=') && html.includes('theme-styles');
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(SUMMARY, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const summary = offered(() => demand(reply, isSummary));
  const answer = await get(FEED, { accept: 'json', conditional: summary === null });
  if (answer.status === 304) return null;
  if (summary === null) return feedSnapshot(demand(answer, isFeed), null, page);
  const feed = offered(() => demand(answer, isFeed));
  return feed === null ? statusSnapshot(summary, page) : feedSnapshot(feed, summary, page);
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (isFeed(json)) return feedSnapshot(json, null, page);
  return statusSnapshot(demand(reply, isStatus), page);
}

function demand(reply: Reply, test: (json: RawObject) => boolean): RawObject {
  const json = parseJsonObject(reply);
  if (!test(json)) throw new ParseError('shape', reply.url, 'the reply is no document of an OpenStatus page');
  return json;
}

/** Null where the page does not offer the document. */
function offered(read: () => RawObject): RawObject | null {
  try {
    return read();
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

/**
 * Hyperping status pages (https://hyperping.com/docs/status-page/status-page-json): one word for the page as a whole, and
 * its uptime of the past 90 days, which says nothing of now. There are no components and no incidents in it, so such a page
 * can be asked how it is, and `watch` has nothing to tell of it.
 *
 * A page in maintenance says so even while another of its services is down: it may be worse than it says.
 */
import { ParseError } from '../errors.ts';
import type { Get, Page, PageState, Reply, Snapshot, Source } from '../model.ts';
import { pageState } from '../normalize.ts';
import { parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { asLine } from '../text.ts';

const STATUS = 'status.json';

/** Detection has no request left for a path of its own: a page on its vendor's domain is known by its alias or `status.json`. */
export const hyperping = {
  name: 'hyperping',
  title: 'Hyperping',
  docs: 'https://hyperping.com/docs/status-page/status-page-json',
  lists: 'open',
  endpoints: [STATUS],
  detect,
  read,
  parse,
} satisfies Source;

/** Nothing of the web page is documented, so it is not looked for there. */
function detect(reply: Reply): boolean {
  const json = tryJsonObject(reply);
  return json !== null && isStatus(json);
}

/** Two fields and no third: an indicator is something others have, too. Its word may be one we do not know. */
function isStatus(json: RawObject): boolean {
  const { indicator, uptime, ...others } = json;
  return (
    asLine(indicator) !== null &&
    typeof uptime === 'string' &&
    /^\d{1,3}(?:\.\d+)?%$/.test(uptime) &&
    Object.keys(others).length === 0
  );
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(STATUS, { accept: 'json', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

function parse(reply: Reply, _page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (!isStatus(json)) throw new ParseError('shape', reply.url, 'the reply is not the status of a Hyperping page');
  const state = pageState(stateOf(json.indicator), [], []);
  return { name: null, state, description: '', components: [], incidents: [], lists: 'open' };
}

/** An incident on some services is of a weight nobody says; an outage is one of every service. */
function stateOf(word: unknown): PageState {
  switch (word) {
    case 'up':
      return 'operational';
    case 'incident':
      return 'degraded';
    case 'outage':
      return 'major_outage';
    case 'maintenance':
      return 'maintenance';
    default:
      return 'unknown';
  }
}

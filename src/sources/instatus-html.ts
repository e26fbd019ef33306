/**
 * What an Instatus page was drawn from: flight text in today's pages, a `__NEXT_DATA__` script in those of 2023, with the
 * same objects in both. It has the posts of what is open; of what was closed lately, that it was. Part of the instatus source.
 */
import { ParseError } from '../errors.ts';
import { flightText, valueFinder } from '../flight.ts';
import type { Page, Reply, Snapshot } from '../model.ts';
import { isClosed } from '../normalize.ts';
import { asObject, asObjects, demandOk, isObject, type RawObject } from '../raw.ts';
import { parseRfcTime } from '../time.ts';
import {
  baseAddress,
  incidentDraft,
  maintenanceDraft,
  toComponents,
  toSnapshot,
  type View,
} from './instatus-notices.ts';
import { kindOfPhase, lineOf, phaseOf, stateOf, timeOf } from './instatus-words.ts';

/** Throws FetchError for an HTTP status other than 200, ParseError when the page lacks the data or a part of it. */
export function htmlSnapshot(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  // One that stops half way must not pass for one with less on it.
  if (!reply.text.includes('</html>')) throw new ParseError('shape', reply.url, 'the web page is cut short');
  const find = valueFinder(flightText(reply.text) || nextData(reply.text));
  const site = find('site', (value) => isObject(value) && typeof value.status === 'string');
  const incidents = find('activeIncidents', Array.isArray);
  const maintenances = find('activeMaintenances', Array.isArray);
  if (!isObject(site) || !Array.isArray(incidents) || !Array.isArray(maintenances))
    throw new ParseError('shape', reply.url, 'the page has no Instatus data, or not all of it');
  const listed = Array.isArray(site.components) ? site.components : find('components', isComponentList);
  const view: View = { components: toComponents(listed), base: baseAddress(page) };
  const open = [
    ...asObjects(maintenances).map((raw) => maintenanceDraft(raw, view)),
    ...asObjects(incidents).map((raw) => incidentDraft(raw, view)),
  ];
  const closed = lately(find('notices', isNotices), parseRfcTime(reply.headers.date)).map((raw) =>
    kindOfPhase(raw.status) === 'maintenance' ? maintenanceDraft(raw, view) : incidentDraft(raw, view),
  );
  const parts = { name: lineOf(site.name), components: view.components, lists: 'open' as const };
  // Of one id the last is kept: what is open is told whole.
  return toSnapshot(parts, stateOf(site.mainStatus ?? site.status), [...closed, ...open]);
}

function nextData(html: string): string {
  const script = html.indexOf('<script id="__NEXT_DATA__"');
  const from = script === -1 ? -1 : html.indexOf('>', script);
  const end = from === -1 ? -1 : html.indexOf('</script>', from);
  return end === -1 ? '' : html.slice(from + 1, end);
}

function isComponentList(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((row) => isObject(row) && typeof row.status === 'string')
  );
}

function isNotices(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((notice) => isObject(notice) && 'impact' in notice);
}

const LATELY_MS = 3 * 86_400_000;

/**
 * Those that ended in the last days before the page was sent: it lists three months of them, without their posts, and
 * older ones would look like news where the feed was read before.
 */
function lately(notices: unknown, now: Date | null): RawObject[] {
  return Object.values(asObject(notices)).filter((raw): raw is RawObject => {
    if (!isObject(raw) || now === null || !isClosed(phaseOf(kindOfPhase(raw.status), raw.status))) return false;
    const ended = timeOf(raw.resolved);
    return ended !== null && now.getTime() - ended.getTime() < LATELY_MS;
  });
}

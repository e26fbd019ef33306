/**
 * Cachet (https://docs.cachethq.io), version 2 at `api/v1/` and version 3 at `api/`. Components and incidents are lists of
 * their own, and neither tells of the other, so both are asked every time; planned work, and in version 2 the names of
 * groups, come with whatever changed.
 *
 * Not verified on a live page: that version 2 keeps its posts in UTC, and version 3 all times.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Component, Get, Incident, Page, Reply, Snapshot, Source } from '../model.ts';
import { newestFirst, pageState, uniqueById } from '../normalize.ts';
import {
  askTogether,
  asObjects,
  isMarkup,
  isNotOffered,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { parseRfcTime } from '../time.ts';
import { componentsV2, incidentV2, isV2, offsetIn, scheduleV2 } from './cachet-v2.ts';
import { componentV3, incidentV3, isRow, isV3, relations, scheduleV3 } from './cachet-v3.ts';
import { baseOf } from './cachet-words.ts';

const V2 = {
  incidents: 'api/v1/incidents?sort=id&order=desc&per_page=50',
  components: 'api/v1/components?per_page=500',
  schedules: 'api/v1/schedules?sort=id&order=desc&per_page=50',
  groups: 'api/v1/components/groups?per_page=500',
};
const V3 = {
  incidents: 'api/incidents?include=updates,components&per_page=50',
  components: 'api/components?include=group&per_page=100',
  schedules: 'api/schedules?include=updates,components&per_page=50',
};

export const cachet = {
  name: 'cachet',
  title: 'Cachet',
  docs: 'https://docs.cachethq.io',
  lists: 'recent',
  endpoints: [
    'api/v1/incidents',
    'api/v1/components',
    'api/v1/schedules',
    'api/incidents',
    'api/components',
    'api/schedules',
  ],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  const json = tryJsonObject(reply);
  if (json === null) return false;
  return isV2(json) || (isV3(json) && asObjects(json.data).some(isRow));
}

function isPage(html: string): boolean {
  if (html.includes('vendor/cachethq/cachet/')) return true;
  return (
    html.includes('Global.locale = ') &&
    html.includes('name="token"') &&
    /<body class="[^"<>]{0,99}status-page/.test(html)
  );
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  try {
    const replies = await askTogether(get, [V2.incidents, V2.components], (reply) => demand(reply, isV2));
    if (replies === null) return null;
    const schedules = await get(V2.schedules, { accept: 'json' });
    return snapshotV2([...replies, schedules, await get(V2.groups, { accept: 'json' })], page);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return readV3(page, get, error);
  }
}

/** When neither is there, what version 2 lacks says more, unless the page of version 3 is locked. */
async function readV3(page: Page, get: Get, refusal: unknown): Promise<Snapshot | null> {
  try {
    const replies = await askTogether(get, [V3.incidents, V3.components], (reply) => demand(reply, isV3));
    return replies && snapshotV3([...replies, await get(V3.schedules, { accept: 'json' })], page);
  } catch (error) {
    const locked = error instanceof FetchError && error.code === 'blocked';
    throw isNotOffered(error) && !locked ? refusal : error;
  }
}

function demand(reply: Reply, test: (json: RawObject) => boolean): RawObject {
  const json = parseJsonObject(reply);
  if (!test(json)) throw new ParseError('shape', reply.url, 'the reply is no list of a Cachet');
  return json;
}

/** Null where the page does not offer the list: planned work came with 2.4, groups may be none. */
function ifOffered(reply: Reply | undefined, test: (json: RawObject) => boolean): RawObject | null {
  try {
    return reply ? demand(reply, test) : null;
  } catch (error) {
    if (isNotOffered(error)) return null;
    throw error;
  }
}

function snapshotV2(replies: readonly Reply[], page: Page): Snapshot {
  const [incidents, components, schedules, groups] = replies;
  const listed = dataOf(demand(incidents!, isV2));
  const parts = componentsV2(dataOf(demand(components!, isV2)), dataOf(ifOffered(groups, isV2)));
  const view = viewOf(parts, incidents!, page, offsetIn(listed));
  const planned = dataOf(ifOffered(schedules, isV2)).flatMap((raw) => scheduleV2(raw, view));
  return snapshotOf(parts, [...listed.flatMap((raw) => incidentV2(raw, view)), ...planned]);
}

function snapshotV3(replies: readonly Reply[], page: Page): Snapshot {
  const [incidents, components, schedules] = replies;
  const listed = demand(incidents!, isV3);
  const parts = partsV3(demand(components!, isV3));
  const view = viewOf(parts, incidents!, page, 0);
  const planned = ifOffered(schedules, isV3);
  return snapshotOf(parts, [
    ...dataOf(listed).flatMap((row) => incidentV3(row, relations(listed), view)),
    ...(planned ? dataOf(planned).flatMap((row) => scheduleV3(row, relations(planned), view)) : []),
  ]);
}

function dataOf(json: RawObject | null): RawObject[] {
  return asObjects(json?.data);
}

function partsV3(json: RawObject): Component[] {
  const find = relations(json);
  return dataOf(json).flatMap((row) => componentV3(row, find));
}

function viewOf(components: readonly Component[], reply: Reply, page: Page, offsetMs: number) {
  return {
    base: baseOf(page),
    components: new Map(components.map((component) => [component.id, component])),
    offsetMs,
    now: parseRfcTime(reply.headers.date),
  };
}

function snapshotOf(components: readonly Component[], incidents: readonly Incident[]): Snapshot {
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components: uniqueById(components),
    incidents: newestFirst(uniqueById(incidents)),
    lists: 'recent',
  };
}

/** One list alone. What it does not tell of is unknown, and nothing may be called withdrawn for not being there. */
function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  const rows = dataOf(json);
  const first = rows[0] ?? {};
  if (isV2(json) && rows.length > 0) {
    const view = viewOf([], reply, page, offsetIn(rows));
    if ('group_id' in first) return alone(componentsV2(rows, []), []);
    if ('completed_at' in first)
      return alone(
        [],
        rows.flatMap((raw) => scheduleV2(raw, view)),
      );
    if ('message' in first)
      return alone(
        [],
        rows.flatMap((raw) => incidentV2(raw, view)),
      );
  }
  if (isV3(json) && rows.some(isRow)) {
    const view = viewOf([], reply, page, 0);
    if (first.type === 'components') return alone(partsV3(json), []);
    if (first.type === 'schedules')
      return alone(
        [],
        rows.flatMap((row) => scheduleV3(row, relations(json), view)),
      );
    if (first.type === 'incidents')
      return alone(
        [],
        rows.flatMap((row) => incidentV3(row, relations(json), view)),
      );
  }
  throw new ParseError('shape', reply.url, 'the reply is no list of a Cachet, or an empty one');
}

function alone(components: Component[], incidents: Incident[]): Snapshot {
  const snapshot = snapshotOf(components, incidents);
  const open = components.length > 0 || snapshot.state !== 'operational';
  return { ...snapshot, state: open ? snapshot.state : 'unknown', lists: 'open', torn: true };
}

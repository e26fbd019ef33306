/**
 * Salesforce Trust (https://api.status.salesforce.com/v1/docs): every instance with what goes on at it, 1.5 MB of them, or
 * one instance alone for the page of one (`https://status.salesforce.com/instances/NA137`), which also has its planned
 * maintenance. For recent history the incidents of the last two weeks. The list of incidents was not seen recorded: without it
 * what goes on now is shown alone. Instances that are retired are left out.
 */

import { FetchError, ParseError } from '../errors.ts';
import type { Component, Depth, Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObjects, isMarkup, isNotOffered, isObject, isShellOf, parseJson, type RawObject, tryJson } from '../raw.ts';
import { asLine } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { HOSTS } from './hosts.ts';
import { keysOf, toIncident, toMaintenance } from './salesforce-trust-events.ts';
import { statusOf } from './salesforce-trust-words.ts';

const PREVIEW = 'v1/instances/status/preview';
const HOME = 'https://status.salesforce.com/';
const API = 'https://api.status.salesforce.com/';
const HISTORY_DAYS = 14;
const DAY_MS = 86_400_000;

export const salesforceTrust = {
  name: 'salesforce-trust',
  title: 'Salesforce Trust',
  docs: 'https://api.status.salesforce.com/v1/docs',
  lists: 'recent',
  endpoints: [PREVIEW, 'v1/incidents/active', 'v1/incidents'],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is a shell that any host could serve: only Salesforce's own is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS['salesforce-trust']);
  if (!/"(?:Incidents|IncidentImpacts)"/.test(reply.text)) return false;
  const json = tryJson(reply);
  const first = Array.isArray(json) ? json[0] : json;
  return isInstance(first) || isIncident(first);
}

function isOwn(url: string): boolean {
  return HOSTS['salesforce-trust'].test(new URL(url).hostname);
}

function isInstance(value: unknown): value is RawObject {
  if (!isObject(value) || asLine(value.key) === null || asLine(value.status) === null) return false;
  return Array.isArray(value.Incidents) && Array.isArray(value.Maintenances);
}

function isIncident(value: unknown): value is RawObject {
  return isObject(value) && asLine(value.id) !== null && Array.isArray(value.IncidentImpacts);
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const { api, instance, home } = placeOf(page);
  const path = instance === null ? PREVIEW : `v1/instances/${instance}/status`;
  const reply = await get(`${api}${path}`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const instances = demandInstances(parseJson(reply), reply.url);
  if (depth === 'now') return toSnapshot(instances, [], reply, home);
  const past = await readPast(get, `${api}${historyPath(instance, reply)}`);
  const snapshot = toSnapshot(instances, typeof past === 'string' ? [] : past, reply, home);
  if (past === 'broken') return { ...snapshot, torn: true };
  return past === 'missing' ? snapshot : { ...snapshot, lists: 'recent' };
}

interface Place {
  /** With their last slashes. */
  home: string;
  api: string;
  instance: string | null;
}

function placeOf(page: Page): Place {
  const { origin, pathname } = new URL(page.url);
  const instance = /\/instances\/([\w-]{1,40})(?:\/status)?\/?$/.exec(pathname)?.[1] ?? null;
  if (isOwn(page.url)) return { home: HOME, api: API, instance };
  const folder = page.document ? '' : pathname.replace(/(?:\/instances\/[\w-]{1,40}(?:\/status)?)?\/?$/, '');
  return { home: `${origin}${folder}/`, api: `${origin}${folder}/`, instance };
}

function historyPath(instance: string | null, reply: Reply): string {
  const now = parseRfcTime(reply.headers.date);
  const since = now && new Date(now.getTime() - HISTORY_DAYS * DAY_MS).toISOString().slice(0, 10);
  const wanted = [instance && `instance=${instance}`, since && `startTime=${since}T00:00:00.000Z`, 'limit=100'];
  return `v1/incidents?${wanted.filter(Boolean).join('&')}`;
}

/** The list of incidents, unless the page does not offer it or it could not be had this time. */
async function readPast(get: Get, address: string): Promise<RawObject[] | 'missing' | 'broken'> {
  try {
    const reply = await get(address, { accept: 'json' });
    return demandRows(parseJson(reply), isIncident, reply.url);
  } catch (error) {
    if (isNotOffered(error)) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function demandRows(json: unknown, isRow: (value: unknown) => value is RawObject, url: string): RawObject[] {
  if (!Array.isArray(json) || !json.every(isRow))
    throw new ParseError('shape', url, 'the reply is no list of Salesforce Trust');
  return json;
}

/** No Trust page is without an instance. */
function demandInstances(json: unknown, url: string): RawObject[] {
  const rows = demandRows(Array.isArray(json) ? json : [json], isInstance, url);
  if (rows.length === 0) throw new ParseError('shape', url, 'the reply lists no instance');
  return rows;
}

/** Also a list of incidents, and an incident, stand for themselves. */
function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  const { home } = placeOf(page);
  const rows = Array.isArray(json) ? json : [json];
  if (!isIncident(rows[0])) return toSnapshot(demandInstances(json, reply.url), [], reply, home);
  const active = new URL(reply.url).pathname.endsWith('/active');
  const snapshot = toSnapshot([], demandRows(rows, isIncident, reply.url), reply, home);
  return active ? snapshot : { ...snapshot, lists: 'recent' };
}

function toSnapshot(rows: readonly RawObject[], listed: readonly RawObject[], reply: Reply, home: string): Snapshot {
  const active = rows.filter((row) => row.isActive !== false || rows.length === 1);
  const components = uniqueById(active.flatMap(toComponent));
  const instances = new Map(components.map((component) => [component.id, component]));
  const view = { instances, home, now: parseRfcTime(reply.headers.date) };
  const incidents = uniqueById([
    ...withOwners(rows, 'Incidents', listed).flatMap((raw) => toIncident(raw, view)),
    ...withOwners(rows, 'Maintenances', []).flatMap((raw) => toMaintenance(raw, view)),
  ]);
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents: newestFirst(incidents),
    lists: 'open',
  };
}

function toComponent(row: RawObject): Component[] {
  const id = asLine(row.key);
  return id === null ? [] : [{ id, name: id, group: asLine(row.location), status: statusOf(row.status) }];
}

/**
 * What stands at several instances is one, and touches every instance it stands at, listed in it or not. The list of
 * incidents has the posts of each, and what is over.
 */
function withOwners(rows: readonly RawObject[], field: string, listed: readonly RawObject[]): RawObject[] {
  const found = new Map<string, { raw: RawObject; owners: string[] }>();
  const note = (raw: RawObject, owners: readonly string[]) => {
    const id = asLine(raw.id);
    if (id === null) return;
    const known = found.get(id);
    if (known) known.owners.push(...owners);
    else found.set(id, { raw, owners: [...owners] });
  };
  for (const raw of listed) note(raw, []);
  for (const row of rows) for (const raw of asObjects(row[field])) note(raw, keysOf([row.key]));
  return [...found.values()].map(({ raw, owners }) => ({
    ...raw,
    instanceKeys: [...keysOf(raw.instanceKeys), ...owners],
  }));
}

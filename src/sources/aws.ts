/**
 * The AWS Health Dashboard (https://docs.aws.amazon.com/health/latest/ug/aws-health-dashboard-status.html): the events of
 * now, and for recent history those of the last year (aws-events.ts). Both are UTF-16. Where the history is kept is known
 * from other programs only, and its form was not seen recorded: without it the events of now are shown alone.
 * A region is well when no event of now touches it; of services only those in an event are known.
 * Its RSS feeds, with an item for every post, are left to `feed`.
 */

import { FetchError, ParseError } from '../errors.ts';
import type { Component, Depth, Get, Incident, Page, Reply, Snapshot, Source } from '../model.ts';
import { isClosed, newestFirst, pageState, worseStatus } from '../normalize.ts';
import { isMarkup, isNotOffered, isShellOf, parseJson, type RawObject, tryJson } from '../raw.ts';
import {
  currentIncidents,
  demandEvents,
  demandHistory,
  isEvent,
  isHistory,
  pastIncidents,
  toRegion,
} from './aws-events.ts';
import { REGIONS } from './aws-regions.ts';
import { HOSTS } from './hosts.ts';

const EVENTS = 'public/currentevents';
const HISTORY = 'historyevents.json';
const HOME = 'https://health.aws.amazon.com/';
const HISTORY_HOME = 'https://history-events-us-west-2-prod.s3.amazonaws.com/';

export const aws = {
  name: 'aws',
  title: 'AWS Health Dashboard',
  docs: 'https://docs.aws.amazon.com/health/latest/ug/aws-health-dashboard-status.html',
  lists: 'recent',
  endpoints: [EVENTS, HISTORY],
  detect,
  read,
  parse,
} satisfies Source;

/** The web page is a shell that any host could serve: only AWS's own is believed. */
function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOSTS.aws);
  const json = tryJson(reply);
  return isQuiet(json, reply) || (Array.isArray(json) && isEvent(json[0])) || isHistory(json);
}

function isOwn(url: string): boolean {
  return HOSTS.aws.test(new URL(url).hostname);
}

/** An empty list is what AWS says when all is well, but anybody may say it: it counts from AWS, or in its encoding. */
function isQuiet(json: unknown, reply: Reply): boolean {
  if (!Array.isArray(json) || json.length > 0 || !new URL(reply.url).pathname.endsWith(`/${EVENTS}`)) return false;
  return isOwn(reply.url) || /charset="?utf-16/i.test(reply.headers['content-type'] ?? '');
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const home = homeOf(page);
  const reply = await get(`${home}${EVENTS}`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const current = currentIncidents(eventsOf(parseJson(reply), reply), home);
  const past = depth === 'now' ? 'missing' : await readPast(get, page, current);
  const snapshot = toSnapshot(current, typeof past === 'string' ? [] : past);
  if (past === 'broken') return { ...snapshot, torn: true };
  return past === 'missing' ? snapshot : { ...snapshot, lists: 'recent' };
}

/** The dashboard's address with its last slash: on AWS's own hosts it is always the same. */
function homeOf(page: Page): string {
  if (isOwn(page.url)) return HOME;
  const { origin, pathname } = new URL(page.document ? new URL('.', page.url) : page.url);
  return `${origin}${pathname.replace(/(?:\/(?:health\/status|public))?\/?$/, '')}/`;
}

function eventsOf(json: unknown, reply: Reply): RawObject[] {
  return isQuiet(json, reply) ? [] : demandEvents(json, reply.url);
}

/** What is over, unless the page does not offer it (or it is too long to be read), or it could not be had this time. */
async function readPast(
  get: Get,
  page: Page,
  current: readonly Incident[],
): Promise<Incident[] | 'missing' | 'broken'> {
  try {
    const reply = await get(`${isOwn(page.url) ? HISTORY_HOME : homeOf(page)}${HISTORY}`, { accept: 'json' });
    return pastIncidents(demandHistory(parseJson(reply), reply.url), current, homeOf(page));
  } catch (error) {
    if (isNotOffered(error) || (error instanceof FetchError && error.code === 'too_large')) return 'missing';
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function toSnapshot(current: readonly Incident[], past: readonly Incident[]): Snapshot {
  const components = toComponents(current);
  const incidents = newestFirst([...current, ...past]);
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents,
    lists: 'open',
  };
}

/** Every region, and the services of the events of now. */
function toComponents(current: readonly Incident[]): Component[] {
  const touched = new Map<string, Component>();
  for (const incident of current)
    for (const { id, name, group, status } of incident.components) {
      const now = isClosed(incident.status) ? 'operational' : status;
      touched.set(id, { id, name, group, status: worseStatus(now, touched.get(id)?.status ?? now) });
    }
  const untouched = [...REGIONS.keys()].filter((code) => !touched.has(code)).map((code) => toRegion(code));
  return [...untouched.map((region) => toComponent(region)), ...touched.values()];
}

function toComponent({ id, name, group }: Component): Component {
  return { id, name, group, status: 'operational' };
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  if (!isHistory(json)) return toSnapshot(currentIncidents(eventsOf(json, reply), homeOf(page)), []);
  // What goes on now is not in it, so it says nothing of the state of anything.
  const incidents = pastIncidents(demandHistory(json, reply.url), [], homeOf(page));
  return { name: null, state: 'unknown', description: '', components: [], incidents, lists: 'recent' };
}

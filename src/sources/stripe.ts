/**
 * Stripe's own status endpoints: how each of its parts does, as `current` or, where that is not offered, `current/full`
 * (in which a part has a warning or none). Neither tells of incidents, and `pending` and `paused` are words that only
 * other programs name. Stripe also has a Statuspage (https://www.stripestatus.com), to which its old host leads visitors:
 * where it does, the page is read as that, so no host is claimed here.
 */
import { ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Get, Page, Reply, Snapshot, Source } from '../model.ts';
import { pageState, stateOfComponent, uniqueById } from '../normalize.ts';
import {
  asObjects,
  isMarkup,
  isNotOffered,
  isObject,
  isShellOf,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine } from '../text.ts';

const CURRENT = 'current';
const FULL = 'current/full';
const HOST = /^status\.stripe\.com\.?$/i;

export const stripe = {
  name: 'stripe',
  title: 'Stripe status',
  docs: 'https://status.stripe.com',
  lists: 'open',
  endpoints: [CURRENT, FULL],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isShellOf(reply, HOST);
  const json = tryJsonObject(reply);
  return json !== null && (isCurrent(json) || isFull(json));
}

function isCurrent(json: RawObject): boolean {
  return typeof json.largestatus === 'string' && isObject(json.statuses) && Object.keys(json.statuses).length > 0;
}

function isFull(json: RawObject): boolean {
  return typeof json.UptimeStatus === 'string' && asObjects(json.uptimeData).length > 0;
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(CURRENT, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  try {
    return parse(reply, page);
  } catch (error) {
    if (!isNotOffered(error)) throw error;
    return readFull(page, get, error);
  }
}

/** When that is not offered either, the first refusal says more. */
async function readFull(page: Page, get: Get, refusal: unknown): Promise<Snapshot | null> {
  const reply = await get(FULL, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  try {
    return parse(reply, page);
  } catch (error) {
    throw isNotOffered(error) ? refusal : error;
  }
}

function parse(reply: Reply, _page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (!isCurrent(json) && !isFull(json))
    throw new ParseError('shape', reply.url, "the reply is not the state of Stripe's services");
  const components = uniqueById(isCurrent(json) ? currentParts(json.statuses as RawObject) : fullParts(json));
  const indicator = stateOfComponent(statusOf(isCurrent(json) ? json.largestatus : json.UptimeStatus));
  const state = pageState(indicator, components, []);
  return { name: 'Stripe', state, description: asLine(json.message) ?? '', components, incidents: [], lists: 'open' };
}

const NAMES = new Map([
  ['api', 'API'],
  ['checkout', 'Checkout'],
  ['checkoutjs', 'Checkout.js'],
  ['dashboard', 'Dashboard'],
  ['emails', 'Emails'],
  ['stripejs', 'Stripe.js'],
  ['webhooks', 'Webhooks'],
]);

function currentParts(statuses: RawObject): Component[] {
  return Object.entries(statuses).flatMap(([key, word]) => {
    const id = asLine(key);
    return id === null ? [] : [{ id, name: NAMES.get(id) ?? id, group: null, status: statusOf(word) }];
  });
}

/** A part of which nothing is said, not even that there is no warning, is not known to be well. */
function fullParts(json: RawObject): Component[] {
  return asObjects(json.uptimeData).flatMap(({ key, title, warning }) => {
    const id = asLine(key) ?? asLine(title);
    if (id === null) return [];
    const status = warning === undefined ? 'unknown' : warning === null ? 'operational' : 'degraded_performance';
    return [{ id, name: asLine(title) ?? NAMES.get(id) ?? id, group: null, status }];
  });
}

function statusOf(word: unknown): ComponentStatus {
  switch (word) {
    case 'up':
      return 'operational';
    case 'degraded':
      return 'degraded_performance';
    case 'down':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

/**
 * A status dashboard of Google as a page: `incidents.json` tells when anything changed and holds everything but the names
 * of products that never had an incident, which `products.json` adds. All of them have the same form; whether one is
 * Workspace's is told by its address, and for a copy elsewhere by the products it names.
 * Part of the google-cloud and google-workspace sources.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Component, Get, Incident, Page, Reply, Snapshot } from '../model.ts';
import { isClosed, newestFirst, pageState, worseStatus } from '../normalize.ts';
import { asObjects, isMarkup, isWebPage, parseJson, parseJsonObject, type RawObject, tryJsonObject } from '../raw.ts';
import { demandIncidents, toIncidents, toProduct } from './google-incidents.ts';

export const INCIDENTS = 'incidents.json';
export const PRODUCTS = 'products.json';

export type Dashboard = 'workspace' | 'other';

const WORKSPACE =
  /^(?:gmail|admin console|(?:google )?classroom|google (?:calendar|chat|docs|drive|forms|groups|keep|meet|sheets|sites|slides|tasks|vault|vids|voice))$/i;

/** Google's own addresses, with what comes after the host; null for any other. */
function ownHome(url: string): { home: string; dashboard: Dashboard } | null {
  const { hostname, pathname, origin } = new URL(url);
  const under = (root: string, dashboard: Dashboard) =>
    pathname === root || pathname.startsWith(`${root}/`) ? { home: `${origin}${root}/`, dashboard } : null;
  switch (hostname.replace(/\.$/, '')) {
    case 'www.google.com':
      return under('/appsstatus', 'workspace') && { home: `${origin}/appsstatus/dashboard/`, dashboard: 'workspace' };
    case 'ads.google.com':
      return under('/status/publisher', 'other');
    case 'status.cloud.google.com':
      return under('/maps-platform', 'other') ?? { home: `${origin}/`, dashboard: 'other' };
    case 'status.play.google.com':
    case 'status.search.google.com':
      return { home: `${origin}/`, dashboard: 'other' };
    default:
      return null;
  }
}

function isDashboard(wanted: Dashboard, url: string, names: readonly string[]): boolean {
  const dashboard = ownHome(url)?.dashboard ?? (names.some((name) => WORKSPACE.test(name)) ? 'workspace' : 'other');
  return dashboard === wanted;
}

/** The web page is a shell that any host could serve, and a quiet dashboard an empty list: Google's own are believed. */
export function detectDashboard(wanted: Dashboard, reply: Reply): boolean {
  if (reply.status !== 200) return false;
  const own = ownHome(reply.url);
  if (isMarkup(reply)) return isWebPage(reply) && own?.dashboard === wanted;
  const json = tryList(reply);
  if (own) return own.dashboard === wanted && (json !== null || isProducts(reply));
  return json !== null && json.length > 0 && isDashboard(wanted, reply.url, namesIn(json));
}

function tryList(reply: Reply): RawObject[] | null {
  try {
    return reply.text.trimStart().startsWith('[') ? demandIncidents(parseJson(reply), reply.url) : null;
  } catch {
    return null;
  }
}

function isProducts(reply: Reply): boolean {
  return reply.url.endsWith(`/${PRODUCTS}`) && Array.isArray(tryJsonObject(reply)?.products);
}

function namesIn(rows: readonly RawObject[]): string[] {
  return rows.flatMap((row) => [...toProduct({ title: row.service_name }, 'unknown'), ...productsOf(row)]).map(nameOf);
}

function productsOf(row: RawObject): Component[] {
  return asObjects(row.affected_products).flatMap((product) => toProduct(product, 'unknown'));
}

function nameOf(component: Component): string {
  return component.name;
}

/** Throws ParseError also for the other dashboard's documents. */
export async function readDashboard(wanted: Dashboard, page: Page, get: Get): Promise<Snapshot | null> {
  const home = homeOf(page);
  const reply = await get(`${home}${INCIDENTS}`, { accept: 'json', conditional: true });
  if (reply.status === 304) return null;
  const rows = demandIncidents(parseJson(reply), reply.url);
  return toSnapshot(wanted, rows, await readProducts(get, home), page.url, home);
}

/** Without them the page only knows fewer products by name, so that they cannot be had is no failure. */
async function readProducts(get: Get, home: string): Promise<Component[]> {
  try {
    const reply = await get(`${home}${PRODUCTS}`, { accept: 'json' });
    return asObjects(parseJsonObject(reply).products).flatMap((product) => toProduct(product, 'operational'));
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return [];
    throw error;
  }
}

export function parseDashboard(wanted: Dashboard, reply: Reply, page: Page): Snapshot {
  const rows = demandIncidents(parseJson(reply), reply.url);
  return toSnapshot(wanted, rows, [], reply.url, homeOf(page));
}

function homeOf(page: Page): string {
  const own = ownHome(page.url);
  if (own) return own.home;
  const { origin, pathname } = new URL(page.document ? new URL('.', page.url) : page.url);
  return `${origin}${pathname.replace(/(?:\/summary)?\/?$/, '')}/`;
}

/** An empty list proves nothing, unless the page names its products. */
function toSnapshot(
  wanted: Dashboard,
  rows: readonly RawObject[],
  products: readonly Component[],
  url: string,
  home: string,
): Snapshot {
  if (rows.length === 0 && products.length === 0)
    throw new ParseError('shape', url, 'the dashboard lists neither incidents nor products');
  if (!isDashboard(wanted, url, [...namesIn(rows), ...products.map(nameOf)]))
    throw new ParseError(
      'shape',
      url,
      `the dashboard is ${wanted === 'workspace' ? 'not' : 'that'} of Google Workspace`,
    );
  const incidents = newestFirst(toIncidents(rows, home));
  const components = toComponents(products, incidents);
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    components,
    incidents,
    lists: 'recent',
  };
}

/** Every product and location ever named: those that no open incident touches are well. */
function toComponents(products: readonly Component[], incidents: readonly Incident[]): Component[] {
  const components = new Map(products.map((product) => [product.id, product]));
  const troubled = new Map<string, Component>();
  for (const incident of incidents)
    for (const { id, name, group, status } of incident.components) {
      if (!components.has(id)) components.set(id, { id, name, group, status: 'operational' });
      if (isClosed(incident.status)) continue;
      troubled.set(id, { id, name, group, status: worseStatus(status, troubled.get(id)?.status ?? status) });
    }
  return [...components.values()].map((component) => {
    const status = troubled.get(component.id)?.status ?? component.status;
    return { ...component, status };
  });
}

/** The recorded pages under `fixtures/sources/<platform>/<case>/`, served without a network, and snapshots as plain JSON. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ask, Component, Depth, Get, Incident, Page, Reply, Snapshot } from '../src/model.ts';
import { isClosed } from '../src/normalize.ts';
import { cleanLine, cleanText } from '../src/text.ts';

const ROOT = fileURLToPath(new URL('../fixtures/sources/', import.meta.url));
const TYPES: Record<string, string> = {
  '.json': 'application/json',
  '.html': 'text/html',
  '.xml': 'application/xml',
  '.atom': 'application/atom+xml',
  '.rss': 'application/rss+xml',
};

/** What `case.json` holds. Paths are relative to the page. */
interface CaseFile {
  page: string;
  depth?: Depth;
  /** `url` is the final address where a redirect leads elsewhere. */
  routes: Record<
    string,
    { file: string; status?: number; type?: string; headers?: Record<string, string>; url?: string }
  >;
  /** The whole list of paths a read asks, in order. */
  asks?: string[];
  /** The path of one document that is parsed by itself, instead of a whole page that is read. */
  document?: string;
  /** The code of the error that a read ends with. */
  fails?: string;
}

export interface FixtureCase {
  platform: string;
  name: string;
  folder: string;
  page: Page;
  depth: Depth;
  /** By full address. */
  replies: ReadonlyMap<string, Reply>;
  asks: string[] | null;
  document: Reply | null;
  fails: string | null;
}

export function fixturePlatforms(): string[] {
  return foldersOf(ROOT);
}

export function casesOf(platform: string): FixtureCase[] {
  return foldersOf(path.join(ROOT, platform)).map((name) => loadCase(platform, name));
}

/** The kinds of cases a platform cannot show, each with the reason. */
export function withoutOf(platform: string): Record<string, string> {
  const file = path.join(ROOT, platform, 'without.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
}

function foldersOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function loadCase(platform: string, name: string): FixtureCase {
  const folder = path.join(ROOT, platform, name);
  const file = JSON.parse(readFileSync(path.join(folder, 'case.json'), 'utf8')) as CaseFile;
  const replies = new Map<string, Reply>();
  for (const [route, answer] of Object.entries(file.routes)) {
    const address = addressOf(file.page, route);
    const { status = 200, headers = {}, type, url = address } = answer;
    const text = readFileSync(path.join(folder, answer.file), 'utf8');
    const contentType = type ?? TYPES[path.extname(answer.file)] ?? '';
    replies.set(address, { url, status, headers, contentType, text, hops: url === address ? [url] : [address, url] });
  }
  const { page: url, depth = 'recent', asks = null, fails = null } = file;
  const document = file.document === undefined ? null : replies.get(addressOf(url, file.document))!;
  return { platform, name, folder, page: { url, platform, document: false }, depth, replies, asks, document, fails };
}

/** As the program resolves the paths a source asks: the page is a folder. */
function addressOf(page: string, route: string): string {
  return new URL(route, page.endsWith('/') ? page : `${page}/`).href;
}

export interface FixtureGet {
  get: Get;
  /** The paths asked so far, in order. */
  asked: string[];
}

/** Serves a case, each reply as `change` makes it; whatever the case does not list is a 404 with a web page. */
export function serve(one: FixtureCase, change: (reply: Reply, ask: Ask) => Reply = (reply) => reply): FixtureGet {
  const asked: string[] = [];
  const get: Get = async (route, ask = {}) => {
    asked.push(route);
    const url = addressOf(one.page.url, route);
    return change(one.replies.get(url) ?? notFound(url), ask);
  };
  return { get, asked };
}

function notFound(url: string): Reply {
  return { url, status: 404, headers: {}, contentType: 'text/html', text: webPage('Not found'), hops: [url] };
}

/** A web page that is no status page. */
export function webPage(title: string): string {
  return `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
}

/** What `expected.json` holds; undefined where there is none yet. */
export function expectedOf(one: FixtureCase): unknown {
  const file = path.join(one.folder, 'expected.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A snapshot as JSON would carry it: times as ISO 8601 in UTC. */
export function plain(snapshot: Snapshot): unknown {
  return JSON.parse(JSON.stringify(snapshot));
}

const STATES = ['operational', 'maintenance', 'degraded', 'partial_outage', 'major_outage', 'unknown'];
const STATUSES = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
  'unknown',
];
const IMPACTS = ['none', 'minor', 'major', 'critical', 'maintenance', 'unknown'];
const PHASES = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem', 'unknown'].concat([
  'scheduled',
  'in_progress',
  'verifying',
  'completed',
  'cancelled',
]);

/** What is wrong with a snapshot, whatever it was made of; empty when it is a valid one. */
export function problemsOf(snapshot: Snapshot): string[] {
  const problems: string[] = [];
  const demand = (good: boolean, problem: string) => good || problems.push(problem);
  demand(STATES.includes(snapshot.state), `state ${snapshot.state}`);
  demand(snapshot.name === null || isLine(snapshot.name), 'name');
  demand(cleanLine(snapshot.description) === snapshot.description, 'description');
  demand(snapshot.lists === 'open' || snapshot.lists === 'recent', 'lists');
  demand(areUnique(snapshot.components), 'components share an id');
  demand(areUnique(snapshot.incidents), 'incidents share an id');
  for (const component of snapshot.components) checkComponent(component, demand);
  for (const incident of snapshot.incidents) checkIncident(incident, demand);
  return problems;
}

type Demand = (good: boolean, problem: string) => unknown;

function checkComponent(component: Component, demand: Demand): void {
  demand(isLine(component.id) && isLine(component.name), `component ${JSON.stringify(component)}`);
  demand(component.group === null || isLine(component.group), `group ${JSON.stringify(component.group)}`);
  demand(STATUSES.includes(component.status), `component status ${component.status}`);
}

function checkIncident(incident: Incident, demand: Demand): void {
  const { id, kind, startedAt, resolvedAt, updatedAt, scheduledFor, scheduledUntil } = incident;
  const say = (problem: string) => `incident ${JSON.stringify(id)}: ${problem}`;
  demand(isLine(id) && isLine(incident.title), say('id or title'));
  demand(kind === 'incident' || kind === 'maintenance', say(`kind ${kind}`));
  demand(/^https?:\/\//.test(incident.url) && URL.canParse(incident.url), say(`url ${incident.url}`));
  demand(PHASES.includes(incident.status) && IMPACTS.includes(incident.impact), say('status or impact'));
  for (const time of [startedAt, resolvedAt, updatedAt, scheduledFor, scheduledUntil])
    demand(isTime(time), say('time'));
  demand(resolvedAt === null || isClosed(incident.status), say('an end, but not over'));
  demand(areUnique(incident.updates) && areUnique(incident.components), say('shared ids'));
  const affected = new Set(incident.components.map((component) => component.id));
  let before = 0;
  for (const update of incident.updates) {
    demand(isLine(update.id) && PHASES.includes(update.status), say('update'));
    demand(cleanText(update.body) === update.body, say('body'));
    demand(isTime(update.at) && update.at.getTime() >= before, say('order of updates'));
    before = update.at.getTime();
    for (const component of update.components) {
      checkComponent(component, demand);
      demand(affected.has(component.id), say(`lacks component ${component.id} of an update`));
    }
  }
  for (const component of incident.components) {
    checkComponent(component, demand);
    demand(STATUSES.includes(component.worstStatus), say(`worst status ${component.worstStatus}`));
  }
}

function isLine(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && cleanLine(value) === value;
}

function isTime(value: Date | null): boolean {
  return value === null || (value instanceof Date && !Number.isNaN(value.getTime()));
}

function areUnique(rows: readonly { id: string }[]): boolean {
  return new Set(rows.map((row) => row.id)).size === rows.length;
}

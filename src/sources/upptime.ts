/**
 * Upptime (https://upptime.js.org): a GitHub repository whose jobs check sites every five minutes, keep a summary of them in
 * a file and open an issue for each one that is down. A page is the repository, or the site made from it, which names it.
 *
 * GitHub's API answers sixty questions an hour to those without an account, so the summary is asked last: its five minutes
 * of `max-age` then set the pace. Its file host is minutes behind as well; a site with an open issue is not up again.
 */
import { dataAddress } from '../address.ts';
import { FetchError, ParseError } from '../errors.ts';
import type { Component, ComponentStatus, Depth, Get, Incident, Page, Reply, Snapshot, Source } from '../model.ts';
import { isClosed, newestFirst, pageState, uniqueById, worseStatus } from '../normalize.ts';
import {
  askTogether,
  asObjects,
  asText,
  demandOk,
  isMarkup,
  isObject,
  parseJson,
  type RawObject,
  tryJson,
} from '../raw.ts';
import { asLine } from '../text.ts';
import { fromEpochMs, parseRfcTime } from '../time.ts';
import { isIssue, type Report, toIncident, toReport } from './upptime-issues.ts';

const SUMMARY = 'history/summary.json';
const LATEST = 'sort=updated&direction=desc&per_page=100';

export const upptime = {
  name: 'upptime',
  title: 'Upptime',
  docs: 'https://upptime.js.org/docs/',
  lists: 'recent',
  endpoints: [SUMMARY],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isSite(reply.text) || isRepository(reply);
  if (!/"(?:dailyMinutesDown|labels)"/.test(reply.text)) return false;
  const json = tryJson(reply);
  return isSummary(json) || (isIssues(json) && json.some((issue) => toReport(issue) !== null));
}

/** Attributes have no quotation marks where the site was minified. */
function isSite(html: string): boolean {
  return /__SAPPER__|id="?sapper\b/.test(html) && /upptime/i.test(html) && repositoryIn(html) !== null;
}

function isRepository(reply: Reply): boolean {
  return new URL(reply.url).hostname === 'github.com' && reply.text.includes('.upptimerc.yml');
}

function isSummary(json: unknown): json is RawObject[] {
  return Array.isArray(json) && json.length > 0 && json.every(isSiteRow);
}

function isSiteRow(row: unknown): row is RawObject {
  return isObject(row) && asLine(row.slug) !== null && typeof row.status === 'string' && 'dailyMinutesDown' in row;
}

function isIssues(json: unknown): json is RawObject[] {
  return Array.isArray(json) && json.every((row) => isObject(row) && isIssue(row));
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const repository = repositoryAt(page.url) ?? (await repositoryOf(get));
  const at = {
    api: (path: string) => dataAddress(page.url, 'https://api.github.com', `repos/${repository}/${path}`),
    file: (path: string) => dataAddress(page.url, 'https://raw.githubusercontent.com', `${repository}/HEAD/${path}`),
  };
  const state = depth === 'now' ? 'open' : 'all';
  const replies = await askTogether(
    get,
    [at.api(`issues?state=${state}&${LATEST}`), at.file(SUMMARY)],
    demandWithinLimit,
  );
  if (replies === null) return null;
  const [listed, summary] = replies as [Reply, Reply];
  const sites = toComponents(parseJson(summary), summary.url);
  const reports = toReports(parseJson(listed), listed.url);
  const discussed = reports.some(({ issue }) => Number(issue.comments) > 0);
  const comments = discussed ? commentsIn(await get(at.api(`issues/comments?${LATEST}`), { accept: 'json' })) : null;
  const incidents = toIncidents(reports, comments, sites, listed, page);
  const components = withIssues(sites, incidents);
  return snapshotOf(components, incidents, depth === 'now' ? 'open' : 'recent');
}

/** `owner/name`, of an address that holds it. */
function repositoryAt(url: string): string | null {
  const { hostname, pathname } = new URL(url);
  const path = hostname === 'api.github.com' ? pathname.replace(/^\/repos/, '') : pathname;
  if (!/^(?:github\.com|(?:api|raw)\.github(?:usercontent)?\.com)$/.test(hostname)) return null;
  return /^\/([\w.-]{1,39}\/[\w.-]{1,100})/.exec(path)?.[1]?.replace(/\.git$/, '') ?? null;
}

async function repositoryOf(get: Get): Promise<string> {
  const reply = await get('', { accept: 'html' });
  demandOk(reply);
  const repository = isSite(reply.text) ? repositoryIn(reply.text) : null;
  if (repository === null) throw new ParseError('html', reply.url, 'the reply is no site made by Upptime');
  return repository;
}

/** The repository the page links to most often; that of Upptime itself only where there is no other. */
function repositoryIn(html: string): string | null {
  const counts = new Map<string, number>();
  for (const [, repository] of html.matchAll(/https:\/\/github\.com\/([\w.-]{1,39}\/[\w.-]{1,100})(?=["'\s>])/g))
    counts.set(repository!, (counts.get(repository!) ?? 0) + (repository!.startsWith('upptime/') ? 0.001 : 1));
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Any of the documents alone. Of the summary it cannot be told what was posted, of the issues not what all sites do. */
function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJson(reply);
  // Nothing may be called withdrawn for not being there.
  if (isSummary(json)) return { ...snapshotOf(toComponents(json, reply.url), [], 'open'), torn: true };
  const reports = toReports(json, reply.url);
  if (reports.length === 0) throw new ParseError('shape', reply.url, 'the reply has no issue that an Upptime opened');
  return snapshotOf([], toIncidents(reports, null, [], reply, page), 'recent');
}

function snapshotOf(components: Component[], incidents: Incident[], lists: Snapshot['lists']): Snapshot {
  const open = incidents.some((incident) => !isClosed(incident.status));
  const state = components.length + Number(open) === 0 ? 'unknown' : pageState(null, components, incidents);
  return { name: null, state, description: '', components, incidents: newestFirst(incidents), lists };
}

function toComponents(json: unknown, url: string): Component[] {
  if (!isSummary(json)) throw new ParseError('shape', url, 'the reply is no summary of an Upptime');
  return uniqueById(
    json.map((row) => {
      const id = asLine(row.slug)!;
      return { id, name: asLine(row.name) ?? id, group: null, status: STATUSES.get(row.status) ?? 'unknown' };
    }),
  );
}

const STATUSES = new Map<unknown, ComponentStatus>([
  ['up', 'operational'],
  ['degraded', 'degraded_performance'],
  ['down', 'major_outage'],
]);

function toReports(json: unknown, url: string): Report[] {
  if (!isIssues(json)) throw new ParseError('shape', url, 'the reply is no list of issues');
  return json.flatMap((issue) => toReport(issue) ?? []);
}

/** https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function demandWithinLimit(reply: Reply): void {
  const { headers } = reply;
  if ((reply.status !== 403 && reply.status !== 429) || headers['x-ratelimit-remaining'] !== '0') return;
  const reset = fromEpochMs(Number(headers['x-ratelimit-reset']) * 1000);
  const now = parseRfcTime(headers.date);
  const retryAfterMs = reset && now ? Math.max(0, reset.getTime() - now.getTime()) : undefined;
  const message = 'GitHub answers only so many questions an hour to those without an account';
  throw new FetchError('rate_limited', reply.url, message, { status: reply.status, retryAfterMs });
}

/** By the number of the issue they stand under. */
function commentsIn(reply: Reply): Map<string, RawObject[]> {
  demandWithinLimit(reply);
  const json = parseJson(reply);
  if (!Array.isArray(json)) throw new ParseError('shape', reply.url, 'the reply is no list of comments');
  const comments = new Map<string, RawObject[]>();
  for (const comment of asObjects(json)) {
    const number = /\/issues\/(\d+)$/.exec(asText(comment.issue_url) ?? '')?.[1] ?? '';
    const known = comments.get(number);
    if (known) known.push(comment);
    else comments.set(number, [comment]);
  }
  return comments;
}

function toIncidents(
  reports: readonly Report[],
  comments: ReadonlyMap<string, RawObject[]> | null,
  sites: readonly Component[],
  reply: Reply,
  page: Page,
): Incident[] {
  const view = { url: page.url, sites, now: parseRfcTime(reply.headers.date) };
  return uniqueById(reports.map((one) => toIncident(one, comments?.get(asLine(one.issue.number) ?? '') ?? [], view)));
}

/** A site that is down as its maintenance foresees has no issue of its own, and no outage either. */
function withIssues(sites: readonly Component[], incidents: readonly Incident[]): Component[] {
  const worst = new Map<string, ComponentStatus>();
  const planned = new Set<string>();
  for (const incident of incidents)
    for (const { id, status } of isClosed(incident.status) ? [] : incident.components)
      if (incident.kind === 'incident') worst.set(id, worseStatus(worst.get(id) ?? 'unknown', status));
      else if (status === 'under_maintenance') planned.add(id);
  return sites.map((site) => {
    const foreseen = planned.has(site.id) && site.status !== 'operational' && !worst.has(site.id);
    return {
      ...site,
      status: foreseen ? 'under_maintenance' : worseStatus(site.status, worst.get(site.id) ?? 'unknown'),
    };
  });
}

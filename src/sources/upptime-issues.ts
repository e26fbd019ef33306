/**
 * Issues of an Upptime repository: those its jobs open and close with a site, and those people write. The labels are the
 * slugs of the sites; a maintenance has its hours in a comment of its Markdown
 * (https://upptime.js.org/docs/scheduled-maintenance). Part of the Upptime source.
 */
import type { Component, ComponentStatus, Impact, Incident, Phase, Update } from '../model.ts';
import { buildIncident } from '../normalize.ts';
import { asObject, asText, type RawObject } from '../raw.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

export function isIssue(row: RawObject): boolean {
  return asLine(row.number) !== null && typeof row.title === 'string' && Array.isArray(row.labels);
}

/** An issue of the status page, with the names of its labels. */
export interface Report {
  issue: RawObject;
  labels: readonly string[];
}

/** Null for one that is about the repository, and for a pull request. */
export function toReport(issue: RawObject): Report | null {
  if ('pull_request' in issue) return null;
  const labels = labelsOf(issue);
  return labels.includes('status') || labels.includes('maintenance') ? { issue, labels } : null;
}

function labelsOf(issue: RawObject): string[] {
  const list = Array.isArray(issue.labels) ? issue.labels : [];
  return list.flatMap((label) => asLine(typeof label === 'string' ? label : asObject(label).name) ?? []);
}

/** `url` is the page's own; `now` is when GitHub answered, null when it did not say. */
interface View {
  url: string;
  sites: readonly Component[];
  now: Date | null;
}

/** `comments` are in any order. */
export function toIncident(report: Report, comments: readonly RawObject[], view: View): Incident {
  return report.labels.includes('maintenance')
    ? toMaintenance(report, comments, view)
    : toOutage(report, comments, view);
}

function toOutage({ issue, labels }: Report, comments: readonly RawObject[], view: View): Incident {
  const { id, title, url, startedAt } = headOf(issue, view.url);
  const { impact, status } = troubleIn(asText(issue.title) ?? '');
  const over = issue.state === 'closed';
  const resolvedAt = over ? parseIsoTime(issue.closed_at) : null;
  const updates = [...post(issue, startedAt, 'investigating'), ...comments.flatMap(toComment)];
  return buildIncident({
    id,
    kind: 'incident',
    title,
    url,
    status: over ? 'resolved' : phaseReached(updates),
    impact,
    startedAt,
    resolvedAt,
    components: view.sites
      .filter((site) => labels.includes(site.id))
      .map((site) => ({ ...site, status: over ? 'operational' : status, worstStatus: status })),
    updates: [...updates, ...closing(resolvedAt, 'resolved', updates)],
  });
}

function headOf(issue: RawObject, pageUrl: string) {
  const id = asLine(issue.number)!;
  const title = cleanLine((asText(issue.title) ?? '').replace(/^\s*(?:🛑|⚠\uFE0F?)\s*/, ''));
  const url = addressOf(asText(issue.html_url) ?? '') ?? pageUrl;
  return { id, title: title === '' ? id : title, url, startedAt: parseIsoTime(issue.created_at) };
}

function addressOf(address: string): string | null {
  return USUAL_ADDRESS.test(address) ? address : safeUrl(address);
}
const USUAL_ADDRESS = /^https:\/\/github\.com\/[\w.-]{1,39}\/[\w.-]{1,100}\/issues\/\d{1,15}$/;

/** https://github.com/upptime/uptime-monitor writes these titles; people write what they like. */
function troubleIn(title: string): { impact: Impact; status: ComponentStatus } {
  if (title.includes('🛑')) return { impact: 'major', status: 'major_outage' };
  if (title.includes('⚠')) return { impact: 'minor', status: 'degraded_performance' };
  return { impact: 'unknown', status: 'unknown' };
}

function post(issue: RawObject, at: Date | null, status: Phase): Update[] {
  return at === null ? [] : [{ id: 'issue', status, at, body: plainText(asText(issue.body) ?? ''), components: [] }];
}

function toComment(raw: RawObject): Update[] {
  const id = asLine(raw.id);
  const at = parseIsoTime(raw.created_at);
  if (id === null || at === null) return [];
  const body = plainText(asText(raw.body) ?? '');
  const word = /^[*_# ]{0,6}([A-Za-z]{5,13})\b/.exec(body)?.[1]?.toLowerCase() ?? '';
  return [{ id, status: PHASES.get(word) ?? 'unknown', at, body, components: [] }];
}

/** With what a comment begins: the jobs write `**Resolved:** …`, people the usual words. */
const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

function phaseReached(updates: readonly Update[]): Phase {
  const words = updates.filter((update) => update.status !== 'unknown' && update.status !== 'resolved');
  return words.sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1)?.status ?? 'investigating';
}

/** An issue that was closed without a word. */
function closing(at: Date | null, status: Phase, updates: readonly Update[]): Update[] {
  if (at === null || updates.some((update) => update.status === status)) return [];
  return [{ id: 'closed', status, at, body: '', components: [] }];
}

function toMaintenance({ issue, labels }: Report, comments: readonly RawObject[], view: View): Incident {
  const facts = factsIn(asText(issue.body) ?? '');
  const from = parseIsoTime(facts.get('start'));
  const until = parseIsoTime(facts.get('end'));
  const over = issue.state === 'closed';
  const closedAt = over ? parseIsoTime(issue.closed_at) : null;
  const status = maintenancePhase(over, closedAt, from, view.now);
  const { id, title, url, startedAt } = headOf(issue, view.url);
  const updates = [
    ...post(issue, startedAt, 'scheduled'),
    ...comments.flatMap(toComment).map((update) => ({ ...update, status: 'unknown' as const })),
  ];
  const expected = `${facts.get('expectedDown') ?? ''},${facts.get('expectedDegraded') ?? ''}`.split(',');
  const names = new Set([...labels, ...expected.map((name) => name.trim())]);
  const state = status === 'in_progress' ? 'under_maintenance' : 'unknown';
  return buildIncident({
    id,
    kind: 'maintenance',
    title,
    url,
    status,
    impact: 'maintenance',
    startedAt,
    resolvedAt: closedAt,
    scheduledFor: from,
    scheduledUntil: until,
    components: view.sites
      .filter((site) => names.has(site.id) || names.has(site.name))
      .map((site) => ({ ...site, status: state })),
    updates: [...updates, ...closing(closedAt, status, updates)],
  });
}

/** Its jobs close it when its hours are over. */
function maintenancePhase(over: boolean, closedAt: Date | null, from: Date | null, now: Date | null): Phase {
  if (over) return from !== null && closedAt !== null && closedAt < from ? 'cancelled' : 'completed';
  if (from === null) return 'scheduled';
  if (now === null) return 'unknown';
  return now < from ? 'scheduled' : 'in_progress';
}

/** The lines `key: value` of the first comment in a body. */
function factsIn(body: string): Map<string, string> {
  const start = body.indexOf('<!--');
  const end = start < 0 ? -1 : body.indexOf('-->', start);
  const lines = end < 0 ? [] : body.slice(start + 4, end).split('\n');
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

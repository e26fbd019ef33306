/** Lists for people: `status`, `incidents` and `providers`. */
import type { ProviderStatus } from '../json.ts';
import type { Component, ComponentStatus, Impact, Incident, Provider } from '../model.ts';
import { isClosed, isUnderWay } from '../normalize.ts';
import { cleanLine, safeUrl } from '../text.ts';
import { durationOf, labelOf, listWords, severityOfIncident, severityOfStatus, subjectOf, wordsOf } from '../words.ts';
import { shortWords } from '../zone.ts';
import { type Cell, layTable } from './layout.ts';
import { pageWords, paintOf, stateWords, symbolOf, type View } from './style.ts';

const MOST_NAMES = 12;
const MOST_PLANNED = 3;

/** Provider, state, and what is wrong or planned. Worst news first within a row; the order of the rows is kept. */
export function renderStatusTable(statuses: readonly ProviderStatus[], view: View): string {
  const rows = statuses.map((status) => [
    [view.chalk.bold(cleanLine(status.provider.name))],
    [stateWords(status.state, view)],
    detailsOf(status, view),
  ]);
  return layTable(['PROVIDER', 'STATE', 'DETAILS'], rows, view);
}

function detailsOf(status: ProviderStatus, view: View): Cell {
  const underWay = status.maintenances.filter(isUnderWay);
  const planned = status.maintenances.filter((maintenance) => !isUnderWay(maintenance)).sort(soonestFirst);
  const lines = [
    ...(status.error ? [cleanLine(status.error.message)] : []),
    ...[...status.incidents].sort(worstFirst).map((incident) => incidentLine(incident, view)),
    ...underWay.map((maintenance) => underWayLine(maintenance, view)),
    ...componentLines(status.components, view),
    ...planned.slice(0, MOST_PLANNED).map((maintenance) => plannedLine(maintenance, view)),
  ];
  if (planned.length > MOST_PLANNED) lines.push(`and ${planned.length - MOST_PLANNED} more planned`);
  if (lines.length === 0 && status.state !== 'operational') lines.push(cleanLine(status.description));
  if (status.confidence === 'low') lines.push(view.chalk.dim('(read from a page made for people: may be wrong)'));
  return lines.filter((line) => line !== '');
}

/** What has no date is last. */
function soonestFirst(a: Incident, b: Incident): number {
  return (a.scheduledFor?.getTime() ?? Infinity) - (b.scheduledFor?.getTime() ?? Infinity) || 0;
}

const WORST_IMPACT_FIRST: readonly Impact[] = ['critical', 'major', 'minor', 'unknown', 'maintenance', 'none'];

function worstFirst(a: Incident, b: Incident): number {
  return WORST_IMPACT_FIRST.indexOf(a.impact) - WORST_IMPACT_FIRST.indexOf(b.impact);
}

function incidentLine(incident: Incident, view: View): string {
  const age = durationOf(incident, view.now);
  const subject = `${subjectOf(incident)}${age === null ? '' : ` for ${age}`} (${wordsOf(incident.status)})`;
  return `${paintOf(severityOfIncident(incident), view)(subject)}: ${cleanLine(incident.title)}`;
}

function underWayLine(maintenance: Incident, view: View): string {
  const { scheduledUntil } = maintenance;
  const until = scheduledUntil === null ? '' : ` until ${shortWords(scheduledUntil, view.now, view.zone)}`;
  return `${paintOf('maintenance', view)(`maintenance${until}`)}: ${cleanLine(maintenance.title)}`;
}

function plannedLine(maintenance: Incident, view: View): string {
  const { scheduledFor } = maintenance;
  const when =
    scheduledFor === null ? 'maintenance planned' : `maintenance from ${shortWords(scheduledFor, view.now, view.zone)}`;
  return `${view.chalk.dim(when)}: ${cleanLine(maintenance.title)}`;
}

const WORST_FIRST = [
  'major_outage',
  'partial_outage',
  'degraded_performance',
  'under_maintenance',
  'unknown',
] as const satisfies readonly ComponentStatus[];

function componentLines(components: readonly Component[], view: View): string[] {
  return WORST_FIRST.flatMap((status) => {
    const labels = components.filter((component) => component.status === status).map(labelOf);
    if (labels.length === 0) return [];
    const severity = severityOfStatus(status);
    const words = paintOf(severity, view)(`${symbolOf(severity)} ${wordsOf(status)}`);
    return [`${words}: ${listWords(labels, MOST_NAMES)}`];
  });
}

/** Catalogue rows: id, name, platform and page. */
export function renderProviders(providers: readonly Provider[], view: View): string {
  const rows = providers.map(({ id, name, platform, url }) => [
    [view.chalk.bold(cleanLine(id))],
    [cleanLine(name)],
    [platform === null ? view.chalk.dim('not known yet') : cleanLine(platform)],
    [pageWords(url)],
  ]);
  return layTable(['ID', 'NAME', 'PLATFORM', 'PAGE'], rows, view);
}

/** What one provider lists. */
export interface Listed {
  provider: Provider;
  incidents: readonly Incident[];
}

interface Entry {
  provider: Provider;
  incident: Incident;
  /** Its start, or its plan. */
  time: Date | null;
}

/** Incidents of all providers, newest first, each with its page, or the words that there is none; empty when `listed` is. */
export function renderIncidentList(listed: readonly Listed[], view: View): string {
  if (listed.length === 0) return '';
  const rows = entriesOf(listed).map(({ provider, incident, time }) => [
    [view.chalk.dim(time === null ? 'unknown' : shortWords(time, view.now, view.zone))],
    [view.chalk.bold(cleanLine(provider.name))],
    [statusWords(incident, view)],
    titleCell(incident, view),
  ]);
  return rows.length === 0 ? 'no incidents\n' : layTable(['STARTED', 'PROVIDER', 'STATUS', 'TITLE'], rows, view);
}

function titleCell(incident: Incident, view: View): string[] {
  const url = safeUrl(incident.url);
  const title = cleanLine(incident.title);
  if (url === null) return [title];
  return view.width === null ? [`${title}  ${url}`] : [title, view.chalk.dim(url)];
}

function statusWords(incident: Incident, view: View): string {
  const duration = durationOf(incident, view.now);
  const lasted = duration === null ? '' : `${isClosed(incident.status) ? ' after ' : ' for '}${duration}`;
  return paintOf(severityOfIncident(incident), view)(`${subjectOf(incident)}, ${wordsOf(incident.status)}${lasted}`);
}

function entriesOf(listed: readonly Listed[]): Entry[] {
  return listed
    .flatMap(({ provider, incidents }) => incidents.map((incident) => ({ provider, incident, time: timeOf(incident) })))
    .sort((a, b) => (b.time?.getTime() ?? 0) - (a.time?.getTime() ?? 0));
}

function timeOf(incident: Incident): Date | null {
  return incident.kind === 'maintenance'
    ? (incident.scheduledFor ?? incident.startedAt)
    : (incident.startedAt ?? incident.updatedAt);
}

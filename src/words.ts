/** What the model's values are called in sentences: one wording for messages, the terminal and documents. Pure. */
import type {
  Component,
  ComponentStatus,
  Impact,
  Incident,
  PageState,
  Phase,
  Provider,
  Severity,
  StatusEvent,
  Update,
} from './model.ts';
import { componentLabel, isClosed } from './normalize.ts';
import { cleanLine } from './text.ts';
import { durationWords, secondsBetween } from './time.ts';
import { clockWords, dayWords, momentWords, sameDay, spanWords } from './zone.ts';

/** `degraded_performance` is "degraded performance". */
export function wordsOf(word: ComponentStatus | PageState | Phase | Impact): string {
  return word.replaceAll('_', ' ');
}

/** "minor incident", "incident" when the vendor gave it no weight, "maintenance". */
export function subjectOf(incident: Incident): string {
  if (incident.kind === 'maintenance') return 'maintenance';
  switch (incident.impact) {
    case 'minor':
    case 'major':
    case 'critical':
      return `${incident.impact} incident`;
    case 'none':
    case 'maintenance':
    case 'unknown':
      return 'incident';
  }
}

/** "1 incident", "2 incidents" */
export function countWords(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** "and 6 more", for what stands below a list that was cut. */
export function moreWords(count: number): string {
  return `and ${count} more`;
}

/** "A, B and C" while no more than `most`, else the first ones "and 6 more components". */
export function listWords(names: readonly string[], most = 3, thing = 'component'): string {
  if (names.length <= 1) return names[0] ?? '';
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const named = names.slice(0, most - 1);
  return `${named.join(', ')} and ${countWords(names.length - named.length, `more ${thing}`)}`;
}

/** A component's label as one clean line. */
export function labelOf(component: { name: string; group: string | null }): string {
  return cleanLine(componentLabel(component));
}

/** How long it lasted, or has been going on until `now`; null when its start is not known. */
export function durationOf(incident: Incident, now: Date): string | null {
  const { startedAt, resolvedAt, status } = incident;
  if (startedAt === null || (resolvedAt === null && isClosed(status))) return null;
  return durationWords(secondsBetween(startedAt, resolvedAt ?? now));
}

/** A component that an update or event moved. `from` is null when its status before was not said. */
export interface Change {
  label: string;
  from: ComponentStatus | null;
  to: ComponentStatus;
}

/** What an event changed: against what earlier posts of the same incident said, never against a guess. */
export function changesOf(event: StatusEvent): Change[] {
  if (event.component) {
    const { from, to } = event.component;
    return [{ label: labelOf(event.component), from, to }];
  }
  return event.incident && event.update ? updateChanges(event.incident, event.update) : [];
}

/**
 * The components whose status an update says for the first time, or says otherwise than the posts before it. One that the
 * first post calls operational has not changed.
 */
export function updateChanges(incident: Incident, update: Update): Change[] {
  const before = new Map<string, ComponentStatus>();
  const isFirst = incident.updates[0]?.id === update.id;
  for (const earlier of incident.updates) {
    if (earlier.id === update.id) break;
    for (const { id, status } of earlier.components) before.set(id, status);
  }
  const changed = ({ id, status }: Component) => before.get(id) !== status && !(isFirst && status === 'operational');
  return update.components.filter(changed).map((component) => ({
    label: labelOf(component),
    from: before.get(component.id) ?? null,
    to: component.status,
  }));
}

/** "degraded performance -> operational", or the status alone when the one before is not known. */
export function stepWords({ from, to }: Pick<Change, 'from' | 'to'>, arrow: '->' | '→' = '->'): string {
  return from === null ? wordsOf(to) : `${wordsOf(from)} ${arrow} ${wordsOf(to)}`;
}

/** A line for each way components went, with all that went it: "degraded performance: Webhooks, Billing". */
export function changesByWay(changes: readonly Change[]): string[] {
  const ways = new Map<string, string[]>();
  for (const change of changes) {
    const way = stepWords(change);
    ways.set(way, [...(ways.get(way) ?? []), change.label]);
  }
  return [...ways].map(([way, labels]) => `${way}: ${labels.join(', ')}`);
}

/** By which the worst of several is found, and what is worse than before. */
export const SEVERITY_RANK = {
  info: 0,
  good: 1,
  maintenance: 2,
  unknown: 3,
  minor: 4,
  major: 5,
  critical: 6,
} satisfies Record<Severity, number>;

/** How serious an incident is now. */
export function severityOfIncident(incident: Incident): Severity {
  if (incident.kind === 'maintenance') return 'maintenance';
  if (isClosed(incident.status)) return 'good';
  return incident.impact === 'none' ? 'info' : incident.impact;
}

export function severityOfStatus(status: ComponentStatus): Severity {
  switch (status) {
    case 'operational':
      return 'good';
    case 'degraded_performance':
      return 'minor';
    case 'partial_outage':
      return 'major';
    case 'major_outage':
      return 'critical';
    case 'under_maintenance':
      return 'maintenance';
    case 'unknown':
      return 'unknown';
  }
}

/** How serious an event is: what it leads to, not what it is about. A closed incident is good news. */
export function severityOf(event: StatusEvent): Severity {
  if (event.component) return severityOfStatus(event.component.to);
  if (event.type === 'provider.unreadable') return 'unknown';
  if (event.type.endsWith('.withdrawn') || !event.incident) return 'info';
  if (event.type === 'maintenance.completed') return 'good';
  const severity = severityOfIncident(event.incident);
  return severity === 'good' && event.type !== 'incident.resolved' ? 'info' : severity;
}

/**
 * What happened, in one sentence: "Clerk had a minor incident on 10 March 2026 affecting Machine authentication,
 * Webhooks and 6 more components; it lasted 1 h 33 m and is resolved." Days and times are of `zone`, UTC if there is none.
 */
export function summarySentence(
  provider: Provider,
  incident: Incident,
  { now, zone = 'UTC' }: { now: Date; zone?: string | undefined },
): string {
  const name = cleanLine(provider.name);
  const names = incident.components.map(labelOf);
  const affecting = names.length === 0 ? '' : ` affecting ${listWords(names)}`;
  if (incident.kind === 'maintenance') return `${name} ${maintenanceWords(incident, affecting, now, zone)}.`;
  const subject = subjectOf(incident);
  const article = subject === 'incident' ? 'an' : 'a';
  const { startedAt } = incident;
  if (isClosed(incident.status)) {
    const day = startedAt === null ? '' : ` on ${dayWords(startedAt, zone)}`;
    return `${name} had ${article} ${subject}${day}${affecting}; it ${outcomeWords(incident, now)}.`;
  }
  const since = startedAt === null ? '' : ` since ${momentWords(startedAt, zone)} (${durationOf(incident, now)})`;
  const verb = startedAt === null ? 'has' : 'has had';
  return `${name} ${verb} ${article} ${subject}${since}${affecting}; ${openWords(incident.status)}.`;
}

function outcomeWords(incident: Incident, now: Date): string {
  const duration = durationOf(incident, now);
  const lasted = duration === null || duration === '0 s' ? '' : `lasted ${duration} and `;
  return `${lasted}is resolved${incident.status === 'postmortem' ? ', with a postmortem published' : ''}`;
}

function openWords(status: Phase): string {
  switch (status) {
    case 'investigating':
      return 'it is being investigated';
    case 'identified':
      return 'its cause has been identified';
    case 'monitoring':
    case 'verifying':
      return 'a fix is being monitored';
    default:
      return 'it is not resolved yet';
  }
}

function maintenanceWords(incident: Incident, affecting: string, now: Date, zone: string | undefined): string {
  const { startedAt, scheduledFor, scheduledUntil, status } = incident;
  const duration = durationOf(incident, now);
  if (status === 'cancelled') {
    const plan = scheduledFor === null ? '' : ` planned for ${spanWords(scheduledFor, scheduledUntil, zone)}`;
    return `cancelled maintenance${plan}${affecting}`;
  }
  if (isClosed(status)) {
    const day = startedAt === null ? '' : ` on ${dayWords(startedAt, zone)}`;
    return `completed maintenance${day}${affecting}${duration === null ? '' : `; it lasted ${duration}`}`;
  }
  if (startedAt !== null) {
    const until = scheduledUntil === null ? '' : `, planned until ${untilWords(startedAt, scheduledUntil, zone)}`;
    const state = status === 'verifying' ? '; the work is being verified' : '';
    return `has been in maintenance since ${momentWords(startedAt, zone)} (${duration}${until})${affecting}${state}`;
  }
  if (scheduledFor === null) return `${status === 'scheduled' ? 'plans' : 'reports'} maintenance${affecting}`;
  const length = scheduledUntil === null ? '' : ` (${durationWords(secondsBetween(scheduledFor, scheduledUntil))})`;
  return `plans maintenance for ${spanWords(scheduledFor, scheduledUntil, zone)}${length}${affecting}`;
}

/** " after 1 h 33 m", of what is over; nothing where nobody knows how long it lasted. */
export function afterWords(incident: Incident | null, now: Date): string {
  const duration = incident && isClosed(incident.status) ? durationOf(incident, now) : null;
  return duration === null || duration === '0 s' ? '' : ` after ${duration}`;
}

/** The end of something, the day only when it is another than that of the start. */
export function untilWords(from: Date, until: Date, zone: string | undefined): string {
  return sameDay(from, until, zone) ? clockWords(until, zone) : momentWords(until, zone);
}

/**
 * From what a platform says to the model: the rules that hold for every source (DESIGN, "what the model must get right").
 * Pure.
 */
import type { Component, ComponentStatus, Impact, Incident, PageState } from './model.ts';
import { isClosed, worseStatus } from './normalize/incident.ts';

export {
  buildIncident,
  closingLast,
  type IncidentDraft,
  incidentInBrief,
  isClosed,
  worseStatus,
} from './normalize/incident.ts';

/** A maintenance that is happening now, not one that is planned. */
export function isUnderWay(incident: Incident): boolean {
  return incident.kind === 'maintenance' && !isClosed(incident.status) && incident.status !== 'scheduled';
}

/**
 * Not over, as far as anybody knows. Where its phase is not told, nothing will ever say that it is over: it counts for a
 * week after its last post.
 */
export function isOpen(incident: Incident, now: Date): boolean {
  if (incident.status !== 'unknown') return !isClosed(incident.status);
  const last = incident.updatedAt ?? incident.startedAt;
  return last === null || now.getTime() - last.getTime() < UNTOLD_MS;
}
const UNTOLD_MS = 7 * 24 * 3_600_000;

const STATE_RANK = {
  operational: 0,
  maintenance: 1,
  degraded: 2,
  unknown: 3,
  partial_outage: 4,
  major_outage: 5,
} satisfies Record<PageState, number>;

/** How serious a component of this status makes an incident, where a platform does not say so itself. */
export function impactOfStatus(status: ComponentStatus): Impact {
  switch (status) {
    case 'operational':
      return 'none';
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

/**
 * As `impactOfStatus`, where an incident is measured by its components alone: that they are well, or well again, does not
 * say how bad it was.
 */
export function impactOfTrouble(worst: ComponentStatus): Impact {
  return worst === 'operational' ? 'unknown' : impactOfStatus(worst);
}

/** The worst of several states: an outage above unknown, unknown above degraded. None at all is `unknown`. */
export function worstState(states: readonly PageState[]): PageState {
  const first = states[0];
  if (first === undefined) return 'unknown';
  return states.reduce((worst, state) => (STATE_RANK[state] > STATE_RANK[worst] ? state : worst), first);
}

export function stateOfComponent(status: ComponentStatus): PageState {
  switch (status) {
    case 'operational':
    case 'partial_outage':
    case 'major_outage':
    case 'unknown':
      return status;
    case 'degraded_performance':
      return 'degraded';
    case 'under_maintenance':
      return 'maintenance';
  }
}

/** What an open incident makes of its page. One of impact `none` is still an incident; one of an impact we cannot read, too. */
export function stateOfIncident(incident: Incident): PageState {
  if (isClosed(incident.status)) return 'operational';
  if (incident.kind === 'maintenance') return isUnderWay(incident) ? 'maintenance' : 'operational';
  switch (incident.impact) {
    case 'critical':
      return 'major_outage';
    case 'major':
      return 'partial_outage';
    case 'maintenance':
      return 'maintenance';
    case 'none':
    case 'minor':
    case 'unknown':
      return 'degraded';
  }
}

/**
 * The page's state: the worst of its own indicator (null where it has none), its components and its open incidents.
 * A component of unknown status says nothing of the others, so it counts only where nothing else is known.
 */
export function pageState(
  indicator: PageState | null,
  components: readonly Component[],
  incidents: readonly Incident[],
): PageState {
  let worst = indicator;
  const count = (state: PageState) => {
    if (worst === null || STATE_RANK[state] > STATE_RANK[worst]) worst = state;
  };
  for (const { status } of components) if (status !== 'unknown') count(stateOfComponent(status));
  for (const state of incidents.map(stateOfIncident)) if (state !== 'operational') count(state);
  return worst ?? (components.length === 0 ? 'operational' : 'unknown');
}

/**
 * Components of a page that tells of them in its incidents only: each as the worst of what is under way has it, else as it
 * comes.
 */
export function withTroubles(components: readonly Component[], incidents: readonly Incident[]): Component[] {
  const worst = new Map<string, ComponentStatus>();
  for (const incident of incidents) {
    if (isClosed(incident.status) || incident.status === 'scheduled') continue;
    for (const { id, status } of incident.components) worst.set(id, worseStatus(worst.get(id) ?? 'unknown', status));
  }
  return components.map((component) => ({ ...component, status: worst.get(component.id) ?? component.status }));
}

/** The last of those that share an id, in the place of the first. */
export function uniqueById<T extends { id: string }>(list: readonly T[]): T[] {
  return [...new Map(list.map((one) => [one.id, one])).values()];
}

/** Newest first, by start; those without one (planned maintenance) by their plan. */
export function newestFirst(incidents: readonly Incident[]): Incident[] {
  const time = (incident: Incident) =>
    (incident.startedAt ?? incident.scheduledFor ?? incident.updatedAt ?? EPOCH).getTime();
  return [...incidents].sort((a, b) => time(b) - time(a));
}
const EPOCH = new Date(0);

/** `Group (Name)`, or the name alone. */
export function componentLabel(component: { name: string; group: string | null }): string {
  return component.group === null ? component.name : `${component.group} (${component.name})`;
}

/** Who is told of an event, and what of a page a filter leaves. Pure. */
import type { Component, Impact, Incident, Kind, Snapshot, StatusEvent } from './model.ts';
import { componentLabel, impactOfStatus, pageState } from './normalize.ts';

/** What the user asked to see. Empty components, null impact and null kind let everything through. */
export interface Filter {
  /** Globs over a component's name, its label `Group (Name)` or its id; case does not matter. */
  components: readonly string[];
  /** The least impact that counts. */
  impact: 'minor' | 'major' | 'critical' | null;
  kind: Kind | null;
}

export const EVERYTHING: Filter = { components: [], impact: null, kind: null };

export function isFiltering(filter: Filter): boolean {
  return filter.components.length > 0 || filter.impact !== null || filter.kind !== null;
}

/** Whether the event is one the user asked for. Whether a page can be read is always told. */
export function matchesEvent(event: StatusEvent, filter: Filter): boolean {
  if (event.incident) return matchesIncident(event.incident, filter);
  if (event.component) return matchesChange(event.component, filter);
  return true;
}

/** An incident that names no component may touch any of them, so it passes every component filter. */
export function matchesIncident(incident: Incident, filter: Filter): boolean {
  if (filter.kind !== null && incident.kind !== filter.kind) return false;
  if (!matchesImpact(incident, filter)) return false;
  if (filter.components.length === 0 || incident.components.length === 0) return true;
  const matches = componentMatcher(filter.components);
  return incident.components.some(matches);
}

function matchesChange(change: NonNullable<StatusEvent['component']>, filter: Filter): boolean {
  if (filter.kind === 'maintenance') return false;
  if (filter.impact !== null) {
    const worst = Math.max(IMPACT_RANK[impactOfStatus(change.from)], IMPACT_RANK[impactOfStatus(change.to)]);
    if (worst < IMPACT_RANK[filter.impact]) return false;
  }
  return filter.components.length === 0 || componentMatcher(filter.components)({ ...change, status: change.to });
}

const IMPACT_RANK = {
  none: 0,
  maintenance: 0,
  minor: 1,
  major: 2,
  critical: 3,
  unknown: 3,
} satisfies Record<Impact, number>;

function matchesImpact(incident: Incident, filter: Filter): boolean {
  if (filter.impact === null) return true;
  if (incident.kind === 'maintenance') return filter.kind === 'maintenance';
  return IMPACT_RANK[incident.impact] >= IMPACT_RANK[filter.impact];
}

/** Whether a component is one of those the globs name. `*` stands for any run of characters, `?` for one. */
export function componentMatcher(globs: readonly string[]): (component: Component) => boolean {
  const patterns = globs.map(globPattern);
  return (component) =>
    patterns.some(
      (glob) => glob.test(component.name) || glob.test(componentLabel(component)) || glob.test(component.id),
    );
}

/** Whether a text is one of those the globs name, as those of components do. */
export function globMatcher(globs: readonly string[]): (text: string) => boolean {
  const patterns = globs.map(globPattern);
  return (text) => patterns.some((glob) => glob.test(text));
}

function globPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'isu');
}

/** The part of a snapshot a filter leaves, with its own state; null when it names components and the page has none of them. */
export function applyFilter(snapshot: Snapshot, filter: Filter): Snapshot | null {
  if (!isFiltering(filter)) return snapshot;
  const wanted = filter.components.length === 0 ? () => true : componentMatcher(filter.components);
  const components = snapshot.components.filter(wanted);
  if (filter.components.length > 0 && components.length === 0) return null;
  const incidents = snapshot.incidents.filter((incident) => matchesIncident(incident, filter));
  const state = pageState(null, countedComponents(components, filter), incidents);
  return { ...snapshot, components, incidents, state };
}

/** Those that may colour the state: under a least impact or a kind, only what reaches it. */
function countedComponents(components: readonly Component[], filter: Filter): Component[] {
  return components.map((component) =>
    counts(component, filter) ? component : { ...component, status: 'operational' },
  );
}

function counts(component: Component, filter: Filter): boolean {
  if (component.status === 'under_maintenance') return filter.kind === 'maintenance' || isUnbounded(filter);
  if (filter.kind === 'maintenance') return false;
  return filter.impact === null || IMPACT_RANK[impactOfStatus(component.status)] >= IMPACT_RANK[filter.impact];
}

function isUnbounded(filter: Filter): boolean {
  return filter.kind === null && filter.impact === null;
}

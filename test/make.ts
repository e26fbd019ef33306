/** Model values for tests: whole, with only what matters spelled out. */
import type { Component, ComponentStatus, Incident, Phase, Provider, Snapshot, Update } from '../src/model.ts';
import { buildIncident, pageState } from '../src/normalize.ts';

export const NOON = new Date('2026-03-10T12:00:00Z');

export const ACME: Provider = { id: 'acme', name: 'Acme', url: 'https://status.acme.example', platform: 'statuspage' };

/** Minutes after noon of the tests' day. */
export function at(minutes: number): Date {
  return new Date(NOON.getTime() + minutes * 60_000);
}

export function component(id: string, status: ComponentStatus = 'operational', group: string | null = null): Component {
  return { id, name: id, group, status };
}

export function update(id: string, status: Phase, minutes: number, more: Partial<Update> = {}): Update {
  return { id, status, at: at(minutes), body: `${id} says ${status}`, components: [], ...more };
}

export function incident(id: string, updates: Update[], more: Partial<Incident> = {}): Incident {
  const built = buildIncident({
    id,
    kind: 'incident',
    title: `Incident ${id}`,
    url: `${ACME.url}/incidents/${id}`,
    status: null,
    impact: 'minor',
    startedAt: null,
    resolvedAt: null,
    components: [],
    updates,
    ...more,
  });
  return { ...built, ...more };
}

export function maintenance(id: string, updates: Update[], more: Partial<Incident> = {}): Incident {
  return incident(id, updates, { kind: 'maintenance', impact: 'maintenance', scheduledFor: at(60), ...more });
}

export function snapshot(incidents: Incident[] = [], more: Partial<Snapshot> = {}): Snapshot {
  const components = more.components ?? [];
  return {
    name: null,
    state: pageState(null, components, incidents),
    description: '',
    lists: 'recent',
    incidents,
    ...more,
    components,
  };
}

/** Components: what changed of them without an incident, and what is kept of them. */
import type { ComponentStatus, Snapshot, StatusEvent } from '../model.ts';
import { isClosed } from '../normalize.ts';
import type { PageRecord } from '../record.ts';
import type { MakeEvent } from './event.ts';

/** Component changes that no incident explains: one open now, or one that this very read tells about. */
export function componentChanges(
  record: PageRecord | null,
  snapshot: Snapshot,
  told: readonly StatusEvent[],
  make: MakeEvent,
): StatusEvent[] {
  if (!record || snapshot.components.length === 0) return [];
  const before = new Map(record.components.map(([id, , , status]) => [id, status]));
  const explaining = [
    ...snapshot.incidents.filter((incident) => !isClosed(incident.status)),
    ...told.flatMap((event) => event.incident ?? []),
  ];
  const explained = new Set(explaining.flatMap((incident) => incident.components.map((component) => component.id)));
  return snapshot.components.flatMap(({ id, name, group, status }) => {
    const from = before.get(id) ?? 'operational';
    if (from === status || from === 'unknown' || status === 'unknown' || explained.has(id)) return [];
    const key = ['component', id, from, status, record.readAt ?? ''];
    return [make('component.changed', { key, component: { id, name, group, from, to: status } })];
  });
}

/** Those not operational. Where the vendor says nothing we know, the last known status stays. */
export function troubledComponents(record: PageRecord | null, snapshot: Snapshot): PageRecord['components'] {
  const before = new Map(record?.components.map(([id, , , status]) => [id, status]));
  return snapshot.components.flatMap(({ id, name, group, status }) => {
    const known: ComponentStatus = status === 'unknown' ? (before.get(id) ?? 'unknown') : status;
    return known === 'operational' ? [] : [[id, name, group, known] as PageRecord['components'][number]];
  });
}

/** Open incidents that a good read did not show. Absence is not resolution. */
import type { Incident, Snapshot, StatusEvent } from '../model.ts';
import { openIncidents, type PageRecord } from '../record.ts';
import type { MakeEvent } from './event.ts';

/** Good reads without an incident before it counts as withdrawn. */
export const READS_TO_WITHDRAW = 2;

export interface Missing {
  events: StatusEvent[];
  /** Incidents not in this read that are not given up yet. */
  kept: Incident[];
  counts: PageRecord['missing'];
}
export const NOTHING_MISSING: Missing = { events: [], kept: [], counts: [] };

/**
 * Open incidents this read should have shown and did not. Absence is not resolution: the first time they are kept; after
 * the second they are withdrawn, unless they merely fell off the end of the list.
 */
export function findMissing(
  record: PageRecord,
  incidents: readonly Incident[],
  snapshot: Snapshot,
  make: MakeEvent,
): Missing {
  const listed = new Set(incidents.map((incident) => incident.id));
  const counts = new Map(record.missing);
  const missing: Missing = { events: [], kept: [], counts: [] };
  for (const incident of openIncidents(record)) {
    if (listed.has(incident.id)) continue;
    const reads = (counts.get(incident.id) ?? 0) + (snapshot.torn ? 0 : 1);
    if (reads < READS_TO_WITHDRAW) {
      missing.kept.push(incident);
      missing.counts.push([incident.id, reads]);
    } else if (!fellOffTheEnd(incident, incidents)) missing.events.push(withdrawn(incident, make));
  }
  return missing;
}

const FULL_LIST = 20;
function fellOffTheEnd(incident: Incident, incidents: readonly Incident[]): boolean {
  const started = incidents.filter((one) => one.kind === incident.kind && one.startedAt !== null);
  if (started.length < FULL_LIST || incident.startedAt === null) return false;
  return started.every((one) => one.startedAt! > incident.startedAt!);
}

export function withdrawn(incident: Incident, make: MakeEvent): StatusEvent {
  const last = incident.updates.at(-1)?.id ?? '';
  return make(`${incident.kind}.withdrawn`, { key: ['withdrawn', incident.id, last], incident });
}

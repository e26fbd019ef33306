/** When a planned maintenance is near enough to be reminded of. Pure. */
import { fingerprint } from '../fingerprint.ts';
import { incidentFromJson } from '../json.ts';
import type { StatusEvent } from '../model.ts';
import type { PageRecord } from '../record.ts';

/** A lead time that has come due, once for each maintenance. */
export interface Reminder {
  /** The same for all lead times of a maintenance that come due together; null when no group is told for this one. */
  event: StatusEvent | null;
  leadMs: number;
  /** Of this lead time of this maintenance as it is planned now. */
  key: string;
  /** Wall-clock ms: after that it cannot be due again. */
  until: number;
}

/**
 * The reminders due on a page, for groups with these lead times. Of several of a group that have come due at once (the
 * maintenance was planned at short notice, or nobody watched) it is told the shortest; the others are only marked as given.
 */
export function remindersDue(
  record: PageRecord,
  groups: readonly (readonly number[])[],
  isGiven: (key: string) => boolean,
  now: Date,
): Reminder[] {
  const leadsMs = [...new Set(groups.flat())].sort((a, b) => a - b);
  return record.open.flatMap((json) => {
    if (json.kind !== 'maintenance' || json.status !== 'scheduled' || json.scheduledFor === null) return [];
    const begins = Date.parse(json.scheduledFor);
    if (begins <= now.getTime()) return [];
    const due = leadsMs
      .filter((leadMs) => isLeadDue(leadMs, begins, now))
      .map((leadMs) => ({
        leadMs,
        key: fingerprint([record.provider.url, json.id, json.scheduledFor, leadMs].join('\n'), 24),
      }))
      .filter(({ key }) => !isGiven(key));
    const told = new Set(groups.map((own) => nearestLead(own, begins, now)));
    const first = due.find(({ leadMs }) => told.has(leadMs));
    const event = first ? reminderOf(record, json, first.key, now) : null;
    return due.map((one) => ({ ...one, event: told.has(one.leadMs) ? event : null, until: begins }));
  });
}

/** Whether that lead time, which has come due, is the one that a group with these is told. */
export function isNearest(leadMs: number, own: readonly number[], { incident, at }: StatusEvent): boolean {
  return incident?.scheduledFor != null && nearestLead(own, incident.scheduledFor.getTime(), at) === leadMs;
}

/** The shortest that is due. */
function nearestLead(leadsMs: readonly number[], begins: number, now: Date): number {
  return Math.min(...leadsMs.filter((leadMs) => isLeadDue(leadMs, begins, now)));
}

function isLeadDue(leadMs: number, begins: number, now: Date): boolean {
  return begins - leadMs <= now.getTime();
}

function reminderOf(record: PageRecord, json: PageRecord['open'][number], key: string, now: Date): StatusEvent {
  return {
    id: `evt_${key}`,
    type: 'maintenance.reminder',
    at: now,
    detectedAt: now,
    initial: false,
    late: false,
    provider: record.provider,
    incident: incidentFromJson(json),
    update: null,
    component: null,
    error: null,
  };
}

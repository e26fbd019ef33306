/** When a planned maintenance is near enough to be reminded of. Pure. */
import { fingerprint } from '../fingerprint.ts';
import { incidentFromJson } from '../json.ts';
import type { StatusEvent } from '../model.ts';
import type { PageRecord } from '../record.ts';

/** A reminder, and which lead times it stands for: groups that asked for one of them are told. */
export interface Reminder {
  event: StatusEvent;
  leadMs: number;
  /** Of this lead time of this maintenance as it is planned now. */
  key: string;
  /** Wall-clock ms: after that it cannot be due again. */
  until: number;
}

/**
 * The reminders due on a page for any of the lead times. Of several that have come due at once (the maintenance was
 * planned at short notice, or nobody watched) only the shortest is an event: the others are marked as given, `event` null.
 */
export function remindersDue(
  record: PageRecord,
  leadsMs: readonly number[],
  isGiven: (key: string) => boolean,
  now: Date,
): (Reminder | (Omit<Reminder, 'event'> & { event: null }))[] {
  return record.open.flatMap((json) => {
    if (json.kind !== 'maintenance' || json.status !== 'scheduled' || json.scheduledFor === null) return [];
    const begins = Date.parse(json.scheduledFor);
    if (begins <= now.getTime()) return [];
    const due = leadsMs.filter((leadMs) => begins - leadMs <= now.getTime()).sort((a, b) => a - b);
    return due.flatMap((leadMs, index) => {
      const key = fingerprint([record.provider.url, json.id, json.scheduledFor, leadMs].join('\n'), 24);
      if (isGiven(key)) return [];
      const event = index === 0 ? reminderOf(record, json, key, now) : null;
      return [{ event, leadMs, key, until: begins } as Reminder];
    });
  });
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

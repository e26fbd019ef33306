/** Maintenance on a page of Uptime Kuma, single or recurring, and the two ways it writes times. Part of the source. */
import type { Incident, Phase, Update } from '../model.ts';
import { buildIncident } from '../normalize.ts';
import { asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

/** A time with a zone, or one without, which is UTC. */
export function kumaTime(value: unknown): Date | null {
  return localTime(value, 'Z');
}

function localTime(value: unknown, zone: string): Date | null {
  return parseIsoTime(value) ?? (typeof value === 'string' ? parseIsoTime(value.trim() + zone) : null);
}

/** What its operator switched off is not shown on the page either. */
export function toMaintenance(raw: RawObject, url: string, now: Date | null): Incident[] {
  const id = asLine(raw.id);
  if (id === null || raw.status === 'inactive') return [];
  const status = PHASES.get(raw.status) ?? 'unknown';
  const slot = slotOf(raw, status, now);
  // Each turn of a recurring one is a maintenance of its own.
  const turn = String(raw.strategy).startsWith('recurring') || raw.strategy === 'cron';
  return [
    buildIncident({
      id: `maintenance-${id}${turn && slot ? `-${slot.from.getTime() / 1000}` : ''}`,
      kind: 'maintenance',
      title: asLine(raw.title) ?? id,
      url,
      status,
      impact: 'maintenance',
      startedAt: null,
      resolvedAt: status === 'completed' ? (slot?.until ?? null) : null,
      scheduledFor: slot?.from ?? null,
      scheduledUntil: slot?.until ?? null,
      components: [],
      updates: slot === null || status === 'scheduled' ? [] : toUpdates(raw, status, slot.from),
    }),
  ];
}

const PHASES = new Map<unknown, Phase>([
  ['scheduled', 'scheduled'],
  ['under-maintenance', 'in_progress'],
  ['ended', 'completed'],
]);

/** When it was announced nobody tells, so its text is dated as it begins. */
function toUpdates(raw: RawObject, status: Phase, at: Date): Update[] {
  const body = plainText(asText(raw.description) ?? '');
  return [{ id: 'text', status: status === 'unknown' ? status : 'in_progress', at, body, components: [] }];
}

interface Slot {
  from: Date;
  until: Date | null;
}

/** The turn that is meant: the one under way, else the next; `dateRange` has the first day of one that is done by hand. */
function slotOf(raw: RawObject, status: Phase, now: Date | null): Slot | null {
  const zone = asText(raw.timezoneOffset) ?? 'Z';
  const slots = asObjects(raw.timeslotList)
    .flatMap(({ startDate, endDate }) => toSlot(startDate, endDate, zone))
    .sort((a, b) => a.from.getTime() - b.from.getTime());
  const begun = now === null ? slots.slice(0, 1) : slots.filter((slot) => slot.from <= now);
  const meant =
    status === 'scheduled' ? (slots.find((slot) => now === null || slot.from > now) ?? slots[0]) : begun.at(-1);
  const range = Array.isArray(raw.dateRange) ? raw.dateRange : [];
  return meant ?? slots[0] ?? toSlot(range[0], range[1], zone)[0] ?? null;
}

function toSlot(from: unknown, until: unknown, zone: string): Slot[] {
  const start = localTime(from, zone);
  return start === null ? [] : [{ from: start, until: localTime(until, zone) }];
}

/** The making of events: their ids are those of what happened, whenever and by whomever it is found. */
import { fingerprint } from '../fingerprint.ts';
import type { EventType, Incident, Provider, StatusEvent, Update } from '../model.ts';

export interface EventParts {
  /** What makes the event this one and no other. */
  key: readonly string[];
  incident?: Incident;
  update?: Update | null;
  at?: Date | null;
  initial?: boolean;
  late?: boolean;
  component?: StatusEvent['component'];
  error?: StatusEvent['error'];
}
export type MakeEvent = (type: EventType, parts: EventParts) => StatusEvent;

export function eventMaker(provider: Provider, now: Date): MakeEvent {
  return (type, parts) => ({
    id: `evt_${fingerprint([provider.url, ...parts.key].join('\n'), 24)}`,
    type,
    at: parts.update?.at ?? parts.at ?? now,
    detectedAt: now,
    initial: parts.initial ?? false,
    late: parts.late ?? false,
    provider,
    incident: parts.incident ?? null,
    update: parts.update ?? null,
    component: parts.component ?? null,
    error: parts.error ?? null,
  });
}

export function updateIdentity(incident: Incident, update: Update | null): string[] {
  return ['update', incident.id, update?.id ?? ''];
}

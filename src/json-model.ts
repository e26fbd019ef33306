/** The model's own parts as JSON, and back: providers, components, updates, incidents and events. See `json.ts`. */
import type {
  AffectedComponent,
  Component,
  ComponentChange,
  EventType,
  Impact,
  Incident,
  Kind,
  Phase,
  Provider,
  ReadFailure,
  StatusEvent,
  Update,
} from './model.ts';
import { isoSeconds, secondsBetween } from './time.ts';

export const SCHEMA_VERSION = 1;
/** What every document and every event begins with. */
export type Versioned = { schemaVersion: typeof SCHEMA_VERSION };

export type ProviderJson = Provider;
export type ComponentJson = Component;

export interface UpdateJson {
  id: string;
  status: Phase;
  at: string;
  body: string;
  components: ComponentJson[];
}

/** An incident or a maintenance. `durationSeconds` is null while it is open; `updates` are oldest first. */
export interface IncidentJson {
  id: string;
  kind: Kind;
  title: string;
  url: string;
  status: Phase;
  impact: Impact;
  startedAt: string | null;
  resolvedAt: string | null;
  durationSeconds: number | null;
  updatedAt: string | null;
  scheduledFor: string | null;
  scheduledUntil: string | null;
  components: AffectedComponent[];
  updates: UpdateJson[];
}

/** One line of `watch --json`. For events of a maintenance, `incident` holds the maintenance. */
export interface EventJson extends Versioned {
  id: string;
  type: EventType;
  at: string;
  detectedAt: string;
  lagSeconds: number;
  initial: boolean;
  late: boolean;
  provider: ProviderJson;
  incident: IncidentJson | null;
  update: UpdateJson | null;
  component: ComponentChange | null;
  /** Why the page could not be read: for `provider.*` events only. */
  error: ReadFailure | null;
}

export function providerToJson({ id, name, url, platform }: Provider): ProviderJson {
  return { id, name, url, platform };
}

export function componentToJson({ id, name, group, status }: Component): ComponentJson {
  return { id, name, group, status };
}

export function updateToJson(update: Update): UpdateJson {
  return {
    id: update.id,
    status: update.status,
    at: isoSeconds(update.at),
    body: update.body,
    components: update.components.map(componentToJson),
  };
}

export function incidentToJson(incident: Incident): IncidentJson {
  const { startedAt, resolvedAt } = incident;
  return {
    id: incident.id,
    kind: incident.kind,
    title: incident.title,
    url: incident.url,
    status: incident.status,
    impact: incident.impact,
    startedAt: isoOrNull(startedAt),
    resolvedAt: isoOrNull(resolvedAt),
    durationSeconds: startedAt && resolvedAt ? secondsBetween(startedAt, resolvedAt) : null,
    updatedAt: isoOrNull(incident.updatedAt),
    scheduledFor: isoOrNull(incident.scheduledFor),
    scheduledUntil: isoOrNull(incident.scheduledUntil),
    components: incident.components.map(affectedToJson),
    updates: incident.updates.map(updateToJson),
  };
}

// None is ever edited, and each is told in many places: one is made of the other once. Events of one read share an incident.
const written = new WeakMap<StatusEvent, EventJson>();
const read = new WeakMap<EventJson, StatusEvent>();
const incidentsWritten = new WeakMap<Incident, IncidentJson>();
const incidentsRead = new WeakMap<IncidentJson, Incident>();

function sharedToJson(incident: Incident): IncidentJson {
  const json = incidentsWritten.get(incident) ?? incidentToJson(incident);
  incidentsWritten.set(incident, json);
  return json;
}

function sharedFromJson(json: IncidentJson): Incident {
  const incident = incidentsRead.get(json) ?? incidentFromJson(json);
  incidentsRead.set(json, incident);
  return incident;
}

/** The lag is ours, in seconds; a vendor whose clock is ahead of ours makes it zero, not negative. */
export function eventToJson(event: StatusEvent): EventJson {
  const json = written.get(event) ?? writeEvent(event);
  written.set(event, json);
  read.set(json, event);
  return json;
}

function writeEvent(event: StatusEvent): EventJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    id: event.id,
    type: event.type,
    at: isoSeconds(event.at),
    detectedAt: isoSeconds(event.detectedAt),
    lagSeconds: secondsBetween(event.at, event.detectedAt),
    initial: event.initial,
    late: event.late,
    provider: providerToJson(event.provider),
    incident: event.incident && sharedToJson(event.incident),
    update: event.update && updateToJson(event.update),
    component: event.component && changeToJson(event.component),
    error: event.error && failureToJson(event.error),
  };
}

/** Reads back what `incidentToJson` wrote, whatever fields a later version added to it. */
export function incidentFromJson(json: IncidentJson): Incident {
  return {
    id: json.id,
    kind: json.kind,
    title: json.title,
    url: json.url,
    status: json.status,
    impact: json.impact,
    startedAt: timeFromJson(json.startedAt),
    resolvedAt: timeFromJson(json.resolvedAt),
    updatedAt: timeFromJson(json.updatedAt),
    scheduledFor: timeFromJson(json.scheduledFor),
    scheduledUntil: timeFromJson(json.scheduledUntil),
    components: json.components.map(affectedToJson),
    updates: json.updates.map(updateFromJson),
  };
}

/** Reads back what `eventToJson` wrote, whatever fields a later version added to it. */
export function eventFromJson(json: EventJson): StatusEvent {
  const event = read.get(json) ?? readEvent(json);
  read.set(json, event);
  return event;
}

function readEvent(json: EventJson): StatusEvent {
  return {
    id: json.id,
    type: json.type,
    at: new Date(json.at),
    detectedAt: new Date(json.detectedAt),
    initial: json.initial,
    late: json.late,
    provider: providerToJson(json.provider),
    incident: json.incident && sharedFromJson(json.incident),
    update: json.update && updateFromJson(json.update),
    component: json.component && changeToJson(json.component),
    error: json.error && failureToJson(json.error),
  };
}

function updateFromJson(json: UpdateJson): Update {
  const { id, status, at, body, components } = json;
  return { id, status, at: new Date(at), body, components: components.map(componentToJson) };
}

function affectedToJson({ id, name, group, status, worstStatus }: AffectedComponent): AffectedComponent {
  return { id, name, group, status, worstStatus };
}

function changeToJson({ id, name, group, from, to }: ComponentChange): ComponentChange {
  return { id, name, group, from, to };
}

export function failureToJson({ code, message }: ReadFailure): ReadFailure {
  return { code, message };
}

/** As every JSON output writes a time that may be absent. */
export function isoOrNull(time: Date | null): string | null {
  return time && isoSeconds(time);
}

function timeFromJson(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

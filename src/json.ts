/**
 * The JSON of every `--json` output, and of what state.json keeps: `schemaVersion` 1, additive only, described by the
 * files in `schemas/`. Times are ISO 8601 UTC to the second, an absent value is null, a list is never null.
 */
import {
  type ComponentJson,
  componentToJson,
  failureToJson,
  type IncidentJson,
  incidentToJson,
  isoOrNull,
  type ProviderJson,
  providerToJson,
  SCHEMA_VERSION,
  type Versioned,
} from './json-model.ts';
import type { Component, Incident, Lists, PageState, Provider, ReadFailure } from './model.ts';
import { newestFirst, worstState } from './normalize.ts';
import type { WatchEntry } from './record.ts';
import { isoSeconds } from './time.ts';

export * from './json-model.ts';

/** What one provider says now. `incidents` and `maintenances` are the open ones, in progress and upcoming. */
export interface ProviderStatus {
  provider: Provider;
  state: PageState;
  description: string;
  /** When the page was last read well; null when it never was. */
  readAt: Date | null;
  components: readonly Component[];
  incidents: readonly Incident[];
  maintenances: readonly Incident[];
  /** Why the state is unknown. */
  error: ReadFailure | null;
  /** `low`: read from prose or looks, not from data. */
  confidence?: 'low';
}

export interface ProviderStatusJson {
  provider: ProviderJson;
  state: PageState;
  description: string;
  readAt: string | null;
  components: ComponentJson[];
  incidents: IncidentJson[];
  maintenances: IncidentJson[];
  error: ReadFailure | null;
  confidence?: 'low';
}

export function providerStatusToJson(status: ProviderStatus): ProviderStatusJson {
  return {
    provider: providerToJson(status.provider),
    state: status.state,
    description: status.description,
    readAt: isoOrNull(status.readAt),
    components: status.components.map(componentToJson),
    incidents: status.incidents.map(incidentToJson),
    maintenances: status.maintenances.map(incidentToJson),
    error: status.error && failureToJson(status.error),
    ...(status.confidence && { confidence: status.confidence }),
  };
}

/** `status --json`. */
export interface StatusJson extends Versioned {
  checkedAt: string;
  state: PageState;
  providers: ProviderStatusJson[];
}

/** The state of the whole is the worst of all; of no provider at all, `unknown`. */
export function statusDocument(asked: { checkedAt: Date; providers: readonly ProviderStatusJson[] }): StatusJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    checkedAt: isoSeconds(asked.checkedAt),
    state: worstState(asked.providers.map((one) => one.state)),
    providers: [...asked.providers],
  };
}

/** What one provider lists: its incidents, or for `maintenance` its maintenances. */
export interface ProviderIncidentsJson {
  provider: ProviderJson;
  incidents: IncidentJson[];
  error: ReadFailure | null;
}

/** The list comes out newest first, whatever order it is handed in. */
export function providerIncidentsToJson(listed: {
  provider: Provider;
  incidents: readonly Incident[];
  error: ReadFailure | null;
}): ProviderIncidentsJson {
  return {
    provider: providerToJson(listed.provider),
    incidents: newestFirst(listed.incidents).map(incidentToJson),
    error: listed.error && failureToJson(listed.error),
  };
}

/** `incidents --json` and `maintenance --json`. */
export interface IncidentsJson extends Versioned {
  checkedAt: string;
  providers: ProviderIncidentsJson[];
}

export function incidentsDocument(asked: {
  checkedAt: Date;
  providers: readonly ProviderIncidentsJson[];
}): IncidentsJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    checkedAt: isoSeconds(asked.checkedAt),
    providers: [...asked.providers],
  };
}

/**
 * `show --json`. `incident` is null where the page lists none of late; `summary` is the one sentence; `firstSeenAt` our time,
 * null when `watch` never met it.
 */
export interface ShowJson extends Versioned {
  provider: ProviderJson;
  incident: IncidentJson | null;
  summary: string;
  firstSeenAt: string | null;
}

export function showDocument(shown: {
  provider: Provider;
  incident: Incident | null;
  summary: string;
  firstSeenAt: Date | null;
}): ShowJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    provider: providerToJson(shown.provider),
    incident: shown.incident && incidentToJson(shown.incident),
    summary: shown.summary,
    firstSeenAt: isoOrNull(shown.firstSeenAt),
  };
}

/** `providers --json`. `domain` is the vendor's own site, null where it is not known. */
export interface ProvidersJson extends Versioned {
  providers: (ProviderJson & { domain: string | null })[];
}

export function providersDocument(rows: readonly (Provider & { domain: string | null })[]): ProvidersJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    providers: rows.map((row) => ({ ...providerToJson(row), domain: row.domain })),
  };
}

/** `providers --count --json`. */
export interface ProviderCountJson extends Versioned {
  count: number;
}

export function providerCountDocument(count: number): ProviderCountJson {
  return { schemaVersion: SCHEMA_VERSION, count };
}

/** What a page's platform lets be read from it, as far as one read showed; counts, null when it was not read. */
export interface Readable {
  components: number;
  incidents: number;
  maintenances: number;
  updates: number;
}

/** What `detect` found. `document`: the address is that of the data itself. `redirects`: every address on the way. */
export interface DetectedPage {
  url: string;
  platform: string;
  title: string;
  proof: string;
  document: boolean;
  endpoints: readonly string[];
  lists: Lists;
  reads: Readable | null;
  redirects: readonly string[];
}

/** `detect --json`. */
export type DetectJson = Versioned & DetectedPage;

export function detectDocument(page: DetectedPage): DetectJson {
  const { url, platform, title, proof, document, endpoints, lists, reads, redirects } = page;
  return { schemaVersion: SCHEMA_VERSION, url, platform, title, proof, document, endpoints, lists, reads, redirects };
}

/** `list --json`. */
export interface ListJson extends Versioned {
  watch: WatchEntry[];
}

export function listDocument(watch: readonly WatchEntry[]): ListJson {
  return {
    schemaVersion: SCHEMA_VERSION,
    watch: watch.map(({ name, url, platform, provider }) => ({ name, url, platform, provider })),
  };
}

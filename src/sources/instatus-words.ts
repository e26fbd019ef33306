/** Instatus's words, in whichever of its documents they stand. Part of the instatus source. */
import type { Component, ComponentStatus, Impact, Kind, PageState, Phase } from '../model.ts';
import { stateOfComponent } from '../normalize.ts';
import { isObject } from '../raw.ts';
import { asLine } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';

const STATUSES = new Map<string, ComponentStatus>([
  ['OPERATIONAL', 'operational'],
  ['UNDERMAINTENANCE', 'under_maintenance'],
  ['DEGRADEDPERFORMANCE', 'degraded_performance'],
  ['MINOROUTAGE', 'degraded_performance'],
  ['PARTIALOUTAGE', 'partial_outage'],
  ['MAJOROUTAGE', 'major_outage'],
]);

const INCIDENT_PHASES = new Map<string, Phase>([
  ['INVESTIGATING', 'investigating'],
  ['IDENTIFIED', 'identified'],
  ['MONITORING', 'monitoring'],
  ['RESOLVED', 'resolved'],
]);

// The second line is how the pages print the first one's words.
const MAINTENANCE_PHASES = new Map<string, Phase>([
  ['NOTSTARTEDYET', 'scheduled'],
  ['PLANNED', 'scheduled'],
  ['SCHEDULED', 'scheduled'],
  ['INPROGRESS', 'in_progress'],
  ['VERIFYING', 'verifying'],
  ['COMPLETED', 'completed'],
  ['RESOLVED', 'completed'],
]);

/** `MAJOROUTAGE`, and as pages print it: `Major outage`. */
function key(word: unknown): string {
  return typeof word === 'string'
    ? word
        .slice(0, 60)
        .replace(/[^A-Za-z]/g, '')
        .toUpperCase()
    : '';
}

export function statusOf(word: unknown): ComponentStatus {
  return STATUSES.get(key(word)) ?? 'unknown';
}

/**
 * A notice's phase. The feed says `Identified` of a maintenance that is only announced, and of one that has begun: then
 * `begun`, whether it was posted after the planned start, decides.
 */
export function phaseOf(kind: Kind, word: unknown, begun: boolean | null = null): Phase {
  if (kind === 'incident') return INCIDENT_PHASES.get(key(word)) ?? 'unknown';
  const phase = MAINTENANCE_PHASES.get(key(word));
  if (phase !== undefined) return phase;
  if (begun === null || !INCIDENT_PHASES.has(key(word))) return 'unknown';
  return begun ? 'in_progress' : 'scheduled';
}

/** A maintenance stands in a phase that only a maintenance has. */
export function kindOfPhase(word: unknown): Kind {
  return MAINTENANCE_PHASES.has(key(word)) && !INCIDENT_PHASES.has(key(word)) ? 'maintenance' : 'incident';
}

const IMPACTS = {
  operational: 'none',
  under_maintenance: 'maintenance',
  degraded_performance: 'minor',
  partial_outage: 'major',
  major_outage: 'critical',
  unknown: 'unknown',
} satisfies Record<ComponentStatus, Impact>;
const WORST = ['critical', 'major', 'minor', 'maintenance', 'none'] as const;

/** The worst of what an incident says of itself and of its components: pages have said `OPERATIONAL` beside an outage. */
export function impactOf(kind: Kind, word: unknown, components: readonly Component[]): Impact {
  if (kind === 'maintenance') return 'maintenance';
  const impacts = [statusOf(word), ...components.map((component) => component.status)].map((status) => IMPACTS[status]);
  return WORST.find((impact) => impacts.includes(impact)) ?? 'unknown';
}

/** `UP`, `HASISSUES`, `SOMEMAJOROUTAGE`. That there are issues is not how bad they are. */
export function stateOf(word: unknown): PageState {
  if (word === 'UP') return 'operational';
  if (word === 'HASISSUES') return 'degraded';
  return stateOfComponent(statusOf(typeof word === 'string' ? word.replace(/^(?:ALL|SOME|ONE)/, '') : null));
}

/** Texts are strings on old pages, `{ default, en, … }` on new ones. */
export function wordsOf(value: unknown): string | null {
  if (!isObject(value)) return typeof value === 'string' ? value : null;
  const all = [value.default, ...Object.values(value)];
  return all.find((words): words is string => typeof words === 'string' && words !== '') ?? null;
}

export function lineOf(value: unknown): string | null {
  return asLine(wordsOf(value));
}

const JS_DATE = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})/;

/** ISO 8601, and as the first summary writes it: `Sat Jun 11 2022 18:55:50 GMT+0000 (Coordinated Universal Time)`. */
export function timeOf(value: unknown): Date | null {
  const match = typeof value === 'string' ? JS_DATE.exec(value) : null;
  if (!match) return parseIsoTime(value);
  const [, month, day, year, clock, offset] = match;
  return parseRfcTime(`${day} ${month} ${year} ${clock} ${offset}`);
}

/** The words that feeds and plain web pages use, whoever made them. Part of the feed and page sources. */
import type { ComponentStatus, Kind, Phase } from '../model.ts';

const PHASES = new Map<string, Phase>([
  ...['investigating', 'detected', 'open', 'opened', 'ongoing', 'active', 'reopened'].map(
    (word) => [word, 'investigating'] as const,
  ),
  ...['identified', 'acknowledged'].map((word) => [word, 'identified'] as const),
  ...['monitoring', 'watching', 'recovering', 'mitigated'].map((word) => [word, 'monitoring'] as const),
  ...['resolved', 'fixed', 'closed', 'recovered', 'restored', 'falsealarm'].map((word) => [word, 'resolved'] as const),
  ...['postmortem', 'rootcauseanalysis', 'rca'].map((word) => [word, 'postmortem'] as const),
  ...['scheduled', 'planned', 'upcoming', 'notstartedyet', 'maintenancescheduled', 'scheduledmaintenance'].map(
    (word) => [word, 'scheduled'] as const,
  ),
  ...['inprogress', 'started', 'underway', 'maintenanceinprogress'].map((word) => [word, 'in_progress'] as const),
  ['verifying', 'verifying'],
  ...['completed', 'complete', 'finished', 'maintenancecomplete', 'maintenancecompleted'].map(
    (word) => [word, 'completed'] as const,
  ),
  ...['cancelled', 'canceled', 'maintenancecancelled', 'maintenancecanceled'].map(
    (word) => [word, 'cancelled'] as const,
  ),
]);

const STATUSES = new Map<string, ComponentStatus>([
  ...[
    'operational',
    'available',
    'normal',
    'online',
    'up',
    'healthy',
    'ok',
    'running',
    'working',
    'fullyoperational',
  ].map((word) => [word, 'operational'] as const),
  ...[
    'degradedperformance',
    'degraded',
    'performanceissues',
    'minoroutage',
    'minorissues',
    'slow',
    'servicedegradation',
  ].map((word) => [word, 'degraded_performance'] as const),
  ...['partialoutage', 'partiallydown', 'partiallyunavailable', 'servicedisruption'].map(
    (word) => [word, 'partial_outage'] as const,
  ),
  ...['majoroutage', 'fulloutage', 'outage', 'down', 'offline', 'unavailable', 'serviceoutage'].map(
    (word) => [word, 'major_outage'] as const,
  ),
  ...['undermaintenance', 'maintenance', 'inmaintenance', 'plannedmaintenance'].map(
    (word) => [word, 'under_maintenance'] as const,
  ),
]);

function key(word: string): string {
  return word
    .slice(0, 60)
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
}

/** Null for a word that is none of a lifecycle. */
export function phaseWord(word: string): Phase | null {
  return PHASES.get(key(word)) ?? null;
}

/** Null for a word that tells nothing of how a service is. */
export function statusWord(word: string): ComponentStatus | null {
  return STATUSES.get(key(word)) ?? null;
}

/** "Update" is how generators print a post that did not change the phase. */
export function isUpdateWord(word: string): boolean {
  return /^(?:update|updated)$/.test(key(word));
}

const OF_MAINTENANCE: readonly Phase[] = ['scheduled', 'in_progress', 'verifying', 'completed', 'cancelled'];

/** The kind of what stands in a phase that only a maintenance has. */
export function kindOfPhase(phase: Phase): Kind | null {
  return OF_MAINTENANCE.includes(phase) ? 'maintenance' : null;
}

/**
 * A phase as its kind has it. Maintenance is told in the words of incidents as well: before its start it is then only
 * announced, `begun` where that is known.
 */
export function phaseOfKind(phase: Phase, kind: Kind, begun: boolean | null): Phase {
  if (kind === 'incident') return phase;
  if (phase === 'resolved') return 'completed';
  if (phase !== 'investigating' && phase !== 'identified' && phase !== 'monitoring') return phase;
  return begun === null ? 'unknown' : begun ? 'in_progress' : 'scheduled';
}

/** A title without what it says of the phase or the kind, and that. */
export interface Title {
  name: string;
  phase: Phase | null;
  kind: Kind | null;
  /** Whether anything was said at all: such feeds have an item for every post. */
  marked: boolean;
}

const MARKERS: readonly RegExp[] = [
  /^\[([A-Za-z][A-Za-z _-]{1,40})\]\s*(?=\S)/,
  /^([A-Z][A-Za-z _-]{1,40}): (?=\S)/,
  /\s*\[([A-Za-z][A-Za-z _-]{1,40})\]$/,
  /\s+\(([A-Za-z][A-Za-z _-]{1,40})\)$/,
  /\s+[-\u2013\u2014] ([A-Za-z][A-Za-z _-]{1,40})$/,
];
/** How AWS begins the titles of its posts; how it is then is not a phase. */
const AWS =
  /^(?:service is operating normally|informational message|service degradation|service disruption|performance issues|service impact)$/i;

/** `[Resolved] Slow exports`, `Resolved: Slow exports`, `Slow exports - Resolved`, `[Maintenance] New disks`. */
export function readTitle(text: string): Title {
  const title: Title = { name: text, phase: null, kind: null, marked: false };
  for (let found = true; found; ) {
    found = MARKERS.some((marker) => takeMarker(title, marker));
  }
  const down = /\b(?:went|is|are) down$/i.test(title.name);
  const up = /\b(?:has |have )?recovered$|\bis (?:back )?up(?: again)?$/i.test(title.name);
  if (title.phase === null && (down || up)) title.phase = down ? 'investigating' : 'resolved';
  if (/\b(?:scheduled|planned|emergency) maintenance\b/i.test(text)) title.kind ??= 'maintenance';
  return title;
}

function takeMarker(title: Title, marker: RegExp): boolean {
  const match = marker.exec(title.name);
  const word = match?.[1] ?? '';
  const phase = phaseWord(word);
  const kind = /^(?:planned |scheduled )?maintenance$/i.test(word)
    ? 'maintenance'
    : /^incident$/i.test(word)
      ? 'incident'
      : null;
  if (match === null || (phase === null && kind === null && !isUpdateWord(word) && !AWS.test(word))) return false;
  title.name = (title.name.slice(0, match.index) + title.name.slice(match.index + match[0].length)).trim();
  title.phase ??= phase;
  title.kind ??= kind ?? (phase && kindOfPhase(phase));
  title.marked = true;
  return true;
}

/**
 * Trust's words to ours. Its posts are made of templates, and their types are the names of those: what matters is how
 * they begin (`investigatingPotentialCause`, `monitoringGeneric`). Part of the salesforce-trust source.
 */
import type { ComponentStatus, Impact, Phase } from '../model.ts';
import { asText } from '../raw.ts';
import { cleanLine } from '../text.ts';

/** `NONCORE` is a part of an instance that is itself available. */
export function statusOf(raw: unknown): ComponentStatus {
  switch (raw) {
    case 'OK':
    case 'INFORMATIONAL_CORE':
    case 'INFORMATIONAL_NONCORE':
      return 'operational';
    case 'MAINTENANCE_CORE':
    case 'MAINTENANCE_NONCORE':
      return 'under_maintenance';
    case 'MINOR_INCIDENT_CORE':
    case 'MINOR_INCIDENT_NONCORE':
      return 'degraded_performance';
    case 'MAJOR_INCIDENT_NONCORE':
      return 'partial_outage';
    case 'MAJOR_INCIDENT_CORE':
      return 'major_outage';
    default:
      return 'unknown';
  }
}

/** Of all severities an incident had. */
export function impactOf(severities: readonly unknown[]): Impact {
  if (severities.includes('critical')) return 'critical';
  if (severities.includes('major')) return 'major';
  return severities.includes('minor') ? 'minor' : 'unknown';
}

/** What an impact makes of the instances it touches. */
export function statusOfImpact(impact: Impact, core: boolean): ComponentStatus {
  switch (impact) {
    case 'critical':
    case 'major':
      return core ? 'major_outage' : 'partial_outage';
    case 'minor':
      return 'degraded_performance';
    case 'none':
    case 'maintenance':
    case 'unknown':
      return 'unknown';
  }
}

type Step = readonly [word: RegExp, phase: Phase | 'same'];

const SAME = /^(?:update|correction|availabilityCorrection|einsteinBots)/;
const INCIDENT: readonly Step[] = [
  [SAME, 'same'],
  [/^(?:investigat|detected|confirmed)/i, 'investigating'],
  [/^(?:issueIsolated|identified|implementingSolution)/i, 'identified'],
  [/^monitoring/i, 'monitoring'],
  [/^resolved/i, 'resolved'],
];
const MAINTENANCE: readonly Step[] = [
  [SAME, 'same'],
  [
    /^(?:scheduled|reminder|rescheduled|releaseRescheduled|delayed|emergencyMaintenance|liveAgentMaintenance)/i,
    'scheduled',
  ],
  [/10Minute/i, 'scheduled'],
  [/^cancel/i, 'cancelled'],
  [/^(?:complete|majorReleaseFeaturesEnabled)/i, 'completed'],
  [/rollbackCompleted$/i, 'completed'],
  [/^(?:started|inProgress|majorReleaseReleaseIsLive)/i, 'in_progress'],
  [/(?:extended|readOnlyUnavailable|rollback(?:Start|Update))/i, 'in_progress'],
];

/** The phase of each post, oldest first; one that only says something more stays in the phase before it. */
export function phasesOf(types: readonly unknown[], kind: 'incident' | 'maintenance'): Phase[] {
  let phase: Phase = kind === 'incident' ? 'investigating' : 'scheduled';
  return types.map((type) => {
    const word = asText(type) ?? '';
    const step = (kind === 'incident' ? INCIDENT : MAINTENANCE).find(([pattern]) => pattern.test(word))?.[1];
    if (step === undefined) return 'unknown';
    if (step !== 'same') phase = step;
    return phase;
  });
}

/** `coreService` is "Core service", `EinsteinBots` "Einstein Bots". */
export function wordsOf(key: unknown): string {
  const words = cleanLine((asText(key) ?? '').replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' '));
  return /^[a-z]/.test(words) ? words[0]!.toUpperCase() + words.slice(1).toLowerCase() : words;
}

/** incident.io's words, in whichever of its documents they stand, and what its ids tell. Part of the incident-io source. */
import type { ComponentStatus, Impact, Kind, PageState, Phase } from '../model.ts';
import { impactOfStatus } from '../normalize.ts';
import { fromEpochMs } from '../time.ts';

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['postmortem', 'postmortem'],
  ['maintenance_scheduled', 'scheduled'],
  ['maintenance_in_progress', 'in_progress'],
  ['maintenance_complete', 'completed'],
  // The Statuspage-compatible endpoints use Statuspage's words, and how the feeds spell these three is not documented.
  ['scheduled', 'scheduled'],
  ['in_progress', 'in_progress'],
  ['verifying', 'verifying'],
  ['complete', 'completed'],
  ['completed', 'completed'],
  ['maintenance_completed', 'completed'],
]);

const STATUSES = new Map<string, ComponentStatus>([
  ['operational', 'operational'],
  ['degraded_performance', 'degraded_performance'],
  ['partial_outage', 'partial_outage'],
  ['full_outage', 'major_outage'],
  ['major_outage', 'major_outage'],
  ['under_maintenance', 'under_maintenance'],
]);

const IMPACTS = new Map<string, Impact>([
  ['none', 'none'],
  ['minor', 'minor'],
  ['major', 'major'],
  ['critical', 'critical'],
  ['maintenance', 'maintenance'],
]);

const INDICATORS = new Map<string, PageState>([
  ['none', 'operational'],
  ['minor', 'degraded'],
  ['major', 'partial_outage'],
  ['critical', 'major_outage'],
  ['maintenance', 'maintenance'],
]);

function look<T>(words: ReadonlyMap<string, T>, word: unknown): T | undefined {
  if (typeof word !== 'string') return undefined;
  return (
    words.get(word) ??
    words.get(
      word
        .slice(0, 100)
        .trim()
        .toLowerCase()
        .replace(/[\s_-]+/g, '_'),
    )
  );
}

/** `monitoring`, `maintenance_complete`, and as the feeds write them: `In Progress`. */
export function phaseOf(word: unknown): Phase {
  return look(PHASES, word) ?? 'unknown';
}

/** `full_outage`, and as the feeds write it: `Full outage`. */
export function statusOf(word: unknown): ComponentStatus {
  return look(STATUSES, word) ?? 'unknown';
}

/** The impact of the Statuspage-compatible endpoints, which alone name one. */
export function impactOf(word: unknown): Impact {
  return look(IMPACTS, word) ?? 'unknown';
}

/** The page's state, of which only the Statuspage-compatible endpoints speak. */
export function indicatorOf(word: unknown): PageState {
  return look(INDICATORS, word) ?? 'unknown';
}

/** A maintenance calls itself one, or stands in a phase that only a maintenance has. */
export function kindOf(type: unknown, phase: Phase): Kind {
  if (type === 'maintenance' || type === 'incident') return type;
  return phase === 'scheduled' || phase === 'in_progress' || phase === 'verifying' || phase === 'completed'
    ? 'maintenance'
    : 'incident';
}

/** incident.io names no impact, so it is what the worst moment of any component makes it. */
export function impactOfWorst(kind: Kind, worst: ComponentStatus): Impact {
  if (kind === 'maintenance') return 'maintenance';
  return impactOfStatus(worst);
}

const ULID = /^01[0-9A-HJKMNP-TV-Z]{24}$/;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Whether it is a ULID of our days. Statuspage's ids are twelve lower-case characters. */
export function isUlid(id: unknown): id is string {
  return typeof id === 'string' && ULID.test(id);
}

/** When the thing of this id was created: a ULID begins with its time. Null for other ids. https://github.com/ulid/spec */
export function ulidTime(id: string): Date | null {
  if (!isUlid(id)) return null;
  let ms = 0;
  for (const digit of id.slice(0, 10)) ms = ms * 32 + CROCKFORD.indexOf(digit);
  return fromEpochMs(ms);
}

/** The vendor's own address if it is a web address, else null; without a slash at its end. */
export function webAddress(value: unknown): string | null {
  if (typeof value !== 'string' || !URL.canParse(value)) return null;
  const { protocol, origin, pathname } = new URL(value);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return origin + (pathname.endsWith('/') ? pathname.slice(0, -1) : pathname);
}

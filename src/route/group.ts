/** Who is told what: one event against one group. Pure. */
import type { Impact, Kind, StatusEvent } from '../model.ts';
import { impactOfStatus, worseStatus } from '../normalize.ts';
import { globMatcher, matchesEvent } from '../route.ts';
import { isoSeconds } from '../time.ts';
import { inQuietHours, type Quiet, quietEnds } from './quiet.ts';
import { isOver } from './story.ts';

/** How serious an incident must be. What a vendor gives no weight we can read is always told. */
export const SEVERITIES = ['none', 'minor', 'major', 'critical'] as const;
export type GroupSeverity = (typeof SEVERITIES)[number];

/** Which providers, components and severities go to which channels. Empty components stand for all. */
export interface Group {
  name: string;
  /** Ids, names or the user's own names, as globs. */
  providers: readonly string[];
  components: readonly string[];
  severities: readonly GroupSeverity[];
  kinds: readonly Kind[];
  /** Types of events, as globs. */
  events: readonly string[];
  channels: readonly string[];
  /** How long before a maintenance it is reminded of, in ms, longest first. */
  remindersMs: readonly number[];
  quiet: Quiet | null;
  /** Single messages an hour; the rest is one digest. Null without end. */
  perHour: number | null;
}

/** Told unless a group says otherwise. */
export const DEFAULT_EVENTS: readonly string[] = [
  ...['incident.opened', 'incident.updated', 'incident.resolved', 'incident.reopened', 'incident.withdrawn'],
  ...['maintenance.scheduled', 'maintenance.reminder', 'maintenance.completed', 'maintenance.cancelled'],
  ...['maintenance.withdrawn', 'component.changed', 'provider.unreadable', 'provider.readable', 'provider.moved'],
];

/**
 * What a group makes of an event. `other`: it is none of the group's business. `filtered` and `muted`: it would be, but
 * for its severity or somebody's wish. `quiet`: it comes in quiet hours, and goes out with others at `until` if that is
 * not null. `settling`: it is told if it still holds at `until`.
 */
export type Verdict =
  | { kind: 'told'; why: string }
  | { kind: 'other' | 'filtered' | 'muted'; why: string }
  | { kind: 'quiet'; why: string; until: Date | null }
  | { kind: 'settling'; why: string; until: Date };

export interface Circumstances {
  now: Date;
  /** The group tells the channel this story already: its end is told as well, whatever its weight is by then. */
  followed: boolean;
  /** It did so in quiet hours: the end is told in these as well. */
  brokeThrough: boolean;
  /** Who muted it, in words; null when nobody did. */
  muted: string | null;
  /** The names the user gave the provider. */
  names: readonly string[];
}

/** How long a component must stay as it is before that is told. */
export const SETTLE_MS = 60_000;

export function judge(event: StatusEvent, group: Group, circumstances: Circumstances): Verdict {
  const stranger = strangerReason(event, group, circumstances.names);
  if (stranger !== null) return { kind: 'other', why: stranger };
  const impact = weightOf(event);
  if (!circumstances.followed && !isHeavyEnough(impact, group))
    return {
      kind: 'filtered',
      why: `its severity is ${impact}, and the group is told of ${group.severities.join(', ')}`,
    };
  if (circumstances.muted !== null) return { kind: 'muted', why: circumstances.muted };
  const isLoud = (circumstances.brokeThrough && isOver(event)) || isException(impact, group);
  const quiet = isLoud ? null : quietVerdict(group, circumstances.now);
  if (quiet) return quiet;
  if (event.type === 'component.changed' && !isMajor(impact))
    return {
      kind: 'settling',
      why: 'it is told if it still is so in a minute',
      until: new Date(circumstances.now.getTime() + SETTLE_MS),
    };
  return { kind: 'told', why: circumstances.followed ? 'the group is being told this story' : 'it matches the group' };
}

function strangerReason(event: StatusEvent, group: Group, names: readonly string[]): string | null {
  const { id, name } = event.provider;
  const isProvider = globMatcher(group.providers);
  if (![id, name, ...names].some(isProvider)) return `the group is not about ${name}`;
  const kind = kindOf(event);
  if (kind !== null && !group.kinds.includes(kind)) return `the group is not told of ${kind}s`;
  if (!globMatcher(group.events)(event.type)) return `the group is not told of ${event.type}`;
  const filter = { components: group.components, impact: null, kind: null };
  return matchesEvent(event, filter) ? null : 'it touches none of the components of the group';
}

function kindOf(event: StatusEvent): Kind | null {
  if (event.incident) return event.incident.kind;
  return event.component ? 'incident' : null;
}

/** How serious what the event is about is, or was at its worst. */
function weightOf(event: StatusEvent): Impact {
  if (event.incident) return event.incident.kind === 'maintenance' ? 'maintenance' : event.incident.impact;
  if (!event.component) return 'unknown';
  return impactOfStatus(worseStatus(event.component.from, event.component.to));
}

function isHeavyEnough(impact: Impact, group: Group): boolean {
  return impact === 'unknown' || impact === 'maintenance' || group.severities.includes(impact);
}

function isMajor(impact: Impact): boolean {
  return impact === 'major' || impact === 'critical';
}

function isException(impact: Impact, { quiet }: Group): boolean {
  return (quiet?.except as readonly string[] | undefined)?.includes(impact) ?? false;
}

/** Whether the group is told nothing now but what breaks through. */
export function isQuiet({ quiet }: Group, now: Date): boolean {
  return quiet !== null && inQuietHours(quiet, now);
}

function quietVerdict(group: Group, now: Date): Verdict | null {
  const { quiet } = group;
  if (!quiet || !isQuiet(group, now)) return null;
  const until = quietEnds(quiet, now);
  return { kind: 'quiet', why: `quiet hours until ${isoSeconds(until)}`, until: quiet.digest ? until : null };
}

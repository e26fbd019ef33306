/** What a chat shows of a delivery besides its words: who stands where, what it belongs to, and whom it concerns. */
import type { Delivery } from '../channel.ts';
import type { Severity, StatusEvent } from '../model.ts';
import { cutGraphemes } from '../text.ts';
import { changesOf, listWords, severityOfStatus, stepWords } from '../words.ts';

/** Components that went the same way or stand the same, in one line of which `way` alone is ours. */
export interface Standing {
  mark: string;
  /** `degraded performance → operational`, or the status alone for those of which the event says nothing new. */
  way: string;
  labels: string;
}

/** Beside words that say the same, for those who see colours. */
const MARKS = {
  info: '⚪',
  good: '🟢',
  minor: '🟡',
  major: '🟠',
  critical: '🔴',
  maintenance: '🔵',
  unknown: '⚪',
} satisfies Record<Severity, string>;

/** More names than these, or longer ones, help nobody in a chat. */
const MOST_LABELS = 15;
const LABEL_LENGTH = 120;

interface Stand {
  label: string;
  way: string;
  severity: Severity;
}

/** A line for each way components went, then one for each status of the others that the incident touches. */
export function standingsOf({ message, events }: Delivery): Standing[] {
  const changes = events.length === 1 ? changesOf(events[0]!) : [];
  const moved: Stand[] = changes.map((change) => ({
    label: change.label,
    way: stepWords(change).replace(' -> ', ' → '),
    severity: severityOfStatus(change.to),
  }));
  const named = new Set(moved.map(({ label }) => label));
  const others = message.components.filter(({ label }) => !named.has(label));
  return byWay([...moved, ...others.map(({ label, status, severity }) => ({ label, way: status, severity }))]);
}

/** More ways than these are not told apart. */
const MOST_WAYS = 8;

function byWay(stands: readonly Stand[]): Standing[] {
  const all = [...new Set(stands.map(({ way }) => way))];
  const kept = new Set(all.length > MOST_WAYS ? all.slice(0, MOST_WAYS - 1) : all);
  const ways = new Map<string, Stand[]>();
  for (const stand of stands) {
    const way = kept.has(stand.way) ? stand.way : 'otherwise';
    ways.set(way, [...(ways.get(way) ?? []), stand]);
  }
  return [...ways].map(([way, same]) => {
    const severity = kept.has(way) ? same[0]!.severity : 'unknown';
    return { mark: MARKS[severity], way, labels: listWords(unique(same), MOST_LABELS) };
  });
}

function unique(named: readonly { label: string }[]): string[] {
  return [...new Set(named.map(({ label }) => cutGraphemes(label, LABEL_LENGTH, 'utf16')))];
}

/** The facts that no other part of a chat's message tells: the page has its link, the affected components their standings. */
export function factsOf({ message }: Delivery): Delivery['message']['facts'] {
  const told = (label: string, value: string) =>
    value === message.url || (label === 'Affected' && message.components.length > 0);
  return message.facts.filter(({ label, value }) => !told(label, value));
}

/** `Update 3 of this incident`; null for the first message of a story and for what belongs to none. */
export function referenceOf({ story, events }: Delivery): string | null {
  if (!story || story.told === 0) return null;
  return `Update ${story.told + 1} of this ${subjectOf(events[0])}`;
}

function subjectOf(event: StatusEvent | undefined): string {
  if (event?.incident) return event.incident.kind;
  return event?.component ? 'component' : 'page';
}

/** What goes on in its thread; whatever else happens to an incident is also for those who do not follow it. */
const FOR_FOLLOWERS: ReadonlySet<StatusEvent['type']> = new Set([
  'incident.updated',
  'incident.edited',
  'maintenance.updated',
  'maintenance.edited',
]);

const WEIGHT = {
  good: 0,
  info: 0,
  maintenance: 1,
  unknown: 1,
  minor: 2,
  major: 3,
  critical: 4,
} satisfies Record<Severity, number>;

/** Whether a message in a thread should be seen outside of it: the story turns, or is worse than when last told. */
export function concernsAll({ events, message, story }: Delivery): boolean {
  const before = new Map<string, number>(Object.entries(WEIGHT)).get(story?.memory.severity ?? '');
  const isWorse = before !== undefined && WEIGHT[message.severity] > before;
  return isWorse || events.some(({ type }) => !FOR_FOLLOWERS.has(type));
}

/**
 * Whether a story is told to its end, so that its next message begins anew. One of an incident never is, for a postmortem
 * belongs to it; those of components and pages have none else, and months may lie between.
 */
export function endsStory({ events, message }: Delivery): boolean {
  const isCalm = message.severity === 'good' || message.severity === 'info';
  return isCalm && events.every(({ incident }) => incident === null);
}

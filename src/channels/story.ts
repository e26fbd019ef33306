/** What ties the messages of one story together in a channel, and where it ends. */
import type { Delivery } from '../channel.ts';
import type { Severity, StatusEvent } from '../model.ts';
import { SEVERITY_RANK } from '../words.ts';

/**
 * `Update 3 of this incident`, and the title it was first told under when the vendor has renamed it since. Null for the first
 * message of a story and for what belongs to none.
 */
export function referenceOf({ story, events, message }: Delivery): string | null {
  if (!story || story.told === 0) return null;
  const former = story.title === message.title ? '' : `, first told as "${story.title}"`;
  return `Update ${story.told + 1} of this ${thingOf(events[0])}${former}`;
}

function thingOf(event: StatusEvent | undefined): string {
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

/** Whether a message in a thread should be seen outside of it: the story turns, or is worse than when last told. */
export function concernsAll({ events, message, story }: Delivery): boolean {
  const before = SEVERITY_RANK[(story?.memory.severity ?? message.severity) as Severity];
  return SEVERITY_RANK[message.severity] > before || events.some(({ type }) => !FOR_FOLLOWERS.has(type));
}

/**
 * Whether a story is told to its end, so that its next message begins anew. One of an incident never is, for a postmortem
 * belongs to it; those of components and pages have none else, and months may lie between.
 */
export function endsStory({ events, message }: Delivery): boolean {
  const isCalm = message.severity === 'good' || message.severity === 'info';
  return isCalm && events.every(({ incident }) => incident === null);
}

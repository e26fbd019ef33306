/** Which events belong together for their readers. Pure. */
import { fingerprint } from '../fingerprint.ts';
import type { Kind, StatusEvent } from '../model.ts';
import type { StoryRecord } from '../record.ts';
import type { Circumstances } from './group.ts';

const KEY_LENGTH = 20;

/** The story an event of that page belongs to: its incident's, its component's, or that of the page itself. */
export function storyKey(
  page: string,
  event: { incident: { kind: Kind; id: string } | null; component: { id: string } | null },
): string {
  const topic = event.incident
    ? `${event.incident.kind} ${event.incident.id}`
    : event.component
      ? `component ${event.component.id}`
      : 'page';
  return fingerprint(`${page}\n${topic}`, KEY_LENGTH);
}

/** By its type: an earlier post that is found together with the last one belongs to an incident that is closed by then. */
export function isEnd({ type, component }: StatusEvent): boolean {
  if (component) return component.to === 'operational';
  return type === 'incident.resolved' || type === 'maintenance.completed' || type === 'maintenance.cancelled';
}

/** Also what its vendor took away without a word. */
export function isOver(event: StatusEvent): boolean {
  return isEnd(event) || event.type === 'incident.withdrawn' || event.type === 'maintenance.withdrawn';
}

/** What that group told a channel of this story. Where nobody wrote down who tells it, every group of the channel does. */
export function toldBy(
  group: string,
  story: StoryRecord | undefined,
): Pick<Circumstances, 'followed' | 'brokeThrough'> {
  return {
    followed: story !== undefined && (story.groups?.includes(group) ?? true),
    brokeThrough: story?.loud?.includes(group) ?? false,
  };
}

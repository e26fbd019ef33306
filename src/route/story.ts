/** Which events belong together for their readers. Pure. */
import { fingerprint } from '../fingerprint.ts';
import type { Kind } from '../model.ts';
import type { StoryRecord } from '../record.ts';

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

/** Whether that group tells the channel this story. Where nobody wrote down who does, every group of the channel does. */
export function isToldBy(group: string, story: StoryRecord | undefined): boolean {
  return story !== undefined && (story.groups?.includes(group) ?? true);
}

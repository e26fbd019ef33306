/** Which events belong together for their readers. Pure. */
import { fingerprint } from '../fingerprint.ts';
import type { Kind } from '../model.ts';

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

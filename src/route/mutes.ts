/** What somebody wants to hear nothing of for a while. Pure. */
import type { StatusEvent } from '../model.ts';
import type { Mute, PageRecord } from '../record.ts';
import { componentMatcher } from '../route.ts';
import { isEnd } from './story.ts';

/** In words, the mute that keeps this event of that page back; null when none does. */
export function mutedBy(page: string, event: StatusEvent, mutes: readonly Mute[], now: Date): string | null {
  const mute = mutes.find((one) => one.page === page && isOn(one, now) && covers(one, event));
  return mute ? `muted ${untilWords(mute)}` : null;
}

/** "until 2026-11-28T10:00:00Z", "until it is resolved" */
function untilWords({ until, untilResolved }: Mute): string {
  if (until !== null) return `until ${until}${untilResolved ? ' or until it is resolved' : ''}`;
  return untilResolved ? 'until it is resolved' : 'until it is taken back';
}

export function isOn(mute: Mute, now: Date): boolean {
  return mute.until === null || Date.parse(mute.until) > now.getTime();
}

/** One that lasts until it is resolved lets the end of it through: it ends with that. */
function covers(mute: Mute, event: StatusEvent): boolean {
  if (mute.untilResolved && isEnd(event)) return false;
  if (mute.incident !== null && event.incident?.id !== mute.incident) return false;
  if (mute.component === null) return true;
  const matches = componentMatcher([mute.component]);
  if (event.component) return matches({ ...event.component, status: event.component.to });
  const touched = event.incident?.components ?? [];
  return touched.length > 0 && touched.every(matches);
}

/** Those still on after a page was read: time ends some, and that what they are about is over ends others. */
export function stillOn(mutes: readonly Mute[], page: string, record: PageRecord, now: Date): Mute[] {
  return mutes.filter((mute) => {
    if (!isOn(mute, now)) return false;
    return !(mute.page === page && mute.untilResolved && isOver(mute, record));
  });
}

function isOver(mute: Mute, record: PageRecord): boolean {
  if (record.readAt === null || record.readAt < mute.at) return false;
  if (mute.incident !== null) return !record.open.some(({ id }) => id === mute.incident);
  if (mute.component === null)
    return record.components.length === 0 && !record.open.some(({ kind }) => kind === 'incident');
  const matches = componentMatcher([mute.component]);
  const troubled = record.components.some(([id, name, group, status]) => matches({ id, name, group, status }));
  return !troubled && !record.open.some(({ kind, components }) => kind === 'incident' && components.some(matches));
}

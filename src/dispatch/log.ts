/** The log of the state, and what is kept there no longer. */
import { type Topic, titleOf } from '../message.ts';
import type { LogEntry, State } from '../record.ts';
import { cutGraphemes } from '../text.ts';

const DAY_MS = 24 * 3_600_000;
const STORY_DAYS = 30;
const MOST_STORIES = 3000;
/** Of one channel: one that is off for months must not fill the state. */
const MOST_WAITING = 2000;
const MOST_LOGGED = 500;

/** A line of the log. */
export function log(
  state: State,
  event: (Topic & { id: string; type: string }) | null,
  entry: Partial<LogEntry> & Pick<LogEntry, 'outcome' | 'why'>,
  now: Date,
): void {
  state.log.push({
    at: now.toISOString(),
    event: event?.id ?? null,
    type: event?.type ?? 'notice',
    title: event ? cutGraphemes(titleOf(event), 100) : 'pingoru',
    group: null,
    channel: null,
    ...entry,
  });
}

/** Takes out what has served: events that nothing names any more, stories long told, the oldest of too many. */
export function tidy(state: State, now: Date): void {
  const counts = new Map<string, number>();
  for (const { channel } of state.outbox) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  for (const [channel, count] of counts)
    if (count > MOST_WAITING) dropOldest(state, channel, count - MOST_WAITING, now);
  const named = new Set(state.outbox.flatMap((row) => row.events));
  for (const id of state.events.keys()) if (!named.has(id)) state.events.delete(id);
  const oldest = new Date(now.getTime() - STORY_DAYS * DAY_MS).toISOString();
  if (state.stories.some(({ at }) => at < oldest)) state.stories = state.stories.filter(({ at }) => at >= oldest);
  if (state.stories.length > MOST_STORIES) state.stories = state.stories.slice(-MOST_STORIES);
  if (state.log.length > MOST_LOGGED) state.log = state.log.slice(-MOST_LOGGED);
}

function dropOldest(state: State, channel: string, most: number, now: Date): void {
  const dropped = new Set(state.outbox.filter((row) => row.channel === channel).slice(0, most));
  state.outbox = state.outbox.filter((row) => !dropped.has(row));
  const why = `${dropped.size} of the oldest messages were dropped: more than ${MOST_WAITING} waited`;
  log(state, null, { channel, outcome: 'given up', why }, now);
}

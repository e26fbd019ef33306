/** The log of the state, and what is kept there no longer. */
import { type Topic, titleOf } from '../message.ts';
import { type LogEntry, type OutboxRow, type State, type StoryRecord, TERMINAL } from '../record.ts';
import { cutGraphemes } from '../text.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STORY_DAYS = 30;
const MOST_STORIES = 3000;
/** Of what one channel leaves lying: one that is off for months must not fill the state. */
const MOST_WAITING = 2000;
const MOST_LOGGED = 500;
const MOST_LOSSES = 100;

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
    if (count > MOST_WAITING && channel !== TERMINAL) dropOldest(state, channel, now);
  const named = new Set(state.outbox.flatMap((row) => row.events));
  for (const id of state.events.keys()) if (!named.has(id)) state.events.delete(id);
  const oldest = new Date(now.getTime() - STORY_DAYS * DAY_MS).toISOString();
  if (state.stories.some(({ at }) => at < oldest)) state.stories = state.stories.filter(({ at }) => at >= oldest);
  if (state.stories.length > MOST_STORIES) state.stories = lastAddedTo(state.stories);
  if (state.log.length > MOST_LOGGED) state.log = latestOf(state.log);
}

function lastAddedTo(stories: readonly StoryRecord[]): StoryRecord[] {
  const byTime = stories.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const latest = new Set(byTime.slice(-MOST_STORIES));
  return stories.filter((story) => latest.has(story));
}

/** However many there are, what only waits for its turn is none too many: its channel takes it. */
function dropOldest(state: State, channel: string, now: Date): void {
  const left = state.outbox.filter((row) => row.channel === channel && isLeft(row, now));
  const dropped = new Set(left.slice(0, Math.max(0, left.length - MOST_WAITING)));
  if (dropped.size === 0) return;
  state.outbox = state.outbox.filter((row) => !dropped.has(row));
  const why = `${dropped.size} of the oldest messages were dropped: more than ${MOST_WAITING} waited`;
  log(state, null, { channel, outcome: 'given up', why }, now);
}

/** Its channel failed to take it, or has not come to it for an hour, as one that is switched off or cannot be connected. */
function isLeft({ attempts, deadAt, queuedAt, dueAt }: OutboxRow, now: Date): boolean {
  if (attempts > 0 || deadAt !== undefined) return true;
  return Math.max(Date.parse(queuedAt), dueAt ?? 0) < now.getTime() - HOUR_MS;
}

/** What is lost is what people look for later: a flood of other lines does not push it out. */
function latestOf(entries: readonly LogEntry[]): LogEntry[] {
  const isLoss = ({ outcome }: LogEntry) => outcome === 'given up' || outcome === 'switched off';
  const losses = new Set(entries.filter(isLoss).slice(-MOST_LOSSES));
  const others = new Set(entries.filter((entry) => !losses.has(entry)).slice(losses.size - MOST_LOGGED));
  return entries.filter((entry) => losses.has(entry) || others.has(entry));
}

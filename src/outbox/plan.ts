/**
 * What of the rows that one channel is owed goes out now, and what becomes one digest first. Pure.
 *
 * The order of a story is kept: a row waits for those before it that touch the same story. Nothing waits for another
 * story, for rows that were given up, or for what is held back.
 */
import type { Pace } from '../channel.ts';
import type { OutboxRow } from '../record.ts';
import { isEarly, isPaused } from './wait.ts';

/** A channel as it is now; times are wall-clock milliseconds. */
export interface LaneNow {
  pace: Pace;
  off: boolean;
  pausedUntil: number;
  /** Ids of rows under way, and of those that are to be left alone for another reason. */
  underWay: ReadonlySet<string>;
  /** When the last single messages and digests to people began, within the window; not those that failed. */
  recent: readonly { at: number; digest: boolean }[];
}

export interface Plan {
  /** What may be sent now, in this order, as fast as the channel's pace allows. None waits for another. */
  ready: readonly OutboxRow[];
  /** Rows that become one. */
  digest: readonly OutboxRow[];
  /** When to look again though nothing has changed: a row is due, or may be told as a digest. Infinity when only a change can bring something. */
  againAt: number;
}

/** So many single messages in this time, then one digest. */
export const WINDOW_MS = 60_000;
/** More providers than these at once are one story to their reader. */
const MOST_PROVIDERS = 3;

/** `storiesOf` names every story a row touches: a digest touches several. `rows` are the channel's, oldest first. */
export function planLane(
  rows: readonly OutboxRow[],
  lane: LaneNow,
  storiesOf: (row: OutboxRow) => readonly string[],
  now: number,
): Plan {
  const idle: Plan = { ready: [], digest: [], againAt: NEVER };
  const alive = rows.filter((row) => row.deadAt === undefined);
  if (lane.off || alive.length === 0) return idle;
  if (isPaused(lane.pausedUntil, now)) return { ...idle, againAt: lane.pausedUntil };
  const those = ready(alive, lane, storiesOf, now);
  const { digest, waiting, until } = collapse(alive, those, lane, now);
  const apart = new Set([...digest, ...waiting]);
  const dueAt = alive.flatMap((row) => (isEarly(row, now) ? [row.dueAt!] : []));
  const againAt = dueAt.reduce((first, time) => Math.min(first, time), until ?? NEVER);
  return { ready: apart.size === 0 ? those.free : those.free.filter((row) => !apart.has(row)), digest, againAt };
}
const NEVER = Number.POSITIVE_INFINITY;

interface Ready {
  /** May go now. */
  free: OutboxRow[];
  /** Messages of one event that may go now, or could but for others of them before them in their story. */
  singles: OutboxRow[];
  /** Kept for a digest that may be made now. */
  kept: OutboxRow[];
}

function ready(
  rows: readonly OutboxRow[],
  lane: LaneNow,
  storiesOf: (row: OutboxRow) => readonly string[],
  now: number,
): Ready {
  const those: Ready = { free: [], singles: [], kept: [] };
  // By story: whether what comes first of it may go, be it in a digest or only by itself, or waits for something else.
  const ahead = new Map<string, 'free' | 'alone' | 'stuck'>();
  for (const row of rows) {
    const stories = storiesOf(row);
    const states = stories.map((story) => ahead.get(story));
    const stuck = isEarly(row, now) || lane.underWay.has(row.id) || states.includes('stuck');
    const joins = !stuck && !states.includes('alone');
    // For people it goes out as part of a digest.
    if (row.held && lane.pace.singles !== null) {
      if (joins) those.kept.push(row);
      continue;
    }
    const isPart = joins && isSingle(row);
    if (isPart) those.singles.push(row);
    if (!stuck && states.every((state) => state === undefined)) those.free.push(row);
    for (const story of stories) ahead.set(story, stuck ? 'stuck' : isPart ? 'free' : 'alone');
  }
  return those;
}

/** A message of one event, tried before or not: what an outage kept back is no smaller a flood than what comes at once. */
function isSingle(row: OutboxRow): boolean {
  return row.events.length === 1 && row.plain === undefined;
}

interface Collapsed {
  digest: readonly OutboxRow[];
  /** Ready, but not to be sent by themselves before `until`. */
  waiting: readonly OutboxRow[];
  until: number | null;
}

/** For people: a handful of single messages a minute, and what is more, or of many providers at once, as one. */
function collapse(
  rows: readonly OutboxRow[],
  { singles, kept }: Ready,
  { pace, recent }: LaneNow,
  now: number,
): Collapsed {
  if (pace.singles === null) return { digest: [], waiting: [], until: null };
  const sent = recent.filter(({ digest }) => !digest);
  const isBurst = new Set(singles.map(({ page }) => page)).size > MOST_PROVIDERS;
  const over = isBurst ? singles : singles.slice(Math.max(0, pace.singles - sent.length));
  const lastDigest = recent.findLast(({ digest }) => digest);
  if (over.length === 0 && kept.length === 0) return { digest: [], waiting: [], until: null };
  if (lastDigest) return { digest: [], waiting: over, until: lastDigest.at + WINDOW_MS };
  // One alone makes no digest: it waits for its turn among the single ones.
  if (over.length === 1 && kept.length === 0)
    return { digest: [], waiting: over, until: (sent[0]?.at ?? now) + WINDOW_MS };
  const parts = new Set([...over, ...kept]);
  return { digest: rows.filter((row) => parts.has(row)), waiting: [], until: null };
}

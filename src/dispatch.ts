/**
 * From events to what is owed: who is told, what is held back and why. Works on the state of one transaction, and may be
 * run again on another.
 */
import { fingerprint } from './fingerprint.ts';
import { eventToJson } from './json.ts';
import { type Topic, titleOf } from './message.ts';
import type { StatusEvent } from './model.ts';
import { type LogEntry, newRow, type OutboxRow, type ReadonlyState, type State } from './record.ts';
import { type Group, judge, type Verdict } from './route/group.ts';
import { mutedBy } from './route/mutes.ts';
import { storyKey } from './route/story.ts';
import { cutGraphemes } from './text.ts';

/** One event of one page. */
export interface News {
  page: string;
  event: StatusEvent;
  /** The ways out of this process that are owed it whatever the groups say. */
  to: readonly { name: string; isTerminal: boolean }[];
  /** Lead time of a reminder: only groups that asked for it are told. Null for all other events. */
  leadMs: number | null;
}

export interface DispatchDeps {
  groups: readonly Group[];
  /** The names the user gave the page. */
  namesOf(page: string): readonly string[];
  /** Whether a channel's reader is a program, which wants every event and tires of none. */
  isProgram(channel: string): boolean;
  now: Date;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STORY_DAYS = 30;
const MOST_STORIES = 3000;
const MOST_TITLE = 200;
/** Of one channel: one that is off for months must not fill the state. */
const MOST_WAITING = 2000;
const MOST_LOGGED = 500;
const ID_LENGTH = 24;

/** News and the story it belongs to, which is the same for every channel. */
interface Chapter extends News {
  key: string;
  title: string;
}

/** The state being worked on, and where in it things are. */
interface Desk {
  state: State;
  now: Date;
  /** The same, ISO 8601 UTC. */
  at: string;
  ids: Set<string>;
  /** Channels and events of which the log says that they were sent. */
  sent: Set<string>;
  /** Places in `state.stories`, by channel and key. */
  stories: Map<string, number>;
  /** Channels and keys of which something is held back. */
  held: Set<string>;
}

/** Adds to the state's outbox what each is owed, and to its log what is held back. */
export function dispatch(state: State, news: readonly News[], deps: DispatchDeps): void {
  if (news.length === 0) return;
  const desk: Desk = {
    state,
    now: deps.now,
    at: deps.now.toISOString(),
    ids: new Set(state.outbox.map(({ id }) => id)),
    sent: new Set(
      state.log.flatMap(({ outcome, channel, event }) => (outcome === 'sent' ? [`${channel}\n${event}`] : [])),
    ),
    stories: storyPlaces(state),
    held: new Set(state.outbox.flatMap(({ held, channel, story }) => (held && story ? [placeOf(channel, story)] : []))),
  };
  for (const one of news) {
    const { page, event } = one;
    const chapter = { ...one, key: storyKey(page, event), title: cutGraphemes(titleOf(event), MOST_TITLE) };
    for (const { name, isTerminal } of one.to)
      enqueue(desk, chapter, name, { story: isTerminal ? null : follow(desk, chapter, name) });
    for (const [channel, decision] of decide(desk, chapter, deps))
      deliver(desk, chapter, channel, { ...decision, isProgram: deps.isProgram(channel) });
  }
  tidy(state, deps.now);
}

/** Where in `state.stories` each is. */
export function storyPlaces(state: Pick<ReadonlyState, 'stories'>): Map<string, number> {
  return new Map(state.stories.map(({ channel, key }, index) => [placeOf(channel, key), index]));
}

/** Of a story among those of all channels. */
export function placeOf(channel: string, key: string): string {
  return `${channel}\n${key}`;
}

interface Decision {
  group: Group;
  verdict: Verdict;
}

/** For each channel the best that a group of it says; what a group holds back is logged. */
function decide(
  { state, stories }: Desk,
  { page, event, key, leadMs }: Chapter,
  deps: DispatchDeps,
): Map<string, Decision> {
  const best = new Map<string, Decision>();
  const circumstances = {
    now: deps.now,
    muted: mutedBy(page, event, state.mutes, deps.now),
    names: deps.namesOf(page),
  };
  for (const group of deps.groups) {
    if (leadMs !== null && !group.remindersMs.includes(leadMs)) continue;
    const followed = group.channels.some((channel) => stories.has(placeOf(channel, key)));
    const verdict = judge(event, group, { ...circumstances, followed });
    if (verdict.kind === 'filtered' || verdict.kind === 'muted' || verdict.kind === 'quiet')
      log(state, event, { group: group.name, outcome: 'held', why: verdict.why }, deps.now);
    for (const channel of group.channels) {
      const known = best.get(channel);
      if (!known || RANK[verdict.kind] > RANK[known.verdict.kind]) best.set(channel, { group, verdict });
    }
  }
  return best;
}

const RANK = { other: 0, filtered: 1, muted: 2, quiet: 3, settling: 4, told: 5 } satisfies Record<
  Verdict['kind'],
  number
>;

function deliver(desk: Desk, news: Chapter, channel: string, decision: Decision & { isProgram: boolean }): void {
  const { group, verdict, isProgram } = decision;
  switch (verdict.kind) {
    case 'other':
    case 'filtered':
    case 'muted':
      return;
    case 'quiet': {
      if (verdict.until === null) return;
      const story = follow(desk, news, channel);
      enqueue(desk, news, channel, { story, held: 'quiet', dueAt: verdict.until.getTime() });
      return;
    }
    case 'settling':
    case 'told': {
      if (wentBack(desk, news, channel)) return;
      const story = follow(desk, news, channel);
      const terms: Partial<OutboxRow> =
        verdict.kind === 'settling'
          ? { settling: true, dueAt: verdict.until.getTime() }
          : isProgram
            ? {}
            : measured(desk, news.event, channel, group);
      enqueue(desk, news, channel, { story, ...terms });
    }
  }
}

/**
 * A component that returns to how it was while that still waits to be told: neither is. Anything else that happens to it
 * ends the wait.
 */
function wentBack({ state, now }: Desk, { event, key }: Chapter, channel: string): boolean {
  const { component } = event;
  if (!component) return false;
  const waiting = state.outbox.filter((row) => row.settling && row.channel === channel && row.story === key);
  if (waiting.length === 0) return false;
  const before = waiting.map((row) => state.events.get(row.events[0]!)?.component ?? null);
  const back = waiting.some((row, index) => (row.dueAt ?? 0) > now.getTime() && before[index]?.from === component.to);
  if (back) {
    log(state, event, { channel, outcome: 'held', why: 'it went back within a minute' }, now);
    state.outbox = state.outbox.filter((row) => !waiting.includes(row));
  } else
    state.outbox = state.outbox.map((row) => {
      if (!waiting.includes(row)) return row;
      const { settling: _, ...settled } = row;
      return { ...settled, dueAt: null };
    });
  return back;
}

/** Over the group's measure of an hour, what comes is held until the hour is over, and then told as one. */
function measured({ state, now }: Desk, event: StatusEvent, channel: string, group: Group): Partial<OutboxRow> {
  if (group.perHour === null) return {};
  const record = state.channels.get(channel) ?? { off: null };
  const since = now.getTime() - HOUR_MS;
  const lately = (record.lately ?? []).filter(([, at]) => at > since);
  const own = lately.filter(([name]) => name === group.name);
  if (own.length < group.perHour) {
    state.channels.set(channel, { ...record, lately: [...lately, [group.name, now.getTime()]] });
    return {};
  }
  const why = `the group had ${group.perHour} messages within the hour; the rest is told as one`;
  log(state, event, { group: group.name, channel, outcome: 'held', why }, now);
  return { held: 'cap', dueAt: own[0]![1] + HOUR_MS };
}

/** The key of the story that the channel is being told from now on. */
function follow({ state, stories, at }: Desk, { key, title }: Chapter, channel: string): string {
  const place = placeOf(channel, key);
  const index = stories.get(place);
  if (index !== undefined) state.stories[index] = { ...state.stories[index]!, at };
  else {
    stories.set(place, state.stories.length);
    state.stories.push({ channel, key, title, told: 0, memory: {}, at });
  }
  return key;
}

function enqueue(desk: Desk, { page, event }: News, channel: string, more: Partial<OutboxRow>): void {
  const { state, ids, now } = desk;
  const id = deliveryId(channel, [event.id]);
  // Of two processes that are to tell it, the other may have been first.
  if (ids.has(id) || desk.sent.has(`${channel}\n${event.id}`)) return;
  ids.add(id);
  if (more.story && more.held !== undefined) desk.held.add(placeOf(channel, more.story));
  else if (more.story && desk.held.delete(placeOf(channel, more.story))) dropStale(state, channel, more.story);
  if (!state.events.has(event.id)) state.events.set(event.id, eventToJson(event));
  state.outbox.push(newRow({ id, page, channel, events: [event.id], ...more }, now));
}

/** What is told now makes older news of the same story, still held back, stale. */
function dropStale(state: State, channel: string, story: string): void {
  state.outbox = state.outbox.filter((row) => !(row.held && row.channel === channel && row.story === story));
}

/** The same for the same events on the same channel, whenever and by whomever they are found. */
export function deliveryId(channel: string, events: readonly string[]): string {
  return `dlv_${fingerprint([channel, ...events].join('\n'), ID_LENGTH)}`;
}

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

/** What is to be dispatched, and the state it is dispatched in. */
import type { StatusEvent } from '../model.ts';
import type { ReadonlyState, State, StoryRecord } from '../record.ts';
import type { Group } from '../route/group.ts';

/** One event of one page. */
export interface News {
  page: string;
  event: StatusEvent;
  /** The ways out of this process that are owed it whatever the groups say. */
  to: readonly { name: string; isTerminal: boolean }[];
  /** Lead time of a reminder: only groups are told that asked for it and for no shorter one that is due. Null for all other events. */
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

/** News and the story it belongs to, which is the same for every channel. */
export interface Chapter extends News {
  key: string;
  title: string;
}

/** The state being worked on, and where in it things are. */
export interface Desk {
  state: State;
  now: Date;
  /** The same, ISO 8601 UTC. */
  at: string;
  isProgram: DispatchDeps['isProgram'];
  ids: Set<string>;
  /** Channels and events of which the log says that they were sent. */
  sent: Set<string>;
  /** Places in `state.stories`, by channel and key. */
  stories: Map<string, number>;
  /** Channels and keys of which something is held back. */
  held: Set<string>;
}

export function openDesk(state: State, { now, isProgram }: DispatchDeps): Desk {
  return {
    state,
    isProgram,
    now,
    at: now.toISOString(),
    ids: new Set(state.outbox.map(({ id }) => id)),
    sent: new Set(
      state.log.flatMap(({ outcome, channel, event }) => (outcome === 'sent' ? [`${channel}\n${event}`] : [])),
    ),
    stories: storyPlaces(state),
    held: new Set(state.outbox.flatMap(({ held, channel, story }) => (held && story ? [placeOf(channel, story)] : []))),
  };
}

/** Where in `state.stories` each is. */
export function storyPlaces(state: Pick<ReadonlyState, 'stories'>): Map<string, number> {
  return new Map(state.stories.map(({ channel, key }, index) => [placeOf(channel, key), index]));
}

/** Of a story among those of all channels. */
export function placeOf(channel: string, key: string): string {
  return `${channel}\n${key}`;
}

/** What a channel is being told of a story; undefined when that is nothing. */
export function storyOf({ state, stories }: Desk, channel: string, key: string): StoryRecord | undefined {
  return state.stories[stories.get(placeOf(channel, key)) ?? -1];
}

/** The key of the story that the channel is being told from now on, by these groups. */
export function follow(desk: Desk, { key, title }: Chapter, channel: string, groups: readonly string[]): string {
  const { state, stories, at } = desk;
  const story = storyOf(desk, channel, key);
  if (story) {
    const all = story.groups && { groups: [...new Set([...story.groups, ...groups])] };
    state.stories[stories.get(placeOf(channel, key))!] = { ...story, ...all, at };
  } else {
    stories.set(placeOf(channel, key), state.stories.length);
    state.stories.push({ channel, key, title, told: 0, memory: {}, groups: [...groups], at });
  }
  return key;
}

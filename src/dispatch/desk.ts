/** What is to be dispatched, and the state it is dispatched in. */
import type { StatusEvent } from '../model.ts';
import type { ReadonlyState, State, StoryRecord } from '../record.ts';
import type { Group } from '../route/group.ts';
import { isOver } from '../route/story.ts';

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
      state.log.flatMap(({ outcome, channel, event }) =>
        outcome === 'sent' && channel !== null && event !== null ? [placeOf(channel, event)] : [],
      ),
    ),
    stories: storyPlaces(state),
    held: new Set(state.outbox.flatMap(({ held, channel, story }) => (held && story ? [placeOf(channel, story)] : []))),
  };
}

/** Where in `state.stories` each is. */
export function storyPlaces(state: Pick<ReadonlyState, 'stories'>): Map<string, number> {
  return new Map(state.stories.map(({ channel, key }, index) => [placeOf(channel, key), index]));
}

/** Of a story or an event among those of all channels. */
export function placeOf(channel: string, key: string): string {
  return `${channel}\n${key}`;
}

/** What a channel is being told of a story; undefined when that is nothing. */
export function storyOf({ state, stories }: Desk, channel: string, key: string): StoryRecord | undefined {
  return state.stories[stories.get(placeOf(channel, key)) ?? -1];
}

/** Names of groups that tell a channel something. */
export interface Tellers {
  names: readonly string[];
  /** Those of them that do so in their quiet hours. */
  loud: readonly string[];
}

export const NOBODY: Tellers = { names: [], loud: [] };

/** The key of the story that the channel is being told from now on, by these groups. */
export function follow(desk: Desk, { key, title, event }: Chapter, channel: string, tellers: Tellers): string {
  const { state, stories, at } = desk;
  const story = storyOf(desk, channel, key) ?? { channel, key, title, told: 0, memory: {}, groups: [], at };
  const { groups, loud: before = [], ...rest } = story;
  const isLoud = (name: string) => !(isOver(event) && tellers.names.includes(name));
  const loud = [...new Set([...before, ...tellers.loud])].filter(isLoud);
  const place = stories.get(placeOf(channel, key)) ?? state.stories.length;
  stories.set(placeOf(channel, key), place);
  state.stories[place] = {
    ...rest,
    ...(groups && { groups: [...new Set([...groups, ...tellers.names])] }),
    ...(loud.length > 0 && { loud }),
    at,
  };
  return key;
}

/** From rows of the outbox to what is handed to a channel. */
import type { Delivery, Message, Pace, Receipt, Story } from '../channel.ts';
import { deliveryId, placeOf, storyPlaces } from '../dispatch.ts';
import { eventFromJson } from '../json.ts';
import { digestOf, messageOf, noticeOf, titleOf } from '../message.ts';
import type { StatusEvent } from '../model.ts';
import type { OutboxRow, ReadonlyState } from '../record.ts';
import { storyKey } from '../route/story.ts';

/** Times are of `zone`. A story whose record is gone begins anew. */
export function deliveryOf(row: OutboxRow, state: ReadonlyState, zone: string): Delivery {
  const events = eventsOf(row, state);
  let message: Message | null = null;
  return {
    id: row.id,
    events,
    plain: row.plain === true,
    story: row.story === null ? null : storyOf(row.channel, row.story, events[0]!, state),
    // Programs are sent the event itself, and words take longer to make than all the rest.
    get message() {
      message ??= wordsFor(row, events, zone);
      return message;
    },
  };
}

/** What a row tells, in words. */
export function wordsFor(row: Pick<OutboxRow, 'notice'>, events: readonly StatusEvent[], zone: string): Message {
  if (row.notice) return noticeOf(row.notice);
  return events.length === 1 ? messageOf(events[0]!, zone) : digestOf(events, zone);
}

/** The places of the stories in a state, which is never edited in place. */
const places = new WeakMap<ReadonlyState, Map<string, number>>();

function storyOf(channel: string, key: string, event: StatusEvent, state: ReadonlyState): Story {
  const known = places.get(state) ?? storyPlaces(state);
  places.set(state, known);
  const record = state.stories[known.get(placeOf(channel, key)) ?? -1];
  return record
    ? { key, title: record.title, told: record.told, memory: record.memory }
    : { key, title: titleOf(event), told: 0, memory: {} };
}

/** The events of a row, oldest first. */
export function eventsOf(row: OutboxRow, state: ReadonlyState): StatusEvent[] {
  return row.events.flatMap((id) => {
    const json = state.events.get(id);
    return json ? [eventFromJson(json)] : [];
  });
}

/** Every story a row touches. */
export function storiesOf(row: OutboxRow, state: Pick<ReadonlyState, 'events'>): readonly string[] {
  if (row.story !== null) return [row.story];
  if (row.stories) return row.stories;
  return row.events.flatMap((id) => {
    const json = state.events.get(id);
    return json ? [storyKey(row.page, json)] : [];
  });
}

/** Sends without owing: what another process records and tells elsewhere. */
export async function sendNow(
  lane: { name: string; pace: Pace; send(delivery: Delivery): Promise<Receipt> },
  events: readonly StatusEvent[],
  zone: string,
): Promise<void> {
  const { singles } = lane.pace;
  const batches = singles !== null && events.length > singles ? [events] : events.map((event) => [event]);
  for (const batch of batches) {
    const id = deliveryId(
      lane.name,
      batch.map((event) => event.id),
    );
    await lane.send({ id, message: wordsFor({}, batch, zone), events: batch, story: null, plain: false });
  }
}

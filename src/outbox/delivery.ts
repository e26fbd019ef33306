/** From rows of the outbox to what is handed to a channel. */
import type { Delivery, Pace, Receipt } from '../channel.ts';
import { deliveryId } from '../dispatch.ts';
import { eventFromJson } from '../json.ts';
import { digestOf, messageOf, noticeOf } from '../message.ts';
import type { StatusEvent } from '../model.ts';
import type { OutboxRow, ReadonlyState } from '../record.ts';
import { storyKey } from '../route/story.ts';

/** Times are of `zone`. A story whose record is gone begins anew. */
export function deliveryOf(row: OutboxRow, state: ReadonlyState, zone: string): Delivery {
  const events = eventsOf(row, state);
  const [first] = events;
  const message = row.notice
    ? noticeOf(row.notice)
    : events.length === 1
      ? messageOf(first!, zone)
      : digestOf(events, zone);
  const record = state.stories.find(({ channel, key }) => channel === row.channel && key === row.story);
  const story =
    row.story === null
      ? null
      : {
          key: row.story,
          title: record?.title ?? message.title,
          told: record?.told ?? 0,
          memory: record?.memory ?? {},
        };
  return { id: row.id, message, events, story, plain: row.plain === true };
}

/** What a row tells, oldest first. */
export function eventsOf(row: OutboxRow, state: ReadonlyState): StatusEvent[] {
  return row.events.flatMap((id) => {
    const json = state.events.get(id);
    return json ? [eventFromJson(json)] : [];
  });
}

/** Every story a row touches. */
export function storiesOf(row: OutboxRow, state: ReadonlyState): string[] {
  if (row.story !== null) return [row.story];
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
    const message = batch.length === 1 ? messageOf(batch[0]!, zone) : digestOf(batch, zone);
    await lane.send({ id, message, events: batch, story: null, plain: false });
  }
}

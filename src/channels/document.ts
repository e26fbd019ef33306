/** What programs are told: the one event as `watch --json` prints it, or in the same manner what is no single event. */
import type { Delivery } from '../channel.ts';
import { type EventJson, eventToJson, SCHEMA_VERSION, type Versioned } from '../json.ts';
import { isoSeconds } from '../time.ts';

/** What pingoru says of itself. `at` is ours. */
export interface NoticeJson extends Versioned {
  id: string;
  type: 'pingoru.notice';
  at: string;
  title: string;
  text: string;
}

/** Several events that were kept together, oldest first; `items` names every incident once, as it stands after them. */
export interface DigestJson extends Versioned {
  id: string;
  type: 'pingoru.digest';
  at: string;
  title: string;
  text: string;
  items: readonly string[];
  events: readonly EventJson[];
}

export type DeliveryDocument = EventJson | DigestJson | NoticeJson;

export function documentOf(delivery: Delivery, now: Date): DeliveryDocument {
  const { id, events } = delivery;
  const type = typeOf(delivery);
  if (type !== 'pingoru.notice' && type !== 'pingoru.digest') return eventToJson(events[0]!);
  const { title, line: text, items } = delivery.message;
  const at = isoSeconds(now);
  if (type === 'pingoru.notice') return { schemaVersion: SCHEMA_VERSION, id, type, at, title, text };
  return { schemaVersion: SCHEMA_VERSION, id, type, at, title, text, items, events: events.map(eventToJson) };
}

/** The type of the one event, or what stands in its place. */
export function typeOf({ events }: Delivery): DeliveryDocument['type'] {
  const [first, ...others] = events;
  if (!first) return 'pingoru.notice';
  return others.length === 0 ? first.type : 'pingoru.digest';
}

/** The ids of the providers a delivery is about, with commas between them; our own name where it is about none. */
export function providerIdsOf({ events }: Delivery): string {
  return [...new Set(events.map(({ provider }) => provider.id))].join(',') || 'pingoru';
}

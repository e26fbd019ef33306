/**
 * The events of state.json. Several of one read name the same incident, with all its posts: the first of them holds it, and
 * the others say which that is. With it in each, a vendor's forty posts about hundreds of components took 80 MB.
 */
import type { EventJson, IncidentJson } from '../json.ts';
import { isObject, type RawObject } from '../raw.ts';
import { optionalPairs } from './forms.ts';

type Events = ReadonlyMap<string, EventJson>;

/** Stands in place of an incident: that of the event with this id. */
interface Same {
  sameAs: string;
}

/** Each event, and what is written in the place of its incident: that, or who holds it. */
function rows(events: Events): [id: string, event: EventJson, incident: IncidentJson | Same | null][] {
  const holders = new Map<IncidentJson, string>();
  return [...events].map(([id, event]) => {
    const { incident } = event;
    const holder = incident === null ? undefined : holders.get(incident);
    if (incident !== null && holder === undefined) holders.set(incident, id);
    return [id, event, holder === undefined ? incident : { sameAs: holder }];
  });
}

export function eventsToJson(events: Events): [string, unknown][] {
  return rows(events).map(([id, event, incident]) => [id, { ...event, incident }]);
}

/** The same as text, a piece for each. `written` writes what it is given once. */
export function eventsToTexts(events: Events, written: (item: object) => string): string[] {
  return rows(events).map(
    ([id, event, incident]) =>
      `[${JSON.stringify(id)},${headText(event)},"incident":${incident === null ? null : written(incident)}}]`,
  );
}

const heads = new WeakMap<EventJson, string>();

/** An event without its incident and without the end of its text. */
function headText(event: EventJson): string {
  const known = heads.get(event);
  if (known !== undefined) return known;
  const { incident: _, ...head } = event;
  const text = JSON.stringify(head).slice(0, -1);
  heads.set(event, text);
  return text;
}

/** Throws SyntaxError. An event whose incident is nowhere has nothing to tell, and is left out. */
export function eventsFromJson(value: RawObject): Map<string, EventJson> {
  const events = new Map<string, EventJson>();
  for (const [id, event] of optionalPairs(value, 'events', isEvent)) {
    const { incident } = event as { incident: unknown };
    if (!isSame(incident)) events.set(id, event);
    else {
      const held = events.get(incident.sameAs)?.incident;
      if (held) events.set(id, { ...event, incident: held });
    }
  }
  return events;
}

function isSame(value: unknown): value is Same {
  return isObject(value) && typeof value.sameAs === 'string';
}

function isEvent(value: unknown): value is EventJson {
  return isObject(value) && typeof value.id === 'string' && typeof value.type === 'string' && isObject(value.provider);
}

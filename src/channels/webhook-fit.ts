/** Documents cut to the size that receivers of webhooks may count on; what is left still is what its schema says. */
import type { ComponentJson, EventJson, IncidentJson, UpdateJson } from '../json.ts';
import { cutGraphemes } from '../text.ts';
import type { DeliveryDocument, DigestJson, NoticeJson } from './document.ts';

/** What may stay, the texts in bytes. */
interface Measure {
  /** The bodies of the posts before the one that is told. */
  olderBody: number;
  /** Posts in the incident, the last ones. */
  updates: number;
  /** The body that is told. */
  body: number;
  /** Entries of any other list. */
  list: number;
  /** Titles, names and sentences. */
  text: number;
  /** Ids and addresses. */
  id: number;
}

const ALL: Measure = { olderBody: 1e9, updates: 1e9, body: 1e9, list: 1e9, text: 1e9, id: 1e9 };

/** What goes first is what a receiver misses least: it was told the older posts before. */
const MEASURES: readonly Measure[] = [
  { ...ALL, olderBody: 300 },
  { ...ALL, olderBody: 0 },
  { ...ALL, olderBody: 0, updates: 20 },
  { ...ALL, olderBody: 0, updates: 1 },
  { olderBody: 0, updates: 1, body: 5000, list: 40, text: 500, id: 500 },
  { olderBody: 0, updates: 1, body: 2000, list: 15, text: 200, id: 200 },
  { olderBody: 0, updates: 0, body: 1000, list: 5, text: 120, id: 120 },
  { olderBody: 0, updates: 0, body: 300, list: 2, text: 80, id: 80 },
];

/** The document as `write` writes it, cut and marked `truncated` as far as it must be to have at most `max` bytes. */
export function fitted(document: DeliveryDocument, max: number, write: (fit: DeliveryDocument) => string): string {
  const whole = write(document);
  if (Buffer.byteLength(whole) <= max) return whole;
  let text = '';
  for (const measure of MEASURES) {
    text = write(cut(document, measure));
    if (Buffer.byteLength(text) <= max) return text;
  }
  if (!('events' in document)) return text;
  // Of a digest that is still too long, the sentence and the items speak for the events that have no room.
  const last = cut(document, MEASURES.at(-1)!) as DigestJson;
  for (let { events } = last; events.length > 0 && Buffer.byteLength(text) > max; ) {
    events = events.slice(0, Math.floor(events.length / 2));
    text = write({ ...last, events });
  }
  return text;
}

function cut(document: DeliveryDocument, measure: Measure): DeliveryDocument & { truncated: true } {
  if ('events' in document) return cutDigest(document, measure);
  return 'incident' in document ? cutEvent(document, measure) : cutNotice(document, measure);
}

function cutNotice(notice: NoticeJson, { text }: Measure) {
  return {
    ...notice,
    title: shorter(notice.title, text),
    text: shorter(notice.text, text * 4),
    truncated: true as const,
  };
}

function cutDigest(digest: DigestJson, measure: Measure) {
  const { text, list } = measure;
  return {
    ...digest,
    title: shorter(digest.title, text),
    text: shorter(digest.text, text),
    items: digest.items.slice(0, list * 10).map((item) => shorter(item, text)),
    events: digest.events.map((event) => cutEvent(event, measure)),
    truncated: true as const,
  };
}

function cutEvent(event: EventJson, measure: Measure) {
  const { provider, incident, update, component, error } = event;
  const { text, id } = measure;
  return {
    ...event,
    provider: { ...provider, id: shorter(provider.id, id), name: shorter(provider.name, text) },
    incident: incident && cutIncident(incident, event, measure),
    update: update && cutUpdate(update, measure.body, measure),
    component: component && cutNames(component, measure),
    error: error && { ...error, message: shorter(error.message, text) },
    truncated: true as const,
  };
}

function cutIncident(incident: IncidentJson, { update, provider }: EventJson, measure: Measure): IncidentJson {
  const { updates, olderBody, body, list, text, id } = measure;
  return {
    ...incident,
    id: shorter(incident.id, id),
    title: shorter(incident.title, text),
    // An address cut short leads nowhere.
    url: Buffer.byteLength(incident.url) <= Math.max(id, 500) ? incident.url : provider.url,
    components: incident.components.slice(0, list).map((component) => cutNames(component, measure)),
    updates: (updates === 0 ? [] : incident.updates.slice(-updates)).map((one) =>
      cutUpdate(one, one.id === update?.id ? body : olderBody, measure),
    ),
  };
}

function cutUpdate(update: UpdateJson, body: number, measure: Measure): UpdateJson {
  return {
    ...update,
    id: shorter(update.id, measure.id),
    body: shorter(update.body, body),
    components: update.components.slice(0, measure.list).map((component) => cutNames(component, measure)),
  };
}

function cutNames<Named extends Pick<ComponentJson, 'id' | 'name' | 'group'>>(named: Named, measure: Measure): Named {
  const { text, id } = measure;
  return {
    ...named,
    id: shorter(named.id, id),
    name: shorter(named.name, text),
    group: named.group && shorter(named.group, text),
  };
}

function shorter(text: string, max: number): string {
  return text.length * 3 <= max ? text : cutGraphemes(text, max, 'bytes');
}

/** What a vendor may say when it means harm: a payload in every field there is, and all that is then told of it. */
import fc from 'fast-check';
import type { Delivery } from '../../src/channel.ts';
import { noticeOf } from '../../src/message.ts';
import type { EventType, Incident, Provider, StatusEvent } from '../../src/model.ts';
import { cleanLine, safeUrl } from '../../src/text.ts';
import { CASES, deliveryOf, digestDelivery, PAYLOADS, STORY } from '../channels/setup.ts';
import { eventOf, maintenance } from '../incidents.ts';

export interface World {
  provider: Provider;
  incident: Incident;
  maintenance: Incident;
  events: StatusEvent[];
  deliveries: Delivery[];
}

const URLS = [
  'https://status.clerk.com/incidents/01KK',
  'https://status.clerk.com/?a=1&b=2|evil>x<y&lt;"\'#(f)\\[z]*_*`@everyone',
  'javascript:alert(1)',
  'https://user:password@evil.example/',
];

/** Payloads with the place they would write to, if anything ever ran them. */
export function payloads(canary: string): string[] {
  return [...PAYLOADS, '\\033[2J \\x1b[31m C:\\new\\0'].map((text) => text.replaceAll('/tmp/canary', canary));
}

/** Every field is what the next call of `say` gives. */
export function worldOf(say: () => string, url: string): World {
  const provider: Provider = { id: say(), name: say(), url, platform: 'incident-io' };
  const incident = hostileIncident(say, url);
  const planned = { ...maintenance('scheduled'), ...pick(hostileIncident(say, url)), kind: 'maintenance' as const };
  const of = (type: EventType, about: Incident | null, more: Partial<StatusEvent> = {}) =>
    eventOf(type, about, { id: say(), provider, ...more });
  const first = { ...incident, updates: incident.updates.slice(0, 1) };
  const events = [
    of('incident.opened', first, { initial: true }),
    of('incident.updated', incident),
    of('incident.resolved', { ...incident, status: 'resolved', resolvedAt: incident.updatedAt }),
    of('incident.withdrawn', { ...incident, updates: [] }),
    of('maintenance.scheduled', planned),
    of('component.changed', null, {
      component: { id: say(), name: say(), group: say(), from: 'operational', to: 'major_outage' },
    }),
    of('provider.unreadable', null, { error: { code: 'timeout', message: say() } }),
    of('provider.moved', null),
  ];
  const deliveries = [
    ...events.map((event) => deliveryOf(event)),
    deliveryOf(events[1]!, { story: { ...STORY, title: `Before: ${cleanLine(say())}`, told: 3 } }),
    deliveryOf(events[1]!, { plain: true }),
    digestDelivery(events),
    { ...CASES.notice!(), message: noticeOf({ title: `pingoru: ${say()}`, line: `It said ${say()}` }) },
  ];
  return { provider, incident, maintenance: planned, events, deliveries };
}

function hostileIncident(say: () => string, url: string): Incident {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 10, 15, minute));
  const component = (status: 'operational' | 'major_outage') => ({ id: say(), name: say(), group: say(), status });
  const [moved, other] = [component('major_outage'), component('operational')];
  return {
    id: say(),
    kind: 'incident',
    title: say(),
    url,
    status: 'monitoring',
    impact: 'critical',
    startedAt: at(0),
    resolvedAt: null,
    updatedAt: at(9),
    scheduledFor: null,
    scheduledUntil: null,
    components: [moved, other].map((one) => ({ ...one, worstStatus: 'major_outage' })),
    updates: [
      {
        id: say(),
        status: 'investigating',
        at: at(0),
        body: say(),
        components: [{ ...moved, status: 'partial_outage' }],
      },
      {
        id: say(),
        status: 'monitoring',
        at: at(9),
        body: `${say()}\n${say()}\n\n${say()}`,
        components: [moved, other],
      },
    ],
  };
}

function pick({ id, title, url, components, updates }: Incident) {
  return {
    id,
    title,
    url,
    components,
    updates: updates.map((update) => ({ ...update, status: 'scheduled' as const })),
  };
}

/** Whether the addresses are what sources let into the model; documents promise no more than that. */
export function isSound({ provider, incident }: Pick<StatusEvent, 'provider' | 'incident'>): boolean {
  return safeUrl(provider.url) !== null && (incident === null || safeUrl(incident.url) !== null);
}

/** A world of one payload for every one there is. */
export function allWorlds(canary: string): [string, World][] {
  return payloads(canary).map((text, at) => [text, worldOf(() => text, URLS[at % URLS.length]!)]);
}

/** A world in which every field is another mixture. */
export function anyWorld(canary: string): fc.Arbitrary<World> {
  const glue = ['\n', ' ', '', '\\', '"', ']', '>', '🙂', 'x'.repeat(300), '1. ', '- ', '…', '&', '<'];
  const part = fc.oneof(fc.constantFrom(...payloads(canary)), fc.constantFrom(...glue));
  const text = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('') || 'nothing');
  const texts = fc.array(text, { minLength: 5, maxLength: 30 });
  return fc.tuple(texts, fc.constantFrom(...URLS)).map(([all, url]) => {
    let next = 0;
    return worldOf(() => all[next++ % all.length]!, url);
  });
}

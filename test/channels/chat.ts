/** What the tests of chat channels share: deliveries made of hostile text of every length, and a story told in order. */
import fc from 'fast-check';
import { onTestFinished } from 'vitest';
import type { Channel, Delivery, Receipt, Send, Story } from '../../src/channel.ts';
import { connectChannel } from '../../src/connect.ts';
import { DeliveryError } from '../../src/errors.ts';
import { messageOf, noticeOf } from '../../src/message.ts';
import type { Component, ComponentStatus, Incident, StatusEvent } from '../../src/model.ts';
import { clerk, clerkIncident, eventOf } from '../incidents.ts';
import { type LocalServer, startServer } from '../local-server.ts';
import { CASES, channelIo, deliveryOf, digestDelivery, PAYLOADS, STORY } from './setup.ts';

const STATUSES: readonly ComponentStatus[] = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
  'unknown',
];

const runs = fc
  .tuple(
    fc.constantFrom(
      '&',
      '<',
      '>',
      '\\',
      '*',
      '_',
      '`',
      '|',
      '\n',
      '> ',
      '- ',
      '+ ',
      '1. ',
      '# ',
      'x',
      '👩‍👩‍👧‍👦',
      'é',
      '…',
      '\\…',
      '&amp;',
      '@',
      'a.https://b',
      ':fire:',
    ),
    fc.constantFrom(1, 40, 700, 5000),
  )
  .map(([text, count]) => text.repeat(count));

/** From nothing to tens of thousands of characters, full of whatever means more than itself somewhere. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PAYLOADS),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      runs,
    ),
    {
      maxLength: 5,
    },
  )
  .map((parts) => parts.join(' '));

/** As a vendor may call a part of its service; long ones are for titles and posts. */
const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...PAYLOADS),
  fc.string({ unit: 'binary', maxLength: 60 }),
  runs.map((text) => text.slice(0, 400)),
);

const hostileUrl = fc.constantFrom(
  'https://status.clerk.com/incidents/01KK',
  'https://status.clerk.com/?a=1&b=2|evil>x<y&lt;#(f)\\[z]*_*',
  `https://status.clerk.com/?${'&'.repeat(2000)}`,
  'javascript:alert(1)',
  '',
);

const hostileComponents: fc.Arbitrary<Component[]> = fc
  .array(fc.tuple(hostileName, fc.option(hostileName), fc.constantFrom(...STATUSES)), { maxLength: 20 })
  .map((all) => all.map(([name, group, status], at) => ({ id: String(at), name, group, status })));

const hostileIncident: fc.Arbitrary<Incident> = fc
  .record({
    title: hostileText,
    url: hostileUrl,
    body: hostileText,
    before: hostileComponents,
    after: hostileComponents,
  })
  .map(({ title, url, body, before, after }) => {
    const [first, second] = clerkIncident(2).updates;
    const updates = [
      { ...first!, components: before },
      { ...second!, body, components: after },
    ];
    const components = [...after, ...before].map((one) => ({ ...one, worstStatus: one.status }));
    return { ...clerkIncident(2), title, url, updates, components };
  });

const hostileEvent: fc.Arbitrary<StatusEvent> = fc
  .record({
    type: fc.constantFrom(
      'incident.opened',
      'incident.updated',
      'incident.withdrawn',
      'maintenance.started',
      'component.changed',
      'provider.unreadable',
      'provider.moved',
    ),
    incident: hostileIncident,
    name: hostileName,
    url: hostileUrl,
    error: hostileName,
  })
  .map(({ type, incident, name, url, error }) => {
    const provider = { ...clerk, name, url, platform: error };
    if (type.startsWith('provider.'))
      return eventOf(type as StatusEvent['type'], null, { provider, error: { code: error, message: error } });
    const component = { id: 'c', name: error, group: name, from: 'operational', to: 'unknown' } as const;
    if (type === 'component.changed') return eventOf(type, null, { provider, component });
    return eventOf(type as StatusEvent['type'], incident, { provider });
  });

/** Every sort of delivery there is. */
export const hostileDelivery: fc.Arbitrary<Delivery> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(hostileEvent, fc.nat({ max: 9 }), fc.boolean())
      .map(([event, told, plain]) =>
        deliveryOf(event, { plain, story: { ...STORY, title: messageOf(event).title, told } }),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(hostileEvent, { minLength: 2, maxLength: 6 }), fc.boolean())
      .map(([events, plain]) => ({ ...digestDelivery(events), plain })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(hostileText, hostileText).map(([title, line]) => ({
      id: 'dlv_notice6789abcdefghij',
      message: noticeOf({ title: `pingoru: ${title}`, line: `It is so: ${line}` }),
      events: [],
      story: null,
      plain: false,
    })),
  },
);

/** All parts of a message at a length no vendor has yet used, and more of each than any event has. */
export function overfull(text: string): Delivery {
  const long = text.repeat(10_000);
  const facts = Array.from({ length: 30 }, (_, at) => ({ label: `${at}${long}`, value: `${at}${long}` }));
  const components = Array.from({ length: 500 }, (_, at) => {
    return { label: `${at}${long}`, status: `status ${at % 12}`, severity: 'major' as const };
  });
  const delivery = deliveryOf(CLERK_STORY[1]!, { story: { ...STORY, told: 99 } });
  const url = `https://status.clerk.com/${'a'.repeat(2000)}`;
  return { ...delivery, message: { ...delivery.message, title: long, line: long, body: long, facts, components, url } };
}

/** Tells events of one story one after the other, as the outbox does: each with what the one before it left. */
export async function tellStory(send: Send, events: readonly StatusEvent[], from?: Story): Promise<Receipt[]> {
  let story: Story = from ?? { ...STORY, title: messageOf(events[0]!).title };
  const receipts: Receipt[] = [];
  for (const event of events) {
    const receipt = await send(deliveryOf(event, { id: `dlv_0123456789abcdefghi${story.told}`, story }));
    story = { ...story, told: story.told + 1, memory: receipt.memory ?? story.memory };
    receipts.push(receipt);
  }
  return receipts;
}

/** The incident of the README from its first post to its last. */
export const CLERK_STORY: readonly StatusEvent[] = [1, 2, 3, 4, 5].map((updates) =>
  eventOf(
    updates === 1 ? 'incident.opened' : updates === 5 ? 'incident.resolved' : 'incident.updated',
    clerkIncident(updates),
  ),
);

export async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${String(error)}`);
  return error;
}

/**
 * What a channel says of six failures of a service that repeats all it was sent, and of one that is not there. `serve`
 * starts the service and gives its settings; of the secrets among them nothing may come out.
 */
export async function failuresOf(
  type: string,
  serve: (echo: LocalServer) => Record<string, unknown>,
): Promise<string[]> {
  const echo = await startServer({});
  onTestFinished(() => echo.close());
  const entry = { name: 'ops', type, ...serve(echo) };
  const send = () => connectChannel(entry, (reference) => reference, channelIo()).send(CASES.opened!());
  const failures: string[] = [];
  for (const status of [200, 302, 400, 403, 404, 429, 503]) {
    echo.routes['*'] = ({ path, headers }) => ({ status, body: `${path} ${echo.url}${path} ${headers.authorization}` });
    failures.push((await failureOf(send())).message);
  }
  await echo.close();
  return [...failures, (await failureOf(send())).message];
}

/** A channel that has been connected without anything being asked. */
export function connected(channel: Channel, settings: Record<string, unknown>, io = channelIo()): Send {
  return channel.connect(settings, io);
}

/** Whether a text holds what chats and their apps turn into a link by themselves. What a cut left over is none. */
export function hasLink(text: string): boolean {
  return /(?:https?|ftp|mailto|javascript|tel):[^\s\u2060…]/i.test(text) || /[\p{L}\p{N}_-]\.\p{L}{2}/u.test(text);
}

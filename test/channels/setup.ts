/** What the tests of channels share: deliveries of every sort, what a channel may touch, and what it put on the wire. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Channel, ChannelIo, ChannelRequest, Delivery, Receipt, Settings, Story } from '../../src/channel.ts';
import { requestsOf } from '../../src/connect.ts';
import { openHttp } from '../../src/http.ts';
import { digestOf, messageOf, noticeOf } from '../../src/message.ts';
import type { Reply, StatusEvent } from '../../src/model.ts';
import { clerk, clerkIncident, clerkIo, components, ESCAPES, eventOf, maintenance } from '../incidents.ts';

export const NOW = new Date('2026-03-10T18:00:00Z');

/** As the program's own, but for the clock and the network: `request` goes to servers of the test, directly. */
export function channelIo(more: Partial<ChannelIo> = {}): ChannelIo {
  return {
    env: {},
    now: () => NOW,
    after: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    request: realRequests(),
    zone: 'UTC',
    host: 'machine.example',
    ...more,
  };
}

/** Over the real network code, for servers on loopback. Must be called inside a test. */
export function realRequests(timeoutMs = 5000): ChannelIo['request'] {
  let http: ReturnType<typeof openHttp> | undefined;
  return (request) => {
    if (!http) {
      const opened = openHttp({ version: '1.2.3', env: {}, timeoutMs, perHost: 8 });
      onTestFinished(() => opened.close());
      http = opened;
    }
    return requestsOf(http)(request);
  };
}

export const STORY: Story = { key: 'Rk3sT0ryOfClerk00001', title: 'Clerk: Slow sign-in', told: 0, memory: {} };

/** One event on its way. */
export function deliveryOf(event: StatusEvent, more: Partial<Delivery> = {}): Delivery {
  const story = { ...STORY, title: messageOf(event).title };
  return { id: 'dlv_0123456789abcdefghij', message: messageOf(event), events: [event], story, plain: false, ...more };
}

export function digestDelivery(events: readonly StatusEvent[]): Delivery {
  return { id: 'dlv_digest6789abcdefghij', message: digestOf(events), events, story: null, plain: false };
}

const resolved = eventOf('incident.resolved', clerkIncident());

/** What every channel is shown, by the name of its fixture. */
export const CASES: Readonly<Record<string, () => Delivery>> = {
  opened: () => deliveryOf(eventOf('incident.opened', clerkIncident(1))),
  updated: () =>
    deliveryOf(eventOf('incident.updated', clerkIncident(4)), { story: { ...STORY, told: 3, memory: {} } }),
  resolved: () => deliveryOf(resolved, { story: { ...STORY, told: 4, memory: {} } }),
  scheduled: () => deliveryOf(eventOf('maintenance.scheduled', maintenance('scheduled'))),
  completed: () => deliveryOf(eventOf('maintenance.completed', maintenance('completed'))),
  component: () =>
    deliveryOf(
      eventOf('component.changed', null, {
        component: { id: 'c', name: 'Search', group: 'Services', from: 'operational', to: 'partial_outage' },
      }),
    ),
  unreadable: () =>
    deliveryOf(
      eventOf('provider.unreadable', null, {
        error: { code: 'timeout', message: 'status.clerk.com did not answer within 30 s' },
      }),
    ),
  readable: () => deliveryOf(eventOf('provider.readable', null)),
  moved: () => deliveryOf(eventOf('provider.moved', null)),
  digest: () =>
    digestDelivery([
      eventOf('incident.opened', clerkIncident(1)),
      resolved,
      eventOf('maintenance.scheduled', maintenance('scheduled')),
      eventOf('incident.opened', { ...clerkIncident(1), id: 'other', title: 'Search is late' }, { provider: clerkIo }),
    ]),
  notice: () => ({
    id: 'dlv_notice6789abcdefghij',
    message: noticeOf({
      title: 'pingoru: the channel "ops" is switched off',
      line: 'Slack knows no such channel any more (HTTP 404). What it is owed is kept: correct it, then run pingoru channel enable ops.',
    }),
    events: [],
    story: null,
    plain: false,
  }),
  plain: () => deliveryOf(eventOf('incident.opened', clerkIncident(1)), { plain: true }),
  hostile: () => deliveryOf(hostileEvent()),
};

/** Every payload that a terminal, a mark-up, a chat or a mail program would take for more than text, in every field. */
export const PAYLOADS: readonly string[] = [
  ...ESCAPES,
  '<!channel> <!here> <!everyone> <@U012AB3CD> <#C01|x> <http://evil.example|click> & &amp; &lt;',
  '@everyone @here <@123456789012345678> <@&1> [click](https://evil.example) ||spoiler|| `code` ~~x~~ > quote',
  '# Head\n- list\n1. one\n* star\n_under_ **bold** [x](javascript:alert(1)) ![i](https://evil.example/i.png)',
  '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a><b>bold</b>',
  'mailto:evil@evil.example https://evil.example/path evil.example www.evil.example //evil.example',
  'subject\r\nBcc: evil@evil.example\r\n\r\nbody',
  '$(touch /tmp/canary) `touch /tmp/canary` "; touch /tmp/canary; \'',
  '{{7*7}} $' + '{7*7} %0a%0d <%= 7 %> {"a":1}',
  '-1 region --help',
];

export function hostileEvent(text: string = PAYLOADS.slice(-9).join(' ')): StatusEvent {
  const incident = clerkIncident(2);
  const names = components([text.slice(0, 200), 'API'], 'major_outage', text.slice(0, 100));
  const updates = incident.updates.map((update) => ({ ...update, body: text, components: names }));
  const affected = names.map((component) => ({ ...component, worstStatus: component.status }));
  const hostile = { ...incident, title: text, updates, components: affected, url: 'javascript:alert(1)' };
  return eventOf('incident.updated', hostile, { provider: { ...clerk, name: text.slice(0, 100) } });
}

export interface ChannelFixture {
  settings: Record<string, unknown>;
  /** What the service answers when it takes a message. */
  answer?: { status: number; headers?: Record<string, string>; body?: unknown };
}

const FIXTURES = 'fixtures/channels';

export function fixtureFolders(): string[] {
  return readdirSync(FIXTURES).sort();
}

export function fixtureOf(name: string): ChannelFixture {
  return JSON.parse(readFileSync(path.join(FIXTURES, name, 'channel.json'), 'utf8')) as ChannelFixture;
}

export function expectedPath(name: string, one: string): string {
  return path.join(FIXTURES, name, `${one}.json`);
}

/** What a channel sent in this case, against its fixture; UPDATE_FIXTURES=1 writes it in its place. */
export function expectFixture(name: string, one: string, sent: unknown): void {
  const found = JSON.parse(JSON.stringify(sent)) as unknown;
  const file = expectedPath(name, one);
  if (process.env.UPDATE_FIXTURES) writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  expect(existsSync(file), `${file}: UPDATE_FIXTURES=1 writes it`).toBe(true);
  expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}

/** A request that is answered at once, and remembered. */
export function answering(answer: Required<ChannelFixture>['answer'], asked: ChannelRequest[]): ChannelIo['request'] {
  return async (request) => {
    asked.push(request);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
    const headers = answer.headers ?? {};
    return { url: request.url, status: answer.status, headers, contentType: '', text, hops: [] } satisfies Reply;
  };
}

/** Everything that a channel of requests puts on the wire for one delivery, and its receipt. */
export async function wireOf(
  channel: Channel,
  settings: Settings,
  answer: Required<ChannelFixture>['answer'],
  delivery: Delivery,
): Promise<{ receipt: Receipt; requests: ChannelRequest[] }> {
  const requests: ChannelRequest[] = [];
  const receipt = await channel.connect(settings, channelIo({ request: answering(answer, requests) }))(delivery);
  return { receipt, requests };
}

/** As `connect.ts` hands settings on: a map is a Map. */
export function settingsOf(channel: Channel, raw: Record<string, unknown>): Settings {
  const isMap = new Set(channel.settings.filter(({ type }) => type === 'map').map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => [
      name,
      isMap.has(name) ? new Map(Object.entries(value as object)) : value,
    ]),
  );
}

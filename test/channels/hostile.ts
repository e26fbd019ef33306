/** Deliveries of hostile and huge text for the property tests of channels, and what must never show in any of them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Channel, ChannelIo, Delivery, Settings } from '../../src/channel.ts';
import { connectChannel } from '../../src/connect.ts';
import { ConfigError, DeliveryError } from '../../src/errors.ts';
import { noticeOf } from '../../src/message.ts';
import type { ComponentStatus, StatusEvent } from '../../src/model.ts';
import { cleanLine } from '../../src/text.ts';
import { clerkIncident, components, eventOf } from '../incidents.ts';
import { startServer } from '../local-server.ts';
import { CASES, channelIo, deliveryOf, digestDelivery, hostileEvent, PAYLOADS, STORY } from './setup.ts';

const MARKS = [
  ...[
    '*',
    '_',
    '__',
    '`',
    '```',
    '~~',
    '[',
    ']',
    '](',
    '(',
    ')',
    '<',
    '>',
    '&',
    '"',
    "'",
    '\\',
    '|',
    '#',
    '$',
    '/',
    '@',
  ],
  ...['\n', '\n\n', ' ', '.', ':', '://', '//', '{{', '}}', '- ', '1. ', '> ', '# ', '=', '!['],
  ...[
    'a',
    'Z',
    '9',
    'é',
    '日本語',
    '👨‍👩‍👧‍👦',
    '🇩🇪',
    'e\u0301\u0301',
    'word',
    'evil.example',
    'http',
    'javascript',
    'mailto',
  ],
];

/** From nothing to some 40,000 characters, much of it markup. */
const hostileText: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(fc.constantFrom(...PAYLOADS), fc.constantFrom(...MARKS), fc.string({ unit: 'binary' })), {
      maxLength: 12,
    }),
    fc.constantFrom(1, 1, 1, 3, 40, 300),
  )
  .map(([parts, times]) => parts.join('').repeat(times).slice(0, 40_000));

const STATUSES: ComponentStatus[] = [
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'unknown',
];

/** An update that moves as many components as there are, each with a name of its own. */
function crowdedEvent(text: string, count: number): StatusEvent {
  const incident = clerkIncident(2);
  const crowd = (shift: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...components([`${index} ${text.slice(0, 80)}`], STATUSES[(index + shift) % STATUSES.length]!)[0]!,
      id: String(index),
    }));
  const updates = incident.updates.map((update, index) => ({ ...update, body: text, components: crowd(index) }));
  const affected = crowd(1).map((component) => ({ ...component, worstStatus: component.status }));
  return eventOf('incident.updated', { ...incident, title: text, updates, components: affected });
}

/** Deliveries of every sort, all of them of that one text. */
export const hostileDelivery: fc.Arbitrary<Delivery> = fc
  .record({ text: hostileText, kind: fc.integer({ min: 0, max: 6 }), count: fc.integer({ min: 1, max: 300 }) })
  .map(({ text, kind, count }) => {
    const event = hostileEvent(text);
    switch (kind) {
      case 0:
        return deliveryOf(event);
      case 1:
        return deliveryOf(event, { plain: true });
      case 2:
        return deliveryOf(event, { story: { ...STORY, title: `Before: ${cleanLine(text)}`, told: 2 } });
      case 3:
        return deliveryOf(crowdedEvent(text, count));
      case 4: {
        const others = Array.from({ length: Math.ceil(count / 10) }, (_, id) => ({
          ...event.incident!,
          id: String(id),
        }));
        return digestDelivery(others.map((incident) => ({ ...event, incident })));
      }
      case 5:
        return { ...CASES.notice!(), message: noticeOf({ title: `pingoru: ${text}`, line: `It says ${text}` }) };
      default: {
        const component = {
          id: 'c',
          name: text,
          group: text.slice(0, 50),
          from: 'unknown',
          to: 'major_outage',
        } as const;
        return deliveryOf(eventOf('component.changed', null, { component }));
      }
    }
  });

/** What chat programs and phones make a link of by themselves, each in a text that reads as if it were one. */
const LINKS = [
  /[a-z][a-z0-9+.-]*:\/\//i,
  /(?<![\p{L}\p{N}])(?:javascript|mailto|tel|data):[^\s\u2060…]/iu,
  /[\p{L}\p{N}]\.\p{L}{2}/u,
  /[\p{L}\p{N}]@[\p{L}\p{N}]/u,
  /(?<!\u2060)\/\/[\p{L}\p{N}]/u,
];

export function expectNoLink(text: string): void {
  for (const link of LINKS) expect(link.exec(text)?.[0] ?? null).toBeNull();
}

/** Why `connect` refuses such settings, in one line. */
export function refusedSettings(channel: Channel, settings: Settings): string {
  try {
    channel.connect(settings, channelIo());
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('they were taken');
}

/**
 * Test 60: a channel with secrets that must not show fails in every way there is; what is told of each failure. Its
 * service answers on loopback, at the address given to `settings`.
 */
export async function failuresOf(
  channel: Channel,
  settings: (address: string) => Record<string, string>,
  io: Partial<ChannelIo> = {},
): Promise<string[]> {
  const server = await startServer();
  const send = (address: string) =>
    connectChannel({ name: 'ops', type: channel.name, ...settings(address) }, (text) => text, channelIo(io)).send(
      CASES.opened!(),
    );
  const told: string[] = [];
  const note = (error: unknown) => {
    expect(error).toBeInstanceOf(DeliveryError);
    told.push(
      `${(error as Error).message}\n${(error as Error).stack}\n${JSON.stringify((error as DeliveryError).details)}`,
    );
  };
  for (const status of [200, 302, 400, 401, 403, 404, 429, 500]) {
    server.routes['*'] = ({ path, headers, body }) => ({
      status,
      headers: { location: `${server.url}/elsewhere${path}` },
      body: `no: ${server.url}${path} returned HTTP error 500 ${JSON.stringify(headers)} ${body}`,
    });
    await send(server.url).catch(note);
  }
  server.routes['*'] = (_, response) => void response.destroy();
  await send(server.url).catch(note);
  const asked = server.requests.length;
  expect(server.requests.filter(({ path }) => path.startsWith('/elsewhere'))).toEqual([]);
  await server.close();
  await send(server.url).catch(note);
  expect({ told: told.length, asked }).toEqual({ told: 10, asked: 9 });
  return told;
}

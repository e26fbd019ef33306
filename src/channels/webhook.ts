/** Events to a program of one's own, signed as Standard Webhooks 1.0.0 has it. */
import type { Channel, ChannelIo, Delivery, Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import type { StatusEvent } from '../model.ts';
import { refusalOf } from './answer.ts';
import { type DeliveryDocument, documentOf } from './document.ts';
import { addressOf } from './settings.ts';
import { fitted } from './webhook-fit.ts';

/** Smaller than 20 kB: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#payload-size */
const MAX_BYTES = 19_999;
/** For a receiver that refused it as it was. */
const PLAIN_BYTES = 8000;

export const webhook: Channel = {
  name: 'webhook',
  title: 'Webhook',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  settings: [
    {
      name: 'url',
      about: 'the address that takes the events by POST; https, or http on a network of your own',
      required: true,
      secret: true,
    },
    {
      name: 'secret',
      about: 'what the receiver checks the signature with: whsec_ and base64, or at least 24 bytes of text',
      required: true,
      secret: true,
      fresh: newWebhookSecret,
    },
    {
      name: 'previousSecret',
      about: 'the secret before this one, while receivers change over: both sign',
      secret: true,
    },
    { name: 'headers', about: 'headers to add, as Authorization=…', type: 'map', secret: true },
  ],
  pace: { concurrent: 8, gapMs: 0, singles: null, patience: 'days' },
  connect(settings, io) {
    const url = urlOf(settings);
    const keys = ['secret', 'previousSecret'].flatMap((name) => (settings[name] ? [keyOf(settings, name)] : []));
    const headers = headersOf(settings.headers as ReadonlyMap<string, string> | undefined);
    return async (delivery) => {
      const body = bodyOf(delivery, io);
      const signed = { ...headers, ...signatureHeaders(delivery.id, body, keys, io.now()) };
      const reply = await io.request({ url, headers: signed, body });
      const refusal = refusalOf(reply, 'the webhook', io.now());
      if (refusal) throw refusal;
      return { outcome: 'delivered', detail: `HTTP ${reply.status}` };
    };
  },
};

/** A secret that nobody can guess, for the user to give to the receiver. */
export function newWebhookSecret(): string {
  return `whsec_${process.getBuiltinModule('node:crypto').randomBytes(32).toString('base64')}`;
}

function urlOf(settings: Settings): string {
  const url = addressOf(settings, 'url', { plain: true, signIn: 'give them in "headers", as Authorization' });
  url.hash = '';
  return url.href;
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes to sign with. */
function keyOf(settings: Settings, name: string): Buffer {
  const secret = settings[name] as string;
  if (!secret.startsWith('whsec_')) {
    const key = Buffer.from(secret);
    if (key.length < 24)
      throw new ConfigError(`"${name}" is too short to be safe: it takes 24 bytes, or whsec_ and base64 of 24 to 64`);
    return key;
  }
  const encoded = secret.slice('whsec_'.length);
  const key = Buffer.from(encoded, 'base64');
  if (!BASE64.test(encoded) || key.length < 24 || key.length > 64)
    throw new ConfigError(`"${name}" is no such secret: after whsec_ stand 24 to 64 bytes in base64`);
  return key;
}

/** Those that are for us or for the connection to say. */
const OURS = /^(?:webhook-.*|content-.*|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect)$/i;

function headersOf(headers: ReadonlyMap<string, string> = new Map()): Record<string, string> {
  for (const [name, value] of headers) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name))
      throw new ConfigError(`"headers" has ${JSON.stringify(name.slice(0, 60))}, which cannot be the name of a header`);
    if (OURS.test(name)) throw new ConfigError(`"headers" must not set ${name}: pingoru sets it`);
    if (!/^[\t\x20-\x7E\x80-\xFF]*$/.test(value))
      throw new ConfigError(
        `"headers" has a value for ${name} that no header can have: it must be one line of Latin-1`,
      );
  }
  return Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value]));
}

const bodies = new WeakMap<StatusEvent, string>();

/**
 * The bytes that are signed are those that are sent. Several webhooks are told the same event in the same bytes: they are made
 * for the first of them.
 */
function bodyOf(delivery: Delivery, io: ChannelIo): string {
  const [event] = delivery.events;
  if (event === undefined || delivery.events.length > 1 || delivery.plain) return bodyFor(delivery, io);
  const body = bodies.get(event) ?? bodyFor(delivery, io);
  bodies.set(event, body);
  return body;
}

function bodyFor(delivery: Delivery, io: ChannelIo): string {
  const document = documentOf(delivery, io.now());
  const write = (data: DeliveryDocument) => JSON.stringify({ type: document.type, timestamp: document.at, data });
  return fitted(document, delivery.plain ? PLAIN_BYTES : MAX_BYTES, write);
}

function signatureHeaders(id: string, body: string, keys: readonly Buffer[], now: Date): Record<string, string> {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signed = `${id}.${timestamp}.${body}`;
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

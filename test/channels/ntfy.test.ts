import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { ntfy } from '../../src/channels/ntfy.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { type Answer, type LocalServer, startServer } from '../local-server.ts';
import { expectNoLink, failuresOf, hostileDelivery, refusedSettings } from './hostile.ts';
import { CASES, channelIo, deliveryOf, wireOf } from './setup.ts';

const SETTINGS = { topic: 'pingoru-x7Qk2' };
const TAKEN = { status: 200, body: { id: 'sPs71M8A2T' } };

interface Published {
  topic: string;
  title?: string;
  message: string;
  priority?: number;
  tags?: string[];
  click?: string;
}

/** As an ntfy server reads what is published to it: https://docs.ntfy.sh/publish/#limitations */
function refusalBy(json: string): Answer | null {
  if (Buffer.byteLength(json) > 2 * 4096) return refused(413, 41303, 'JSON body too large');
  const { topic, title = '', message, priority = 3, tags = [], click = '', ...more } = JSON.parse(json) as Published;
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return refused(400, 40009, 'invalid request: topic invalid');
  if (!Number.isInteger(priority) || priority < 1 || priority > 5) return refused(400, 40007, 'invalid priority');
  if (Buffer.byteLength(title) > 1024) return refused(400, 40057, 'title too large');
  if (Buffer.byteLength(tags.join(',')) > 512) return refused(400, 40058, 'tags too large');
  if (Buffer.byteLength(message) > 4096) return refused(400, 40014, 'attachments not allowed');
  if (click !== '' && !URL.canParse(click)) return refused(400, 40099, 'click is no address');
  if (message.trim() === '' || Object.keys(more).length > 0) return refused(400, 40024, 'empty, or a field of no use');
  return null;
}

function refused(status: number, code: number, error: string): Answer {
  return { status, body: JSON.stringify({ code, http: status, error, link: 'https://ntfy.sh/docs/' }) };
}

async function ntfyServer(): Promise<LocalServer> {
  const server = await startServer({
    '/': ({ method, body }) =>
      method === 'POST' ? (refusalBy(body) ?? { body: '{"id":"sPs71M8A2T","event":"message"}' }) : { status: 405 },
  });
  onTestFinished(() => server.close());
  return server;
}

function sendTo(server: LocalServer, settings: Record<string, unknown> = {}) {
  return ntfy.connect({ ...SETTINGS, server: server.url, ...settings }, channelIo());
}

test('publishes every case to a server that checks what ntfy checks', async () => {
  const server = await ntfyServer();
  const send = sendTo(server, { token: 'tk_notARealToken' });
  for (const delivery of Object.values(CASES))
    expect(await send(delivery())).toEqual({ outcome: 'delivered', detail: 'notification sPs71M8A2T' });
  expect(server.requests).toHaveLength(Object.keys(CASES).length);
  for (const { headers } of server.requests) {
    expect(headers.authorization).toBe('Bearer tk_notARealToken');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  }
});

test('sends no authorization without a token, and reads a server with a slash at its end', async () => {
  const server = await ntfyServer();
  await sendTo(server, { server: `${server.url}/` })(CASES.opened!());
  expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([['/', undefined]]);
});

test('whatever a vendor writes, ntfy takes it as a notification, and nothing in it is a link', async () => {
  const check = async (delivery: Delivery) => {
    const { requests } = await wireOf(ntfy, SETTINGS, TAKEN, delivery);
    const published = requests[0]!.body as Published;
    expect(refusalBy(JSON.stringify(published))).toBeNull();
    expect(published.message.isWellFormed() && (published.title ?? '').isWellFormed()).toBe(true);
    expectNoLink(published.title ?? '');
    const own = delivery.plain && delivery.message.url !== null ? `\n\n${delivery.message.url}` : '';
    expect(published.message.endsWith(own)).toBe(true);
    expectNoLink(published.message.slice(0, published.message.length - own.length));
  };
  await fc.assert(fc.asyncProperty(hostileDelivery, check), { numRuns: 500 });
});

test('a long post is cut so that the facts and the link to the rest stay', async () => {
  const incident = clerkIncident(1);
  const post = { ...incident.updates[0]!, body: '语'.repeat(5000) };
  const event = eventOf('incident.opened', { ...incident, updates: [post] });
  const { requests } = await wireOf(ntfy, SETTINGS, TAKEN, deliveryOf(event));
  const { message, click } = requests[0]!.body as Published;
  expect(Buffer.byteLength(message)).toBeGreaterThan(4000);
  expect(message).toMatch(/语…\n\nDegraded performance: Machine authentication, .*\nStatus: investigating/);
  expect(click).toBe('https://status.clerk.com/incidents/01KK');
});

test('a post full of quotes, each of them two bytes of JSON, is cut until ntfy reads the whole', async () => {
  const incident = clerkIncident(1);
  const post = { ...incident.updates[0]!, body: '"\n'.repeat(3000) };
  const event = eventOf('incident.opened', { ...incident, title: '"'.repeat(900), updates: [post] });
  const { requests } = await wireOf(ntfy, SETTINGS, TAKEN, deliveryOf(event));
  const json = JSON.stringify(requests[0]!.body);
  expect(refusalBy(json)).toBeNull();
  expect(Buffer.byteLength(json)).toBeGreaterThan(6000);
});

test('a digest names every incident while it can, then says how many more there are', async () => {
  const digest = (count: number): Delivery => {
    const items = Array.from({ length: count }, (_, id) => `Clerk: incident number ${id} (monitoring)`);
    return { ...CASES.digest!(), message: { ...CASES.digest!().message, items } };
  };
  const few = await wireOf(ntfy, SETTINGS, TAKEN, digest(40));
  for (let id = 0; id < 40; id++) expect(JSON.stringify(few.requests)).toContain(`incident number ${id} `);
  const many = await wireOf(ntfy, SETTINGS, TAKEN, digest(1000));
  expect((many.requests[0]!.body as Published).message).toMatch(/\nand \d+ more$/);
});

test("the day's quota is waited for, a mere burst by the usual times", async () => {
  const answer = (code: number) =>
    wireOf(ntfy, SETTINGS, { status: 429, body: { code, error: 'limit reached' } }, CASES.opened!());
  await expect(answer(42908)).rejects.toMatchObject({ details: { permanent: false, retryAfterMs: 3_600_000 } });
  const burst = await answer(42901).catch((error: unknown) => error);
  expect(burst).toMatchObject({ message: 'ntfy asks for fewer messages (HTTP 429): limit reached' });
  expect(burst).not.toHaveProperty('details.retryAfterMs');
});

test('a 200 of somebody in between is no notification', async () => {
  for (const body of ['<html>Log in to the network</html>', '', '{}', '{"id":""}', '[]'])
    await expect(wireOf(ntfy, SETTINGS, { status: 200, body }, CASES.opened!())).rejects.toMatchObject({
      message: 'ntfy did not confirm the message (HTTP 200): look at "server"',
      details: { permanent: false },
    });
});

test.each([
  ['an address for a topic', { topic: 'https://ntfy.sh/secret-topic' }, /"topic" must be the topic's name alone/],
  ['a topic too long', { topic: 'secret-topic'.repeat(6) }, /up to 64 letters/],
  ['two words for a token', { ...SETTINGS, token: 'Bearer secret-topic' }, /"token" must be an access token/],
  ['a server without a scheme', { ...SETTINGS, server: 'ntfy.example' }, /"server" must be a whole address/],
  ['a server with a password', { ...SETTINGS, server: 'https://u:secret-topic@ntfy.example' }, /without a user name/],
  ['a server with a query', { ...SETTINGS, server: 'https://ntfy.example/?auth=secret-topic' }, /without \? and #/],
])('refuses %s where it is configured, without quoting it', (_, settings, words) => {
  const reason = refusedSettings(ntfy, settings);
  expect(reason).toMatch(words);
  expect(reason).not.toMatch(/secret-topic/);
});

test("takes a server of one's own on plain http, for that is where many run", () => {
  expect(() => ntfy.connect({ ...SETTINGS, server: 'http://ntfy.lan:2586' }, channelIo())).not.toThrow();
});

test('test 60: neither the topic nor the token shows in any failure', async () => {
  const secrets = { topic: 'canary-topic-7hQ2', token: 'tk_canaryToken93' };
  for (const told of await failuresOf(ntfy, (server) => ({ ...secrets, server }))) expect(told).not.toMatch(/canary/);
});

import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Delivery, Settings } from '../../src/channel.ts';
import { newWebhookSecret, webhook } from '../../src/channels/webhook.ts';
import { ConfigError, DeliveryError } from '../../src/errors.ts';
import type { StatusEvent } from '../../src/model.ts';
import { cleanText } from '../../src/text.ts';
import { clerkIncident, components, eventOf } from '../incidents.ts';
import { type Route, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import {
  answering,
  CASES,
  channelIo,
  deliveryOf,
  digestDelivery,
  hostileEvent,
  NOW,
  PAYLOADS,
  settingsOf,
} from './setup.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLDER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazmVcm7f3Qo=';
const taking = { status: 204 };

interface Taken {
  headers: Record<string, string>;
  body: string;
}

/** What one delivery asks of a receiver that takes it. */
async function sent(delivery: Delivery, settings: Settings = {}, now = NOW): Promise<Taken> {
  const asked: Parameters<ReturnType<typeof channelIo>['request']>[0][] = [];
  const io = channelIo({ now: () => now, request: answering(taking, asked) });
  await webhook.connect({ url: 'https://hooks.example.com/x', secret: SECRET, ...settings }, io)(delivery);
  return { headers: asked[0]!.headers!, body: asked[0]!.body as string };
}

async function receiver(route: Route) {
  const server = await startServer({ '*': route });
  onTestFinished(() => server.close());
  return server;
}

/** An event as the model lets it be: its texts cleaned, its ids and its provider's name not empty, its address of the web. */
function legal(event: StatusEvent): StatusEvent {
  const cleaned = clean(event) as StatusEvent;
  const provider = { ...cleaned.provider, name: cleaned.provider.name || 'Vendor' };
  return { ...cleaned, provider, incident: cleaned.incident && { ...cleaned.incident, url: provider.url } };
}

function clean(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return cleanText(value) || (key === 'id' ? 'id' : '');
  if (Array.isArray(value)) return value.map((one) => clean(one));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, clean(one, name)]));
}

describe('signatures', () => {
  test('test 74: the vector of the standard comes out', async () => {
    const body = '{"test": 2432232314}';
    const at = new Date(1_614_265_330_000);
    const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
    expect(new Webhook(SECRET).sign('msg_p5jXN8AQM9LWM0D4loKWxJek', at, body)).toBe(expected);
    const { headers, body: ours } = await sent(CASES.opened!(), {}, at);
    expect(headers['webhook-signature']).toBe(new Webhook(SECRET).sign(headers['webhook-id']!, at, ours));
  });

  test('test 74: a receiver of the standard takes 100 of 100, beyond ASCII as well', async () => {
    const failures: unknown[] = [];
    const server = await receiver((request) => {
      try {
        new Webhook(SECRET).verify(request.body, request.headers as Record<string, string>);
        return { status: 204 };
      } catch (error) {
        failures.push(error);
        return { status: 400 };
      }
    });
    // The receiver goes by the clock of the machine.
    const io = channelIo({ now: () => new Date() });
    const send = webhook.connect({ url: `${server.url}/in?x=1`, secret: SECRET }, io);
    const texts = ['Größe der 障害 – 復旧 🚑👨‍👩‍👧‍👦', 'עברית ועוד', 'é\u0301 \u2028 "\\"', ...PAYLOADS.map(cleanText)];
    for (let index = 0; index < 100; index++)
      await send({ ...deliveryOf(hostileEvent(texts[index % texts.length])), id: `dlv_${index}_0123456789` });
    expect(failures).toEqual([]);
    expect(server.requests).toHaveLength(100);
    expect(new Set(server.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(100);
    const [first] = server.requests;
    expect([first!.method, first!.path, first!.headers['content-type']]).toEqual([
      'POST',
      '/in?x=1',
      'application/json',
    ]);
  });

  test('a changed byte, another id and another time are refused by that receiver', async () => {
    const { headers, body } = await sent(CASES.opened!(), {}, new Date());
    const receive = (more: Record<string, string>, text = body) =>
      new Webhook(SECRET).verify(text, { ...headers, ...more });
    expect(receive({})).toMatchObject({ type: 'incident.opened' });
    expect(() => receive({}, `${body} `)).toThrow();
    expect(() => receive({ 'webhook-id': 'dlv_other6789' })).toThrow();
    expect(() => receive({ 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 1) })).toThrow();
  });

  test('test 75: over retries the id stays, and the time is that of the try', async () => {
    const delivery = CASES.opened!();
    const first = await sent(delivery);
    const second = await sent(delivery, {}, new Date(NOW.getTime() + 3_600_400));
    expect(first.headers['webhook-id']).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    expect(second.body).toBe(first.body);
    expect(first.headers['webhook-timestamp']).toBe('1773165600');
    expect(second.headers['webhook-timestamp']).toBe('1773169200');
    expect(second.headers['webhook-signature']).not.toBe(first.headers['webhook-signature']);
  });

  test('test 76: two secrets are two signatures, and each receiver finds its own', async () => {
    const { headers, body } = await sent(CASES.opened!(), { previousSecret: OLDER }, new Date());
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [SECRET, OLDER])
      expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'incident.opened' });
    expect(() => new Webhook(newWebhookSecret()).verify(body, headers)).toThrow();
  });

  test('a secret in plain text signs with its bytes', async () => {
    const secret = 'four and twenty blackbirds – baked';
    const { headers, body } = await sent(CASES.opened!(), { secret }, new Date());
    expect(new Webhook(Buffer.from(secret), { format: 'raw' }).verify(body, headers)).toMatchObject({
      type: 'incident.opened',
    });
  });

  test('a made secret is one that it takes, and never the same', () => {
    const made = Array.from({ length: 20 }, newWebhookSecret);
    expect(new Set(made).size).toBe(20);
    for (const secret of made) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(() => webhook.connect({ url: 'https://a.example', secret }, channelIo())).not.toThrow();
    }
  });
});

describe('settings', () => {
  const connect = (settings: Record<string, unknown>) => () =>
    webhook.connect(settingsOf(webhook, { url: 'https://a.example', secret: SECRET, ...settings }), channelIo());

  test.each([
    [{ url: 'hooks.example.com' }, '"url" must be a whole address that begins with https://'],
    [{ url: 'ftp://hooks.example.com' }, '"url" must be'],
    [
      { url: 'https://user:canary@hooks.example.com' },
      '"url" must be without a user name and password before an @; give them in "headers"',
    ],
    [{ secret: 'canary' }, '"secret" is too short to be safe: it takes 24 bytes, or whsec_ and base64 of 24 to 64'],
    [{ secret: 'whsec_canary' }, '"secret" is no such secret: after whsec_ stand 24 to 64 bytes in base64'],
    [{ secret: `whsec_${'A'.repeat(88)}` }, '"secret" is no such secret'],
    [{ secret: `whsec_!${SECRET.slice(7)}` }, '"secret" is no such secret'],
    [{ previousSecret: 'canary' }, '"previousSecret" is too short'],
    [{ headers: { 'Webhook-Id': 'canary' } }, '"headers" must not set Webhook-Id: pingoru sets it'],
    [{ headers: { 'CONTENT-TYPE': 'canary' } }, '"headers" must not set CONTENT-TYPE'],
    [{ headers: { Host: 'canary' } }, '"headers" must not set Host'],
    [{ headers: { 'x y': 'canary' } }, '"headers" has "x y", which cannot be the name of a header'],
    [{ headers: { 'x\r\ny': 'canary' } }, '"headers" has "x\\r\\ny"'],
    [{ headers: { 'X-Key': 'canary\r\nHost: evil.example' } }, '"headers" has a value for X-Key'],
    [{ headers: { 'X-Key': 'canary 🔑' } }, '"headers" has a value for X-Key'],
  ])('%j is refused, and nothing secret is quoted', (settings, words) => {
    const error = (() => {
      try {
        return connect(settings)();
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).not.toMatch(/canary|\n/);
  });

  test('an address of a network of one’s own may be http', () => {
    expect(connect({ url: 'http://10.0.0.7:8080/in' })).not.toThrow();
  });

  test('headers of one’s own go along, beside ours', async () => {
    const server = await receiver({ status: 200 });
    const headers = new Map([
      ['Authorization', 'Bearer x'],
      ['X-Team', 'ops'],
    ]);
    await webhook.connect({ url: server.url, secret: SECRET, headers }, channelIo())(CASES.opened!());
    expect(server.requests[0]!.headers).toMatchObject({ authorization: 'Bearer x', 'x-team': 'ops' });
    expect(server.requests[0]!.headers['webhook-id']).toBe(CASES.opened!().id);
  });
});

describe('answers', () => {
  test('test 56: the target of a redirect is asked nothing', async () => {
    const target = await receiver({ status: 204 });
    for (const status of [301, 302, 303, 307, 308]) {
      const server = await receiver({ status, headers: { location: target.url } });
      const error = await webhook
        .connect(
          { url: server.url, secret: SECRET },
          channelIo(),
        )(CASES.opened!())
        .catch((e) => e);
      expect(error).toBeInstanceOf(DeliveryError);
      expect(error.details.permanent).toBe('channel');
    }
    expect(target.requests).toEqual([]);
  });

  test('410 ends it, 429 waits as long as asked', async () => {
    const answers = { '/gone': { status: 410 }, '/busy': { status: 429, headers: { 'retry-after': '30' } } };
    const server = await startServer(answers);
    onTestFinished(() => server.close());
    const failure = (path: string) =>
      webhook
        .connect(
          { url: server.url + path, secret: SECRET },
          channelIo(),
        )(CASES.opened!())
        .catch((e) => e);
    expect((await failure('/gone')).details).toMatchObject({ permanent: 'channel', status: 410 });
    expect((await failure('/busy')).details).toMatchObject({ permanent: false, retryAfterMs: 30_000 });
  });
});

describe('size', () => {
  /** Of the body, what its schema says of the event, and whether the receiver is told that something is missing. */
  async function checked(event: StatusEvent, more: Partial<Delivery> = {}) {
    const { body } = await sent(deliveryOf(event, more));
    const parsed = JSON.parse(body);
    return { body, bytes: Buffer.byteLength(body), parsed, problems: validate('event', parsed.data) };
  }

  test('test 77: what fits goes whole, as `watch --json` prints it', async () => {
    for (const [name, make] of Object.entries(CASES)) {
      if (['digest', 'notice', 'hostile'].includes(name)) continue;
      const { bytes, parsed, problems } = await checked(make().events[0]!);
      expect([name, problems, parsed.data.truncated]).toEqual([name, [], undefined]);
      expect(parsed).toEqual({ type: parsed.data.type, timestamp: parsed.data.at, data: parsed.data });
      expect(bytes).toBeLessThan(20_000);
    }
  });

  test('test 77: the bodies of older posts go first, then the posts; the one that is told stays whole', async () => {
    const posts = (count: number, body: string) =>
      Array.from({ length: count }, (_, index) => ({
        ...clerkIncident(1).updates[0]!,
        id: `u${index}`,
        at: new Date(NOW.getTime() + index * 60_000),
        body: `${index} ${body}`,
        components: [],
      }));
    const event = (count: number, length: number) =>
      eventOf('incident.updated', { ...clerkIncident(1), updates: posts(count, 'word '.repeat(length)) });

    const bodies = await checked(event(12, 400));
    expect(bodies.parsed.data.truncated).toBe(true);
    expect(bodies.parsed.data.incident.updates).toHaveLength(12);
    expect(bodies.parsed.data.incident.updates[0].body).toMatch(/^0 word [word ]+…$/);
    expect(bodies.parsed.data.update.body).toBe(`11 ${'word '.repeat(400)}`);
    expect(bodies.parsed.data.incident.updates[11].body).toBe(bodies.parsed.data.update.body);
    expect(bodies.problems).toEqual([]);

    const dropped = await checked(event(200, 100));
    expect(dropped.parsed.data.incident.updates.map((one: { id: string }) => one.id)).toEqual(
      Array.from({ length: 20 }, (_, index) => `u${180 + index}`),
    );
    expect(dropped.parsed.data.update.body).toBe(`199 ${'word '.repeat(100)}`);

    const long = await checked(event(3, 40_000));
    expect(long.parsed.data.update.body).toMatch(/^2 word .*…$/);
    for (const { bytes, problems } of [bodies, dropped, long]) {
      expect(bytes).toBeLessThan(20_000);
      expect(problems).toEqual([]);
    }
  });

  test('test 77: whatever a vendor says, the body is below 20 kB and as its schema has it', async () => {
    const texts = fc.oneof(
      fc.constantFrom(...PAYLOADS),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.constantFrom('👨‍👩‍👧‍👦', '"\\', 'word ', '\u{1F6A8}', 'é\u0301', '\n'),
    );
    const text = fc.tuple(texts, fc.constantFrom(1, 3, 50, 300)).map(([one, times]) => one.repeat(times));
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.nat(8), fc.nat(15), fc.boolean(), async (a, b, id, posts, parts, plain) => {
        const names = components(
          Array.from({ length: parts }, (_, index) => `${index} ${b}`.slice(0, 800)),
          'major_outage',
          a.slice(0, 800),
        );
        const updates = Array.from({ length: posts + 1 }, (_, index) => ({
          ...clerkIncident(1).updates[0]!,
          id: `u${index}${id}`.slice(0, 800),
          body: index % 2 ? a : b,
          components: index % 3 ? names.slice(0, 20) : [],
        }));
        const affected = names.map((one) => ({ ...one, worstStatus: one.status }));
        const incident = { ...clerkIncident(1), id: `i${id}`, title: a, components: affected, updates };
        const hostile = legal(eventOf('incident.updated', incident, { provider: { ...hostileEvent(a).provider } }));
        const { body, bytes, parsed, problems } = await checked(hostile, { plain });
        expect(problems).toEqual([]);
        expect(bytes).toBeLessThan(plain ? 8001 : 20_000);
        // A character cut in half would be written as an escape.
        expect(body).not.toMatch(/\\ud[89a-f]/);
        expect(parsed.data.id).toBe(hostile.id);
      }),
      { numRuns: 500 },
    );
  });

  test('a digest of hundreds still fits, and names the incidents it has no room to tell', async () => {
    const events = Array.from({ length: 300 }, (_, index) =>
      eventOf(
        'incident.opened',
        { ...clerkIncident(1), id: `i${index}`, title: `Incident ${index}` },
        { id: `e${index}` },
      ),
    );
    const { body } = await sent(digestDelivery(events));
    const { type, data } = JSON.parse(body);
    expect([type, data.type, data.truncated]).toEqual(['pingoru.digest', 'pingoru.digest', true]);
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(data.title).toBe('300 updates of Clerk');
    expect(data.items.length).toBeGreaterThan(10);
    expect(data.events.length).toBeGreaterThan(0);
    for (const event of data.events) expect(validate('event', event)).toEqual([]);
  });
});

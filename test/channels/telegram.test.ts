import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { telegram } from '../../src/channels/telegram.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { type Answer, startServer } from '../local-server.ts';
import { expectNoLink, failuresOf, hostileDelivery, refusedSettings } from './hostile.ts';
import { CASES, channelIo, deliveryOf, STORY, wireOf } from './setup.ts';

const TOKEN = '123456789:not-a-real-token-of-any-bot-0000000';
const SETTINGS = { token: TOKEN, chat: '-1001234567890' };
const sent = (message_id: number) => ({ status: 200, body: { ok: true, result: { message_id } } });

interface Sent {
  chat_id: string;
  message_thread_id?: number;
  text: string;
  parse_mode?: string;
  link_preview_options?: { is_disabled: boolean };
  reply_parameters?: { message_id: number; allow_sending_without_reply: boolean };
}

interface Parsed {
  text: string;
  links: string[];
}

const ENTITIES = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
  ['&quot;', '"'],
]);

/** As Telegram reads its HTML: no tag or entity but those it names, all of them closed. https://core.telegram.org/bots/api#html-style */
function parseHtml(html: string): Parsed {
  const open: string[] = [];
  const links: string[] = [];
  let text = '';
  for (const [token] of html.matchAll(/<[^>]*>|&[^;\s]*;?|[^<&]+|</g)) {
    const tag = /^<(\/?)(b|blockquote|a)(?: href="([^"<>]*)")?>$/.exec(token);
    if (tag?.[1] === '/') expect(open.pop()).toBe(tag[2]);
    else if (tag) open.push(tag[2]!);
    else if (/^[<&]/.test(token)) text += ENTITIES.get(token) ?? expect.fail(`"${token}" cannot be parsed`);
    else text += token;
    if (tag?.[3] !== undefined) links.push(tag[3].replaceAll('&amp;', '&'));
  }
  expect(open).toEqual([]);
  return { text, links };
}

const parsed = (message: Sent): Parsed =>
  message.parse_mode === 'HTML' ? parseHtml(message.text) : { text: message.text, links: [] };

/** A bot's chat, in which messages have numbers, may be answered, and may be deleted. */
async function telegramServer() {
  const messages = new Map<number, Sent>();
  let last = 41;
  const refused = (description: string): Answer => ({
    status: 400,
    body: JSON.stringify({ ok: false, error_code: 400, description: `Bad Request: ${description}` }),
  });
  const server = await startServer({
    [`/bot${TOKEN}/sendMessage`]: ({ body }) => {
      const message = JSON.parse(body) as Sent;
      const { text } = parsed(message);
      if (text.trim() === '') return refused('message text is empty');
      if (text.length > 4096) return refused('message is too long');
      const answered = message.reply_parameters;
      if (answered && !messages.has(answered.message_id)) {
        if (!answered.allow_sending_without_reply) return refused('message to be replied not found');
        delete message.reply_parameters;
      }
      messages.set(++last, message);
      return JSON.stringify({ ok: true, result: { message_id: last, chat: { id: -1001234567890 } } });
    },
  });
  onTestFinished(() => server.close());
  return { server, messages, send: telegram.connect({ ...SETTINGS, api: server.url }, channelIo()) };
}

test('sends every case to a server that checks what Telegram checks, without previews', async () => {
  const { messages, send } = await telegramServer();
  for (const delivery of Object.values(CASES)) expect((await send(delivery())).outcome).toBe('delivered');
  expect(messages.size).toBe(Object.keys(CASES).length);
  for (const message of messages.values()) expect(message.link_preview_options).toEqual({ is_disabled: true });
});

test('the messages of a story answer its first one, also when that was deleted', async () => {
  const { messages, send } = await telegramServer();
  const story = (told: number, memory: Record<string, string>) => ({ ...STORY, told, memory });
  const update = (count: number) => eventOf('incident.updated', clerkIncident(count));
  const first = await send(deliveryOf(update(1), { story: story(0, {}) }));
  expect(first).toEqual({
    outcome: 'delivered',
    detail: 'message 42',
    memory: { first: '42', place: '-1001234567890/' },
  });
  const second = await send(deliveryOf(update(2), { story: story(1, first.memory!) }));
  expect(second.memory).toEqual(first.memory);
  expect(messages.get(43)!.reply_parameters).toEqual({ message_id: 42, allow_sending_without_reply: true });
  messages.delete(42);
  expect(await send(deliveryOf(update(3), { story: story(2, second.memory!) }))).toMatchObject({
    detail: 'message 44',
  });
  expect(messages.get(44)).not.toHaveProperty('reply_parameters');
});

test("a message of another chat or topic is not answered: its number would be somebody else's here", async () => {
  const story = { ...STORY, told: 1, memory: { first: '42', place: '-100999/' } };
  const delivery = { ...CASES.updated!(), story };
  const { requests, receipt } = await wireOf(telegram, { ...SETTINGS, topic: 7 }, sent(5), delivery);
  expect(requests[0]!.body).not.toHaveProperty('reply_parameters');
  expect(receipt.memory).toEqual({ first: '5', place: '-1001234567890/7' });
});

test('a digest and a notice remember nothing', async () => {
  for (const one of ['digest', 'notice'])
    expect((await wireOf(telegram, SETTINGS, sent(5), CASES[one]!())).receipt).toEqual({
      outcome: 'delivered',
      detail: 'message 5',
    });
});

test('the topic "General" is written to by naming none', async () => {
  const body = async (topic: number) =>
    (await wireOf(telegram, { ...SETTINGS, topic }, sent(5), CASES.opened!())).requests[0]!.body;
  expect(await body(7)).toHaveProperty('message_thread_id', 7);
  expect(await body(1)).not.toHaveProperty('message_thread_id');
});

/** What Telegram makes links of besides addresses: https://core.telegram.org/bots/api#messageentity */
const CALLS = /(?<![\p{L}\p{N}_])[@#$/][\p{L}\p{N}_]/u;

test('whatever a vendor writes, Telegram takes it, and nothing in it is a link, a mention or a command', async () => {
  const check = async (delivery: Delivery) => {
    const { requests } = await wireOf(telegram, SETTINGS, sent(5), delivery);
    const message = requests[0]!.body as Sent;
    const { text, links } = parsed(message);
    const { url } = delivery.message;
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(message.text)).toBeLessThan(32_768);
    expect(links).toEqual(url === null || delivery.plain ? [] : [url]);
    const own = delivery.plain && url !== null ? `\n\n${url}` : '';
    expect(text.endsWith(own)).toBe(true);
    const others = text.slice(0, text.length - own.length);
    expectNoLink(others);
    expect(CALLS.exec(others)?.[0] ?? null).toBeNull();
  };
  await fc.assert(fc.asyncProperty(hostileDelivery, check), { numRuns: 500 });
});

test('a long post is cut to what Telegram takes, and the facts and the link stay', async () => {
  const incident = clerkIncident(1);
  const post = { ...incident.updates[0]!, body: 'a & b <c> 👨‍👩‍👧‍👦 '.repeat(500) };
  const event = eventOf('incident.opened', { ...incident, updates: [post] });
  const { requests } = await wireOf(telegram, SETTINGS, sent(5), deliveryOf(event));
  const { text } = parsed(requests[0]!.body as Sent);
  expect(text.length).toBeGreaterThan(4050);
  expect(text.length).toBeLessThanOrEqual(4096);
  expect(text).toMatch(
    /…\nDegraded performance: Machine .*\nStatus: investigating\n[\s\S]*\n\nRead the rest on the status page$/,
  );
});

const REFUSALS: readonly [number, string, 'message' | 'channel', RegExp][] = [
  [
    400,
    "Bad Request: can't parse entities: unsupported start tag",
    'message',
    /refused the message.*can't parse entities/,
  ],
  [400, 'Bad Request: chat not found', 'channel', /finds no such chat: correct "chat"/],
  [400, 'Bad Request: message thread not found', 'channel', /no such topic, or it is closed: correct "topic"/],
  [400, 'Bad Request: TOPIC_CLOSED', 'channel', /no such topic, or it is closed/],
  [400, 'Bad Request: not enough rights to send text messages to the chat', 'channel', /make it an administrator/],
  [401, 'Unauthorized', 'channel', /knows no bot of this token: ask @BotFather/],
  [404, 'Not Found', 'channel', /knows no bot of this token/],
  [
    403,
    'Forbidden: bot was blocked by the user',
    'channel',
    /bot was blocked by the user: let the bot into the chat again/,
  ],
  [403, 'Forbidden: bot was kicked from the supergroup chat', 'channel', /bot was kicked from the supergroup chat/],
];

test.each(REFUSALS)('HTTP %i "%s" is final for the %s', async (status, description, permanent, words) => {
  const body = { ok: false, error_code: status, description };
  const error = await wireOf(telegram, SETTINGS, { status, body }, CASES.opened!()).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ message: expect.stringMatching(words), details: { permanent, status } });
});

test('a group that became a supergroup is told with the number it has now', async () => {
  const body = {
    ok: false,
    error_code: 400,
    description: 'Bad Request: group chat was upgraded to a supergroup chat',
    parameters: { migrate_to_chat_id: -1009876543210 },
  };
  await expect(wireOf(telegram, SETTINGS, { status: 400, body }, CASES.opened!())).rejects.toMatchObject({
    message: expect.stringMatching(/write -1009876543210 as "chat"$/),
    details: { permanent: 'channel' },
  });
});

test('waits as long as Telegram says in the body of a 429, and not for nonsense', async () => {
  const answer = (retry_after: unknown) => {
    const body = { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after } };
    return wireOf(telegram, SETTINGS, { status: 429, body }, CASES.opened!()).catch((error: unknown) => error);
  };
  expect(await answer(35)).toMatchObject({ details: { permanent: false, retryAfterMs: 35_000 } });
  for (const nonsense of [-1, 0, 'soon', null])
    expect(await answer(nonsense)).not.toHaveProperty('details.retryAfterMs');
});

test("a 200 that is not Telegram's is no message", async () => {
  for (const body of [
    '<html>',
    { ok: true },
    { ok: false, result: { message_id: 1 } },
    { ok: true, result: { message_id: 'x' } },
  ])
    await expect(wireOf(telegram, SETTINGS, { status: 200, body }, CASES.opened!())).rejects.toMatchObject({
      message: 'Telegram did not confirm the message (HTTP 200)',
      details: { permanent: false },
    });
});

test.each([
  ['half a token', { ...SETTINGS, token: '123456789' }, /"token" must be a bot's token as @BotFather writes it/],
  [
    'an address for a chat',
    { ...SETTINGS, chat: 'https://t.me/ops' },
    /"chat" must be a number such as .*t\.me\/name is @name/,
  ],
  ['a topic by its name', { ...SETTINGS, topic: Number.NaN }, /"topic" must be a whole number/],
  ['half a topic', { ...SETTINGS, topic: 1.5 }, /"topic" must be a whole number/],
  ['a server without a scheme', { ...SETTINGS, api: 'localhost:8081' }, /"api" must be a whole address/],
])('refuses %s where it is configured', (_, settings, words) => {
  expect(refusedSettings(telegram, settings)).toMatch(words);
});

test('test 60: the token, which is part of the address, shows in no failure', async () => {
  const token = '987654321:canary-token-of-no-bot-at-all-00000';
  for (const told of await failuresOf(telegram, (api) => ({ token, chat: '@ops_room', api })))
    expect(told).not.toMatch(/canary|987654321/);
});

import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { discord } from '../../src/channels/discord.ts';
import { ConfigError } from '../../src/errors.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { type Answer, startServer } from '../local-server.ts';
import {
  CLERK_STORY,
  connected,
  failureOf,
  failuresOf,
  hasLink,
  hostileDelivery,
  overfull,
  tellStory,
} from './chat.ts';
import { type DiscordBody, discordServer, objection, WEBHOOK_PATH } from './discord-receiver.ts';
import { answering, CASES, channelIo, deliveryOf, digestDelivery, hostileEvent, STORY } from './setup.ts';

const HOOK = 'https://discord.com/api/webhooks/123/secretOfTheHook';
const TAKEN = { status: 200, body: { id: '1', channel_id: '2' } };

async function bodyOf(delivery: Delivery, settings: Record<string, unknown> = { url: HOOK }): Promise<DiscordBody> {
  const asked: { body?: unknown }[] = [];
  await connected(discord, settings, channelIo({ request: answering(TAKEN, asked as never) }))(delivery);
  return JSON.parse(JSON.stringify(asked[0]!.body)) as DiscordBody;
}

/** A place to send to, with the webhook's or the bot's settings for it. */
async function serve(options: { forum?: boolean } = {}) {
  const service = discordServer(options);
  const server = await startServer({ '*': (request) => service.route(request) });
  onTestFinished(() => server.close());
  const asBot = { token: 'abc.def-g_h', channel: '500', api: `${server.url}/api/v10` };
  return { service, server, url: `${server.url}${WEBHOOK_PATH}`, asBot };
}

async function answered(answer: Answer) {
  const server = await startServer({ '*': answer });
  onTestFinished(() => server.close());
  return { server, send: connected(discord, { url: `${server.url}${WEBHOOK_PATH}` }) };
}

describe('settings', () => {
  const id = '"channel" must be an id of digits';
  test.each<[string, Record<string, unknown>, string]>([
    ['nothing', {}, 'either "url" or "token" is needed'],
    ['both ways', { url: HOOK, token: 'x', channel: '1' }, '"token" cannot stand beside "url"; give one of them'],
    [
      'a forum for a bot',
      { token: 'x', channel: '1', forum: true },
      '"forum" cannot stand beside "token"; it goes with "url"',
    ],
    ['a page', { url: 'https://discord.com/channels/1/2' }, '"url" is not the address of a webhook'],
    ['half an address', { url: 'https://discord.com/api/webhooks/123' }, '"url" is not the address of a webhook'],
    ["Slack's form", { url: `${HOOK}/slack` }, '"url" must be without "/slack" at its end'],
    ['plain http', { url: HOOK.replace('https', 'http') }, '"url" must begin with https://'],
    ['a name for a thread', { url: HOOK, thread: 'ops' }, '"thread" must be an id of digits'],
    ['a thread and a forum', { url: HOOK, thread: '1', forum: true }, '"thread" and "forum" exclude each other'],
    ['no channel', { token: 'secretOfTheHook' }, '"channel" is missing'],
    ['a name for a channel', { token: 'secretOfTheHook', channel: '#ops' }, id],
    ['a token of two lines', { token: 'secretOfTheHook\r\nx: y', channel: '1' }, '"token" is no bot token'],
  ])('with %s it says what to write instead, and no secret', (_, settings, message) => {
    const connecting = () => connected(discord, settings);
    expect(connecting).toThrow(ConfigError);
    expect(connecting).toThrow(message);
    expect(connecting).not.toThrow(/secretOfTheHook/);
  });

  test('other names of Discord, versions of its API and a thread in the address are taken, and nothing is asked yet', async () => {
    const io = channelIo({ request: () => Promise.reject(new Error('asked')) });
    connected(discord, { url: 'https://canary.discord.com/api/v10/webhooks/1/a-b_c' }, io);
    connected(discord, { token: 'Bot abc.def', channel: '1' }, io);
    const asked: { url: string }[] = [];
    const url = 'https://discordapp.com/api/webhooks/1/a?thread_id=77&wait=false';
    await connected(discord, { url }, channelIo({ request: answering(TAKEN, asked as never) }))(CASES.opened!());
    expect(asked[0]?.url).toBe('https://discordapp.com/api/webhooks/1/a?wait=true&thread_id=77');
  });
});

describe('what it shows', () => {
  test('test 65: every request of a webhook waits, and none pings', async () => {
    const asked: { url: string; body?: unknown }[] = [];
    const io = channelIo({ request: answering(TAKEN, asked as never) });
    for (const settings of [{ url: HOOK }, { url: HOOK, thread: '5' }, { url: HOOK, forum: true }])
      for (const one of Object.values(CASES)) await connected(discord, settings, io)(one());
    expect(asked).toHaveLength(3 * Object.keys(CASES).length);
    for (const { url, body } of asked) {
      expect(new URL(url).searchParams.get('wait')).toBe('true');
      expect((body as DiscordBody).allowed_mentions).toEqual({ parse: [] });
    }
  });

  test('test 66: whatever vendors write, every message is one that Discord takes', async () => {
    await fc.assert(
      fc.asyncProperty(hostileDelivery, fc.boolean(), async (delivery, forum) => {
        const body = await bodyOf(delivery, forum ? { url: HOOK, forum } : { url: HOOK });
        expect(objection(body)).toBeNull();
        for (const text of textsOf(body)) expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('test 66: no Markdown, link or mention of theirs is one', async () => {
    await fc.assert(
      fc.asyncProperty(hostileDelivery, async (delivery) => {
        const body = await bodyOf(delivery);
        expect([delivery.message.url, undefined]).toContain(body.embeds?.[0]?.url);
        for (const text of textsOf(body)) expectInert(text, delivery.message.url);
      }),
      { numRuns: 500 },
    );
  });

  test('test 66: a message of more than there ever is', async () => {
    for (const text of ['x', '_', '\\', 'ab ']) expect(objection(await bodyOf(overfull(text)))).toBeNull();
  });

  test('the payloads read as they were written', async () => {
    const text = 'a_b_ **c** [x](https://evil.example) `d` ||e|| ~~f~~ <@1> @everyone \\ > g : :fire: # h - i 1. j';
    const body = await bodyOf(deliveryOf(hostileEvent(text)));
    const read = shown(body.embeds![0]!.description).replaceAll('\u2060', '');
    expect(read).toContain(`> ${text}`);
  });

  test('a post too long ends in a link to the rest of it', async () => {
    const incident = clerkIncident(1);
    const event = (body: string) =>
      eventOf('incident.opened', { ...incident, updates: [{ ...incident.updates[0]!, body }] });
    const descriptionOf = async (body: string) => (await bodyOf(deliveryOf(event(body)))).embeds![0]!.description;
    const long = await descriptionOf('_'.repeat(5000));
    expect(long).toMatch(
      /> (?:\\_)+…\n\[Read the rest on the status page\]\(<https:\/\/status\.clerk\.com\/incidents\/01KK>\)$/,
    );
    expect(await descriptionOf('short')).toMatch(/> short$/);
  });

  test('test 30: of a digest of 40 incidents all are named', async () => {
    const events = Array.from({ length: 40 }, (_, at) =>
      eventOf('incident.opened', {
        ...clerkIncident(1),
        id: `i${at}`,
        title: `Trouble number ${at} of many, with a title of some length`,
      }),
    );
    const body = await bodyOf(digestDelivery(events));
    for (let at = 0; at < 40; at++) expect(body.embeds![0]!.description).toContain(`Trouble number ${at} of many`);
    expect(objection(body)).toBeNull();
  });

  test('refused as it was, it goes as words alone', async () => {
    const body = await bodyOf(CASES.plain!());
    expect(Object.keys(body).sort()).toEqual(['allowed_mentions', 'content']);
    expect(body.content).toMatch(/^Clerk: Increased latency[\s\S]*\n<https:\/\/status\.clerk\.com\/incidents\/01KK>$/);
  });
});

function textsOf(body: DiscordBody): string[] {
  const embeds = (body.embeds ?? []).flatMap(({ title, description, fields = [] }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]);
  return [...(body.content === undefined ? [] : [body.content]), ...embeds];
}

/** As Discord shows it, but for the markup that nothing escapes. */
function shown(text: string): string {
  return text.replace(/\\([^0-9A-Za-z\s])/g, '$1');
}

/** Taking our own markup out, and then what is escaped, leaves nothing that Discord reads as more than text. */
function expectInert(text: string, url: string | null): void {
  const own = url?.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('\\', '%5C');
  const theirs = text
    .replace(`\n[Read the rest on the status page](<${own}>)`, '')
    .replace(`\n<${url}>`, '')
    .replace(/^(?:> |\S+ \*\*[A-Z][a-z →]+:\*\* )/gmu, '');
  const bare = theirs.replace(/\\[^0-9A-Za-z\s]/g, '¤');
  expect(bare).not.toMatch(/[\\*_~`|<>[\]]|:[\w~+-]+:|@(?:everyone|here)/);
  expect(bare).not.toMatch(/^[^\S\n]*(?:[-+#]|\d+\.)/m);
  expect(shown(theirs)).not.toMatch(/@(?:everyone|here)/);
  expect(hasLink(shown(theirs))).toBe(false);
}

describe('through a webhook', () => {
  test('an incident is told in the channel, each message saying which it is', async () => {
    const { service, url } = await serve();
    const receipts = await tellStory(connected(discord, { url }), CLERK_STORY);
    expect(receipts.map(({ outcome, memory }) => [outcome, memory])).toEqual(Array(5).fill(['delivered', {}]));
    expect(service.posted.map(({ place }) => place)).toEqual(Array(5).fill('500'));
    expect(service.posted.map(({ body }) => body.embeds![0]!.footer?.text)).toEqual([
      undefined,
      ...[2, 3, 4, 5].map((at) => `Update ${at} of this incident`),
    ]);
  });

  test('with a thread all of it goes there', async () => {
    const { service, url } = await serve();
    service.threads.set('77', 'ops');
    await tellStory(connected(discord, { url, thread: '77' }), CLERK_STORY.slice(0, 2));
    expect(service.posted.map(({ place }) => place)).toEqual(['77', '77']);
  });

  test('in a forum every incident is a post, and what belongs to none another', async () => {
    const { service, url } = await serve({ forum: true });
    const send = connected(discord, { url, forum: true });
    await tellStory(send, CLERK_STORY.slice(0, 3));
    await send(CASES.digest!());
    const [first] = service.threads.keys();
    expect(service.posted.slice(0, 3).map(({ place }) => place)).toEqual([first, first, first]);
    expect([...service.threads.values()]).toEqual([
      'Clerk: Increased latency & 500 Errors on FAPI/BAPI',
      '4 updates of 2 providers',
    ]);
    expect(service.posted.map(({ body }) => body.embeds![0]!.footer)).toEqual(Array(4).fill(undefined));
  });

  test('a post that somebody deleted is begun anew', async () => {
    const { service, url } = await serve({ forum: true });
    const send = connected(discord, { url, forum: true });
    const [first] = await tellStory(send, CLERK_STORY.slice(0, 1));
    service.threads.clear();
    const [again] = await tellStory(send, CLERK_STORY.slice(1, 2), { ...STORY, told: 1, memory: first!.memory! });
    expect(again!.memory!.thread).not.toBe(first!.memory!.thread);
    expect(service.posted).toHaveLength(2);
  });

  test('what another webhook remembers is not taken for a post here', async () => {
    const { service, url } = await serve({ forum: true });
    service.threads.set('77', 'of the other');
    const memory = { to: '999', thread: '77' };
    await tellStory(connected(discord, { url, forum: true }), CLERK_STORY.slice(1, 2), { ...STORY, told: 1, memory });
    expect(service.posted[0]?.body.thread_name).toBe(STORY.title);
  });

  test('a forum that was not said to be one, and one that is none, name the setting', async () => {
    const forum = await serve({ forum: true });
    const unsaid = await failureOf(connected(discord, { url: forum.url })(CASES.opened!()));
    expect(unsaid.message).toBe(
      'Discord has a forum behind this webhook: set "forum" to true, or "thread" to the id of one of its posts (error 220001)',
    );
    expect(unsaid.details.permanent).toBe('channel');
    const none = await serve();
    const said = await failureOf(connected(discord, { url: none.url, forum: true })(CASES.opened!()));
    expect(said.message).toMatch(/has no forum behind this webhook: leave "forum" out/);
  });

  test.each<[string, Answer]>([
    ['204', { status: 204 }],
    ['200 with nothing', { status: 200 }],
    ['200 without an id', { status: 200, body: '{"type":0}' }],
    ['200 with a web page', { status: 200, body: '<html>' }],
    ['200 with a list', { status: 200, body: '[{"id":"1"}]' }],
  ])('test 68: %s is not taken for posted', async (_, answer) => {
    const { send } = await answered(answer);
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure).toMatchObject({
      message: `Discord did not confirm the message (HTTP ${answer.status})`,
      details: { permanent: false },
    });
  });

  test('test 69: 404 switches the channel off: nothing is asked again', async () => {
    const { server, send } = await answered({ status: 404, body: '{"message":"Unknown Webhook","code":10015}' });
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure.message).toBe(
      'Discord knows no such webhook any more: create a new one and give its address (error 10015)',
    );
    expect(failure.details).toEqual({ permanent: 'channel', status: 404 });
    expect(server.requests).toHaveLength(1);
  });

  test.each<[Record<string, string>, number | undefined]>([
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '2.5' }, 2500],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1' }, 1000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '0.0001' }, 1],
    [{ 'x-ratelimit-remaining': '4', 'x-ratelimit-reset-after': '2.5' }, undefined],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': 'soon' }, undefined],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '-5' }, undefined],
    [{ 'x-ratelimit-remaining': '0' }, undefined],
    [{}, undefined],
  ])('test 67: an answer with %j makes a pause of %s ms', async (headers, pauseMs) => {
    const { send } = await answered({ headers, body: '{"id":"1","channel_id":"2"}' });
    expect((await send(CASES.opened!())).pauseMs).toBe(pauseMs);
  });

  test.each<[string, Record<string, string>, string, number | undefined]>([
    [
      'in fractions',
      { 'retry-after': '65' },
      '{"message":"You are being rate limited.","retry_after":64.57,"global":false}',
      65_000,
    ],
    ['longer in the body', { 'retry-after': '1' }, '{"message":"…","retry_after":1336.57,"global":false}', 1_336_570],
    ['in the body alone', {}, '{"retry_after":0.3}', 300],
    ['of another web server', { 'retry-after': '600' }, '<html>error code: 1015</html>', 600_000],
    ['of no sense', {}, '{"retry_after":"soon"}', undefined],
    ['below nothing', {}, '{"retry_after":-1}', undefined],
  ])('429 with a wait %s is obeyed', async (_, headers, body, retryAfterMs) => {
    const { send } = await answered({ status: 429, headers, body });
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure.details).toEqual({ permanent: false, status: 429, ...(retryAfterMs && { retryAfterMs }) });
  });

  test.each<[number, object, unknown, RegExp]>([
    [
      400,
      { message: 'Invalid Form Body', code: 50035, errors: {} },
      'message',
      /^Discord refused the message \(HTTP 400\): Invalid Form Body \(error 50035\)$/,
    ],
    [400, { message: 'A tag is required', code: 40067 }, 'channel', /wants a tag/],
    [401, { message: 'Invalid Webhook Token', code: 50027 }, 'channel', /copy its address again/],
    [403, { message: 'Missing Access', code: 50001 }, 'channel', /View Channel/],
    [403, { message: 'Missing Permissions', code: 50013 }, 'channel', /Send Messages and Embed Links/],
    [404, { message: 'Unknown Channel', code: 10003 }, 'channel', /no such channel or thread/],
    [502, { message: 'Bad Gateway', code: 0 }, false, /^Discord has trouble of its own \(HTTP 502\): Bad Gateway$/],
  ])('HTTP %i with %j is a failure of its own kind', async (status, body, permanent, message) => {
    const { send } = await answered({ status, body: JSON.stringify(body) });
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure.message).toMatch(message);
    expect(failure.details).toEqual({ permanent, status });
  });
});

describe('as a bot', () => {
  test('the second message begins a thread below the first, and the end is told in both', async () => {
    const { service, server, asBot } = await serve();
    await tellStory(connected(discord, asBot), CLERK_STORY);
    const first = service.posted[0]!.id;
    expect(service.posted.map(({ place }) => place)).toEqual(['500', first, first, first, first, '500']);
    expect([...service.threads]).toEqual([[first, 'Clerk: Increased latency & 500 Errors on FAPI/BAPI']]);
    expect(service.posted.at(-1)?.body).toMatchObject({
      embeds: [{ description: 'Clerk resolved "Increased latency & 500 Errors on FAPI/BAPI" after 1 h 33 m.' }],
      message_reference: { message_id: first },
    });
    expect(server.requests.filter(({ path }) => path.endsWith('/threads'))).toHaveLength(1);
  });

  test('an incident of one message has no empty thread', async () => {
    const { service, asBot } = await serve();
    await tellStory(connected(discord, asBot), CLERK_STORY.slice(0, 1));
    expect(service.threads.size).toBe(0);
  });

  test('a try again is the same message to Discord, and finds the thread begun', async () => {
    const { service, asBot } = await serve();
    const send = connected(discord, asBot);
    const [first] = await tellStory(send, CLERK_STORY.slice(0, 1));
    const story = { ...STORY, told: 1, memory: first!.memory! };
    for (let tries = 0; tries < 2; tries++) {
      const [receipt] = await tellStory(send, CLERK_STORY.slice(1, 2), story);
      expect(receipt!.memory).toMatchObject({ thread: 'yes' });
    }
    expect(service.posted.map(({ place }) => place)).toEqual(['500', service.posted[0]!.id]);
    expect(service.threads.size).toBe(1);
  });

  test('where no thread may be begun, later messages answer the first, and nobody asks again', async () => {
    const { service, server, asBot } = await serve();
    service.refuses.add('threads');
    await tellStory(connected(discord, asBot), CLERK_STORY);
    const first = service.posted[0]!.id;
    expect(service.posted.map(({ place }) => place)).toEqual(Array(5).fill('500'));
    expect(service.posted.map(({ body }) => body.message_reference?.message_id)).toEqual([
      undefined,
      ...Array(4).fill(first),
    ]);
    expect(service.posted[1]!.body.embeds![0]!.footer?.text).toBe('Update 2 of this incident');
    expect(server.requests.filter(({ path }) => path.endsWith('/threads'))).toHaveLength(1);
  });

  test('where the thread is gone, too', async () => {
    const { service, asBot } = await serve();
    const send = connected(discord, asBot);
    const [, second] = await tellStory(send, CLERK_STORY.slice(0, 2));
    service.threads.clear();
    await tellStory(send, CLERK_STORY.slice(2, 4), { ...STORY, told: 2, memory: second!.memory! });
    expect(service.posted.map(({ place }) => place)).toEqual(['500', service.posted[0]!.id, '500', '500']);
  });

  test('trouble while the thread is begun is tried again, with nothing posted', async () => {
    const { service, server, asBot } = await serve();
    const send = connected(discord, asBot);
    const [first] = await tellStory(send, CLERK_STORY.slice(0, 1));
    server.routes[`/api/v10/channels/500/messages/${first!.memory!.first}/threads`] = { status: 503 };
    const failure = await failureOf(
      tellStory(send, CLERK_STORY.slice(1, 2), { ...STORY, told: 1, memory: first!.memory! }),
    );
    expect(failure.details.permanent).toBe(false);
    expect(service.posted).toHaveLength(1);
  });

  test('what the channel does not take beside the thread is let go, for the thread has it', async () => {
    const { service, server, asBot } = await serve();
    const send = connected(discord, asBot);
    const four = await tellStory(send, CLERK_STORY.slice(0, 4));
    server.routes['/api/v10/channels/500/messages'] = { status: 500 };
    const story = { ...STORY, told: 4, memory: four[3]!.memory! };
    await expect(tellStory(send, CLERK_STORY.slice(4), story)).resolves.toMatchObject([{ outcome: 'delivered' }]);
    expect(service.posted.at(-1)?.place).toBe(service.posted[0]!.id);
  });

  test('a digest and a notice begin nothing', async () => {
    const { asBot } = await serve();
    const send = connected(discord, asBot);
    await expect(send(CASES.digest!())).resolves.toMatchObject({ memory: {} });
    await expect(send(CASES.notice!())).resolves.toMatchObject({ memory: {} });
  });

  test('a wrong token and a channel that is none are final', async () => {
    const { asBot } = await serve();
    const token = await failureOf(connected(discord, { ...asBot, token: 'other' })(CASES.opened!()));
    expect(token.details).toEqual({ permanent: 'channel', status: 401 });
    const channel = await failureOf(connected(discord, { ...asBot, channel: '9' })(CASES.opened!()));
    expect(channel.message).toMatch(/no such channel or thread: check "channel"/);
  });
});

test('test 60: of a webhook address and of a token nothing comes out in any failure', async () => {
  const webhook = await failuresOf('discord', ({ url }) => ({ url: `${url}/api/webhooks/123/secretOfTheHook` }));
  const token = 'abc.def.secretOfTheBot';
  const asBot = await failuresOf('discord', ({ url }) => ({ token, channel: '1', api: `${url}/api/v10` }));
  expect([...webhook, ...asBot]).toHaveLength(16);
  expect([...webhook, ...asBot].join('\n')).not.toMatch(/secretOf/);
});

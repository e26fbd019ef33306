import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { slack } from '../../src/channels/slack.ts';
import { ConfigError } from '../../src/errors.ts';
import type { StatusEvent } from '../../src/model.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { startServer } from '../local-server.ts';
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
import { answering, CASES, channelIo, deliveryOf, digestDelivery, hostileEvent, STORY } from './setup.ts';
import { blocksOf, objection, type SlackBody, slackApi, textsOf } from './slack-receiver.ts';

const HOOK = 'https://hooks.slack.com/services/T0/B0/secretOfTheHook';

/** What goes to the webhook for a delivery. */
async function bodyOf(delivery: Delivery): Promise<SlackBody> {
  const asked: { body?: unknown }[] = [];
  const io = channelIo({ request: answering({ status: 200, body: 'ok' }, asked as never) });
  await connected(slack, { url: HOOK }, io)(delivery);
  return JSON.parse(JSON.stringify(asked[0]!.body)) as SlackBody;
}

async function bot(channel = 'C0123') {
  const api = slackApi();
  const server = await startServer({ '*': (request) => api.route(request) });
  onTestFinished(() => server.close());
  const settings = { token: 'xoxb-1-2-abc', channel, api: `${server.url}/api/` };
  return { api, server, send: connected(slack, settings) };
}

/** Takes its one answer for every request. */
async function webhookAnswering(status: number, body: string, headers: Record<string, string> = {}) {
  const server = await startServer({ '*': { status, body, headers } });
  onTestFinished(() => server.close());
  return { server, send: connected(slack, { url: `${server.url}/services/T0/B0/x` }) };
}

describe('settings', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['nothing', {}, /either "url" or "token" is needed/],
    ['both ways', { url: HOOK, token: 'xoxb-1', channel: 'C1' }, /"token" cannot stand beside "url"; give one of them/],
    [
      'a channel for a webhook',
      { url: HOOK, channel: 'C1' },
      /"channel" cannot stand beside "url"; it goes with "token"/,
    ],
    ['no address', { url: 'hooks.slack.com/services/T0' }, /"url" must be a whole address that begins with https:/],
    ['plain http', { url: HOOK.replace('https', 'http') }, /"url" must begin with https:\/\//],
    [
      'user information',
      { url: HOOK.replace('//', '//u:secretOfTheHook@') },
      /must be without a user name and password/,
    ],
    ['a workflow', { url: 'https://hooks.slack.com/triggers/T0/1/secretOfTheHook' }, /starts a workflow/],
    ['half an address', { url: 'https://hooks.slack.com/' }, /is not whole/],
    ['an app token', { token: 'secretOfTheHook', channel: 'C1' }, /"token" is no bot token; it begins with xoxb-/],
    ['no channel', { token: 'xoxb-1-secretOfTheHook' }, /"channel" is missing/],
    ['a plain API', { token: 'xoxb-1', channel: 'C1', api: 'http://slack.com/api' }, /"api" must begin with https/],
  ])('with %s it says what to write instead, and no secret', (_, settings, message) => {
    const connecting = () => connected(slack, settings);
    expect(connecting).toThrow(ConfigError);
    expect(connecting).toThrow(message);
    expect(connecting).not.toThrow(/secretOfTheHook/);
  });

  test('GovSlack, its own API and rotated tokens are taken, and nothing is asked yet', () => {
    const io = channelIo({ request: () => Promise.reject(new Error('asked')) });
    connected(slack, { url: 'https://hooks.slack-gov.com/services/T/B/x' }, io);
    connected(slack, { token: 'xoxe.xoxb-1-abc', channel: '#ops', api: 'https://slack-gov.com/api' }, io);
  });
});

describe('what it shows', () => {
  test('test 61: whatever vendors write, every message is one that Slack takes', async () => {
    await fc.assert(
      fc.asyncProperty(hostileDelivery, async (delivery) => {
        const body = await bodyOf(delivery);
        expect(objection(body)).toBeNull();
        for (const { text } of textsOf(body)) expect(text.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('test 61: a message of more than there ever is, and a digest of hundreds', async () => {
    for (const text of ['x', '&', '_', 'ab ']) expect(objection(await bodyOf(overfull(text)))).toBeNull();
    for (const count of [21, 300, 2000]) {
      const items = Array.from({ length: count }, (_, at) => `${at}: ${'Trouble & more '.repeat(20)}`);
      const { message, ...digest } = CASES.digest!();
      const body = await bodyOf({ ...digest, message: { ...message, items } });
      expect(objection(body)).toBeNull();
    }
  });

  test('test 62: no markup, link or mention of theirs is one, and nothing is escaped twice or cut apart', async () => {
    await fc.assert(
      fc.asyncProperty(hostileDelivery, async (delivery) => {
        const body = await bodyOf(delivery);
        const own = delivery.message.url?.replaceAll('&', '&amp;').replaceAll('|', '%7C');
        const fallbacks = [body.text, ...(body.attachments ?? []).map((one) => one.fallback)];
        for (const text of fallbacks) expectInert(text.replace(`\n<${own}>`, ''));
        for (const { type, text } of textsOf(body)) {
          const words =
            type === 'mrkdwn' ? text.replace(/^<([^<>|]+)\|(?:Open|Read the rest on) the status page>$/, '$1') : text;
          const isLink = words !== text;
          if (isLink) expect(words).toBe(own);
          else expectInert(words);
          if (type === 'mrkdwn' && !isLink) expectPlainButForLabels(words);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('test 62: the payload of the reference, in title and body', async () => {
    const body = await bodyOf(deliveryOf(hostileEvent('<!channel> <@U1> <http://x|y> & &amp;')));
    const header = blocksOf(body)[0]!.text!.text.replaceAll('\u2060', '');
    expect(header).toContain('&lt;!channel&gt; &lt;@U1&gt; &lt;http://x|y&gt; &amp; &amp;amp;');
    expect(
      textsOf(body)
        .filter(({ text }) => /[<>]/.test(text))
        .map(({ text }) => text),
    ).toEqual(['<https://status.clerk.com/|Open the status page>']);
  });

  test('a label that would be markup is shown as it is, the others with a bold word before them', async () => {
    const named = async (name: string) => {
      const incident = clerkIncident(1);
      const components = [{ id: 'a', name, group: null, status: 'major_outage' as const }];
      const updates = [{ ...incident.updates[0]!, components }];
      const event = eventOf('incident.opened', { ...incident, updates, components: [] });
      return textsOf(await bodyOf(deliveryOf(event))).find(({ text }) => text.startsWith('🔴'));
    };
    expect(await named('API & Web')).toMatchObject({ type: 'mrkdwn', text: '🔴 *Major outage:* API &amp; Web' });
    for (const name of ['my_own_api', 'a*b*', '`x`', '~x~', ':fire:', '> quote'])
      expect(await named(name)).toMatchObject({
        type: 'plain_text',
        text: `🔴 Major outage: ${name.replace('>', '&gt;')}`,
      });
  });

  test('a post too long for a section ends in a link to the rest of it', async () => {
    const incident = clerkIncident(1);
    const post = (body: string) => ({ ...incident, updates: [{ ...incident.updates[0]!, body }] });
    const textOf = async (body: string) => textsOf(await bodyOf(deliveryOf(eventOf('incident.opened', post(body)))));
    const long = await textOf('&'.repeat(401));
    expect(long.find(({ text }) => text.startsWith('&amp;&amp;'))?.text).toMatch(/^(?:&amp;)+…$/);
    expect(long.at(-1)?.text).toContain('|Read the rest on the status page>');
    expect((await textOf('&'.repeat(400))).at(-1)?.text).toContain('|Open the status page>');
  });

  test('test 30: of a digest of 40 incidents all are named, each with its end', async () => {
    const events = Array.from({ length: 40 }, (_, at) =>
      eventOf('incident.opened', {
        ...clerkIncident(1),
        id: `i${at}`,
        title: `Trouble number ${at} of many, with a title of some length`,
      }),
    );
    const body = await bodyOf(digestDelivery(events));
    const text = textsOf(body)
      .map((one) => one.text)
      .join('\n');
    for (let at = 0; at < 40; at++)
      expect(text).toContain(`Trouble number ${at} of many, with a title of some length (investigating)`);
    expect(objection(body)).toBeNull();
  });

  test('refused as it was, it goes as words alone', async () => {
    const body = await bodyOf(CASES.plain!());
    expect(Object.keys(body).sort()).toEqual(['mrkdwn', 'text', 'unfurl_links', 'unfurl_media']);
    expect(body.text).toMatch(/^Clerk: Increased latency[\s\S]*\n<https:\/\/status\.clerk\.com\/incidents\/01KK>$/);
  });
});

/** No control sequence, no entity that Slack does not know or that was cut, no address. */
function expectInert(text: string): void {
  expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
  expect(hasLink(text)).toBe(false);
}

/** Bold words of ours, then nothing that is markup. */
function expectPlainButForLabels(text: string): void {
  for (const line of text.split('\n'))
    expect(line.replace(/^(?:\S+ )?\*[A-Za-z →]+:?\*/u, '')).not.toMatch(/[*_~`]|:[^\s:]+:/);
}

describe('through a webhook', () => {
  test('only the word ok is a success', async () => {
    const { server, send } = await webhookAnswering(200, 'ok');
    await expect(send(CASES.opened!())).resolves.toMatchObject({ outcome: 'delivered' });
    expect(server.requests[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test.each<[number, string, unknown, RegExp]>([
    // test 63
    [200, 'invalid_blocks', 'message', /does not take the message in this form \(invalid_blocks\)/],
    [200, '', false, /did not confirm/],
    [200, '{"ok":true}', false, /did not confirm/],
    [200, '<html>Sign in to the hotel</html>', false, /^Slack did not confirm the message \(HTTP 200\)$/],
    [400, 'invalid_payload', 'message', /invalid_payload/],
    [400, 'no_text', 'message', /no_text/],
    [400, 'user_not_found', 'channel', /knows no such channel/],
    [403, 'action_prohibited', 'channel', /does not allow/],
    [403, 'invalid_token', 'channel', /create a new one/],
    [403, 'posting_to_general_channel_denied', 'channel', /does not allow/],
    [404, 'channel_not_found', 'channel', /knows no such channel/],
    [404, 'no_service', 'channel', /knows no such webhook any more: create a new one/],
    [404, 'no_team', 'channel', /no such webhook/],
    [410, 'channel_is_archived', 'channel', /has archived that channel/],
    [500, 'rollup_error', false, /trouble of its own/],
    [503, 'upstream connect error', false, /trouble of its own \(HTTP 503\)/],
  ])('test 63: HTTP %i with "%s" is a failure of its own kind', async (status, body, permanent, message) => {
    const { server, send } = await webhookAnswering(status, body);
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure.message).toMatch(message);
    expect(failure.details).toMatchObject({ permanent, status });
    expect(server.requests).toHaveLength(1);
  });

  test('test 64: Retry-After is obeyed, and a second kept between two messages', async () => {
    const inHeader = await webhookAnswering(429, '{"retry_after":1,"ok":false,"error":"rate_limited"}', {
      'retry-after': '30',
    });
    const failure = await failureOf(inHeader.send(CASES.opened!()));
    expect(failure.details).toMatchObject({ permanent: false, status: 429, retryAfterMs: 30_000 });
    const endless = await webhookAnswering(429, '{"retry_after":1e999,"ok":false,"error":"rate_limited"}');
    expect((await failureOf(endless.send(CASES.opened!()))).details.retryAfterMs).toBe(30 * 86_400_000);
    const inBody = await webhookAnswering(429, '{"retry_after":7,"ok":false,"error":"rate_limited"}');
    expect((await failureOf(inBody.send(CASES.opened!()))).details.retryAfterMs).toBe(7000);
    expect(slack.pace).toMatchObject({ concurrent: 1, gapMs: 1000 });
  });

  test('later messages say which of their story they are, for there are no threads', async () => {
    const last = textsOf(await bodyOf(CASES.updated!())).at(-1);
    expect(last).toMatchObject({
      type: 'plain_text',
      text: 'Update 4 of this incident, first told as "Clerk: Slow sign-in"',
    });
    expect(JSON.stringify(await bodyOf(CASES.opened!()))).not.toContain('Update 1');
  });
});

describe('as a bot', () => {
  test('an incident is one thread, and its end is seen by all', async () => {
    const { api, send } = await bot();
    await tellStory(send, CLERK_STORY);
    const root = [...api.parents][0];
    expect(api.posted.map(({ thread_ts, reply_broadcast }) => [thread_ts, reply_broadcast])).toEqual([
      [undefined, undefined],
      [root, false],
      [root, false],
      [root, false],
      [root, true],
    ]);
  });

  test('in its thread a message does not repeat the title, outside of it it does', async () => {
    const { api, send } = await bot();
    await tellStory(send, CLERK_STORY);
    expect(api.posted.map((body) => body.blocks?.[0]?.type)).toEqual([
      'header',
      'section',
      'section',
      'section',
      'header',
    ]);
  });

  test('a channel given by name is answered by its id', async () => {
    const { api, send } = await bot('#ops');
    await tellStory(send, CLERK_STORY.slice(0, 2));
    expect(api.posted.map(({ channel }) => channel)).toEqual(['#ops', 'C0123']);
  });

  test('a postmortem stays in the thread, a reopening and a worsening do not', async () => {
    const { api, send } = await bot();
    const worse = eventOf('incident.updated', { ...clerkIncident(3), impact: 'critical' });
    const events: StatusEvent[] = [
      CLERK_STORY[0]!,
      worse,
      eventOf('incident.updated', { ...clerkIncident(3), impact: 'critical' }),
      CLERK_STORY[4]!,
      eventOf('incident.updated', { ...clerkIncident(5), status: 'postmortem' }),
      eventOf('incident.reopened', clerkIncident(3)),
    ];
    await tellStory(send, events);
    expect(api.posted.map(({ reply_broadcast }) => reply_broadcast)).toEqual([
      undefined,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('a component that works again ends its thread: the next trouble begins another', async () => {
    const { api, send } = await bot();
    const change = (from: 'operational' | 'major_outage', to: 'operational' | 'major_outage') =>
      eventOf('component.changed', null, { component: { id: 'c', name: 'Search', group: null, from, to } });
    await tellStory(send, [
      change('operational', 'major_outage'),
      change('major_outage', 'operational'),
      change('operational', 'major_outage'),
    ]);
    expect(api.posted.map(({ thread_ts }) => thread_ts !== undefined)).toEqual([false, true, false]);
  });

  test('where the thread is gone, the message stands in the channel and begins another', async () => {
    const { api, send } = await bot();
    const [first] = await tellStory(send, CLERK_STORY.slice(0, 1));
    const story = { ...STORY, told: 1, memory: first!.memory! };
    api.parents.clear();
    const [again, after] = await tellStory(send, CLERK_STORY.slice(1, 3), story);
    expect(again!.memory!.ts).not.toBe(first!.memory!.ts);
    expect(after!.memory!.ts).toBe(again!.memory!.ts);
    expect(api.posted.map(({ thread_ts }) => thread_ts)).toEqual([undefined, undefined, again!.memory!.ts]);
  });

  test('what another channel remembers is not taken for a thread here', async () => {
    const { api, send } = await bot();
    const memory = { to: 'C9999', channel: 'C9999', ts: '1700000001.000100' };
    await tellStory(send, CLERK_STORY.slice(1, 2), { ...STORY, told: 1, memory });
    expect(api.posted[0]?.thread_ts).toBeUndefined();
  });

  test('a digest and a notice begin no thread', async () => {
    const { send } = await bot();
    await expect(send(CASES.digest!())).resolves.toMatchObject({ memory: {} });
    await expect(send(CASES.notice!())).resolves.toMatchObject({ memory: {} });
  });

  test.each<[string, unknown, RegExp]>([
    ['not_in_channel', 'channel', /invite it there with \/invite/],
    ['channel_not_found', 'channel', /check its id, or invite the app there/],
    ['is_archived', 'channel', /archived/],
    ['invalid_auth', 'channel', /copy it again/],
    ['token_expired', 'channel', /copy it again/],
    ['missing_scope', 'channel', /chat:write/],
    ['not_allowed_token_type', 'channel', /Bot User OAuth Token/],
    ['restricted_action_read_only_channel', 'channel', /does not allow/],
    ['invalid_blocks', 'message', /in this form/],
    ['msg_blocks_too_long', 'message', /too long/],
    ['no_text', 'message', /in this form/],
    ['ratelimited', false, /asks for fewer messages/],
    ['internal_error', false, /trouble of its own/],
    ['team_added_to_org', false, /is moving/],
    ['an_error_of_tomorrow', false, /did not confirm the message \(HTTP 200\): an_error_of_tomorrow$/],
    ['constructor', false, /did not confirm/],
  ])('HTTP 200 that says no with "%s" is a failure of its own kind', async (error, permanent, message) => {
    const { server, send } = await bot();
    server.routes['*'] = { headers: { 'retry-after': '12' }, body: JSON.stringify({ ok: false, error }) };
    const failure = await failureOf(send(CASES.opened!()));
    expect(failure.message).toMatch(message);
    expect(failure.details.permanent).toBe(permanent);
    if (error === 'ratelimited') expect(failure.details.retryAfterMs).toBe(12_000);
    if (permanent !== false) expect(failure.details.retryAfterMs).toBeUndefined();
  });

  test('only "ok": true is a success', async () => {
    const { server, send } = await bot();
    for (const body of ['ok', '{}', '{"ok":"true","ts":"1.2"}', '[]', 'null', '']) {
      server.routes['*'] = body;
      expect((await failureOf(send(CASES.opened!()))).details.permanent).toBe(false);
    }
  });
});

test('test 60: of a webhook address and of a token nothing comes out in any failure', async () => {
  const webhook = await failuresOf('slack', ({ url }) => ({ url: `${url}/services/T0/B0/secretOfTheHook` }));
  const token = 'xoxb-1-2-secretOfTheBot';
  const asBot = await failuresOf('slack', ({ url }) => ({ token, channel: 'C1', api: `${url}/api` }));
  expect([...webhook, ...asBot]).toHaveLength(16);
  expect([...webhook, ...asBot].join('\n')).not.toMatch(/secretOf/);
});

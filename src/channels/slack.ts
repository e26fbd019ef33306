/**
 * Slack, through an incoming webhook or as a bot. Only a bot can answer in a thread, for only it learns what its message
 * is called: the first message of an incident stands in the channel, its updates below it, and what turns it in both.
 */
import type { Channel, ChannelIo, Delivery, Receipt, Send, Settings, Story } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import type { RawObject } from '../raw.ts';
import { objectOf } from './answer.ts';
import { addressOf, demandOneWay, serviceOf, textOf } from './settings.ts';
import { hasLostThread, slackFailure } from './slack-answer.ts';
import { slackMessage } from './slack-message.ts';
import { concernsAll, endsStory } from './story.ts';

const WEBHOOK = 'https://hooks.slack.com/services/T…/B…/…';
const API = 'https://slack.com/api';

export const slack: Channel = {
  name: 'slack',
  title: 'Slack',
  docs: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  settings: [
    { name: 'url', about: `address of an incoming webhook (${WEBHOOK}); it cannot use threads`, secret: true },
    {
      name: 'token',
      about: 'in place of url: a bot token (xoxb-…) with the scope chat:write; an incident is then one thread',
      secret: true,
    },
    { name: 'channel', about: 'with token: the id of the channel (C…), or its name; the app must be in it' },
    { name: 'api', about: `with token: address of the Web API, if not ${API} (GovSlack: https://slack-gov.com/api)` },
  ],
  // One message a second and channel. https://docs.slack.dev/apis/web-api/rate-limits#posting_messages
  pace: { concurrent: 1, gapMs: 1000, singles: 5, patience: 'days' },
  connect(settings, io) {
    demandOneWay(settings, ['url'], ['token', 'channel', 'api']);
    return settings.url === undefined ? viaBot(settings, io) : viaWebhook(settings, io);
  },
};

function viaWebhook(settings: Settings, io: ChannelIo): Send {
  const url = addressOf(settings, 'url', { example: WEBHOOK });
  if (/^\/(?:workflows|triggers)\//.test(url.pathname))
    throw new ConfigError(`"url" starts a workflow; an incoming webhook is needed, which looks like ${WEBHOOK}`);
  if (url.pathname === '/') throw new ConfigError(`"url" is not whole; a webhook's looks like ${WEBHOOK}`);
  return async (delivery) => {
    const reply = await io.request({ url: url.href, body: slackMessage(delivery, { reply: false }) });
    // Anything but this one word is a failure, with HTTP 200 as well.
    if (reply.status !== 200 || reply.text.trim() !== 'ok') throw slackFailure(reply, io.now());
    return { outcome: 'delivered', detail: 'Slack answered ok' };
  };
}

function viaBot(settings: Settings, io: ChannelIo): Send {
  const token = tokenOf(settings);
  const channel = textOf(settings, 'channel') ?? '';
  if (channel === '')
    throw new ConfigError('"channel" is missing: with "token", the id of the channel (C…), or its name');
  const api = serviceOf(settings, 'api', API);
  /** Null: the thread it was for is gone, and nothing was posted. */
  const post = async (body: object): Promise<RawObject | null> => {
    const headers = { authorization: `Bearer ${token}` };
    const reply = await io.request({ url: `${api}/chat.postMessage`, headers, body });
    const answer = objectOf(reply);
    if (reply.status === 200 && answer.ok === true) return answer;
    if ('thread_ts' in body && hasLostThread(answer)) return null;
    throw slackFailure(reply, io.now());
  };
  return async (delivery) => {
    const thread = threadOf(delivery.story, channel);
    const replied = thread && (await post(replyOf(delivery, thread)));
    if (replied) return receiptOf(delivery, channel, thread);
    const answer = await post(firstOf(delivery, channel));
    return receiptOf(delivery, channel, threadBegunBy(answer));
  };
}

function tokenOf(settings: Settings): string {
  const token = textOf(settings, 'token') ?? '';
  // A token of the app itself (xapp-) connects to Slack, and may not post.
  if (!/^xox[a-z]?[-.][\w.-]+$/.test(token))
    throw new ConfigError(`"token" is no bot token; it begins with xoxb- and is on the app's OAuth & Permissions page`);
  return token;
}

interface Thread {
  /** The channel's id, by which a reply must name it. */
  channel: string;
  ts: string;
}

/** What earlier messages began, unless they went to another channel than the one set now. */
function threadOf(story: Story | null, channel: string): Thread | null {
  const { to, channel: id, ts } = story?.memory ?? {};
  return to === channel && id && ts ? { channel: id, ts } : null;
}

function firstOf(delivery: Delivery, channel: string): object {
  return { channel, ...slackMessage(delivery, { reply: false }) };
}

function replyOf(delivery: Delivery, { channel, ts }: Thread): object {
  const all = concernsAll(delivery);
  return { channel, thread_ts: ts, reply_broadcast: all, ...slackMessage(delivery, { reply: !all }) };
}

function threadBegunBy(answer: RawObject | null): Thread | null {
  const { channel, ts } = answer ?? {};
  return typeof channel === 'string' && typeof ts === 'string' ? { channel, ts } : null;
}

function receiptOf(delivery: Delivery, to: string, thread: Thread | null): Receipt {
  const goesOn = delivery.story !== null && thread !== null && !endsStory(delivery);
  return {
    outcome: 'delivered',
    detail: `posted in ${thread?.channel ?? 'the channel'}`,
    memory: goesOn ? { to, ...thread, severity: delivery.message.severity } : {},
  };
}

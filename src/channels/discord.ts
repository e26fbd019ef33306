/** Discord, through a webhook or as a bot: settings here, and the two ways to send in files of their own. */
import type { Channel, ChannelIo, Send, Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import { type BotTarget, viaBot } from './discord-bot.ts';
import { viaWebhook, type WebhookTarget } from './discord-webhook.ts';
import { addressOf, demandOneWay, serviceOf, textOf } from './settings.ts';

const WEBHOOK = 'https://discord.com/api/webhooks/…/…';
const API = 'https://discord.com/api/v10';

export const discord: Channel = {
  name: 'discord',
  title: 'Discord',
  docs: 'https://docs.discord.com/developers/resources/webhook#execute-webhook',
  settings: [
    { name: 'url', about: `address of a webhook (${WEBHOOK}): channel settings, Integrations, Webhooks`, secret: true },
    { name: 'thread', about: 'with url: the id of a thread or forum post that everything goes to' },
    {
      name: 'forum',
      about: 'with url: true if its channel is a forum; every incident is then a post',
      type: 'boolean',
    },
    {
      name: 'token',
      about: 'in place of url: the token of a bot that may send messages, embed links and create threads',
      secret: true,
    },
    { name: 'channel', about: 'with token: the id of the channel; updates of an incident go to a thread in it' },
    { name: 'api', about: `with token: address of the API, if not ${API}` },
  ],
  // Limits are told with every answer, and obeyed; the gap only keeps bursts from running into them.
  pace: { concurrent: 1, gapMs: 500, singles: 5, patience: 'days' },
  connect(settings, io) {
    demandOneWay(settings, ['url', 'thread', 'forum'], ['token', 'channel', 'api']);
    return settings.url === undefined ? connectBot(settings, io) : connectWebhook(settings, io);
  },
};

function connectWebhook(settings: Settings, io: ChannelIo): Send {
  const url = addressOf(settings, 'url', { example: WEBHOOK });
  const path = /^(.*\/webhooks\/(\d+)\/[\w-]+)(\/(?:slack|github))?\/?$/.exec(url.pathname);
  if (!path) throw new ConfigError(`"url" is not the address of a webhook, which looks like ${WEBHOOK}`);
  if (path[3]) throw new ConfigError(`"url" must be without "${path[3]}" at its end`);
  const thread = threadOf(settings, url);
  if (thread !== null && settings.forum === true)
    throw new ConfigError('"thread" and "forum" exclude each other: one post for everything, or one for each incident');
  const target: WebhookTarget = { url: url.origin + path[1]!, id: path[2]!, thread, forum: settings.forum === true };
  return viaWebhook(target, io);
}

/** As set, or as it stands in an address made for a thread. */
function threadOf(settings: Settings, url: URL): string | null {
  const thread = textOf(settings, 'thread') ?? url.searchParams.get('thread_id');
  if (thread !== null && !isId(thread)) throw new ConfigError(`"thread" must be ${AN_ID}`);
  return thread;
}

function connectBot(settings: Settings, io: ChannelIo): Send {
  const token = (textOf(settings, 'token') ?? '').replace(/^Bot /, '');
  if (!/^[\w.-]+$/.test(token))
    throw new ConfigError('"token" is no bot token; copy it from the page Bot of your application');
  const channel = textOf(settings, 'channel');
  if (channel === null) throw new ConfigError(`"channel" is missing: with "token", ${AN_ID}`);
  if (!isId(channel)) throw new ConfigError(`"channel" must be ${AN_ID}`);
  return viaBot({ api: serviceOf(settings, 'api', API), token, channel } satisfies BotTarget, io);
}

const AN_ID = 'an id of digits: right-click it in Discord and choose Copy ID (in developer mode)';

function isId(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

/** Telegram: a bot's messages to a person, a group, a topic of a group, or a channel. */
import type { Channel, ChannelIo, Delivery, Receipt, Settings } from '../channel.ts';
import { ConfigError, DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import { asObject, asText, type RawObject } from '../raw.ts';
import { cleanLine } from '../text.ts';
import { objectOf, refusalOf, unconfirmed, waitingFor, waitOf } from './answer.ts';
import { serviceOf, textOf } from './settings.ts';
import { htmlOf, wordsAlone } from './telegram-text.ts';

const USUAL_API = 'https://api.telegram.org';
/** The topic "General" of a group has this number, by which no message finds it. */
const GENERAL_TOPIC = 1;

export const telegram: Channel = {
  name: 'telegram',
  title: 'Telegram',
  docs: 'https://core.telegram.org/bots/api#sendmessage',
  settings: [
    { name: 'token', about: 'the token that @BotFather gave for your bot', required: true, secret: true },
    {
      name: 'chat',
      about: 'the number of the chat (of a group it begins with -), or @name of a public channel or group',
      required: true,
    },
    {
      name: 'topic',
      about: "the number of a topic in the group; without it, messages go to the group's main one",
      type: 'number',
    },
    { name: 'api', about: `your own Bot API server, ${USUAL_API} unless given` },
  ],
  // A message a second to a chat, and twenty a minute to a group: https://core.telegram.org/bots/faq#broadcasting-to-users
  pace: { concurrent: 1, gapMs: 3000, singles: 5, patience: 'days' },
  connect(settings, io) {
    const target = readSettings(settings);
    return async (delivery) => {
      const reply = await io.request({ url: target.url, body: requestOf(target, delivery) });
      return receiptOf(sentId(reply, io), target, delivery);
    };
  },
};

interface Target {
  /** With the token in it, as Telegram wants it. */
  url: string;
  chat: string;
  topic: number | null;
  /** Chat and topic: a message's number means something only there. */
  place: string;
}

function readSettings(settings: Settings): Target {
  const token = textOf(settings, 'token') ?? '';
  if (!/^\d{3,20}:[\w-]{20,100}$/.test(token))
    throw new ConfigError(
      '"token" must be a bot\'s token as @BotFather writes it: digits, a colon, and some 35 letters',
    );
  const chat = textOf(settings, 'chat') ?? '';
  if (!/^-?\d{1,19}$|^@[A-Za-z]\w{3,31}$/.test(chat))
    throw new ConfigError(
      '"chat" must be a number such as -1001234567890, or @name; a link of the form t.me/name is @name',
    );
  const topic = settings.topic === undefined ? null : Number(settings.topic);
  if (topic !== null && !(Number.isSafeInteger(topic) && topic > 0))
    throw new ConfigError('"topic" must be a whole number: the one before the message\'s own in the link of a message');
  // One's own Bot API server speaks plain http alone: https://github.com/tdlib/telegram-bot-api
  const api = serviceOf(settings, 'api', USUAL_API, { plain: true });
  return {
    url: `${api}/bot${token}/sendMessage`,
    chat,
    topic: topic === GENERAL_TOPIC ? null : topic,
    place: `${chat}/${topic ?? ''}`,
  };
}

/** Updates answer the first message of their story, which shows them as one; it may have been deleted since. */
function requestOf({ chat, topic, place }: Target, delivery: Delivery) {
  const memory = delivery.story?.memory;
  const first = memory?.place === place && /^\d{1,15}$/.test(memory.first ?? '') ? Number(memory.first) : null;
  const where = { chat_id: chat, ...(topic !== null && { message_thread_id: topic }) };
  const noPreview = { link_preview_options: { is_disabled: true } };
  if (delivery.plain) return { ...where, text: wordsAlone(delivery.message), ...noPreview };
  return {
    ...where,
    text: htmlOf(delivery),
    parse_mode: 'HTML',
    ...noPreview,
    ...(first !== null && { reply_parameters: { message_id: first, allow_sending_without_reply: true } }),
  };
}

function receiptOf(id: string, { place }: Target, { story }: Delivery): Receipt {
  const known = story?.memory.place === place ? story.memory.first : undefined;
  return {
    outcome: 'delivered',
    detail: `message ${id}`,
    ...(story && { memory: { first: known ?? id, place } }),
  };
}

/** The number of the message; throws for anything but `{ "ok": true, "result": { "message_id": 1 } }`. */
function sentId(reply: Reply, io: ChannelIo): string {
  const body = objectOf(reply);
  const reason = asText(body.description);
  const refusal = refusalOf(reply, 'Telegram', io.now(), reason ?? reply.text);
  if (refusal) throw explained(refusal, cleanLine(reason ?? ''), asObject(body.parameters));
  const id = asText(asObject(body.result).message_id);
  if (body.ok === true && id !== null && /^\d{1,15}$/.test(id)) return id;
  throw unconfirmed(reply, 'Telegram');
}

/** Refusals with HTTP 400 that no other message would escape. */
const CHAT_REFUSALS: readonly [RegExp, string][] = [
  [
    /chat not found|PEER_ID_INVALID/i,
    'it finds no such chat: correct "chat", and add the bot to it or write to the bot first',
  ],
  [
    /thread not found|TOPIC_(?:CLOSED|DELETED)/i,
    'it finds no such topic, or it is closed: correct "topic", or leave it out',
  ],
  [
    /not enough rights|have no rights|WRITE_FORBIDDEN|ADMIN_REQUIRED/i,
    'the bot may not write there: make it an administrator, or let members send messages',
  ],
  [/group is deactivated|chat was deleted/i, 'the group is gone: give another "chat"'],
];

function explained(refusal: DeliveryError, reason: string, parameters: RawObject): DeliveryError {
  const { status } = refusal.details;
  const movedTo = asText(parameters.migrate_to_chat_id);
  if (movedTo !== null && /^-?\d{1,19}$/.test(movedTo))
    return channelRefusal(
      status,
      `the group became a supergroup, which has another number: write ${movedTo} as "chat"`,
    );
  if (status === 429) return waitingFor(refusal, waitOf(parameters.retry_after));
  if (status === 401 || status === 404)
    return channelRefusal(status, 'it knows no bot of this token: ask @BotFather for the present one');
  if (status === 403)
    return channelRefusal(
      status,
      `${reason || 'it lets the bot in no more'}: let the bot into the chat again, or unblock it`,
    );
  const known = status === 400 ? CHAT_REFUSALS.find(([words]) => words.test(reason)) : undefined;
  return known ? channelRefusal(status, known[1]) : refusal;
}

function channelRefusal(status: number | undefined, what: string): DeliveryError {
  return new DeliveryError(`Telegram refused the message (HTTP ${status}): ${what}`, {
    permanent: 'channel',
    ...(status !== undefined && { status }),
  });
}

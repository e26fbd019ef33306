/** ntfy: push notifications to phones and desktops, by the public server or one's own. Published as JSON. */
import type { Channel, ChannelIo, Delivery, Message, Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import type { Reply, Severity } from '../model.ts';
import { fitLines, inert, withoutLinks } from '../outgoing.ts';
import { asText } from '../raw.ts';
import { cutGraphemes } from '../text.ts';
import { objectOf, refusalOf, unconfirmed, waitingFor } from './answer.ts';
import { serviceOf, textOf } from './settings.ts';
import { factsOf, standingLines } from './standings.ts';
import { referenceOf } from './story.ts';
import { itemLines, plainWords } from './wording.ts';

const USUAL_SERVER = 'https://ntfy.sh';
// In bytes. A longer message becomes an attached file, a longer title is refused. https://docs.ntfy.sh/publish/#limitations
const MESSAGE_BYTES = 4096;
const TITLE_BYTES = 1024;
/** ntfy reads no more than twice a message's bytes of JSON, in which a quote or a line end counts double. */
const JSON_BYTES = 8000;
/** What a notification shows of a title is far less. */
const TITLE_LENGTH = 200;
const LINE_BYTES = 600;
const LIST_BYTES = 1000;
/** The day's messages are used up, and no header says until when. https://docs.ntfy.sh/publish/#limitations */
const DAILY_QUOTA = '42908';
const QUOTA_WAIT_MS = 3_600_000;

export const ntfy: Channel = {
  name: 'ntfy',
  title: 'ntfy',
  docs: 'https://docs.ntfy.sh/publish/#publish-as-json',
  settings: [
    {
      name: 'topic',
      about: 'the topic to publish to; whoever knows it can read it, so choose one that nobody guesses',
      required: true,
      secret: true,
    },
    { name: 'server', about: `where your ntfy server is, ${USUAL_SERVER} unless given` },
    { name: 'token', about: 'an access token (tk_…), where the topic is protected', secret: true },
  ],
  // The public server lets 60 requests through at once, then one every five seconds.
  pace: { concurrent: 1, gapMs: 1000, singles: 5, patience: 'days' },
  connect(settings, io) {
    const { url, topic, headers } = readSettings(settings);
    return async (delivery) => {
      const reply = await io.request({ url, headers, body: publication(topic, delivery) });
      return { outcome: 'delivered', detail: `notification ${takenId(reply, io)}` };
    };
  },
};

function readSettings(settings: Settings) {
  const topic = textOf(settings, 'topic') ?? '';
  if (!/^[\w-]{1,64}$/.test(topic))
    throw new ConfigError(
      '"topic" must be the topic\'s name alone: up to 64 letters, digits, _ and -; the address before it goes into "server"',
    );
  const token = textOf(settings, 'token');
  if (token !== null && !/^[\x21-\x7E]+$/.test(token))
    throw new ConfigError('"token" must be an access token of ntfy, which is one word such as tk_…');
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  // One's own server often speaks plain http on the network at home.
  return { topic, headers, url: `${serviceOf(settings, 'server', USUAL_SERVER, { plain: true })}/` };
}

// Five is the loudest, three the usual, two makes no sound.
const PRIORITIES = {
  critical: 5,
  major: 4,
  minor: 3,
  good: 3,
  unknown: 3,
  info: 2,
  maintenance: 2,
} satisfies Record<Severity, number>;

// ntfy shows these short codes as emoji before the title. https://docs.ntfy.sh/emojis/
const TAGS = {
  critical: 'rotating_light',
  major: 'red_circle',
  minor: 'warning',
  good: 'white_check_mark',
  maintenance: 'wrench',
  info: 'information_source',
  unknown: 'grey_question',
} satisfies Record<Severity, string>;

/**
 * The title is that of the incident in every message, so that a list of notifications reads as its story. Each stays a
 * notification of its own: ntfy can put a new one in the place of an old one, and then nobody sees what was missed.
 */
function publication(topic: string, delivery: Delivery) {
  const { message } = delivery;
  if (delivery.plain) return shortEnough((max) => ({ topic, message: plainText(message, max) }));
  const title = cutGraphemes(inert(message.title, TITLE_LENGTH, 'graphemes'), TITLE_BYTES, 'bytes');
  return shortEnough((max) => ({
    topic,
    title,
    message: bodyOf(delivery, max),
    priority: PRIORITIES[message.severity],
    tags: [TAGS[message.severity]],
    ...(message.url !== null && { click: message.url }),
  }));
}

function shortEnough<T>(build: (max: number) => T): T {
  let max = MESSAGE_BYTES;
  let built = build(max);
  while (max > 200 && Buffer.byteLength(JSON.stringify(built)) > JSON_BYTES) {
    max = Math.floor(max * 0.8);
    built = build(max);
  }
  return built;
}

/** What happened, the vendor's words, then the facts: a phone shows the first lines, and the app the rest. */
function bodyOf(delivery: Delivery, max: number): string {
  const { message } = delivery;
  const line = inert(message.line, LINE_BYTES, 'bytes');
  const lists = linesOf(delivery)
    .filter((text) => text !== '')
    .map(withoutLinks);
  const after = lists.length === 0 ? '' : fitLines(lists, Math.min(LIST_BYTES, Math.floor(max / 3)), 'bytes');
  const room = max - Buffer.byteLength(`${line}\n\n\n\n${after}`);
  return [line, middleOf(message, room), after].filter((text) => text !== '').join('\n\n');
}

function middleOf(message: Message, room: number): string {
  if (message.items.length > 0) return fitLines(itemLines(message).map(withoutLinks), room, 'bytes');
  return inert(message.body, room, 'bytes');
}

function linesOf(delivery: Delivery): string[] {
  const { message } = delivery;
  const facts = factsOf(message).map(({ label, value }) => `${label}: ${value}`);
  return [...standingLines(message), facts.join(' · '), referenceOf(delivery) ?? ''];
}

function plainText(message: Message, max: number): string {
  const link = message.url === null ? '' : `\n\n${message.url}`;
  return `${inert(plainWords(message), max - Buffer.byteLength(link), 'bytes')}${link}`;
}

/** The notification's id; throws for anything else, also for a 200 of somebody in between. */
function takenId(reply: Reply, io: ChannelIo): string {
  const { id, error, code } = objectOf(reply);
  const refusal = refusalOf(reply, 'ntfy', io.now(), asText(error) ?? reply.text);
  if (refusal) {
    const { retryAfterMs = asText(code) === DAILY_QUOTA ? QUOTA_WAIT_MS : null } = refusal.details;
    throw waitingFor(refusal, retryAfterMs);
  }
  const taken = asText(id);
  if (taken !== null && /^\w{1,64}$/.test(taken)) return taken;
  throw unconfirmed(reply, 'ntfy', 'look at "server"');
}

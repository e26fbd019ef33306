/**
 * Discord as a bot: the first message of an incident stands in the channel, and the second begins a thread below it, so
 * that what is told once leaves no empty one. What turns the story is told in the channel too, as an answer to the first.
 */
import type { ChannelIo, Delivery, Receipt, Send } from '../channel.ts';
import { DeliveryError } from '../errors.ts';
import { fingerprint } from '../fingerprint.ts';
import type { Reply } from '../model.ts';
import { objectOf } from './answer.ts';
import { discordFailure, hasLostThread, isThreadAlready, pauseOf } from './discord-answer.ts';
import { type DiscordMessage, discordMessage, discordNews, threadName } from './discord-message.ts';
import { concernsAll, endsStory } from './story.ts';

export interface BotTarget {
  api: string;
  token: string;
  channel: string;
}

/** The first message, whose id its thread has as well; whether there is a thread, `null` before anybody tried. */
interface Beginning {
  first: string;
  hasThread: boolean | null;
}

interface Posted {
  /** Of the message. */
  id: string;
  /** How long Discord asks to post nothing else. */
  pauseMs: number;
}

/** Posts into a channel, or a thread: null when there is no such thread. */
type Post = (place: string, content: object, key: string) => Promise<Posted | null>;

/** A week without a message takes a thread out of sight; the next one brings it back. */
const ARCHIVE_AFTER_MINUTES = 10_080;

export function viaBot({ api, token, channel }: BotTarget, io: ChannelIo): Send {
  const ask = (path: string, body: object) => {
    // Discord turns others away. https://docs.discord.com/developers/reference#user-agent
    const agent = 'DiscordBot (https://github.com/pingoru/pingoru, 1)';
    return io.request({ url: `${api}${path}`, headers: { authorization: `Bot ${token}`, 'user-agent': agent }, body });
  };
  const post: Post = async (place, content, key) => {
    // The same message within minutes is then the same one. https://docs.discord.com/developers/resources/message#create-message
    const nonce = { nonce: fingerprint(key, 25), enforce_nonce: true };
    const reply = await ask(`/channels/${place}/messages`, { ...content, ...nonce });
    const { id } = objectOf(reply);
    if (reply.status === 200 && typeof id === 'string') return { id, pauseMs: pauseOf(reply) };
    if (place !== channel && hasLostThread(reply)) return null;
    throw discordFailure(reply, io.now());
  };
  const startThread = async (first: string, title: string): Promise<boolean> => {
    const body = { name: threadName(title), auto_archive_duration: ARCHIVE_AFTER_MINUTES };
    return isStarted(await ask(`/channels/${channel}/messages/${first}/threads`, body), io);
  };
  return async (delivery) => {
    const { story } = delivery;
    if (!story || story.memory.to !== channel || !story.memory.first) return begin(post, delivery, channel);
    const { first, thread } = story.memory;
    const hasThread = thread === undefined ? await startThread(first, story.title) : thread === 'yes';
    return goOn(post, delivery, channel, { first, hasThread });
  };
}

/** Where Discord starts no thread for good (no permission, no such kind of channel, no first message), there is none. */
function isStarted(reply: Reply, io: ChannelIo): boolean {
  if ((reply.status >= 200 && reply.status < 300) || isThreadAlready(reply)) return true;
  const failure = discordFailure(reply, io.now());
  if (failure.details.permanent === false) throw failure;
  return false;
}

async function begin(post: Post, delivery: Delivery, channel: string): Promise<Receipt> {
  const posted = await post(channel, discordMessage(delivery, { reference: true }), delivery.id);
  return receiptOf(delivery, channel, posted, { first: posted!.id, hasThread: null });
}

async function goOn(post: Post, delivery: Delivery, channel: string, beginning: Beginning): Promise<Receipt> {
  const { first, hasThread } = beginning;
  const inThread = hasThread && (await post(first, discordMessage(delivery, { reference: false }), delivery.id));
  if (inThread) {
    if (concernsAll(delivery)) await tryToTell(post, channel, answerTo(first, discordNews(delivery)), delivery);
    return receiptOf(delivery, channel, inThread, beginning);
  }
  const answer = answerTo(first, discordMessage(delivery, { reference: true }));
  const posted = await post(channel, answer, delivery.id);
  return receiptOf(delivery, channel, posted, { first, hasThread: false });
}

/** The story itself is told by now: for this alone it is not told again. */
async function tryToTell(post: Post, channel: string, content: object, { id }: Delivery): Promise<void> {
  try {
    await post(channel, content, `${id} in the channel`);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
  }
}

function answerTo(first: string, message: DiscordMessage): object {
  return { ...message, message_reference: { message_id: first, fail_if_not_exists: false } };
}

function receiptOf(delivery: Delivery, to: string, posted: Posted | null, beginning: Beginning): Receipt {
  const { id, pauseMs } = posted!;
  return {
    outcome: 'delivered',
    detail: `posted as message ${id}`,
    memory: delivery.story === null || endsStory(delivery) ? {} : memoryOf(delivery, to, beginning),
    ...(pauseMs > 0 && { pauseMs }),
  };
}

function memoryOf({ message }: Delivery, to: string, { first, hasThread }: Beginning): Record<string, string> {
  const memory = { to, first, severity: message.severity };
  return hasThread === null ? memory : { ...memory, thread: hasThread ? 'yes' : 'no' };
}

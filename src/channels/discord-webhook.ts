/** Discord through a webhook: into its channel, into one thread of it, or into a post for each incident where it is a forum. */
import type { ChannelIo, Delivery, Receipt, Send } from '../channel.ts';
import type { Reply } from '../model.ts';
import { objectOf } from './answer.ts';
import { discordFailure, hasLostThread, pauseOf } from './discord-answer.ts';
import { discordMessage, threadName } from './discord-message.ts';
import { endsStory } from './story.ts';

export interface WebhookTarget {
  /** Without a query. */
  url: string;
  /** The webhook's public id, by which memories of another one are told apart. */
  id: string;
  thread: string | null;
  forum: boolean;
}

export function viaWebhook(target: WebhookTarget, io: ChannelIo): Send {
  return async (delivery) => {
    const thread = target.forum ? postOf(delivery, target) : target.thread;
    const reply = await post(target, delivery, thread, io);
    const isLost = target.forum && thread !== null && hasLostThread(reply);
    return receiptOf(isLost ? await post(target, delivery, null, io) : reply, delivery, target, io);
  };
}

/** The forum's post of this incident, if an earlier message began it. */
function postOf({ story }: Delivery, target: WebhookTarget): string | null {
  return story?.memory.to === target.id ? (story.memory.thread ?? null) : null;
}

function post(target: WebhookTarget, delivery: Delivery, thread: string | null, io: ChannelIo): Promise<Reply> {
  const url = new URL(target.url);
  // Without it Discord says 204 to what it then does not post.
  url.searchParams.set('wait', 'true');
  if (thread !== null) url.searchParams.set('thread_id', thread);
  const isNewPost = target.forum && thread === null;
  const message = discordMessage(delivery, { reference: !target.forum });
  const name = isNewPost ? { thread_name: threadName(delivery.story?.title ?? delivery.message.title) } : {};
  return io.request({ url: url.href, body: { ...message, ...name } });
}

function receiptOf(reply: Reply, delivery: Delivery, target: WebhookTarget, io: ChannelIo): Receipt {
  // The channel of a message in a forum's post is the post.
  const { id, channel_id: thread } = objectOf(reply);
  if (reply.status !== 200 || typeof id !== 'string') throw discordFailure(reply, io.now());
  const goesOn = target.forum && delivery.story !== null && typeof thread === 'string' && !endsStory(delivery);
  const pauseMs = pauseOf(reply);
  return {
    outcome: 'delivered',
    detail: `posted as message ${id}`,
    memory: goesOn ? { to: target.id, thread } : {},
    ...(pauseMs > 0 && { pauseMs }),
  };
}

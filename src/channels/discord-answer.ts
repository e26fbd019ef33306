/**
 * What Discord's answers mean. Its errors have numbers of their own beside the HTTP status, and how long to wait stands in
 * the body, in fractions of a second.
 * https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 * https://docs.discord.com/developers/topics/rate-limits
 */
import { DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import { objectOf, type Permanence, refusalOf, unconfirmed, waitOf } from './answer.ts';

const UNKNOWN_CHANNEL = 10003;
const THREAD_EXISTS = 160004;
/** Gone, archived by somebody, or locked. */
const LOST_THREADS: ReadonlySet<unknown> = new Set([UNKNOWN_CHANNEL, 50083, 160005]);

const ERRORS: ReadonlyMap<unknown, readonly [Permanence, string]> = new Map<unknown, [Permanence, string]>([
  [10015, ['channel', 'knows no such webhook any more: create a new one and give its address']],
  [50027, ['channel', 'does not know the token of this webhook: copy its address again']],
  [UNKNOWN_CHANNEL, ['channel', 'knows no such channel or thread: check "channel" or "thread"']],
  [50001, ['channel', 'does not let the bot see that channel: give it the permission View Channel']],
  [50013, ['channel', 'does not let the bot post there: give it the permissions Send Messages and Embed Links']],
  [50008, ['channel', 'takes no messages in such a channel: name a text channel, or a thread']],
  [
    220001,
    ['channel', 'has a forum behind this webhook: set "forum" to true, or "thread" to the id of one of its posts'],
  ],
  [220003, ['channel', 'has no forum behind this webhook: leave "forum" out']],
  [40067, ['channel', 'wants a tag on every post of that forum: switch that off in its settings, or set "thread"']],
  [160002, ['channel', 'does not let the bot answer its own messages: give it the permission Read Message History']],
  [20016, [false, 'has slow mode on in that channel']],
]);

/** For an answer that is no success. */
export function discordFailure(reply: Reply, now: Date): DeliveryError {
  const { code, retry_after: exactSeconds } = objectOf(reply);
  const refusal = refusalOf(reply, 'Discord', now, sentenceOf(reply));
  if (!refusal) return unconfirmed(reply, 'Discord');
  const [permanent, says] = ERRORS.get(code) ?? [refusal.details.permanent, null];
  const message = says === null ? refusal.message : `Discord ${says} (error ${code})`;
  // The header only has whole seconds.
  const retryAfterMs = Math.max(refusal.details.retryAfterMs ?? 0, waitOf(exactSeconds) ?? 0);
  return new DeliveryError(message, {
    permanent,
    status: reply.status,
    ...(permanent === false && retryAfterMs > 0 && { retryAfterMs }),
  });
}

/** What it says in words, in place of its JSON. */
function sentenceOf(reply: Reply): string {
  const { message, code } = objectOf(reply);
  if (typeof message !== 'string') return reply.text;
  return typeof code === 'number' && code > 0 ? `${message} (error ${code})` : message;
}

/** When this was the last message its limit allows for now, how long until the next. */
export function pauseOf(reply: Reply): number {
  if (reply.headers['x-ratelimit-remaining']?.trim() !== '0') return 0;
  const seconds = reply.headers['x-ratelimit-reset-after']?.trim() ?? '';
  return /^\d{1,9}(?:\.\d{1,9})?$/.test(seconds) ? (waitOf(Number(seconds)) ?? 0) : 0;
}

/** Says that the message has a thread: a try before this one began it. */
export function isThreadAlready(reply: Reply): boolean {
  return objectOf(reply).code === THREAD_EXISTS;
}

/** Says that the thread a message was for is gone or closed. */
export function hasLostThread(reply: Reply): boolean {
  return reply.status >= 400 && reply.status < 500 && LOST_THREADS.has(objectOf(reply).code);
}

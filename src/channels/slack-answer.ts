/**
 * What Slack's answers mean. It names its errors by a word: alone in the body of a webhook's answer, as `error` in that of
 * the Web API, which says "no" with HTTP 200 as well.
 * https://docs.slack.dev/reference/methods/chat.postMessage#errors
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors
 */
import { DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import type { RawObject } from '../raw.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { objectOf, type Permanence, refusalOf, unconfirmed, waitOf } from './answer.ts';

const NEW_WEBHOOK = 'knows no such webhook any more: create a new one and give its address';
const NEW_TOKEN = "does not take the token any more: copy it again from the app's OAuth & Permissions page";
const NOT_ALLOWED = 'does not allow this app to post there: ask an administrator of the workspace';
const ARCHIVED = 'has archived that channel: name another one';
const UNKNOWN_CHANNEL = 'knows no such channel, or none the app may see: check its id, or invite the app there';
const TROUBLE = 'has trouble of its own';
const SLOWER = 'asks for fewer messages';

const LOST_THREAD: ReadonlySet<string> = new Set([
  ...['thread_not_found', 'message_not_found', 'cannot_reply_to_message', 'restricted_action_thread_locked'],
  ...['restricted_action_non_threadable_channel', 'cant_broadcast_message'],
]);

const ERRORS: ReadonlyMap<string, readonly [Permanence, string]> = new Map<string, [Permanence, string]>([
  ...words('channel', NEW_WEBHOOK, ['no_service', 'no_service_id', 'no_team', 'no_active_hooks', 'invalid_token']),
  ...words('channel', NEW_TOKEN, ['not_authed', 'invalid_auth', 'account_inactive', 'token_revoked', 'token_expired']),
  ...words('channel', 'needs another kind of token: give the Bot User OAuth Token', ['not_allowed_token_type']),
  ...words('channel', 'needs the scope chat:write: add it to the app, then install the app again', ['missing_scope']),
  ...words('channel', NOT_ALLOWED, [
    ...['action_prohibited', 'no_permission', 'access_denied', 'ekm_access_denied', 'enterprise_is_restricted'],
    ...['posting_to_general_channel_denied', 'posting_to_channel_denied', 'team_access_not_granted', 'accesslimited'],
    ...['restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel'],
  ]),
  ...words('channel', ARCHIVED, ['is_archived', 'channel_is_archived']),
  ...words('channel', UNKNOWN_CHANNEL, ['channel_not_found', 'user_not_found']),
  ...words('channel', 'wants the app in that channel first: invite it there with /invite', ['not_in_channel']),
  ...words('channel', 'has retired this way to send', ['method_deprecated', 'deprecated_endpoint', 'unknown_method']),
  ...words('message', 'does not take the message in this form', [
    ...['invalid_payload', 'invalid_blocks', 'invalid_blocks_format', 'invalid_attachments', 'invalid_arguments'],
    ...['invalid_arg_name', 'invalid_array_arg', 'invalid_charset', 'invalid_form_data', 'invalid_post_type'],
    ...['invalid_json', 'json_not_object', 'missing_post_type', 'no_text', 'missing_text_or_fallback_or_attachments'],
  ]),
  ...words('message', 'finds the message too long', [
    ...['msg_too_long', 'msg_blocks_too_long', 'too_many_attachments', 'attachment_payload_limit_exceeded'],
  ]),
  ...words('message', 'has lost the thread', [...LOST_THREAD]),
  ...words(false, SLOWER, ['ratelimited', 'rate_limited', 'message_limit_exceeded']),
  ...words(false, TROUBLE, ['rollup_error', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']),
  ...words(false, 'is moving that workspace', ['org_login_required', 'team_added_to_org']),
]);

function words(permanent: Permanence, says: string, names: readonly string[]): [string, [Permanence, string]][] {
  return names.map((name) => [name, [permanent, says]]);
}

/** Says that the thread a reply was for is gone or closed; the message itself may stand on its own. */
export function hasLostThread(answer: RawObject): boolean {
  return LOST_THREAD.has(String(answer.error));
}

/** For an answer that is no success. An error nobody knows is tried again: it may not be the message's fault. */
export function slackFailure(reply: Reply, now: Date): DeliveryError {
  const { error, retry_after: seconds } = objectOf(reply);
  const word = typeof error === 'string' ? error : reply.text.trim();
  const [permanent, says] = ERRORS.get(word) ?? [];
  if (permanent === undefined) return refusalOf(reply, 'Slack', now) ?? notTaken(reply);
  const retryAfterMs = parseRetryAfter(reply.headers['retry-after'], reply.headers.date, now) ?? waitOf(seconds);
  return new DeliveryError(`Slack ${says} (${word})`, {
    permanent,
    status: reply.status,
    ...(permanent === false && retryAfterMs !== null && { retryAfterMs }),
  });
}

function notTaken(reply: Reply): DeliveryError {
  const { error } = objectOf(reply);
  return unconfirmed(reply, 'Slack', typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : '');
}

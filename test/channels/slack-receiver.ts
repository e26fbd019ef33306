/** Slack as far as it checks what it is sent: the rules of its reference as a schema, and its answers to what breaks them. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Recorded } from '../local-server.ts';

const text = (type: string, max: number) => ({
  type: 'object',
  properties: {
    type: { const: type },
    text: { type: 'string', minLength: 1, maxLength: max },
    ...(type === 'plain_text' ? { emoji: { const: false } } : { verbatim: { const: true } }),
  },
  required: ['type', 'text', type === 'plain_text' ? 'emoji' : 'verbatim'],
  additionalProperties: false,
});
const anyText = (max: number) => ({ oneOf: [text('plain_text', max), text('mrkdwn', max)] });
const block = (type: string, properties: object, required: string[]) => ({
  type: 'object',
  properties: { type: { const: type }, block_id: { type: 'string', maxLength: 255 }, ...properties },
  required: ['type', ...required],
  additionalProperties: false,
});

// https://docs.slack.dev/reference/block-kit/blocks
const blocks = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  items: {
    oneOf: [
      block('header', { text: text('plain_text', 150) }, ['text']),
      block('section', { text: anyText(3000) }, ['text']),
      block('section', { fields: { type: 'array', minItems: 1, maxItems: 10, items: anyText(2000) } }, ['fields']),
      block('context', { elements: { type: 'array', minItems: 1, maxItems: 10, items: anyText(3000) } }, ['elements']),
    ],
  },
};
const attachment = {
  type: 'object',
  properties: {
    color: { type: 'string', pattern: '^#[0-9a-f]{6}$' },
    fallback: { type: 'string', minLength: 1, maxLength: 3000 },
    blocks,
  },
  required: ['color', 'fallback', 'blocks'],
  additionalProperties: false,
};
const content = {
  // Cut at 40,000; "for best results" 4,000. https://docs.slack.dev/reference/methods/chat.postMessage#truncating
  text: { type: 'string', minLength: 1, maxLength: 6000 },
  blocks,
  attachments: { type: 'array', minItems: 1, maxItems: 1, items: attachment },
  mrkdwn: { const: false },
  unfurl_links: { const: false },
  unfurl_media: { const: false },
};
const ajv = new Ajv2020({ strict: true, strictRequired: false });
const always = ['text', 'unfurl_links', 'unfurl_media'];
const isForWebhook = ajv.compile({
  type: 'object',
  properties: content,
  required: always,
  additionalProperties: false,
});
const isForBot = ajv.compile({
  type: 'object',
  properties: {
    ...content,
    channel: { type: 'string', minLength: 1 },
    thread_ts: { type: 'string', pattern: '^\\d+\\.\\d{6}$' },
    reply_broadcast: { type: 'boolean' },
  },
  required: [...always, 'channel'],
  dependentRequired: { reply_broadcast: ['thread_ts'] },
  additionalProperties: false,
});

export interface SlackText {
  type: 'plain_text' | 'mrkdwn';
  text: string;
}
interface SlackBlock {
  type: string;
  text?: SlackText;
  fields?: SlackText[];
  elements?: SlackText[];
}
export interface SlackBody {
  text: string;
  channel?: string;
  thread_ts?: string;
  reply_broadcast?: boolean;
  blocks?: SlackBlock[];
  attachments?: { color: string; fallback: string; blocks: SlackBlock[] }[];
}

export function blocksOf(body: SlackBody): SlackBlock[] {
  return [...(body.blocks ?? []), ...(body.attachments ?? []).flatMap((one) => one.blocks)];
}

export function textsOf(body: SlackBody): SlackText[] {
  return blocksOf(body).flatMap((one) => [
    ...(one.text ? [one.text] : []),
    ...(one.fields ?? []),
    ...(one.elements ?? []),
  ]);
}

/** What Slack would object to, null when nothing. */
export function objection(body: SlackBody, bot = false): string | null {
  const isForIt = bot ? isForBot : isForWebhook;
  if (!isForIt(body)) return `invalid_blocks: ${ajv.errorsText(isForIt.errors)}`;
  if (blocksOf(body).length > 50) return 'invalid_blocks: more than 50';
  const length = textsOf(body).reduce((sum, one) => sum + one.text.length, 0);
  return length > 12_000 ? `msg_blocks_too_long: ${length}` : null;
}

/** The Web API of a workspace: one channel, one token. */
export function slackApi() {
  const posted: SlackBody[] = [];
  const parents = new Set<string>();
  const answer = (body: object) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const no = (error: string) => answer({ ok: false, error });
  return {
    posted,
    parents,
    route({ method, path, headers, body: raw }: Recorded) {
      if (method !== 'POST' || path !== '/api/chat.postMessage') return no('unknown_method');
      if (headers.authorization !== 'Bearer xoxb-1-2-abc') return no('invalid_auth');
      if (headers['content-type'] !== 'application/json; charset=utf-8') return no('invalid_post_type');
      const body = JSON.parse(raw) as SlackBody;
      if (body.channel !== 'C0123' && body.channel !== '#ops') return no('channel_not_found');
      // By name only a public channel is found, and no thread of it.
      if (body.thread_ts !== undefined && !(body.channel === 'C0123' && parents.has(body.thread_ts)))
        return no('thread_not_found');
      const wrong = objection(body, true);
      if (wrong !== null) return no(wrong);
      posted.push(body);
      const ts = `17000000${String(posted.length).padStart(2, '0')}.000100`;
      if (body.thread_ts === undefined) parents.add(ts);
      return answer({ ok: true, channel: 'C0123', ts, message: {} });
    },
  };
}

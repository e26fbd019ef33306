/** Discord as far as it checks what it is sent: its limits as a schema, its channels and threads, and its errors. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Answer, Recorded } from '../local-server.ts';

const text = (max: number) => ({ type: 'string', minLength: 1, maxLength: max, pattern: '\\S' });
const object = (properties: object, required: string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

// https://docs.discord.com/developers/resources/message#embed-object-embed-limits
const embed = object(
  {
    title: text(256),
    url: { type: 'string', pattern: '^https?://', maxLength: 2048 },
    description: text(4096),
    color: { type: 'integer', minimum: 0, maximum: 0xffffff },
    fields: {
      type: 'array',
      maxItems: 25,
      items: object({ name: text(256), value: text(1024), inline: { type: 'boolean' } }, ['name', 'value']),
    },
    footer: object({ text: text(2048) }, ['text']),
    timestamp: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
  },
  ['title', 'description', 'color'],
);
const content = {
  content: text(2000),
  embeds: { type: 'array', minItems: 1, maxItems: 10, items: embed },
  allowed_mentions: object({ parse: { type: 'array', maxItems: 0 } }, ['parse']),
};
const snowflake = { type: 'string', pattern: '^\\d+$' };
const ajv = new Ajv2020({ strict: true, strictRequired: false });
const one = { oneOf: [{ required: ['content'] }, { required: ['embeds'] }] };
const isForWebhook = ajv.compile({ ...object({ ...content, thread_name: text(100) }, ['allowed_mentions']), ...one });
const isForBot = ajv.compile({
  ...object(
    {
      ...content,
      nonce: { type: 'string', minLength: 1, maxLength: 25 },
      enforce_nonce: { const: true },
      message_reference: object({ message_id: snowflake, fail_if_not_exists: { const: false } }, ['message_id']),
    },
    ['allowed_mentions', 'nonce', 'enforce_nonce'],
  ),
  ...one,
});
const isThread = ajv.compile(
  object({ name: text(100), auto_archive_duration: { enum: [60, 1440, 4320, 10080] } }, ['name']),
);

export interface DiscordEmbed {
  title: string;
  url?: string;
  description: string;
  fields?: { name: string; value: string; inline: boolean }[];
  footer?: { text: string };
}
export interface DiscordBody {
  content?: string;
  embeds?: DiscordEmbed[];
  allowed_mentions: { parse: string[] };
  nonce?: string;
  thread_name?: string;
  message_reference?: { message_id: string };
}

/** What Discord would object to, null when nothing. */
export function objection(body: DiscordBody, isFor: typeof isForBot = isForWebhook): string | null {
  if (!isFor(body)) return ajv.errorsText(isFor.errors);
  const length = (body.embeds ?? []).reduce((sum, one) => sum + lengthOf(one), 0);
  return length > 6000 ? `embeds of ${length} characters` : null;
}

function lengthOf({ title, description, fields = [], footer }: DiscordEmbed): number {
  const inFields = fields.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  return title.length + description.length + inFields + (footer?.text.length ?? 0);
}

export interface Posted {
  /** The channel or thread it stands in. */
  place: string;
  id: string;
  body: DiscordBody;
}

export const WEBHOOK_PATH = '/api/webhooks/123/to-ken_';
const CHANNEL = '500';

/** A channel with a webhook and a bot in it. `forum`: it takes posts alone. */
export function discordServer({ forum = false } = {}) {
  const posted: Posted[] = [];
  const threads = new Map<string, string>();
  const refuses = new Set<string>();
  let last = 1000;

  const json = (status: number, body: object): Answer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const no = (status: number, code: number, message: string) => json(status, { message, code });

  function post(place: string, body: DiscordBody): Answer {
    const again = posted.find((one) => body.nonce !== undefined && one.body.nonce === body.nonce);
    const id = again?.id ?? String(++last);
    if (!again) posted.push({ place, id, body });
    return json(200, { id, channel_id: place, type: 0 });
  }

  function webhook(url: URL, body: DiscordBody): Answer | null {
    if (url.pathname !== WEBHOOK_PATH) return no(404, 10015, 'Unknown Webhook');
    const wrong = objection(body);
    if (wrong) return no(400, 50035, `Invalid Form Body: ${wrong}`);
    const thread = url.searchParams.get('thread_id');
    if (thread !== null && body.thread_name !== undefined) return no(400, 220002, 'cannot have both');
    if (thread !== null && !threads.has(thread)) return no(404, 10003, 'Unknown Channel');
    if (forum && thread === null && body.thread_name === undefined)
      return no(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id');
    if (!forum && body.thread_name !== undefined)
      return no(400, 220003, 'Webhooks can only create threads in forum channels');
    const place = thread ?? (body.thread_name === undefined ? CHANNEL : String(++last));
    if (body.thread_name !== undefined) threads.set(place, body.thread_name);
    const answer = post(place, body);
    return url.searchParams.get('wait') === 'true' ? answer : { status: 204 };
  }

  function bot(path: string, { headers, body: raw }: Recorded): Answer {
    const body = JSON.parse(raw) as DiscordBody & { name: string };
    if (headers.authorization !== 'Bot abc.def-g_h') return no(401, 0, '401: Unauthorized');
    if (!/^DiscordBot \(\S+, \S+\)$/.test(headers['user-agent'] ?? '')) return no(403, 40333, 'internal network error');
    const start = /^\/channels\/(\d+)\/messages\/(\d+)\/threads$/.exec(path);
    if (start) return startThread(start[1]!, start[2]!, body);
    const place = /^\/channels\/(\d+)\/messages$/.exec(path)?.[1] ?? '';
    if (place !== CHANNEL && !threads.has(place)) return no(404, 10003, 'Unknown Channel');
    const wrong = objection(body, isForBot);
    return wrong ? no(400, 50035, `Invalid Form Body: ${wrong}`) : post(place, body);
  }

  function startThread(channel: string, message: string, body: { name: string }): Answer {
    if (refuses.has('threads')) return no(403, 50013, 'Missing Permissions');
    if (channel !== CHANNEL || !posted.some(({ id }) => id === message)) return no(404, 10008, 'Unknown Message');
    if (threads.has(message)) return no(400, 160004, 'A thread has already been created for this message');
    if (!isThread(body)) return no(400, 50035, ajv.errorsText(isThread.errors));
    threads.set(message, body.name);
    return json(201, { id: message, type: 11 });
  }

  return {
    posted,
    threads,
    refuses,
    route(request: Recorded): Answer {
      const url = new URL(request.path, 'http://localhost');
      if (request.method !== 'POST') return no(405, 0, '405: Method Not Allowed');
      if (!url.pathname.startsWith('/api/v10/')) return webhook(url, JSON.parse(request.body) as DiscordBody)!;
      return bot(url.pathname.slice('/api/v10'.length), request);
    },
  };
}

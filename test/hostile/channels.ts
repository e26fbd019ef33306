/** What each channel hands on, read as its service and the programs behind it would, and what must not be in it. */
import { load } from 'cheerio';
import { createTransport } from 'nodemailer';
import { expect } from 'vitest';
import type { ChannelRequest, Delivery } from '../../src/channel.ts';
import { mailOf } from '../../src/channels/email-mail.ts';
import { mailSettings } from '../../src/channels/email-settings.ts';
import { expectNoLink } from '../channels/hostile.ts';
import { parsed } from '../channels/mail-server.ts';
import { channelIo } from '../channels/setup.ts';
import { validate } from '../schema.ts';
import { isSound } from './world.ts';

/** A text of a request, by the key it stands under. */
interface Said {
  key: string;
  text: string;
}

function saidIn(value: unknown, key = ''): Said[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => saidIn(inner, Array.isArray(value) ? key : name));
}

function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(objectsIn)];
}

/** No control, no character that steers or hides; what joins is ours. */
export function expectShown(text: string): void {
  expect(text.isWellFormed()).toBe(true);
  expect(text.replaceAll('\n', '')).not.toMatch(
    /[\p{Cc}\p{Zl}\p{Zp}\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/u,
  );
}

/** Of text that its reader's program may look for addresses in. */
function expectInert(text: string): void {
  expectShown(text);
  expectNoLink(text);
}

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** In markup of which `&`, `<` and `>` are all there is. */
function expectEntities(text: string): void {
  expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
  expectInert(decoded(text));
}

// biome-ignore lint/suspicious/noExplicitAny: what a service is sent, each of another shape
type Read = (body: any, delivery: Delivery, request: ChannelRequest) => void;

/** Channels of requests whose services read more than plain text. Any other is taken to show all that it is sent. */
const READERS: Readonly<Record<string, Read>> = {
  slack(body, { message: { url } }) {
    const own = /^<([^<>|]+)(?:\|(?:Open|Read the rest on) the status page)?>$/gm;
    for (const { text } of saidIn(body).filter(({ key }) => key === 'text' || key === 'fallback')) {
      for (const [, address] of text.matchAll(own))
        expect(decoded(address!).replaceAll('%7C', '|')).toBe(url?.replaceAll('%7C', '|'));
      expectEntities(text.replace(own, ''));
    }
    for (const { type, text, verbatim } of objectsIn(body).filter((one) => one.type === 'mrkdwn')) {
      expect([type, verbatim]).toEqual(['mrkdwn', true]);
      const theirs = String(text)
        .replace(own, '')
        .replace(/^(?:\S+ )?\*[A-Z][a-z →]+:?\*(?: |\n)/gm, '');
      expect(theirs).not.toMatch(/[*_~`]|:[^\s:]+:/);
    }
  },
  discord(body, { message: { url } }) {
    expect(body.allowed_mentions).toEqual({ parse: [] });
    for (const { key, text } of saidIn(body)) {
      if (key === 'url') expect(text).toBe(url);
      if (['url', 'timestamp', 'parse'].includes(key)) continue;
      const own =
        /\n(?:\[Read the rest on the status page\]\(<[^<>()\\]+>\)|<[^<>]+>)$|^(?:> |\S+ \*\*[A-Z][a-z →]+:\*\* )/gmu;
      expectInert(text.replace(own, '').replace(/\\(?=[^0-9A-Za-z\s])/g, ''));
      const bare = text.replace(own, '').replace(/\\[^0-9A-Za-z\s]/g, '¤');
      // A footer is no Markdown.
      if (key !== 'text') expect(bare).not.toMatch(/[\\*_~`|<>[\]]|@(?:everyone|here)|^[^\S\n]*(?:[-+#]|\d+\.)/m);
    }
  },
  teams(body, { message: { url } }) {
    const { body: card, actions, fallbackText } = body.attachments[0].content;
    expect((actions ?? []).map((action: { type: string; url: string }) => [action.type, action.url])).toEqual(
      url === null ? [] : [['Action.OpenUrl', url]],
    );
    const shown = saidIn([card, fallbackText]).filter(({ key }) => ['', 'text', 'title', 'value'].includes(key));
    for (const { text } of shown) {
      expectInert(text);
      expect(text).not.toMatch(/\]\(|<[a-z/!]|&[#a-z]|\{\{|~~|(?<!\\)[*`]|^(?:[-+>#|=]|\d+[.)])/i);
    }
  },
  telegram(body, { message: { url } }) {
    const text: string = body.parse_mode === undefined ? escapeHtml(body.text) : body.text;
    const link = /(?:<a href="([^"<>]*)">(?:Open|Read the rest on) the status page<\/a>)$/;
    if (link.test(text)) expect(decoded(link.exec(text)![1]!)).toBe(url);
    const bare = text.replace(link, '').replace(url === null ? '' : `\n${escapeHtml(url)}`, '');
    const plain = bare.replace(/<\/?(?:b|blockquote)>/g, '');
    expect([...bare.matchAll(/<(\/?)(b|blockquote)>/g)].map((tag) => tag[1]! + tag[2]!).join()).toMatch(
      /^(?:(?:b,\/b|blockquote,\/blockquote),?)*$/,
    );
    expectEntities(plain);
    expect(decoded(plain)).not.toMatch(/(?<![\p{L}\p{N}_])[@#$/](?=[\p{L}\p{N}_])/u);
    expect(body.link_preview_options).toEqual({ is_disabled: true });
  },
  ntfy(body, { message: { url } }) {
    expect(body.click ?? null).toBe(body.title === undefined ? null : url);
    expect(
      Object.keys(body).filter((key) => ['actions', 'attach', 'markdown', 'icon', 'email', 'call'].includes(key)),
    ).toEqual([]);
    expectInert(body.title ?? '');
    expectInert(body.message.replace(url === null ? '' : `\n${url}`, ''));
  },
  pagerduty(body, { message: { url } }) {
    for (const { href } of body.links ?? []) expect(href).toBe(url);
    expect(body.images).toBeUndefined();
    const { source: _source, timestamp: _timestamp, class: _class, ...payload } = body.payload;
    for (const { text } of saidIn(payload)) expectInert(text);
  },
  webhook(body, { events }, { headers }) {
    for (const [name, value] of Object.entries(headers!))
      expect(`${name}: ${value}`).toMatch(/^[a-z-]+: [\t\x20-\x7E]+$/);
    expect(body).not.toMatch(/[\0-\x1F]/);
    const { data } = JSON.parse(body);
    if (events.length === 1 && isSound(events[0]!)) expect(validate('event', data)).toEqual([]);
  },
};

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What a channel asked of its service. */
export function readRequests(channel: string, requests: readonly ChannelRequest[], delivery: Delivery): void {
  for (const request of requests) {
    const whole = JSON.parse(JSON.stringify(request.body ?? null));
    const read: Read =
      READERS[channel] ??
      ((body, { message: { url } }) => {
        for (const { text } of saidIn(body)) if (text !== url) expectInert(text.replace(url ?? '', ''));
      });
    read(whole, delivery, request);
  }
}

const MAIL = { host: 'smtp.example.com', from: 'Status <status@example.com>', to: ['ops@example.com'] };
const MAIL_HEADERS =
  /^(?:auto-submitted|content-(?:type|transfer-encoding)|date|from|to|in-reply-to|references|list-id|message-id|mime-version|subject|x-auto-response-suppress|x-pingoru-(?:provider|severity|status|type))$/;

/** The mail as its server gets it. */
export async function readMail(delivery: Delivery): Promise<void> {
  const { url } = delivery.message;
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail(mailOf(delivery, mailSettings(MAIL), channelIo()));
  const raw = (message as Buffer).toString('latin1');
  expect(raw).toMatch(/^(?:[\t\x20-\x7E]{0,998}\r\n)*$/);
  const mail = await parsed(raw);
  expect(mail.headers.map(({ key }) => key).filter((key) => !MAIL_HEADERS.test(key))).toEqual([]);
  expect([mail.to, mail.cc, mail.bcc, mail.attachments]).toEqual([
    [{ address: 'ops@example.com', name: '' }],
    undefined,
    undefined,
    [],
  ]);
  expectShown(mail.subject ?? '');
  expectInert((mail.text ?? '').replaceAll('\r\n', '\n').replace(`\n${url}\n`, '\n'));
  if (mail.html) readHtml(mail.html, url);
}

const TAGS = /^(?:html|head|meta|title|style|body|div|table|tbody|tr|td|p|span|h1|br|a)$/;
const ATTRIBUTES = /^(?:lang|charset|name|content|class|style|role|cellpadding|cellspacing|border|width|align|href)$/;

function readHtml(html: string, url: string | null): void {
  const $ = load(html);
  for (const element of $('*')
    .get()
    .map((one) => $(one))) {
    expect(element.prop('tagName')?.toLowerCase()).toMatch(TAGS);
    for (const name of Object.keys(element.attr() ?? {})) expect(name).toMatch(ATTRIBUTES);
  }
  expect(
    $('a')
      .get()
      .map((one) => $(one).attr('href')),
  ).toEqual(url === null ? [] : [url.replaceAll('"', '%22')]);
  expect(html.match(/<style>/g)).toHaveLength(1);
  $('style').remove();
  for (const text of $('body *, title')
    .contents()
    .get()
    .filter(({ type }) => type === 'text'))
    expectInert($(text).text());
}

/** What a notification daemon is given: two texts, the second of which it reads as markup. */
export function readNotification(args: readonly string[]): void {
  const [title, body, ...options] = args;
  expect(options.filter((_, at) => at % 2 === 0)).toEqual(['--urgency', '--app-name', '--expire-time']);
  for (const text of [title!, body!]) {
    expect(text).not.toMatch(/^-/);
    expectShown(text);
  }
  // notify-send undoes backslashes; what is left of them are line ends.
  expect(body).toMatch(/^(?:[^\\]|\\[\\n"`])*$/s);
  expectEntities(body!.replace(/\\n/g, '\n').replace(/\\(.)/g, '$1'));
}

/** What a program of the user's is given. */
export function readProgram(stdin: string, env: Readonly<Record<string, string>>, { events }: Delivery): void {
  expect(stdin).toMatch(/^[^\0-\x1F]*\n$/);
  const document = JSON.parse(stdin);
  if (events.length === 1 && isSound(events[0]!)) expect(validate('event', document)).toEqual([]);
  expect(Object.keys(env).sort()).toEqual(
    ['DELIVERY_ID', 'PROVIDER', 'SEVERITY', 'TITLE', 'TYPE'].map((name) => `PINGORU_${name}`),
  );
  for (const value of Object.values(env)) expectShown(value.replaceAll('\n', '\0'));
}

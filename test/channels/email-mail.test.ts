/** Mails as they are made, before any server sees them: limits, markup, links, headers. */
import { load } from 'cheerio';
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import type { Delivery, Message } from '../../src/channel.ts';
import { htmlOf } from '../../src/channels/email-html.ts';
import { letterOf, textOf } from '../../src/channels/email-letter.ts';
import { mailOf } from '../../src/channels/email-mail.ts';
import { mailSettings } from '../../src/channels/email-settings.ts';
import { ConfigError } from '../../src/errors.ts';
import { digestOf, messageOf } from '../../src/message.ts';
import { eventOf } from '../incidents.ts';
import { parsed } from './mail-server.ts';
import { CASES, channelIo, deliveryOf, hostileEvent, PAYLOADS, STORY } from './setup.ts';

const SETTINGS = {
  host: 'smtp.example.com',
  from: 'Status <status@example.com>',
  to: ['ops@example.com', 'cto@example.com'],
};
const HEADERS = [
  'auto-submitted',
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'in-reply-to',
  'list-id',
  'message-id',
  'mime-version',
  'references',
  'subject',
  'to',
  'x-auto-response-suppress',
  'x-pingoru-provider',
  'x-pingoru-severity',
  'x-pingoru-status',
  'x-pingoru-type',
];

async function made(delivery: Delivery) {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail(mailOf(delivery, mailSettings(SETTINGS), channelIo()));
  const raw = (message as Buffer).toString('latin1');
  return { raw, mail: await parsed(raw) };
}

/** What a chat, a browser or a mail program makes a link of by itself. */
const LIVE =
  /\b(?:https?|ftp|mailto|javascript|data|tel):[^\s\u2060…]|[\p{L}\p{N}_-]\.\p{L}{2}|[\p{L}\p{N}._%+-]@[\p{L}\p{N}]/iu;
const TAGS = new Set([
  'html',
  'head',
  'meta',
  'title',
  'style',
  'body',
  'div',
  'table',
  'tbody',
  'tr',
  'td',
  'p',
  'span',
  'h1',
  'br',
  'a',
]);
const ATTRIBUTES = new Set(
  'lang charset name content class style role cellpadding cellspacing border width align href'.split(' '),
);

function checkHtml(html: string, url: string | null): void {
  expect(Buffer.byteLength(html)).toBeLessThan(102_400);
  const $ = load(html);
  for (const element of $('*').get() as { tagName: string; attribs: object }[]) {
    expect(TAGS).toContain(element.tagName);
    for (const name of Object.keys(element.attribs)) expect(ATTRIBUTES).toContain(name);
  }
  expect($('a').length).toBe(url === null ? 0 : 1);
  if (url !== null) expect(new URL($('a').attr('href')!).href).toBe(new URL(url).href);
  expect($.root().html()).toContain('<style>');
  for (const style of [
    $('style').text(),
    ...$('[style]')
      .map((_, one) => $(one).attr('style'))
      .get(),
  ])
    expect(style).not.toMatch(/url\(|@import|expression/i);
  $('style').remove();
  // Each block by itself: side by side in the source they stand apart on the screen.
  for (const block of $('title, div, p, h1, td:not(:has(td, p))').get()) expect($(block).text()).not.toMatch(LIVE);
}

function checkText(text: string, url: string | null): void {
  const lines = text.split('\n');
  if (url !== null) expect(lines.filter((line) => line === url)).toHaveLength(1);
  expect(lines.filter((line) => line !== url).join('\n')).not.toMatch(LIVE);
  expect(text).not.toMatch(/[\0-\x09\x0B-\x1F\x7F-\x9F\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
}

async function check(delivery: Delivery): Promise<void> {
  const { raw, mail } = await made(delivery);
  for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  expect(raw).not.toMatch(/[^\r]\n|\r[^\n]|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\xFF]/);
  expect(mail.headers.map(({ key }) => key).filter((key) => !HEADERS.includes(key))).toEqual([]);
  expect(new Set(mail.headers.map(({ key }) => key)).size).toBe(mail.headers.length);
  expect([mail.from, ...mail.to!].map((one) => one?.address)).toEqual(['status@example.com', ...SETTINGS.to]);
  expect(mail.messageId).toBe(`<${delivery.id}@example.com>`);
  expect(mail.subject!.length).toBeLessThanOrEqual(200);
  expect(mail.subject).not.toMatch(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
  checkText(mail.text!.replaceAll('\r\n', '\n'), delivery.message.url);
  checkHtml(mail.html!, delivery.message.url);
}

/** A delivery whose every text is one of the three; with `told` 2 a digest's list instead of components. */
function hostileDelivery(
  [a, b, c]: readonly [string, string, string],
  url: string | null,
  count: number,
  told: number,
) {
  const labels = Array.from({ length: count }, (_, index) => `${a.slice(0, 5000)} ${index}`);
  const components = labels.map((label) => ({ label, status: 'partial outage', severity: 'major' as const }));
  const message: Message = {
    ...messageOf(hostileEvent('x')),
    title: c,
    provider: a,
    line: b,
    body: told === 2 ? '' : c,
    url: url === null ? null : new URL(url).href,
    components: told === 2 ? [] : components,
    changes: told === 2 ? [] : components.slice(0, 5).map((one) => ({ ...one, status: `operational → ${one.status}` })),
    items: told === 2 ? labels : [],
    facts: told === 2 ? [] : [{ label: 'Status', value: a }, ...[1, 2, 3, 4, 5].map(() => ({ label: c, value: b }))],
  };
  return deliveryOf(hostileEvent(a.slice(0, 500)), { message, story: { ...STORY, title: `${a}: ${c}`, told } });
}

describe('what a vendor says', () => {
  test.each(PAYLOADS)('test 79: %j adds no header, no recipient, no markup and no link', async (text) => {
    const event = hostileEvent(text);
    const story = { ...STORY, title: `${text}: ${text}`, told: 1 };
    await check(deliveryOf(event, { story }));
    await check({ ...deliveryOf(event), message: digestOf([event, event, hostileEvent(`${text}2`)]), story: null });
  });

  test('test 79: neither does anything else, however long', async () => {
    const some = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.constantFrom(...PAYLOADS),
      fc.constantFrom(
        '&',
        '<',
        '"',
        '👨‍👩‍👧‍👦',
        'word ',
        'é\u0301',
        '\n',
        '\r\nBcc: evil@evil.example',
        'https://evil.example/',
      ),
    );
    const text = fc.tuple(some, fc.constantFrom(1, 1, 20, 200)).map(([one, times]) => one.repeat(times));
    const url = fc.constantFrom(
      null,
      'https://status.example.com/i/1?a="&b=<x>\'',
      `https://status.example.com/${'é'.repeat(300)}`,
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, url, fc.nat(12), fc.nat(2), async (a, b, c, address, count, told) => {
        await check(hostileDelivery([a, b, c], address, count, told));
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  test.each(['&', '<', '"', 'é', '👨‍👩‍👧‍👦', 'word & ', '<@&1>\n'])(
    'of %j without end the mail still is no longer than Gmail shows',
    async (unit) => {
      const text = unit.repeat(20_000);
      for (const told of [1, 2])
        await check(hostileDelivery([text, text, text], 'https://status.example.com/', 200, told));
    },
  );

  test('an address stays inside its attribute, whatever it is', () => {
    const url = 'https://status.example.com/"onmouseover="alert(1)"><img src=x>&amp;';
    const $ = load(htmlOf({ ...letterOf(CASES.opened!()), url }));
    expect(Object.keys($('a').attr()!)).toEqual(['href', 'style']);
    expect($('img').length).toBe(0);
    expect($('a').attr('href')).toBe(url.replaceAll('"', '%22'));
  });

  test('nothing of it is lost that fits', async () => {
    const body = 'First <b>line</b> & more.\n- one\n- two\n\nSecond "paragraph" = 100 % — größer';
    const { mail } = await made(
      deliveryOf(eventOf('incident.opened', { ...hostileEvent('x').incident!, title: 'A & B' }), {
        message: { ...messageOf(hostileEvent('x')), body },
      }),
    );
    expect(mail.text).toContain(body);
    const $ = load(mail.html!);
    expect(
      $('p')
        .get()
        .map((one) => $(one).text()),
    ).toContain('First <b>line</b> & more.- one- two');
    expect(mail.html).toContain('Second "paragraph" = 100 % — größer');
  });
});

describe('the form', () => {
  test('a component says where it came from when that is news, and a long list its length', () => {
    const components = Array.from({ length: 60 }, (_, index) => ({
      label: `Part: ${index}`,
      status: 'partial outage',
      severity: 'major' as const,
    }));
    const changes = [{ ...components[1]!, status: 'operational → partial outage' }];
    const message = { ...messageOf(hostileEvent('x')), components, changes };
    const { rows } = letterOf({ ...CASES.opened!(), message });
    expect(rows).toHaveLength(30);
    expect(rows.slice(0, 2).map(({ label, status }) => `${label} | ${status}`)).toEqual([
      'Part: 1 | operational → partial outage',
      'Part: 0 | partial outage',
    ]);
    expect(rows.at(-1)).toMatchObject({ label: 'and 31 more', status: 'on the status page' });
  });

  test('nothing is said twice: not the status, not the link, not the list of components', () => {
    const { facts } = letterOf(CASES.resolved!());
    expect(facts.map(({ label }) => label)).toEqual(['Impact', 'Started', 'Resolved', 'Duration', 'Affected']);
    const open = letterOf(CASES.opened!());
    expect([open.rows.length, open.facts.map(({ label }) => label)]).toEqual([8, ['Impact', 'Started', 'So far']]);
    expect(letterOf(CASES.readable!()).facts).toEqual([]);
    expect(textOf(letterOf(CASES.component!()))).toMatch(/^Clerk changed Services \(Search\) from .*\.\n\nhttps:/);
  });

  test('each severity can be told from its ground, on white and on black', () => {
    const html = htmlOf(letterOf(CASES.opened!()));
    const onBlack = [...html.matchAll(/\.(\w+)\{color:(#\w{6})!important\}/g)].map((match) => match[2]!);
    expect(onBlack.length).toBeGreaterThan(8);
    for (const colour of onBlack) {
      expect(contrast(colour, '#1c2127')).toBeGreaterThan(4.5);
    }
    for (const severity of ['info', 'good', 'minor', 'major', 'critical', 'maintenance', 'unknown'] as const) {
      const page = htmlOf({ ...letterOf(CASES.opened!()), severity });
      const [, onWhite] = new RegExp(`<span class="${severity}" style="color:(#\\w{6})`).exec(page)!;
      expect(contrast(onWhite!, '#ffffff')).toBeGreaterThan(4.5);
    }
  });
});

/** https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map(luminance).sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('settings', () => {
  const read = (settings: Record<string, unknown>) => mailSettings({ ...SETTINGS, ...settings });
  const oauth = { user: 'me', clientId: 'app', refreshToken: 'canary' };

  test.each([
    [{ host: 'smtp.example.com:587' }, '"host" must be the name of a mail server alone'],
    [{ host: 'smtp://smtp.example.com' }, '"host" must be the name of a mail server alone'],
    [{ host: 'smtp.example.com\r\nx' }, '"host" must be the name of a mail server alone'],
    [{ port: 0 }, '"port" must be a whole number from 1 to 65535'],
    [{ port: 25.5 }, '"port" must be a whole number from 1 to 65535'],
    [{ timeout: 0.5 }, '"timeout" must be between 1 and 300 seconds'],
    [{ from: 'nobody' }, '"from" has "nobody", which is no address: write it as ops@example.com, one by one'],
    [{ from: 'Status <status@example.com> <evil@evil.example>' }, '"from" has'],
    [{ from: 'status@localhost.' }, '"from" has'],
    [{ to: ['a@example.com\r\nRCPT TO:<evil@example.com>'] }, '"to" has "a@example.com RCPT TO:<evil@example.com>"'],
    [{ to: ['a@example.com, b@example.com'] }, '"to" has "a@example.com, b@example.com"'],
    [{ to: ['a@example.com', 'b@'] }, '"to" has "b@"'],
    [{ to: ['a@[127.0.0.1]'] }, '"to" has'],
    [{ to: ['"a b"@example.com'] }, '"to" has'],
    [{ to: ['a@b@example.com'] }, '"to" has'],
    [{ to: ['x\u202E <a@example.com>'] }, '"to" has'],
    [{ to: ['x\nBcc: evil@evil.example <a@example.com>'] }, '"to" has'],
    [{ to: [`${'a'.repeat(65)}@example.com`] }, '"to" has'],
    [{ to: Array.from({ length: 51 }, (_, index) => `a${index}@example.com`) }, '"to" has more than 50 addresses'],
    [{ domain: 'no domain' }, '"domain" must have the name of a domain, as example.com'],
    [{ domain: '10.0.0.1' }, '"domain" must have'],
    [{ user: 'me' }, '"user" is given, but nothing to sign in with: give "password", or OAuth 2\'s "refreshToken"'],
    [{ password: 'canary' }, '"user" is missing: "password" signs somebody in'],
    [{ user: 'me\r\nx', password: 'canary' }, '"user" must be one line'],
    [{ user: 'me', password: 'canary', accessToken: 'canary' }, '"password" and "accessToken" cannot both be given'],
    [{ ...oauth, password: 'canary' }, '"password" and "clientId" cannot both be given'],
    [{ ...oauth, clientId: '' }, '"clientId" is missing'],
    [
      { user: 'me', clientId: 'app' },
      '"refreshToken" is missing; where the application signs in as itself, give "clientSecret" and "scope"',
    ],
    [oauth, '"accessUrl" must be a whole address that begins with https://, as https://login.microsoftonline.com/'],
    [{ ...oauth, accessUrl: 'http://login.example.com/token' }, '"accessUrl" must begin with https://'],
    [{ ...oauth, accessUrl: 'http://localhost.evil.example/token' }, '"accessUrl" must begin with https://'],
  ])('%j is refused, and nothing secret is quoted', (settings, words) => {
    let error: unknown;
    try {
      read(settings);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toContain(words);
    expect((error as Error).message).not.toMatch(/canary|\n/);
  });

  test.each([
    [{}, 587, 'starttls'],
    [{ port: 25 }, 25, 'starttls'],
    [{ port: 465 }, 465, 'implicit'],
    [{ tls: 'implicit' }, 465, 'implicit'],
    [{ tls: 'implicit', port: 2465 }, 2465, 'implicit'],
    [{ tls: 'starttls', port: 465 }, 465, 'starttls'],
    [{ host: 'localhost', port: 25 }, 25, 'none'],
    [{ host: '127.0.0.2' }, 587, 'none'],
    [{ host: '[::1]' }, 587, 'none'],
    [{ host: 'localhost', tls: 'starttls' }, 587, 'starttls'],
    [{ host: 'localhost.example.com' }, 587, 'starttls'],
    [{ host: '10.0.0.1', port: 25 }, 25, 'starttls'],
  ])('of %j the port is %i, and it is %s', (settings, port, tls) => {
    expect(read(settings)).toMatchObject({ port, tls });
  });

  test('addresses are what people write', () => {
    const to = [
      'Ops Team <ops+status@example.co.uk>',
      '"On-call, EU" <oncall@example.com>',
      "o'neil_x@größe.example",
      'root@localhost',
    ];
    expect(read({ to }).to).toEqual([
      { name: 'Ops Team', address: 'ops+status@example.co.uk' },
      { name: 'On-call, EU', address: 'oncall@example.com' },
      { name: '', address: "o'neil_x@größe.example" },
      { name: '', address: 'root@localhost' },
    ]);
    expect(read({ from: 'status@example.com' }).from.name).toBe('pingoru');
    expect(read({ from: 'x@größe.example' }).domain).toBe('xn--gre-6ka8i.example');
    expect(read({ domain: 'status.example.org' }).domain).toBe('status.example.org');
  });

  test('Gmail’s tokens are asked where Gmail gives them', () => {
    expect(read({ ...oauth, host: 'smtp.gmail.com' }).signIn).toMatchObject({
      how: 'grant',
      accessUrl: 'https://oauth2.googleapis.com/token',
    });
  });
});

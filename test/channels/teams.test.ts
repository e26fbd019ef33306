import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { teams } from '../../src/channels/teams.ts';
import { literal } from '../../src/channels/teams-card.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { startServer } from '../local-server.ts';
import { cardErrors } from './adaptive-card.ts';
import { expectNoLink, failuresOf, hostileDelivery, refusedSettings } from './hostile.ts';
import { CASES, channelIo, deliveryOf, wireOf } from './setup.ts';

const SETTINGS = {
  url: 'https://prod-12.westeurope.logic.azure.com:443/workflows/0aa1bb2cc3/triggers/x?sig=not-a-real-one',
};
const TAKEN = { status: 202 };
const JOINER = '\u2060';

async function cardOf(delivery: Delivery): Promise<unknown> {
  const { requests } = await wireOf(teams, SETTINGS, TAKEN, delivery);
  return requests[0]!.body;
}

/** Every text of a card that Teams reads as Markdown. */
function textsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && /^(?:text|title|value|fallbackText)$/.test(key) ? [inner] : textsOf(inner),
  );
}

/** What would be more than text in the Markdown of any of Teams' apps. */
const MARKUP: readonly [string, RegExp][] = [
  ['emphasis or code', /(?<!\\)[*`]|(?<![\p{L}\p{N}\\])_|(?<!\\)_(?![\p{L}\p{N}])/u],
  ["a backslash of the vendor's", /\\(?![*`_\u2060])/],
  ['a link, its address, or a picture', /\](?!\u2060)/],
  ['HTML, a mention, or an address in angle brackets', /<(?!\u2060)/],
  ['an entity', /&[#\p{L}]/u],
  ['strikethrough', /~~/],
  ['a date of Adaptive Cards', /\{\{/],
  ['a list, a heading, a quotation, a rule or a table', /^(?:[-+>#|=]|\d+[.)]|\s)/],
  ['a line end', /\n/],
];

test('test 70: every case is a card of Adaptive Cards 1.4 in the envelope of a workflow', async () => {
  for (const delivery of Object.values(CASES)) expect(cardErrors(await cardOf(delivery()))).toEqual([]);
});

test('test 70: the schema refuses what Teams would drop unseen', async () => {
  const card = JSON.stringify(await cardOf(CASES.updated!()));
  const broken: [string, string][] = [
    ['"version":"1.4"', '"version":"1.6"'],
    ['"type":"AdaptiveCard"', '"type":"Card"'],
    ['"type":"FactSet"', '"type":"Table"'],
    ['"wrap":true', '"wrap":"true"'],
    ['"weight":"bolder"', '"weight":"bold"'],
    ['"style":"emphasis"', '"style":"orange"'],
    ['"contentUrl":null,', ''],
    ['"attachments":', '"cards":'],
    ['"url":"https:', '"url":"javascript:'],
  ];
  for (const [right, wrong] of broken) {
    expect(card).toContain(right);
    expect(cardErrors(JSON.parse(card.replace(right, wrong)))).not.toEqual([]);
  }
});

test('tests 70 and 73: whatever a vendor writes is a valid card of at most 20,480 bytes that shows it literally', async () => {
  const check = async (delivery: Delivery) => {
    const body = await cardOf(delivery);
    expect(cardErrors(body)).toEqual([]);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(20_480);
    for (const text of textsOf(body)) {
      expect(text.isWellFormed()).toBe(true);
      expectNoLink(text);
      for (const [name, markup] of MARKUP) expect({ [name]: markup.exec(text)?.[0] ?? null }).toEqual({ [name]: null });
    }
    expect(JSON.stringify(body).match(/"url":"[^"]*"/g) ?? []).toEqual(
      delivery.message.url === null ? [] : [`"url":"${delivery.message.url}"`],
    );
  };
  await fc.assert(fc.asyncProperty(hostileDelivery, check), { numRuns: 500 });
});

test.each([
  ['**bold** and _under_ of FAPI_x', '\\*\\*bold\\*\\* and \\_under\\_ of FAPI_x'],
  ['[x](javascript:alert(1))', `[x]${JOINER}(javascript:${JOINER}alert(1))`],
  ['[x]: https://evil.example', `[x]${JOINER}: https:${JOINER}//evil.${JOINER}example`],
  ['<at>everyone</at> <b>', `<${JOINER}at>everyone<${JOINER}/at> <${JOINER}b>`],
  ['R&D, &amp; & &#42;', `R&${JOINER}D, &${JOINER}amp; & &${JOINER}#42;`],
  ['`code` ~~x~~ C:\\*', `\\\`code\\\` ~${JOINER}~x~${JOINER}~ C:\\${JOINER}\\*`],
  ['- 5 nodes', `${JOINER}- 5 nodes`],
  ['10. March', `${JOINER}10. March`],
  ['# 1', `${JOINER}# 1`],
  ['{{DATE(2026-03-10T00:00:00Z)}}', `{${JOINER}{DATE(2026-03-10T00:00:00Z)}}`],
  ['500 errors - 5 < 6 (all)', '500 errors - 5 <\u2060 6 (all)'],
])('test 73: %s', (words, escaped) => {
  expect(literal(words)).toBe(escaped);
});

test('test 57: a card is accepted, never delivered: the workflow answers before Teams has seen it', async () => {
  const { receipt } = await wireOf(teams, SETTINGS, TAKEN, CASES.opened!());
  expect(receipt.outcome).toBe('accepted');
});

test('a post longer than Teams takes is cut from its end, and says so; what changed and the link stay', async () => {
  const incident = clerkIncident(1);
  const lines = Array.from({ length: 300 }, (_, index) => `Line ${index} of what we know so far, and it is not much`);
  const event = eventOf('incident.opened', {
    ...incident,
    updates: [{ ...incident.updates[0]!, body: lines.join('\n') }],
  });
  const body = await cardOf(deliveryOf(event));
  const json = JSON.stringify(body);
  expect(Buffer.byteLength(json)).toBeGreaterThan(20_000);
  expect(textsOf(body)).toEqual(expect.arrayContaining([lines[0], '…', 'investigating']));
  expect(json).toContain('"title":"Read the rest on the status page"');
  expect(json).toContain('"title":"Degraded performance"');
  expect(json).not.toContain(lines[299]!);
});

test('a digest names 40 incidents, and of 1,000 as many as fit', async () => {
  const digest = (count: number): Delivery => {
    const items = Array.from({ length: count }, (_, id) => `Clerk: incident number ${id} (monitoring)`);
    return { ...CASES.digest!(), message: { ...CASES.digest!().message, items } };
  };
  const few = textsOf(await cardOf(digest(40)));
  for (let id = 0; id < 40; id++) expect(few).toContain(`• Clerk: incident number ${id} (monitoring)`);
  const many = textsOf(await cardOf(digest(1000)));
  const shown = many.filter((text) => text.startsWith('•')).length;
  expect(shown).toBeGreaterThan(150);
  expect(many.at(-1)).toBe(`and ${1000 - shown} more`);
});

test.each([
  'https://acme.webhook.office.com/webhookb2/secret-part@x/IncomingWebhook/y/z',
  'https://outlook.office.com/webhook/secret-part',
  'https://outlook.office365.com/webhook/secret-part',
])('test 71: %s is of a retired connector, and the way on is told', (url) => {
  const reason = refusedSettings(teams, { url });
  expect(reason).toMatch(
    /an Office 365 connector, which Microsoft has retired: .*Workflows.*give the address that it shows/,
  );
  expect(reason).not.toContain('secret-part');
});

test.each([
  ['plain http', 'http://prod-12.logic.azure.com/workflows/secret-part', /must begin with https:/],
  ['no address', 'secret-part', /must be a whole address/],
  ['a password in it', 'https://u:secret-part@prod-12.logic.azure.com/', /without a user name/],
])('refuses %s where it is configured, without quoting it', (_, url, words) => {
  const reason = refusedSettings(teams, { url });
  expect(reason).toMatch(words);
  expect(reason).not.toContain('secret-part');
});

test('takes every host that workflows are seen on', () => {
  for (const host of [
    'x.environment.api.powerplatform.com',
    'api.powerautomate.com',
    'acme.azure-api.net',
    'notwebhook.office.com.example',
  ])
    expect(() => teams.connect({ url: `https://${host}/w?sig=x` }, channelIo())).not.toThrow();
});

test('test 72: a refusal of Teams within a 200 is that refusal', async () => {
  const within = (status: number) => {
    const body = `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId x.`;
    return wireOf(teams, SETTINGS, { status: 200, headers: { 'retry-after': '17' }, body }, CASES.opened!());
  };
  await expect(within(429)).rejects.toMatchObject({ details: { permanent: false, status: 429, retryAfterMs: 17_000 } });
  await expect(within(413)).rejects.toMatchObject({ details: { permanent: 'message', status: 413 } });
  await expect(within(503)).rejects.toMatchObject({ details: { permanent: false, status: 503 } });
});

test.each([
  [400, '{"error":{"code":"WorkflowTriggerIsNotEnabled"}}', /\(HTTP 400\): the workflow is switched off/],
  [
    401,
    '{"error":{"code":"DirectApiAuthorizationRequired"}}',
    /\(HTTP 401\): the workflow must let "Anyone" trigger it/,
  ],
  [404, '{"error":{"code":"WorkflowNotFound"}}', /\(HTTP 404\): the workflow is gone/],
])('HTTP %i %s is final for the channel, and says what to do', async (status, body, words) => {
  await expect(wireOf(teams, SETTINGS, { status, body }, CASES.opened!())).rejects.toMatchObject({
    message: expect.stringMatching(words),
    details: { permanent: 'channel', status },
  });
});

test('posts JSON to the whole address, query included', async () => {
  const server = await startServer({ '*': { status: 202 } });
  onTestFinished(() => server.close());
  await teams.connect(
    { url: `${server.url}/workflows/w?api-version=1&sp=%2Ftriggers&sig=abc` },
    channelIo(),
  )(CASES.opened!());
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/workflows/w?api-version=1&sp=%2Ftriggers&sig=abc',
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
});

test('test 60: no part of the address shows in any failure', async () => {
  const url = (server: string) => `${server}/workflows/canary0123456789/paths/invoke?sig=canary-signature`;
  for (const told of await failuresOf(teams, (server) => ({ url: url(server) }))) expect(told).not.toMatch(/canary/);
});

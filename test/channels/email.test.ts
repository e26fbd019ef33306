import { describe, expect, onTestFinished, test } from 'vitest';
import type { ChannelIo, Delivery, Receipt } from '../../src/channel.ts';
import { email } from '../../src/channels/email.ts';
import { DeliveryError } from '../../src/errors.ts';
import { clerkIncident, eventOf } from '../incidents.ts';
import { startServer } from '../local-server.ts';
import { type MailServer, mailServer, parsed, STEPS, scriptedServer, trust } from './mail-server.ts';
import { CASES, channelIo, deliveryOf, expectFixture, fixtureOf, hostileEvent, NOW, STORY } from './setup.ts';

const BASIC = { host: '127.0.0.1', from: 'status@example.com', to: ['ops@example.com'] };

function send(settings: Record<string, unknown>, delivery = CASES.opened!(), io: Partial<ChannelIo> = {}) {
  return email.connect({ ...BASIC, ...settings }, channelIo(io))(delivery);
}

async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.catch((thrown: unknown) => thrown);
  if (!(error instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${JSON.stringify(error)}`);
  return error;
}

/** `final for` of a failure, and its words without the port. */
async function outcome(sending: Promise<unknown>): Promise<[unknown, string]> {
  const { details, message } = await failureOf(sending);
  expect(message).not.toContain('\n');
  return [details.permanent, message.replace(/:\d+ /, ' ')];
}

/** The mail that one delivery becomes. */
async function mailed(server: MailServer, delivery: Delivery, settings: Record<string, unknown> = {}) {
  const receipt = await send({ port: server.port, ...settings }, delivery);
  const { raw, ...envelope } = server.received.at(-1)!;
  return { receipt, envelope, raw, mail: await parsed(raw) };
}

describe('a mail', () => {
  test.each(Object.keys(CASES))('says "%s" as its fixture has it', async (one) => {
    const server = await mailServer();
    const { envelope, mail } = await mailed(server, CASES[one]!(), fixtureOf('email').settings);
    // The boundary is another one each time.
    const headers = mail.headers.filter(({ key }) => !['content-type', 'content-transfer-encoding'].includes(key));
    expectFixture('email', one, {
      envelope: { from: envelope.from, to: envelope.to },
      headers: { ...Object.fromEntries(headers.map(({ key, value }) => [key, value])), subject: mail.subject },
      text: mail.text?.split('\n'),
      html: mail.html?.split('\n') ?? null,
    });
  });

  test('test 78: those of a story are one conversation, each with an id of its own', async () => {
    const server = await mailServer();
    const types = [
      'incident.opened',
      'incident.updated',
      'incident.updated',
      'incident.updated',
      'incident.resolved',
    ] as const;
    let memory: Record<string, string> = {};
    for (const [told, type] of types.entries()) {
      // The vendor writes another title later.
      const incident = { ...clerkIncident(told + 1), title: told < 2 ? 'Slow sign-in' : 'Slow sign-in, now in the EU' };
      const story = { ...STORY, title: 'Clerk: Slow sign-in', told, memory };
      const delivery = deliveryOf(eventOf(type, incident), { id: `dlv_${told}_0123456789`, story });
      memory = (await send({ port: server.port }, delivery)).memory!;
    }
    const mails = await Promise.all(server.received.map(({ raw }) => parsed(raw)));
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[Clerk] Slow sign-in',
      ...Array.from({ length: 4 }, () => 'Re: [Clerk] Slow sign-in'),
    ]);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(5);
    expect(new Set(mails.map(({ references }) => references))).toEqual(new Set([`<story.${STORY.key}@example.com>`]));
    expect(new Set(mails.map(({ inReplyTo }) => inReplyTo))).toEqual(new Set([`<story.${STORY.key}@example.com>`]));
    expect(mails.at(-1)!.html).toContain('Slow sign-in, now in the EU');
  });

  test('test 78: the id is the same on a retry, and the subject though the provider was renamed', async () => {
    const server = await mailServer();
    const first = await mailed(server, CASES.opened!());
    const second = await mailed(server, CASES.opened!());
    expect(first.mail.messageId).toBe('<dlv_0123456789abcdefghij@example.com>');
    expect(second.mail.messageId).toBe(first.mail.messageId);
    const renamed = eventOf('incident.updated', clerkIncident(2), {
      provider: { id: 'clerk', name: 'Clerk Inc.', url: 'https://status.clerk.com/', platform: null },
    });
    const story = { ...deliveryOf(renamed).story!, told: 1, memory: first.receipt.memory! };
    const { mail } = await mailed(server, deliveryOf(renamed, { story }));
    expect(mail.subject).toBe(`Re: ${first.mail.subject}`);
  });

  test('two incidents of one title are two conversations', async () => {
    const server = await mailServer();
    const other = { ...CASES.opened!().story!, key: 'An0therSt0ryOfClerk1' };
    const first = await mailed(server, CASES.opened!());
    const second = await mailed(server, { ...CASES.opened!(), story: other });
    expect(second.mail.references).not.toBe(first.mail.references);
  });

  test('test 80: it says that a program wrote it, for which list, when, and in lines that every server takes', async () => {
    const server = await mailServer();
    for (const make of Object.values(CASES)) {
      const { raw, mail } = await mailed(server, make());
      const header = (key: string) => mail.headers.find((one) => one.key === key)?.value;
      expect(header('auto-submitted')).toBe('auto-generated');
      expect(header('list-id')).toMatch(/^"[\x20-\x7E]+" <(?:[a-z0-9-]+\.)?pingoru\.example\.com>$/);
      expect(header('mime-version')).toBe('1.0');
      expect(new Date(mail.date!).getTime()).toBe(NOW.getTime());
      for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
      expect(raw).not.toMatch(/[^\r]\n|\r[^\n]|[\x80-\xFF]/);
    }
  });

  test('test 79: line ends in a vendor’s words add no recipient and no header on their way', async () => {
    const server = await mailServer();
    for (const text of [
      'x\r\nBcc: evil@evil.example\r\n\r\nbody',
      '.\r\nRCPT TO:<evil@evil.example>',
      '\r\n.\r\nQUIT',
    ]) {
      const event = hostileEvent(text);
      const { envelope, mail } = await mailed(
        server,
        deliveryOf(event, { story: { ...STORY, title: `${text}: ${text}` } }),
      );
      expect(envelope).toMatchObject({ from: 'status@example.com', to: ['ops@example.com'] });
      expect(mail.bcc).toBeUndefined();
      expect(mail.headers.filter(({ key }) => key === 'subject')).toHaveLength(1);
      expect(mail.text).toContain('So far: 24 m');
    }
    expect(server.received).toHaveLength(3);
  });

  test('without form it is its words alone', async () => {
    const server = await mailServer();
    const { mail, raw } = await mailed(server, CASES.plain!());
    expect(mail.html).toBeUndefined();
    expect(raw).toMatch(/^Content-Type: text\/plain; charset=utf-8/m);
    expect(mail.text).toContain('We are looking into it.');
  });

  test('to several it is one mail, and one that some refuse is delivered, and says to whom not', async () => {
    const server = await mailServer({
      onRcptTo({ address }, _, done) {
        if (!address.startsWith('gone')) return done();
        done(Object.assign(new Error('5.1.1 no such user'), { responseCode: 550 }));
      },
    });
    const to = ['Ops <ops@example.com>', 'gone@example.com', 'cto@example.com'];
    const { receipt, envelope, mail } = await mailed(server, CASES.opened!(), { to });
    expect(envelope.to).toEqual(['ops@example.com', 'cto@example.com']);
    expect(mail.to?.map(({ name, address }) => [name, address])).toEqual([
      ['Ops', 'ops@example.com'],
      ['', 'gone@example.com'],
      ['', 'cto@example.com'],
    ]);
    expect(receipt).toEqual({
      outcome: 'delivered',
      detail: 'taken for 2 of 3 recipients (250 queued as 4711); not for gone@example.com: 550 5.1.1 no such user',
      unreached: 'not for gone@example.com: 550 5.1.1 no such user',
      memory: { subject: '[Clerk] Increased latency & 500 Errors on FAPI/BAPI' },
    } satisfies Receipt);
    expect(await outcome(send({ port: server.port, to: ['gone@example.com', 'gone2@example.com'] }))).toEqual([
      'message',
      'the mail server 127.0.0.1 refused every recipient: 550 5.1.1 no such user',
    ]);
  });
});

describe('a refusal', () => {
  test.each([
    ['greeting', '421 4.3.2 busy', false, 'asks to try again later: 421 4.3.2 busy'],
    ['greeting', '554 5.7.1 not you', false, 'wants nothing of us: 554 5.7.1 not you'],
    ['EHLO', '421 4.7.0 slow down', false, 'asks to try again later: 421 4.7.0 slow down'],
    ['AUTH', '454 4.7.0 later', false, 'lets nobody in for now: 454 4.7.0 later'],
    ['AUTH', '535 5.7.8 wrong', 'channel', 'does not let us in: 535 5.7.8 wrong'],
    ['AUTH', '534 5.7.9 app password required', 'channel', 'does not let us in: 534 5.7.9 app password required'],
    ['AUTH', '503 5.5.1 no AUTH here', 'channel', 'does not let us in: 503 5.5.1 no AUTH here'],
    ['MAIL', '450 4.1.8 later', false, 'asks to try again later: 450 4.1.8 later'],
    ['MAIL', '550 5.1.8 who are you', 'message', 'refused the sender: 550 5.1.8 who are you'],
    ['MAIL', '530 5.7.0 sign in first', 'channel', 'refused the sender: 530 5.7.0 sign in first'],
    ['MAIL', '503 5.5.1 order', false, 'refused the sender: 503 5.5.1 order'],
    ['RCPT', '450 4.2.0 greylisted', false, 'asks to try again later: 450 4.2.0 greylisted'],
    ['RCPT', '550 5.1.1 no such user', 'message', 'refused every recipient: 550 5.1.1 no such user'],
    ['DATA', '451 4.3.0 later', false, 'asks to try again later: 451 4.3.0 later'],
    ['DATA', '554 5.5.1 no', 'message', 'refused the message: 554 5.5.1 no'],
    ['end of DATA', '452 4.3.1 full', false, 'asks to try again later: 452 4.3.1 full'],
    ['end of DATA', '550 5.7.1 spam', 'message', 'refused the message: 550 5.7.1 spam'],
    ['end of DATA', '552 5.3.4 too big', 'message', 'refused the message: 552 5.3.4 too big'],
  ] as const)('test 81: at %s with %s is final for: %s', async (step, reply, permanent, words) => {
    const { port } = await scriptedServer({ [step]: reply });
    const found = await outcome(send({ port, user: 'me', password: 'canary' }));
    expect(found).toEqual([permanent, `the mail server 127.0.0.1 ${words}`]);
  });

  test.each([
    ['AUTH', '535 5.7.3 Authentication unsuccessful: 5.7.139 SmtpClientAuthentication is disabled for the Tenant.'],
    ['MAIL', '550 5.7.30 Basic authentication is not supported for Client Submission.'],
    ['AUTH', '550 5.7.30 Basic authentication is not supported for Client Submission.'],
  ] as const)('test 81: Exchange’s end of passwords is explained (%s, %s)', async (step, reply) => {
    const { port } = await scriptedServer({ [step]: reply });
    const [permanent, words] = await outcome(send({ port, user: 'me', password: 'canary' }));
    expect(permanent).toBe('channel');
    expect(words).toMatch(
      /Exchange Online takes no passwords .* give "clientId", "clientSecret", "accessUrl" and "refreshToken"/,
    );
  });

  test('test 53: whatever step the connection breaks at, or nothing comes for too long, it is tried again', async () => {
    const settings = { user: 'me', password: 'canary', timeout: 1 };
    const broken = await Promise.all(
      STEPS.map(async (step) => {
        const { port } = await scriptedServer({ [step]: 'close' });
        return [step, ...(await outcome(send({ port, ...settings })))];
      }),
    );
    expect(broken).toEqual(STEPS.map((step) => [step, false, 'the mail server 127.0.0.1 closed the connection']));
    const silent = await Promise.all(
      STEPS.map(async (step) => {
        const { port } = await scriptedServer({ [step]: 'hang' });
        return [step, ...(await outcome(send({ port, ...settings })))];
      }),
    );
    expect(silent).toEqual(STEPS.map((step) => [step, false, 'the mail server 127.0.0.1 did not answer within 1 s']));
  });

  test('a server that says a little now and then is not listened to for ever', async () => {
    const { port } = await scriptedServer({ MAIL: 'hang' });
    const pending: [number, () => void][] = [];
    const after: ChannelIo['after'] = (ms, act) => {
      pending.push([ms, act]);
      return () => {};
    };
    const sending = outcome(send({ port }, CASES.opened!(), { after }));
    expect(pending.map(([ms]) => ms)).toEqual([]);
    await expect.poll(() => pending.length).toBe(1);
    expect(pending[0]![0]).toBe(100_000);
    pending[0]![1]();
    expect(await sending).toEqual([false, 'the mail server 127.0.0.1 took too long over it']);
  });

  test('where nobody listens, and where no address is known, it is tried again', async () => {
    const { port } = await scriptedServer({});
    const closed = await startServer();
    await closed.close();
    expect(port).toBeGreaterThan(0);
    expect(await outcome(send({ port: closed.port }))).toEqual([
      false,
      'the mail server 127.0.0.1 takes no connections',
    ]);
    expect(await outcome(send({ host: 'mail.invalid', port: 25 }))).toEqual([
      false,
      'the mail server mail.invalid has no address that can be found',
    ]);
  });

  test('test 60: a server that repeats what it was told does not get the password shown', async () => {
    const plain = Buffer.from('\0me@example.com\0canary-Pa55').toString('base64');
    const login = Buffer.from('canary-Pa55').toString('base64');
    for (const echo of [
      `535 unknown: AUTH PLAIN ${plain}`,
      `535 ${login}`,
      '535 canary-Pa55',
      `535 ${'x'.repeat(190)}canary-Pa55`,
    ]) {
      const { port } = await scriptedServer({ AUTH: echo });
      const [permanent, words] = await outcome(send({ port, user: 'me@example.com', password: 'canary-Pa55' }));
      expect(permanent).toBe('channel');
      expect(words).not.toMatch(/canary/);
      expect(words).not.toContain(plain.slice(0, 12));
      expect(words).not.toContain(login.slice(0, 8));
    }
  });
});

describe('encryption', () => {
  const secured = { disabledCommands: [], authOptional: false, onAuth: signIn };
  const account = { user: 'me', password: 'canary' };

  test('STARTTLS comes before everything else, also by address', async () => {
    trust('localhost');
    const server = await mailServer(secured);
    for (const host of ['localhost', '127.0.0.1']) await send({ host, port: server.port, tls: 'starttls', ...account });
    expect(server.received.map(({ secure, user }) => [secure, user])).toEqual([
      [true, 'me'],
      [true, 'me'],
    ]);
  });

  test('implicit TLS is encrypted from the first byte', async () => {
    trust('localhost');
    const server = await mailServer({ ...secured, secure: true });
    await send({ host: 'localhost', port: server.port, tls: 'implicit', ...account });
    expect(server.received.map(({ secure }) => secure)).toEqual([true]);
  });

  test.each([
    ['self-signed', 'localhost', [], /^the mail server localhost has a certificate nobody vouches for \(\w+\)$/],
    ['expired', 'expired', ['expired'], /^the mail server localhost has a certificate that has expired$/],
    [
      'for another host',
      'wrong-host',
      ['wrong-host'],
      /^the mail server localhost has a certificate for another host$/,
    ],
  ])('test 97: a certificate that is %s is refused, and no password sent', async (_, cert, trusted, words) => {
    if (trusted.length > 0) trust(...trusted);
    const tried: unknown[] = [];
    const onAuth: typeof signIn = (auth, session, done) => {
      tried.push(auth);
      signIn(auth, session, done);
    };
    for (const tls of ['starttls', 'implicit']) {
      const server = await mailServer({ ...secured, onAuth, secure: tls === 'implicit' }, cert);
      const [permanent, found] = await outcome(send({ host: 'localhost', port: server.port, tls, ...account }));
      expect(permanent).toBe(false);
      expect(found).toMatch(words);
    }
    expect(tried).toEqual([]);
  });

  test('test 82: where STARTTLS was taken out on the way, nothing is sent, and no password', async () => {
    for (const odd of [
      { STARTTLS: '502 what' },
      { STARTTLS: '454 not now' },
      { STARTTLS: 'close' },
      { EHLO: '250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN', STARTTLS: '502 what' },
    ]) {
      const { port, lines } = await scriptedServer(odd);
      const [permanent] = await outcome(send({ port, tls: 'starttls', ...account }));
      expect(permanent).toBe(false);
      expect(lines.filter((line) => !/^(?:EHLO|STARTTLS|QUIT)/.test(line))).toEqual([]);
    }
    const { port } = await scriptedServer({ STARTTLS: '502 what' });
    const [, words] = await outcome(send({ port, tls: 'starttls', ...account }));
    expect(words).toBe(
      'the mail server 127.0.0.1 offers no encryption (STARTTLS), without which nothing is sent: 502 what',
    );
  });

  test('a server that speaks plainly where TLS is expected is told as that', async () => {
    const { port } = await scriptedServer({});
    const [permanent, words] = await outcome(send({ port, tls: 'implicit', ...account }));
    expect(permanent).toBe(false);
    expect(words).toMatch(/and we could not agree on encryption \(ERR_SSL_\w+\); is "tls" right for its port\?$/);
  });
});

type SignInHandler = NonNullable<NonNullable<Parameters<typeof mailServer>[0]>['onAuth']>;

const signIn: SignInHandler = (auth, _, done) => {
  if (auth.method === 'XOAUTH2')
    return done(null, auth.accessToken === 'good-token' ? { user: auth.username } : { data: { status: '401' } });
  if (auth.password === 'canary') return done(null, { user: auth.username });
  done(Object.assign(new Error('wrong'), { responseCode: 535 }));
};

describe('OAuth 2', () => {
  const oauth = {
    user: 'me@example.com',
    clientId: 'app',
    clientSecret: 'canary-secret',
    refreshToken: 'canary-refresh',
  };
  const open = () =>
    mailServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true, authMethods: ['XOAUTH2'], onAuth: signIn });

  /** Gives these tokens one after the other. */
  async function tokenService(...tokens: string[]) {
    const server = await startServer({
      '/token': () => ({
        body: JSON.stringify({ access_token: tokens.shift(), expires_in: 3600, token_type: 'Bearer' }),
      }),
    });
    onTestFinished(() => server.close());
    return server;
  }

  test('an access token is asked for once, used for its hour, and asked again after it', async () => {
    const server = await open();
    const service = await tokenService('good-token', 'good-token');
    let now = NOW;
    const settings = { ...BASIC, ...oauth, port: server.port, accessUrl: `${service.url}/token` };
    const sendOne = email.connect(settings, channelIo({ now: () => now }));
    await sendOne(CASES.opened!());
    await sendOne(CASES.updated!());
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]!.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(service.requests[0]!.body))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'app',
      client_secret: 'canary-secret',
      refresh_token: 'canary-refresh',
    });
    now = new Date(NOW.getTime() + 3_600_000);
    await sendOne(CASES.resolved!());
    expect(service.requests).toHaveLength(2);
    expect(server.received.map(({ user }) => user)).toEqual(['me@example.com', 'me@example.com', 'me@example.com']);
  });

  test('one that was called back before its time is asked anew, once', async () => {
    let valid = 'one';
    const server = await mailServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      authMethods: ['XOAUTH2'],
      onAuth: (auth, _, done) =>
        done(null, auth.accessToken === valid ? { user: auth.username } : { data: { status: '401' } }),
    });
    const service = await tokenService('one', 'two', 'three', 'four');
    const settings = { ...BASIC, ...oauth, port: server.port, accessUrl: `${service.url}/token` };
    const sendOne = email.connect(settings, channelIo());
    await sendOne(CASES.opened!());
    valid = 'two';
    await sendOne(CASES.updated!());
    expect(service.requests).toHaveLength(2);
    valid = 'none';
    expect((await outcome(sendOne(CASES.resolved!())))[0]).toBe('channel');
    expect(service.requests).toHaveLength(3);
    // A token that was new when it was refused is not kept.
    valid = 'four';
    await sendOne(CASES.resolved!());
    expect(server.received).toHaveLength(3);
  });

  test('the application itself signs in with its secret and a scope', async () => {
    const server = await open();
    const service = await tokenService('good-token');
    const { refreshToken: _, ...own } = oauth;
    const scope = 'https://outlook.office365.com/.default';
    await send({ ...own, scope, port: server.port, accessUrl: `${service.url}/token` });
    expect(new URLSearchParams(service.requests[0]!.body).get('grant_type')).toBe('client_credentials');
    expect(new URLSearchParams(service.requests[0]!.body).get('scope')).toBe(scope);
  });

  test('a token from elsewhere is used as it is', async () => {
    const server = await open();
    await send({ user: 'me@example.com', accessToken: 'good-token', port: server.port });
    expect(server.received).toHaveLength(1);
    const [permanent, words] = await outcome(
      send({ user: 'me@example.com', accessToken: 'canary', port: server.port }),
    );
    expect(permanent).toBe('channel');
    expect(words).toMatch(/^the mail server 127\.0\.0\.1 does not let us in: 535/);
  });

  test.each([
    [
      400,
      { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
      'channel',
      'refused this one: invalid_grant: Token has been expired or revoked.',
    ],
    [401, { error: 'invalid_client' }, 'channel', 'refused this one: invalid_client'],
    [404, 'nothing here', 'channel', 'knows no such channel any more (HTTP 404): nothing here'],
    [400, '<html>', 'channel', 'answered HTTP 400'],
    [200, {}, false, 'answered without one'],
    [429, { error: 'slow_down' }, false, 'asks for fewer messages (HTTP 429)'],
    [503, 'maintenance', false, 'has trouble of its own (HTTP 503): maintenance'],
  ])('a refusal of the token service with %i %j is final for: %s', async (status, body, permanent, words) => {
    const server = await open();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const service = await startServer({ '/token': { status, body: text } });
    onTestFinished(() => service.close());
    const failure = await failureOf(send({ ...oauth, port: server.port, accessUrl: `${service.url}/token` }));
    expect(failure.details.permanent).toBe(permanent);
    expect(failure.message).toContain(`the service that gives access tokens ${words}`);
    expect(failure.message).not.toContain('canary');
    expect(server.received).toEqual([]);
  });
});

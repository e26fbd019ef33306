/** Channels from the first to the last, on the built program: added, tested, switched off, mended, removed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, type Result, type Running, run, start, startOnTerminal } from './run.ts';

const CANARY = 'canary7f3a9c';
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let user: ReturnType<typeof home>;
let receiver: LocalServer;
let page: StatusPage;
let running: Running[];
/** Everything printed in a test: no secret may be in it. */
let printed: string;

beforeEach(async () => {
  user = home();
  receiver = await startServer({ '*': { body: 'thank you' } });
  page = await openStatusPage();
  running = [];
  printed = '';
  Object.assign(user.env, { HOOK: `${receiver.url}/${CANARY}/hook`, HOOK_SECRET: SECRET, COLUMNS: '120' });
});

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  await receiver.close();
  await page.close();
  const state = existsSync(user.state) ? readFileSync(user.state, 'utf8') : '';
  const config = existsSync(user.config) ? readFileSync(user.config, 'utf8') : '';
  user.remove();
  for (const text of [printed, state, config])
    for (const secret of [CANARY, SECRET]) expect(text).not.toContain(secret);
});

async function pingoru(...args: string[]): Promise<Result> {
  return seen(await run(args, user.env));
}

async function piped(input: string, ...args: string[]): Promise<Result> {
  return seen(await run(args, user.env, { input }));
}

function seen(result: Result): Result {
  printed += result.stdout + result.stderr;
  return result;
}

const HOOK = ['--url', 'env:HOOK', '--secret', 'env:HOOK_SECRET'];
const add = (name: string, ...more: string[]) => pingoru('channel', 'add', name, 'webhook', ...HOOK, ...more);
const config = () => JSON.parse(readFileSync(user.config, 'utf8')) as { channels: object[]; groups: object[] };
const kept = () => {
  const folder = path.join(path.dirname(user.config), 'secrets');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

describe('channel add', () => {
  it('makes the group "default" with the first one, and puts later ones where it is told', async () => {
    const first = await add('ops');
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toContain(
      'the group "default" tells it of everything that is watched; incidents: minor, major',
    );
    expect(first.stderr).toContain('HOOK must be set wherever pingoru watch runs');
    expect(first.stderr).toContain('pingoru channel test ops');
    const second = await add('two');
    expect(second.stderr).toContain('no group tells it anything yet');
    expect((await add('three', '--group', 'default')).stderr).toContain('the group "default" tells it');
    expect(config().groups).toEqual([{ name: 'default', channels: ['ops', 'three'] }]);
    expect(config().channels[0]).toEqual({ name: 'ops', type: 'webhook', url: 'env:HOOK', secret: 'env:HOOK_SECRET' });
  });

  it('reads a secret from standard input, and keeps it where nobody else reads', async () => {
    const { code } = await piped(
      `${user.env.HOOK}\n`,
      'channel',
      'add',
      'ops',
      'webhook',
      '--url',
      '-',
      '--secret',
      'new',
    );
    expect(code).toBe(0);
    expect(config().channels[0]).toMatchObject({ url: 'file:secrets/ops-url', secret: 'file:secrets/ops-secret' });
    const folder = path.join(path.dirname(user.config), 'secrets');
    expect(statSync(path.join(folder, 'ops-url')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const made = readFileSync(path.join(folder, 'ops-secret'), 'utf8').trim();
    expect(made).toMatch(/^whsec_.{40,}$/);
    expect(printed).not.toContain(made);
    expect((await pingoru('channel', 'test', 'ops')).code).toBe(0);
    expect(receiver.requests).toHaveLength(1);
  });

  it('takes a path as the shell means it', async () => {
    const folder = path.dirname(path.dirname(user.config));
    writeFileSync(path.join(folder, 'address'), user.env.HOOK!);
    const how = { cwd: folder };
    const args = ['channel', 'add', 'ops', 'webhook', '--url', 'file:address', '--secret', 'env:HOOK_SECRET'];
    expect(seen(await run(args, user.env, how)).code).toBe(0);
    expect(config().channels[0]).toMatchObject({ url: `file:${path.join(folder, 'address')}` });
  });

  it.each<[string, string[], RegExp]>([
    ['no type', ['ops'], /missing required argument 'type'\npingoru: the types are .*webhook/],
    ['an unknown type', ['ops', 'slak', '--url', 'env:HOOK'], /type "slak"; did you mean slack\?/],
    [
      'an unknown setting',
      ['ops', 'webhook', '--urll', 'env:HOOK'],
      /unknown option '--urll' \(Did you mean --url\?\)/,
    ],
    ['a bad name', ['a b', 'webhook', ...HOOK], /"a b" cannot be the name of a channel/],
    ['the name of the terminal', ['stdout', 'webhook', ...HOOK], /choose another name/],
    ['the name of the desktop', ['desktop', 'webhook', ...HOOK], /choose another name/],
    ['nothing for a setting', ['ops', 'webhook', '--url', 'env:HOOK'], /--secret is missing: what the receiver checks/],
    [
      'a secret in the open',
      ['ops', 'webhook', '--url', `https://x.example/${CANARY}`],
      /--url takes no secret itself/,
    ],
    [
      'a secret that is not there',
      ['ops', 'webhook', '--url', 'env:NOPE', '--secret', 'new'],
      /environment variable NOPE, which is not set/,
    ],
    [
      'a file that is not there',
      ['ops', 'webhook', '--url', 'file:nope', '--secret', 'new'],
      /"url" is to be taken from .*nope, which cannot be read/,
    ],
    ['an unknown group', ['ops', 'webhook', ...HOOK, '--group', 'pay'], /there is no group "pay"; there is default/],
    ['the place of none', ['ops', 'webhook', ...HOOK, '--replace'], /there is no channel "ops"; there is none yet/],
    ['two ways at once', ['ops', 'slack', '--url', 'env:HOOK', '--token', 'env:HOOK_SECRET'], /cannot stand beside/],
  ])('refuses %s in one line, and writes nothing', async (_, args, message) => {
    const { code, stderr, stdout } = await pingoru('channel', 'add', ...args);
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(message);
    expect(existsSync(user.config)).toBe(false);
    expect(kept()).toEqual([]);
  });

  it('leaves nothing behind when the name is taken, and takes its place when told', async () => {
    await piped(user.env.HOOK!, 'channel', 'add', 'ops', 'webhook', '--url', '-', '--secret', 'env:HOOK_SECRET');
    const again = await piped('x', 'channel', 'add', 'ops', 'webhook', '--url', '-', '--secret', 'new');
    expect(again.stderr).toMatch(/there is a channel "ops" already; .*--replace/);
    expect(kept()).toEqual(['ops-url']);
    const args = ['channel', 'add', 'ops', 'webhook', '--url', '-', '--secret', 'env:HOOK_SECRET', '--replace'];
    expect((await piped(`${user.env.HOOK}2`, ...args)).stderr).toContain('is replaced');
    // A new name: a watch that runs sees by it that there is something new.
    expect(kept()).toEqual(['ops-url-2']);
    expect(config()).toMatchObject({ channels: [{ url: 'file:secrets/ops-url-2' }], groups: [{ channels: ['ops'] }] });
  });

  it('lists types and settings in its help, and those of one type', async () => {
    const all = await pingoru('channel', 'add', '--help');
    expect(all).toMatchObject({ code: 0, stderr: '' });
    for (const type of ['desktop', 'email', 'slack', 'webhook'])
      expect(all.stdout).toMatch(new RegExp(`^  ${type} `, 'm'));
    expect(all.stdout).toMatch(/--refresh-token <secret>/);
    const one = await pingoru('channel', 'add', 'ops', 'email', '--help');
    expect(one.stdout).toMatch(/--to <text,…>/);
    expect(one.stdout).not.toContain('whsec_');
  });
});

describe('channel add on a terminal', () => {
  const onTerminal = (...args: string[]) => {
    const one = startOnTerminal(['channel', 'add', ...args], user.env);
    running.push(one);
    return one;
  };

  it('asks, shows nothing of a secret that is typed, and keeps it', async () => {
    const one = onTerminal('ops', 'webhook');
    await one.until('url (unseen; or env:NAME, file:PATH): ');
    one.child.stdin!.write(`${user.env.HOOK}x\u007f\r`);
    await one.until('secret (unseen; or env:NAME, file:PATH, or new');
    one.child.stdin!.write('env:HOOK_SECRET\r');
    const { code, stdout } = await one.ended;
    printed += stdout;
    expect(code).toBe(0);
    expect(stdout).not.toContain('env:HOOK_SECRET');
    expect(config().channels[0]).toMatchObject({ url: 'file:secrets/ops-url', secret: 'env:HOOK_SECRET' });
    expect((await pingoru('channel', 'test', 'ops')).stdout).toBe('delivered: HTTP 200\n');
  });

  it('goes on until the channel has what it needs', async () => {
    const one = onTerminal('chat', 'slack', '--api', receiver.url);
    await one.until('either "url" or "token" is needed');
    await one.until('url (unseen');
    one.child.stdin!.write('\r');
    await one.until('token (unseen');
    one.child.stdin!.write(`xoxb-${CANARY}\r`);
    await one.until('"channel" is missing');
    await one.until('channel: ');
    one.child.stdin!.write('C0123456789\r');
    const { code, stdout } = await one.ended;
    printed += stdout;
    expect(code).toBe(0);
    expect(config().channels[0]).toMatchObject({ token: 'file:secrets/chat-token', channel: 'C0123456789' });
  });

  it.each([
    ['the end of standard input', '\u0004', 64],
    ['an interrupt', '\u0003', 130],
  ])('ends at %s, with nothing written', async (_, key, code) => {
    const one = onTerminal('ops', 'webhook');
    await one.until('url (unseen');
    one.child.stdin!.write(key);
    expect((await one.ended).code).toBe(code);
    expect(existsSync(user.config)).toBe(false);
  });
});

describe('channel test', () => {
  it('test 57: succeeds where the channel took it, and says what was answered', async () => {
    await add('ops');
    expect(await pingoru('channel', 'test', 'ops')).toMatchObject({
      code: 0,
      stdout: 'delivered: HTTP 200\n',
      stderr: '',
    });
    for (const type of ['resolved', 'maintenance'])
      expect((await pingoru('channel', 'test', 'ops', '--type', type)).code).toBe(0);
    const sent = receiver.requests.map(({ body }) => JSON.parse(body) as { type: string; data: object });
    expect(sent.map(({ type }) => type)).toEqual(['incident.opened', 'incident.resolved', 'maintenance.scheduled']);
    for (const { data } of sent) expect(validate('event', data)).toEqual([]);
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  });

  it('test 57: promises no more than the channel does', async () => {
    await pingoru('channel', 'add', 'team', 'teams', '--url', 'env:HOOK');
    const { code, stdout } = await pingoru('channel', 'test', 'team');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^accepted, not confirmed: the workflow took the card/);
  });

  it.each([401, 404, 429, 500, 302])('test 57: fails with a line of what is wrong at HTTP %i', async (status) => {
    await add('ops');
    receiver.routes['*'] = { status, body: `no ${CANARY}`, headers: { location: receiver.url } };
    const { code, stdout, stderr } = await pingoru('channel', 'test', 'ops');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pingoru: the channel "ops" did not take it: .+\n$/);
    expect(receiver.requests).toHaveLength(1);
  });

  it('says which channels there are, and what of one is missing here', async () => {
    await add('ops');
    expect(await pingoru('channel', 'test', 'opps')).toMatchObject({
      code: 64,
      stderr: 'pingoru: there is no channel "opps"; did you mean ops?\n',
    });
    const { HOOK: _, ...env } = user.env;
    const without = await run(['channel', 'test', 'ops'], env);
    expect(without).toMatchObject({ code: 78 });
    expect(without.stderr).toMatch(/"url" is to be taken from the environment variable HOOK, which is not set/);
  });

  it('says that nothing is to be had where there is no desktop', async () => {
    const { DISPLAY: _d, WAYLAND_DISPLAY: _w, DBUS_SESSION_BUS_ADDRESS: _b, ...env } = user.env;
    await run(['channel', 'add', 'desktop', 'desktop'], env);
    const { code, stderr } = await run(['channel', 'test', 'desktop'], env);
    expect(code).toBe(1);
    expect(stderr).toContain('no desktop here');
  });
});

describe('channel list', () => {
  it('shows references and never what they stand for', async () => {
    await add('ops', '--headers', 'X-Key=env:HOOK_SECRET');
    await pingoru(
      'channel',
      'add',
      'mail',
      'email',
      '--host',
      'smtp.example.com',
      '--from',
      'a@x.example',
      '--to',
      'b@x.example',
    );
    const { stdout } = await pingoru('channel', 'list');
    expect(stdout).toMatch(/^ops +webhook +default +0 +- +✓ on$/m);
    expect(stdout).toMatch(/^ +url env:HOOK$/m);
    expect(stdout).toMatch(/^ +headers X-Key=env:HOOK_SECRET$/m);
    const { stdout: json } = await pingoru('channel', 'list', '--json');
    expect(validate('channels', JSON.parse(json))).toEqual([]);
    expect(JSON.parse(json)).toMatchObject({
      channels: [
        { name: 'ops', state: 'on', off: null, groups: ['default'], settings: { url: 'env:HOOK' } },
        { groups: [] },
      ],
    });
  });

  it('shows nothing of what does not belong into the file', async () => {
    await add('ops');
    const { channels, ...rest } = config();
    const slip = {
      ...channels[0],
      secret: `whsec_${CANARY}`,
      headers: { Authorization: `Bearer ${CANARY}` },
      pasword: CANARY,
    };
    mkdirSync(path.dirname(user.config), { recursive: true });
    writeFileSync(user.config, JSON.stringify({ ...rest, channels: [slip] }), { mode: 0o600 });
    const { stdout } = await pingoru('channel', 'list');
    expect(stdout).toMatch(
      /secret \(not shown\)[\s\S]*headers Authorization=\(not shown\)[\s\S]*pasword \(not shown\)/,
    );
    const { stdout: json } = await pingoru('channel', 'list', '--json');
    expect(validate('channels', JSON.parse(json))).toEqual([]);
    await pingoru('channel', 'test', 'ops');
    await pingoru('channel', 'remove', 'ops');
  });
});

describe('a channel that is switched off', () => {
  const once = (...args: string[]) => run(['watch', page.url, '--once', ...args], user.env).then(seen);

  /** Its service knows it no more, and two messages wait. */
  async function switchOff(): Promise<void> {
    await add('ops');
    await once();
    receiver.routes['*'] = { status: 410 };
    page.post('i1', 'investigating');
    page.post('i2', 'investigating');
    await once();
    receiver.requests.length = 0;
    receiver.routes['*'] = { body: 'thank you' };
  }

  it('test 55: is said to be, keeps what it is owed, and delivers that when it is enabled', async () => {
    await switchOff();
    expect((await pingoru('channel', 'list')).stdout).toMatch(
      /^ops +webhook +default +2 +- +✗ off since .*: .*HTTP 410/m,
    );
    page.post('i1', 'resolved');
    await once();
    expect(receiver.requests).toHaveLength(0);
    expect((await pingoru('channel', 'test', 'ops')).stderr).toContain('pingoru channel enable ops');
    receiver.requests.length = 0;
    const enabled = await pingoru('channel', 'enable', 'ops');
    expect(enabled).toMatchObject({ code: 0 });
    expect(enabled.stderr).toBe('the channel "ops" is on again\n3 messages delivered\n');
    const types = receiver.requests.map(({ body }) => (JSON.parse(body) as { type: string }).type);
    expect(types).toEqual(['incident.opened', 'incident.opened', 'incident.resolved']);
    const { stdout } = await pingoru('channel', 'list');
    expect(stdout).toMatch(/^ops +webhook +default +0 +\d\d:\d\d \S+ +✓ on$/m);
    expect((await pingoru('channel', 'enable', 'ops')).stderr).toBe('the channel "ops" was on already\n');
  });

  it('is off again when it still does not work', async () => {
    await switchOff();
    receiver.routes['*'] = { status: 404 };
    const { code, stderr } = await pingoru('channel', 'enable', 'ops');
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 messages still owed/);
    expect((await pingoru('channel', 'list')).stdout).toMatch(/✗ off since .*HTTP 404/);
  });

  it('leaves what it is owed to the watch that runs', async () => {
    await switchOff();
    const watching = start(['watch', page.url, '--interval', '100ms'], user.env);
    running.push(watching);
    await watching.until(/degraded|operational/);
    const { code, stderr } = await pingoru('channel', 'enable', 'ops');
    expect(code).toBe(0);
    expect(stderr).toContain(`2 messages left to the watch that runs (pid ${watching.child.pid})`);
    for (let tries = 0; tries < 100 && receiver.requests.length < 2; tries++)
      await new Promise((go) => setTimeout(go, 100));
    expect(receiver.requests).toHaveLength(2);
  });

  it('may be by hand', async () => {
    await add('ops');
    await once();
    expect((await pingoru('channel', 'disable', 'ops')).code).toBe(0);
    page.post('i1', 'investigating');
    await once();
    expect(receiver.requests).toHaveLength(0);
    expect((await pingoru('channel', 'list')).stdout).toContain('switched off by hand');
    expect((await pingoru('channel', 'enable', 'ops')).stderr).toContain('1 message delivered');
  });

  it('takes all that was kept for it along when it is removed', async () => {
    await piped(user.env.HOOK!, 'channel', 'add', 'other', 'webhook', '--url', '-', '--secret', 'env:HOOK_SECRET');
    await pingoru('channel', 'remove', 'other');
    expect(kept()).toEqual([]);
    await switchOff();
    const { code, stderr } = await pingoru('channel', 'remove', 'ops');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /2 messages it was still owed will not be sent:\n {2}\S+: Trouble i1\n {2}\S+: Trouble i2\n/,
    );
    expect(stderr).toContain('the group "default" tells nobody any more');
    const state = JSON.parse(readFileSync(user.state, 'utf8')) as {
      outbox: unknown[];
      channels?: unknown[];
      stories?: unknown[];
    };
    expect([state.outbox, state.channels ?? [], state.stories ?? []]).toEqual([[], [], []]);
    await add('again');
    expect(config().groups).toEqual([{ name: 'default', channels: ['again'] }]);
  });
});

/** Mutes and the log on the built program: what is muted is not told, is logged, and told again from then on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, run } from './run.ts';

let user: ReturnType<typeof home>;
let page: StatusPage;
let receiver: LocalServer;

beforeEach(async () => {
  user = home();
  page = await openStatusPage();
  receiver = await startServer({ '*': { status: 204 } });
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  Object.assign(user.env, { COLUMNS: '120', TZ: 'UTC', HOOK: receiver.url, HOOK_SECRET: secret });
  await pingoru('add', page.url, '--name', 'acme');
  await pingoru('channel', 'add', 'ops', 'webhook', '--url', 'env:HOOK', '--secret', 'env:HOOK_SECRET');
  await watchOnce();
});

afterEach(async () => {
  await page.close();
  await receiver.close();
  user.remove();
});

const pingoru = (...args: string[]) => run(args, user.env);
const watchOnce = () => pingoru('watch', '--once');
const mutes = () => ((JSON.parse(readFileSync(user.state, 'utf8')) as { mutes?: Mute[] }).mutes ?? []) as Mute[];
const told = () =>
  receiver.requests.map(({ body }) => (JSON.parse(body) as { data: { update: { id: string } } }).data.update.id);

interface Mute {
  until: string | null;
  untilResolved: boolean;
  incident: string | null;
  component: string | null;
}

describe('mute', () => {
  it('test 59: keeps a provider back, logs it, and sends no backlog after', async () => {
    const { code, stderr } = await pingoru('mute', 'acme');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^acme is muted until .*\(2 h\)\ntake it back with: pingoru unmute mut_\S+; --for 8h/);
    page.post('i1', 'investigating');
    await watchOnce();
    expect(told()).toEqual([]);
    const log = await pingoru('log', '--held');
    expect(log.stdout).toMatch(/held +group default +acme: Trouble i1 \(incident\.opened\)\n +muted until 2/);
    expect((await pingoru('unmute', 'acme')).stderr).toBe('1 mute taken back; what comes from now on is told\n');
    page.post('i1', 'monitoring');
    await watchOnce();
    expect(told()).toEqual(['i1-2']);
    expect(mutes()).toEqual([]);
  });

  it('keeps one incident back until it is resolved, by its words or its address', async () => {
    page.post('i1', 'investigating');
    page.post('i2', 'investigating');
    await watchOnce();
    const { stderr } = await pingoru('mute', 'acme', '--incident', 'trouble i1');
    expect(stderr).toMatch(/^the incident "Trouble i1" of acme is muted until it is resolved\n/);
    const again = await pingoru('mute', `${page.url}/incidents/i1`);
    expect(again.code).toBe(0);
    expect(mutes()).toMatchObject([{ incident: 'i1', untilResolved: true, until: null }]);
    receiver.requests.length = 0;
    page.post('i1', 'monitoring');
    page.post('i2', 'monitoring');
    page.post('i1', 'resolved');
    await watchOnce();
    expect(told()).toEqual(['i2-2', 'i1-3']);
    expect(mutes()).toEqual([]);
  });

  it('takes the address that the page gives an incident, whatever it looks like', async () => {
    page.post('i1', 'investigating');
    await watchOnce();
    const elsewhere = 'https://status.acme.example/2026/q1/what-happened';
    writeFileSync(user.state, readFileSync(user.state, 'utf8').replaceAll(`${page.url}/incidents/i1`, elsewhere));
    expect(readFileSync(user.state, 'utf8')).toContain(elsewhere);
    const { stderr } = await pingoru('mute', elsewhere);
    expect(stderr).toMatch(/^the incident "Trouble i1" of acme is muted until it is resolved\n/);
    expect(mutes()).toMatchObject([{ incident: 'i1', page: page.url }]);
    expect((await pingoru('unmute', elsewhere)).stderr).toContain('1 mute taken back');
  });

  it('finds the watched page on the host of an address', async () => {
    page.post('i1', 'investigating');
    await pingoru('remove', 'acme');
    await pingoru('add', `${page.url}/api/v2/summary.json`, '--platform', 'statuspage', '--name', 'data');
    const { code, stderr } = await pingoru('mute', `${page.url}/schedules/i1`);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('"i1"') });
  });

  it('knows a domain that is watched as it was typed', async () => {
    Object.assign(user.env, { HTTPS_PROXY: receiver.url, https_proxy: receiver.url });
    await pingoru('add', 'acme-pay.example');
    expect((await pingoru('mute', 'acme-pay.example')).code).toBe(0);
    expect(mutes()).toMatchObject([{ page: 'https://acme-pay.example' }]);
    expect((await pingoru('unmute', 'acme-pay.example')).code).toBe(0);
    expect((await pingoru('mute', 'acme-buy.example')).stderr).toMatch(
      /^pingoru: https:\/\/acme-buy\.example is neither/,
    );
  });

  it('refuses an address that nobody watches and nobody knows', async () => {
    const word = 'https://status.acme.example/what/happened';
    const { code, stderr } = await pingoru('mute', word);
    expect({ code, stderr }).toEqual({
      code: 64,
      stderr: `pingoru: ${word} is neither watched nor in the catalogue, so there is nothing to mute; see what is watched with: pingoru list\n`,
    });
    expect(mutes()).toEqual([]);
  });

  it('finds an incident that no watch has seen on its page, and refuses one that is over', async () => {
    page.post('i1', 'investigating');
    page.post('old', 'investigating');
    page.post('old', 'resolved');
    expect((await pingoru('mute', 'acme', '--incident', 'i1')).code).toBe(0);
    expect(mutes()).toMatchObject([{ incident: 'i1' }]);
    const over = await pingoru('mute', 'acme', '--incident', 'old');
    expect(over).toMatchObject({ code: 64, stderr: expect.stringContaining('"Trouble old" is over already') });
    expect((await pingoru('mute', 'acme', '--incident', 'nope')).stderr).toContain('lists no incident "nope"');
  });

  it('takes components and times', async () => {
    page.post('i1', 'investigating');
    await watchOnce();
    await pingoru('mute', 'acme', '--component', 'Login', '--for', '3d');
    const [mute] = mutes();
    expect(mute).toMatchObject({ component: 'Login', untilResolved: false });
    const days = (Date.parse(mute!.until!) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(3);
    await pingoru('mute', 'acme', '--for', '1h', '--until-resolved');
    expect(mutes()[1]).toMatchObject({ component: null, untilResolved: true, until: expect.any(String) });
  });

  it('lists what is muted', async () => {
    expect((await pingoru('mute')).stderr).toBe('nothing is muted\n');
    expect(JSON.parse((await pingoru('mute', '--json')).stdout)).toEqual({ schemaVersion: 1, mutes: [] });
    await pingoru('mute', 'acme', '--component', 'Login');
    await pingoru('mute', '@default', '--for', '2d');
    const { stdout } = await pingoru('mute');
    expect(stdout).toMatch(/^ID +UNTIL +WHAT$/m);
    expect(stdout).toMatch(/^mut_\S+ +\d.*\(1 h 59 m\) +Login of acme$|^mut_\S+ +\d.*\(2 h\) +Login of acme$/m);
    const { stdout: json } = await pingoru('mute', '--json');
    expect(validate('mutes', JSON.parse(json))).toEqual([]);
    const { mutes: listed } = JSON.parse(json) as { mutes: { id: string }[] };
    expect((await pingoru('unmute', listed[0]!.id)).code).toBe(0);
    expect((await pingoru('unmute', '--all')).stderr).toContain('1 mute taken back');
    expect((await pingoru('unmute', '--all')).stderr).toContain('nothing was muted');
  });

  it.each<[string[], RegExp]>([
    [
      ['mute', 'acme', '--until-resolved'],
      /acme has nothing open there that could be resolved; say how long with --for 2h/,
    ],
    [['mute', 'acme', '--for', 'ever'], /give a time such as 30s, 5m or 1h/],
    [['mute', 'acme', '--for', '400d'], /at most 366 days/],
    [['mute', 'acmee'], /did you mean .*acme/],
    [['mute', '--for', '2h'], /name the provider, the page or the incident to mute/],
    [['mute', 'acme', '--json'], /--json shows what is muted/],
    [['unmute'], /name what to tell of again.*--all/],
    [['unmute', 'acme'], /nothing of "acme" is muted; see what is with: pingoru mute/],
    [['unmute', 'acme', '--all'], /--all goes without a name/],
  ])('%j is refused', async (args, message) => {
    const { code, stderr } = await pingoru(...args);
    expect(code).toBe(64);
    expect(stderr).toMatch(message);
    expect(mutes()).toEqual([]);
  });

  it('says when nobody watches what is muted', async () => {
    expect((await pingoru('mute', 'stripe')).stderr).toMatch(/Stripe is not on the watch list/);
  });
});

describe('log', () => {
  beforeEach(async () => {
    page.post('i1', 'investigating');
    await watchOnce();
    await pingoru('mute', 'acme');
    page.post('i1', 'monitoring');
    await watchOnce();
  });

  it('shows what was told and what was held back, newest last', async () => {
    const { stdout } = await pingoru('log');
    expect(stdout.split('\n').filter((line) => /^\d/.test(line))).toEqual([
      expect.stringMatching(/^\S+ UTC +sent +ops +acme: Trouble i1 \(incident\.opened\)$/),
      expect.stringMatching(/^\S+ UTC +held +group default +acme: Trouble i1 \(incident\.updated\)$/),
    ]);
    const { stdout: json } = await pingoru('log', '--json');
    expect(validate('log', JSON.parse(json))).toEqual([]);
    expect(JSON.parse(json)).toMatchObject({
      entries: [
        { outcome: 'sent', channel: 'ops' },
        { outcome: 'held', group: 'default' },
      ],
    });
  });

  it.each<[string[], string[]]>([
    [['--held'], ['held']],
    [['--channel', 'ops'], ['sent']],
    [
      ['--group', 'default'],
      ['sent', 'held'],
    ],
    [['--group', 'other'], []],
    [
      ['--since', '1h'],
      ['sent', 'held'],
    ],
    [['--since', '2099-01-01'], []],
  ])('%j', async (args, outcomes) => {
    const { stdout } = await pingoru('log', '--json', ...args);
    const { entries } = JSON.parse(stdout) as { entries: { outcome: string }[] };
    expect(entries.map(({ outcome }) => outcome)).toEqual(outcomes);
  });

  it('says so when there is nothing, and takes no nonsense for a time', async () => {
    expect((await pingoru('log', '--channel', 'mail')).stderr).toBe('the log has nothing of that\n');
    expect((await pingoru('log', '--since', 'monday')).code).toBe(64);
  });
});

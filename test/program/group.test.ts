/** Groups on the built program: what they are told of is what `group test` says. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, lines, run } from './run.ts';

let user: ReturnType<typeof home>;
let page: StatusPage;

beforeEach(async () => {
  user = home();
  page = await openStatusPage();
  Object.assign(user.env, {
    COLUMNS: '120',
    HOOK: 'http://127.0.0.1:9/',
    HOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  });
});

afterEach(async () => {
  await page.close();
  user.remove();
});

const pingoru = (...args: string[]) => run(args, user.env);
const addChannel = (name: string) =>
  pingoru('channel', 'add', name, 'webhook', '--url', 'env:HOOK', '--secret', 'env:HOOK_SECRET');
const groups = () => (JSON.parse(readFileSync(user.config, 'utf8')) as { groups: object[] }).groups;

const RULES = [
  ...['--channel', 'ops,mail', '--provider', 'stri*', '--component', 'Payments, EU', '--severity', 'major,critical'],
  ...['--kind', 'incident', '--event', 'incident.opened', '--event', 'incident.resolved', '--reminder', '30m'],
  ...['--quiet', '22:00-07:00', '--zone', 'Europe/Berlin', '--quiet-days', 'mon,fri', '--quiet-except', 'none'],
  ...['--quiet-digest', '--per-hour', '5'],
];

describe('group add, edit, list and remove', () => {
  beforeEach(async () => {
    await addChannel('ops');
    await addChannel('mail');
  });

  it('of several pages is no target for what reads one', async () => {
    expect((await pingoru('add', page.url, '--name', 'Zürich')).code).toBe(0);
    expect((await pingoru('add', `${page.url}/eu`, '--name', 'eu', '--platform', 'statuspage')).code).toBe(0);
    for (const command of ['show', 'detect']) {
      const { code, stderr } = await pingoru(command, '@default');
      expect([code, stderr]).toEqual([
        64,
        'pingoru: @default stands for 2 pages, and this is about one; name it, as Zürich, eu\n',
      ]);
    }
    expect((await pingoru('show', 'zürich')).code).toBe(0);
  });

  it('writes what the flags say, and no more', async () => {
    const { code, stderr } = await pingoru('group', 'add', 'pay', ...RULES);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^the group "pay" tells ops, mail of stri\*: Payments, EU; incidents: major and critical; /);
    expect(groups()[1]).toEqual({
      name: 'pay',
      channels: ['ops', 'mail'],
      providers: ['stri*'],
      components: ['Payments, EU'],
      severities: ['major', 'critical'],
      kinds: ['incident'],
      events: ['incident.opened', 'incident.resolved'],
      reminders: ['30m'],
      quiet: { from: '22:00', to: '07:00', zone: 'Europe/Berlin', days: ['mon', 'fri'], except: [], digest: true },
      perHour: 5,
    });
    await pingoru('group', 'add', 'small', '--channel', 'ops');
    expect(groups()[2]).toEqual({ name: 'small', channels: ['ops'] });
  });

  it('shows groups with what is meant where they say nothing', async () => {
    await pingoru('group', 'add', 'pay', ...RULES);
    const { stdout } = await pingoru('group', 'list');
    expect(stdout).toMatch(/^default +ops +everything that is watched$/m);
    expect(stdout).toMatch(/^ +maintenance, and a reminder 1 d and 1 h before it$/m);
    expect(stdout).toMatch(/^ +only incident\.opened and incident\.resolved$/m);
    expect(stdout).toMatch(/quiet from 22:00 to 07:00 Europe\/Berlin on mon and fri; what was held back comes as one/);
    const { stdout: json } = await pingoru('group', 'list', '--json');
    expect(validate('groups', JSON.parse(json))).toEqual([]);
    expect(JSON.parse(json)).toMatchObject({
      groups: [{ providers: ['*'], components: [], reminders: ['1d', '1h'], quiet: null, perHour: 30 }, { perHour: 5 }],
    });
  });

  it('changes what it is told, and nothing else', async () => {
    await pingoru('group', 'add', 'pay', ...RULES);
    const { stderr } = await pingoru('group', 'edit', 'pay', '--severity', 'critical', '--remove-channel', 'ops');
    expect(stderr).toMatch(/^the group "pay" tells mail of stri\*: Payments, EU; incidents: critical; /);
    await pingoru('group', 'edit', 'pay', '--reset', 'quiet,event', '--add-provider', 'adyen', '--per-hour', 'none');
    expect(groups()[1]).toMatchObject({ channels: ['mail'], providers: ['stri*', 'adyen'], perHour: null });
    expect(groups()[1]).not.toHaveProperty('quiet');
    expect(groups()[1]).not.toHaveProperty('events');
  });

  it('says who is told nothing any more', async () => {
    await pingoru('group', 'add', 'pay', '--channel', 'ops,mail');
    const { stderr } = await pingoru('group', 'remove', 'pay');
    expect(stderr).toBe('the group "pay" is removed\nno group tells the channel "mail" anything any more\n');
    expect(groups()).toHaveLength(1);
  });

  it.each<[string[], RegExp]>([
    [['add', 'pay'], /--channel is missing: who is told; there are ops, mail/],
    [['add', 'a b', '--channel', 'ops'], /"a b" cannot be the name of a group/],
    [
      ['add', 'default', '--channel', 'ops'],
      /there is a group "default" already; change it with: pingoru group edit default/,
    ],
    [
      ['add', 'pay', '--channel', 'pager'],
      /the group "pay": channels\[0\]: there is no channel "pager"; there are ops, mail/,
    ],
    [
      ['add', 'pay', '--channel', 'ops', '--severity', 'huge'],
      /severities\[0\]: it must be one of none, minor, major, critical/,
    ],
    [['add', 'pay', '--channel', 'ops', '--quiet', '25:00-07:00'], /quiet\.from: a time of day is written 22:00/],
    [['add', 'pay', '--channel', 'ops', '--quiet', '22:00-07:00', '--zone', 'Mars'], /quiet\.zone: .*Europe\/Berlin/],
    [['add', 'pay', '--channel', 'ops', '--reminder', 'soon'], /reminders\[0\]: a length of time is written 30m/],
    [['add', 'pay', '--channel', 'ops', '--per-hour', '0'], /perHour: it must be above 0/],
    [['edit', 'pay', '--severity', 'major'], /there is no group "pay"; there is default/],
    [['edit', 'default'], /nothing of it would change/],
    [['remove', 'defalt'], /there is no group "defalt"; did you mean default\?/],
  ])('%j is refused in one line, and nothing is written', async (args, message) => {
    const before = readFileSync(user.config, 'utf8');
    const { code, stdout, stderr } = await pingoru('group', ...args);
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 64, stdout: '', lines: 2 });
    expect(stderr).toMatch(message);
    expect(readFileSync(user.config, 'utf8')).toBe(before);
  });
});

describe('group test', () => {
  let event: string;

  beforeEach(async () => {
    await addChannel('ops');
    await addChannel('mail');
    await pingoru('group', 'add', 'pay', '--channel', 'mail', '--provider', 'stripe', '--severity', 'critical');
    await pingoru('watch', page.url, '--once');
    page.post('i1', 'investigating', 'text', 'major');
    const { stdout } = await run(['watch', page.url, '--once', '--json'], { ...user.env, HOOK: '' });
    event = path.join(path.dirname(user.config), 'event.json');
    writeFileSync(event, stdout);
    expect(lines(stdout)).toHaveLength(1);
  });

  it('says of every group who would be told, and by which rules', async () => {
    const { code, stdout } = await pingoru('group', 'test', '--event', event);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\S+: Trouble i1 \(incident\.opened\)$/m);
    expect(stdout).toMatch(/^✓ default: told to ops \(the group is being told this story\)$/m);
    expect(stdout).toMatch(/^✗ pay: not told \(the group is not about .*\)$/m);
    expect(stdout).toMatch(/^ {4}✗ severities: its severity is major, and the group is told of critical$/m);
    expect(stdout.match(/^ {4}✓/gm)).toHaveLength(7 + 5);
    const one = await pingoru('group', 'test', 'pay', '--event', event);
    expect(one.stdout).not.toContain('default');
  });

  it('names the channels where it says one thing of this and another of that', async () => {
    await pingoru('group', 'edit', 'default', '--severity', 'critical', '--add-channel', 'mail');
    const { stdout } = await pingoru('group', 'test', 'default', '--event', event);
    expect(stdout).toMatch(/^✓ default: told to ops \(the group is being told this story\)$/m);
    expect(stdout).toMatch(
      /^✗ default: not told to mail \(its severity is major, and the group is told of critical\)$/m,
    );
  });

  it('reads standard input, one event or many lines', async () => {
    const text = readFileSync(event, 'utf8');
    const many = await run(['group', 'test', 'pay', '--event', '-'], user.env, { input: text + text });
    expect(many.stdout.match(/✗ pay/g)).toHaveLength(2);
    const laid = JSON.stringify(JSON.parse(text), null, 2);
    expect((await run(['group', 'test', 'pay', '--event', '-'], user.env, { input: laid })).code).toBe(0);
  });

  it('reads the page of an incident by its address', async () => {
    page.post('i1', 'resolved');
    const { stdout } = await pingoru('group', 'test', 'default', '--event', `${page.url}/incidents/i1`);
    expect(stdout).toMatch(/Trouble i1 \(incident\.resolved\)\n✓ default: told to ops/);
    expect((await pingoru('group', 'test', '--event', `${page.url}/incidents/nope`)).code).toBe(64);
  });

  it('knows what is muted, and which channel is off', async () => {
    await pingoru('mute', page.url);
    await pingoru('channel', 'disable', 'ops');
    const { stdout } = await pingoru('group', 'test', 'default', '--event', event);
    expect(stdout).toMatch(/^✗ default: not told \(muted until /m);
    expect(stdout).toMatch(/ops: it is switched off: kept until pingoru channel enable ops/);
  });

  it('sends nothing and writes nothing', async () => {
    const before = [readFileSync(user.config, 'utf8'), readFileSync(user.state, 'utf8')];
    await pingoru('group', 'test', '--event', event);
    expect([readFileSync(user.config, 'utf8'), readFileSync(user.state, 'utf8')]).toEqual(before);
  });

  it.each([
    ['{}', 'standard input holds something else than an event'],
    ['', 'standard input is empty'],
    [
      '{"schemaVersion":1,"type":"incident.opened","provider":{"name":3},"incident":{}}',
      'something else than an event',
    ],
    ['[1]', 'something else than an event'],
  ])('refuses %j', async (input, message) => {
    const { code, stderr } = await run(['group', 'test', '--event', '-'], user.env, { input });
    expect(code).toBe(64);
    expect(stderr).toContain(message);
  });

  it('needs an event, a group that is there, and a file that is', async () => {
    expect((await pingoru('group', 'test')).stderr).toContain("required option '--event <event>'");
    expect((await pingoru('group', 'test', 'nope', '--event', event)).stderr).toContain('there are default, pay');
    expect((await pingoru('group', 'test', '--event', '/nope')).stderr).toContain('/nope cannot be read (ENOENT)');
  });
});

it('a group stands for its pages wherever a target does', async () => {
  await addChannel('ops');
  await pingoru('add', page.url, '--name', 'acme');
  await pingoru('group', 'add', 'pay', '--channel', 'ops', '--provider', 'acme');
  const { code, stdout } = await pingoru('status', '@pay', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ providers: [{ provider: { id: 'acme' } }] });
  expect((await pingoru('status', '@nope')).stderr).toContain('there are @default, @pay');
  expect(existsSync(user.config)).toBe(true);
});

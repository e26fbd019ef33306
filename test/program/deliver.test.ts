/** The program's own deliveries, to receivers on loopback: by groups, under their owner's secrets, through kills. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, type Recorded, startServer } from '../local-server.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, type Running, run, start, startOnTerminal } from './run.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let user: ReturnType<typeof home>;
let page: StatusPage;
let receiver: LocalServer;
let running: Running[];

beforeEach(async () => {
  user = home();
  page = await openStatusPage();
  receiver = await startServer({ '*': { status: 204 } });
  running = [];
  Object.assign(user.env, { HOOK: `${receiver.url}/hook?key=canary-in-the-address`, HOOK_SECRET: SECRET });
});

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  await page.close();
  await receiver.close();
  user.remove();
});

const OPS = { name: 'ops', type: 'webhook', url: 'env:HOOK', secret: 'env:HOOK_SECRET' };

function configure(config: { channels: object[]; groups: object[] }): void {
  mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
  writeFileSync(user.config, JSON.stringify({ schemaVersion: 1, watch: [], ...config }), { mode: 0o600 });
}

function watch(...args: string[]): Running {
  const one = start(['watch', page.url, '--interval', '50ms', ...args], user.env);
  running.push(one);
  return one;
}

const once = (...args: string[]) => run(['watch', page.url, '--once', ...args], user.env);

interface Received {
  id: string;
  type: string;
  update: string | undefined;
}

function received({ headers, body }: Recorded): Received {
  const { type, data } = JSON.parse(body) as { type: string; data: { update: { id: string } | null } };
  return { id: String(headers['webhook-id']), type, update: data.update?.id };
}

const all = () => receiver.requests.map(received);

describe('a watch with a channel', () => {
  it('tells what is open at first sight, then each update, signed, and prints it as ever', async () => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    page.post('i1', 'investigating');
    await once();
    page.post('i1', 'monitoring');
    page.post('i1', 'resolved');
    const { stdout, code } = await once();
    expect(code).toBe(0);
    expect(stdout).toMatch(/monitoring[\s\S]*resolved/);
    expect(all().map(({ update }) => update)).toEqual(['i1-1', 'i1-2', 'i1-3']);
    for (const { headers, body } of receiver.requests)
      new Webhook(SECRET).verify(body, headers as Record<string, string>, { tolerance: 1e9 } as never);
  });

  it('tells a group what it is to be told, whatever the watch was asked to show', async () => {
    const groups = [{ name: 'billing', channels: ['ops'], events: ['incident.opened'], severities: ['major'] }];
    configure({ channels: [OPS], groups });
    await once();
    page.post('i1', 'investigating', 'small', 'minor');
    page.post('i2', 'investigating', 'large', 'major');
    const { stdout } = await once('--impact', 'critical');
    expect(stdout).toBe('');
    expect(all().map(({ update }) => update)).toEqual(['i2-1']);
  });

  it('sends to the channel that the watch names, though no group does', async () => {
    configure({ channels: [OPS], groups: [] });
    await once();
    page.post('i1', 'investigating');
    await once('--to', 'ops');
    expect(all().map(({ update }) => update)).toEqual(['i1-1']);
    const { code, stderr } = await once('--to', 'nobody');
    expect([code, stderr]).toEqual([64, 'pingoru: there is no channel "nobody"; there is ops\n']);
  });

  it('follows a configuration that changes while it runs, and keeps the old one when that is wrong', async () => {
    configure({ channels: [OPS], groups: [] });
    const one = watch();
    await one.until(/operational/);
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    page.post('i1', 'investigating');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(1);
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'], severities: ['grave'] }] });
    await one.until('groups[0].severities[0]: it must be one of none, minor, major, critical');
    page.post('i1', 'monitoring');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(2);
  });

  it('keeps its configuration while the file is gone for a moment', async () => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    const one = watch();
    await one.until(/operational/);
    renameSync(user.config, `${user.config}.new`);
    await one.until('config.json is gone from');
    page.post('i1', 'investigating');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(1);
    renameSync(`${user.config}.new`, user.config);
    page.post('i1', 'resolved');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(2);
  });

  it('follows a configuration behind a link that comes to lead elsewhere', async () => {
    const folder = path.dirname(user.config);
    configure({ channels: [OPS], groups: [] });
    const versions = ['one', 'two'].map((name) => path.join(folder, name));
    for (const version of versions) mkdirSync(version);
    renameSync(user.config, path.join(versions[0]!, 'config.json'));
    symlinkSync(versions[0]!, path.join(folder, 'current'));
    symlinkSync(path.join('current', 'config.json'), user.config);
    const one = watch();
    await one.until(/operational/);
    const groups = [{ name: 'default', channels: ['ops'] }];
    const text = JSON.stringify({ schemaVersion: 1, watch: [], channels: [OPS], groups });
    writeFileSync(path.join(versions[1]!, 'config.json'), text, { mode: 0o600 });
    symlinkSync(versions[1]!, path.join(folder, 'next'));
    renameSync(path.join(folder, 'next'), path.join(folder, 'current'));
    rmSync(versions[0]!, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    page.post('i1', 'investigating');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(1);
  });

  it('goes on while its terminal takes nothing, and ends when it is asked to', async () => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    const one = startOnTerminal(['watch', page.url, '--interval', '50ms', '--json'], user.env);
    running.push(one);
    await expect.poll(() => page.requests.length, { timeout: 10_000 }).toBeGreaterThan(3);
    one.child.stdout!.pause();
    for (let n = 0; n < 40; n++) page.post(`i${n}`, 'investigating', 'words '.repeat(1500));
    await expect.poll(() => all().length, { timeout: 20_000 }).toBe(40);
    page.post('last', 'investigating');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(41);
    const script = String(one.child.pid);
    const pid = readFileSync(path.join('/proc', script, 'task', script, 'children'), 'utf8').trim();
    process.kill(Number(pid), 'SIGTERM');
    const isThere = () => existsSync(`/proc/${pid}/exe`);
    await expect.poll(isThere, { timeout: 5000 }).toBe(false);
  });

  it('that was mended and switched on again is connected anew by a watch that runs', async () => {
    const file = path.join(path.dirname(user.config), 'hook');
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${receiver.url}/gone`, { mode: 0o600 });
    receiver.routes = { '/gone': { status: 410 }, '*': { status: 204 } };
    configure({ channels: [{ ...OPS, url: 'file:hook' }], groups: [{ name: 'default', channels: ['ops'] }] });
    const one = watch();
    await one.until(/operational/);
    page.post('i1', 'investigating');
    await one.until('it is switched off');
    writeFileSync(file, `${receiver.url}/here`, { mode: 0o600 });
    expect((await run(['channel', 'enable', 'ops'], user.env)).stderr).toContain('on again');
    await expect
      .poll(() => receiver.requests.filter(({ path: asked }) => asked === '/here').length, { timeout: 15_000 })
      .toBe(1);
  });

  it('is switched off when it is gone, says so elsewhere, and keeps what it owes', async () => {
    const chat = await startServer({ '*': 'ok' });
    Object.assign(user.env, { CHAT: `${chat.url}/services/T0/B0/canary-in-the-chat` });
    receiver.routes['*'] = { status: 410 };
    const slack = { name: 'chat', type: 'slack', url: 'env:CHAT' };
    configure({ channels: [OPS, slack], groups: [{ name: 'default', channels: ['ops'] }] });
    await once();
    page.post('i1', 'investigating');
    const { stderr } = await once();
    expect(stderr).toContain('ops: it is switched off: ');
    page.post('i1', 'monitoring');
    await once();
    expect(receiver.requests).toHaveLength(1);
    expect(chat.requests).toHaveLength(1);
    expect(chat.requests[0]!.body).toContain('is switched off');
    const { outbox } = JSON.parse(readFileSync(user.state, 'utf8')) as { outbox: { channel: string }[] };
    expect(outbox.map(({ channel }) => channel)).toEqual(['ops', 'ops']);
    await chat.close();
  });

  it('is told by the watch that records the page what another was asked to tell it, once, until it takes it', async () => {
    configure({ channels: [OPS], groups: [] });
    const first = watch();
    await first.until(/operational/);
    const second = watch('--to', 'ops');
    await second.until('which records it');
    let failures = 1;
    receiver.routes['*'] = () => ({ status: failures-- > 0 ? 503 : 204 });
    page.post('i1', 'investigating');
    await expect.poll(() => all().length, { timeout: 20_000 }).toBe(2);
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    page.post('i1', 'monitoring');
    await expect.poll(() => all().length, { timeout: 20_000 }).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(all().map(({ update }) => update)).toEqual(['i1-1', 'i1-1', 'i1-2']);
    expect(new Set(all().map(({ id }) => id)).size).toBe(2);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends well on %s while a message is under way', async (signal) => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    const one = watch('--json');
    page.post('i1', 'investigating');
    await expect.poll(() => all().length, { timeout: 10_000 }).toBe(1);
    let asked = 0;
    receiver.routes['*'] = async () => {
      asked += 1;
      one.child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 250));
      return { status: 204 };
    };
    page.post('i1', 'monitoring');
    expect(await one.ended).toMatchObject({ code: 0, signal: null });
    await once();
    expect([asked, all().length]).toEqual([1, 2]);
  });

  it('of a program is owed every event, also where it cannot be connected', async () => {
    const secretless = { ...OPS, url: 'env:NOT_SET_HERE' };
    configure({ channels: [secretless], groups: [{ name: 'default', channels: ['ops'], perHour: 1 }] });
    await once();
    for (const id of ['i1', 'i2', 'i3']) page.post(id, 'investigating');
    expect((await once()).stderr).toContain('NOT_SET_HERE, which is not set; what it is owed waits');
    const { outbox } = JSON.parse(readFileSync(user.state, 'utf8')) as { outbox: { held?: string }[] };
    expect(outbox.map(({ held }) => held)).toEqual([undefined, undefined, undefined]);
  });

  it('tests 56 and 60: names no secret in whatever it fails, and follows no redirect', async () => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    await once();
    const outputs: string[] = [];
    for (const status of [400, 401, 404, 429, 500, 302]) {
      receiver.routes['*'] = {
        status,
        headers: { location: `${receiver.url}/other` },
        body: `no: ${SECRET} canary-in-the-address`,
      };
      page.post('i1', 'investigating');
      const { stdout, stderr } = await once('--verbose');
      outputs.push(stdout, stderr);
    }
    const kept = readdirSync(path.dirname(user.state), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(path.join(path.dirname(user.state), name), 'utf8'));
    expect(receiver.requests.length).toBeGreaterThan(0);
    expect(receiver.requests.some(({ path: asked }) => asked === '/other')).toBe(false);
    for (const text of [...outputs, ...kept]) expect(text).not.toMatch(/canary|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw/);
    expect(statSync(user.state).mode & 0o777).toBe(0o600);
  });
});

/** 200 in a thorough run: `THOROUGH=10 npx vitest run test/program/deliver.test.ts`. */
const KILLS = 20 * Number(process.env.THOROUGH ?? 1);

describe('test 37: killed at random moments of polls and deliveries', () => {
  it('loses no event, keeps the order of each incident, and repeats only under the same id', async () => {
    configure({ channels: [OPS], groups: [{ name: 'default', channels: ['ops'] }] });
    await once();
    const posted: string[] = [];
    const answered = new Map<string, number>();
    const failed = new Set<string>();
    receiver.routes['*'] = async (request, response) => {
      const { id } = received(request);
      // Once: a second failure is tried again after five minutes.
      const luck = failed.has(id) ? 1 : Math.random();
      if (luck < 0.2) failed.add(id);
      if (luck < 0.1) return { status: 503 };
      if (luck < 0.2) return void response.destroy();
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      answered.set(id, (answered.get(id) ?? 0) + 1);
      return { status: 204 };
    };
    for (let kill = 0; kill < KILLS; kill++) {
      const one = watch();
      for (let n = 0; n < 3; n++) {
        const incident = `i${kill % 7}`;
        posted.push(incident);
        page.post(incident, n === 2 && kill % 5 === 0 ? 'resolved' : 'monitoring');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
      }
      one.child.kill('SIGKILL');
      await one.ended;
    }
    receiver.routes['*'] = { status: 204 };
    watch();
    const owed = () => (JSON.parse(readFileSync(user.state, 'utf8')) as { outbox: unknown[] }).outbox.length;
    const updates = () => new Set(all().map(({ update }) => update));
    await expect.poll(() => updates().size, { timeout: 60_000, interval: 500 }).toBe(posted.length);
    await expect.poll(owed, { timeout: 60_000, interval: 500 }).toBe(0);
    const ids = new Map<string, Set<string>>();
    for (const { id, update } of all()) ids.set(update!, (ids.get(update!) ?? new Set()).add(id));
    expect([...ids.values()].filter((set) => set.size > 1)).toEqual([]);
    const firsts = [...updates()].map((update) => update!.split('-') as [string, string]);
    for (const incident of new Set(posted)) {
      const numbers = firsts.filter(([name]) => name === incident).map(([, number]) => Number(number));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }
    const repeats = [...answered.values()].reduce((sum, times) => sum + times - 1, 0);
    console.info(`${posted.length} updates, ${KILLS} kills, ${repeats} repeats of what the receiver had answered`);
  }, 900_000);
});

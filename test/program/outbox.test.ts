/** The outbox by hand, on the built program. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, type Running, run, start, startOnTerminal } from './run.ts';

let user: ReturnType<typeof home>;
let page: StatusPage;
let receiver: LocalServer;
let running: Running[];

/** Two messages of the webhook "ops" wait for a retry. */
beforeEach(async () => {
  user = home();
  page = await openStatusPage();
  receiver = await startServer({ '*': { status: 503 } });
  running = [];
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  Object.assign(user.env, { COLUMNS: '120', TZ: 'UTC', HOOK: receiver.url, HOOK_SECRET: secret });
  await pingoru('add', page.url, '--name', 'acme');
  await pingoru('channel', 'add', 'ops', 'webhook', '--url', 'env:HOOK', '--secret', 'env:HOOK_SECRET');
  await pingoru('watch', '--once');
  page.post('i1', 'investigating');
  page.post('i2', 'investigating');
  await pingoru('watch', '--once');
  receiver.requests.length = 0;
});

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  await page.close();
  await receiver.close();
  user.remove();
});

const pingoru = (...args: string[]) => run(args, user.env);

interface Row {
  id: string;
  attempts: number;
  dueAt: number | null;
  deadAt?: string;
  held?: string;
}

const state = () => JSON.parse(readFileSync(user.state, 'utf8')) as { outbox: Row[] };
function changeRows(change: (row: Row, index: number) => Row): void {
  const before = state();
  writeFileSync(user.state, JSON.stringify({ ...before, outbox: before.outbox.map(change) }), { mode: 0o600 });
}
// Before quiet hours can be over at the latest.
const LATER = Math.floor(Date.now() / 1000) * 1000 + 3 * 24 * 3_600_000;
/** As after eight tries. */
const RETRYING = { attempts: 8, dueAt: Date.now() + 12 * 3_600_000 };

describe('outbox list', () => {
  it('shows what is owed, why, and when it is tried next', async () => {
    const { stdout } = await pingoru('outbox', 'list');
    expect(stdout).toMatch(/^ID +CHANNEL +TRIES +NEXT +WHAT$/m);
    expect(stdout).toMatch(/^dlv_\S{8} +ops +1 +\S+ UTC +acme: Trouble i1$/m);
    expect(stdout).toMatch(/^ +the webhook has trouble of its own \(HTTP 503\)$/m);
  });

  it('prints a document that keeps to its schema, whatever state a message is in', async () => {
    changeRows((row, index) => ({
      ...row,
      dueAt: LATER,
      ...(index === 0 ? { deadAt: '2026-03-10T12:00:00.000Z' } : { held: 'quiet' }),
    }));
    const { stdout } = await pingoru('outbox', 'list', '--json');
    expect(validate('outbox', JSON.parse(stdout))).toEqual([]);
    expect(JSON.parse(stdout)).toMatchObject({
      owed: [
        { channel: 'ops', state: 'given_up', dueAt: null, events: [{ type: 'incident.opened' }] },
        { channel: 'ops', state: 'held', dueAt: new Date(LATER).toISOString().replace('.000', '') },
      ],
    });
    await pingoru('channel', 'disable', 'ops');
    expect((await pingoru('outbox', 'list', '--json')).stdout).toContain('"state":"off"');
  });

  it('takes channels and ids', async () => {
    const [first] = state().outbox;
    const of = async (...words: string[]) => {
      const { stdout } = await pingoru('outbox', 'list', '--json', ...words);
      return (JSON.parse(stdout) as { owed: unknown[] }).owed.length;
    };
    expect(await of('ops')).toBe(2);
    expect(await of(first!.id.slice(0, 12))).toBe(1);
    expect(await of(first!.id, 'ops')).toBe(2);
    const unknown = await pingoru('outbox', 'list', 'nope');
    expect(unknown.stderr).toBe(
      'pingoru: "nope" is neither a channel nor an id of what is owed; see them with: pingoru outbox list\n',
    );
    expect((await pingoru('outbox', 'list', 'dlv_')).code).toBe(64);
  });
});

describe('outbox retry', () => {
  it('delivers now what waits, where nobody watches', async () => {
    changeRows((row) => ({ ...row, ...RETRYING }));
    receiver.routes['*'] = { status: 204 };
    const { code, stderr } = await pingoru('outbox', 'retry');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '2 messages delivered\n' });
    expect(receiver.requests.map(({ headers }) => headers['webhook-id']).sort()).toHaveLength(2);
    expect((await pingoru('outbox', 'list')).stderr).toBe('nothing is owed\n');
    expect((await pingoru('outbox', 'retry')).stderr).toBe('nothing waits for a retry\n');
  });

  it('brings back what was given up, with all its tries', async () => {
    changeRows((row) => ({ ...row, attempts: 10, dueAt: null, deadAt: '2026-03-10T12:00:00.000Z' }));
    const [first, second] = state().outbox;
    const failed = await pingoru('outbox', 'retry', first!.id);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/ops: the webhook has trouble of its own \(HTTP 503\)\n1 message still owed/);
    expect(receiver.requests.map(({ headers }) => headers['webhook-id'])).toEqual([first!.id]);
    expect(state().outbox.map(({ attempts, deadAt }) => [attempts, deadAt === undefined])).toEqual([
      [1, true],
      [10, false],
    ]);
    receiver.routes['*'] = { status: 204 };
    expect((await pingoru('outbox', 'retry', second!.id)).code).toBe(0);
  });

  it('leaves alone what is held back, unless that is named itself', async () => {
    changeRows((row, index) => (index === 0 ? { ...row, ...RETRYING, attempts: 0, held: 'quiet' } : row));
    receiver.routes['*'] = { status: 204 };
    expect((await pingoru('outbox', 'retry', 'ops')).stderr).toBe('1 message delivered\n');
    const [held] = state().outbox;
    expect(held).toMatchObject({ held: 'quiet' });
    expect((await pingoru('outbox', 'retry', held!.id)).stderr).toBe('1 message delivered\n');
  });

  it('leaves it to the watch that runs', async () => {
    changeRows((row) => ({ ...row, ...RETRYING }));
    const watching = start(['watch', '--interval', '100ms'], user.env);
    running.push(watching);
    await watching.until(/degraded|operational/);
    receiver.routes['*'] = { status: 204 };
    const { code, stderr } = await pingoru('outbox', 'retry');
    expect(code).toBe(0);
    expect(stderr).toBe(`2 messages left to the watch that runs (pid ${watching.child.pid}): it sends them now\n`);
    for (let tries = 0; tries < 100 && state().outbox.length > 0; tries++)
      await new Promise((go) => setTimeout(go, 100));
    expect(state().outbox).toEqual([]);
  });

  it('sends nothing through a channel that is off, and says how it does', async () => {
    await pingoru('channel', 'disable', 'ops');
    const { code, stderr } = await pingoru('outbox', 'retry');
    expect(code).toBe(1);
    expect(stderr).toBe('the channel "ops" is off; mend it, then run: pingoru channel enable ops\n');
    expect(receiver.requests).toEqual([]);
  });
});

describe('outbox drop', () => {
  it('asks for a yes where nobody can be asked, and drops what is named', async () => {
    const refused = await pingoru('outbox', 'drop');
    expect(refused.code).toBe(64);
    expect(refused.stderr).toBe(
      'pingoru: --yes is missing: 2 messages owed to ops would be dropped, and there is nobody to ask\n',
    );
    const [first, second] = state().outbox;
    expect((await pingoru('outbox', 'drop', first!.id, '--yes')).stderr).toBe('1 message dropped\n');
    expect(state().outbox.map(({ id }) => id)).toEqual([second!.id]);
    expect((await pingoru('log', '--channel', 'ops')).stdout).toMatch(
      /given up +ops +acme: Trouble i1.*\n +dropped by hand/,
    );
    expect(receiver.requests).toEqual([]);
  });

  it.each([
    ['y', 0],
    ['', 2],
  ])('asks on a terminal: %j', async (answer, left) => {
    const one = startOnTerminal(['outbox', 'drop', 'ops'], user.env);
    running.push(one);
    await one.until('Drop 2 messages owed to ops? They are never sent then. [y/N]');
    one.child.stdin!.write(`${answer}\r`);
    expect((await one.ended).code).toBe(0);
    expect(state().outbox).toHaveLength(left);
  });
});

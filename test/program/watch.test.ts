import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, lines, type Running, run, start } from './run.ts';

let user: ReturnType<typeof home>;
let page: StatusPage;
let running: Running[];

beforeEach(async () => {
  user = home();
  page = await openStatusPage();
  running = [];
});

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  await page.close();
  user.remove();
});

function watch(...args: string[]): Running {
  const one = start(['watch', page.url, '--interval', '100ms', ...args], user.env);
  running.push(one);
  return one;
}

const once = (...args: string[]) => run(['watch', page.url, '--once', '--json', ...args], user.env);
const ids = (text: string) => lines(text).map((event) => (event.update as { id: string } | null)?.id ?? event.type);
const greeting = /operational|degraded/;

describe('watch --once --json', () => {
  it('is silent about history, then tells each update once, in order, with its lag', async () => {
    page.post('old', 'investigating');
    page.post('old', 'resolved');
    expect((await once()).stdout).toBe('');
    page.post('i1', 'investigating');
    page.post('i1', 'investigating', 'still');
    page.post('i2', 'identified');
    page.post('i1', 'resolved');
    const { stdout, stderr, code } = await once();
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(ids(stdout)).toEqual(['i1-1', 'i1-2', 'i2-1', 'i1-3']);
    for (const event of lines(stdout)) {
      expect(validate('event', event)).toEqual([]);
      expect(event.lagSeconds).toBeGreaterThan(0);
    }
    expect((await once()).stdout).toBe('');
  });

  it('asks an unchanged page once, with its validators, and writes nothing', async () => {
    await once();
    page.requests.length = 0;
    const before = readFileSync(user.state);
    for (let round = 0; round < 3; round++) await once();
    expect(page.requests.map((request) => request.path)).toEqual(Array(3).fill('/api/v2/summary.json'));
    expect(page.requests.every((request) => request.headers['if-none-match'] === 'W/"0"')).toBe(true);
    expect(readFileSync(user.state).equals(before)).toBe(true);
  });

  it('tells only what the filters let through, and does not keep the rest for later', async () => {
    await once();
    page.post('small', 'investigating', 'a little', 'minor');
    page.post('large', 'investigating', 'a lot', 'major');
    expect(ids((await once('--impact', 'major')).stdout)).toEqual(['large-1']);
    expect((await once()).stdout).toBe('');
    page.post('large', 'resolved');
    expect((await once('--component', 'Billing')).stdout).toBe('');
  });

  it('tells of a component that changes without an incident', async () => {
    await once();
    page.set('Search API', 'partial_outage');
    const [event] = lines((await once()).stdout);
    expect(event).toMatchObject({ type: 'component.changed', component: { group: 'Core', to: 'partial_outage' } });
  });

  it('prints what a killed one had found, with the same event ids', async () => {
    await once();
    for (let round = 0; round < 8; round++) page.post('i', 'investigating', `round ${round}`);
    const killed = start(['watch', page.url, '--once', '--json'], user.env);
    setTimeout(() => killed.child.kill('SIGKILL'), 120);
    const first = lines((await killed.ended).stdout.replace(/[^\n]*$/, ''));
    const second = lines((await once()).stdout);
    const told = new Map([...first, ...second].map((event) => [event.id, (event.update as { id: string }).id]));
    expect([...told.values()]).toEqual(Array.from({ length: 8 }, (_, n) => `i-${n + 1}`));
  });
});

describe('watch', () => {
  it('shows a header, then each update as lines, when it is no terminal', async () => {
    const one = watch();
    await one.until(greeting);
    page.post('i1', 'investigating', 'the first words\nand the second');
    await one.until('and the second');
    expect(one.stdout()).toMatch(/^2026-03-10T\S+ .*incident\.opened.*Trouble i1/m);
    expect(one.stdout() + one.stderr()).not.toMatch(/\u001b|\r/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends well on %s, with its state written', async (signal) => {
    const one = watch('--json');
    page.post('i1', 'investigating');
    await one.until('i1-1');
    one.child.kill(signal);
    expect(await one.ended).toMatchObject({ code: 0, signal: null });
    expect(readFileSync(user.state, 'utf8')).toContain('i1-1');
    expect((await once()).stdout).toBe('');
  });

  it('tells first what came while it was not running', async () => {
    await once();
    page.post('i1', 'investigating');
    page.post('i1', 'resolved');
    const one = watch('--json');
    await one.until('i1-2');
    expect(ids(one.stdout())).toEqual(['i1-1', 'i1-2']);
    expect(lines(one.stdout())[0]).toMatchObject({ type: 'incident.opened', initial: false });
  });

  it('ends well when its reader has gone', async () => {
    const one = watch('--json');
    page.post('i1', 'investigating');
    await one.until('i1-1');
    one.child.stdout!.destroy();
    page.post('i1', 'resolved');
    expect(await one.ended).toMatchObject({ code: 0, stderr: '' });
    expect(ids((await once()).stdout)).toEqual(['i1-2']);
  });

  it('warns when no component has the name asked for', async () => {
    const one = watch('--component', 'Biling');
    await one.until('Billing');
  });
});

describe('two watches of one page', () => {
  it('both show everything, one records it and says so', async () => {
    const first = watch();
    await first.until(greeting);
    const second = watch();
    await second.until(`process ${first.child.pid}`);
    page.post('i1', 'investigating', 'for both');
    await Promise.all([first.until('for both'), second.until('for both')]);
    expect(first.stderr()).not.toContain('process');
  });

  it('of different pages both record', async () => {
    const other = await openStatusPage();
    const first = watch('--json');
    const second = start(['watch', other.url, '--interval', '100ms', '--json'], user.env);
    running.push(second);
    page.post('i1', 'investigating');
    other.post('i2', 'investigating');
    await Promise.all([first.until('i1-1'), second.until('i2-1')]);
    for (const one of [first, second]) one.child.kill('SIGTERM');
    await Promise.all([first.ended, second.ended]);
    const state = readFileSync(user.state, 'utf8');
    expect([page.url, other.url].every((url) => state.includes(url))).toBe(true);
    await other.close();
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)('hand over without a gap or a repeat on %s', async (signal) => {
    await once();
    const first = watch('--json', '--verbose');
    await first.until('answered');
    const second = watch('--json', '--verbose');
    await second.until('answered');
    page.post('i1', 'investigating', 'seen by both');
    await Promise.all([first.until('i1-1'), second.until('i1-1')]);
    first.child.kill(signal);
    page.post('i1', 'monitoring');
    await second.until('i1-2');
    const owned = () => JSON.stringify(JSON.parse(readFileSync(user.state, 'utf8'))).includes('i1-2');
    while (!owned()) await new Promise((resolve) => setTimeout(resolve, 200));
    page.post('i1', 'resolved');
    await second.until('i1-3');
    second.child.kill('SIGTERM');
    expect(ids((await second.ended).stdout)).toEqual(['i1-1', 'i1-2', 'i1-3']);
    first.child.kill('SIGKILL');
    expect((await once()).stdout).toBe('');
  });
});

describe('the watch list', () => {
  it('is what watch and status read when no target is named', async () => {
    expect((await run(['add', page.url, '--name', 'acme'], user.env)).code).toBe(0);
    page.post('i1', 'investigating');
    const { stdout } = await run(['watch', '--once', '--json'], user.env);
    expect(lines(stdout)[0]).toMatchObject({ initial: true, provider: { id: 'acme', name: 'acme' } });
    expect((await run(['status', 'acme'], user.env)).code).toBe(1);
    const listed = JSON.parse((await run(['list', '--json'], user.env)).stdout);
    expect(validate('list', listed)).toEqual([]);
    expect(listed.watch).toEqual([{ name: 'acme', url: page.url, platform: null, provider: null }]);
    await run(['remove', 'acme'], user.env);
    expect((await run(['status'], user.env)).code).toBe(64);
  });

  it('keeps what fifty commands at once add to it', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `page-${n}`);
    const added = names.map((name, n) =>
      run(['add', `${page.url}/${n}`, '--name', name, '--platform', 'statuspage'], user.env),
    );
    expect((await Promise.all(added)).every(({ code }) => code === 0)).toBe(true);
    const listed = JSON.parse((await run(['list', '--json'], user.env)).stdout);
    expect(listed.watch.map((entry: { name: string }) => entry.name).sort()).toEqual(names.sort());
  }, 120_000);

  it('leaves no temporary files behind', async () => {
    await once();
    expect(readdirSync(path.dirname(user.state)).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });
});

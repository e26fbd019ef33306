import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildStore, type Program, start } from './build.ts';

let store = '';
let folder = '';
const running: Program[] = [];

beforeAll(async () => {
  store = await buildStore();
});
afterAll(() => rmSync(dirname(store), { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pingoru-store-'));
});
afterEach(() => {
  for (const program of running.splice(0)) program.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(name: string, ...args: string[]): Program {
  const program = start(name, args, { store, folder });
  running.push(program);
  return program;
}

function outbox(): string[] {
  const state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
  return state.outbox.map((row: { id: string }) => row.id);
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('many processes at once', () => {
  test('fifty that each commit one change lose none, and none is refused', { timeout: 60_000 }, async () => {
    const programs = numbers(50).map((i) => run('append', `p${i}`, '1'));
    const ends = await Promise.all(programs.map((program) => program.ended));
    expect(programs.map((program) => program.errors.join('')).filter(Boolean)).toEqual([]);
    expect(ends.every(({ code }) => code === 0)).toBe(true);
    expect(outbox().sort()).toEqual(
      numbers(50)
        .map((i) => `p${i}-0`)
        .sort(),
    );
    expect(readdirSync(folder).sort()).toEqual(['state.json', 'state.json.bak']);
  });

  test('fifty that each add to the watch list lose none', { timeout: 60_000 }, async () => {
    const programs = numbers(50).map((i) => run('add', `https://status${i}.example.com`));
    await Promise.all(programs.map((program) => program.ended));
    expect(programs.map((program) => program.errors.join('')).filter(Boolean)).toEqual([]);
    const { watch } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(new Set(watch.map((entry: { url: string }) => entry.url)).size).toBe(50);
  });
});

describe('a process suspended in the middle of its transaction', () => {
  test('holds nobody up, and on waking makes its change on top of theirs', { timeout: 60_000 }, async () => {
    const stopped = run('stop', 'sleeper');
    expect(await stopped.line()).toBe('stopping');
    const others = numbers(3).map((i) => run('append', `p${i}`, '2'));
    await Promise.all(others.map((program) => program.ended));
    expect(outbox()).toHaveLength(6);
    stopped.kill('SIGCONT');
    expect(await stopped.line()).toBe('2');
    expect((await stopped.ended).code).toBe(0);
    expect(outbox()).toHaveLength(7);
    expect(outbox().at(-1)).toBe('sleeper');
  });

  test('keeps its lock when nobody else wants it', { timeout: 60_000 }, async () => {
    const stopped = run('stop', 'sleeper');
    await stopped.line();
    await sleep(100);
    stopped.kill('SIGCONT');
    expect(await stopped.line()).toBe('1');
    expect(outbox()).toEqual(['sleeper']);
  });

  test('is followed at once when it is killed there', { timeout: 60_000 }, async () => {
    const stopped = run('stop', 'sleeper');
    await stopped.line();
    stopped.kill('SIGKILL');
    await stopped.ended;
    const next = run('append', 'next', '1');
    expect((await next.ended).code).toBe(0);
    expect(outbox()).toEqual(['next-0']);
  });
});

test('killed at two hundred random moments, the file is never broken and keeps all that was committed', {
  timeout: 240_000,
}, async () => {
  const committed: string[] = [];
  const broken: unknown[] = [];
  const killOne = async (i: number) => {
    const program = run('append', `k${i}`, '1000000');
    // The first word shows that it is under way; then at any instant of the following transactions.
    await program.line();
    await sleep(Math.random() * 25);
    program.kill('SIGKILL');
    await program.ended;
    committed.push(...program.lines);
    try {
      outbox();
    } catch (error) {
      broken.push(error);
    }
  };
  let next = 0;
  const lane = async () => {
    while (next < 200) await killOne(next++);
  };
  await Promise.all([lane(), lane(), lane()]);
  expect(broken).toEqual([]);
  const rows = outbox();
  expect(new Set(rows).size).toBe(rows.length);
  expect(committed.length).toBeGreaterThanOrEqual(200);
  const kept = new Set(rows);
  expect(committed.filter((id) => !kept.has(id))).toEqual([]);
  const last = run('append', 'last', '1');
  expect(await last.line()).toBe('last-0');
  expect((await last.ended).code).toBe(0);
  expect(last.errors).toEqual([]);
});

test('a folder that may not be written is said in one line, at once, and the old file stays', async () => {
  writeFileSync(join(folder, 'state.json'), '{"schemaVersion":1,"fresh":false,"pages":[],"outbox":[]}');
  chmodSync(join(folder, 'state.json'), 0o444);
  chmodSync(folder, 0o555);
  // Modes do not bind root, so root starts the program as another user.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const program = start('append', ['x', '1'], { store, folder, uid });
  const { code } = await program.ended;
  chmodSync(folder, 0o700);
  expect(code).not.toBe(0);
  const said = program.errors.join('');
  expect(said).toContain(`ConfigError: ${join(folder, 'state.json')} cannot be written: permission denied.`);
  expect(said).toContain('PINGORU_STATE_DIR');
  expect(outbox()).toEqual([]);
});

describe('claims of several processes', () => {
  const page = 'https://status.example.com';

  test('of two that ask for a page exactly one gets it, and the other is told which', { timeout: 30_000 }, async () => {
    const programs = [run('claim', '10000', page), run('claim', '10000', page)];
    const claims = await Promise.all(programs.map(async (program) => JSON.parse(await program.line())[page]));
    const winner = claims.findIndex((claim) => claim.mine);
    expect(claims.filter((claim) => claim.mine)).toHaveLength(1);
    expect(claims[1 - winner]).toEqual({ mine: false, pid: programs[winner]!.child.pid, channels: ['terminal'] });
  });

  test('the page of a killed one is free at the next asking', { timeout: 30_000 }, async () => {
    const owner = run('claim', '10000', page);
    await owner.line();
    const other = run('claim', '10000', page);
    expect(JSON.parse(await other.line())[page].mine).toBe(false);
    owner.kill('SIGKILL');
    await owner.ended;
    other.say('take');
    expect(JSON.parse(await other.line())[page].mine).toBe(true);
  });

  test('the page of one that releases it is free at the next asking', { timeout: 30_000 }, async () => {
    const owner = run('claim', '10000', page);
    await owner.line();
    owner.say('release');
    await owner.line();
    const other = run('claim', '10000', page);
    expect(JSON.parse(await other.line())[page].mine).toBe(true);
  });

  test('a suspended one loses its page, and on waking neither holds nor records it', { timeout: 30_000 }, async () => {
    const owner = run('claim', '400', page);
    await owner.line();
    owner.kill('SIGSTOP');
    const other = run('claim', '400', page);
    await other.line();
    let claim = { mine: false };
    while (!claim.mine) {
      await sleep(100);
      other.say('take');
      claim = JSON.parse(await other.line())[page];
    }
    owner.kill('SIGCONT');
    owner.say(`holds ${page}`);
    owner.say(`commit ${page}`);
    expect(await owner.line()).toBe('false');
    expect(await owner.line()).toBe('"lost"');
    other.say(`commit ${page}`);
    expect(await other.line()).toBe('"kept"');
    owner.say('take');
    expect(JSON.parse(await owner.line())[page]).toMatchObject({ mine: false, pid: other.child.pid });
  });

  test('one that is suspended and woken before anybody asked keeps its page', { timeout: 30_000 }, async () => {
    const owner = run('claim', '100', page);
    await owner.line();
    owner.kill('SIGSTOP');
    await sleep(300);
    owner.kill('SIGCONT');
    owner.say(`commit ${page}`);
    expect(await owner.line()).toBe('"kept"');
  });
});

test('a state folder that does not exist is made for this user alone', async () => {
  mkdirSync(join(folder, 'a'));
  const inner = join(folder, 'a', 'b', 'c');
  const program = start('append', ['x', '1'], { store, folder: inner });
  expect((await program.ended).code).toBe(0);
  expect(readdirSync(inner)).toEqual(['state.json']);
});

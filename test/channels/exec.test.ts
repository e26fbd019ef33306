import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelIo, Delivery, Settings } from '../../src/channel.ts';
import { exec } from '../../src/channels/exec.ts';
import { ConfigError, DeliveryError } from '../../src/errors.ts';
import { messageOf } from '../../src/message.ts';
import { validate } from '../schema.ts';
import { CASES, channelIo, deliveryOf, expectFixture, hostileEvent, PAYLOADS } from './setup.ts';

let folder: string;
let canary: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pingoru-exec-'));
  canary = path.join(folder, 'canary');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A shell script of the test's; gives its path. */
function program(body: string, mode = 0o755): string {
  const file = path.join(folder, 'program');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, mode);
  return file;
}

const env = { PATH: process.env.PATH, KEPT: 'as it was' };

function run(settings: Settings, delivery: Delivery = CASES.opened!(), io: Partial<ChannelIo> = {}) {
  return exec.connect(settings, channelIo({ env, ...io }))(delivery);
}

async function failureOf(command: readonly string[], io: Partial<ChannelIo> = {}): Promise<DeliveryError> {
  const error = await run({ command }, CASES.opened!(), io).catch((thrown: unknown) => thrown);
  if (!(error instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${JSON.stringify(error)}`);
  return error;
}

/** What a program is given: standard input, our part of its environment, and its arguments. */
async function given(delivery: Delivery, args: readonly string[] = []) {
  const out = path.join(folder, 'out');
  const recorder = program(`cat > '${out}.in'; env -0 > '${out}.env'; printf '%s\\0' "$@" > '${out}.args'`);
  await run({ command: [recorder, ...args] }, delivery);
  const variables = Object.fromEntries(
    readFileSync(`${out}.env`, 'utf8')
      .split('\0')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const own = Object.fromEntries(Object.entries(variables).filter(([name]) => name.startsWith('PINGORU_')));
  const stdin = readFileSync(`${out}.in`, 'utf8');
  return { stdin, own, variables, args: readFileSync(`${out}.args`, 'utf8').split('\0').slice(0, -1) };
}

/** Timers that run when a test says so. */
function handTimers() {
  const pending = new Map<() => void, number>();
  const after: ChannelIo['after'] = (ms, act) => {
    pending.set(act, ms);
    return () => pending.delete(act);
  };
  return { after, pending };
}

describe.skipIf(process.platform === 'win32')('a program', () => {
  test.each(Object.keys(CASES))('is given "%s" as its fixture has it', async (one) => {
    const { stdin, own } = await given(CASES[one]!());
    expect(stdin.endsWith('}\n')).toBe(true);
    expectFixture('exec', one, { stdin: JSON.parse(stdin), env: own });
  });

  test('reads what `watch --json` prints, on one line', async () => {
    const { stdin } = await given(CASES.resolved!());
    expect(stdin.match(/\n/g)).toHaveLength(1);
    expect(validate('event', JSON.parse(stdin))).toEqual([]);
  });

  test('inherits the environment, and its arguments are nobody else’s to read', async () => {
    const args = ['two words', '$HOME `id` $(id) "quoted" \'too\'', '; touch x', '-n', '*', 'é'];
    const { variables, args: received } = await given(CASES.opened!(), args);
    expect(variables.KEPT).toBe('as it was');
    expect(received).toEqual(args);
  });

  test.each(PAYLOADS)('%j stays text on its way in', async (text) => {
    const event = hostileEvent(text.replaceAll('/tmp/canary', canary));
    const words = { ...messageOf(event), title: text.replaceAll('/tmp/canary', canary) };
    const { stdin, own } = await given(deliveryOf(event, { message: words }));
    expect(JSON.parse(stdin).incident.title).toBe(event.incident!.title);
    expect(own.PINGORU_TITLE).not.toMatch(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
    expect(existsSync(canary)).toBe(false);
  });

  test('whatever a vendor says, a program gets one line of JSON and a title of one line', async () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...PAYLOADS));
    const checker = program(`cat > '${folder}/line'; printf %s "$PINGORU_TITLE" > '${folder}/title'`);
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(1, 400), async (text, times) => {
        const event = hostileEvent(text.repeat(times));
        const words = { ...messageOf(event), title: text.repeat(times) };
        await run({ command: [checker] }, deliveryOf(event, { message: words }));
        const line = readFileSync(path.join(folder, 'line'), 'utf8');
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line).type).toBe('incident.updated');
        const title = readFileSync(path.join(folder, 'title'), 'utf8');
        expect(title).not.toMatch(/[\p{Cc}\p{Cs}]/u);
        expect([...new Intl.Segmenter().segment(title)].length).toBeLessThanOrEqual(500);
      }),
      { numRuns: 500 },
    );
    // Each run starts a process.
  }, 120_000);

  test.each([
    ['exit 1', false, 'ended with 1'],
    ['exit 75', false, 'ended with 75'],
    ['exit 69', false, 'ended with 69'],
    ['exit 64', 'message', 'ended with 64'],
    ['exit 65', 'message', 'ended with 65'],
    ['exit 78', 'channel', 'ended with 78'],
    ['exit 126', 'channel', 'ended with 126'],
    ['exit 127', 'channel', 'ended with 127'],
    ['kill -9 $$', false, 'was ended by SIGKILL'],
    ['kill -15 $$', false, 'was ended by SIGTERM'],
  ])('that says "%s" is final for: %s', async (body, permanent, words) => {
    const file = program(body);
    const failure = await failureOf([file]);
    expect([failure.details.permanent, failure.message]).toEqual([permanent, `${file} ${words}`]);
  });

  test('that ends with 0 took it, whatever it wrote, and though it read nothing', async () => {
    const loud = program('exec <&-; echo out; echo error >&2; exit 0');
    const huge = deliveryOf(hostileEvent('word '.repeat(200_000)));
    for (let index = 0; index < 5; index++)
      expect(await run({ command: [loud] }, huge)).toEqual({ outcome: 'delivered', detail: 'it ended with 0' });
  });

  test('that fails is quoted: the last line of its standard error, cleaned and cut', async () => {
    const failure = await failureOf([
      program(`printf 'first\\nno \\033[31mroute\\a to \\342\\200\\256host\\n\\n' >&2; exit 1`),
    ]);
    expect(failure.message).toMatch(/ ended with 1: no route to host$/);
    const long = await failureOf([program(`head -c 300000 /dev/zero | tr '\\0' x >&2; exit 1`)]);
    expect(long.message.length).toBeLessThan(folder.length + 250);
    expect(long.message).toMatch(/: x+…$/);
  });

  test('that is not there, or is none, is final for the channel', async () => {
    const none = await failureOf(['/nowhere/at/all']);
    expect([none.details.permanent, none.message]).toEqual(['channel', '/nowhere/at/all was not found']);
    const line = await failureOf(['logger -t pingoru']);
    expect(line.details.permanent).toBe('channel');
    expect(line.message).toBe(
      'logger -t pingoru was not found: "command" is a list, the program first and then each argument by itself',
    );
    const text = await failureOf([program('exit 0', 0o644)]);
    expect([text.details.permanent, text.message]).toEqual([
      'channel',
      `${folder}/program could not be started (EACCES)`,
    ]);
    const directory = await failureOf([folder]);
    expect(directory.details.permanent).toBe('channel');
  });

  test('that hangs is ended with all it started when its time is over, and tried again', async () => {
    const pids = path.join(folder, 'pids');
    const file = program(
      `sleep 600 & echo "waiting for $!" >&2; echo $! > '${pids}.new'; mv '${pids}.new' '${pids}'; wait`,
    );
    const timers = handTimers();
    const sending = run({ command: [file], timeout: 45 }, CASES.opened!(), { after: timers.after }).catch((e) => e);
    await expect.poll(() => existsSync(pids)).toBe(true);
    const [[timeUp, ms] = [() => {}, 0]] = timers.pending;
    expect(ms).toBe(45_000);
    timeUp();
    const failure = await sending;
    expect(failure.details.permanent).toBe(false);
    expect(failure.message).toMatch(/ did not end within 45 s: waiting for \d+$/);
    const child = Number(readFileSync(pids, 'utf8'));
    await expect.poll(() => alive(child)).toBe(false);
  });

  test('that leaves a child behind is not waited for longer than its standard error may take', async () => {
    const timers = handTimers();
    const file = program('sleep 600 & echo $! >&2; exit 3');
    const sending = run({ command: [file] }, CASES.opened!(), { after: timers.after }).catch((e) => e);
    await expect.poll(() => [...timers.pending.values()]).toContain(500);
    for (const [act, ms] of timers.pending) if (ms === 500) act();
    const failure = await sending;
    expect(failure.message).toMatch(/ ended with 3: \d+$/);
    process.kill(Number(failure.message.split(': ')[1]));
    const taken = await run({ command: [program('sleep 600 & echo $! > "$1"; exit 0'), `${folder}/left`] });
    expect(taken.outcome).toBe('delivered');
    process.kill(Number(readFileSync(`${folder}/left`, 'utf8')));
  });

  test('its timer is called off once it has ended', async () => {
    const timers = handTimers();
    await run({ command: [program('exit 0')] }, CASES.opened!(), { after: timers.after });
    expect(timers.pending.size).toBe(0);
  });
});

/** A process that has ended and was not yet taken note of is none. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('settings', () => {
  test.each([
    [{ command: ['a\0b'] }, '"command" must not hold a NUL character'],
    [{ command: ['true'], timeout: 0 }, '"timeout" must be between 1 and 600 seconds'],
    [{ command: ['true'], timeout: 601 }, '"timeout" must be between 1 and 600 seconds'],
    [{ command: ['true'], timeout: -1 }, '"timeout" must be between 1 and 600 seconds'],
  ])('%j is refused', (settings, words) => {
    expect(() => exec.connect(settings, channelIo())).toThrow(new ConfigError(words));
  });
});

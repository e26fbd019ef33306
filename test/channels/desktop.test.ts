import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelIo, Delivery, Message, Receipt } from '../../src/channel.ts';
import { desktop } from '../../src/channels/desktop.ts';
import { CHANNELS } from '../../src/channels/index.ts';
import { DeliveryError } from '../../src/errors.ts';
import { clerkIncident, eventOf, message } from '../incidents.ts';
import { CASES, channelIo, deliveryOf, digestDelivery, expectFixture, PAYLOADS } from './setup.ts';

const onLinux = process.platform === 'linux';
const oldPath = process.env.PATH;
const env = { DISPLAY: ':0' };

let folder: string;
let calls: string;
let canary: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pingoru-desktop-'));
  calls = path.join(folder, 'calls');
  canary = path.join(folder, 'canary');
  process.env.PATH = `${folder}:${oldPath}`;
});
afterAll(() => {
  process.env.PATH = oldPath;
  rmSync(folder, { recursive: true });
});
beforeEach(() => notifySend(''));
afterEach(() => {
  rmSync(calls, { force: true });
});

/** A notify-send that records its arguments, each ended by a NUL and each call by two, and then does `more`. */
function notifySend(more: string): void {
  const file = path.join(folder, 'notify-send');
  writeFileSync(file, `#!/bin/sh\n{ printf '%s\\0' "$@"; printf '\\0'; } >> '${calls}'\n${more}\n`);
  chmodSync(file, 0o755);
}

function recorded(): string[][] {
  if (!existsSync(calls)) return [];
  const text = readFileSync(calls, 'utf8');
  return text
    .split('\0\0')
    .slice(0, -1)
    .map((call) => call.split('\0'));
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

function send(delivery: Delivery | Message, io: Partial<ChannelIo> = {}): Promise<Receipt> {
  const whole = 'message' in delivery ? delivery : deliveryWith(delivery);
  return desktop.connect({}, channelIo({ env, after: handTimers().after, ...io }))(whole);
}

function deliveryWith(words: Message): Delivery {
  return deliveryOf(eventOf('incident.opened', clerkIncident(1)), { message: words });
}

async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${error}`);
  return error;
}

test('the table of channels holds it, without settings', () => {
  expect(CHANNELS).toContain(desktop);
  expect(desktop.settings).toEqual([]);
});

test('test 85: of a flood it takes three, and the rest as one; it tries no more than once again', () => {
  expect(desktop.pace).toEqual({ concurrent: 1, gapMs: 0, singles: 3, patience: 'once' });
});

describe.runIf(onLinux)('on Linux', () => {
  test.each(Object.keys(CASES))('shows "%s" as its fixture has it', async (one) => {
    await send(CASES[one]!());
    expectFixture('desktop', one, recorded());
  });

  test('a message is one call: title, then sentence and post as they stand', async () => {
    await send(message({ body: 'First line.\nSecond line.' }));
    const [call, ...others] = recorded();
    expect(others).toEqual([]);
    expect(call?.slice(0, 2)).toEqual([
      'Clerk: Slow sign-in',
      'Clerk reports a new minor incident, "Slow sign-in": investigating.\\nFirst line.\\nSecond line.',
    ]);
    expect(call).toContain('--urgency');
    expect(call?.[call.indexOf('--urgency') + 1]).toBe('normal');
    expect(call?.[call.indexOf('--app-name') + 1]).toBe('pingoru');
  });

  test('what changed stands in for a post that there is none of', async () => {
    const changes = [{ label: 'Webhooks', status: 'partial outage → operational', severity: 'good' }] as const;
    const components = [{ label: 'Webhooks', status: 'operational', severity: 'good' }] as const;
    await send(message({ changes, components }));
    expect(recorded()[0]?.[1]).toMatch(/\\nPartial outage → operational: Webhooks$/);
  });

  test('no address in a body is one that a desktop could make a link of', async () => {
    await send(message({ body: 'See https://evil.example/x, www.evil.example or evil@evil.example.' }));
    expect(recorded()[0]?.[1]).not.toMatch(/https?:\/\/|\w\.\w|\w@\w/);
  });

  test('only the worst stays until it is dismissed', async () => {
    await send(message({ severity: 'critical' }));
    expect(recorded()[0]?.join(' ')).toContain('--urgency critical');
  });

  test.each([
    '-1 region',
    '--help',
    '--version',
    '-u critical',
    'nul\0byte',
    '`touch CANARY`',
    '$(touch CANARY)',
    '";touch CANARY;"',
    '\\";touch CANARY;\\"',
    "';touch CANARY;'",
    '&& touch CANARY',
    '| touch CANARY',
    '$HOME $PATH',
    '<b>bold</b>',
    '<a href="file:///etc/passwd">x</a>',
    'two\nlines',
    '!history',
    '%s %n',
    'back\\033[31mslash',
    `long ${'word '.repeat(5000)}`,
    '👨‍👩‍👧‍👦'.repeat(500),
    ...PAYLOADS,
  ])('test 83: %j is text in title and body, never an option, a command or markup', async (text) => {
    const hostile = text.replaceAll('CANARY', canary);
    await send(message({ title: hostile, line: hostile, body: hostile }));
    const all = recorded();
    expect(all).toHaveLength(1);
    const [title = '', body = ''] = all[0]!;
    expect(title).not.toMatch(/^-|[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
    expect(body).not.toMatch(/^-|[<>\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u);
    expect(body).not.toMatch(/&(?!amp;|lt;|gt;)/);
    // notify-send undoes backslash escapes: each of the vendor's is doubled, those left are our line ends.
    expect(body.replaceAll('\\\\', '')).not.toMatch(/\\(?!n)/);
    expect([...new Intl.Segmenter().segment(title)].length).toBeLessThanOrEqual(121);
    expect(existsSync(canary)).toBe(false);
  });

  test('a title and a body that say nothing special arrive as they are', async () => {
    const text = 'Crème brûlée – 50 % of “EU” requests: $5, `code`, a\\b, "quoted" & more!';
    await send(message({ title: text, line: text }));
    expect(recorded()[0]?.slice(0, 2)).toEqual([text, text.replace('\\', '\\\\').replace('&', '&amp;')]);
  });

  test('test 85: thirty events of a digest are one notification that names every incident', async () => {
    const events = Array.from({ length: 30 }, (_, index) =>
      eventOf('incident.opened', { ...clerkIncident(1), id: `${index}`, title: `Incident ${index}` }),
    );
    await send(digestDelivery(events));
    expect(recorded()).toHaveLength(1);
    const [title, body] = recorded()[0]!;
    expect(title).toBe('30 updates of Clerk');
    expect(body).toMatch(/^Clerk\.\\n• Clerk: Incident 0 \(investigating\)\\n• Clerk: Incident 1 \(investigating\)\\n/);
  });

  test('a warning of a notify-send that succeeds is no failure', async () => {
    notifySend('echo "(notify-send:1): GLib-WARNING: something" >&2');
    await expect(send(message())).resolves.toEqual({ outcome: 'delivered', detail: 'shown' });
  });

  test.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'channel'],
    [
      'GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.Notifications was not provided by any .service files',
      'channel',
    ],
    ['Unable to connect: too many notifications', false],
  ])('test 84: a failure that says "%s" is final for: %s', async (words, permanent) => {
    notifySend(`printf '%s\\n' '${words}' >&2; exit 1`);
    const failure = await failureOf(send(message()));
    expect(failure.details.permanent).toBe(permanent);
    expect(failure.message).toContain(words.slice(0, 40));
    expect(failure.message).not.toContain('\n');
    if (permanent) expect(failure.message).toMatch(/^no desktop here/);
  });

  test('test 84: a notify-send that hangs is given ten seconds, and then not waited for', async () => {
    notifySend('exec sleep 20');
    const timers = handTimers();
    const sending = failureOf(send(message(), { after: timers.after }));
    await expect.poll(() => recorded().length).toBe(1);
    const processes = () => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length;
    expect(processes()).toBe(1);
    const [[timeUp, ms] = [() => {}, 0]] = timers.pending;
    expect(ms).toBe(10_000);
    timeUp();
    const failure = await sending;
    expect(failure.message).toContain('10 s');
    expect(failure.details.permanent).toBe(false);
    await expect.poll(processes).toBe(0);
  });

  test('three failures in a row end it until the next start, and one success begins the count anew', async () => {
    const sendOne = desktop.connect({}, channelIo({ env, after: handTimers().after }));
    const one = deliveryWith(message());
    const permanence = async () => (await failureOf(sendOne(one))).details.permanent;
    notifySend('exit 1');
    expect([await permanence(), await permanence()]).toEqual([false, false]);
    notifySend('');
    await sendOne(one);
    notifySend('exit 1');
    expect([await permanence(), await permanence(), await permanence(), await permanence()]).toEqual([
      false,
      false,
      false,
      'channel',
    ]);
    expect(recorded()).toHaveLength(6);
  });

  test('its timer is called off once the notification is out', async () => {
    const timers = handTimers();
    await send(message(), { after: timers.after });
    expect(timers.pending.size).toBe(0);
  });

  test('test 84: without a display or a session bus nothing is even tried', async () => {
    const failure = await failureOf(send(message(), { env: { PATH: oldPath } }));
    expect(failure.details.permanent).toBe('channel');
    expect(failure.message).toMatch(/^no desktop here/);
    expect(recorded()).toEqual([]);
  });

  test('a notify-send that has gone since is no desktop any more', async () => {
    await send(message());
    rmSync(path.join(folder, 'notify-send'));
    process.env.PATH = folder;
    const failure = await failureOf(send(message()));
    process.env.PATH = `${folder}:${oldPath}`;
    expect(failure.details.permanent).toBe('channel');
    expect(failure.message).toBe('no desktop here to show notifications: notify-send is not installed');
  });
});

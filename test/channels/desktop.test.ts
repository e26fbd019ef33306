import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { desktop, desktopBatches } from '../../src/channels/desktop.ts';
import { CHANNELS } from '../../src/channels/index.ts';
import { ConfigError, DeliveryError } from '../../src/errors.ts';
import type { ChannelIo, Message } from '../../src/model.ts';
import { ESCAPES, message } from '../incidents.ts';

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

function send(messages: readonly Message[], io: Partial<ChannelIo> = {}): Promise<void> {
  return desktop.connect({}, { env, after: handTimers().after, ...io })(messages);
}

async function failureOf(sending: Promise<void>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DeliveryError)) throw new Error(`expected a DeliveryError, got ${error}`);
  return error;
}

test('the table of channels holds it under its name', () => {
  expect(CHANNELS.map((channel) => channel.name)).toEqual(['desktop']);
});

test('it takes no settings, and says so where they are given', () => {
  expect(() => desktop.connect({ sound: true }, { env, after: handTimers().after })).toThrow(ConfigError);
});

describe.runIf(onLinux)('on Linux', () => {
  test('a message is one call: title, then sentence and post as they stand', async () => {
    await send([message({ body: 'First line.\nSecond line.' })]);
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
    await send([message({ changes: ['Webhooks: degraded performance -> operational'] })]);
    expect(recorded()[0]?.[1]).toMatch(/\\nWebhooks: degraded performance -&gt; operational$/);
  });

  test('only the worst stays until it is dismissed', async () => {
    await send([message({ severity: 'critical' })]);
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
    ...ESCAPES,
  ])('%j is text in title and body, never an option, a command or markup', async (text) => {
    const hostile = text.replaceAll('CANARY', canary);
    await send([message({ title: hostile, line: hostile, body: hostile })]);
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
    await send([message({ title: text, line: text })]);
    expect(recorded()[0]?.slice(0, 2)).toEqual([text, text.replace('\\', '\\\\').replace('&', '&amp;')]);
  });

  test('thirty messages of a tick are one notification that names their providers', async () => {
    const messages = Array.from({ length: 30 }, (_, index) =>
      message({ provider: index < 20 ? 'Clerk' : 'Stripe', title: `Incident ${index}` }),
    );
    await send(messages);
    expect(recorded()).toHaveLength(1);
    expect(recorded()[0]?.slice(0, 2)).toEqual([
      '30 updates of 2 providers',
      expect.stringMatching(/^Clerk \(20\), Stripe \(10\)\.\\nIncident 0\\n/),
    ]);
  });

  test('a warning of a notify-send that succeeds is no failure', async () => {
    notifySend('echo "(notify-send:1): GLib-WARNING: something" >&2');
    await expect(send([message()])).resolves.toBeUndefined();
  });

  test.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', true],
    [
      'GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.Notifications was not provided by any .service files',
      true,
    ],
    ['Unable to connect: too many notifications', false],
  ])('a failure that says "%s" is permanent: %s', async (words, permanent) => {
    notifySend(`printf '%s\\n' '${words}' >&2; exit 1`);
    const failure = await failureOf(send([message()]));
    expect(failure.details.permanent).toBe(permanent);
    expect(failure.message).toContain(words.slice(0, 40));
    expect(failure.message).not.toContain('\n');
    if (permanent) expect(failure.message).toMatch(/^no desktop here/);
  });

  test('a notify-send that hangs is given ten seconds, and then not waited for', async () => {
    notifySend('exec sleep 20');
    const timers = handTimers();
    const sending = failureOf(send([message()], { after: timers.after }));
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
    const sending = desktop.connect({}, { env, after: handTimers().after });
    const permanence = async () => (await failureOf(sending([message()]))).details.permanent;
    notifySend('exit 1');
    expect([await permanence(), await permanence()]).toEqual([false, false]);
    notifySend('');
    await sending([message()]);
    notifySend('exit 1');
    expect([await permanence(), await permanence(), await permanence(), await permanence()]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(recorded()).toHaveLength(6);
  });

  test('its timer is called off once the notification is out', async () => {
    const timers = handTimers();
    await send([message()], { after: timers.after });
    expect(timers.pending.size).toBe(0);
  });

  test('without a display or a session bus nothing is even tried', async () => {
    const failure = await failureOf(send([message()], { env: { PATH: oldPath } }));
    expect(failure.details.permanent).toBe(true);
    expect(failure.message).toMatch(/^no desktop here/);
    expect(recorded()).toEqual([]);
  });

  test('a notify-send that has gone since is no desktop any more', async () => {
    await send([message()]);
    rmSync(path.join(folder, 'notify-send'));
    process.env.PATH = folder;
    const failure = await failureOf(send([message()]));
    process.env.PATH = `${folder}:${oldPath}`;
    expect(failure.details.permanent).toBe(true);
    expect(failure.message).toBe('no desktop here to show notifications: notify-send is not installed');
  });
});

describe('the messages of one tick', () => {
  test('are shown one by one while there are three', () => {
    const three = [message(), message(), message()];
    expect(desktopBatches(three)).toEqual(three);
    expect(desktopBatches([])).toEqual([]);
  });

  test('are one summary when there are more, as serious as the worst of them', () => {
    const [summary, ...others] = desktopBatches([
      message({ severity: 'good', title: 'Clerk: A' }),
      message({ severity: 'major', title: 'Clerk: B', url: 'https://example.com/b' }),
      message({ severity: 'minor', title: 'Clerk: B' }),
      message({ severity: 'info', title: 'Clerk: C' }),
    ]);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({
      title: '4 updates of Clerk',
      line: 'Clerk (4).',
      body: 'Clerk: A\nClerk: B\nClerk: C',
      severity: 'major',
      url: 'https://example.com/b',
    });
  });
});

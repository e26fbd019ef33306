/**
 * Desktop notifications through node-notifier: notify-send on Linux and BSD, the helper programs it ships elsewhere.
 * Best effort: a notification hours late helps nobody, so the long retries of other channels are not for this one.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Channel, ChannelIo, Message } from '../channel.ts';
import { DeliveryError } from '../errors.ts';
import { entities, inert } from '../outgoing.ts';
import { cleanLine, cleanText, cutGraphemes } from '../text.ts';
import { firstWords } from './answer.ts';
import { standingLines } from './standings.ts';
import { itemLines } from './wording.ts';

/** node-notifier sets no limit of its own, and its helpers have been seen to hang. */
const TIMEOUT_MS = 10_000;
/** In a row; then it is given up, for each may have left a process that hangs. */
const MOST_FAILURES = 3;
const TITLE_LENGTH = 120;
const BODY_LENGTH = 400;

export const desktop: Channel = {
  name: 'desktop',
  title: 'Desktop',
  docs: 'https://specifications.freedesktop.org/notification/latest/',
  settings: [],
  pace: { concurrent: 1, gapMs: 0, singles: 3, patience: 'once' },
  connect(_, io) {
    let failures = 0;
    return async ({ message }) => {
      if (failures >= MOST_FAILURES) throw switchedOff();
      await show(message, io).catch((error: unknown) => {
        if (error instanceof DeliveryError && error.details.permanent === false) failures++;
        throw error;
      });
      failures = 0;
      return { outcome: 'delivered', detail: 'shown' };
    };
  },
};

async function show(message: Message, io: ChannelIo): Promise<void> {
  const { default: notifier } = await import('node-notifier');
  const onLinux = notifier instanceof notifier.NotifySend;
  if (onLinux && !io.env.DISPLAY && !io.env.WAYLAND_DISPLAY && !io.env.DBUS_SESSION_BUS_ADDRESS)
    throw noDesktop('neither DISPLAY, WAYLAND_DISPLAY nor DBUS_SESSION_BUS_ADDRESS is set');
  const options = {
    title: notAnOption(cutGraphemes(cleanLine(message.title), TITLE_LENGTH)),
    message: notAnOption(bodyOf(message, onLinux)),
    wait: false,
    ...(onLinux && { urgency: message.severity === 'critical' ? 'critical' : 'normal', 'app-name': 'pingoru' }),
    // How long macOS shows it; its helper runs until then, and the default is our own time-out.
    ...(process.platform === 'darwin' && { timeout: 5 }),
  };
  await settled(io, (done) => notifier.notify(options, done));
}

/** A text that begins with a dash would be read as an option, for there is no `--` before it. */
function notAnOption(text: string): string {
  return text.startsWith('-') ? ` ${text}` : text;
}

/**
 * On Linux the body is markup, in which some desktops make a link of whatever looks like an address; and notify-send
 * undoes backslash escapes in it (`\033` would be an escape character).
 */
function bodyOf(message: Message, onLinux: boolean): string {
  const more = message.body === '' ? [...standingLines(message), ...itemLines(message)] : [message.body];
  const text = cleanText([message.line, ...more].join('\n'));
  if (!onLinux) return cutGraphemes(text, BODY_LENGTH);
  return entities(inert(text, BODY_LENGTH, 'graphemes').replaceAll('\\', '\\\\'));
}

type Done = (error: Error | string | null) => void;

/** Runs a helper program to its end, or for ten seconds; then its process is ended or let go, so that it holds nobody up. */
function settled(io: ChannelIo, start: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let children: ChildProcess[] = [];
    const cancel = io.after(TIMEOUT_MS, () => {
      for (const child of children) endProcess(child);
      reject(new DeliveryError('the desktop took no notification within 10 s', { permanent: false }));
    });
    // A string is what the helper wrote to standard error while it succeeded.
    const done: Done = (error) => {
      cancel();
      if (error instanceof Error) reject(failure(error));
      else resolve();
    };
    try {
      children = spawnedBy(() => start(done));
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** The processes started while `act` ran: node-notifier keeps its own to itself. */
function spawnedBy(act: () => void): ChildProcess[] {
  const children: ChildProcess[] = [];
  const onSpawn = (message: unknown) => void children.push((message as { process: ChildProcess }).process);
  subscribe('child_process', onSpawn);
  try {
    act();
  } finally {
    unsubscribe('child_process', onSpawn);
  }
  return children;
}

/** Lets go of its pipes too: it may be a shell whose child lives on, and that must not keep this process from ending. */
function endProcess(child: ChildProcess): void {
  child.kill('SIGKILL');
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

const NOT_INSTALLED = /not found|must be installed|ENOENT/i;
const NO_SERVICE =
  /autolaunch|DISPLAY|dbus|D-Bus|session bus|ServiceUnknown|not provided by any|org\.freedesktop\.Notifications|cannot open display/i;

function failure(error: Error): DeliveryError {
  const reason = firstWords(error.message.replace(/^Command failed:.*\n?/, ''));
  if (NOT_INSTALLED.test(error.message)) return noDesktop('notify-send is not installed', error);
  if (NO_SERVICE.test(reason)) return noDesktop(reason, error);
  return new DeliveryError(`the desktop refused a notification: ${reason || 'no reason given'}`, {
    permanent: false,
    cause: error,
  });
}

function noDesktop(reason: string, cause?: unknown): DeliveryError {
  return new DeliveryError(`no desktop here to show notifications: ${reason}`, { permanent: 'channel', cause });
}

function switchedOff(): DeliveryError {
  const reason = `it failed ${MOST_FAILURES} times in a row, so no more notifications are tried until the next start`;
  return new DeliveryError(`the desktop is given up: ${reason}`, { permanent: 'channel' });
}

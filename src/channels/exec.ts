/** Runs a program of the user's for every event, which it reads as JSON on standard input. Never through a shell. */
import type { ChildProcess } from 'node:child_process';
import type { Channel, ChannelIo, Delivery, Receipt, Settings } from '../channel.ts';
import { ConfigError, DeliveryError } from '../errors.ts';
import { cleanLine, cutGraphemes } from '../text.ts';
import { firstWords, type Permanence } from './answer.ts';
import { documentOf, providerIdsOf, typeOf } from './document.ts';
import { secondsOf } from './settings.ts';

const DEFAULT_SECONDS = 30;
const MOST_SECONDS = 600;
/** What is kept of standard error, of which the last line is quoted. */
const KEPT_ERROR = 4000;
/** How long an ended program's standard error is waited for: a child it left behind may hold it open. */
const LINGER_MS = 500;

export const exec: Channel = {
  name: 'exec',
  title: 'Program',
  docs: 'https://man.freebsd.org/cgi/man.cgi?query=sysexits&sektion=3',
  settings: [
    {
      name: 'command',
      about: 'the program and its arguments; no shell reads them',
      type: 'list',
      required: true,
    },
    { name: 'timeout', about: `how many seconds it may take, ${DEFAULT_SECONDS} unless told`, type: 'number' },
  ],
  pace: { concurrent: 1, gapMs: 0, singles: null, patience: 'days' },
  connect(settings, io) {
    const command = commandOf(settings);
    const timeoutMs = secondsOf(settings, 'timeout', { usual: DEFAULT_SECONDS, most: MOST_SECONDS }) * 1000;
    return async (delivery) => {
      const ending = await run(command, delivery, timeoutMs, io);
      return receiptOf(ending, command);
    };
  },
};

function commandOf({ command }: Settings): readonly string[] {
  const words = command as readonly string[];
  if (words.some((word) => word.includes('\0'))) throw new ConfigError('"command" must not hold a NUL character');
  return words;
}

/** How a program ended; `error` is the last line it wrote to standard error. */
type Ending =
  | { how: 'exit'; code: number; error: string }
  | { how: 'signal'; signal: string; error: string }
  | { how: 'late'; seconds: number; error: string }
  | { how: 'unstarted'; code: string; error: string };

async function run(command: readonly string[], delivery: Delivery, timeoutMs: number, io: ChannelIo): Promise<Ending> {
  const { spawn } = await import('node:child_process');
  const [program = '', ...args] = command;
  const input = `${JSON.stringify(documentOf(delivery, io.now()))}\n`;
  const env = environmentOf(delivery, io);
  let child: ChildProcess;
  try {
    child = spawn(program, args, {
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
      // A process group of its own, so that a time-out ends what it started as well.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return unstarted(error);
  }
  // It may well not want to know what happened.
  child.stdin?.on('error', () => {}).end(input);
  return ended(child, timeoutMs, io);
}

function environmentOf(delivery: Delivery, io: ChannelIo): Record<string, string | undefined> {
  const { message } = delivery;
  const own = {
    PINGORU_DELIVERY_ID: delivery.id,
    PINGORU_TYPE: typeOf(delivery),
    PINGORU_PROVIDER: cutGraphemes(cleanLine(providerIdsOf(delivery)), 500),
    PINGORU_SEVERITY: message.severity,
    PINGORU_TITLE: cutGraphemes(cleanLine(message.title), 500),
  };
  return { ...io.env, ...own };
}

function ended(child: ChildProcess, timeoutMs: number, io: ChannelIo): Promise<Ending> {
  return new Promise((resolve) => {
    let error = '';
    let late = false;
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      error = (error + chunk).slice(-KEPT_ERROR);
    });
    const cancelTimeout = io.after(timeoutMs, () => {
      late = true;
      killGroup(child);
    });
    const finish = (ending: Ending) => {
      cancelTimeout();
      child.stdin?.destroy();
      child.stderr?.destroy();
      resolve(ending);
    };
    child.once('error', (reason) => finish(unstarted(reason)));
    child.once('exit', (code, signal) => {
      const tell = () => finish(endingOf(code, signal, late ? timeoutMs / 1000 : null, lastLineOf(error)));
      if (code === 0 && !late) return tell();
      const cancelLinger = io.after(LINGER_MS, tell);
      child.once('close', () => {
        cancelLinger();
        tell();
      });
    });
  });
}

function endingOf(code: number | null, signal: string | null, lateAfter: number | null, error: string): Ending {
  if (lateAfter !== null) return { how: 'late', seconds: lateAfter, error };
  return code === null ? { how: 'signal', signal: signal ?? 'a signal', error } : { how: 'exit', code, error };
}

function unstarted(error: unknown): Ending {
  const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
  return { how: 'unstarted', code, error: '' };
}

function killGroup(child: ChildProcess): void {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It ended by itself meanwhile.
  }
}

function lastLineOf(text: string): string {
  const lines = text.split(/[\r\n]+/).map(cleanLine);
  return firstWords(lines.findLast((line) => line !== '') ?? '');
}

function receiptOf(ending: Ending, command: readonly string[]): Receipt {
  if (ending.how === 'exit' && ending.code === 0) return { outcome: 'delivered', detail: 'it ended with 0' };
  const program = firstWords(command[0]!, 100);
  const quoted = ending.error === '' ? '' : `: ${ending.error}`;
  throw new DeliveryError(`${program} ${endingWords(ending, command)}${quoted}`, { permanent: permanenceOf(ending) });
}

function endingWords(ending: Ending, command: readonly string[]): string {
  switch (ending.how) {
    case 'exit':
      return `ended with ${ending.code}`;
    case 'signal':
      return `was ended by ${ending.signal}`;
    case 'late':
      return `did not end within ${ending.seconds} s`;
    case 'unstarted':
      if (ending.code !== 'ENOENT') return `could not be started (${ending.code})`;
      // The usual mistake: a line as one would type it.
      return command.length === 1 && /\s/.test(command[0]!)
        ? 'was not found: "command" is a list, the program first and then each argument by itself'
        : 'was not found';
  }
}

/** What keeps a program from being started until somebody acts; what else does (EAGAIN, EMFILE, ENOMEM) passes. */
const UNUSABLE = ['ENOENT', 'EACCES', 'EPERM', 'ENOEXEC', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'];

/** As a shell and sysexits(3) have it: what is not told to be final may be otherwise the next time. */
function permanenceOf(ending: Ending): Permanence {
  if (ending.how === 'unstarted') return UNUSABLE.includes(ending.code) ? 'channel' : false;
  if (ending.how !== 'exit') return false;
  switch (ending.code) {
    case 64: // EX_USAGE
    case 65: // EX_DATAERR
      return 'message';
    case 78: // EX_CONFIG
    case 126: // found, but not a program
    case 127: // not found
      return 'channel';
    default:
      return false;
  }
}

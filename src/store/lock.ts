/**
 * The lock of one file, which is also the only way to replace it.
 *
 * Whoever wants `state.json` fills a directory of its own with a card that says who it is (`<nonce>.json`) and an empty
 * file for the new content (`<nonce>.tmp`), and renames the directory to `state.json.lock`: only one can stand there.
 * To commit is to rename `state.json.lock/<nonce>.tmp` to `state.json`. That path leads to a file only while the
 * directory in place is the very one its owner put there, and the owner read `state.json` after putting it. So a lock
 * can be taken away from anyone at any instant, by renaming the directory: the former owner, suspended perhaps in the
 * middle of its write, finds its path gone at commit and starts over from what the file holds then. No update is lost
 * or overwritten, and nobody who is stopped, suspended or killed can keep the others waiting.
 * (Taking the lock by `mkdir` and opening the new file in it afterwards would not do: the directory may have changed
 * hands in between, and the file would then stand in another owner's lock.)
 */
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../errors.ts';
import { codeOf, type Files, type Io, makeFolder, quietly } from './disk.ts';

/** A process. Pids and monotonic times compare only where `space` (boot and pid namespace) is the same too. */
export interface Owner {
  pid: number;
  host: string;
  space: string;
  startedAt: string;
}

export interface Lock {
  /** The new content goes in here (it exists, empty), and from here over the file. */
  temp: string;
  /** A name for one more file that only exists while the lock is held. */
  spare: string;
}

/** A holder that was seen for this long has been suspended, or runs where its pid cannot be looked up. */
export const PATIENCE_MS = 2000;
/** When a lock can be neither had nor taken away. While it changes hands nobody gives up, however many wait. */
const GIVE_UP_MS = 8000;
const LONGEST_SLEEP_MS = 40;

/**
 * Waits for the lock of `path` and runs `act` while it is held: in the very turn in which it is had, for another taker
 * in this process would think that a lock with its own pid was left by a dead one.
 * Throws ConfigError when the lock cannot be had, and what `node:fs` and `act` throw.
 */
export async function whileLocked<T>(path: string, patienceMs: number, io: Io, act: (lock: Lock) => T): Promise<T> {
  const place = `${path}.lock`;
  const nonce = io.nonce();
  const own = `${place}.${nonce}`;
  let watched: { id: string | undefined; sinceMs: number } = { id: undefined, sinceMs: 0 };
  try {
    prepare(own, nonce, io);
    for (let tries = 0; ; tries++) {
      if (publish(own, place, nonce, io)) return act(lockAt(place, nonce));
      const holder = lookAt(place, io);
      if (holder?.id !== watched.id) watched = { id: holder?.id, sinceMs: io.monotonicMs() };
      const heldMs = io.monotonicMs() - watched.sinceMs;
      if (holder && (holder.dead || heldMs > patienceMs) && takeAway(place, io)) continue;
      if (holder && heldMs > patienceMs + GIVE_UP_MS) throw stuck(path, holder.pid);
      await sleep(io.random() * Math.min(LONGEST_SLEEP_MS, 4 * 2 ** Math.min(tries, 10)));
    }
  } finally {
    release(own, place, nonce, io.files);
  }
}

function prepare(own: string, nonce: string, io: Io): void {
  makeFolder(own, io.files);
  io.files.writeFileSync(join(own, `${nonce}.json`), JSON.stringify(thisProcess(io)), { mode: 0o600 });
  io.files.closeSync(io.files.openSync(join(own, `${nonce}.tmp`), 'wx', 0o600));
}

function publish(own: string, place: string, nonce: string, io: Io): boolean {
  try {
    io.files.renameSync(own, place);
    return true;
  } catch (error) {
    switch (codeOf(error)) {
      case 'EEXIST':
      case 'ENOTEMPTY':
      case 'ENOTDIR':
        return false;
      case 'ENOENT': // Swept away, after a sleep of an hour.
        prepare(own, nonce, io);
        return false;
      case 'EPERM':
      case 'EACCES':
        // Windows says this, and not EEXIST, when a directory is in the way.
        if (exists(place, io.files)) return false;
        throw error;
      default:
        throw error;
    }
  }
}

function lockAt(place: string, nonce: string): Lock {
  return { temp: join(place, `${nonce}.tmp`), spare: join(place, `${nonce}.bak`) };
}

function release(own: string, place: string, nonce: string, files: Files): void {
  const { temp, spare } = lockAt(place, nonce);
  for (const left of [temp, spare]) quietly(() => files.unlinkSync(left));
  // The card goes last, and only from a lock that is still ours; a directory that is not empty then is another's.
  quietly(() => {
    files.unlinkSync(join(place, `${nonce}.json`));
    files.rmdirSync(place);
  });
  quietly(() => files.rmSync(own, { recursive: true, force: true }));
}

/** Who is in the place; null when the lock has just been released. */
interface Holder {
  id: string;
  pid: number | null;
  dead: boolean;
}

function lookAt(place: string, io: Io): Holder | null {
  try {
    const card = io.files.readdirSync(place).find((name) => name.endsWith('.json'));
    if (card === undefined) {
      // Left by one that died while releasing; only Windows needs it gone.
      quietly(() => io.files.rmdirSync(place));
      return { id: 'empty', pid: null, dead: false };
    }
    const owner: unknown = JSON.parse(io.files.readFileSync(join(place, card), 'utf8'));
    if (!isOwner(owner)) return { id: card, pid: null, dead: false };
    // Ours, yet not held by us, for a holder never waits: an earlier process had our pid.
    const former = owner.pid === process.pid && isNeighbour(owner, io);
    return { id: card, pid: owner.pid, dead: former || isDead(owner, io) };
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : { id: 'unreadable', pid: null, dead: false };
  }
}

function takeAway(place: string, io: Io): boolean {
  const aside = `${place}.${io.nonce()}`;
  try {
    io.files.renameSync(place, aside);
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
  quietly(() => io.files.rmSync(aside, { recursive: true, force: true }));
  return true;
}

function stuck(path: string, pid: number | null): ConfigError {
  const holder = pid === null ? 'an unknown process' : `process ${pid}`;
  return new ConfigError(
    `${path}: locked by ${holder}, and the lock cannot be taken away; remove ${path}.lock by hand`,
  );
}

const ORPHAN_AGE_MS = 3_600_000;

/** Removes what killed processes left beside the file an hour ago or longer. */
export function sweepLocks(path: string, io: Io): void {
  const prefix = `${basename(path)}.lock.`;
  quietly(() => {
    for (const name of io.files.readdirSync(dirname(path)))
      if (name.startsWith(prefix)) removeIfOld(join(dirname(path), name), io);
  });
}

/** Removes a file or a directory that nobody touched for an hour. */
export function removeIfOld(path: string, io: Io): void {
  quietly(() => {
    const ageMs = io.now().getTime() - io.files.statSync(path).mtimeMs;
    if (ageMs > ORPHAN_AGE_MS) io.files.rmSync(path, { recursive: true, force: true });
  });
}

let space: string | undefined;

/** This process, as it signs its locks and leases. */
export function thisProcess(io: Pick<Io, 'files' | 'now'>): Owner {
  space ??= readSpace(io.files);
  return { pid: process.pid, host: hostname(), space, startedAt: io.now().toISOString() };
}

/** Two containers may share a host name and a folder, but not their pids; a machine after a reboot likewise. */
function readSpace(files: Files): string {
  if (process.platform !== 'linux') return '';
  try {
    return `${files.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${files.readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

/** Whether pids and monotonic times of that process mean something here. */
export function isNeighbour(owner: Owner, io: Io): boolean {
  const self = thisProcess(io);
  return owner.host === self.host && owner.space === self.space;
}

/** Whether that process is known to be gone. False when it runs where we cannot look. */
export function isDead(owner: Owner, io: Io): boolean {
  if (!isNeighbour(owner, io)) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

export function isOwner(value: unknown): value is Owner {
  const owner = value as Partial<Owner> | null;
  return (
    typeof owner === 'object' &&
    owner !== null &&
    Number.isInteger(owner.pid) &&
    typeof owner.host === 'string' &&
    typeof owner.space === 'string'
  );
}

function exists(path: string, files: Files): boolean {
  return files.statSync(path, { throwIfNoEntry: false }) !== undefined;
}

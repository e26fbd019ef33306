/**
 * Who records which page. Each watching process has a lease in watchers.json, changed only in transactions, and a file
 * of its own in watchers/ in which it writes the time every two seconds. A page belongs to the one whose lease names it;
 * the lease of a process that is gone, or has not written the time for ten seconds, is dropped by the next who asks.
 * A suspended process that wakes up finds its lease gone, and leaves its pages alone.
 *
 * That time is the monotonic clock, which all processes since the boot share: setting the wall clock neither ages nor
 * rejuvenates a lease. On Linux it stands still while the machine sleeps; elsewhere all leases look abandoned on waking, and
 * pages may change hands.
 * Between machines or pid namespaces that share a folder only the wall clock is left, with a minute of tolerance.
 */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../raw.ts';
import { explain, type Io, makeFolder, quietly } from './disk.ts';
import { durableFile, type Form } from './file.ts';
import { demandList } from './forms.ts';
import { isDead, isNeighbour, isOwner, type Owner, removeIfOld, thisProcess } from './lock.ts';

/** Whose a page is. `channels` are those its watcher delivers to. */
export type Claim = { mine: true } | { mine: false; pid: number; channels: string[] };

export interface Claims {
  /**
   * Claims those of the pages that are free, gives up all others, and says whose each page is. To be called again to
   * learn whether a page has become free; it writes only when something changed. Throws ConfigError.
   */
  take(pages: readonly string[], info: { channels: readonly string[] }): Promise<Map<string, Claim>>;
  /** Whether the page is still this process's: to be asked right before recording and delivering. */
  holds(page: string): boolean;
  /** All that are still this process's, as of now. */
  held(): ReadonlySet<string>;
  /** Says that this process lives. To be called every two seconds or so, while it holds pages. */
  beat(): void;
  release(): Promise<void>;
}

interface Lease extends Owner {
  /** Of the store, not of the process: the name of its file in watchers/. */
  id: string;
  pages: string[];
  channels: string[];
}

interface Watchers {
  leases: Lease[];
}

const watchersForm: Form<Watchers> = {
  empty: () => ({ leases: [] }),
  fromJson: (value) => ({ leases: demandList(value, 'leases', isLease) }),
  toJson: ({ leases }) => ({ schemaVersion: 1, leases }),
  copy: ({ leases }) => ({ leases: [...leases] }),
  indent: 0,
};

function isLease(value: unknown): value is Lease {
  return (
    isOwner(value) && isObject(value) && typeof value.id === 'string' && isList(value.pages) && isList(value.channels)
  );
}

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

const STALE_MS = 10_000;
const STALE_ELSEWHERE_MS = 60_000;
const BEAT_DIGITS = 16;

export interface ClaimsOptions {
  folder: string;
  variable: string;
  /** After how long without a beat a lease is dropped; ten seconds unless told. */
  staleMs?: number;
}

/** Touches nothing until the first `take`. */
export function openClaims(options: ClaimsOptions, io: Io): Claims {
  const { folder, variable, staleMs = STALE_MS } = options;
  const beats = join(folder, 'watchers');
  const path = join(folder, 'watchers.json');
  const file = durableFile({ path, form: watchersForm, broken: 'set aside', variable }, io);
  /** Of our lease; empty while we have none. */
  let id = '';
  let known: { of: Watchers | null; pages: ReadonlySet<string> } = { of: null, pages: new Set() };

  const take: Claims['take'] = async (pages, { channels }) => {
    prepareBeats(beats, variable, io);
    id ||= io.nonce();
    beat();
    return file.update((watchers) => {
      const others = watchers.leases.filter(
        (lease) => lease.id !== id && !isAbandoned(lease, join(beats, lease.id), staleMs, io),
      );
      const claims = divide(pages, others);
      const own = leaseOf(id, watchers) ?? { ...thisProcess(io), id };
      const mine = pages.filter((page) => claims.get(page)!.mine);
      watchers.leases = [...others, { ...own, pages: mine, channels: [...channels] }];
      return claims;
    });
  };

  const held = () => {
    const watchers = id === '' ? null : file.peek();
    if (watchers !== known.of) known = { of: watchers, pages: new Set(leaseOf(id, watchers)?.pages) };
    return known.pages;
  };

  const beat = () => {
    if (id !== '') quietly(() => writeBeat(join(beats, id), io));
  };

  const release = async () => {
    const former = id;
    id = '';
    if (former === '') return;
    await file.update((watchers) => {
      watchers.leases = watchers.leases.filter((lease) => lease.id !== former);
    });
    quietly(() => io.files.unlinkSync(join(beats, former)));
  };

  return { take, held, holds: (page) => held().has(page), beat, release };
}

function leaseOf(id: string, watchers: Watchers | null): Lease | undefined {
  return watchers?.leases.find((lease) => lease.id === id);
}

function prepareBeats(beats: string, variable: string, io: Io): void {
  try {
    makeFolder(beats, io.files);
    for (const name of io.files.readdirSync(beats)) removeIfOld(join(beats, name), io);
  } catch (error) {
    throw explain(error, 'written', beats, variable);
  }
}

function divide(pages: readonly string[], others: readonly Lease[]): Map<string, Claim> {
  const taken = new Map<string, Claim>();
  for (const { pid, pages: theirs, channels } of others)
    for (const page of theirs) taken.set(page, { mine: false, pid, channels });
  return new Map(pages.map((page) => [page, taken.get(page) ?? { mine: true }]));
}

/** Overwritten in place in one small write, so that a reader finds one time or the other, never none. */
function writeBeat(path: string, io: Io): void {
  const fd = io.files.openSync(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    io.files.writeSync(fd, String(Math.floor(io.monotonicMs())).padStart(BEAT_DIGITS, '0'), 0);
  } finally {
    io.files.closeSync(fd);
  }
}

function isAbandoned(lease: Lease, beatPath: string, staleMs: number, io: Io): boolean {
  if (isDead(lease, io)) return true;
  const beat = readBeat(beatPath, io);
  if (!beat) return true;
  // A beat in the future: of another machine's clock, of this one's before it was set back, or from before the last boot.
  if (!isNeighbour(lease, io) || !(beat.monotonicMs > 0))
    return Math.abs(io.now().getTime() - beat.wallMs) > STALE_ELSEWHERE_MS;
  return Math.abs(io.monotonicMs() - beat.monotonicMs) > staleMs;
}

function readBeat(path: string, io: Io): { monotonicMs: number; wallMs: number } | null {
  try {
    const wallMs = io.files.statSync(path).mtimeMs;
    return { monotonicMs: Number(io.files.readFileSync(path, 'latin1')), wallMs };
  } catch {
    return null;
  }
}

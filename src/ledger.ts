/**
 * The writing of state.json: what several parts of the program have to change waits until one transaction takes it all.
 * What could not be written waits on, and is written later.
 */
import type { State } from './record.ts';
import type { Store } from './store.ts';

/** Soon: something is owed, or was just delivered. */
export const URGENT_MS = 20;
/** At leisure. */
export const CALM_MS = 1000;
/**
 * A state of thousands of pages takes long to write, so it is written less often: the wait is so many times the work. A
 * first pass over them has something to tell all the time; at eight times, the writing took a tenth of it.
 */
const WAIT_TO_WORK = 32;
/** What was delivered and is not yet written would be delivered again after a crash, so that wait has an end. */
const LONGEST_WAIT_MS = 2000;

/** What one participant adds to a transaction. */
export interface Part {
  /** May run more than once, and must do nothing else than change the state. */
  apply(state: State, isMine: (page: string) => boolean): void;
  /** It is on the disk. */
  done(): void;
  /** It is not: it must be handed over again with the next `take`. */
  undone(): void;
}

export interface Ledger {
  /** Asked at each transaction for what waits; null for nothing. */
  join(take: () => Part | null): void;
  /** Something waits: it is written within so many ms, or as soon as the work of writing allows. */
  due(withinMs: number): void;
  /** Writes what waits, now. Rejects when it cannot be written; it then still waits. */
  flush(): Promise<void>;
}

export interface LedgerDeps {
  store: Store;
  /** A write failed outside of `flush`; it is tried again. */
  onError: (error: unknown) => void;
}

export function openLedger({ store, onError }: LedgerDeps): Ledger {
  const participants: (() => Part | null)[] = [];
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Infinity;
  let writing: Promise<void> = Promise.resolve();
  let tookMs = 0;
  let hasWritten = false;

  const flush = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    timerAt = Infinity;
    writing = writing.catch(() => {}).then(write);
    return writing;
  };

  const due = (withinMs: number) => {
    const delayMs = Math.max(withinMs, Math.min(tookMs * WAIT_TO_WORK, LONGEST_WAIT_MS));
    const at = performance.now() + delayMs;
    if (timer && timerAt <= at) return;
    if (timer) clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => void flush().catch(onError), delayMs);
    // Who ends flushes: what cannot be written then must not keep a process that nothing else does.
    timer.unref();
  };

  const write = async () => {
    const parts = participants.flatMap((take) => take() ?? []);
    if (parts.length === 0) return;
    const began = performance.now();
    try {
      await store.commit((state, isMine) => {
        for (const part of parts) part.apply(state, isMine);
      });
    } catch (error) {
      for (const part of parts) part.undone();
      due(CALM_MS);
      throw error;
    }
    // The first one also loads what writes.
    if (hasWritten) tookMs = performance.now() - began;
    hasWritten = true;
    for (const part of parts) part.done();
  };

  return { join: (take) => void participants.push(take), due, flush };
}

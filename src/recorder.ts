/**
 * Writes what the pages brought: many pages in one transaction, soon when something is owed, at leisure when only a
 * validator changed, not at all when nothing did. What could not be written waits and is written later.
 */
import { eventToJson } from './json.ts';
import type { StatusEvent } from './model.ts';
import type { Lane, Outbox } from './outbox.ts';
import type { OutboxRow, PageRecord } from './record.ts';
import type { Store } from './store.ts';

/** How long a transaction waits for other pages to join it. */
const URGENT_MS = 20;
const CALM_MS = 1000;
const SOFT_MS = 60_000;
/** A state of thousands of pages takes long to write, so it is written less often: the wait is so many times the work. */
const WAIT_TO_WORK = 50;

export interface Owed {
  lane: Lane;
  events: readonly StatusEvent[];
}

export interface Recorder {
  /** Takes what a read brought; it is written soon, and only then delivered. */
  record(url: string, before: PageRecord | null, after: PageRecord, owed: readonly Owed[]): void;
  /** Writes what waits, now. Rejects when it cannot be written; it then still waits. */
  flush(): Promise<void>;
}

export interface RecorderDeps {
  store: Store;
  outbox: Outbox;
  now: () => Date;
  /** These pages are recorded by another process by now; what was found on them is its to tell. */
  onLost: (urls: readonly string[]) => void;
  /** A write failed outside of `flush`; it is tried again with the next one. */
  onError: (error: unknown) => void;
}

interface Entry {
  record: PageRecord;
  rows: OutboxRow[];
}

export function openRecorder(deps: RecorderDeps): Recorder {
  let waiting = new Map<string, Entry>();
  let timer: NodeJS.Timeout | null = null;
  let timerAt = Infinity;
  let writing: Promise<void> = Promise.resolve();
  let tookMs = 0;

  const flush = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    timerAt = Infinity;
    writing = writing.catch(() => {}).then(write);
    return writing;
  };

  const flushWithin = (delayMs: number) => {
    const at = Date.now() + delayMs;
    if (timer && timerAt <= at) return;
    if (timer) clearTimeout(timer);
    timerAt = at;
    timer = setTimeout(() => void flush().catch(deps.onError), delayMs);
  };

  const write = async () => {
    if (waiting.size === 0) return;
    const batch = waiting;
    waiting = new Map();
    const began = performance.now();
    try {
      const lost = await commit(deps.store, batch);
      tookMs = performance.now() - began;
      if (lost.length > 0) deps.onLost(lost);
      deps.outbox.add([...batch].filter(([url]) => !lost.includes(url)).flatMap(([, entry]) => entry.rows));
      void deps.outbox.deliver().catch(deps.onError);
    } catch (error) {
      for (const [url, entry] of waiting) put(batch, url, entry.record, entry.rows);
      waiting = batch;
      flushWithin(CALM_MS);
      throw error;
    }
  };

  const record: Recorder['record'] = (url, before, after, owed) => {
    const rows = owed.flatMap(({ lane, events }) => events.map((event) => rowOf(url, lane, event, deps.now())));
    const delay = rows.length > 0 ? URGENT_MS : delayOfChange(before, after);
    if (delay === null) return;
    put(waiting, url, after, rows);
    flushWithin(Math.max(delay, Math.min(tookMs * WAIT_TO_WORK, CALM_MS)));
  };

  return { record, flush };
}

function put(entries: Map<string, Entry>, url: string, record: PageRecord, rows: readonly OutboxRow[]): void {
  const earlier = entries.get(url)?.rows ?? [];
  entries.set(url, { record, rows: [...earlier, ...rows] });
}

/** Resolves to the pages that are not ours any more. */
function commit(store: Store, batch: ReadonlyMap<string, Entry>): Promise<string[]> {
  return store.commit((state, isMine) => {
    const lost: string[] = [];
    state.fresh = false;
    for (const [url, { record, rows }] of batch) {
      if (!isMine(url)) lost.push(url);
      else {
        state.pages.set(url, record);
        state.outbox.push(...rows);
      }
    }
    return lost;
  });
}

function rowOf(url: string, lane: Lane, event: StatusEvent, now: Date): OutboxRow {
  return {
    id: `${event.id}:${lane.name}`,
    page: url,
    channel: lane.name,
    event: eventToJson(event),
    attempts: 0,
    dueAt: null,
    error: null,
    queuedAt: now.toISOString(),
  };
}

/** What was seen, or when to ask again, is written soon; a validator costs a repeated read at worst. Null: no change. */
function delayOfChange(before: PageRecord | null, after: PageRecord): number | null {
  if (before === null) return CALM_MS;
  const fields = Object.keys({ ...before, ...after }) as (keyof PageRecord)[];
  const changed = fields.filter((field) => field !== 'readAt' && !isSame(before[field], after[field]));
  if (changed.length === 0) return null;
  return changed.every((field) => field === 'validators') ? SOFT_MS : CALM_MS;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

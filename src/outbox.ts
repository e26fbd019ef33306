/** What is owed, and its delivery: in order, each lane at its own pace, a row leaving only when its lane took or refused it. */
import { DeliveryError } from './errors.ts';
import { type EventJson, eventFromJson } from './json.ts';
import type { StatusEvent } from './model.ts';
import type { OutboxRow } from './record.ts';
import type { Store } from './store.ts';

/** One way out of this process. `local`: it ends at this very process (its terminal), so a repeat here is a repeat for the reader. */
export interface Lane {
  name: string;
  local: boolean;
  /** Tries before a delivery is given up. */
  attempts: number;
  /** Takes events in order. Throws DeliveryError. */
  send(events: readonly StatusEvent[]): Promise<void>;
}

export interface Outbox {
  /** Rows that were just written to state.json. */
  add(rows: readonly OutboxRow[]): void;
  /** Strikes rows that need no delivery. */
  forget(rows: readonly OutboxRow[]): Promise<void>;
  /** Delivers what is due on every lane. Resolves when nothing due is left, or a lane failed for now. */
  deliver(): Promise<void>;
  pending(): number;
}

const RETRY_MS = 5000;

export interface OutboxDeps {
  store: Store;
  lanes: readonly Lane[];
  now: () => Date;
  onRefused: (lane: string, reason: string) => void;
}

export function openOutbox(deps: OutboxDeps): Outbox {
  const queues = new Map<string, OutboxRow[]>(deps.lanes.map((lane) => [lane.name, []]));
  const running = new Map<string, Promise<void>>();

  const add = (rows: readonly OutboxRow[]) => {
    for (const row of rows) queues.get(row.channel)?.push(row);
  };

  const deliverLane = async (lane: Lane) => {
    const queue = queues.get(lane.name)!;
    while (queue.length > 0 && isDue(queue[0]!, deps.now())) {
      const batch = queue.filter((row) => isDue(row, deps.now()));
      const outcome = await attempt(lane, batch, deps);
      if (outcome === 'later') return;
      await removeRows(deps.store, batch);
      queue.splice(0, queue.length, ...queue.filter((row) => !batch.includes(row)));
    }
  };

  const deliver = async () => {
    const lanes = deps.lanes.map((lane) => {
      const current = running.get(lane.name) ?? deliverLane(lane).finally(() => running.delete(lane.name));
      running.set(lane.name, current);
      return current;
    });
    await Promise.all(lanes);
  };

  const forget = (rows: readonly OutboxRow[]) => removeRows(deps.store, rows);

  return { add, forget, deliver, pending: () => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0) };
}

function isDue(row: OutboxRow, now: Date): boolean {
  return row.dueAt === null || row.dueAt <= now.getTime();
}

async function attempt(lane: Lane, batch: readonly OutboxRow[], deps: OutboxDeps): Promise<'done' | 'later'> {
  try {
    await lane.send(batch.map((row) => eventFromJson(row.event as EventJson)));
    return 'done';
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    const given = batch.every((row) => row.attempts + 1 >= lane.attempts);
    if (error.details.permanent || given) {
      deps.onRefused(lane.name, error.message);
      return 'done';
    }
    for (const row of batch) {
      row.attempts += 1;
      row.dueAt = deps.now().getTime() + (error.details.retryAfterMs ?? RETRY_MS);
    }
    return 'later';
  }
}

async function removeRows(store: Store, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const ids = new Set(rows.map((row) => row.id));
  await store.commit((state) => {
    state.outbox = state.outbox.filter((row) => !ids.has(row.id));
  });
}

/**
 * Delivers what state.json says is owed: every channel at its own pace, the messages of a story in their order, a row
 * leaving only when its channel took it or refused it for good. The state is the truth: what other processes change in it
 * is seen at the next look, and all that happens here is written to it with the next transaction.
 */
import { type Engine, finish, isEnding, type Lane, laneState, type OutboxDeps } from './outbox/engine.ts';
import { send, show } from './outbox/sending.ts';
import { type Refusal, settle } from './outbox/settle.ts';
import type { OutboxRow } from './record.ts';

export type { ChannelLane, Lane, OutboxDeps, TerminalLane } from './outbox/engine.ts';

export interface Outbox {
  /** Looks at what is owed, and starts what may go now. Never rejects. */
  deliver(): Promise<void>;
  /** Strikes rows that need no delivery. */
  forget(rows: readonly OutboxRow[]): void;
  /**
   * Resolves when nothing is under way, and nothing is left that only its turn keeps back. Nothing that failed is tried again
   * meanwhile, and a channel that does not answer in time is sent nothing more.
   */
  idle(): Promise<void>;
  /** Starts nothing any more. */
  close(): void;
}

/** Of a way out that is not there any more: the desktop of a watch that has ended. */
const STALE_MS = 600_000;
/** Longer waits end with the ticks of the watch. */
const LONGEST_TIMER_MS = 10_000;

export function openOutbox(deps: OutboxDeps): Outbox {
  const engine: Engine = {
    ...{ deps, lanes: new Map(), settled: [], epoch: 0, timer: null, closed: false, waiting: [] },
    look: () => void deliver(engine),
  };
  deps.ledger.join(() => takeSettled(engine));
  return {
    deliver: () => deliver(engine),
    forget: (rows) => finish(engine, { kind: 'dropped', rows, why: null }),
    idle: () =>
      new Promise((resolve) => {
        engine.waiting.push(resolve);
        engine.look();
      }),
    close: () => {
      engine.closed = true;
      if (engine.timer) clearTimeout(engine.timer);
    },
  };
}

function takeSettled(engine: Engine) {
  if (engine.settled.length === 0) return null;
  const { deps } = engine;
  const batch = engine.settled;
  engine.settled = [];
  let refusals: Refusal[] = [];
  return {
    apply: (state: Parameters<typeof settle>[0]) => {
      refusals = settle(state, batch, { now: deps.now(), witnesses: witnesses(deps) });
    },
    done: () => {
      engine.epoch += 1;
      for (const row of batch.flatMap(({ rows }) => rows)) {
        const { underWay, stops } = laneState(engine, row.channel);
        underWay.delete(row.id);
        stops.delete(row.id);
      }
      for (const { channel, reason } of refusals) deps.onRefused(channel, reason);
      engine.look();
    },
    undone: () => {
      engine.settled = [...batch, ...engine.settled];
    },
  };
}

/** Those that people read. */
function witnesses(deps: OutboxDeps): string[] {
  const isWitness = (lane: Lane) =>
    lane.kind === 'channel' && lane.pace.singles !== null && lane.pace.patience === 'days';
  return deps
    .lanes()
    .filter(isWitness)
    .map(({ name }) => name);
}

async function deliver(engine: Engine): Promise<void> {
  const { deps } = engine;
  if (engine.closed) return;
  try {
    const { epoch } = engine;
    const state = await deps.store.state();
    if (epoch !== engine.epoch) return deliver(engine);
    const owed = byChannel(state.outbox.filter((row) => deps.isMine(row.page)));
    // A channel that has left the configuration since is sent nothing more.
    for (const lane of engine.lanes.values()) lane.queue = [];
    const looks = deps.lanes().map((lane) => {
      const rows = owed.get(lane.name) ?? [];
      owed.delete(lane.name);
      return lane.kind === 'terminal' ? show(engine, lane, rows, state) : send(engine, lane, rows, state);
    });
    for (const [channel, rows] of owed) dropStale(engine, channel, rows);
    lookAgain(engine, Math.min(NEVER, ...looks));
    if (!isBusy(engine)) for (const resolve of engine.waiting.splice(0)) resolve();
  } catch (error) {
    deps.onError(error);
    for (const resolve of engine.waiting.splice(0)) resolve();
  }
}

function byChannel(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const channels = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const list = channels.get(row.channel);
    if (list) list.push(row);
    else channels.set(row.channel, [row]);
  }
  return channels;
}

function isBusy(engine: Engine): boolean {
  return (
    engine.settled.length > 0 ||
    [...engine.lanes.values()].some(({ underWay, queue }) => underWay.size + queue.length > 0)
  );
}

/** Node forgets a timer that was not taken back when it ends, so there is one at the most. */
function lookAgain(engine: Engine, at: number): void {
  if (engine.timer) clearTimeout(engine.timer);
  engine.timer = null;
  const waitMs = at - engine.deps.now().getTime();
  if (waitMs > LONGEST_TIMER_MS) return;
  engine.timer = setTimeout(engine.look, Math.max(1, waitMs));
  // What waits for its turn is written down: it keeps the process only while somebody waits for it here.
  if (!isEnding(engine)) engine.timer.unref();
}

const NEVER = Number.POSITIVE_INFINITY;

/** Rows of a channel that was taken out of the configuration, or of a desktop that nobody asks for any more. */
function dropStale(engine: Engine, channel: string, rows: readonly OutboxRow[]): void {
  const { deps } = engine;
  if (deps.isKnown(channel)) return;
  const { underWay } = laneState(engine, channel);
  const oldest = deps.now().getTime() - STALE_MS;
  const stale = rows.filter((row) => !underWay.has(row.id) && Date.parse(row.queuedAt) < oldest);
  if (stale.length > 0)
    finish(engine, { kind: 'dropped', rows: stale, why: `there is no channel "${channel}" here any more` });
}

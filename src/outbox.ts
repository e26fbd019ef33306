/**
 * Delivers what state.json says is owed: every channel at its own pace, the messages of a story in their order, a row
 * leaving only when its channel took it or refused it for good. The state is the truth: what other processes change in it
 * is seen at the next look, and all that happens here is written to it with the next transaction.
 */
import type { Delivery, Pace, Receipt } from './channel.ts';
import { DeliveryError } from './errors.ts';
import { type Ledger, URGENT_MS } from './ledger.ts';
import type { StatusEvent } from './model.ts';
import { deliveryOf, eventsOf, storiesOf } from './outbox/delivery.ts';
import { type LaneNow, type Plan, planLane, WINDOW_MS } from './outbox/plan.ts';
import { type Outcome, type Refusal, settle } from './outbox/settle.ts';
import type { OutboxRow, ReadonlyState } from './record.ts';
import type { Store } from './store.ts';

/** A way out of this process that takes all there is in one go: its terminal. Throws DeliveryError when nobody reads it. */
export interface TerminalLane {
  kind: 'terminal';
  name: string;
  show(events: readonly StatusEvent[]): Promise<void>;
}
export interface ChannelLane {
  kind: 'channel';
  name: string;
  pace: Pace;
  send(delivery: Delivery): Promise<Receipt>;
}
export type Lane = TerminalLane | ChannelLane;

export interface Outbox {
  /** Looks at what is owed, and starts what may go now. Never rejects. */
  deliver(): Promise<void>;
  /** Strikes rows that need no delivery. */
  forget(rows: readonly OutboxRow[]): void;
  /** Resolves when nothing is under way, and nothing is left that only its turn keeps back: retries are not waited for. */
  idle(): Promise<void>;
  /** Starts nothing any more. */
  close(): void;
}

export interface OutboxDeps {
  store: Store;
  ledger: Ledger;
  /** As they are now: they change with the configuration. */
  lanes(): readonly Lane[];
  /** Whether a channel of that name is one of the user's, connected or not. */
  isKnown(channel: string): boolean;
  /** Whether what concerns this page is delivered by this process. */
  isMine(page: string): boolean;
  now: () => Date;
  random: () => number;
  /** IANA name of the zone that times in messages are of. */
  zone: string;
  /** A channel was switched off, or a message will not be tried again by itself. */
  onRefused: (channel: string, reason: string) => void;
  onError: (error: unknown) => void;
}

const TERMINAL_RETRY_MS = 5000;
/** Of a way out that is not there any more: the desktop of a watch that has ended. */
const STALE_MS = 600_000;
/** Longer waits end with the ticks of the watch. */
const LONGEST_TIMER_MS = 10_000;

interface LaneState {
  underWay: Set<string>;
  /** Of the terminal, in wall-clock milliseconds; that of a channel is in the state. */
  pausedUntil: number;
  lastStartAt: number;
  recent: { at: number; digest: boolean }[];
}

interface Engine {
  deps: OutboxDeps;
  lanes: Map<string, LaneState>;
  settled: Outcome[];
  /** How many transactions have let rows go: a state read before the last of them still holds those. */
  epoch: number;
  timer: NodeJS.Timeout | null;
  closed: boolean;
  waiting: (() => void)[];
}

export function openOutbox(deps: OutboxDeps): Outbox {
  const engine: Engine = { deps, lanes: new Map(), settled: [], epoch: 0, timer: null, closed: false, waiting: [] };
  deps.ledger.join(() => takeSettled(engine));
  return {
    deliver: () => deliver(engine),
    forget: (rows) => finish(engine, { kind: 'dropped', channel: '', rows, why: null }),
    idle: () =>
      new Promise((resolve) => {
        engine.waiting.push(resolve);
        void deliver(engine);
      }),
    close: () => {
      engine.closed = true;
      if (engine.timer) clearTimeout(engine.timer);
    },
  };
}

function laneState(engine: Engine, name: string): LaneState {
  const known = engine.lanes.get(name);
  if (known) return known;
  const state: LaneState = { underWay: new Set(), pausedUntil: 0, lastStartAt: 0, recent: [] };
  engine.lanes.set(name, state);
  return state;
}

/** What came of rows goes into the next transaction; until that is on the disk they count as under way. */
function finish(engine: Engine, outcome: Outcome): void {
  for (const { id, channel } of outcome.rows) laneState(engine, channel).underWay.add(id);
  engine.settled.push(outcome);
  engine.deps.ledger.due(URGENT_MS);
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
      for (const { rows } of batch) for (const { id, channel } of rows) laneState(engine, channel).underWay.delete(id);
      for (const { channel, reason } of refusals) deps.onRefused(channel, reason);
      void deliver(engine);
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
    const looks = deps.lanes().map((lane) => {
      const rows = owed.get(lane.name) ?? [];
      owed.delete(lane.name);
      return lane.kind === 'terminal' ? show(engine, lane, rows, state) : send(engine, lane, rows, state);
    });
    for (const [channel, rows] of owed) dropStale(engine, channel, rows);
    lookAgain(engine, Math.min(...looks.map(({ againAt }) => againAt)));
    const turnAt = Math.min(...looks.map((look) => look.turnAt));
    if (turnAt <= deps.now().getTime() + LONGEST_TIMER_MS || isBusy(engine)) return;
    for (const resolve of engine.waiting.splice(0)) resolve();
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
  return engine.settled.length > 0 || [...engine.lanes.values()].some(({ underWay }) => underWay.size > 0);
}

/** Node forgets a timer that was not taken back when it ends, so there is one at the most. */
function lookAgain(engine: Engine, at: number): void {
  if (engine.timer) clearTimeout(engine.timer);
  engine.timer = null;
  const waitMs = at - engine.deps.now().getTime();
  if (waitMs > LONGEST_TIMER_MS) return;
  engine.timer = setTimeout(() => void deliver(engine), Math.max(1, waitMs));
  // What waits for its turn is written down: it keeps the process only while somebody waits for it here.
  if (engine.waiting.length === 0) engine.timer.unref();
}

type Look = Pick<Plan, 'againAt' | 'turnAt'>;
const NEVER = Number.POSITIVE_INFINITY;

/** Shows all there is. What the terminal does not take stays owed, to this process or to the next one. */
function show(engine: Engine, lane: TerminalLane, rows: readonly OutboxRow[], state: ReadonlyState): Look {
  const now = engine.deps.now().getTime();
  const mine = laneState(engine, lane.name);
  if (rows.length === 0 || mine.underWay.size > 0) return { againAt: NEVER, turnAt: NEVER };
  if (now < mine.pausedUntil) return { againAt: mine.pausedUntil, turnAt: NEVER };
  for (const { id } of rows) mine.underWay.add(id);
  void lane.show(rows.flatMap((row) => eventsOf(row, state))).then(
    () => finish(engine, { kind: 'taken', channel: lane.name, rows, receipt: null }),
    () => {
      mine.underWay.clear();
      mine.pausedUntil = now + TERMINAL_RETRY_MS;
      void deliver(engine);
    },
  );
  return { againAt: NEVER, turnAt: NEVER };
}

/** Starts what may go now; returns when to look again. */
function send(engine: Engine, lane: ChannelLane, rows: readonly OutboxRow[], state: ReadonlyState): Look {
  const now = engine.deps.now().getTime();
  const mine = laneState(engine, lane.name);
  mine.recent = mine.recent.filter(({ at }) => at > now - WINDOW_MS);
  const record = state.channels.get(lane.name);
  const view: LaneNow = {
    ...mine,
    pace: lane.pace,
    off: record?.off != null,
    pausedUntil: record?.pausedUntil ?? 0,
  };
  const plan = planLane(rows, view, (row) => storiesOf(row, state), now);
  if (plan.digest.length > 0) {
    mine.recent.push({ at: now, digest: true });
    finish(engine, { kind: 'collapsed', channel: lane.name, rows: plan.digest });
  }
  for (const row of plan.send) {
    mine.underWay.add(row.id);
    mine.lastStartAt = now;
    if (row.events.length === 1 && row.attempts === 0) mine.recent.push({ at: now, digest: false });
    void start(engine, lane, row, state);
  }
  return plan;
}

async function start(engine: Engine, lane: ChannelLane, row: OutboxRow, state: ReadonlyState): Promise<void> {
  const channel = lane.name;
  try {
    const receipt = await lane.send(deliveryOf(row, state, engine.deps.zone));
    finish(engine, { kind: 'taken', channel, rows: [row], receipt });
  } catch (error) {
    if (!(error instanceof DeliveryError)) engine.deps.onError(error);
    const failure =
      error instanceof DeliveryError
        ? error
        : new DeliveryError(`pingoru made a mistake: ${(error as Error).message}`, { permanent: false });
    finish(engine, {
      kind: 'failed',
      channel,
      rows: [row],
      pace: lane.pace,
      error: failure,
      jitter: engine.deps.random(),
    });
  }
}

/** Rows of a channel that was taken out of the configuration, or of a desktop that nobody asks for any more. */
function dropStale(engine: Engine, channel: string, rows: readonly OutboxRow[]): void {
  const { deps } = engine;
  if (deps.isKnown(channel)) return;
  const { underWay } = laneState(engine, channel);
  const oldest = deps.now().getTime() - STALE_MS;
  const stale = rows.filter((row) => !underWay.has(row.id) && Date.parse(row.queuedAt) < oldest);
  if (stale.length > 0)
    finish(engine, { kind: 'dropped', channel, rows: stale, why: `there is no channel "${channel}" here any more` });
}

/** What an outbox has in memory: its ways out, what is being sent on each, and what came of it. */
import type { Delivery, Pace, Receipt } from '../channel.ts';
import { type Ledger, URGENT_MS } from '../ledger.ts';
import type { StatusEvent } from '../model.ts';
import type { OutboxRow, ReadonlyState } from '../record.ts';
import type { Store } from '../store.ts';
import type { Outcome } from './settle.ts';

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

export interface LaneState {
  /** Rows being sent, and those of which what came of it is not on the disk yet. */
  underWay: Set<string>;
  /** How many are being sent. */
  sending: number;
  /** What may be sent as soon as there is room, none waiting for another; made anew with every look at the state. */
  queue: OutboxRow[];
  /** The state that look saw, where the events of the queue are. Null before the first. */
  view: ReadonlyState | null;
  /** Rows by which the service asked for a pause, or was found gone: nothing more until that is in the state. */
  stops: Set<string>;
  /** Rows that failed in this process. */
  failed: Set<string>;
  /** The last try failed, and took long to do so. */
  hangs: boolean;
  /** Of the terminal, in wall-clock milliseconds; that of a channel is in the state. */
  pausedUntil: number;
  lastStartAt: number;
  recent: { at: number; digest: boolean }[];
}

export interface Engine {
  deps: OutboxDeps;
  /** Looks at what is owed. */
  look(): void;
  lanes: Map<string, LaneState>;
  settled: Outcome[];
  /** How many transactions have let rows go: a state read before the last of them still holds those. */
  epoch: number;
  timer: NodeJS.Timeout | null;
  closed: boolean;
  waiting: (() => void)[];
}

/** Somebody waits for all this to end: what failed is left to the next process, and so is a channel that hangs. */
export function isEnding(engine: Engine): boolean {
  return engine.waiting.length > 0;
}

export function laneState(engine: Engine, name: string): LaneState {
  const known = engine.lanes.get(name);
  if (known) return known;
  const state: LaneState = {
    ...{ underWay: new Set<string>(), sending: 0, queue: [], view: null },
    ...{ stops: new Set<string>(), failed: new Set<string>(), hangs: false },
    ...{ pausedUntil: 0, lastStartAt: 0, recent: [] },
  };
  engine.lanes.set(name, state);
  return state;
}

/** What came of rows goes into the next transaction; until that is on the disk they count as under way. */
export function finish(engine: Engine, outcome: Outcome): void {
  for (const { id, channel } of outcome.rows) laneState(engine, channel).underWay.add(id);
  engine.settled.push(outcome);
  if (isEnding(engine) && isSettled(engine)) void engine.deps.ledger.flush().catch(engine.deps.onError);
  else engine.deps.ledger.due(URGENT_MS);
}

function isSettled(engine: Engine): boolean {
  return [...engine.lanes.values()].every(({ sending, queue }) => sending + queue.length === 0);
}

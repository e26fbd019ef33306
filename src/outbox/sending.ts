/** The sending itself: what may go now goes, as fast as its way out allows. */
import { DeliveryError } from '../errors.ts';
import type { OutboxRow, ReadonlyState } from '../record.ts';
import { deliveryOf, eventsOf, storiesOf } from './delivery.ts';
import {
  type ChannelLane,
  type Engine,
  finish,
  isEnding,
  type LaneState,
  laneState,
  type TerminalLane,
} from './engine.ts';
import { type LaneNow, planLane, WINDOW_MS } from './plan.ts';
import type { Outcome } from './settle.ts';
import { isToCome } from './wait.ts';

const TERMINAL_RETRY_MS = 5000;
/** A failure that comes as late as this is one of a service that does not answer, or hardly. */
const HANG_MS = 2000;
const NEVER = Number.POSITIVE_INFINITY;

/** Shows all there is; returns when to look again. What is not taken stays owed, to this process or to the next one. */
export function show(engine: Engine, lane: TerminalLane, rows: readonly OutboxRow[], state: ReadonlyState): number {
  const now = engine.deps.now().getTime();
  const mine = laneState(engine, lane.name);
  if (rows.length === 0 || mine.underWay.size > 0) return NEVER;
  if (isToCome(mine.pausedUntil, TERMINAL_RETRY_MS, now)) return mine.pausedUntil;
  for (const { id } of rows) mine.underWay.add(id);
  void lane.show(rows.flatMap((row) => eventsOf(row, state))).then(
    () => finish(engine, { kind: 'taken', rows, receipt: null }),
    () => {
      mine.underWay.clear();
      mine.pausedUntil = now + TERMINAL_RETRY_MS;
      engine.look();
    },
  );
  return NEVER;
}

/** Plans anew what a channel is sent, and begins; returns when to look again. */
export function send(engine: Engine, lane: ChannelLane, rows: readonly OutboxRow[], state: ReadonlyState): number {
  const now = engine.deps.now().getTime();
  const mine = laneState(engine, lane.name);
  // What seems to lie ahead began before the clock was set back.
  mine.recent = mine.recent.filter(({ at }) => at > now - WINDOW_MS && at <= now);
  if (mine.failed.size > 0) mine.failed = new Set(rows.flatMap(({ id }) => (mine.failed.has(id) ? [id] : [])));
  const record = state.channels.get(lane.name);
  const view: LaneNow = {
    pace: lane.pace,
    off: mine.stops.size > 0 || record?.off != null || (isEnding(engine) && mine.hangs),
    pausedUntil: record?.pausedUntil ?? 0,
    underWay: isEnding(engine) ? new Set([...mine.underWay, ...mine.failed]) : mine.underWay,
    recent: mine.recent,
  };
  const plan = planLane(rows, view, (row) => storiesOf(row, state), now);
  if (plan.digest.length > 0) {
    mine.recent.push({ at: now, digest: true });
    finish(engine, { kind: 'collapsed', rows: plan.digest });
  }
  mine.queue = [...plan.ready];
  mine.view = state;
  return Math.min(plan.againAt, pump(engine, lane, mine));
}

/** Sends as much of the queue as there is room for; returns when the channel's pace allows the next. */
function pump(engine: Engine, lane: ChannelLane, mine: LaneState): number {
  const { concurrent, gapMs } = lane.pace;
  if (isEnding(engine) && mine.hangs) mine.queue = [];
  while (mine.queue.length > 0 && mine.sending < concurrent) {
    const now = engine.deps.now().getTime();
    if (isToCome(mine.lastStartAt + gapMs, gapMs, now)) return mine.lastStartAt + gapMs;
    const row = mine.queue.shift()!;
    // Another process may have taken the page over meanwhile, and what is owed for it.
    if (!engine.deps.isMine(row.page)) continue;
    mine.underWay.add(row.id);
    mine.sending += 1;
    mine.lastStartAt = now;
    const begun = { at: now, digest: false };
    if (lane.pace.singles !== null && row.events.length === 1) mine.recent.push(begun);
    void start(engine, lane, row, mine.view!).then((outcome) => {
      mine.sending -= 1;
      // Nobody has read it.
      if (outcome.kind === 'failed') mine.recent = mine.recent.filter((one) => one !== begun);
      if (!engine.closed) pump(engine, lane, mine);
      finish(engine, outcome);
    });
  }
  return NEVER;
}

/** Never rejects. */
async function start(engine: Engine, lane: ChannelLane, row: OutboxRow, state: ReadonlyState): Promise<Outcome> {
  const mine = laneState(engine, lane.name);
  const begunAt = engine.deps.now().getTime();
  try {
    const receipt = await lane.send(deliveryOf(row, state, engine.deps.zone));
    mine.hangs = false;
    if (receipt.pauseMs !== undefined) stop(mine, row);
    return { kind: 'taken', rows: [row], receipt };
  } catch (error) {
    if (!(error instanceof DeliveryError)) engine.deps.onError(error);
    const failure =
      error instanceof DeliveryError
        ? error
        : new DeliveryError(`pingoru made a mistake: ${(error as Error).message}`, { permanent: false });
    const { permanent, retryAfterMs } = failure.details;
    if (permanent === 'channel' || retryAfterMs !== undefined) stop(mine, row);
    mine.hangs = engine.deps.now().getTime() - begunAt >= HANG_MS;
    // A message that is refused goes out once more in plain words, and is then done with.
    if (permanent === false) mine.failed.add(row.id);
    const jitter = engine.deps.random();
    return { kind: 'failed', rows: [row], pace: lane.pace, error: failure, jitter };
  }
}

function stop(mine: LaneState, row: OutboxRow): void {
  mine.stops.add(row.id);
  mine.queue = [];
}

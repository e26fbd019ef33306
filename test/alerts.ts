/** The whole way from an event to channels, over a real store and under a clock that a test turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Delivery, Pace, Receipt } from '../src/channel.ts';
import { DeliveryError } from '../src/errors.ts';
import { openLedger } from '../src/ledger.ts';
import type { StatusEvent } from '../src/model.ts';
import { type ChannelLane, openOutbox } from '../src/outbox.ts';
import { emptyRecord, type PageRecord, type State } from '../src/record.ts';
import { openRecorder } from '../src/recorder.ts';
import { DEFAULT_EVENTS, type Group } from '../src/route/group.ts';
import { openStore, type Store } from '../src/store.ts';
import { clerk, clerkIncident, eventOf } from './incidents.ts';

export const BEGIN = Date.parse('2026-03-10T12:00:00Z');
export const PEOPLE: Pace = { concurrent: 1, gapMs: 0, singles: 5, patience: 'days' };
export const PROGRAM: Pace = { concurrent: 8, gapMs: 0, singles: null, patience: 'days' };

export interface Sent {
  at: number;
  id: string;
  events: string[];
  delivery: Delivery;
}

/** A channel that answers as a test says: what it returns or throws, for each try. */
export interface FakeChannel {
  lane: ChannelLane;
  tries: Sent[];
  /** Those that were taken. */
  taken: Sent[];
  answer: (sent: Sent) => Partial<Receipt> | Promise<Partial<Receipt>>;
}

export function group(more: Partial<Group> = {}): Group {
  return {
    name: 'default',
    providers: ['*'],
    components: [],
    severities: ['minor', 'major', 'critical'],
    kinds: ['incident', 'maintenance'],
    events: DEFAULT_EVENTS,
    channels: ['ops'],
    remindersMs: [24 * 3_600_000, 3_600_000],
    quiet: null,
    perHour: null,
    ...more,
  };
}

export function refused(permanent: false | 'message' | 'channel', retryAfterMs?: number): DeliveryError {
  return new DeliveryError('Ops says no', { permanent, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}

/** A page's incidents, each a story of its own, and their events. */
export function opened(id: string, more: Partial<StatusEvent> = {}): StatusEvent {
  const incident = { ...clerkIncident(1), id, title: `Incident ${id}` };
  return eventOf('incident.opened', incident, { id: `evt_${id}`, ...more });
}

export function follow(id: string, number: number, type: StatusEvent['type'] = 'incident.updated'): StatusEvent {
  const incident = { ...clerkIncident(type === 'incident.resolved' ? 5 : 3), id, title: `Incident ${id}` };
  return eventOf(type, incident, { id: `evt_${id}_${number}` });
}

export interface DeskOptions {
  groups?: Group[];
  channels?: Record<string, Pace>;
  folder?: string;
  now?: number;
}

export function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'pingoru-alerts-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** One life of the program. */
export async function desk(options: DeskOptions = {}) {
  const folder = options.folder ?? newFolder();
  const clock = { now: options.now ?? BEGIN };
  const now = () => new Date(clock.now);
  const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
  const store: Store = openStore({ env, now, onWarning: () => {} });
  const pages = new Set<string>();
  const groups = options.groups ?? [group()];
  const channels = new Map(
    Object.entries(options.channels ?? { ops: PROGRAM }).map(([name, pace]) => [name, fakeChannel(name, pace, now)]),
  );
  const refusals: string[] = [];
  const fail = (error: unknown) => {
    throw error;
  };
  const ledger = openLedger({ store, onError: fail });
  const outbox = openOutbox({
    ...{ store, ledger, now, random: () => 0.5, zone: 'UTC', onError: fail },
    lanes: () => [...channels.values()].map(({ lane }) => lane),
    isKnown: (name) => channels.has(name),
    isMine: (page) => store.claims.holds(page),
    onRefused: (channel, reason) => void refusals.push(`${channel}: ${reason}`),
  });
  const recorder = openRecorder({
    ...{
      ledger,
      now,
      groups: () => groups,
      namesOf: () => [],
      isProgram: (name: string) => channels.get(name)?.lane.pace.singles === null,
      onLost: () => {},
      onOwed: () => {},
    },
  });
  const record = emptyRecord(clerk);
  /** Takes events as a read of their page brought them, and delivers what may go now. */
  const tell = async (events: readonly StatusEvent[], read: PageRecord = record) => {
    for (const event of events) pages.add(event.provider.url);
    await store.claims.take([...pages, clerk.url], { channels: [] });
    for (const event of events)
      recorder.record(event.provider.url, null, { ...read, provider: event.provider }, [
        { page: event.provider.url, event, to: [], leadMs: null },
      ]);
    await settle();
  };
  const settle = async () => {
    await ledger.flush();
    for (let round = 0; round < 8; round++) {
      await outbox.deliver();
      await new Promise(setImmediate);
      await ledger.flush();
    }
  };
  /** Turns the clock, with a look at every moment at which something is due. */
  const wait = async (ms: number) => {
    const end = clock.now + ms;
    for (;;) {
      const next = await nextMoment(store, clock.now);
      if (next > end) break;
      clock.now = next;
      await settle();
    }
    clock.now = end;
    await settle();
  };
  const state = () => store.state();
  const change = (edit: (state: State) => void) => store.commit(edit);
  const end = async () => {
    outbox.close();
    await store.claims.release();
  };
  const channel = (name = 'ops') => channels.get(name)!;
  return {
    folder,
    clock,
    store,
    groups,
    channel,
    channels,
    refusals,
    tell,
    settle,
    wait,
    state,
    change,
    end,
    outbox,
    recorder,
  };
}

async function nextMoment(store: Store, now: number): Promise<number> {
  const { outbox, channels } = await store.state();
  const pauses = new Map([...channels].map(([name, { pausedUntil = 0 }]) => [name, pausedUntil]));
  const times = outbox
    .filter(({ deadAt }) => deadAt === undefined)
    .map(({ dueAt, channel }) => Math.max(dueAt ?? 0, pauses.get(channel) ?? 0))
    .filter((time) => time > now);
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

function fakeChannel(name: string, pace: Pace, now: () => Date): FakeChannel {
  const channel: FakeChannel = {
    tries: [],
    taken: [],
    answer: () => ({}),
    lane: {
      kind: 'channel',
      name,
      pace,
      async send(delivery) {
        const events = delivery.events.map(({ id }) => id);
        const sent = { at: now().getTime(), id: delivery.id, events, delivery };
        channel.tries.push(sent);
        const receipt = await channel.answer(sent);
        channel.taken.push(sent);
        return { outcome: 'delivered', detail: 'ok', ...receipt };
      },
    },
  };
  return channel;
}

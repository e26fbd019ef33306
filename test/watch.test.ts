import { expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import type { Target } from '../src/targets.ts';
import { type WatchDeps, watchTargets } from '../src/watch.ts';
import { group } from './alerts.ts';

/** A watch of no page unless told, under a clock that leaps half a minute with every look at it. */
function watchOf(state: () => Promise<unknown>, more: Partial<WatchDeps> = {}, targets: Target[] = []) {
  const control = new AbortController();
  const errors: unknown[] = [];
  let ticks = 0;
  let now = Date.parse('2026-03-10T12:00:00Z');
  const nothing = async () => {};
  const deps = {
    store: { state, claims: { take: async () => new Map(), beat: () => {}, release: nothing } },
    alerts: { refresh: nothing, groups: () => [group()], lanes: () => [] },
    ledger: { flush: nothing },
    outbox: { deliver: nothing, idle: nothing, close: () => {} },
    now: () => {
      now += 30_000;
      return new Date(now);
    },
    sleptMs: Number.POSITIVE_INFINITY,
    onError: (error: unknown) => void errors.push(error),
    onTick: () => {
      ticks += 1;
      if (ticks === 5) control.abort();
    },
    ...{ all: [], lanes: [], once: false, tickMs: 1, random: Math.random, signal: control.signal },
    ...more,
  } as unknown as WatchDeps;
  return { ended: watchTargets(targets, deps), errors };
}

test('a state that cannot be read for a while ends no watch that runs, and one that begins', async () => {
  let reads = 0;
  const trouble = new ConfigError('state.json cannot be read');
  const unreadable = async () => {
    reads += 1;
    if (reads > 1) throw trouble;
    return { outbox: [], channels: new Map(), reminded: [] };
  };
  const { ended, errors } = watchOf(unreadable);
  expect(await ended).toEqual([]);
  expect(errors.length).toBeGreaterThan(5);
  expect(new Set(errors)).toEqual(new Set([trouble]));
  await expect(watchOf(unreadable).ended).rejects.toBe(trouble);
});

test('after a sleep of the machine the pages that are overdue wait up to a minute, each its own', async () => {
  const state = async () => ({ outbox: [], channels: new Map(), reminded: [], pages: new Map(), fresh: false });
  const targets = [0.2, 0.8].map((share) => ({
    provider: { id: `p${share}`, name: `P${share}`, url: `https://p${share}.example.com`, platform: null },
    guesses: [],
  }));
  const claims = {
    take: async () => new Map(targets.map(({ provider }) => [provider.url, { mine: true }])),
    beat: () => {},
    release: async () => {},
  };
  // A read that never ends, so that nothing but waking changes when the pages are due.
  const store = { state, claims, platformOf: () => new Promise(() => {}) } as unknown as WatchDeps['store'];
  const alerts = { refresh: async () => {}, groups: () => [], lanes: () => [] } as unknown as WatchDeps['alerts'];
  const luck = [0.2, 0.8];
  let drawn = 0;
  const random = () => luck[drawn++ % 2]!;
  const onHolder = () => {};
  const awake = await watchOf(state, { store, alerts, random, onHolder }, targets).ended;
  expect(awake.map(({ dueAt }) => dueAt)).toEqual([0, 0]);
  const slept = await watchOf(state, { store, alerts, random, onHolder, sleptMs: 20_000 }, targets).ended;
  expect(slept[1]!.dueAt - slept[0]!.dueAt).toBe(36_000);
});

test('what cannot be written at the end is said, and keeps no page claimed', async () => {
  const state = async () => ({ outbox: [], channels: new Map(), reminded: [] });
  const ended: string[] = [];
  const trouble = new ConfigError('the disk is full');
  const ledger = { flush: () => Promise.reject(trouble) } as unknown as WatchDeps['ledger'];
  const outbox = { deliver: async () => {}, idle: async () => {}, close: () => void ended.push('closed') };
  const claims = { take: async () => new Map(), beat: () => {}, release: async () => void ended.push('released') };
  const more = { ledger, outbox, store: { state, claims } } as unknown as Partial<WatchDeps>;
  await expect(watchOf(state, more).ended).rejects.toBe(trouble);
  expect(ended).toEqual(['closed', 'released']);
});

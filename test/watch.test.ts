import { expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { type WatchDeps, watchTargets } from '../src/watch.ts';
import { group } from './alerts.ts';

/** A watch of no page, under a clock that leaps half a minute with every look at it. */
function watchOf(state: () => Promise<unknown>) {
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
    monotonic: () => now,
    onError: (error: unknown) => void errors.push(error),
    onTick: () => {
      ticks += 1;
      if (ticks === 5) control.abort();
    },
    ...{ all: [], lanes: [], once: false, tickMs: 1, random: Math.random, signal: control.signal },
  } as unknown as WatchDeps;
  return { ended: watchTargets([], deps), errors };
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

/** How much may wait: what a channel leaves lying has an end, what only waits for its turn has none. */
import { expect, test } from 'vitest';
import { log, tidy } from '../../src/dispatch.ts';
import { newRow, type OutboxRow, type State } from '../../src/record.ts';
import { stateForm } from '../../src/store/state-form.ts';
import { desk, opened, refused } from '../alerts.ts';

const NOW = new Date('2026-03-10T12:00:00Z');
const HOUR = 3_600_000;
const many = (count: number) => Array.from({ length: count }, (_, n) => opened(`i${n}`));

/** As many rows of a channel, after a clean-up. */
function kept(count: number, channel: string, more: Partial<OutboxRow>, state: State = stateForm.empty(false)): State {
  for (let n = 0; n < count; n++)
    state.outbox.push(
      newRow({ id: `dlv_${channel}${n}`, page: 'https://p.example', channel, events: [], ...more }, NOW),
    );
  tidy(state, NOW);
  return state;
}

test('a channel that takes what it is sent gets more than 2,000 events of one transaction', async () => {
  const one = await desk();
  await one.tell(many(2300));
  for (let round = 0; round < 400 && (await one.state()).outbox.length > 0; round++) await one.settle();
  expect(new Set(one.channel().taken.flatMap(({ events }) => events)).size).toBe(2300);
  expect((await one.state()).log.filter(({ outcome }) => outcome !== 'sent')).toEqual([]);
}, 60_000);

test('of what a channel failed to take, gave up or has not come to for an hour the latest 2,000 are kept', () => {
  const since = new Date(NOW.getTime() - HOUR - 1).toISOString();
  for (const more of [{ attempts: 1 }, { deadAt: since }, { queuedAt: since }]) {
    const { outbox, log: lines } = kept(2100, 'ops', more);
    expect([outbox.length, outbox[0]!.id]).toEqual([2000, 'dlv_ops100']);
    expect(lines.map(({ channel, outcome, why }) => [channel, outcome, why])).toEqual([
      ['ops', 'given up', '100 of the oldest messages were dropped: more than 2000 waited'],
    ]);
  }
  const held = { held: 'quiet', queuedAt: since, dueAt: NOW.getTime() } as const;
  for (const more of [{}, held]) expect(kept(2100, 'ops', more).outbox).toHaveLength(2100);
});

test('what its terminal has not shown is kept, however much', () => {
  const since = new Date(NOW.getTime() - 48 * HOUR).toISOString();
  expect(kept(2100, 'stdout', { queuedAt: since }).outbox).toHaveLength(2100);
});

test('what else waits is not counted with what was left', async () => {
  const one = await desk();
  let fails = 1;
  one.channel().answer = () => {
    if (fails-- > 0) throw refused(false);
    return {};
  };
  await one.tell(many(2100));
  for (let round = 0; round < 400 && (await one.state()).outbox.length > 1; round++) await one.settle();
  expect(one.channel().taken).toHaveLength(2099);
}, 60_000);

test('of too many stories those are kept that were last added to, not those that began last', () => {
  const state = stateForm.empty(false);
  const story = { channel: 'ops', title: 'x', told: 1, memory: {} };
  for (let n = 0; n < 3100; n++) {
    const at = new Date(NOW.getTime() + (n === 0 ? 5000 : n)).toISOString();
    state.stories.push({ ...story, key: `${n}`, at });
  }
  tidy(state, NOW);
  expect(state.stories).toHaveLength(3000);
  expect(state.stories.slice(0, 2).map(({ key }) => key)).toEqual(['0', '101']);
});

test('that something was dropped stays in the log, however much is sent afterwards', () => {
  const state = kept(2001, 'ops', { attempts: 1 });
  for (let n = 0; n < 3000; n++) log(state, null, { channel: 'ops', outcome: 'sent', why: `${n}` }, NOW);
  tidy(state, NOW);
  expect(state.log).toHaveLength(500);
  expect(state.log[0]).toMatchObject({ outcome: 'given up', why: expect.stringContaining('dropped') });
  expect(state.log.at(-1)).toMatchObject({ outcome: 'sent', why: '2999' });
});

/** The clock is set back: nobody waits for as long as it jumped. */
import { expect, test } from 'vitest';
import { desk, opened, PEOPLE, PROGRAM, refused } from '../alerts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const eventsOf = (list: readonly { events: string[] }[]) => list.flatMap(({ events }) => events);

test('a channel with a gap between its messages waits for no more than that', async () => {
  const one = await desk({ channels: { ops: { ...PEOPLE, gapMs: SECOND } } });
  await one.tell([opened('a')]);
  one.clock.now -= HOUR;
  await one.tell([opened('b')]);
  await one.wait(SECOND);
  expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_b']);
});

test('what was told to people in the time to come is no reason to gather what is told now', async () => {
  const one = await desk({ channels: { ops: PEOPLE } });
  await one.tell(Array.from({ length: 9 }, (_, n) => opened(`a${n}`)));
  one.clock.now -= HOUR;
  await one.tell(Array.from({ length: 3 }, (_, n) => opened(`b${n}`)));
  expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 1, 1, 4, 1, 1, 1]);
});

test('a retry waits for no longer than its step of the schedule', async () => {
  const one = await desk();
  let down = true;
  one.channel().answer = () => {
    if (down) throw refused(false);
    return {};
  };
  await one.tell([opened('a')]);
  one.clock.now -= HOUR;
  down = false;
  await one.settle();
  expect(eventsOf(one.channel().taken)).toEqual(['evt_a']);
});

test('what is over the measure waits for an hour at the most, what quiet hours keep until they are over', async () => {
  for (const [held, ms] of [
    ['cap', HOUR],
    ['quiet', DAY],
  ] as const) {
    const one = await desk();
    await one.change((state) => void state.channels.set('ops', { off: { reason: 'for now', at: '2026-03-10' } }));
    await one.tell([opened('a'), opened('b')]);
    await one.change((state) => {
      const ends = [one.clock.now + ms, one.clock.now + 100 * DAY];
      state.outbox = state.outbox.map((row, n) => ({ ...row, held, dueAt: ends[n]! }));
      state.channels.set('ops', { off: null });
    });
    await one.settle();
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b']);
  }
});

test('a pause lasts for 30 days at the most; of two that were asked for the longer one holds', async () => {
  const one = await desk({ channels: { ops: PROGRAM } });
  const waits = [DAY, SECOND];
  one.channel().answer = () => {
    const ms = waits.shift();
    if (ms !== undefined) throw refused(false, ms);
    return {};
  };
  await one.tell([opened('a'), opened('b')]);
  expect((await one.state()).channels.get('ops')!.pausedUntil).toBe(one.clock.now + DAY);
  await one.wait(DAY - SECOND);
  expect(one.channel().tries).toHaveLength(2);
  one.clock.now -= 365 * DAY;
  await one.settle();
  expect(eventsOf(one.channel().taken).sort()).toEqual(['evt_a', 'evt_b']);
});

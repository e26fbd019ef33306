/** A process that ends when all is delivered, as `watch --once` and `outbox retry` do. */
import { expect, test } from 'vitest';
import { desk, follow, opened, PROGRAM, refused } from '../alerts.ts';

const SECOND = 1000;

/** One in which all of this is owed, and nothing was tried. */
async function deskOwing(events: Parameters<Awaited<ReturnType<typeof desk>>['tell']>[0], concurrent = 8) {
  const one = await desk({ channels: { ops: { ...PROGRAM, concurrent } } });
  await one.change((state) => void state.channels.set('ops', { off: { reason: 'not yet', at: '2026-03-10' } }));
  await one.tell(events);
  await one.change((state) => void state.channels.set('ops', { off: null }));
  return one;
}

test('a channel that hangs is given up after its first time-out; what it is owed stays owed', async () => {
  const one = await deskOwing(
    Array.from({ length: 24 }, (_, n) => opened(`i${n}`)),
    4,
  );
  one.channel().answer = () => {
    one.clock.now += 20 * SECOND;
    throw refused(false);
  };
  await one.outbox.idle();
  expect(one.channel().tries).toHaveLength(4);
  expect((await one.state()).outbox).toHaveLength(24);
  one.channel().answer = () => ({});
  await one.wait(10 * SECOND);
  expect(one.channel().taken).toHaveLength(24);
});

test('one that fails at once is sent the rest', async () => {
  const one = await deskOwing(Array.from({ length: 24 }, (_, n) => opened(`i${n}`)));
  one.channel().answer = () => {
    throw refused(false);
  };
  await one.outbox.idle();
  expect(one.channel().tries).toHaveLength(24);
});

test('what failed is not tried again meanwhile, nor is what goes on from it sent', async () => {
  const one = await deskOwing([opened('a'), follow('a', 2), opened('b')]);
  const busy: (() => void)[] = [];
  one.channel().answer = ({ events }) => {
    if (events[0] === 'evt_a' && one.channel().tries.length < 3) throw refused(false);
    return new Promise((resolve) => busy.push(() => resolve({})));
  };
  const idle = one.outbox.idle();
  await one.settle();
  one.clock.now += 10 * SECOND;
  await one.settle();
  expect(busy).toHaveLength(1);
  busy[0]!();
  await idle;
  expect(one.channel().tries.map(({ events }) => events[0])).toEqual(['evt_a', 'evt_b']);
});

test('a message that is refused still goes out in plain words', async () => {
  const one = await deskOwing([opened('a')]);
  one.channel().answer = ({ delivery }) => {
    if (!delivery.plain) throw refused('message');
    return {};
  };
  await one.outbox.idle();
  expect((await one.state()).outbox).toEqual([]);
});

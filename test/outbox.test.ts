/** Delivery: tests 30, 33 and 49 to 59 of the channels' reference, by their numbers, and what else is promised. */
import { describe, expect, test } from 'vitest';
import { deliveryId } from '../src/dispatch.ts';
import { RETRY_AFTER_MS } from '../src/outbox/retry.ts';
import { desk, follow, group, opened, PEOPLE, PROGRAM, refused } from './alerts.ts';
import { clerk, clerkIo } from './incidents.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const eventsOf = (list: readonly { events: string[] }[]) => list.flatMap(({ events }) => events);

describe('a channel that fails', () => {
  test('test 49: down for 74 hours and then up, each event arrives once; the tries keep the schedule', async () => {
    const one = await desk();
    const up = one.clock.now + 74 * HOUR;
    one.channel().answer = ({ at }) => {
      if (at < up) throw refused(false);
      return {};
    };
    await one.tell([opened('a'), opened('b')]);
    await one.wait(80 * HOUR);
    expect(eventsOf(one.channel().taken).sort()).toEqual(['evt_a', 'evt_b']);
    const times = one.channel().tries.filter(({ events }) => events[0] === 'evt_a');
    const waits = times.slice(1).map(({ at }, index) => at - times[index]!.at);
    expect(waits).toEqual(RETRY_AFTER_MS.map((ms) => ms));
    expect((await one.state()).outbox).toEqual([]);
  });

  test('test 49: after the last try it is given up, kept, and said once through another channel', async () => {
    const channels = { ops: PROGRAM, people: PEOPLE };
    const one = await desk({ channels });
    one.channel().answer = () => {
      throw refused(false);
    };
    await one.tell([opened('a')]);
    await one.wait(200 * HOUR);
    expect(one.channel().tries).toHaveLength(10);
    expect((await one.state()).outbox).toMatchObject([{ channel: 'ops', attempts: 9, deadAt: expect.any(String) }]);
    const notices = one.channel('people').taken;
    expect(notices.map(({ delivery }) => delivery.message.title)).toEqual(['pingoru: a message to "ops" was given up']);
    expect(one.refusals).toHaveLength(1);
  });

  test('test 50: a resolution that fails is tried again like anything else', async () => {
    const one = await desk();
    await one.tell([opened('a')]);
    let down = true;
    one.channel().answer = () => {
      if (down) throw refused(false);
      return {};
    };
    await one.tell([follow('a', 5, 'incident.resolved')]);
    down = false;
    await one.wait(MINUTE);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_5']);
  });

  test('test 51: the order within an incident is kept, and another incident does not wait', async () => {
    const one = await desk();
    let failures = 2;
    one.channel().answer = ({ events }) => {
      if (events[0] === 'evt_a' && failures-- > 0) throw refused(false);
      return {};
    };
    await one.tell([opened('a'), follow('a', 2), follow('a', 3), opened('b')]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b']);
    await one.wait(HOUR);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b', 'evt_a', 'evt_a_2', 'evt_a_3']);
  });

  test('test 52: one that hangs delays no other', async () => {
    const channels = { ops: PROGRAM, slow: PROGRAM };
    const one = await desk({ channels, groups: [group({ channels: ['slow', 'ops'] })] });
    one.channel('slow').answer = () => new Promise(() => {});
    await one.tell(Array.from({ length: 20 }, (_, n) => opened(`i${n}`)));
    await one.settle();
    await one.settle();
    expect(one.channel('ops').taken).toHaveLength(20);
    expect(one.channel('slow').taken).toEqual([]);
  });

  test('whom a message that was taken does not reach is said, and stands in the log', async () => {
    const one = await desk();
    one.channel().answer = () => ({ unreached: 'not for boss@example.com: mailbox full' });
    await one.tell([opened('a')]);
    expect(one.refusals).toEqual(['ops: not for boss@example.com: mailbox full']);
    const { log, outbox } = await one.state();
    expect(outbox).toEqual([]);
    expect(log.map(({ outcome, why }) => [outcome, why])).toEqual([
      ['sent', 'delivered'],
      ['given up', 'not for boss@example.com: mailbox full'],
    ]);
  });

  test('what comes while it is busy is sent whole when its turn has come', async () => {
    const one = await desk({ channels: { ops: { ...PROGRAM, concurrent: 1 } } });
    const busy: (() => void)[] = [];
    one.channel().answer = () => new Promise((resolve) => busy.push(() => resolve({})));
    await one.tell([opened('a')]);
    await one.tell([opened('b')]);
    busy.shift()!();
    await one.settle();
    busy.shift()!();
    await one.settle();
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_b']);
    expect(one.channel().tries).toHaveLength(2);
  });

  test('test 53: a try whose answer was lost is made again under the same id', async () => {
    const one = await desk();
    let lost = true;
    one.channel().answer = () => {
      if (lost) throw refused(false);
      return {};
    };
    await one.tell([opened('a')]);
    lost = false;
    await one.wait(MINUTE);
    const ids = new Set(one.channel().tries.map(({ id }) => id));
    expect([one.channel().tries.length, ids.size]).toEqual([2, 1]);
    expect([...ids][0]).toBe(deliveryId('ops', ['evt_a']));
    expect([...ids][0]).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  test('what it asks for in Retry-After is obeyed to the second, for all its messages, over a restart', async () => {
    const one = await desk();
    one.channel().answer = () => {
      throw refused(false, 86_400 * SECOND);
    };
    await one.tell([opened('a')]);
    await one.tell([opened('b')]);
    expect(one.channel().tries).toHaveLength(1);
    const why = 'it asks for no message before 2026-03-11T12:00:00Z';
    expect([one.refusals, (await one.state()).log]).toMatchObject([[`ops: ${why}`], [{ outcome: 'held', why }]]);
    await one.end();
    const next = await desk({ folder: one.folder, now: one.clock.now + 1000 });
    await next.tell([]);
    await next.wait(86_399 * SECOND - 1001);
    expect(next.channel().tries).toEqual([]);
    await next.wait(5 * SECOND);
    expect(eventsOf(next.channel().taken).sort()).toEqual(['evt_a', 'evt_b']);
  });

  test('a message that is refused is sent once more in plain words, and then given up; the next ones go on', async () => {
    const one = await desk();
    one.channel().answer = ({ events }) => {
      if (events[0] === 'evt_a') throw refused('message');
      return {};
    };
    await one.tell([opened('a'), follow('a', 2)]);
    expect(one.channel().tries.map(({ delivery }) => delivery.plain)).toEqual([false, true, false]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a_2']);
    expect((await one.state()).log.at(-2)).toMatchObject({ outcome: 'given up', why: 'Ops says no' });
  });

  test('test 55: one that is gone is asked once, switched off, said elsewhere; switched on, it gets what waited', async () => {
    const one = await desk({ channels: { ops: PROGRAM, people: PEOPLE } });
    let gone = true;
    one.channel().answer = () => {
      if (gone) throw refused('channel');
      return {};
    };
    await one.tell([opened('a')]);
    await one.tell([opened('b'), follow('a', 2)]);
    await one.wait(48 * HOUR);
    expect(one.channel().tries).toHaveLength(1);
    const [notice, ...others] = one.channel('people').taken;
    expect(others).toEqual([]);
    expect(notice!.delivery.message.title).toBe('pingoru: the channel "ops" is switched off');
    expect(notice!.delivery.message.line).toContain('pingoru channel enable ops');
    gone = false;
    await one.change((state) => {
      state.channels.set('ops', { off: null });
    });
    await one.settle();
    await one.settle();
    expect(eventsOf(one.channel().taken).sort()).toEqual(['evt_a', 'evt_a_2', 'evt_b']);
  });

  test('one that is found gone while what it took is being written is sent nothing more', async () => {
    const one = await desk();
    const busy: { take: () => void; refuse: () => void }[] = [];
    one.channel().answer = () =>
      new Promise((resolve, reject) =>
        busy.push({ take: () => resolve({}), refuse: () => reject(refused('channel')) }),
      );
    await one.tell(Array.from({ length: 20 }, (_, n) => opened(`i${n}`)));
    for (const { take } of busy.slice(0, 4)) take();
    await new Promise(setImmediate);
    const { commit } = one.store;
    one.store.commit = async (change) => {
      one.store.commit = commit;
      // Another process has the lock for a moment.
      for (const { refuse } of busy.splice(0)) refuse();
      await new Promise(setImmediate);
      return commit(change);
    };
    await one.settle();
    expect(one.channel().tries).toHaveLength(12);
    expect((await one.state()).channels.get('ops')!.off).not.toBeNull();
  });

  test('what was under way when its channel was removed says nothing of the next one of that name', async () => {
    const one = await desk();
    let refuse = () => {};
    one.channel().answer = () =>
      new Promise((_, reject) => {
        refuse = () => reject(refused('channel'));
      });
    await one.tell([opened('a')]);
    await one.change((state) => {
      state.outbox = [];
    });
    refuse();
    await one.settle();
    const { channels, log } = await one.state();
    expect([channels.size, log, one.refusals]).toEqual([0, [], []]);
  });

  test('what the desktop does not take is tried once more, and is then no news', async () => {
    const one = await desk({ channels: { ops: { ...PEOPLE, patience: 'once' } } });
    one.channel().answer = () => {
      throw refused(false);
    };
    await one.tell([opened('a')]);
    await one.wait(48 * HOUR);
    expect(one.channel().tries).toHaveLength(2);
    expect((await one.state()).outbox).toEqual([]);
    expect(one.refusals).toEqual(['ops: Ops says no']);
  });
});

describe('a restart', () => {
  test('test 54: with a hundred messages owed, all are delivered and none twice', async () => {
    const one = await desk();
    one.channel().answer = () => new Promise(() => {});
    await one.tell(Array.from({ length: 100 }, (_, n) => opened(`i${n}`)));
    await one.end();
    const next = await desk({ folder: one.folder });
    await next.tell([]);
    await next.wait(MINUTE);
    for (let round = 0; round < 10; round++) await next.settle();
    expect(next.channel().taken).toHaveLength(100);
    expect(new Set(eventsOf(next.channel().taken)).size).toBe(100);
    expect((await next.state()).outbox).toEqual([]);
    expect((await next.state()).events.size).toBe(0);
  });

  test('a failed try keeps its place in the schedule', async () => {
    const one = await desk();
    one.channel().answer = () => {
      throw refused(false);
    };
    await one.tell([opened('a')]);
    await one.end();
    const next = await desk({ folder: one.folder, now: one.clock.now + 2 * SECOND });
    await next.tell([]);
    expect(next.channel().tries).toEqual([]);
    await next.wait(4 * SECOND);
    expect(next.channel().taken).toHaveLength(1);
  });
});

describe('people', () => {
  test('test 30: after two weeks away, 300 updates of 40 incidents are five messages and a digest that names all', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    const events = Array.from({ length: 300 }, (_, n) =>
      n < 40
        ? opened(`i${n}`)
        : follow(`i${n % 40}`, Math.floor(n / 40), n >= 260 ? 'incident.resolved' : 'incident.updated'),
    );
    await one.tell(events);
    await one.wait(10 * MINUTE);
    const { taken } = one.channel();
    expect(taken.filter(({ events: told }) => told.length === 1)).toHaveLength(5);
    const digests = taken.filter(({ events: told }) => told.length > 1);
    expect(digests).toHaveLength(1);
    expect(eventsOf(taken)).toHaveLength(300);
    const named = taken.flatMap(({ delivery }) => [delivery.message.title, ...delivery.message.items]).join('\n');
    for (let n = 0; n < 40; n++) expect(named).toContain(`Incident i${n}`);
    // Each told in order: a story's single message comes before the digest that goes on with it.
    expect(taken.at(-1)).toBe(digests[0]);
  });

  test('a burst over many providers is one message', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    const providers = Array.from({ length: 12 }, (_, n) => ({
      ...clerk,
      name: `Vendor ${n}`,
      url: `https://v${n}.example/`,
    }));
    await one.tell(providers.map((provider, n) => opened(`i${n}`, { provider })));
    expect(one.channel().taken).toHaveLength(1);
    expect(one.channel().taken[0]!.delivery.message).toMatchObject({ title: '12 updates of 12 providers' });
    expect(one.channel().taken[0]!.delivery.message.items).toHaveLength(12);
  });

  test('what comes after a handful within a minute waits, and is told as one', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    for (let n = 0; n < 12; n++) await one.tell([opened(`i${n}`)]);
    await one.wait(59 * SECOND);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 1, 1, 2]);
    await one.wait(2 * MINUTE);
    expect(eventsOf(one.channel().taken)).toHaveLength(12);
    expect(one.channel().taken.length).toBeLessThanOrEqual(11);
  });

  test('a digest that fails is tried again as it was', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    let down = true;
    one.channel().answer = ({ events }) => {
      if (down && events.length > 1) throw refused(false);
      return {};
    };
    await one.tell(Array.from({ length: 9 }, (_, n) => opened(`i${n}`)));
    down = false;
    await one.tell([opened('later')]);
    await one.wait(10 * MINUTE);
    const digests = one.channel().tries.filter(({ events }) => events.length > 1);
    expect(new Set(digests.map(({ id }) => id)).size).toBe(1);
    expect(digests).toHaveLength(2);
  });

  test('what an outage kept back is a handful and a digest, however often it was tried', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    let down = true;
    one.channel().answer = () => {
      if (down) throw refused(false);
      return {};
    };
    for (let n = 0; n < 40; n++) {
      await one.tell([opened(`i${n}`)]);
      await one.wait(70 * SECOND);
    }
    expect(new Set(eventsOf(one.channel().tries)).size).toBe(40);
    down = false;
    await one.change((state) => {
      state.outbox = state.outbox.map((row) => ({ ...row, dueAt: null }));
    });
    for (let round = 0; round < 4; round++) await one.settle();
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 1, 1, 35]);
    expect((await one.state()).outbox).toEqual([]);
  });

  test('a digest of messages that were tried goes on where the youngest of them was', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    one.channel().answer = () => {
      throw refused(false);
    };
    await one.tell(Array.from({ length: 5 }, (_, n) => opened(`a${n}`)));
    await one.wait(MINUTE);
    await one.tell(Array.from({ length: 5 }, (_, n) => opened(`b${n}`)));
    await one.change((state) => {
      state.outbox = state.outbox.map((row, n) => ({ ...row, attempts: n < 6 ? 7 : 4, dueAt: null }));
    });
    await one.settle();
    const digest = (await one.state()).outbox.find(({ events }) => events.length > 1);
    expect(digest).toMatchObject({ attempts: 5, error: 'Ops says no' });
  });

  test('a program gets every event by itself', async () => {
    const one = await desk();
    await one.tell(Array.from({ length: 60 }, (_, n) => opened(`i${n}`)));
    for (let round = 0; round < 10; round++) await one.settle();
    expect(one.channel().taken).toHaveLength(60);
  });

  test('messages of a service that wants a second between them keep it', async () => {
    const one = await desk({ channels: { ops: { ...PEOPLE, gapMs: SECOND } } });
    await one.tell([opened('a'), opened('b'), opened('c')]);
    for (let n = 0; n < 40; n++) {
      one.clock.now += 100;
      await one.settle();
    }
    const times = one.channel().taken.map(({ at }) => at);
    expect(times).toHaveLength(3);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(SECOND);
    expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(SECOND);
  });

  test('a pause that a service asks for along with its answer is kept', async () => {
    const one = await desk();
    one.channel().answer = () => ({ pauseMs: 2500 });
    await one.tell([opened('a')]);
    await one.tell([opened('b')]);
    expect(one.channel().taken).toHaveLength(1);
    await one.wait(2500);
    expect(one.channel().taken).toHaveLength(2);
  });
});

describe('a story', () => {
  test('goes on with what the channel remembered of it, and the title it began with', async () => {
    const one = await desk();
    one.channel().answer = ({ delivery }) => ({ memory: { thread: `t${delivery.story!.told}` } });
    await one.tell([opened('a')]);
    const renamed = follow('a', 2);
    await one.tell([{ ...renamed, incident: { ...renamed.incident!, title: 'Another title' } }]);
    const stories = one.channel().taken.map(({ delivery }) => delivery.story);
    expect(stories).toMatchObject([
      { told: 0, memory: {}, title: 'Clerk: Incident a' },
      { told: 1, memory: { thread: 't0' }, title: 'Clerk: Incident a' },
    ]);
    expect(stories[0]!.key).toBe(stories[1]!.key);
  });

  test('is another one on another page', async () => {
    const one = await desk();
    await one.tell([opened('a'), opened('a', { id: 'evt_other', provider: clerkIo })]);
    const keys = one.channel().taken.map(({ delivery }) => delivery.story!.key);
    expect(new Set(keys).size).toBe(2);
  });
});

test('an event is owed to a channel once, however many groups name it', async () => {
  const one = await desk({
    groups: [group({ name: 'a' }), group({ name: 'b' }), group({ name: 'c', severities: [] })],
  });
  await one.tell([opened('a')]);
  await one.tell([opened('a')]);
  expect(one.channel().taken.length).toBeLessThanOrEqual(2);
  expect(new Set(one.channel().taken.map(({ id }) => id)).size).toBe(1);
});

test('a channel that was taken out of the configuration is owed nothing in the end', async () => {
  const one = await desk({ groups: [group({ channels: ['gone'] })] });
  await one.tell([opened('a')]);
  await one.wait(11 * MINUTE);
  await one.settle();
  expect((await one.state()).outbox).toEqual([]);
  expect((await one.state()).log).toMatchObject([
    { outcome: 'given up', why: 'there is no channel "gone" here any more' },
  ]);
});

/** What people are told of trouble with a channel. */
import { expect, test } from 'vitest';
import { desk, type FakeChannel, group, opened, PEOPLE, PROGRAM, refused } from '../alerts.ts';

const MINUTE = 60_000;
const titlesOf = ({ taken }: FakeChannel) => taken.map(({ delivery }) => delivery.message.title);
const many = (count: number, name: string) => Array.from({ length: count }, (_, n) => opened(`${name}${n}`));

/** Groups tell `ops` alone; it refuses as told. */
async function deskRefusing(permanent: 'message' | 'channel', others: string[]) {
  const channels = Object.fromEntries(others.map((name) => [name, PEOPLE]));
  const one = await desk({ channels: { ops: PROGRAM, ...channels }, groups: [group()] });
  one.channel().answer = () => {
    throw refused(permanent);
  };
  return one;
}

test('of a hundred messages that a channel refuses for good people hear once an hour', async () => {
  const one = await deskRefusing('message', ['people']);
  await one.tell(many(100, 'a'));
  for (let round = 0; round < 20; round++) await one.settle();
  expect((await one.state()).outbox.filter(({ deadAt }) => deadAt !== undefined)).toHaveLength(100);
  expect(titlesOf(one.channel('people'))).toHaveLength(1);
  await one.wait(59 * MINUTE);
  await one.tell([opened('b')]);
  expect(titlesOf(one.channel('people'))).toHaveLength(1);
  await one.wait(MINUTE);
  await one.tell([opened('c')]);
  expect(titlesOf(one.channel('people')).at(-1)).toBe('pingoru: a message to "ops" was given up');
  expect(titlesOf(one.channel('people'))).toHaveLength(2);
});

test('a notice that is still owed says of how many messages', async () => {
  const one = await deskRefusing('message', ['people']);
  let down = true;
  one.channel('people').answer = () => {
    if (down) throw refused(false);
    return {};
  };
  await one.tell(many(6, 'a'));
  await one.settle();
  await one.tell(many(6, 'b'));
  down = false;
  await one.wait(10 * MINUTE);
  expect(titlesOf(one.channel('people'))).toEqual(['pingoru: 12 messages to "ops" were given up']);
  expect(one.channel('people').taken[0]!.delivery.message.line).toContain('They are kept');
});

test('after a clock that was set back people hear of it again', async () => {
  const one = await deskRefusing('message', ['people']);
  await one.tell([opened('a')]);
  one.clock.now -= 24 * 60 * MINUTE;
  await one.tell([opened('b')]);
  expect(titlesOf(one.channel('people'))).toHaveLength(2);
});

test('where the channel that is to tell it is switched off as well, the next one tells of both', async () => {
  const one = await deskRefusing('channel', ['b', 'c']);
  one.channel('b').answer = () => {
    throw refused('channel');
  };
  await one.tell([opened('a')]);
  await one.settle();
  expect(titlesOf(one.channel('c'))).toEqual([
    'pingoru: the channel "ops" is switched off',
    'pingoru: the channel "b" is switched off',
  ]);
  expect((await one.state()).outbox.map(({ channel, events }) => [channel, events])).toEqual([['ops', ['evt_a']]]);
});

test('a notice that one channel gives up is told by the next, and kept when there is none', async () => {
  const one = await deskRefusing('channel', ['b', 'c', 'd']);
  for (const name of ['b', 'c'])
    one.channel(name).answer = () => {
      throw refused('message');
    };
  await one.tell([opened('a')]);
  await one.settle();
  await one.settle();
  expect(titlesOf(one.channel('d'))).toEqual(['pingoru: the channel "ops" is switched off']);
  one.channel('d').answer = one.channel('c').answer;
  await one.change((state) => void state.channels.set('ops', { off: null }));
  await one.settle();
  await one.settle();
  const { outbox } = await one.state();
  expect(outbox.map(({ channel, deadAt }) => [channel, deadAt !== undefined])).toEqual([
    ['ops', false],
    ['d', true],
  ]);
});

/** What vendors correct in a post does not make it another one, also where posts have no ids: it is told as edited. */
import { expect, test } from 'vitest';
import { idsOfPosts } from '../src/fingerprint.ts';
import type { Incident, Snapshot } from '../src/model.ts';
import { loadSource } from '../src/sources/index.ts';
import { casesOf, serve } from './fixtures.ts';

async function read(platform: string, name: string, change: (text: string) => string): Promise<Snapshot> {
  const one = casesOf(platform).find((found) => found.name === name)!;
  const { get } = serve(one, (reply) => ({ ...reply, text: change(reply.text) }));
  return (await (await loadSource(platform))!.read(one.page, get, one.depth))!;
}

const ids = ({ updates }: Incident) => updates.map((update) => update.id);
const bodies = ({ updates }: Incident) => updates.map((update) => update.body);

test.each([
  ['adobe', 'multi-update', 'Not all is well yet.'],
  ['ibm-cloud', 'multi-update', 'A queue is full.'],
  ['openstatus', 'open-without-feed', 'standby'],
  ['page', 'open-linked-data', 'a key has run out'],
  ['pagerduty', 'open', 'We found a slow query'],
  ['statuscast', 'multi-update', 'A faulty line card is being replaced.'],
])('%s: a post keeps its id', async (platform, name, words) => {
  const before = await read(platform, name, (text) => text);
  const after = await read(platform, name, (text) => text.replaceAll(words, 'Corrected, it reads so.'));
  expect(after.incidents.map(ids)).toEqual(before.incidents.map(ids));
  expect(after.incidents.flatMap(bodies)).not.toEqual(before.incidents.flatMap(bodies));
});

test('posts of one time are counted, and the same words at the same time are one post', () => {
  const name = (bodies: string[]) => {
    const idOf = idsOfPosts('i');
    return bodies.map((body) => idOf(body, new Date(0), 'resolved'));
  };
  const [first, second, again] = name(['a', 'b', 'a']);
  expect(first).not.toBe(second);
  expect(again).toBe(first);
  expect(name(['a, corrected', 'b'])).toEqual([first, second]);
  expect(idsOfPosts('other')('a', new Date(0), 'resolved')).not.toBe(first);
});

test('a post of linked data is of when it was published, however often it was changed since', async () => {
  const changed = '"datePublished": "2026-03-10T15:40:00Z", "dateModified": "2026-03-10T16:02:00Z"';
  const after = await read('page', 'open-linked-data', (text) =>
    text.replace('"datePublished": "2026-03-10T15:40:00Z"', changed),
  );
  expect(after.incidents).toEqual((await read('page', 'open-linked-data', (text) => text)).incidents);
});

test('a post of StatusCast that announces a maintenance is no other one when the plan moves, nor at the next read', async () => {
  const before = await read('statuscast', 'maintenance-scheduled', (text) => text);
  const moved = await read('statuscast', 'maintenance-scheduled', (text) =>
    text.replaceAll('11 May 2026', '12 May 2026'),
  );
  expect(moved.incidents.map((one) => one.scheduledFor?.toISOString())).toEqual(['2026-05-12T05:00:00.000Z']);
  expect(moved.incidents.map(ids)).toEqual(before.incidents.map(ids));
  expect(moved.incidents.map((one) => one.updates)).toEqual(before.incidents.map((one) => one.updates));
});

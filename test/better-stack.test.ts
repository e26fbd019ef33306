/** What the fixtures of Better Stack cannot show. */
import { expect, test } from 'vitest';
import { betterStack } from '../src/sources/better-stack.ts';
import { casesOf, serve } from './fixtures.ts';

const cases = casesOf('better-stack');

function named(name: string) {
  return cases.find((one) => one.name === name)!;
}

test('the home page that an unknown path leads to is not read as the document that was asked', async () => {
  const one = named('quiet-redirected');
  const redirected = [...one.replies.values()].find((reply) => reply.hops.length > 1)!;
  await expect(async () => betterStack.parse(redirected, one.page)).rejects.toMatchObject({ code: 'html' });
});

test('a page that fails for now is not read from its looks', async () => {
  const one = named('quiet-html');
  for (const status of [429, 500, 503]) {
    const { get, asked } = serve(one, (reply) => (reply.url.endsWith('index.json') ? { ...reply, status } : reply));
    await expect(betterStack.read(one.page, get)).rejects.toMatchObject({ details: { status } });
    expect(asked).toEqual(['index.json']);
  }
});

test.each([
  ['Tue, 02 Jun 2026 19:59:59 GMT', 'scheduled'],
  ['Tue, 02 Jun 2026 20:00:00 GMT', 'in_progress'],
  ['Tue, 02 Jun 2026 21:59:59 GMT', 'in_progress'],
  ['Tue, 02 Jun 2026 22:00:00 GMT', 'completed'],
  ['yesterday', 'scheduled'],
])('a maintenance stands by its window at the time of the reply: %s', async (date, status) => {
  const one = named('maintenance-scheduled');
  const { get } = serve(one, (reply) => ({ ...reply, headers: { date } }));
  const snapshot = await betterStack.read(one.page, get);
  expect(snapshot?.incidents[0]?.status).toBe(status);
});

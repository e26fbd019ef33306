import { expect, test } from 'vitest';
import { emptyRecord } from '../src/record.ts';
import { BEGIN, desk, opened } from './alerts.ts';
import { clerk } from './incidents.ts';

const DAY = 24 * 3_600_000;
const daysAgo = (days: number) => new Date(BEGIN - days * DAY).toISOString();

test('a page that nobody has watched for three months is forgotten, but for what is still said of it', async () => {
  const one = await desk();
  const pageOf = (name: string, days: number) =>
    [`https://${name}.example.com`, { ...emptyRecord(clerk), readAt: daysAgo(days) }] as const;
  const failure = { since: daysAgo(100), count: 9, shape: 0, code: 'timeout', message: 'no answer', told: true };
  await one.change((state) => {
    for (const [url, record] of [pageOf('young', 89), pageOf('old', 91), pageOf('muted', 91)])
      state.pages.set(url, record);
    state.pages.set('https://failing.example.com', { ...pageOf('failing', 91)[1], failure });
    state.mutes.push({
      ...{ id: 'm1', page: 'https://muted.example.com', provider: 'Muted', incident: null, component: null },
      ...{ until: '2027-01-01T00:00:00Z', untilResolved: false, at: daysAgo(91) },
    });
  });
  await one.tell([opened('a')]);
  expect([...(await one.state()).pages.keys()].sort()).toEqual(
    ['https://failing.example.com', 'https://muted.example.com', clerk.url, 'https://young.example.com'].sort(),
  );
});

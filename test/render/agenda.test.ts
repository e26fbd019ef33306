import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/model.ts';
import { renderAgenda } from '../../src/render/agenda.ts';
import { clerk, clerkIo, components, maintenance } from '../incidents.ts';
import { expectToFit, vendorText, view, width } from './views.ts';

function plan(title: string, from: string | null, until: string | null, more: Partial<Incident> = {}): Incident {
  return {
    ...maintenance('scheduled'),
    id: title,
    title,
    url: `https://status.clerk.com/maintenances/${title.length}`,
    scheduledFor: from === null ? null : new Date(from),
    scheduledUntil: until === null ? null : new Date(until),
    ...more,
  };
}

const now = new Date('2026-03-12T11:00:00Z');

const planned = [
  {
    provider: clerk,
    incidents: [
      plan('Over the night', '2026-03-13T22:30:00Z', '2026-03-15T02:00:00Z'),
      plan('Later today', '2026-03-12T13:00:00Z', '2026-03-12T15:00:00Z'),
      plan('Without a date', null, null),
    ],
  },
  {
    provider: clerkIo,
    incidents: [
      maintenance('in_progress'),
      plan('Without an end', '2026-03-13T08:00:00Z', null),
      plan('Due by the clock', '2026-03-12T09:00:00Z', '2026-03-12T18:00:00Z'),
      plan('Forgotten', '2026-03-10T09:00:00Z', '2026-03-10T10:00:00Z'),
    ],
  },
];

describe('the agenda', () => {
  test('has what is in progress first, then days of the reader’s zone', () => {
    expect(renderAgenda(planned, view(80, { zone: 'Europe/Berlin', now }))).toMatchInlineSnapshot(`
      "In progress
        until 19:00 UTC+1 (7 h left)  Clerk.io  scheduled, due to have begun
          Due by the clock
          affects API
          https://status.clerk.com/maintenances/16
        until 13:00 UTC+1 (1 h left)  Clerk.io  in progress
          Database upgrade
          affects API
          https://status.clerk.com/maintenances/m

      Tuesday 10 March 2026
        10:00 to 11:00 UTC+1  Clerk.io  scheduled, its time is over
          Forgotten
          affects API
          https://status.clerk.com/maintenances/9

      Thursday 12 March 2026, today
        14:00 to 16:00 UTC+1  Clerk  scheduled
          Later today
          affects API
          https://status.clerk.com/maintenances/11

      Friday 13 March 2026
        from 09:00 UTC+1  Clerk.io  scheduled
          Without an end
          affects API
          https://status.clerk.com/maintenances/14
        23:30 UTC+1 to 15 Mar 03:00 UTC+1 (1 d 3 h)  Clerk  scheduled
          Over the night
          affects API
          https://status.clerk.com/maintenances/14

      No date given
        Clerk  scheduled
          Without a date
          affects API
          https://status.clerk.com/maintenances/14
      "
    `);
  });

  test('fits a narrow terminal', () => {
    expect(renderAgenda(planned, view(40, { zone: 'Asia/Kolkata', now }))).toMatchInlineSnapshot(`
      "In progress
        until 23:30 UTC+5:30 (7 h left)
          Clerk.io  scheduled, due to have
          begun
          Due by the clock
          affects API
      https://status.clerk.com/maintenances/16
        until 17:30 UTC+5:30 (1 h left)
          Clerk.io  in progress
          Database upgrade
          affects API
      https://status.clerk.com/maintenances/m

      Tuesday 10 March 2026
        14:30 to 15:30 UTC+5:30  Clerk.io
          scheduled, its time is over
          Forgotten
          affects API
      https://status.clerk.com/maintenances/9

      Thursday 12 March 2026, today
        18:30 to 20:30 UTC+5:30  Clerk
          scheduled
          Later today
          affects API
      https://status.clerk.com/maintenances/11

      Friday 13 March 2026
        from 13:30 UTC+5:30  Clerk.io
          scheduled
          Without an end
          affects API
      https://status.clerk.com/maintenances/14

      Saturday 14 March 2026
        04:00 UTC+5:30 to 15 Mar
          07:30 UTC+5:30 (1 d 3 h)  Clerk
          scheduled
          Over the night
          affects API
      https://status.clerk.com/maintenances/14

      No date given
        Clerk  scheduled
          Without a date
          affects API
      https://status.clerk.com/maintenances/14
      "
    `);
  });

  test('has a line each on a wide terminal and in a pipe', () => {
    const wide = renderAgenda(planned, view(200, { now }));
    expect(renderAgenda(planned, view(null, { now }))).toBe(wide);
    expect(wide).toContain('  22:30 UTC to 15 Mar 02:00 UTC (1 d 3 h)  Clerk  scheduled\n');
  });

  test('is one list over all providers, in order of time', () => {
    const titles = [...renderAgenda(planned, view(null, { now })).matchAll(/^ {4}(?!affects|https)(.*)$/gm)];
    expect(titles.map(([, title]) => title)).toEqual([
      'Due by the clock',
      'Database upgrade',
      'Forgotten',
      'Later today',
      'Without an end',
      'Over the night',
      'Without a date',
    ]);
  });
});

describe('the days are those of the reader’s zone', () => {
  const late = [{ provider: clerk, incidents: [plan('Late', '2026-03-12T20:00:00Z', '2026-03-12T23:00:00Z')] }];
  test.each([
    ['UTC', 'Thursday 12 March 2026, today', '20:00 to 23:00 UTC'],
    ['America/New_York', 'Thursday 12 March 2026, today', '16:00 to 19:00 UTC-4'],
    ['Asia/Kolkata', 'Friday 13 March 2026', '01:30 to 04:30 UTC+5:30'],
    ['Europe/Berlin', 'Thursday 12 March 2026, today', '21:00 UTC+1 to 13 Mar 00:00 UTC+1 (3 h)'],
  ])('in %s', (zone, heading, span) => {
    const [first, second] = renderAgenda(late, view(null, { zone, now })).split('\n');
    expect(first).toBe(heading);
    expect(second).toBe(`  ${span}  Clerk  scheduled`);
  });

  test.each([
    ['begins', '2026-03-08T06:30:00Z', '2026-03-08T08:30:00Z', 'Sunday 8 March 2026', '01:30 UTC-5 to 04:30 UTC-4'],
    ['ends', '2026-11-01T04:30:00Z', '2026-11-01T07:30:00Z', 'Sunday 1 November 2026', '00:30 UTC-4 to 02:30 UTC-5'],
  ])('both offsets stand where summer time %s', (_, from, until, heading, span) => {
    const before = new Date('2026-03-01T00:00:00Z');
    const at = view(null, { zone: 'America/New_York', now: before });
    const [first, second] = renderAgenda([{ provider: clerk, incidents: [plan('x', from, until)] }], at).split('\n');
    expect(first).toBe(heading);
    expect(second).toContain(span);
  });
});

describe('with nothing planned', () => {
  test('it says so of the pages that were read', () => {
    const none = [clerk, clerkIo].map((provider) => ({ provider, incidents: [] }));
    expect(renderAgenda(none, view(80))).toBe('Clerk and Clerk.io announce no maintenance, in progress or planned.\n');
    expect(renderAgenda(none.slice(1), view(80), ' within 7 days')).toBe(
      'Clerk.io announces no maintenance, in progress or planned within 7 days.\n',
    );
  });

  test('it says nothing of none', () => {
    expect(renderAgenda([], view(80))).toBe('');
  });
});

describe('what the vendor says and what the clock says', () => {
  const line = (incident: Incident) =>
    renderAgenda([{ provider: clerk, incidents: [incident] }], view(null, { now }))
      .split('\n')
      .slice(0, 2)
      .join();
  test.each([
    [
      'longer than planned',
      plan('x', '2026-03-12T08:00:00Z', '2026-03-12T10:00:00Z', { status: 'in_progress' }),
      'In progress,  planned until 10:00 UTC  Clerk  in progress, longer than planned',
    ],
    [
      'begun early',
      plan('x', '2026-03-12T12:00:00Z', '2026-03-12T14:00:00Z', { status: 'in_progress' }),
      'In progress,  until 14:00 UTC (3 h left)  Clerk  in progress',
    ],
    [
      'begun without a plan',
      plan('x', null, null, { status: 'verifying', startedAt: new Date('2026-03-11T10:00:00Z') }),
      'In progress,  since 11 Mar 10:00 UTC, no end given  Clerk  verifying',
    ],
    [
      'of unknown state, ahead',
      plan('x', '2026-03-12T12:00:00Z', '2026-03-12T14:00:00Z', { status: 'unknown' }),
      'Thursday 12 March 2026, today,  12:00 to 14:00 UTC  Clerk  state unknown',
    ],
    [
      'at its very end',
      plan('x', '2026-03-12T10:00:00Z', '2026-03-12T11:00:00Z'),
      'Thursday 12 March 2026, today,  10:00 to 11:00 UTC  Clerk  scheduled, its time is over',
    ],
    [
      'with its end at its start',
      plan('x', '2026-03-12T12:00:00Z', '2026-03-12T12:00:00Z'),
      'Thursday 12 March 2026, today,  from 12:00 UTC  Clerk  scheduled',
    ],
    [
      'with its end before its start',
      plan('x', '2026-03-12T12:00:00Z', '2026-03-12T11:30:00Z'),
      'Thursday 12 March 2026, today,  from 12:00 UTC  Clerk  scheduled',
    ],
  ])('%s', (_, incident, words) => {
    expect(line(incident)).toBe(words);
  });
});

test('nothing a vendor writes breaks out of a line or over the width', () => {
  fc.assert(
    fc.property(vendorText, width, fc.constantFrom<0 | 1>(0, 1), (text, columns, colors) => {
      const reader = view(columns, { colors, now });
      const provider = { id: text, name: text, url: 'https://status.example.com/', platform: text };
      const affected = components([text, text], 'operational', text).map((one) => ({
        ...one,
        worstStatus: one.status,
      }));
      const incidents = [maintenance('in_progress'), plan('x', '2026-03-13T22:30:00Z', '2026-03-15T02:00:00Z')].map(
        (incident) => ({ ...incident, title: text, components: affected }),
      );
      expectToFit(renderAgenda([{ provider, incidents }], reader), reader);
      expectToFit(renderAgenda([{ provider, incidents: [] }], reader), reader);
    }),
    { numRuns: 300 },
  );
});

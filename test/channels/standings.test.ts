import { expect, test } from 'vitest';
import type { Standing } from '../../src/channel.ts';
import { factsOf, standingGroups, standingLines, standingsOf } from '../../src/channels/standings.ts';
import { messageOf } from '../../src/message.ts';
import type { Severity } from '../../src/model.ts';
import { clerkIncident, eventOf, message } from '../incidents.ts';

const standing = (label: string, status: string, severity: Severity): Standing => ({ label, status, severity });

test('the first post says how components stand; later ones how they moved, then how the others stand', () => {
  const first = messageOf(eventOf('incident.opened', clerkIncident(1)));
  expect(standingLines(first, 3)).toEqual([
    'Degraded performance: Machine authentication, Webhooks and 6 more components',
  ]);
  const later = messageOf(eventOf('incident.updated', clerkIncident(4)));
  expect(standingGroups(later)).toEqual([
    {
      severity: 'good',
      state: 'Degraded performance → operational',
      labels:
        'Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing and Session management',
    },
    { severity: 'minor', state: 'Degraded performance', labels: 'Machine authentication' },
  ]);
});

test('when all is over no component stands, and the fact names those affected', () => {
  const over = messageOf(eventOf('incident.resolved', clerkIncident()));
  expect(standingsOf(over)).toEqual([]);
  expect(factsOf(over).map(({ label }) => label)).toContain('Affected');
  const open = messageOf(eventOf('incident.opened', clerkIncident(1)));
  expect(factsOf(open).map(({ label }) => label)).not.toContain('Affected');
});

test('what moved at the end is told though all is over', () => {
  const change = standing('A', 'partial outage → operational', 'good');
  const components = [standing('A', 'operational', 'good'), standing('B', 'partial outage', 'major')];
  expect(standingLines(message({ severity: 'good', changes: [change], components }))).toEqual([
    'Partial outage → operational: A',
  ]);
});

test('the worst stand first, and a colon in a name stays in the name', () => {
  const components = [standing('A: x', 'operational', 'good'), standing('B', 'major outage', 'critical')];
  expect(standingLines(message({ components }))).toEqual(['Major outage: B', 'Operational: A: x']);
  const changes = [standing('A: x', 'major outage → operational', 'good')];
  expect(standingLines(message({ components, changes }))).toEqual([
    'Major outage → operational: A: x',
    'Major outage: B',
  ]);
});

test('of more states than anybody reads the last are one, and long names are cut', () => {
  const components = Array.from({ length: 12 }, (_, at) => standing(`${at}${'x'.repeat(200)}`, `state ${at}`, 'major'));
  const groups = standingGroups(message({ components }));
  expect(groups.map(({ state }) => state)).toEqual([...[0, 1, 2, 3, 4, 5, 6].map((at) => `State ${at}`), 'Otherwise']);
  expect(groups.at(-1)).toMatchObject({ severity: 'unknown', labels: expect.stringMatching(/^7x{118}…, .* and 11x/) });
});

test('a page that is linked is no fact besides', () => {
  const facts = [{ label: 'Page', value: 'https://a.example/' }];
  expect(factsOf(message({ facts, url: 'https://a.example/' }))).toEqual([]);
  expect(factsOf(message({ facts, url: null }))).toEqual(facts);
});

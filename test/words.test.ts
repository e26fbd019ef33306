import { describe, expect, test } from 'vitest';
import type { Impact, Incident } from '../src/model.ts';
import {
  changesByWay,
  changesOf,
  countWords,
  durationOf,
  listWords,
  severityOf,
  summarySentence,
  updateChanges,
  wordsOf,
} from '../src/words.ts';
import { clerk, clerkIncident, clerkIo, clerkIoIncident, components, eventOf, maintenance } from './incidents.ts';

const now = new Date('2026-03-10T16:18:00Z');

test('statuses are words', () => {
  expect(wordsOf('degraded_performance')).toBe('degraded performance');
  expect(wordsOf('in_progress')).toBe('in progress');
});

test('counts and lists read like sentences', () => {
  expect([countWords(1, 'page'), countWords(0, 'page'), countWords(2, 'page')]).toEqual([
    '1 page',
    '0 pages',
    '2 pages',
  ]);
  expect(listWords([])).toBe('');
  expect(listWords(['A'])).toBe('A');
  expect(listWords(['A', 'B'])).toBe('A and B');
  expect(listWords(['A', 'B', 'C'])).toBe('A, B and C');
  expect(listWords(['A', 'B', 'C', 'D'])).toBe('A, B and 2 more components');
});

describe('the summary sentence', () => {
  const sentence = (incident: Incident, at = now, zone?: string) => summarySentence(clerk, incident, { now: at, zone });

  test('of a resolved incident says weight, day, components, length and outcome', () => {
    expect(sentence(clerkIncident())).toBe(
      'Clerk had a minor incident on 10 March 2026 affecting Machine authentication, Webhooks and 6 more components; it lasted 1 h 33 m and is resolved.',
    );
  });

  test('names all components when there are three, with their groups', () => {
    expect(summarySentence(clerkIo, clerkIoIncident(), { now })).toBe(
      'Clerk.io had a minor incident on 29 August 2025 affecting API (api.clerk.io), Services (Search) and Services (Recommendations); it lasted 3 h 13 m and is resolved.',
    );
  });

  test('of an open incident says since when, how long so far, and where it stands', () => {
    expect(sentence(clerkIncident(2))).toBe(
      'Clerk has had a minor incident since 10 March 2026 15:53 UTC (25 m) affecting Machine authentication, Webhooks and 6 more components; it is being investigated.',
    );
    expect(sentence({ ...clerkIncident(3), status: 'identified', components: [] })).toMatch(
      /\(25 m\); its cause has been identified\.$/,
    );
    expect(sentence(clerkIncident(4))).toMatch(/; a fix is being monitored\.$/);
    expect(sentence({ ...clerkIncident(3), status: 'unknown' })).toMatch(/; it is not resolved yet\.$/);
  });

  test('tells its days in the zone it is given', () => {
    expect(sentence(clerkIncident(), now, 'Pacific/Auckland')).toContain('on 11 March 2026');
  });

  test('says nothing it does not know', () => {
    const bare = { ...clerkIncident(), startedAt: null, resolvedAt: null, components: [] };
    expect(sentence(bare)).toBe('Clerk had a minor incident; it is resolved.');
    expect(sentence({ ...bare, status: 'investigating' })).toBe(
      'Clerk has a minor incident; it is being investigated.',
    );
    const { startedAt } = clerkIncident();
    expect(sentence({ ...bare, startedAt, resolvedAt: startedAt })).toBe(
      'Clerk had a minor incident on 10 March 2026; it is resolved.',
    );
    expect(sentence({ ...bare, status: 'postmortem' })).toBe(
      'Clerk had a minor incident; it is resolved, with a postmortem published.',
    );
  });

  test.each<[Impact, string]>([
    ['none', 'an incident'],
    ['minor', 'a minor incident'],
    ['major', 'a major incident'],
    ['critical', 'a critical incident'],
    ['unknown', 'an incident'],
  ])('calls impact %s %s', (impact, words) => {
    expect(sentence({ ...clerkIncident(), impact })).toContain(`had ${words} on`);
  });

  test.each([
    ['scheduled', 'Clerk plans maintenance for 12 March 2026, 10:00 to 12:00 UTC (2 h) affecting API.'],
    [
      'in_progress',
      'Clerk has been in maintenance since 12 March 2026 10:00 UTC (30 m, planned until 12:00 UTC) affecting API.',
    ],
    [
      'verifying',
      'Clerk has been in maintenance since 12 March 2026 10:00 UTC (30 m, planned until 12:00 UTC) affecting API; the work is being verified.',
    ],
    ['completed', 'Clerk completed maintenance on 12 March 2026 affecting API; it lasted 2 h 5 m.'],
    ['cancelled', 'Clerk cancelled maintenance planned for 12 March 2026, 10:00 to 12:00 UTC affecting API.'],
  ] as const)('of %s maintenance', (status, words) => {
    expect(sentence(maintenance(status), new Date('2026-03-12T10:30:00Z'))).toBe(words);
  });

  test('of maintenance without a plan', () => {
    const bare = { ...maintenance('scheduled'), scheduledFor: null, scheduledUntil: null };
    expect(sentence(bare)).toBe('Clerk plans maintenance affecting API.');
    expect(sentence({ ...bare, status: 'unknown' })).toBe('Clerk reports maintenance affecting API.');
  });

  test('is one clean line whatever the vendor calls things', () => {
    const hostile = { ...clerkIncident(), components: [] };
    expect(summarySentence({ ...clerk, name: 'A\x1B[31m\n\u202Eb' }, hostile, { now })).toMatch(/^A b had/);
  });
});

describe('what an update changed', () => {
  const incident = clerkIncident();
  const changes = (index: number) => changesByWay(updateChanges(incident, incident.updates[index]!));

  test('is, at first, what it says of each component', () => {
    expect(changes(0)).toEqual([
      'degraded performance: Machine authentication, Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing, Session management',
    ]);
  });

  test('is nothing when it repeats what was said', () => {
    expect(changes(1)).toEqual([]);
    expect(changes(4)).toEqual([]);
  });

  test('is the way from what was said before, and nothing for a component it leaves out', () => {
    expect(changes(3)).toEqual([
      'degraded performance -> operational: Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing, Session management',
    ]);
  });

  test('keeps components of one name apart', () => {
    const [first, second] = [
      components(['API'], 'major_outage', 'EU')[0]!,
      components(['API'], 'partial_outage', 'US')[0]!,
    ];
    const update = { ...incident.updates[0]!, components: [first, second] };
    expect(changesByWay(updateChanges({ ...incident, updates: [update] }, update))).toEqual([
      'major outage: EU (API)',
      'partial outage: US (API)',
    ]);
  });

  test('is not that a first post calls a component operational', () => {
    const planned = maintenance('scheduled');
    expect(updateChanges(planned, planned.updates[0]!)).toEqual([]);
  });

  test('of an event without an incident is its component', () => {
    const component = { id: 'w', name: 'Webhooks', group: 'Core', from: 'operational', to: 'partial_outage' } as const;
    expect(changesByWay(changesOf(eventOf('component.changed', null, { component })))).toEqual([
      'operational -> partial outage: Core (Webhooks)',
    ]);
    expect(changesOf(eventOf('provider.readable', null))).toEqual([]);
  });
});

test('a duration is not guessed', () => {
  expect(durationOf(clerkIncident(), now)).toBe('1 h 33 m');
  expect(durationOf(clerkIncident(2), now)).toBe('25 m');
  expect(durationOf({ ...clerkIncident(), resolvedAt: null }, now)).toBeNull();
  expect(durationOf({ ...clerkIncident(), startedAt: null }, now)).toBeNull();
});

test('an event is as serious as what it leads to', () => {
  const component = { id: 'w', name: 'W', group: null, from: 'operational', to: 'major_outage' } as const;
  expect(severityOf(eventOf('incident.opened', clerkIncident(1)))).toBe('minor');
  expect(severityOf(eventOf('incident.opened', { ...clerkIncident(1), impact: 'none' }))).toBe('info');
  expect(severityOf(eventOf('incident.resolved', clerkIncident()))).toBe('good');
  expect(severityOf(eventOf('incident.updated', { ...clerkIncident(), status: 'postmortem' }))).toBe('info');
  expect(severityOf(eventOf('incident.withdrawn', clerkIncident(1)))).toBe('info');
  expect(severityOf(eventOf('maintenance.started', maintenance('in_progress')))).toBe('maintenance');
  expect(severityOf(eventOf('maintenance.completed', maintenance('completed')))).toBe('good');
  expect(severityOf(eventOf('component.changed', null, { component }))).toBe('critical');
  expect(severityOf(eventOf('component.changed', null, { component: { ...component, to: 'operational' } }))).toBe(
    'good',
  );
  expect(severityOf(eventOf('provider.unreadable', null))).toBe('unknown');
  expect(severityOf(eventOf('provider.readable', null))).toBe('info');
});

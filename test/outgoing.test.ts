import { expect, test } from 'vitest';
import { messageOf } from '../src/message.ts';
import { componentsOf, fitLines, formerTitle, otherFacts, withoutLinks } from '../src/outgoing.ts';
import { STORY } from './channels/setup.ts';
import { clerkIncident, eventOf, message } from './incidents.ts';

const J = '\u2060';

test.each([
  ['https://evil.example/a.b', `https:${J}//evil.${J}example/a.b`],
  ['_http://evil.example', `_http:${J}//evil.${J}example`],
  ['a.http://evil.example', `a.${J}http:${J}//evil.${J}example`],
  ['any+scheme://host', `any+scheme:${J}//host`],
  ['see //evil.example', `see /${J}/evil.${J}example`],
  ['mailto:a@b.co javascript:alert(1)', `mailto:${J}a${J}@${J}b.${J}co javascript:${J}alert(1)`],
  ['Note: at 10:30, 1.5 times; and/or // no', 'Note: at 10:30, 1.5 times; and/or // no'],
])('no program makes a link of %s', (text, expected) => {
  expect(withoutLinks(text)).toBe(expected);
});

test('the first post says how components stand; later ones how they moved, and only what the moves leave unsaid', () => {
  const first = messageOf(eventOf('incident.opened', clerkIncident(1)));
  expect(componentsOf(first, 3)).toEqual({
    moved: [],
    standing: [{ state: 'Degraded performance', labels: 'Machine authentication, Webhooks and 6 more components' }],
  });
  const later = messageOf(eventOf('incident.updated', clerkIncident(4)));
  const labels = later.changes.map((change) => change.slice(0, change.indexOf(':')));
  expect(componentsOf(later)).toEqual({
    moved: [
      {
        state: 'Degraded performance -> operational',
        labels: `${labels.slice(0, -1).join(', ')} and ${labels.at(-1)}`,
      },
    ],
    standing: [{ state: 'Degraded performance', labels: 'Machine authentication' }],
  });
});

test('when all is over no component stands, and the fact names those affected', () => {
  const over = messageOf(eventOf('incident.resolved', clerkIncident()));
  expect(componentsOf(over).standing).toEqual([]);
  expect(otherFacts(over).map(({ label }) => label)).toContain('Affected');
  const open = messageOf(eventOf('incident.opened', clerkIncident(1)));
  expect(otherFacts(open).map(({ label }) => label)).not.toContain('Affected');
});

test('the worst stand first, and a colon in a name stays in the name', () => {
  const components = [
    { label: 'A: x', status: 'operational', severity: 'good' },
    { label: 'B', status: 'major outage', severity: 'critical' },
  ] as const;
  const changes = ['A: x: major outage -> operational', 'B: partial outage -> major outage'];
  expect(componentsOf(message({ components, changes }))).toEqual({
    moved: [
      { state: 'Major outage -> operational', labels: 'A: x' },
      { state: 'Partial outage -> major outage', labels: 'B' },
    ],
    standing: [],
  });
  expect(componentsOf(message({ components })).standing.map(({ state }) => state)).toEqual([
    'Major outage',
    'Operational',
  ]);
});

test('a page that is linked is no fact besides', () => {
  const facts = [{ label: 'Page', value: 'https://a.example/' }];
  expect(otherFacts(message({ facts, url: 'https://a.example/' }))).toEqual([]);
  expect(otherFacts(message({ facts, url: null }))).toEqual(facts);
});

test('a story is referred to by its first title only once it has another', () => {
  const of = (title: string, told: number) => formerTitle({ message: message(), story: { ...STORY, title, told } });
  expect([of('Other', 0), of(message().title, 2), of('Other', 2)]).toEqual([null, null, 'Other']);
  expect(formerTitle({ message: message(), story: null })).toBeNull();
});

test('lines fit a limit: the longest are cut first, then the last give way to a count', () => {
  expect(fitLines(['short', 'x'.repeat(100)], 60)).toBe(`short\n${'x'.repeat(53)}…`);
  const many = fitLines(
    Array.from({ length: 100 }, (_, id) => `line ${id}`),
    100,
  );
  expect(many.length).toBeLessThanOrEqual(100);
  expect(many).toMatch(/^line 0\n.*and \d+ more$/s);
});

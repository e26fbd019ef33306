import { describe, expect, it } from 'vitest';
import type { StatusEvent } from '../../src/model.ts';
import { explain } from '../../src/route/explain.ts';
import { DEFAULT_EVENTS, type Group, judge } from '../../src/route/group.ts';
import { ACME, component, incident, NOON, update } from '../make.ts';

const trouble = incident('i1', [
  update('u1', 'investigating', 0, { components: [component('API', 'partial_outage')] }),
]);
const event: StatusEvent = {
  id: 'evt_1',
  type: 'incident.opened',
  at: NOON,
  detectedAt: NOON,
  initial: false,
  late: false,
  provider: ACME,
  incident: trouble,
  update: trouble.updates[0]!,
  component: null,
  error: null,
};
const usual: Group = {
  name: 'default',
  providers: ['*'],
  components: [],
  severities: ['minor', 'major', 'critical'],
  kinds: ['incident', 'maintenance'],
  events: DEFAULT_EVENTS,
  channels: ['ops'],
  remindersMs: [],
  quiet: null,
  perHour: null,
};
const now = { now: NOON, followed: false, brokeThrough: false, muted: null, names: [] };
const quiet = { from: 11 * 60, to: 13 * 60, zone: 'UTC', days: null, except: [], digest: false } as const;

describe('explain', () => {
  it.each<[string, Partial<Group>, Partial<typeof now> | { muted: string }, string[]]>([
    ['all is well', {}, {}, []],
    ['another provider', { providers: ['stripe'] }, {}, ['providers']],
    ['another kind', { kinds: ['maintenance'] }, {}, ['kinds']],
    ['another event', { events: ['incident.resolved'] }, {}, ['events']],
    ['another component', { components: ['Login'] }, {}, ['components']],
    ['too small', { severities: ['critical'] }, {}, ['severities']],
    ['muted', {}, { muted: 'muted until it is resolved' }, ['mutes']],
    ['quiet hours', { quiet }, {}, ['quiet hours']],
    [
      'all at once',
      { providers: ['stripe'], components: ['Login'], severities: ['critical'], quiet },
      { muted: 'muted' },
      ['providers', 'components', 'severities', 'mutes', 'quiet hours'],
    ],
  ])('%s', (_, rules, more, broken) => {
    const group = { ...usual, ...rules };
    const explained = explain(event, group, { ...now, ...more });
    expect(explained.rules.filter(({ passes }) => !passes).map(({ name }) => name)).toEqual(broken);
    expect(explained.verdict).toEqual(judge(event, group, { ...now, ...more }));
    expect(explained.verdict.kind === 'told').toBe(broken.length === 0);
  });

  it('says what breaks through quiet hours, and that it comes with its end', () => {
    const open = { ...usual, quiet: { ...quiet, except: ['minor'] } as const };
    const worth = (group: Group, one: StatusEvent, more: Partial<typeof now> = {}) =>
      explain(one, group, { ...now, ...more }).rules.find(({ name }) => name === 'quiet hours');
    expect(worth(open, event)).toMatchObject({ passes: true, why: 'it breaks through' });
    const end = { ...event, type: 'incident.resolved' as const };
    expect(worth({ ...usual, quiet }, end)).toMatchObject({ passes: false });
    expect(worth({ ...usual, quiet }, end, { brokeThrough: true })).toMatchObject({
      passes: true,
      why: 'it is the end of what broke through',
    });
    expect(worth({ ...usual, quiet }, event, { brokeThrough: true })).toMatchObject({ passes: false });
  });

  it('tells the end of what its channels follow, however small', () => {
    const { verdict, rules } = explain(event, { ...usual, severities: ['critical'] }, { ...now, followed: true });
    expect(verdict.kind).toBe('told');
    expect(rules.find(({ name }) => name === 'severities')).toMatchObject({ passes: true });
  });
});

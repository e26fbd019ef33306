/** An incident in brief is the one that would have been built at once, and is mapped only for who asks. */
import { expect, test } from 'vitest';
import type { Component, Kind, Phase, Update } from '../../src/model.ts';
import { buildIncident, incidentInBrief } from '../../src/normalize.ts';

const api: Component = { id: 'c1', name: 'API', group: null, status: 'operational' };
const at = (minute: number) => new Date(Date.UTC(2026, 2, 10, 12, minute));

function post(minute: number, status: Phase, components: Component[] = []): Update {
  return { id: `u${minute}`, status, at: at(minute), body: `At ${minute}.`, components };
}

function headOf(kind: Kind, status: Phase | null, resolvedAt: Date | null) {
  const shared = { id: 'i1', title: 'Slow', url: 'https://status.example.com/i1', impact: 'minor' as const };
  return { ...shared, kind, status, startedAt: at(5), resolvedAt, scheduledFor: kind === 'maintenance' ? at(3) : null };
}

const down: Component = { ...api, status: 'major_outage' };
const incident = [post(1, 'investigating', [down]), post(9, 'resolved', [api]), post(30, 'postmortem')];
const maintenance = [post(0, 'scheduled'), post(4, 'in_progress'), post(8, 'completed')];

test.each([
  ['an incident', headOf('incident', 'postmortem', at(10)), incident],
  ['an incident whose end only its posts tell', headOf('incident', null, null), incident],
  ['an incident without any post', headOf('incident', 'resolved', at(10)), []],
  ['a maintenance', headOf('maintenance', 'completed', null), maintenance],
  ['a maintenance without any post', headOf('maintenance', 'completed', at(8)), []],
])('%s in brief is the same as built at once', (_, head, updates) => {
  const details = { components: [api], updates };
  const brief = incidentInBrief(head, updates, () => details);
  expect(brief).toEqual(buildIncident({ ...head, ...details }));
  expect({ ...brief }).toEqual(brief);
});

test('its details are mapped once, and not before they are asked for', () => {
  let times = 0;
  const brief = incidentInBrief(headOf('incident', 'resolved', at(10)), incident, () => {
    times += 1;
    return { components: [api], updates: incident };
  });
  expect([brief.startedAt, brief.updatedAt, brief.status]).toEqual([at(1), at(30), 'resolved']);
  expect(times).toBe(0);
  expect(brief.updates).toBe(brief.updates);
  expect(brief.components).toEqual([{ ...api, worstStatus: 'major_outage' }]);
  expect(times).toBe(1);
});

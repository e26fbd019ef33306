import { expect, test } from 'vitest';
import { eventToJson } from '../../src/json.ts';
import type { Incident } from '../../src/model.ts';
import { stateForm } from '../../src/store/state-form.ts';
import { clerkIncident, eventOf } from '../incidents.ts';

/** Events of one read of an incident: one for each of its posts. */
function eventsOfOneRead(incident: Incident) {
  return incident.updates.map((update, index) =>
    eventToJson(eventOf('incident.updated', incident, { id: `evt_${index}`, update })),
  );
}

function stateOf(events: ReturnType<typeof eventsOfOneRead>) {
  return { ...stateForm.empty(false), events: new Map(events.map((event) => [event.id, event])) };
}

test('an incident that several events name is written once, and read back for each of them', () => {
  const [clerk, other] = [clerkIncident(5), { ...clerkIncident(3), id: 'other' }];
  const alone = eventToJson(eventOf('incident.opened', other, { id: 'evt_other' }));
  const aboutNone = eventToJson({ ...eventOf('provider.readable', clerk, { id: 'evt_page' }), incident: null });
  const state = stateOf([...eventsOfOneRead(clerk), alone, aboutNone]);
  const text = stateForm.toText!(state);
  expect(text.split(JSON.stringify(clerk.updates[0]!.body))).toHaveLength(
    // In the incident of the five, in the event of the first post, and in the other incident.
    4,
  );
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(stateForm.toJson(state))));
  const read = stateForm.fromJson(JSON.parse(text));
  expect([...read.events]).toEqual([...state.events]);
  expect(read.events.get('evt_4')!.incident).toBe(read.events.get('evt_0')!.incident);
});

test('who holds the incident may go, and the others still have it', () => {
  const state = stateOf(eventsOfOneRead(clerkIncident(5)));
  const read = stateForm.fromJson(JSON.parse(stateForm.toText!(state)));
  read.events.delete('evt_0');
  const again = stateForm.fromJson(JSON.parse(stateForm.toText!(read)));
  expect([...again.events]).toEqual([...state.events].slice(1));
});

test('an incident of another shape breaks no reading of the others', () => {
  const state = stateOf(eventsOfOneRead(clerkIncident(2)));
  const written = JSON.parse(stateForm.toText!(state));
  for (const incident of ['none', 7, undefined, []]) {
    written.events[1][1].incident = incident;
    expect(stateForm.fromJson(written).events.size).toBe(2);
  }
});

test('an event whose incident is nowhere is left out', () => {
  const state = stateOf(eventsOfOneRead(clerkIncident(2)));
  const written = JSON.parse(stateForm.toText!(state));
  written.events.shift();
  expect(stateForm.fromJson(written).events.size).toBe(0);
});

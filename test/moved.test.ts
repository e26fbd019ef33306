/** What is told, and what not, when another platform serves a page that was watched. */
import { describe, expect, it } from 'vitest';
import { compare, fail, move } from '../src/diff.ts';
import type { Incident, Provider, Snapshot, StatusEvent } from '../src/model.ts';
import { openIncidents, type PageRecord } from '../src/record.ts';
import { ACME, at, component, incident, maintenance, snapshot, update } from './make.ts';

const NEW: Provider = { ...ACME, platform: 'incident-io' };

/** The record of a page last read at minute 100, when it showed this. */
function readBefore(before: Snapshot): PageRecord {
  const { record } = compare(null, before, ACME, at(90));
  return JSON.parse(JSON.stringify(compare(record, before, ACME, at(100)).record));
}

function moving(before: Snapshot, after: Snapshot): { events: StatusEvent[]; record: PageRecord } {
  return move(readBefore(before), after, NEW, at(110));
}

const told = (events: readonly StatusEvent[]) =>
  events.map((event) => `${event.type} ${event.update?.id ?? event.incident?.id ?? '-'}`);

/** The same incident as each platform has it: other ids, titles and times as near as they come. */
const theirs = (more: Partial<Incident> = {}) =>
  incident('k2v8wq0pl3zn', [update('a1', 'investigating', 0), update('a2', 'identified', 20)], {
    title: 'Logins fail',
    ...more,
  });
const ours = (ids = ['U1', 'U2'], more: Partial<Incident> = {}) =>
  incident(
    '01KKBM',
    ids.map((id, nth) => update(id, nth === 0 ? 'investigating' : 'identified', nth * 20 + 0.5)),
    { title: 'Logins  fail!', ...more },
  );

describe('a page that moved', () => {
  it('is told once, with the platform it moved to, and nothing that was known is', () => {
    const past = (id: string) =>
      incident(id, [update(`${id}1`, 'investigating', -500), update(`${id}2`, 'resolved', -400)]);
    const { events, record } = moving(snapshot([theirs(), past('p')]), snapshot([ours(), past('q')]));
    expect(told(events)).toEqual(['provider.moved -']);
    expect(events[0]).toMatchObject({ provider: NEW, incident: null, update: null, component: null, error: null });
    expect(record.provider).toEqual(NEW);
    expect(openIncidents(record).map((one) => one.id)).toEqual(['01KKBM']);
    expect(told(compare(record, snapshot([ours(), past('q')]), NEW, at(120)).events)).toEqual([]);
  });

  it('tells what was posted since on an incident that was known', () => {
    const after = ours(['U1', 'U2', 'U3']);
    const closed = {
      ...after,
      updates: [...after.updates, update('U4', 'resolved', 105)],
      status: 'resolved' as const,
    };
    const { events, record } = moving(snapshot([theirs()]), snapshot([closed]));
    expect(told(events)).toEqual(['provider.moved -', 'incident.updated U3', 'incident.resolved U4']);
    expect(record.open).toEqual([]);
  });

  it('tells that a known incident is over also when no post says so', () => {
    const { events } = moving(
      snapshot([theirs()]),
      snapshot([ours(['U1', 'U2'], { status: 'resolved', resolvedAt: at(104) })]),
    );
    expect(told(events)).toEqual(['provider.moved -', 'incident.resolved 01KKBM']);
  });

  it('tells an incident that began since the last good read, with all its posts', () => {
    const fresh = incident('n', [update('N1', 'investigating', 103), update('N2', 'resolved', 108)]);
    expect(told(moving(snapshot([theirs()]), snapshot([ours(), fresh])).events)).toEqual([
      'provider.moved -',
      'incident.opened N1',
      'incident.resolved N2',
    ]);
  });

  it('tells an open incident that the old page did not have once, marked', () => {
    const { events, record } = moving(snapshot(), snapshot([ours(['U1', 'U2'])]));
    expect(told(events)).toEqual(['provider.moved -', 'incident.opened U2']);
    expect(events[1]).toMatchObject({ initial: true });
    expect(told(compare(record, snapshot([ours(['U1', 'U2'])]), NEW, at(120)).events)).toEqual([]);
  });

  it('takes incidents of one title for two when they began more than ten minutes apart', () => {
    const later = incident('01KKBN', [update('L1', 'investigating', 40)], { title: 'Logins fail' });
    expect(told(moving(snapshot([theirs()]), snapshot([later])).events)).toEqual([
      'provider.moved -',
      'incident.opened L1',
    ]);
  });

  it('knows a planned maintenance again', () => {
    const plan = (id: string) => maintenance(id, [update(`${id}1`, 'scheduled', 0)], { title: 'New disks' });
    const { events, record } = moving(snapshot([plan('m')]), snapshot([plan('01KM')]));
    expect(told(events)).toEqual(['provider.moved -']);
    const begun = maintenance('01KM', [update('01KM1', 'scheduled', 0), update('01KM2', 'in_progress', 115)], {
      title: 'New disks',
    });
    expect(told(compare(record, snapshot([begun]), NEW, at(120)).events)).toEqual(['maintenance.started 01KM2']);
  });

  it('tells of an incident that the new page does not have after two reads more', () => {
    const { events, record } = moving(snapshot([theirs()]), snapshot());
    expect(told(events)).toEqual(['provider.moved -']);
    expect(told(compare(record, snapshot(), NEW, at(120)).events)).toEqual(['incident.withdrawn k2v8wq0pl3zn']);
  });

  it('does not tell its components as changed, but what changes afterwards', () => {
    const before = snapshot([], { components: [component('old', 'degraded_performance'), component('b')] });
    const after = snapshot([], { components: [component('new', 'degraded_performance'), component('c')] });
    const { events, record } = moving(before, after);
    expect(told(events)).toEqual(['provider.moved -']);
    const next = compare(record, snapshot([], { components: [component('new'), component('c')] }), NEW, at(120));
    expect(next.events.map((event) => event.component?.to)).toEqual(['operational']);
  });

  it('is readable again when it was told as unreadable', () => {
    let record = readBefore(snapshot());
    for (let nth = 0; nth < 4; nth++)
      record = fail(record, { code: 'shape', message: 'odd' }, at(101 + nth * 6)).record;
    expect(told(move(record, snapshot(), NEW, at(130)).events)).toEqual(['provider.moved -', 'provider.readable -']);
  });

  it('that was never read is at its first read', () => {
    expect(told(move(null, snapshot([ours()]), NEW, at(110)).events)).toEqual(['incident.opened U2']);
  });

  it('and moved back is told again, and nothing else', () => {
    const before = snapshot([theirs()]);
    const { record } = moving(before, snapshot([ours()]));
    expect(told(move(record, before, ACME, at(200)).events)).toEqual(['provider.moved -']);
  });
});

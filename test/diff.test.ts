import { describe, expect, it } from 'vitest';
import { compare, confirm, fail, overdue } from '../src/diff.ts';
import type { Incident, Snapshot, StatusEvent } from '../src/model.ts';
import { emptyRecord, type PageRecord } from '../src/record.ts';
import { ACME, at, component, incident, maintenance, snapshot, update } from './make.ts';

/** Reads one snapshot after another, ten minutes apart, and returns what each brought. */
function reads(snapshots: (Snapshot | 'unchanged')[], from: PageRecord | null = null) {
  let record = from;
  const events = snapshots.map((one, index) => {
    const now = at(1000 + index * 10);
    const difference = one === 'unchanged' ? confirm(record!, now) : compare(record, one, ACME, now);
    // What is kept goes through the file between two reads.
    record = JSON.parse(JSON.stringify(difference.record)) as PageRecord;
    return difference.events;
  });
  return { events, record: record! };
}

function told(events: StatusEvent[]): string[] {
  return events.map((event) => `${event.type} ${event.update?.id ?? '-'}`);
}

const opened = () => incident('i', [update('u1', 'investigating', 0)]);
const followed = () => incident('i', [update('u1', 'investigating', 0), update('u2', 'investigating', 5)]);
const resolved = () =>
  incident('i', [update('u1', 'investigating', 0), update('u2', 'investigating', 5), update('u3', 'resolved', 9)]);

describe('the first read of a page', () => {
  it('tells what is open, once and marked, and no history', () => {
    const old = incident('old', [update('o1', 'investigating', -90), update('o2', 'resolved', -60)]);
    const { events } = reads([snapshot([followed(), old]), snapshot([followed(), old])]);
    expect(told(events[0]!)).toEqual(['incident.opened u2']);
    expect(events[0]![0]).toMatchObject({ initial: true, late: false });
    expect(events[1]).toEqual([]);
  });

  it('tells a maintenance that is under way, not one that is planned', () => {
    const planned = maintenance('m1', [update('a', 'scheduled', 0)]);
    const running = maintenance('m2', [update('b', 'scheduled', 0), update('c', 'in_progress', 60)]);
    expect(told(reads([snapshot([planned, running])]).events[0]!)).toEqual(['maintenance.started c']);
  });

  it('takes a list of closed incidents, first readable later, for history', () => {
    const past = incident('past', [update('p1', 'investigating', 0), update('p2', 'resolved', 20)]);
    const { events } = reads([snapshot([], { lists: 'open' }), snapshot([past])]);
    expect(events[1]).toEqual([]);
  });
});

describe('a new update', () => {
  it('is one event each, in order, when several came between two reads', () => {
    const { events } = reads([snapshot(), snapshot([resolved()])]);
    expect(told(events[1]!)).toEqual(['incident.opened u1', 'incident.updated u2', 'incident.resolved u3']);
  });

  it('is told when neither status nor anything but its words is new', () => {
    expect(told(reads([snapshot([opened()]), snapshot([followed()])]).events[1]!)).toEqual(['incident.updated u2']);
  });

  it('is told after the incident was closed: a postmortem, and a reopening', () => {
    const after = incident('i', [
      ...resolved().updates,
      update('u4', 'postmortem', 20),
      update('u5', 'monitoring', 30),
    ]);
    const { events } = reads([snapshot([resolved()]), snapshot([after])]);
    expect(told(events[1]!)).toEqual(['incident.updated u4', 'incident.reopened u5']);
  });

  it('is marked late when the vendor dated it before a post already told', () => {
    const backdated = incident('i', [update('u1', 'investigating', 0), update('u0', 'investigating', -180)]);
    const event = reads([snapshot([opened()]), snapshot([backdated])]).events[1]!;
    expect(told(event)).toEqual(['incident.updated u0']);
    expect(event[0]).toMatchObject({ late: true, at: at(-180) });
  });

  it('comes in the order of the vendor’s times over all incidents', () => {
    const a = incident('a', [update('a1', 'investigating', 0), update('a2', 'resolved', 30)]);
    const b = incident('b', [update('b1', 'investigating', 10), update('b2', 'monitoring', 20)]);
    const { events } = reads([snapshot(), snapshot([b, a])]);
    expect(events[1]!.map((event) => event.update?.id)).toEqual(['a1', 'b1', 'b2', 'a2']);
  });

  it('has the same event id whoever finds it, and when', () => {
    const one = compare(reads([snapshot()]).record, snapshot([opened()]), ACME, at(1)).events[0]!;
    const other = compare(reads([snapshot()]).record, snapshot([opened()]), ACME, at(2)).events[0]!;
    expect(one.id).toBe(other.id);
    expect(one.id).toMatch(/^evt_[A-Za-z0-9_-]{24}$/);
  });

  it('on an incident closed for months is told, and only it', () => {
    const old = [update('o1', 'investigating', -90_000), update('o2', 'resolved', -89_000)];
    const quiet = snapshot([incident('new', [update('n', 'resolved', 0)]), incident('old', old)]);
    const { events } = reads([
      quiet,
      snapshot([incident('old', [...old, update('o3', 'postmortem', 10)]), ...quiet.incidents.slice(0, 1)]),
    ]);
    expect(told(events[1]!)).toEqual(['incident.updated o3']);
  });
});

describe('an edit', () => {
  const reworded = (body: string) => incident('i', [update('u1', 'investigating', 0, { body })]);

  it('is one event when the words changed', () => {
    const { events } = reads([snapshot([reworded('a b')]), snapshot([reworded('a c')]), snapshot([reworded('a c')])]);
    expect(told(events[1]!)).toEqual(['incident.edited u1']);
    expect(events[2]).toEqual([]);
  });

  it('is nothing when only white space did', () => {
    expect(reads([snapshot([reworded('a b')]), snapshot([reworded('a\n\n  b')])]).events[1]).toEqual([]);
  });

  it('that deletes a post is silent, and so is the post coming back', () => {
    const { events } = reads([snapshot([followed()]), snapshot([opened()]), snapshot([followed()])]);
    expect(events.slice(1).flat()).toEqual([]);
  });

  it('of the ids alone, all of them, makes no post new', () => {
    const posts = followed().updates;
    const renumbered = incident('i', [
      ...posts.map((post) => ({ ...post, id: `other-${post.id}` })),
      update('other-u3', 'resolved', 9),
    ]);
    const { events } = reads([snapshot([followed()]), snapshot([renumbered])]);
    expect(told(events[1]!)).toEqual(['incident.resolved other-u3']);
  });

  it('of the ids, back and forth as the page is read in one way and another, makes no post new', () => {
    const words = ['We look into it.', 'We look into it.', 'A fix is out.', 'All is well.'];
    const read = (route: string, count: number) =>
      snapshot([
        incident(
          'i',
          words.slice(0, count).map((body, nth) => update(`${route}${nth}`, 'monitoring', nth, { body })),
        ),
      ]);
    const reading = [read('a', 1), read('b', 2), read('a', 2), read('a', 3), read('b', 3), read('a', 4), read('b', 4)];
    expect(reads(reading).events.slice(1).map(told)).toEqual([
      ['incident.updated b1'],
      [],
      ['incident.updated a2'],
      [],
      ['incident.updated a3'],
      [],
    ]);
  });

  it('is told once, in whichever way the page is read then', () => {
    const read = (route: string, body: string) =>
      snapshot([
        incident('i', [
          update(`${route}0`, 'investigating', 0, { body }),
          update(`${route}1`, 'monitoring', 1, { body: 'Fixed.' }),
        ]),
      ]);
    const { events } = reads([
      read('a', 'Logins fial.'),
      read('b', 'Logins fial.'),
      read('a', 'Logins fail.'),
      read('b', 'Logins fail.'),
      read('a', 'Logins fail.'),
      read('a', 'Some logins fail.'),
    ]);
    expect(events.slice(1).map(told)).toEqual([[], ['incident.edited a0'], [], [], ['incident.edited a0']]);
  });

  it('of the ids, by a way of reading that has more posts, tells those since and no history', () => {
    const last = update('feed', 'monitoring', 20, { body: 'A fix is out.' });
    const whole = incident('i', [
      update('w1', 'investigating', 0),
      update('w2', 'identified', 10),
      update('w3', 'monitoring', 20, { body: 'A fix is out.' }),
      update('w4', 'resolved', 30),
    ]);
    const { events } = reads([snapshot([incident('i', [last])]), snapshot([whole]), snapshot([whole])]);
    expect(events.slice(1).map(told)).toEqual([['incident.resolved w4'], []]);
  });

  it('is not taken for one in another way of reading when a post says again what an earlier one said', () => {
    const again = (count: number) =>
      snapshot([
        incident(
          'i',
          Array.from({ length: count }, (_, nth) => update(`u${nth}`, 'monitoring', nth, { body: 'Still on it.' })),
        ),
      ]);
    const { events } = reads([again(1), again(2), again(4)]);
    expect(events.slice(1).map(told)).toEqual([
      ['incident.updated u1'],
      ['incident.updated u2', 'incident.updated u3'],
    ]);
  });
});

describe('maintenance', () => {
  it('is told as scheduled, started, updated, completed', () => {
    const steps = [
      update('a', 'scheduled', 0),
      update('b', 'in_progress', 60),
      update('c', 'verifying', 90),
      update('d', 'completed', 99),
    ];
    const upTo = (count: number) => snapshot([maintenance('m', steps.slice(0, count))]);
    const { events } = reads([snapshot(), upTo(1), upTo(2), upTo(3), upTo(4)]);
    expect(events.flatMap(told)).toEqual([
      'maintenance.scheduled a',
      'maintenance.started b',
      'maintenance.updated c',
      'maintenance.completed d',
    ]);
  });

  it('that begins and ends by the clock alone is told without an update', () => {
    const posts = [update('a', 'scheduled', 0)];
    const { events } = reads([
      snapshot([maintenance('m', posts, { status: 'scheduled' })]),
      snapshot([maintenance('m', posts, { status: 'in_progress' })]),
      snapshot([maintenance('m', posts, { status: 'completed' })]),
      snapshot([maintenance('m', posts, { status: 'completed' })]),
    ]);
    expect(events.slice(1).flatMap(told)).toEqual(['maintenance.started -', 'maintenance.completed -']);
  });

  it('that is called off is cancelled', () => {
    const off = maintenance('m', [update('a', 'scheduled', 0), update('b', 'cancelled', 5)]);
    const { events } = reads([snapshot([maintenance('m', [update('a', 'scheduled', 0)])]), snapshot([off])]);
    expect(told(events[1]!)).toEqual(['maintenance.cancelled b']);
  });
});

describe('an incident that is not listed any more', () => {
  it('is withdrawn after two good reads, once', () => {
    const { events } = reads([snapshot([opened()]), snapshot(), snapshot(), snapshot()]);
    expect(events.slice(1).map(told)).toEqual([[], ['incident.withdrawn -'], []]);
    expect(events[2]![0]!.incident).toMatchObject({ id: 'i', title: 'Incident i' });
  });

  it('is withdrawn as well when the second read brought nothing new', () => {
    const { events } = reads([snapshot([opened()]), snapshot(), 'unchanged', 'unchanged']);
    expect(events.slice(1).map(told)).toEqual([[], ['incident.withdrawn -'], []]);
  });

  it('and comes back after one read is no event', () => {
    const { events } = reads([snapshot([opened()]), snapshot(), snapshot([opened()]), snapshot([opened()])]);
    expect(events.slice(1).flat()).toEqual([]);
  });

  it('and comes back later is reopened, not new', () => {
    const { events } = reads([snapshot([opened()]), snapshot(), snapshot(), snapshot([opened()])]);
    expect(told(events[3]!)).toEqual(['incident.reopened -']);
  });

  it('because the page answered with parts of different age is not missing', () => {
    const torn = snapshot([], { torn: true });
    const { events } = reads([snapshot([opened()]), torn, torn, torn]);
    expect(events.slice(1).flat()).toEqual([]);
  });

  it('does not make all others new when a list is empty for one read', () => {
    const many = Array.from({ length: 12 }, (_, n) => incident(`i${n}`, [update('u', 'resolved', n)]));
    const { events } = reads([snapshot(many), snapshot([]), snapshot(many)]);
    expect(events.slice(1).flat()).toEqual([]);
  });

  it('being closed and old, fell off the list: no event', () => {
    const list = (from: number) =>
      Array.from({ length: 30 }, (_, n) => incident(`i${from + n}`, [update('u', 'resolved', from + n)]));
    const { events } = reads([snapshot(list(0)), snapshot(list(5)), snapshot(list(5))]);
    expect(events[1]!.map((event) => event.incident?.id)).toEqual(['i30', 'i31', 'i32', 'i33', 'i34']);
    expect(events[2]).toEqual([]);
  });
});

describe('a component', () => {
  const page = (status: Parameters<typeof component>[1], incidents: Incident[] = []) =>
    snapshot(incidents, { components: [component('api', status), component('web')] });

  it('that changes without an incident is an event, and again when it is back', () => {
    const { events } = reads([page('operational'), page('major_outage'), page('major_outage'), page('operational')]);
    expect(events.map(told)).toEqual([[], ['component.changed -'], [], ['component.changed -']]);
    expect(events[1]![0]!.component).toEqual({
      id: 'api',
      name: 'api',
      group: null,
      from: 'operational',
      to: 'major_outage',
    });
  });

  it('that an open incident names is not told beside it', () => {
    const named = incident('i', [update('u1', 'investigating', 0, { components: [component('api', 'major_outage')] })]);
    const { events } = reads([page('operational'), page('major_outage', [named])]);
    expect(told(events[1]!)).toEqual(['incident.opened u1']);
  });

  it('of unknown status keeps its last known one', () => {
    const { events } = reads([page('major_outage'), page('unknown'), page('operational')]);
    expect(events[1]).toEqual([]);
    expect(events[2]![0]!.component).toMatchObject({ from: 'major_outage', to: 'operational' });
  });

  it('may have any id', () => {
    const odd = ['__proto__', 'constructor', 'toString'];
    const before = snapshot([], { components: odd.map((id) => component(id)) });
    const after = snapshot([], { components: odd.map((id) => component(id, 'partial_outage')) });
    expect(reads([before, after]).events[1]!.map((event) => event.component?.id)).toEqual(odd);
  });
});

describe('a page that cannot be read', () => {
  const failure = { code: 'timeout', message: 'no answer' };
  const failing = (record: PageRecord, minutes: number[]) =>
    minutes.map((minute) => {
      const difference = fail(record, failure, at(minute));
      record = difference.record;
      return told(difference.events);
    });

  it('is told once, after three failures and fifteen minutes', () => {
    const record = reads([snapshot([opened()])]).record;
    expect(failing(record, [0, 1, 2, 14])).toEqual([[], [], [], []]);
    expect(failing(record, [0, 20])).toEqual([[], []]);
    expect(failing(record, [0, 8, 16, 17, 99])).toEqual([[], [], ['provider.unreadable -'], [], []]);
  });

  it('and that is not to be asked for long, is told in time all the same, once', () => {
    const failed = fail(reads([snapshot([opened()])]).record, failure, at(0)).record;
    const waiting = (minutes: number) => ({ ...failed, dueAt: at(minutes).getTime() });
    expect(overdue(failed, at(99))).toBeNull();
    expect(overdue(waiting(60), at(30))).toBeNull();
    expect(overdue(waiting(61), at(14))).toBeNull();
    const difference = overdue(waiting(61), at(15))!;
    expect(told(difference.events)).toEqual(['provider.unreadable -']);
    const later = fail(fail(failed, failure, at(8)).record, failure, at(16));
    expect(difference.events[0]!.id).toBe(later.events[0]!.id);
    expect(overdue(difference.record, at(16))).toBeNull();
  });

  it('keeps what is open, and says when it can be read again', () => {
    let record = reads([snapshot([opened()])]).record;
    for (const minute of [0, 8, 16]) record = fail(record, failure, at(minute)).record;
    expect(record.open).toHaveLength(1);
    expect(told(compare(record, snapshot([opened()]), ACME, at(20)).events)).toEqual(['provider.readable -']);
    expect(told(confirm(record, at(20)).events)).toEqual(['provider.readable -']);
  });

  it('for a moment only is nothing to tell', () => {
    const record = fail(reads([snapshot()]).record, failure, at(0)).record;
    expect(compare(record, snapshot(), ACME, at(1)).events).toEqual([]);
  });

  it('because it is gone for good is told at once', () => {
    const gone = fail(emptyRecord(ACME), { code: 'gone', message: 'gone' }, at(0));
    expect(told(gone.events)).toEqual(['provider.unreadable -']);
  });
});

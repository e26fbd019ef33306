import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calendar, type CalendarEntry, follow, type Look } from '../src/calendar.ts';
import type { Incident } from '../src/model.ts';
import { at, component, maintenance, update } from './make.ts';

const PAGE = 'https://status.acme.example';
const DAY = 24 * 60;

function plan(id: string, more: Partial<Incident> = {}): Incident {
  return maintenance(id, [update('u1', 'scheduled', -60)], {
    scheduledFor: at(2 * DAY),
    scheduledUntil: at(2 * DAY + 120),
    components: [{ ...component('API'), worstStatus: 'operational' }],
    ...more,
  });
}

/** A calendar, and reads of one page at minutes after noon. */
function opened(more: Partial<Look> = {}) {
  const calendar: Calendar = { pages: new Map() };
  const read = (minutes: number, incidents: Incident[] | null, look: Partial<Look> = {}): readonly CalendarEntry[] => {
    const asked = {
      page: PAGE,
      providerId: 'acme',
      platform: 'statuspage',
      incidents,
      showsAll: true,
      askedAt: at(minutes - 0.1),
      ...more,
      ...look,
    };
    follow(calendar, [asked], at(minutes));
    return calendar.pages.get(asked.page) ?? [];
  };
  return { calendar, read };
}

describe('at first sight', () => {
  test('a maintenance becomes an event, stamped with the vendor’s last post', () => {
    expect(opened().read(0, [plan('m1')])).toEqual([
      {
        id: 'm1',
        uid: 'acme.m1@pingoru',
        platform: 'statuspage',
        sequence: 0,
        stamp: '2026-03-10T11:00:00Z',
        title: 'Incident m1',
        status: 'scheduled',
        startsAt: '2026-03-12T12:00:00Z',
        endsAt: '2026-03-12T14:00:00Z',
        endTold: true,
        components: [{ id: 'API', name: 'API', group: null }],
        body: 'u1 says scheduled',
        url: 'https://status.acme.example/incidents/m1',
        cancelledAt: null,
        missingSince: null,
      },
    ]);
  });

  test('an incident does not, nor what has no date, nor what is long past', () => {
    const undated = plan('m1', { scheduledFor: null, scheduledUntil: null });
    const past = plan('m2', {
      status: 'completed',
      scheduledFor: at(-40 * DAY),
      scheduledUntil: at(-31 * DAY),
    });
    expect(opened().read(0, [plan('i1', { kind: 'incident' }), undated, past])).toEqual([]);
  });

  test('what is over since yesterday does', () => {
    const done = plan('m1', { status: 'completed', scheduledFor: at(-DAY), scheduledUntil: at(-DAY + 60) });
    expect(opened().read(0, [done])).toMatchObject([{ status: 'completed', cancelledAt: null }]);
  });

  test.each([
    ['none', null],
    ['one before its start', at(DAY)],
    ['one at its start', at(2 * DAY)],
  ])('with %s for an end it takes an hour', (_, scheduledUntil) => {
    const [entry] = opened().read(0, [plan('m1', { scheduledUntil })]);
    expect(entry).toMatchObject({ endsAt: '2026-03-12T13:00:00Z', endTold: false });
  });

  test('a completed one without a planned end ends when it ended', () => {
    const done = plan('m1', { status: 'completed', scheduledUntil: null, resolvedAt: at(2 * DAY + 30) });
    expect(opened().read(2 * DAY + 60, [done])[0]).toMatchObject({ endsAt: '2026-03-12T12:30:00Z', endTold: true });
  });

  test('a vendor’s clock that is ahead does not stamp it', () => {
    const [entry] = opened().read(0, [plan('m1', { updatedAt: at(500) })]);
    expect(entry!.stamp).toBe('2026-03-10T12:00:00Z');
  });
});

describe('86. an event', () => {
  const changes: [string, Partial<Incident>][] = [
    ['title', { title: 'Another' }],
    ['start', { scheduledFor: at(2 * DAY - 30) }],
    ['end', { scheduledUntil: at(2 * DAY + 180) }],
    ['lost end', { scheduledUntil: null }],
    ['status', { status: 'in_progress' }],
    ['components', { components: [] }],
    ['words', { updates: [update('u1', 'scheduled', -60, { body: 'Otherwise' })] }],
    ['address', { url: 'https://status.acme.example/other' }],
    ['everything', { title: 'Another', scheduledFor: at(2 * DAY + 15), status: 'verifying', components: [] }],
    ['cancellation', { status: 'cancelled' }],
  ];
  test.each(changes)('of changed %s is the same, its sequence one higher', (_, more) => {
    const { read } = opened();
    const [before] = read(0, [plan('m1')]);
    const [after] = read(10, [plan('m1', more)]);
    expect(after).toMatchObject({ uid: before!.uid, sequence: 1, stamp: '2026-03-10T12:10:00Z' });
    expect(read(20, [plan('m1', more)])).toEqual([after]);
    expect(read(30, [plan('m1')])[0]!.sequence).toBe(2);
  });

  test('is not revised for what no calendar shows: the order of components, their states, an update without words', () => {
    const { read } = opened();
    const [api, web] = ['API', 'Web'].map((name) => ({ ...component(name), worstStatus: 'operational' as const }));
    const before = read(0, [plan('m1', { components: [api!, web!] })]);
    const again = plan('m1', {
      components: [web!, { ...api!, status: 'under_maintenance' }],
      updates: [update('u1', 'scheduled', -60), update('u2', 'scheduled', 5, { body: ' ' })],
    });
    expect(read(10, [again])).toEqual(before);
  });

  test('is stamped with the vendor’s time of the change, where that is later than the last', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const [entry] = read(30, [plan('m1', { status: 'in_progress', updatedAt: at(12) })]);
    expect(entry!.stamp).toBe('2026-03-10T12:12:00Z');
  });

  test('whose date was taken back stays where it was', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const [entry] = read(10, [plan('m1', { scheduledFor: null, scheduledUntil: null })]);
    expect(entry).toMatchObject({ startsAt: '2026-03-12T12:00:00Z', sequence: 0 });
  });

  test('keeps its identity and counts its revisions, whatever a vendor does', () => {
    const version = fc.record({
      title: fc.constantFrom('A', 'B'),
      status: fc.constantFrom('scheduled', 'in_progress', 'cancelled', 'unknown'),
      scheduledUntil: fc.constantFrom(null, at(2 * DAY + 60)),
    });
    const look = fc.oneof(fc.constant('unreadable' as const), version);
    fc.assert(
      fc.property(fc.array(look, { maxLength: 12 }), (looks) => {
        const { read } = opened();
        let [before] = read(0, [plan('m1')]);
        for (const [index, one] of looks.entries()) {
          const [after] = read(index + 1, one === 'unreadable' ? null : [plan('m1', one as Partial<Incident>)]);
          const { sequence: was, stamp: old, cancelledAt: _old, ...earlier } = before!;
          const { sequence, stamp, cancelledAt, ...later } = after!;
          const changed = JSON.stringify(earlier) !== JSON.stringify(later);
          expect(sequence).toBe(was + (changed ? 1 : 0));
          expect(stamp > old).toBe(changed);
          expect(after!.uid).toBe('acme.m1@pingoru');
          expect(cancelledAt !== null).toBe(after!.status === 'cancelled');
          before = after;
        }
      }),
    );
  });
});

describe('a maintenance that a good read does not show', () => {
  test('is kept the first time, and cancelled the second', () => {
    const { read } = opened();
    const [before] = read(0, [plan('m1')]);
    expect(read(10, [])).toEqual([{ ...before, missingSince: at(10).toISOString() }]);
    expect(read(20, [])).toEqual([
      {
        ...before,
        status: 'cancelled',
        sequence: 1,
        stamp: '2026-03-10T12:20:00Z',
        cancelledAt: '2026-03-10T12:20:00Z',
      },
    ]);
  });

  test('begins anew to be missed when it was seen between', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    read(10, []);
    read(20, [plan('m1')]);
    expect(read(30, [])[0]).toMatchObject({ status: 'scheduled', sequence: 0 });
  });

  test('is confirmed again when it comes back', () => {
    const { read } = opened();
    for (const minutes of [0, 10, 20]) read(minutes, minutes === 0 ? [plan('m1')] : []);
    expect(read(30, [plan('m1')])[0]).toMatchObject({ status: 'scheduled', sequence: 2, cancelledAt: null });
  });

  test('was cancelled also when its time has come by the second read', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    read(DAY, []);
    expect(read(3 * DAY, [])[0]).toMatchObject({ status: 'cancelled', sequence: 1 });
  });

  const reads: [string, Partial<Incident>, number, Partial<Look>][] = [
    ['its time has come', {}, 2 * DAY, {}],
    ['it is in progress', { status: 'in_progress' }, 10, {}],
    ['it is completed', { status: 'completed' }, 10, {}],
    ['the read may lack some', {}, 10, { showsAll: false }],
    ['another platform was read', {}, 10, { platform: 'feed' }],
    ['the page could not be read', {}, 10, { incidents: null }],
  ];
  test.each(reads)('stays as it is when %s', (_, more, minutes, look) => {
    const { read } = opened();
    const before = read(0, [plan('m1', more)]);
    for (const later of [0, 10, 20]) expect(read(minutes + later, [], look)).toEqual(before);
  });

  test('is not cancelled by two processes that look at the same time', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    read(10, [], { askedAt: at(9) });
    expect(read(10.1, [], { askedAt: at(9) })[0]).toMatchObject({ status: 'scheduled', sequence: 0 });
  });
});

describe('an event is kept', () => {
  test('for 30 days after it was cancelled, then gone, and does not come back with the vendor’s history', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const cancelled = plan('m1', { status: 'cancelled', updatedAt: at(5) });
    expect(read(10, [cancelled])[0]).toMatchObject({ status: 'cancelled', cancelledAt: '2026-03-10T12:10:00Z' });
    expect(read(10 + 30 * DAY, [cancelled])).toHaveLength(1);
    expect(read(11 + 30 * DAY, [cancelled])).toEqual([]);
    expect(read(12 + 30 * DAY, [cancelled])).toEqual([]);
  });

  test('for 30 days after it was cancelled, not after the vendor’s last word about it', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const [first] = read(10, [plan('m1', { status: 'cancelled' })]);
    const [later] = read(20, [plan('m1', { status: 'cancelled', title: 'Never mind' })]);
    expect(later).toMatchObject({ sequence: 2, cancelledAt: first!.cancelledAt });
  });

  test('until its end is 30 days past, also when the vendor has forgotten it', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const end = 2 * DAY + 120;
    read(end, [plan('m1', { status: 'completed' })]);
    expect(read(end + 30 * DAY, [])[0]).toMatchObject({ status: 'completed', sequence: 1 });
    expect(read(end + 30 * DAY + 1, [])).toEqual([]);
  });

  test('by page: others are left alone, but for what nobody would be shown', () => {
    const { calendar, read } = opened();
    const other = { page: 'https://status.other.example', providerId: 'other' };
    const there = read(0, [plan('m1')], other);
    read(0, [plan('m1')]);
    read(10, []);
    read(20, []);
    expect(calendar.pages.get(other.page)).toBe(there);
    read(40 * DAY, null);
    expect([...calendar.pages]).toEqual([]);
  });
});

describe('one that comes under another id', () => {
  test('goes on as the event it was', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const moved = plan('new', { title: 'Incident m1', url: 'https://status.acme.example/incidents/m1' });
    const [entry, ...more] = read(10, [moved], { platform: 'instatus' });
    expect(entry).toMatchObject({ id: 'new', uid: 'acme.m1@pingoru', platform: 'instatus', sequence: 0 });
    expect(more).toEqual([]);
  });

  test('is another one while the first is listed too', () => {
    const { read } = opened();
    read(0, [plan('m1')]);
    const twin = plan('m2', { title: 'Incident m1' });
    expect(read(10, [plan('m1'), twin]).map(({ uid }) => uid)).toEqual(['acme.m1@pingoru', 'acme.m2@pingoru']);
  });
});

describe('an identity', () => {
  test('is of plain characters, whatever the vendor’s is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
        fc.string({ unit: 'binary' }),
        (id, providerId) => {
          const [entry] = opened().read(0, [plan('m1', { id })], { providerId });
          expect(entry!.uid).toMatch(/^[\w.-]{0,100}\.[\w.-]{1,100}@pingoru$/);
        },
      ),
    );
  });

  test('is not shared by two pages that number alike', () => {
    const { read } = opened();
    const [one] = read(0, [plan('1')]);
    const [two] = read(0, [plan('1')], { page: `${PAGE}/eu` });
    expect(two!.uid).not.toBe(one!.uid);
    expect(read(10, [plan('1')], { page: `${PAGE}/eu` })).toEqual([two]);
  });

  test('is not shared by two such pages that are first read together', () => {
    const calendar: Calendar = { pages: new Map() };
    const look = { providerId: 'acme', platform: 'cachet', incidents: [plan('1')], showsAll: true, askedAt: at(0) };
    follow(
      calendar,
      [
        { ...look, page: PAGE },
        { ...look, page: `${PAGE}/eu` },
      ],
      at(0),
    );
    const uids = [...calendar.pages.values()].flatMap((entries) => entries.map(({ uid }) => uid));
    expect(new Set(uids).size).toBe(2);
  });
});

/** What is held back, and why: tests 33 and 59 of the channels' reference, and all else that keeps people's peace. */
import { describe, expect, test } from 'vitest';
import { incidentToJson } from '../src/json.ts';
import type { ComponentStatus, StatusEvent } from '../src/model.ts';
import { emptyRecord, type Mute } from '../src/record.ts';
import { remindersDue } from '../src/route/reminders.ts';
import { desk, follow, group, opened, PEOPLE, PROGRAM, refused } from './alerts.ts';
import { clerk, clerkIncident, clerkIo, components, eventOf, maintenance } from './incidents.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const eventsOf = (list: readonly { events: string[] }[]) => list.flatMap(({ events }) => events);

let number = 0;
function changed(from: ComponentStatus, to: ComponentStatus, id = 'search'): StatusEvent {
  number += 1;
  const component = { id, name: 'Search', group: null, from, to };
  return eventOf('component.changed', null, { id: `evt_c${number}`, component });
}

function heavy(id: string, impact: 'none' | 'minor' | 'major' | 'critical' | 'unknown'): StatusEvent {
  const event = opened(id);
  return { ...event, incident: { ...event.incident!, impact } };
}

const mute = (more: Partial<Mute> = {}): Mute => ({
  id: 'm1',
  page: clerk.url,
  provider: 'Clerk',
  incident: null,
  component: null,
  until: null,
  untilResolved: false,
  at: '2026-03-10T12:00:00.000Z',
  ...more,
});

describe('test 33: a component that flaps', () => {
  test('is not told when it returns within a minute', async () => {
    const one = await desk();
    await one.tell([changed('operational', 'degraded_performance')]);
    await one.wait(30 * SECOND);
    await one.tell([changed('degraded_performance', 'operational')]);
    await one.wait(10 * MINUTE);
    expect(one.channel().tries).toEqual([]);
    expect((await one.state()).log).toMatchObject([{ outcome: 'held', why: 'it went back within a minute' }]);
  });

  test.each([false, true])(
    'is not told when quiet hours began meanwhile (with a digest after them: %s)',
    async (digest) => {
      const quiet = { from: 12 * 60 + 1, to: 13 * 60, zone: 'UTC', days: null, except: [], digest };
      const one = await desk({ channels: { ops: PEOPLE }, groups: [group({ quiet })] });
      await one.wait(40 * SECOND);
      await one.tell([changed('operational', 'degraded_performance')]);
      await one.wait(30 * SECOND);
      await one.tell([changed('degraded_performance', 'operational')]);
      await one.wait(2 * HOUR);
      expect(one.channel().tries).toEqual([]);
      expect((await one.state()).outbox).toEqual([]);
    },
  );

  test('is not told when somebody muted it meanwhile', async () => {
    const one = await desk();
    await one.tell([changed('operational', 'degraded_performance')]);
    await one.change((state) => void state.mutes.push(mute()));
    await one.tell([changed('degraded_performance', 'operational')]);
    await one.wait(10 * MINUTE);
    expect(one.channel().tries).toEqual([]);
  });

  test('is told after a minute when it stays so', async () => {
    const one = await desk();
    await one.tell([changed('operational', 'degraded_performance')]);
    await one.wait(59 * SECOND);
    expect(one.channel().tries).toEqual([]);
    await one.wait(2 * SECOND);
    expect(one.channel().taken).toHaveLength(1);
    await one.tell([changed('degraded_performance', 'operational')]);
    await one.wait(2 * MINUTE);
    expect(one.channel().taken).toHaveLength(2);
  });

  test('is told at once when it is an outage, and what came before it with it', async () => {
    const one = await desk();
    await one.tell([changed('operational', 'degraded_performance')]);
    await one.tell([changed('degraded_performance', 'major_outage')]);
    expect(one.channel().taken.map(({ delivery }) => delivery.events[0]!.component!.to)).toEqual([
      'degraded_performance',
      'major_outage',
    ]);
  });

  test('does not hold up another component', async () => {
    const one = await desk();
    await one.tell([changed('operational', 'degraded_performance'), changed('operational', 'partial_outage', 'api')]);
    expect(one.channel().taken).toHaveLength(1);
  });
});

describe('test 59: what is filtered is recorded and not sent', () => {
  test('by severity; what gives no weight is told', async () => {
    const one = await desk({ groups: [group({ severities: ['major', 'critical'] })] });
    await one.tell([heavy('a', 'minor'), heavy('b', 'major'), heavy('c', 'unknown'), heavy('d', 'none')]);
    expect(eventsOf(one.channel().taken).sort()).toEqual(['evt_b', 'evt_c']);
    const { log } = await one.state();
    const held = log.filter(({ outcome }) => outcome === 'held');
    expect(held.map(({ event, group: name }) => [event, name])).toEqual([
      ['evt_a', 'default'],
      ['evt_d', 'default'],
    ]);
    expect(held[0]!.why).toContain('minor');
  });

  test('but an incident that was told of is told to its end, whatever it has become', async () => {
    const one = await desk({ groups: [group({ severities: ['major', 'critical'] })] });
    await one.tell([heavy('a', 'major')]);
    const end = follow('a', 5, 'incident.resolved');
    await one.tell([{ ...end, incident: { ...end.incident!, impact: 'none' } }]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_5']);
  });

  test('which concerns the channels and groups that told of it, and no others', async () => {
    const groups = [
      group({ channels: ['ops'] }),
      group({ name: 'worst', channels: ['ops', 'pager'], severities: ['critical'] }),
    ];
    const one = await desk({ groups, channels: { ops: PROGRAM, pager: PROGRAM } });
    await one.tell([heavy('a', 'minor'), heavy('b', 'critical')]);
    await one.tell([follow('a', 2), follow('b', 2)]);
    expect(eventsOf(one.channel('ops').taken)).toEqual(['evt_a', 'evt_b', 'evt_a_2', 'evt_b_2']);
    expect(eventsOf(one.channel('pager').taken)).toEqual(['evt_b', 'evt_b_2']);
    const { log, stories } = await one.state();
    expect(log.filter(({ event, outcome }) => event === 'evt_a_2' && outcome === 'held')).toMatchObject([
      { group: 'worst', channel: null },
    ]);
    expect(stories.map(({ channel, groups: tellers }) => [channel, tellers])).toEqual([
      ['ops', ['default']],
      ['ops', ['default', 'worst']],
      ['pager', ['worst']],
    ]);
  });

  test('also where a group tells some of its channels of it already; each has a line of its own then', async () => {
    const critical = group({ severities: ['critical'] });
    const one = await desk({ groups: [critical], channels: { ops: PROGRAM, new: PROGRAM } });
    await one.tell([heavy('a', 'critical')]);
    one.groups[0] = { ...critical, channels: ['ops', 'new'] };
    await one.tell([follow('a', 2)]);
    expect([one.channel('ops').taken.length, one.channel('new').taken.length]).toEqual([2, 0]);
    expect((await one.state()).log.filter(({ outcome }) => outcome === 'held')).toMatchObject([
      { group: 'default', channel: 'new', event: 'evt_a_2' },
    ]);
  });

  test('what only watch --to asked for is no group’s story', async () => {
    const one = await desk({ groups: [group({ severities: ['critical'] })] });
    const minor = heavy('a', 'minor');
    await one.tell([minor]);
    const to = [{ name: 'ops', isTerminal: false }];
    one.recorder.record(clerk.url, null, emptyRecord(clerk), [{ page: clerk.url, event: minor, to, leadMs: null }]);
    await one.settle();
    await one.tell([follow('a', 2)]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a']);
  });

  test('a story that an older version began is told by every group of its channel', async () => {
    const one = await desk({ groups: [group({ severities: ['critical'] })] });
    await one.tell([heavy('a', 'critical')]);
    await one.change((state) => {
      state.stories = state.stories.map(({ groups: _, ...story }) => story);
    });
    one.groups[0] = group({ name: 'other', severities: ['critical'] });
    await one.tell([follow('a', 2)]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_2']);
  });

  test('by mute; and taking it back sends nothing of what was muted', async () => {
    const one = await desk();
    await one.change((state) => void state.mutes.push(mute({ until: '2026-03-10T13:00:00.000Z' })));
    await one.tell([opened('a')]);
    expect(one.channel().tries).toEqual([]);
    await one.change((state) => {
      state.mutes = [];
    });
    await one.wait(2 * HOUR);
    await one.tell([opened('b')]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b']);
    expect((await one.state()).log[0]).toMatchObject({ outcome: 'held', why: 'muted until 2026-03-10T13:00:00.000Z' });
  });

  test('by a mute whose time is over, nothing', async () => {
    const one = await desk();
    await one.change((state) => void state.mutes.push(mute({ until: '2026-03-10T11:00:00.000Z' })));
    await one.tell([opened('a')]);
    expect(one.channel().taken).toHaveLength(1);
    expect((await one.state()).mutes).toEqual([]);
  });

  test('until it is resolved: the updates are muted, the end is told, and the mute is gone', async () => {
    const one = await desk();
    const running = opened('a');
    const record = { ...emptyRecord(clerk), readAt: '2026-03-10T12:30:00.000Z' };
    await one.tell([running], { ...record, open: [incidentToJson(running.incident!)] });
    await one.change((state) => void state.mutes.push(mute({ incident: 'a', untilResolved: true })));
    await one.tell([follow('a', 2), opened('b')], { ...record, open: [incidentToJson(running.incident!)] });
    await one.tell([follow('a', 5, 'incident.resolved')], record);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_b', 'evt_a_5']);
    expect((await one.state()).mutes).toEqual([]);
  });

  test('by component: an incident is muted when it touches nothing else', async () => {
    const one = await desk();
    await one.change((state) => void state.mutes.push(mute({ component: 'Web*' })));
    const touching = (id: string, names: string[]): StatusEvent => {
      const event = opened(id);
      const touched = components(names, 'degraded_performance').map((one) => ({ ...one, worstStatus: one.status }));
      return { ...event, incident: { ...event.incident!, components: touched } };
    };
    await one.tell([touching('a', ['Webhooks']), touching('b', ['Webhooks', 'Billing'])]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b']);
  });

  test('by provider, component, kind or type is none of the group’s business, and no news in the log', async () => {
    const groups = [
      group({ providers: ['clerk.io'], events: ['incident.*'], kinds: ['incident'], components: ['Web*'] }),
    ];
    const one = await desk({ groups });
    const own = (event: StatusEvent) => ({ ...event, id: `${event.id}_io`, provider: clerkIo });
    await one.tell([
      opened('a'),
      own(opened('b')),
      own(eventOf('maintenance.scheduled', maintenance('scheduled'), { id: 'evt_m' })),
      own(eventOf('provider.readable', null, { id: 'evt_p' })),
      own({
        ...opened('c'),
        incident: {
          ...clerkIncident(1),
          components: [{ ...components(['API'], 'operational')[0]!, worstStatus: 'operational' }],
        },
      }),
    ]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b_io']);
    expect((await one.state()).log.filter(({ outcome }) => outcome === 'held')).toEqual([]);
  });
});

describe('quiet hours', () => {
  const quiet = {
    from: 22 * 60,
    to: 7 * 60,
    zone: 'Europe/Berlin',
    days: null,
    except: ['critical'] as const,
    digest: false,
  };
  const night = Date.parse('2026-03-10T23:00:00Z');

  test('hold back, but for what breaks through', async () => {
    const one = await desk({ groups: [group({ quiet })], now: night });
    await one.tell([heavy('a', 'major'), heavy('b', 'critical')]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_b']);
    await one.wait(24 * HOUR);
    expect(one.channel().taken).toHaveLength(1);
    expect((await one.state()).log[0]).toMatchObject({
      outcome: 'held',
      why: 'quiet hours until 2026-03-11T06:00:00Z',
    });
  });

  test('end with one message of what was held back, if that is wanted', async () => {
    const groups = [group({ quiet: { ...quiet, digest: true } })];
    const one = await desk({ groups, channels: { ops: PEOPLE }, now: night });
    await one.tell([heavy('a', 'major'), heavy('b', 'minor'), follow('a', 2)]);
    await one.wait(6 * HOUR + 59 * MINUTE);
    expect(one.channel().tries).toEqual([]);
    await one.wait(2 * MINUTE);
    expect(one.channel().taken.map(({ events }) => events)).toEqual([['evt_a', 'evt_b', 'evt_a_2']]);
  });

  test('of several groups: told is what one of them tells afterwards, as soon as one does', async () => {
    const until = (to: number, digest = true) => group({ name: `${to}`, quiet: { ...quiet, to: to * 60, digest } });
    const groups = [until(5, false), until(8), until(7), until(9)];
    const one = await desk({ groups, channels: { ops: PEOPLE }, now: night });
    await one.tell([heavy('a', 'major')]);
    expect((await one.state()).outbox).toMatchObject([{ held: 'quiet', dueAt: Date.parse('2026-03-11T06:00:00Z') }]);
    await one.wait(12 * HOUR);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a']);
  });

  test.each([false, true])(
    'what broke through is told to its end, however small that is (digest: %s)',
    async (digest) => {
      const one = await desk({
        groups: [group({ quiet: { ...quiet, digest } })],
        channels: { ops: PEOPLE },
        now: night,
      });
      await one.tell([heavy('a', 'critical'), heavy('b', 'major')]);
      await one.tell([follow('a', 2)]);
      const ends = [follow('a', 5, 'incident.resolved'), follow('b', 5, 'incident.resolved')];
      await one.tell(ends);
      expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_5']);
      // What begins anew after that is quiet again, to its end.
      await one.tell([follow('a', 6, 'incident.reopened'), { ...ends[0]!, id: 'evt_a_7' }]);
      expect(one.channel().taken).toHaveLength(2);
      await one.wait(12 * HOUR);
      expect(eventsOf(one.channel().taken).slice(2)).toEqual(digest ? ['evt_b', 'evt_b_5', 'evt_a_6', 'evt_a_7'] : []);
    },
  );

  test('what was told before they began is not, but for what breaks through', async () => {
    const one = await desk({ groups: [group({ quiet })], now: Date.parse('2026-03-10T20:30:00Z') });
    await one.tell([heavy('a', 'critical')]);
    await one.wait(HOUR);
    await one.tell([follow('a', 5, 'incident.resolved')]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a']);
  });

  test('what breaks through makes older news of it stale', async () => {
    const groups = [group({ quiet: { ...quiet, digest: true } })];
    const one = await desk({ groups, channels: { ops: PEOPLE }, now: night });
    await one.tell([heavy('a', 'major')]);
    const worse = follow('a', 2);
    await one.tell([{ ...worse, incident: { ...worse.incident!, impact: 'critical' } }]);
    await one.wait(12 * HOUR);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a_2']);
    const { log } = await one.state();
    expect(log.find(({ why }) => why === 'newer news of it was told')).toMatchObject({
      event: 'evt_a',
      channel: 'ops',
      outcome: 'held',
    });
  });

  test('what breaks through brings a program what was held back of it, in order', async () => {
    const one = await desk({ groups: [group({ quiet: { ...quiet, digest: true } })], now: night });
    await one.tell([heavy('a', 'major'), heavy('b', 'major')]);
    const worse = follow('a', 2);
    await one.tell([{ ...worse, incident: { ...worse.incident!, impact: 'critical' } }]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_2']);
    expect((await one.state()).outbox).toMatchObject([{ events: ['evt_b'], held: 'quiet' }]);
    await one.wait(12 * HOUR);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_a_2', 'evt_b']);
  });

  test.each(['off', 'failing'])(
    'what is due after them is told, though newer news came while a channel was %s',
    async (how) => {
      const channels = { ops: how === 'off' ? PEOPLE : PROGRAM };
      const one = await desk({ groups: [group({ quiet: { ...quiet, digest: true } })], channels, now: night });
      await one.tell([heavy('a', 'major')]);
      if (how === 'off')
        await one.change((state) => void state.channels.set('ops', { off: { reason: 'it is gone', at: '' } }));
      else
        one.channel().answer = () => {
          throw refused(false);
        };
      await one.wait(7 * HOUR + MINUTE);
      one.channel().answer = () => ({});
      await one.tell([follow('a', 2)]);
      await one.change((state) => void state.channels.set('ops', { off: null }));
      await one.wait(HOUR);
      expect(eventsOf(one.channel().taken).sort()).toEqual(['evt_a', 'evt_a_2']);
    },
  );
});

describe('the measure of an hour', () => {
  test('the rest is one message when the hour is over', async () => {
    const one = await desk({ groups: [group({ perHour: 3 })], channels: { ops: PEOPLE } });
    for (let n = 0; n < 8; n++) {
      await one.tell([opened(`i${n}`)]);
      await one.wait(2 * MINUTE);
    }
    expect(one.channel().taken).toHaveLength(3);
    await one.wait(HOUR);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 5]);
    expect((await one.state()).log.filter(({ why }) => why.includes('within the hour'))).toHaveLength(5);
  });

  test('counts components that stay as they are, and none that flap', async () => {
    const one = await desk({ groups: [group({ perHour: 3 })], channels: { ops: PEOPLE } });
    for (let n = 0; n < 5; n++) {
      await one.tell([changed('operational', 'degraded_performance', `flap${n}`)]);
      await one.wait(30 * SECOND);
      await one.tell([changed('degraded_performance', 'operational', `flap${n}`)]);
    }
    for (let n = 0; n < 8; n++) {
      await one.tell([changed('operational', 'degraded_performance', `stay${n}`)]);
      await one.wait(2 * MINUTE);
    }
    expect(one.channel().taken).toHaveLength(3);
    await one.tell([changed('operational', 'degraded_performance', 'late')]);
    await one.wait(30 * SECOND);
    await one.tell([changed('degraded_performance', 'operational', 'late')]);
    await one.wait(HOUR);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 5]);
    expect((await one.state()).outbox).toEqual([]);
  });

  test('holds what it holds, though a component gets worse meanwhile', async () => {
    const one = await desk({ groups: [group({ perHour: 1 })], channels: { ops: PEOPLE } });
    await one.tell([opened('a')]);
    await one.tell([changed('operational', 'degraded_performance')]);
    await one.tell([changed('degraded_performance', 'major_outage')]);
    expect(one.channel().taken).toHaveLength(1);
    await one.wait(HOUR);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 2]);
  });

  test('is none for a program, and what waits for quiet hours to end comes to it one by one', async () => {
    const quiet = { from: 0, to: 60, zone: 'UTC', days: null, except: [], digest: true };
    const one = await desk({ groups: [group({ perHour: 1, quiet })], now: Date.parse('2026-03-10T00:30:00Z') });
    await one.tell([opened('a'), opened('b')]);
    await one.wait(HOUR);
    await one.tell([opened('c'), opened('d')]);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([1, 1, 1, 1]);
  });

  test('of one group is none where another that has room tells the channel the same', async () => {
    const groups = [group({ perHour: 1 }), group({ name: 'two', perHour: 2 }), group({ name: 'three', perHour: 1 })];
    const one = await desk({ groups, channels: { ops: PEOPLE } });
    for (const id of ['a', 'b', 'c', 'd', 'e']) await one.tell([opened(id)]);
    expect(eventsOf(one.channel().taken)).toEqual(['evt_a', 'evt_b', 'evt_c', 'evt_d']);
    await one.wait(HOUR);
    expect(one.channel().taken).toHaveLength(5);
  });

  test('is not full for a day when the clock was a day ahead', async () => {
    const one = await desk({ groups: [group({ perHour: 1 })], channels: { ops: PEOPLE } });
    await one.tell([opened('a')]);
    one.clock.now -= 24 * HOUR;
    await one.tell([opened('b')]);
    expect((await one.state()).outbox.filter(({ held }) => held)).toEqual([]);
  });

  test('is each group’s own', async () => {
    const groups = [group({ perHour: 1 }), group({ name: 'two', channels: ['two'], perHour: null })];
    const one = await desk({ groups, channels: { ops: PEOPLE, two: PEOPLE } });
    await one.tell([opened('a'), opened('b'), opened('c')]);
    expect([one.channel().taken.length, one.channel('two').taken.length]).toEqual([1, 3]);
  });
});

describe('reminders of maintenance', () => {
  const record = { ...emptyRecord(clerk), open: [incidentToJson(maintenance('scheduled'))] };
  const begins = Date.parse('2026-03-12T10:00:00Z');
  const due = (leads: number[], at: number, given: string[] = []) =>
    remindersDue(record, [leads], (key) => given.includes(key), new Date(at));

  /** As a watch looks for them. */
  const remind = async (one: Awaited<ReturnType<typeof desk>>, at: number) => {
    one.clock.now = at;
    const given = new Set((await one.state()).reminded.map(([key]) => key));
    const leads = one.groups.map(({ remindersMs }) => remindersMs);
    const found = remindersDue(record, leads, (key) => given.has(key), new Date(at));
    const news = found.flatMap(({ event, leadMs }) => (event ? [{ page: clerk.url, event, leadMs, to: [] }] : []));
    if (found.length > 0) one.recorder.remind(clerk.url, found, news);
    await one.settle();
  };

  test('come when their lead time is there, once each', () => {
    const leads = [24 * HOUR, HOUR];
    expect(due(leads, begins - 24 * HOUR - 1)).toEqual([]);
    const [day] = due(leads, begins - 24 * HOUR);
    expect(day).toMatchObject({ leadMs: 24 * HOUR, event: { type: 'maintenance.reminder' } });
    expect(due(leads, begins - 23 * HOUR, [day!.key])).toEqual([]);
    expect(due(leads, begins - HOUR, [day!.key])).toMatchObject([{ leadMs: HOUR }]);
    expect(due(leads, begins)).toEqual([]);
  });

  test('of several that come due at once only the nearest is told, the others count as given', () => {
    const found = due([24 * HOUR, HOUR], begins - 30 * MINUTE);
    expect(found.map(({ leadMs, event }) => [leadMs, event !== null])).toEqual([
      [HOUR, true],
      [24 * HOUR, false],
    ]);
  });

  test('come again when the maintenance is moved', () => {
    const [first] = due([HOUR], begins - HOUR);
    const moved = { ...maintenance('scheduled'), scheduledFor: new Date(begins + 24 * HOUR) };
    const later = remindersDue(
      { ...record, open: [incidentToJson(moved)] },
      [[HOUR]],
      (key) => key === first!.key,
      new Date(begins + 23 * HOUR),
    );
    expect(later).toHaveLength(1);
  });

  test('go to the groups that asked for that lead time, once, over a restart', async () => {
    const groups = [
      group({ remindersMs: [HOUR] }),
      group({ name: 'early', channels: ['early'], remindersMs: [24 * HOUR] }),
    ];
    const one = await desk({ groups, channels: { ops: PROGRAM, early: PROGRAM }, now: begins - 24 * HOUR });
    await one.tell([eventOf('maintenance.scheduled', maintenance('scheduled'), { id: 'evt_s' })]);
    for (const at of [begins - 24 * HOUR, begins - 20 * HOUR, begins - HOUR, begins - 10 * MINUTE])
      await remind(one, at);
    const types = (name: string) => one.channel(name).taken.map(({ delivery }) => delivery.events[0]!.type);
    expect(types('early')).toEqual(['maintenance.scheduled', 'maintenance.reminder']);
    expect(types('ops')).toEqual(['maintenance.scheduled', 'maintenance.reminder']);
    expect(one.channel('ops').taken[1]!.delivery.message.line).toContain('in 1 h');
  });

  test('of several that come due at once each group is told its own nearest, and a channel of two groups is told once', async () => {
    const groups = [
      group({ channels: ['day', 'both'], remindersMs: [24 * HOUR] }),
      group({ name: 'hour', channels: ['hour', 'both'], remindersMs: [24 * HOUR, HOUR], perHour: 1 }),
      group({ name: 'else', channels: ['else'], providers: ['stripe'], remindersMs: [2 * HOUR] }),
    ];
    const channels = { day: PROGRAM, hour: PROGRAM, both: PEOPLE, else: PROGRAM };
    const one = await desk({ groups, channels, now: begins - 30 * MINUTE });
    await one.tell([]);
    for (const at of [begins - 30 * MINUTE, begins - 20 * MINUTE]) await remind(one, at);
    expect(['day', 'hour', 'both', 'else'].map((name) => one.channel(name).taken.length)).toEqual([1, 1, 1, 0]);
    expect((await one.state()).reminded).toHaveLength(3);
    expect((await one.state()).log.filter(({ outcome }) => outcome === 'held')).toEqual([]);
  });
});

test('the state stays small: nothing is kept of what was told, but stories and a short log', async () => {
  const one = await desk({ channels: { ops: PROGRAM } });
  for (let round = 0; round < 12; round++) {
    await one.tell(Array.from({ length: 100 }, (_, n) => opened(`${round}-${n}`)));
    for (let n = 0; n < 6; n++) await one.settle();
  }
  const state = await one.state();
  expect(one.channel().taken).toHaveLength(1200);
  expect([state.outbox.length, state.events.size, state.log.length]).toEqual([0, 0, 500]);
  expect(state.stories.length).toBeLessThanOrEqual(3000);
});

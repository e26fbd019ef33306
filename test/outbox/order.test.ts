/** The order of each story, digests included. */
import { describe, expect, test } from 'vitest';
import type { StatusEvent } from '../../src/model.ts';
import { desk, follow, group, opened, PEOPLE, refused } from '../alerts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const QUIET = { from: 22 * 60, to: 13 * 60, zone: 'UTC', days: null, except: ['critical'] as const, digest: true };

function ofPage(number: number, event: StatusEvent): StatusEvent {
  const provider = { ...event.provider, id: `p${number}`, name: `P${number}`, url: `https://p${number}.example` };
  return { ...event, provider };
}

function critical(event: StatusEvent): StatusEvent {
  return { ...event, incident: { ...event.incident!, impact: 'critical' } };
}

describe('a digest', () => {
  test('of several pages that waits for a retry is passed by no later news of any of them', async () => {
    const one = await desk({ channels: { ops: PEOPLE } });
    let down = true;
    one.channel().answer = ({ events }) => {
      if (down && events.length > 1) throw refused(false);
      return {};
    };
    await one.tell([1, 2, 3, 4].map((number) => ofPage(number, opened(`i${number}`))));
    await one.tell([ofPage(2, follow('i2', 2, 'incident.resolved'))]);
    expect(one.channel().taken).toEqual([]);
    down = false;
    await one.wait(MINUTE);
    expect(one.channel().taken.map(({ events }) => events.length)).toEqual([4, 1]);
  });

  /** `y` and the end of `x` are held back until 13:00; the beginning of `x`, between them, broke through and was refused. */
  async function heldAround(whenDue: (now: number) => { attempts: number; dueAt: number }) {
    const one = await desk({ channels: { ops: PEOPLE }, groups: [group({ quiet: QUIET })] });
    const mend = { down: true };
    one.channel().answer = ({ events }) => {
      if (mend.down && events.includes('evt_x')) throw refused(false);
      return {};
    };
    await one.tell([opened('y')]);
    await one.tell([critical(opened('x'))]);
    await one.tell([follow('x', 5, 'incident.resolved')]);
    const now = one.clock.now;
    const held = { held: 'quiet', dueAt: now + HOUR } as const;
    await one.change((state) => {
      state.outbox = state.outbox.map((row) => ({ ...row, ...(row.events[0] === 'evt_x' ? whenDue(now) : held) }));
    });
    return { ...one, mend };
  }

  test('of what was held back leaves out what goes on from a message that waits for a retry', async () => {
    const one = await heldAround((now) => ({ attempts: 4, dueAt: now + 1.5 * HOUR }));
    await one.wait(HOUR + MINUTE);
    expect(one.channel().taken.map(({ events }) => events)).toEqual([['evt_y']]);
    one.mend.down = false;
    await one.wait(2 * HOUR);
    expect(one.channel().taken.map(({ events }) => events)).toEqual([['evt_y'], ['evt_x'], ['evt_x_5']]);
  });

  test('comes after what stood before the last of its parts', async () => {
    const one = await heldAround((now) => ({ attempts: 4, dueAt: now + HOUR }));
    await one.wait(HOUR);
    expect(one.channel().tries.map(({ events }) => events)).toEqual([['evt_x'], ['evt_x']]);
    one.mend.down = false;
    await one.wait(6 * HOUR);
    expect(one.channel().taken.map(({ events }) => events)).toEqual([['evt_x'], ['evt_y', 'evt_x_5']]);
  });

  test('comes before what stood among its parts and goes on from one of them', async () => {
    const one = await desk({ channels: { ops: { ...PEOPLE, singles: 0 } } });
    one.channel().answer = () => {
      throw refused('channel');
    };
    await one.tell([opened('z'), opened('w')]);
    await one.tell([opened('x'), follow('x', 2), opened('y')]);
    // The first of x was given up and revived by hand; meanwhile the second was refused in its usual form.
    await one.change((state) => {
      state.outbox = state.outbox.flatMap((row) =>
        row.events.length > 1 ? [] : [row.events[0] === 'evt_x_2' ? { ...row, plain: true } : row],
      );
      state.channels.set('ops', { off: null });
    });
    one.channel().answer = () => ({});
    one.clock.now += MINUTE;
    await one.settle();
    await one.settle();
    expect(one.channel().taken.map(({ events }) => events)).toEqual([['evt_x', 'evt_y'], ['evt_x_2']]);
  });

  test('of one message is none: it goes on with its story', async () => {
    const one = await desk({ channels: { ops: PEOPLE }, groups: [group({ quiet: QUIET })] });
    await one.tell([opened('x')]);
    await one.wait(2 * HOUR);
    await one.tell([follow('x', 2)]);
    const told = one.channel().taken.map(({ events, delivery }) => [events, delivery.story?.told]);
    expect(told).toEqual([
      [['evt_x'], 0],
      [['evt_x_2'], 1],
    ]);
  });
});

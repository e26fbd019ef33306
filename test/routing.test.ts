import { describe, expect, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { readRouting } from '../src/routing.ts';

const channels = [{ name: 'ops', type: 'desktop' }];
const read = (group: object) => readRouting({ channels, groups: [{ name: 'g', channels: ['ops'], ...group }] });

describe('groups', () => {
  test('with nothing but channels are told what people expect', () => {
    expect(read({}).groups[0]).toMatchObject({
      providers: ['*'],
      components: [],
      severities: ['minor', 'major', 'critical'],
      kinds: ['incident', 'maintenance'],
      remindersMs: [86_400_000, 3_600_000],
      quiet: null,
      perHour: 30,
    });
  });

  test('take all there is', () => {
    const quiet = { from: '22:00', to: '07:30', zone: 'Europe/Berlin', days: ['sat', 'sun'], except: [], digest: true };
    const [group] = read({ quiet, reminders: ['30m', '2d'], perHour: null, events: ['incident.*'] }).groups;
    expect(group).toMatchObject({
      remindersMs: [172_800_000, 1_800_000],
      perHour: null,
      quiet: { from: 1320, to: 450, days: [6, 0], except: [], digest: true },
    });
  });

  test.each([
    [{ severities: ['mayor'] }, 'groups[0].severities[0]: it must be one of none, minor, major, critical'],
    [{ kinds: ['incidents'] }, 'groups[0].kinds[0]: it must be one of incident, maintenance'],
    [{ channels: ['nobody'] }, 'groups[0].channels[0]: there is no channel "nobody"; there are ops'],
    [{ channels: 'ops' }, 'groups[0].channels: it must be a list'],
    [{ reminders: ['soon'] }, 'groups[0].reminders[0]: a length of time is written 30m, 24h or 2d'],
    [{ perHour: 0 }, 'groups[0].perHour: it must be above 0'],
    [{ perHour: 1.5 }, 'groups[0].perHour: it must be a whole number'],
    [{ quiet: { from: '25:00', to: '07:00' } }, 'groups[0].quiet.from: a time of day is written 22:00'],
    [{ quiet: { from: '22:00' } }, 'groups[0].quiet.to: it is missing'],
    [
      { quiet: { from: '22:00', to: '07:00', zone: 'Mars/Base' } },
      'groups[0].quiet.zone: it must be the name of a time zone, such as Europe/Berlin',
    ],
    [
      { quiet: { from: '22:00', to: '07:00', day: [] } },
      'groups[0].quiet: there is no "day" here; there are from, to, zone, days, except, digest',
    ],
    [
      { severity: ['minor'] },
      'groups[0]: there is no "severity" here; there are name, channels, providers, components, severities, kinds, events, reminders, quiet, perHour',
    ],
    [{ providers: [''] }, 'groups[0].providers[0]: it must not be empty'],
  ])('what is wrong is named by its path: %j', (group, message) => {
    expect(() => read(group)).toThrow(new ConfigError(message));
  });

  test('a channel of a type there is none of is refused with those there are', () => {
    expect(() => readRouting({ channels: [{ name: 'x', type: 'pigeon' }], groups: [] })).toThrow(
      /^channels\[0\]\.type: there is no type "pigeon"; there are .*desktop/,
    );
  });
});

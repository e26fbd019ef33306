import { describe, expect, it } from 'vitest';
import { applyFlags, type GroupFlags } from '../../src/commands/group/flags.ts';
import type { GroupEntry } from '../../src/routing.ts';
import { ownZone } from '../../src/zone.ts';

const BEFORE: GroupEntry = {
  name: 'pay',
  channels: ['ops'],
  providers: ['stripe'],
  severities: ['major'],
  quiet: { from: '22:00', to: '07:00', zone: 'Europe/Berlin', digest: true },
};

describe('the flags of a group', () => {
  it.each<[GroupFlags, object]>([
    [{}, {}],
    [{ channel: ['mail', 'pager,ops'] }, { channels: ['mail', 'pager', 'ops'] }],
    [{ component: ['Payments, EU', 'API'] }, { components: ['Payments, EU', 'API'] }],
    [
      { severity: ['minor,major'], kind: ['incident'] },
      { severities: ['minor', 'major'], kinds: ['incident'] },
    ],
    [{ event: ['incident.*'] }, { events: ['incident.*'] }],
    [{ reminder: ['24h', '30m'] }, { reminders: ['24h', '30m'] }],
    [{ reminder: ['none'] }, { reminders: [] }],
    [{ perHour: '5' }, { perHour: 5 }],
    [{ perHour: 'none' }, { perHour: null }],
    [{ quiet: '23:00-06:30' }, { quiet: { ...BEFORE.quiet, from: '23:00', to: '06:30' } }],
    [
      { quietDays: ['mon,tue'], quietExcept: ['none'] },
      { quiet: { ...BEFORE.quiet, days: ['mon', 'tue'], except: [] } },
    ],
    [{ zone: 'UTC', quietDigest: false }, { quiet: { ...BEFORE.quiet, zone: 'UTC', digest: false } }],
    [{ addChannel: ['mail', 'ops'] }, { channels: ['ops', 'mail'] }],
    [{ addProvider: ['adyen'], removeProvider: ['stripe'] }, { providers: ['adyen'] }],
    [{ removeChannel: ['ops'] }, { channels: [] }],
  ])('%j', (flags, change) => {
    expect(applyFlags(BEFORE, flags)).toEqual({ ...BEFORE, ...change });
  });

  it('take rules back', () => {
    expect(applyFlags(BEFORE, { quiet: 'none' })).not.toHaveProperty('quiet');
    expect(applyFlags(BEFORE, { reset: ['quiet,severity', 'provider'] })).toEqual({ name: 'pay', channels: ['ops'] });
  });

  it('go by the clock of who types them, unless told', () => {
    const { quiet } = applyFlags({ name: 'new', channels: [] }, { quiet: '22:00 - 07:00' });
    expect(quiet).toEqual({ from: '22:00', to: '07:00', zone: ownZone() });
  });

  it.each<[GroupFlags, RegExp]>([
    [{ reset: ['volume'] }, /--reset knows no "volume"; it is one of provider, component, /],
    [{ quiet: 'at night' }, /write it as 22:00-07:00/],
    [{ removeChannel: ['mail'] }, /"mail" is not in the group/],
  ])('%j is refused', (flags, message) => {
    expect(() => applyFlags(BEFORE, flags)).toThrow(message);
  });

  it('change no hours that are not there', () => {
    expect(() => applyFlags({ name: 'new', channels: [] }, { zone: 'UTC' })).toThrow(/no quiet hours to change/);
  });
});

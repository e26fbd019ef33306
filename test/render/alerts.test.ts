/** What is said of channels, groups, mutes, the log and the outbox: readable, within the width, whatever stands in it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChannelJson, GroupJson, OwedJson } from '../../src/json-alerts.ts';
import type { LogEntry } from '../../src/record.ts';
import { renderChannels } from '../../src/render/channels.ts';
import { groupLines } from '../../src/render/group-lines.ts';
import { renderGroups, renderJudged } from '../../src/render/groups.ts';
import { renderLog, renderOwed } from '../../src/render/log.ts';
import { renderMutes } from '../../src/render/mutes.ts';
import { DEFAULT_EVENTS } from '../../src/route/group.ts';
import { expectToFit, vendorText, view, width } from './views.ts';

const channel: ChannelJson = {
  name: 'ops',
  type: 'slack',
  state: 'on',
  off: null,
  groups: ['default'],
  waiting: 0,
  givenUp: 0,
  lastSentAt: '2026-03-10T17:26:00Z',
  settings: { url: 'file:secrets/ops-url' },
};
const group: GroupJson = {
  name: 'default',
  channels: ['ops'],
  providers: ['*'],
  components: [],
  severities: ['minor', 'major', 'critical'],
  kinds: ['incident', 'maintenance'],
  events: [...DEFAULT_EVENTS],
  reminders: ['1d', '1h'],
  quiet: null,
  perHour: 30,
};
const entry: LogEntry = {
  at: '2026-03-10T17:26:00Z',
  event: 'evt_1',
  type: 'incident.opened',
  title: 'Clerk: Late webhooks',
  group: null,
  channel: 'ops',
  outcome: 'sent',
  why: 'delivered',
};
const owed: OwedJson = {
  id: 'dlv_4Jm0Qx2vTzKk3d9wYh1BcR8s',
  channel: 'ops',
  page: 'https://status.clerk.com',
  title: 'Clerk: Late webhooks',
  events: [],
  state: 'retrying',
  attempts: 2,
  dueAt: '2026-03-10T18:30:00Z',
  error: 'Slack has trouble of its own (HTTP 503)',
  queuedAt: '2026-03-10T17:26:00Z',
};

describe('in words', () => {
  test('channels', () => {
    const off = {
      ...channel,
      name: 'mail',
      state: 'off' as const,
      off: { reason: 'the server knows no such name', at: channel.lastSentAt! },
    };
    const settings = {
      to: ['a@x.example', 'b@x.example'],
      headers: { 'X-Key': 'env:KEY', Other: null },
      port: 465,
      pasword: null,
    };
    expect(
      renderChannels([channel, { ...off, groups: [], waiting: 3, givenUp: 1, lastSentAt: null, settings }], view(110)),
    ).toBe(
      [
        'NAME  TYPE   GROUPS   WAITING         LAST SENT  STATE',
        'ops   slack  default  0               17:26 UTC  ✓ on',
        '                                                 url file:secrets/ops-url',
        'mail  slack  none     3 (1 given up)  -          ✗ off since 17:26 UTC: the server knows no such name',
        '                                                 to a@x.example, b@x.example',
        '                                                 headers X-Key=env:KEY, Other=(not shown)',
        '                                                 port 465',
        '                                                 pasword (not shown)',
        '',
      ].join('\n'),
    );
  });

  test('groups', () => {
    expect(groupLines(group, DEFAULT_EVENTS)).toEqual([
      'everything that is watched',
      'incidents: minor, major and critical',
      'maintenance, and a reminder 1 d and 1 h before it',
      'at most 30 messages an hour, the rest as one',
    ]);
    const quiet = {
      from: '22:00',
      to: '07:00',
      zone: 'Europe/Berlin',
      days: ['fri'],
      except: ['critical'],
      digest: true,
    };
    const other = {
      ...group,
      providers: ['stripe', 'ad*'],
      components: ['API'],
      kinds: ['maintenance'],
      events: ['maintenance.*'],
    };
    expect(groupLines({ ...other, reminders: [], quiet, perHour: null }, DEFAULT_EVENTS)).toEqual([
      'stripe and ad*: API',
      'maintenance',
      'only maintenance.*',
      'quiet from 22:00 to 07:00 Europe/Berlin on fri, but for critical; what was held back comes as one message',
    ]);
  });

  test('the log, and what is owed, on a terminal and in a pipe', () => {
    const held: LogEntry = {
      ...entry,
      outcome: 'held',
      group: 'pay',
      channel: null,
      why: 'muted until it is resolved',
    };
    expect(renderLog([entry, { ...entry, why: 'accepted' }, held], view(120))).toBe(
      [
        'WHEN       OUTCOME              WHERE      WHAT',
        '17:26 UTC  sent                 ops        Clerk: Late webhooks (incident.opened)',
        '17:26 UTC  sent, not confirmed  ops        Clerk: Late webhooks (incident.opened)',
        '17:26 UTC  held                 group pay  Clerk: Late webhooks (incident.opened)',
        '                                           muted until it is resolved',
        '',
      ].join('\n'),
    );
    expect(renderLog([entry], view(null))).toContain('2026-03-10T17:26:00Z  sent');
    expect(renderOwed([owed], view(80))).toContain('dlv_4Jm0Qx2v  ops      2      18:30 UTC  Clerk: Late webhooks');
    expect(renderOwed([owed], view(null))).toContain(owed.id);
  });

  test.each<[Partial<OwedJson>, string]>([
    [{ state: 'due', dueAt: null }, 'now'],
    [{ state: 'due' }, '18:30 UTC'],
    [{ state: 'held' }, 'held until 18:30 UTC'],
    [{ state: 'settling' }, 'at 18:30 UTC, if it still holds'],
    [{ state: 'given_up', dueAt: null }, 'given up'],
    [{ state: 'off', dueAt: null }, 'channel is off'],
  ])('%j is %s', (more, words) => {
    expect(renderOwed([{ ...owed, ...more }], view(120)).replace(/ +/g, ' ')).toContain(` 2 ${words} Clerk`);
  });
});

test('nothing of a long word is lost, whatever the width', () => {
  const title = 'x'.repeat(70);
  for (let columns = 40; columns <= 130; columns++) {
    const text = renderOwed([{ ...owed, title, error: null }], view(columns));
    expect(text.replace(/\s/g, ''), String(columns)).toContain(title);
  }
});

test('no line is too wide and none is more than text, whatever stands in it', () => {
  const hostile = fc.tuple(vendorText, vendorText, width, fc.constantFrom<0 | 1>(0, 1));
  fc.assert(
    fc.property(hostile, ([one, other, columns, colors]) => {
      const looked = view(columns, { colors });
      const off = { reason: other, at: channel.lastSentAt! };
      const settings = { [one]: other, list: [one, null], map: { [one]: other } };
      const texts = [
        renderChannels([{ ...channel, type: one, state: 'off', off, settings }], looked),
        renderGroups([{ ...group, providers: [one], components: [other] }], DEFAULT_EVENTS, looked),
        renderLog([{ ...entry, title: one, type: other, why: other, outcome: 'held' }], looked),
        renderOwed([{ ...owed, title: one, error: other }], looked),
        renderMutes([{ id: 'mut_1', what: one, until: '18:30 UTC' }], looked),
        renderJudged(
          [
            {
              ...{ group: 'pay', isTold: true, outcome: 'told', why: one },
              rules: [{ rule: 'providers', passes: false, why: other }],
              channels: [{ name: 'ops', note: one }],
            },
          ],
          looked,
        ),
      ];
      for (const text of texts) expectToFit(text, looked);
    }),
    { numRuns: 300 },
  );
});

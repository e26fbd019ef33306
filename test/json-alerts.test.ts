import { describe, expect, it } from 'vitest';
import { CHANNELS } from '../src/channels/index.ts';
import {
  channelsDocument,
  groupsDocument,
  logDocument,
  mutesDocument,
  outboxDocument,
  settingsToJson,
} from '../src/json-alerts.ts';
import { groupToJson, readRouting } from '../src/routing.ts';
import { lengthText, parseDuration } from '../src/time.ts';
import { type SchemaName, validate } from './schema.ts';

const AT = '2026-03-10T12:00:00.123Z';
const SECONDS = '2026-03-10T12:00:00Z';
const off = { reason: 'gone', at: SECONDS };
const channel = {
  ...{ name: 'ops', type: 'slack', groups: ['default'], waiting: 1, givenUp: 0, lastSentAt: null },
  settings: { url: 'env:X', to: ['a'], port: 1, loud: true, headers: { a: null }, more: null },
};
const routing = readRouting({
  channels: [{ name: 'ops', type: 'desktop' }],
  groups: [
    { name: 'default', channels: ['ops'] },
    { name: 'pay', channels: [], quiet: { from: '22:00', to: '07:00', zone: 'UTC', days: ['sun'] }, perHour: null },
  ],
});
const mute = {
  ...{ id: 'mut_1', page: 'https://x.example', provider: 'X', incident: null, component: null },
  ...{ until: AT, untilResolved: false, at: AT },
};
const entry = {
  ...{ at: AT, event: null, type: 'notice', title: 'pingoru', group: null, channel: 'ops' },
  ...{ outcome: 'given up' as const, why: 'gone' },
};
const owed = {
  ...{ id: 'dlv_1', channel: 'ops', page: 'https://x.example', title: 'X', attempts: 0, dueAt: null, error: null },
  ...{ events: [{ id: 'evt_1', type: 'incident.opened' }], state: 'due' as const, queuedAt: SECONDS },
};
const documents: [SchemaName, string, object][] = [
  [
    'channels',
    'channels',
    channelsDocument([
      { ...channel, state: 'off', off },
      { ...channel, state: 'on', off: null },
    ]),
  ],
  ['groups', 'groups', groupsDocument(routing.groups.map(groupToJson))],
  ['mutes', 'mutes', mutesDocument([mute, { ...mute, until: null }])],
  ['log', 'entries', logDocument([entry, { ...entry, channel: null, group: 'pay', outcome: 'held' }])],
  ['outbox', 'owed', outboxDocument([owed, { ...owed, dueAt: SECONDS, error: 'gone', state: 'retrying', events: [] }])],
];

describe.each(documents)('the schema of %s', (name, key, document) => {
  const items = (document as Record<string, object[]>)[key]!;
  const broken = (more: object) => ({ ...document, [key]: [{ ...items[0], ...more }] });

  it('takes what is printed, and fields of a later version', () => {
    expect(validate(name, document)).toEqual([]);
    expect(validate(name, { ...broken({ later: true }), more: 1 })).toEqual([]);
    expect(validate(name, { ...document, [key]: [] })).toEqual([]);
  });

  it('demands every field', () => {
    for (const field of Object.keys(items[0]!)) {
      const { [field as never]: _, ...rest } = items[0]!;
      expect(validate(name, { ...document, [key]: [rest] }), field).not.toEqual([]);
    }
    expect(validate(name, { schemaVersion: 1 })).not.toEqual([]);
    expect(validate(name, { ...document, schemaVersion: 2 })).not.toEqual([]);
  });

  it('refuses times with fractions and words it does not know', () => {
    for (const field of ['at', 'queuedAt', 'until', 'lastSentAt', 'dueAt'])
      if (field in items[0]!) expect(validate(name, broken({ [field]: AT })), field).not.toEqual([]);
    for (const field of ['state', 'outcome', 'severities', 'kinds'])
      if (field in items[0]!) expect(validate(name, broken({ [field]: ['odd'] })), field).not.toEqual([]);
  });
});

it('a channel that is on has no reason to be off', () => {
  const wrong = { schemaVersion: 1, channels: [{ ...channel, state: 'on', off }] };
  expect(validate('channels', wrong)).not.toEqual([]);
});

describe('the settings of a channel', () => {
  const webhook = CHANNELS.find(({ name }) => name === 'webhook');

  it('are shown with references for secrets, and never a secret itself', () => {
    const entry = {
      ...{ name: 'ops', type: 'webhook', url: 'env:HOOK', secret: 'whsec_canary', previousSecret: 'file:old' },
      ...{ headers: { Authorization: 'env:TOKEN', 'X-Key': 'canary' }, urll: 'https://canary.example' },
    };
    expect(settingsToJson(entry, webhook)).toEqual({
      ...{ url: 'env:HOOK', secret: null, previousSecret: 'file:old', urll: null },
      headers: { Authorization: 'env:TOKEN', 'X-Key': null },
    });
    expect(JSON.stringify(settingsToJson({ ...entry, type: 'gone' }, undefined))).not.toContain('env:');
  });

  it('are kept apart from what every object has', () => {
    const entry = JSON.parse('{"name":"ops","type":"webhook","__proto__":{"x":"canary"},"url":"env:X"}');
    expect(Object.entries(settingsToJson(entry, webhook))).toEqual([
      ['__proto__', null],
      ['url', 'env:X'],
    ]);
  });
});

describe('a group as JSON', () => {
  it('is one that config.json takes, and means the same', () => {
    for (const group of routing.groups) {
      const { quiet, ...json } = groupToJson(group);
      const written = { ...json, ...(quiet && { quiet: { ...quiet, days: quiet.days ?? undefined } }) };
      const again = readRouting({ channels: [...routing.channels], groups: [written] });
      expect(again.groups).toEqual([group]);
    }
  });

  it.each(['1d', '2h', '90m', '30s', '500ms', '36h'])('writes %s as it is read', (text) => {
    expect(lengthText(parseDuration(text)!)).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  detectDocument,
  eventFromJson,
  eventToJson,
  incidentFromJson,
  incidentsDocument,
  incidentToJson,
  listDocument,
  type ProviderStatus,
  providerIncidentsToJson,
  providerStatusToJson,
  providersDocument,
  providerToJson,
  showDocument,
  statusDocument,
  updateToJson,
} from '../src/json.ts';
import type { Component, EventType, Incident, Provider, StatusEvent, Update } from '../src/model.ts';
import { validate } from './schema.ts';

const provider: Provider = { id: 'acme', name: 'Acme', url: 'https://status.acme.test', platform: 'incident-io' };
const webhooks: Component = { id: 'c1', name: 'Webhooks', group: null, status: 'degraded_performance' };
const search: Component = { id: 'c2', name: 'Search', group: 'Services', status: 'operational' };

const opened: Update = {
  id: 'u1',
  status: 'investigating',
  at: new Date('2026-03-10T15:53:00.900Z'),
  body: 'Requests are slow.\nWe are looking into it.',
  components: [webhooks],
};

const incident: Incident = {
  id: 'i1',
  kind: 'incident',
  title: 'Slow requests',
  url: 'https://status.acme.test/incidents/i1',
  status: 'resolved',
  impact: 'minor',
  startedAt: new Date('2026-03-10T15:53:00.900Z'),
  resolvedAt: new Date('2026-03-10T17:26:00.100Z'),
  updatedAt: new Date('2026-03-10T17:26:00.100Z'),
  scheduledFor: null,
  scheduledUntil: null,
  components: [{ ...webhooks, status: 'operational', worstStatus: 'degraded_performance' }],
  updates: [opened],
};

const maintenance: Incident = {
  ...incident,
  id: 'm1',
  kind: 'maintenance',
  status: 'scheduled',
  impact: 'maintenance',
  startedAt: null,
  resolvedAt: null,
  scheduledFor: new Date('2026-04-01T02:00:00Z'),
  scheduledUntil: new Date('2026-04-01T04:00:00Z'),
  updates: [],
};

const event: StatusEvent = {
  id: 'e1',
  type: 'incident.opened',
  at: opened.at,
  detectedAt: new Date('2026-03-10T15:53:42.500Z'),
  initial: false,
  late: false,
  provider,
  incident,
  update: opened,
  component: null,
  error: null,
};

const checkedAt = new Date('2026-03-10T15:54:00Z');

const status: ProviderStatus = {
  provider,
  state: 'degraded',
  description: 'Some systems are slow',
  readAt: new Date('2026-03-10T15:53:59Z'),
  components: [webhooks, search],
  incidents: [incident],
  maintenances: [maintenance],
  error: null,
};

const unreadable: ProviderStatus = {
  ...status,
  state: 'unknown',
  description: '',
  readAt: null,
  components: [],
  incidents: [],
  maintenances: [],
  error: { code: 'timeout', message: 'no answer within 30 s' },
};

describe('incidentToJson', () => {
  it('writes the fields in the order of the contract, with times to the second', () => {
    expect(JSON.stringify(incidentToJson(incident), null, 1)).toMatchInlineSnapshot(`
      "{
       "id": "i1",
       "kind": "incident",
       "title": "Slow requests",
       "url": "https://status.acme.test/incidents/i1",
       "status": "resolved",
       "impact": "minor",
       "startedAt": "2026-03-10T15:53:00Z",
       "resolvedAt": "2026-03-10T17:26:00Z",
       "durationSeconds": 5580,
       "updatedAt": "2026-03-10T17:26:00Z",
       "scheduledFor": null,
       "scheduledUntil": null,
       "components": [
        {
         "id": "c1",
         "name": "Webhooks",
         "group": null,
         "status": "operational",
         "worstStatus": "degraded_performance"
        }
       ],
       "updates": [
        {
         "id": "u1",
         "status": "investigating",
         "at": "2026-03-10T15:53:00Z",
         "body": "Requests are slow.\\nWe are looking into it.",
         "components": [
          {
           "id": "c1",
           "name": "Webhooks",
           "group": null,
           "status": "degraded_performance"
          }
         ]
        }
       ]
      }"
    `);
  });

  it('has no duration while the incident is open, nor without a start', () => {
    expect(incidentToJson({ ...incident, resolvedAt: null }).durationSeconds).toBeNull();
    expect(incidentToJson({ ...incident, startedAt: null }).durationSeconds).toBeNull();
  });

  it('never has a negative duration', () => {
    expect(incidentToJson({ ...incident, resolvedAt: new Date(0) }).durationSeconds).toBe(0);
  });

  it('leaves out what is not of the contract', () => {
    const extra = { ...incident, secret: 1, components: [{ ...incident.components[0]!, secret: 2 }] };
    expect(JSON.stringify(incidentToJson(extra))).not.toContain('secret');
  });
});

describe('incidentFromJson', () => {
  it('reads back what was written, fractions of seconds aside', () => {
    const read = incidentFromJson(incidentToJson(incident));
    expect(read.startedAt).toEqual(new Date('2026-03-10T15:53:00Z'));
    expect(incidentToJson(read)).toEqual(incidentToJson(incident));
  });

  it('passes over fields that a later version added', () => {
    const later = { ...incidentToJson(incident), severity: 'SEV-2', durationSeconds: 5580 };
    expect(incidentFromJson(later)).toEqual(incidentFromJson(incidentToJson(incident)));
  });
});

describe('eventToJson', () => {
  it('says how late we were', () => {
    expect(eventToJson(event)).toMatchObject({
      schemaVersion: 1,
      at: '2026-03-10T15:53:00Z',
      detectedAt: '2026-03-10T15:53:42Z',
      lagSeconds: 42,
    });
  });

  it('is not early when the clock of the vendor is ahead of ours', () => {
    expect(eventToJson({ ...event, at: new Date('2026-03-10T16:00:00Z') }).lagSeconds).toBe(0);
  });

  it('writes the fields in the order of the contract', () => {
    expect(Object.keys(eventToJson(event)).join(' ')).toBe(
      'schemaVersion id type at detectedAt lagSeconds initial late provider incident update component error',
    );
    expect(Object.keys(providerToJson(provider)).join(' ')).toBe('id name url platform');
    expect(Object.keys(updateToJson(opened)).join(' ')).toBe('id status at body components');
  });

  it('carries the maintenance of a maintenance event as its incident', () => {
    const json = eventToJson({ ...event, type: 'maintenance.scheduled', incident: maintenance, update: null });
    expect(json.incident).toMatchObject({ kind: 'maintenance', scheduledFor: '2026-04-01T02:00:00Z' });
    expect(validate('event', json)).toEqual([]);
  });
});

describe('documents', () => {
  it('status: the state of all is the worst of each', () => {
    const document = statusDocument({ checkedAt, providers: [status, unreadable].map(providerStatusToJson) });
    expect(document.state).toBe('unknown');
    expect(document.providers.map((one) => one.state)).toEqual(['degraded', 'unknown']);
    expect(document.providers[0]!.components).toHaveLength(2);
    expect(document.providers[1]).toMatchObject({ readAt: null, error: { code: 'timeout' } });
    expect(validate('status', document)).toEqual([]);
  });

  it('status: a page read from its looks says so, any other says nothing of it', () => {
    const guessed = providerStatusToJson({ ...status, confidence: 'low' });
    expect(guessed.confidence).toBe('low');
    expect(providerStatusToJson(status)).not.toHaveProperty('confidence');
    expect(validate('status', statusDocument({ checkedAt, providers: [guessed] }))).toEqual([]);
  });

  it('status: nothing asked is nothing known', () => {
    const document = statusDocument({ checkedAt, providers: [] });
    expect(document).toEqual({
      schemaVersion: 1,
      checkedAt: '2026-03-10T15:54:00Z',
      state: 'unknown',
      providers: [],
    });
    expect(validate('status', document)).toEqual([]);
  });

  it('incidents: newest first, planned ones by their plan', () => {
    const older = { ...incident, id: 'i0', startedAt: new Date('2026-01-01T00:00:00Z') };
    const listed = providerIncidentsToJson({ provider, incidents: [older, incident, maintenance], error: null });
    expect(listed.incidents.map((one) => one.id)).toEqual(['m1', 'i1', 'i0']);
    expect(validate('incidents', incidentsDocument({ checkedAt, providers: [listed] }))).toEqual([]);
  });

  it('incidents: a page that could not be read says why', () => {
    const failed = providerIncidentsToJson({ provider, incidents: [], error: unreadable.error });
    const document = incidentsDocument({ checkedAt, providers: [failed] });
    expect(document.providers[0]!.error).toEqual({ code: 'timeout', message: 'no answer within 30 s' });
    expect(validate('incidents', document)).toEqual([]);
  });

  it('show: one incident, its sentence, and when we first saw it', () => {
    const document = showDocument({
      provider,
      incident,
      summary: 'Acme had a minor incident.',
      firstSeenAt: checkedAt,
    });
    expect(document).toMatchObject({ schemaVersion: 1, firstSeenAt: '2026-03-10T15:54:00Z', incident: { id: 'i1' } });
    expect(validate('show', document)).toEqual([]);
    expect(validate('show', { ...document, firstSeenAt: null })).toEqual([]);
  });

  it('providers: five fields each, a domain or null', () => {
    const rows = [
      { ...provider, domain: 'acme.test', aliases: ['a'] },
      { ...provider, platform: null, domain: null, aliases: [] },
    ];
    const document = providersDocument(rows);
    expect(document.providers[0]).toEqual({ ...provider, domain: 'acme.test' });
    expect(validate('providers', document)).toEqual([]);
  });

  it('detect: the platform, the proof and what can be read', () => {
    const document = detectDocument({
      url: 'https://status.acme.test',
      platform: 'incident-io',
      title: 'incident.io',
      proof: 'the page itself shows it',
      document: false,
      endpoints: ['proxy/status.acme.test'],
      lists: 'recent',
      reads: { components: 12, incidents: 3, maintenances: 0, updates: 9 },
      redirects: ['https://acme.test/status', 'https://status.acme.test'],
    });
    expect(validate('detect', document)).toEqual([]);
    expect(validate('detect', { ...document, reads: null, redirects: [] })).toEqual([]);
  });

  it('list: the watch list as it is kept', () => {
    const document = listDocument([
      { name: null, url: provider.url, platform: null, provider: 'acme' },
      { name: 'mine', url: 'http://127.0.0.1:8080', platform: 'statuspage', provider: null },
    ]);
    expect(document.watch).toHaveLength(2);
    expect(validate('list', document)).toEqual([]);
  });
});

const time = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const text = fc.string({ unit: 'grapheme' });
const id = fc.string({ unit: 'grapheme', minLength: 1 });
const componentStatus = fc.constantFrom(
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
  'unknown',
);
const phase = fc.constantFrom('investigating', 'monitoring', 'resolved', 'scheduled', 'cancelled', 'unknown');
const component = fc.record({ id, name: text, group: maybe(text), status: componentStatus });
const update = fc.record({
  id,
  status: phase,
  at: time,
  body: text,
  components: fc.array(component, { maxLength: 3 }),
});

const incidents: fc.Arbitrary<Incident> = fc.record({
  id,
  kind: fc.constantFrom('incident', 'maintenance'),
  title: text,
  url: fc.webUrl(),
  status: phase,
  impact: fc.constantFrom('none', 'minor', 'major', 'critical', 'maintenance', 'unknown'),
  startedAt: maybe(time),
  resolvedAt: maybe(time),
  updatedAt: maybe(time),
  scheduledFor: maybe(time),
  scheduledUntil: maybe(time),
  components: fc.array(
    fc.record({ id, name: text, group: maybe(text), status: componentStatus, worstStatus: componentStatus }),
    { maxLength: 3 },
  ),
  updates: fc.array(update, { maxLength: 3 }),
});

const base = {
  id,
  at: time,
  detectedAt: time,
  initial: fc.boolean(),
  late: fc.boolean(),
  provider: fc.record({
    id,
    name: id,
    url: fc.webUrl(),
    platform: maybe(fc.constantFrom('statuspage', 'incident-io')),
  }),
};
const none = fc.constant(null);
const type = (...types: EventType[]) => fc.constantFrom(...types);

const events: fc.Arbitrary<StatusEvent> = fc.oneof(
  incidents.chain((one) =>
    fc.record({
      ...base,
      type: one.kind === 'incident' ? type('incident.opened', 'incident.edited') : type('maintenance.started'),
      incident: fc.constant(one),
      update: maybe(update),
      component: none,
      error: none,
    }),
  ),
  fc.record({
    ...base,
    type: type('component.changed'),
    incident: none,
    update: none,
    component: fc.record({ id, name: text, group: maybe(text), from: componentStatus, to: componentStatus }),
    error: none,
  }),
  fc.record({
    ...base,
    type: type('provider.unreadable'),
    incident: none,
    update: none,
    component: none,
    error: fc.record({ code: fc.constantFrom('timeout', 'rate_limited'), message: id }),
  }),
);

describe('every event', () => {
  it('is valid by its schema', () => {
    fc.assert(
      fc.property(events, (one) => {
        expect(validate('event', eventToJson(one))).toEqual([]);
      }),
    );
  });

  it('comes back from its line of JSON as it went', () => {
    fc.assert(
      fc.property(events, (one) => {
        const line = JSON.stringify(eventToJson(one));
        expect(JSON.stringify(eventToJson(eventFromJson(JSON.parse(line))))).toBe(line);
      }),
    );
  });

  it('loses nothing but the fractions of its seconds', () => {
    const whole = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(events, whole, (one, moment) => {
        const second = new Date(Math.floor(moment.getTime() / 1000) * 1000);
        const read = eventFromJson(eventToJson({ ...one, at: second, detectedAt: second }));
        expect({ ...read, incident: null, update: null }).toEqual({
          ...one,
          at: second,
          detectedAt: second,
          incident: null,
          update: null,
        });
        expect(read.update?.body).toBe(one.update?.body);
        expect(read.incident?.updates.map((post) => post.id)).toEqual(one.incident?.updates.map((post) => post.id));
      }),
    );
  });
});

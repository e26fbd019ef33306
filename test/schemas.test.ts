import { describe, expect, it } from 'vitest';
import { eventToJson, incidentToJson, listDocument, providersDocument, statusDocument } from '../src/json.ts';
import type {
  ComponentStatus,
  EventType,
  Impact,
  Incident,
  Kind,
  PageState,
  Phase,
  StatusEvent,
} from '../src/model.ts';
import { readSchema, validate } from './schema.ts';

const incident: Incident = {
  id: 'i1',
  kind: 'incident',
  title: 'Slow requests',
  url: 'https://status.acme.test/incidents/i1',
  status: 'investigating',
  impact: 'minor',
  startedAt: new Date('2026-03-10T15:53:00Z'),
  resolvedAt: null,
  updatedAt: null,
  scheduledFor: null,
  scheduledUntil: null,
  components: [{ id: 'c1', name: 'API', group: null, status: 'operational', worstStatus: 'operational' }],
  updates: [{ id: 'u1', status: 'investigating', at: new Date('2026-03-10T15:53:00Z'), body: '', components: [] }],
};

const event: StatusEvent = {
  id: 'e1',
  type: 'incident.opened',
  at: new Date('2026-03-10T15:53:00Z'),
  detectedAt: new Date('2026-03-10T15:54:00Z'),
  initial: false,
  late: false,
  provider: { id: 'acme', name: 'Acme', url: 'https://status.acme.test', platform: null },
  incident,
  update: incident.updates[0]!,
  component: null,
  error: null,
};

const good = eventToJson(event);
const change = { id: 'c1', name: 'API', group: null, from: 'operational', to: 'major_outage' } as const;
const failure = { code: 'timeout', message: 'no answer' };

/** The definitions of the model's schema that list words. */
const words = (name: string) => {
  const model = readSchema('model') as { $defs: Record<string, { enum: string[] }> };
  return [...model.$defs[name]!.enum].sort();
};
const keys = (record: Record<string, true>) => Object.keys(record).sort();

describe('the words of the schemas are those of the model', () => {
  it('component statuses', () => {
    const all = {
      operational: true,
      degraded_performance: true,
      partial_outage: true,
      major_outage: true,
      under_maintenance: true,
      unknown: true,
    } satisfies Record<ComponentStatus, true>;
    expect(words('componentStatus')).toEqual(keys(all));
  });

  it('page states', () => {
    const all = {
      operational: true,
      maintenance: true,
      degraded: true,
      partial_outage: true,
      major_outage: true,
      unknown: true,
    } satisfies Record<PageState, true>;
    expect(words('state')).toEqual(keys(all));
  });

  it('phases', () => {
    const all = {
      investigating: true,
      identified: true,
      monitoring: true,
      resolved: true,
      postmortem: true,
      scheduled: true,
      in_progress: true,
      verifying: true,
      completed: true,
      cancelled: true,
      unknown: true,
    } satisfies Record<Phase, true>;
    expect(words('phase')).toEqual(keys(all));
  });

  it('impacts and kinds', () => {
    const impacts = {
      none: true,
      minor: true,
      major: true,
      critical: true,
      maintenance: true,
      unknown: true,
    } satisfies Record<Impact, true>;
    expect(words('impact')).toEqual(keys(impacts));
    expect(words('kind')).toEqual(keys({ incident: true, maintenance: true } satisfies Record<Kind, true>));
  });

  it('event types', () => {
    const all = {
      'incident.opened': true,
      'incident.updated': true,
      'incident.resolved': true,
      'incident.reopened': true,
      'incident.edited': true,
      'incident.withdrawn': true,
      'maintenance.scheduled': true,
      'maintenance.reminder': true,
      'maintenance.started': true,
      'maintenance.updated': true,
      'maintenance.completed': true,
      'maintenance.cancelled': true,
      'maintenance.edited': true,
      'maintenance.withdrawn': true,
      'component.changed': true,
      'provider.unreadable': true,
      'provider.readable': true,
      'provider.moved': true,
    } satisfies Record<EventType, true>;
    const schema = readSchema('event') as { properties: { type: { enum: string[] } } };
    expect([...schema.properties.type.enum].sort()).toEqual(keys(all));
  });
});

describe('the event schema', () => {
  it('takes a good event, and one with fields of a later version', () => {
    expect(validate('event', good)).toEqual([]);
    expect(validate('event', { ...good, confidence: 'low', provider: { ...good.provider, region: 'eu' } })).toEqual([]);
  });

  it.each(Object.keys(good))('demands %s', (field) => {
    const { [field as 'id']: _, ...rest } = good;
    expect(validate('event', rest)).not.toEqual([]);
  });

  it.each([
    ['a version it does not know', { schemaVersion: 2 }],
    ['an empty id', { id: '' }],
    ['a type it does not know', { type: 'incident.exploded' }],
    ['a time with fractions', { at: '2026-03-10T15:53:00.000Z' }],
    ['a time of another zone', { at: '2026-03-10T15:53:00+01:00' }],
    ['a negative lag', { lagSeconds: -1 }],
    ['a lag in fractions', { lagSeconds: 0.5 }],
    ['a list that is null', { incident: { ...good.incident, updates: null } }],
    [
      'a component status it does not know',
      { update: { ...good.update, components: [{ ...change, status: 'green' }] } },
    ],
    ['an incident event without an incident', { incident: null }],
    ['an incident event about a maintenance', { incident: { ...good.incident, kind: 'maintenance' } }],
    ['a maintenance event about an incident', { type: 'maintenance.started' }],
    ['a withdrawal with an update', { type: 'incident.withdrawn' }],
    ['a component change without the component', { type: 'component.changed', incident: null, update: null }],
    ['a component where none changed', { component: change }],
    ['an error where nothing failed', { error: failure }],
    ['an unreadable page without the reason', { type: 'provider.unreadable', incident: null, update: null }],
    ['an update of a page', { type: 'provider.readable', incident: null }],
    ['a page without an address', { provider: { ...good.provider, url: 'status.acme.test' } }],
  ])('refuses %s', (_, broken) => {
    expect(validate('event', { ...good, ...broken })).not.toEqual([]);
  });

  it.each([
    ['incident.withdrawn', { update: null }],
    ['component.changed', { incident: null, update: null, component: change }],
    ['provider.unreadable', { incident: null, update: null, error: failure }],
    ['provider.readable', { incident: null, update: null }],
    ['provider.moved', { incident: null, update: null }],
  ])('takes a good %s', (type, rest) => {
    expect(validate('event', { ...good, type, ...rest })).toEqual([]);
  });
});

describe('the document schemas', () => {
  const document = statusDocument({
    checkedAt: new Date('2026-03-10T15:54:00Z'),
    providers: [
      {
        provider: good.provider,
        state: 'degraded',
        description: '',
        readAt: null,
        components: [],
        incidents: [incidentToJson(incident)],
        maintenances: [],
        error: null,
      },
    ],
  });

  it('status: an error goes with an unknown state, and no other', () => {
    const failed = { ...document.providers[0], error: failure };
    expect(validate('status', { ...document, providers: [{ ...failed, state: 'unknown' }] })).toEqual([]);
    expect(validate('status', { ...document, providers: [failed] })).not.toEqual([]);
  });

  it.each(Object.keys(incidentToJson(incident)))('demand %s of an incident', (field) => {
    const { [field as 'id']: _, ...rest } = incidentToJson(incident);
    const broken = { ...document, providers: [{ ...document.providers[0], incidents: [rest] }] };
    expect(validate('status', broken)).not.toEqual([]);
  });

  it('refuse a component that does not say its worst', () => {
    const [first] = incident.components;
    const { worstStatus: _, ...component } = first!;
    const broken = { ...incidentToJson(incident), components: [component] };
    expect(
      validate('show', {
        schemaVersion: 1,
        provider: good.provider,
        summary: 's',
        firstSeenAt: null,
        incident: broken,
      }),
    ).toContain("/incident/components/0 must have required property 'worstStatus'");
  });

  it('refuse what belongs to another document', () => {
    for (const name of ['show', 'providers', 'provider-count', 'detect', 'list', 'event'] as const)
      expect(validate(name, document)).not.toEqual([]);
    expect(validate('status', providersDocument([]))).not.toEqual([]);
    expect(validate('providers', listDocument([]))).not.toEqual([]);
  });
});

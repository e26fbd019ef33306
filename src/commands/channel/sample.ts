/** What `channel test` sends: an event like a vendor's, of nobody's page. Pure. */
import type { Delivery } from '../../channel.ts';
import { deliveryId } from '../../dispatch.ts';
import { fingerprint } from '../../fingerprint.ts';
import { messageOf } from '../../message.ts';
import type { AffectedComponent, Incident, Phase, Provider, StatusEvent, Update } from '../../model.ts';
import { buildIncident } from '../../normalize.ts';
import { storyKey } from '../../route/story.ts';

export type Sample = 'opened' | 'resolved' | 'maintenance';

/** A domain that is nobody's (https://www.rfc-editor.org/rfc/rfc2606). */
const PAGE = 'https://example.com/';
const PROVIDER: Provider = { id: 'pingoru-test', name: 'pingoru', url: PAGE, platform: null };
const TITLE = 'a test, nothing is wrong';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `zone` is that of the times in it. Each has an id of its own: no receiver takes it for a repeat. */
export function sampleDelivery(channel: string, sample: Sample, now: Date, zone: string): Delivery {
  const event = sampleEvent(channel, sample, now);
  const message = messageOf(event, zone);
  return {
    id: deliveryId(channel, [event.id]),
    message,
    events: [event],
    story: { key: storyKey(PAGE, event), title: message.title, told: 0, memory: {} },
    plain: false,
  };
}

function sampleEvent(channel: string, sample: Sample, now: Date): StatusEvent {
  const incident = sample === 'maintenance' ? maintenance(channel, now) : outage(channel, sample, now);
  const update = incident.updates.at(-1)!;
  const type = (
    { opened: 'incident.opened', resolved: 'incident.resolved', maintenance: 'maintenance.scheduled' } as const
  )[sample];
  return {
    id: `evt_${fingerprint(`test ${channel} ${sample} ${now.toISOString()}`, 24)}`,
    type,
    at: update.at,
    detectedAt: now,
    initial: false,
    late: false,
    provider: PROVIDER,
    incident,
    update,
    component: null,
    error: null,
  };
}

function outage(channel: string, sample: 'opened' | 'resolved', now: Date): Incident {
  const isOver = sample === 'resolved';
  const opened = post(
    'investigating',
    `This is how a new incident looks here. ${origin(channel)}`,
    now,
    isOver ? 12 : 1,
    [{ ...COMPONENT, status: 'degraded_performance' }],
  );
  const resolved = post('resolved', `This is how the end of an incident looks here. ${origin(channel)}`, now, 1, [
    { ...COMPONENT, status: 'operational' },
  ]);
  return incident('incident', isOver ? [opened, resolved] : [opened]);
}

function maintenance(channel: string, now: Date): Incident {
  const body = `This is how planned maintenance looks here. ${origin(channel)}`;
  const begins = new Date(Math.ceil(now.getTime() / HOUR_MS + 24) * HOUR_MS);
  return {
    ...incident('maintenance', [post('scheduled', body, now, 1, [{ ...COMPONENT, status: 'operational' }])]),
    scheduledFor: begins,
    scheduledUntil: new Date(begins.getTime() + 2 * HOUR_MS),
  };
}

function origin(channel: string): string {
  return `It was sent by hand, with: pingoru channel test ${channel}`;
}

const COMPONENT = { id: 'example', name: 'Example component', group: null };

function post(status: Phase, body: string, now: Date, minutesAgo: number, components: Update['components']): Update {
  return { id: `${status}-test`, status, body, at: new Date(now.getTime() - minutesAgo * MINUTE_MS), components };
}

function incident(kind: Incident['kind'], updates: readonly Update[]): Incident {
  const components: AffectedComponent[] = [];
  const impact = kind === 'maintenance' ? 'maintenance' : 'minor';
  return buildIncident({
    ...{ id: 'test', kind, title: TITLE, url: PAGE, status: null, impact, components, updates },
    startedAt: null,
    resolvedAt: null,
  });
}

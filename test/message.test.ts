import { describe, expect, test } from 'vitest';
import { messageOf } from '../src/message.ts';
import type { EventType, StatusEvent } from '../src/model.ts';
import { clerkIncident, ESCAPES, eventOf, maintenance } from './incidents.ts';

const component = { id: 'w', name: 'Webhooks', group: null, from: 'degraded_performance', to: 'operational' } as const;
const error = { code: 'timeout', message: 'no answer within 30 s' };

// Every type, so that a new one cannot be forgotten.
const EVENTS: Record<EventType, StatusEvent> = {
  'incident.opened': eventOf('incident.opened', clerkIncident(1)),
  'incident.updated': eventOf('incident.updated', clerkIncident(4)),
  'incident.resolved': eventOf('incident.resolved', clerkIncident()),
  'incident.reopened': eventOf('incident.reopened', clerkIncident(3)),
  'incident.edited': eventOf('incident.edited', clerkIncident(3)),
  'incident.withdrawn': eventOf('incident.withdrawn', clerkIncident(3), { update: null }),
  'maintenance.scheduled': eventOf('maintenance.scheduled', maintenance('scheduled')),
  'maintenance.reminder': eventOf('maintenance.reminder', maintenance('scheduled'), {
    update: null,
    detectedAt: new Date('2026-03-12T09:00:00Z'),
  }),
  'maintenance.started': eventOf('maintenance.started', maintenance('in_progress')),
  'maintenance.updated': eventOf('maintenance.updated', maintenance('verifying')),
  'maintenance.completed': eventOf('maintenance.completed', maintenance('completed')),
  'maintenance.cancelled': eventOf('maintenance.cancelled', maintenance('cancelled')),
  'maintenance.edited': eventOf('maintenance.edited', maintenance('scheduled')),
  'maintenance.withdrawn': eventOf('maintenance.withdrawn', maintenance('scheduled'), { update: null }),
  'component.changed': eventOf('component.changed', null, { component }),
  'provider.unreadable': eventOf('provider.unreadable', null, { error }),
  'provider.readable': eventOf('provider.readable', null),
  'provider.moved': eventOf('provider.moved', null),
};

test('every type of event has its sentence', () => {
  const lines = Object.values(EVENTS).map((event) => messageOf(event).line);
  expect(lines).toMatchInlineSnapshot(`
    [
      "Clerk reports a new minor incident, "Increased latency & 500 Errors on FAPI/BAPI": investigating.",
      "Clerk posted an update on "Increased latency & 500 Errors on FAPI/BAPI": monitoring.",
      "Clerk resolved "Increased latency & 500 Errors on FAPI/BAPI" after 1 h 33 m.",
      "Clerk reopened "Increased latency & 500 Errors on FAPI/BAPI": investigating.",
      "Clerk reworded a post on "Increased latency & 500 Errors on FAPI/BAPI".",
      "Clerk no longer lists "Increased latency & 500 Errors on FAPI/BAPI", without having closed it.",
      "Clerk plans maintenance, "Database upgrade": 12 March 2026, 10:00 to 12:00 UTC.",
      "Clerk begins maintenance in 1 h, "Database upgrade": 12 March 2026, 10:00 to 12:00 UTC.",
      "Clerk started maintenance, "Database upgrade": 12 March 2026, 10:00 to 12:00 UTC.",
      "Clerk posted an update on "Database upgrade": verifying.",
      "Clerk completed maintenance, "Database upgrade" after 2 h 5 m.",
      "Clerk cancelled maintenance, "Database upgrade".",
      "Clerk reworded a post on "Database upgrade".",
      "Clerk no longer lists "Database upgrade", without having closed it.",
      "Clerk changed Webhooks from degraded performance to operational.",
      "Clerk has a status page that cannot be read: no answer within 30 s.",
      "Clerk has a status page that can be read again.",
      "Clerk has moved its status page: https://status.clerk.com/, served by incident-io.",
    ]
  `);
});

describe('a message', () => {
  test('holds what a channel needs to show an update', () => {
    expect(messageOf(EVENTS['incident.updated'])).toMatchInlineSnapshot(`
      {
        "body": "Everything works again.

      We keep an eye on it.",
        "changes": [
          {
            "label": "Webhooks",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "B2B SaaS",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "Email delivery",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "SMS delivery",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "User and authentication",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "Billing",
            "severity": "good",
            "status": "degraded performance → operational",
          },
          {
            "label": "Session management",
            "severity": "good",
            "status": "degraded performance → operational",
          },
        ],
        "components": [
          {
            "label": "Machine authentication",
            "severity": "minor",
            "status": "degraded performance",
          },
          {
            "label": "Webhooks",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "B2B SaaS",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "Email delivery",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "SMS delivery",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "User and authentication",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "Billing",
            "severity": "good",
            "status": "operational",
          },
          {
            "label": "Session management",
            "severity": "good",
            "status": "operational",
          },
        ],
        "facts": [
          {
            "label": "Status",
            "value": "monitoring",
          },
          {
            "label": "Impact",
            "value": "minor",
          },
          {
            "label": "Started",
            "value": "10 March 2026 15:53 UTC",
          },
          {
            "label": "So far",
            "value": "41 m",
          },
          {
            "label": "Affected",
            "value": "Machine authentication, Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing and Session management",
          },
        ],
        "items": [],
        "line": "Clerk posted an update on "Increased latency & 500 Errors on FAPI/BAPI": monitoring.",
        "provider": "Clerk",
        "severity": "minor",
        "title": "Clerk: Increased latency & 500 Errors on FAPI/BAPI",
        "url": "https://status.clerk.com/incidents/01KK",
      }
    `);
  });

  test('has the same title for all of one incident', () => {
    const titles = ['incident.opened', 'incident.updated', 'incident.resolved'] as const;
    expect(new Set(titles.map((type) => messageOf(EVENTS[type]).title)).size).toBe(1);
  });

  test('says of a first sight that it is none of today', () => {
    expect(messageOf(eventOf('incident.opened', clerkIncident(3), { initial: true })).line).toBe(
      'Clerk has an open minor incident, "Increased latency & 500 Errors on FAPI/BAPI": investigating.',
    );
  });

  test('calls a late post after the end a postmortem when it is one', () => {
    const incident = { ...clerkIncident(), status: 'postmortem' as const };
    const update = { ...incident.updates.at(-1)!, status: 'postmortem' as const };
    expect(messageOf(eventOf('incident.updated', incident, { update })).line).toMatch(
      /^Clerk published a postmortem of/,
    );
  });

  test('tells its times in the zone it is given, UTC by default', () => {
    const started = (zone?: string) =>
      messageOf(EVENTS['incident.resolved'], zone).facts.find((fact) => fact.label === 'Started');
    expect(started()?.value).toBe('10 March 2026 15:53 UTC');
    expect(started('Asia/Kolkata')?.value).toBe('10 March 2026 21:23 UTC+5:30');
  });

  test('trusts no address but http and https, and falls back to the page', () => {
    const incident = { ...clerkIncident(1), url: 'javascript:alert(1)' };
    expect(messageOf(eventOf('incident.opened', incident)).url).toBe('https://status.clerk.com/');
    const provider = { id: 'x', name: 'X', url: 'file:///x', platform: null };
    expect(messageOf(eventOf('incident.opened', incident, { provider })).url).toBeNull();
  });

  test('is clean in all its parts whatever the vendor wrote', () => {
    for (const payload of ESCAPES) {
      const incident = clerkIncident(1);
      const hostile = `x${payload}y`;
      incident.title = hostile;
      incident.components = incident.components.map((one) => ({ ...one, name: hostile, group: hostile }));
      incident.updates = incident.updates.map((one) => ({ ...one, body: hostile, components: incident.components }));
      const provider = { id: hostile, name: hostile, url: `https://example.com/${payload}`, platform: hostile };
      const event = eventOf('incident.opened', incident, { provider, error: { code: hostile, message: hostile } });
      for (const type of Object.keys(EVENTS) as EventType[]) {
        const { body, ...rest } = messageOf({ ...event, type });
        expect(body).toMatch(/^[^\p{Cc}\p{Cs}]*(?:\n[^\p{Cc}\p{Cs}]*)*$/u);
        expect(
          Object.values(rest)
            .flat()
            .map((part) => JSON.stringify(part))
            .join(''),
        ).not.toMatch(/\\[nrtbfu]/);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventType, Incident } from '../../src/model.ts';
import { type Pulse, renderEvent, renderEventPlain, renderHeader, renderLiveLine } from '../../src/render/terminal.ts';
import { clerk, clerkIncident, clerkIo, clerkIoIncident, eventOf, maintenance } from '../incidents.ts';
import { expectToFit, NOW, vendorText, view, width } from './views.ts';

const component = { id: 'w', name: 'Webhooks', group: 'Core', from: 'operational', to: 'partial_outage' } as const;
const error = { code: 'timeout', message: 'no answer within 30 s' };

describe('an event on a terminal', () => {
  test('is a block: when, who, what, the components that changed, the post, the link', () => {
    expect(
      renderEvent(eventOf('incident.opened', clerkIncident(1)), view(80, { zone: 'Europe/Berlin' })),
    ).toMatchInlineSnapshot(`
      "16:53 UTC+1  Clerk  ▲ new minor incident, investigating  (seen 42 s later)
        Increased latency & 500 Errors on FAPI/BAPI
        degraded performance: Machine authentication, Webhooks, B2B SaaS, Email
          delivery, SMS delivery, User and authentication, Billing, Session management
        Requests take longer than usual. We are looking into it.
        https://status.clerk.com/incidents/01KK

      "
    `);
  });

  test('keeps the paragraphs of a post, and wraps it to the width', () => {
    expect(renderEvent(eventOf('incident.updated', clerkIncident(4)), view(50))).toMatchInlineSnapshot(`
      "16:34 UTC  Clerk  ▲ minor incident, monitoring
        (seen 42 s later)
        Increased latency & 500 Errors on FAPI/BAPI
        degraded performance -> operational: Webhooks,
          B2B SaaS, Email delivery, SMS delivery, User
          and authentication, Billing, Session
          management
        Everything works again.

        We keep an eye on it.
        https://status.clerk.com/incidents/01KK

      "
    `);
  });

  test('says after what time an incident was resolved', () => {
    expect(renderEvent(eventOf('incident.resolved', clerkIncident()), view(80))).toMatchInlineSnapshot(`
      "17:26 UTC  Clerk  ✓ minor incident resolved after 1 h 33 m  (seen 42 s later)
        Increased latency & 500 Errors on FAPI/BAPI
        This is over. A post-mortem will follow.
        https://status.clerk.com/incidents/01KK

      "
    `);
  });

  test('says in words that it was so at first sight, and names what is affected', () => {
    const closed = clerkIoIncident();
    const open: Incident = {
      ...closed,
      status: 'investigating',
      resolvedAt: null,
      updates: closed.updates.slice(0, 1),
    };
    const event = eventOf('incident.opened', open, { initial: true, provider: clerkIo });
    expect(renderEvent(event, view(100))).toMatchInlineSnapshot(`
      "29 Aug 2025 08:01 UTC  Clerk.io  ▲ minor incident, investigating  (already so at first sight)
        Search and Recommendations ...
        affects: API (api.clerk.io), Services (Search), Services (Recommendations)
        An update of dependencies went wrong.
        https://status.clerk.io/incident/77

      "
    `);
  });

  test('says in words that it was posted late', () => {
    expect(renderEvent(eventOf('incident.updated', clerkIncident(3), { late: true }), view(120))).toContain(
      '(posted late, dated before a post already told; seen 42 s later)',
    );
  });

  test('is one line for a component, a page, and a block without a post for what has none', () => {
    const events = [
      eventOf('component.changed', null, { component }),
      eventOf('provider.unreadable', null, { error }),
      eventOf('provider.readable', null),
      eventOf('provider.moved', null),
      eventOf('incident.withdrawn', clerkIncident(3), { update: null }),
    ];
    expect(events.map((event) => renderEvent(event, view(100))).join('')).toMatchInlineSnapshot(`
      "16:00 UTC  Clerk  ✗ Core (Webhooks): operational -> partial outage  (seen 42 s later)
      16:00 UTC  Clerk  ? page cannot be read: no answer within 30 s
      16:00 UTC  Clerk  · page can be read again
      16:00 UTC  Clerk  · page moved: https://status.clerk.com/ (incident-io)
      16:24 UTC  Clerk  · minor incident no longer listed by the vendor  (seen 42 s later)
        Increased latency & 500 Errors on FAPI/BAPI
        https://status.clerk.com/incidents/01KK

      "
    `);
  });

  test('of maintenance names the plan', () => {
    const events = [
      eventOf('maintenance.scheduled', maintenance('scheduled')),
      eventOf('maintenance.started', maintenance('in_progress')),
      eventOf('maintenance.completed', maintenance('completed')),
    ];
    const headlines = events.map((event) => renderEvent(event, view(120)).split('\n')[0]);
    expect(headlines).toMatchInlineSnapshot(`
      [
        "09:00 UTC  Clerk  ◇ maintenance scheduled for 12 March 2026, 10:00 to 12:00 UTC  (seen 42 s later)",
        "12 Mar 10:01 UTC  Clerk  ◇ maintenance started, planned until 12:00 UTC  (seen 42 s later)",
        "12 Mar 12:05 UTC  Clerk  ✓ maintenance completed after 2 h 5 m  (seen 42 s later)",
      ]
    `);
  });

  test('means the same with and without colours', () => {
    const event = eventOf('incident.opened', clerkIncident(1));
    const colored = renderEvent(event, view(80, { colors: 1 }));
    expect(colored).toContain('\x1B[33m');
    expect(colored.replace(/\x1B\[\d+m/g, '')).toBe(renderEvent(event, view(80)));
  });
});

describe('an event in a pipe', () => {
  test('is a line that greps, and lines that belong to it', () => {
    const events = [eventOf('incident.updated', clerkIncident(4)), eventOf('provider.unreadable', null, { error })];
    expect(
      events.map((event) => renderEventPlain(event, view(null, { zone: 'Europe/Berlin' }))).join(''),
    ).toMatchInlineSnapshot(`
      "2026-03-10T17:34:00+01:00  Clerk  incident.updated  minor incident, monitoring  Increased latency & 500 Errors on FAPI/BAPI  (seen 42 s later)
          degraded performance -> operational: Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing, Session management
          Everything works again.
          We keep an eye on it.
          https://status.clerk.com/incidents/01KK
      2026-03-10T17:00:00+01:00  Clerk  provider.unreadable  page cannot be read: no answer within 30 s
      "
    `);
  });
});

describe('a header', () => {
  const header = {
    provider: clerk,
    platform: 'incident.io',
    state: 'degraded',
    error: null,
    open: [],
    recordedBy: null,
  } as const;

  test('names the page, its platform and its state, and counts what is open', () => {
    const open = [
      clerkIncident(3),
      maintenance('scheduled'),
      maintenance('in_progress'),
      { ...maintenance('scheduled'), id: 'n' },
    ];
    expect(renderHeader({ ...header, open }, view(200))).toBe(
      'Clerk  https://status.clerk.com  (incident.io)  ▲ degraded · 1 open incident · 1 maintenance in progress · 2 maintenances planned\n',
    );
  });

  test('says which process records it', () => {
    expect(renderHeader({ ...header, recordedBy: 1234 }, view(80))).toBe(
      'Clerk  https://status.clerk.com  (incident.io)  ▲ degraded\n  also watched by process 1234, which records it\n',
    );
  });

  test('says why a page is unknown, and nothing of a state before the first read', () => {
    expect(renderHeader({ ...header, state: 'unknown', error }, view(200))).toContain(
      '? unknown: no answer within 30 s',
    );
    expect(renderHeader({ ...header, state: null }, view(200))).toBe(
      'Clerk  https://status.clerk.com  (incident.io)\n',
    );
  });
});

describe('the last line', () => {
  const pulse: Pulse = {
    pages: 2,
    unreadable: 0,
    lastReadAt: new Date('2026-03-10T14:02:31Z'),
    nextAt: new Date(NOW.getTime() + 41_000),
  };
  const line = (more: Partial<Pulse>, columns: number | null = 80) =>
    renderLiveLine({ ...pulse, ...more }, view(columns));

  test('tells how many pages, when last and when next', () => {
    expect(line({})).toBe('watching 2 pages · last read 14:02:31 · next in 41 s');
    expect(line({ pages: 1, unreadable: 1 })).toBe(
      'watching 1 page · 1 unreadable · last read 14:02:31 · next in 41 s',
    );
    expect(line({ lastReadAt: null, nextAt: NOW })).toBe('watching 2 pages · reading now');
  });

  test('leaves out what has no room, and the last column', () => {
    expect(line({}, 53)).toBe('watching 2 pages · last read 14:02:31 · next in 41 s');
    expect(line({}, 52)).toBe('watching 2 pages · next in 41 s');
    expect(line({}, 20)).toBe('watching 2 pages');
    expect(line({ pages: 123_456 }, 20)).toBe('watching 123456 pa…');
  });
});

test('nothing a vendor writes breaks out of a line or over the width', () => {
  const types: EventType[] = [
    'incident.opened',
    'incident.updated',
    'incident.resolved',
    'maintenance.scheduled',
    'component.changed',
    'provider.unreadable',
    'provider.moved',
  ];
  fc.assert(
    fc.property(
      vendorText,
      vendorText,
      width,
      fc.constantFrom(...types),
      fc.constantFrom<0 | 1>(0, 1),
      (name, body, columns, type, colors) => {
        const incident = clerkIncident(1);
        incident.title = name;
        incident.url = `https://status.example.com/${encodeURIComponent(name.toWellFormed())}`;
        incident.updates = incident.updates.map((update) => ({
          ...update,
          body,
          components: update.components.map((one) => ({ ...one, name, group: body })),
        }));
        const provider = { id: name, name, url: `https://example.com/${name}`, platform: name };
        const event = eventOf(type, type.startsWith('incident') || type.startsWith('maintenance') ? incident : null, {
          provider,
          component: type === 'component.changed' ? { ...component, name } : null,
          error: { code: 'timeout', message: body },
        });
        const reader = view(columns, { colors });
        expectToFit(renderEvent(event, reader), reader);
        expectToFit(renderEventPlain(event, reader), view(null));
        const header = { provider, state: 'unknown' as const, error: event.error, open: [incident], recordedBy: 1 };
        expectToFit(renderHeader(header, reader), reader);
      },
    ),
    { numRuns: 300 },
  );
});

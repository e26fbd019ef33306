import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderIncident } from '../../src/render/incident.ts';
import { clerk, clerkIncident, clerkIo, clerkIoIncident, maintenance } from '../incidents.ts';
import { expectToFit, vendorText, view, width } from './views.ts';

const firstSeenAt = new Date('2026-03-10T15:53:42Z');

describe('an incident in full', () => {
  test('has summary, facts, affected components and the timeline, oldest first', () => {
    expect(
      renderIncident({ provider: clerk, incident: clerkIncident(), firstSeenAt }, view(80)),
    ).toMatchInlineSnapshot(`
      "Increased latency & 500 Errors on FAPI/BAPI
      Clerk had a minor incident on 10 March 2026 affecting Machine authentication,
      Webhooks and 6 more components; it lasted 1 h 33 m and is resolved.

      Status      resolved
      Impact      minor
      Started     10 March 2026 15:53 UTC
      Resolved    10 March 2026 17:26 UTC
      Duration    1 h 33 m
      First seen  10 March 2026 15:53 UTC
      Vendor      https://status.clerk.com/incidents/01KK

      Affected: 8 components
        Machine authentication   ▲ degraded performance
        Webhooks                 ✓ operational, was degraded performance
        B2B SaaS                 ✓ operational, was degraded performance
        Email delivery           ✓ operational, was degraded performance
        SMS delivery             ✓ operational, was degraded performance
        User and authentication  ✓ operational, was degraded performance
        Billing                  ✓ operational, was degraded performance
        Session management       ✓ operational, was degraded performance

      Timeline: 5 updates
        10 March 2026 15:53 UTC  investigating
          Requests take longer than usual. We are looking into it.
          degraded performance: Machine authentication, Webhooks, B2B SaaS, Email
            delivery, SMS delivery, User and authentication, Billing, Session
            management
        10 March 2026 16:17 UTC  investigating
          The cause is not known yet; first counter-measures are being switched on.
        10 March 2026 16:24 UTC  investigating
          A counter-measure is on, and sessions begin to recover.
        10 March 2026 16:34 UTC  monitoring
          Everything works again.

          We keep an eye on it.
          degraded performance -> operational: Webhooks, B2B SaaS, Email delivery,
            SMS delivery, User and authentication, Billing, Session management
        10 March 2026 17:26 UTC  resolved
          This is over. A post-mortem will follow.
      "
    `);
  });

  test('names components with their groups, and says when no watch has seen it', () => {
    expect(
      renderIncident({ provider: clerkIo, incident: clerkIoIncident(), firstSeenAt: null }, view(80)),
    ).toMatchInlineSnapshot(`
      "Search and Recommendations ...
      Clerk.io had a minor incident on 29 August 2025 affecting API (api.clerk.io),
      Services (Search) and Services (Recommendations); it lasted 3 h 13 m and is
      resolved.

      Status      resolved
      Impact      minor
      Started     29 August 2025 08:01 UTC
      Resolved    29 August 2025 11:14 UTC
      Duration    3 h 13 m
      First seen  not recorded
      Vendor      https://status.clerk.io/incident/77

      Affected: 3 components
        API (api.clerk.io)          ✓ operational, was degraded performance
        Services (Search)           ✓ operational, was degraded performance
        Services (Recommendations)  ✓ operational, was degraded performance

      Timeline: 2 updates
        29 August 2025 08:01 UTC  investigating
          An update of dependencies went wrong.
        29 August 2025 11:14 UTC  resolved
          It was rolled back.
      "
    `);
  });

  test('that is open is not resolved yet', () => {
    const text = renderIncident({ provider: clerk, incident: clerkIncident(3), firstSeenAt }, view(80));
    expect(text).toContain('Resolved    not yet\nDuration    2 h 7 m\n');
  });

  test('of maintenance has the plan, and a start only when it has started', () => {
    const text = renderIncident({ provider: clerk, incident: maintenance('scheduled'), firstSeenAt: null }, view(80));
    expect(text).toContain('Planned     12 March 2026, 10:00 to 12:00 UTC\nFirst seen');
    const done = renderIncident({ provider: clerk, incident: maintenance('completed'), firstSeenAt: null }, view(80));
    expect(done).toContain(
      'Started     12 March 2026 10:00 UTC\nEnded       12 March 2026 12:05 UTC\nDuration    2 h 5 m\n',
    );
  });

  test('leaves out what there is none of', () => {
    const bare = { ...clerkIncident(), components: [], updates: [], url: 'javascript:x' };
    const text = renderIncident({ provider: clerk, incident: bare, firstSeenAt: null }, view(80));
    expect(text).not.toMatch(/Affected|Timeline|Vendor/);
  });

  test('fits a narrow terminal', () => {
    expect(
      renderIncident({ provider: clerk, incident: clerkIncident(1), firstSeenAt }, view(40)),
    ).toMatchInlineSnapshot(`
      "Increased latency & 500 Errors on
      FAPI/BAPI
      Clerk has had a minor incident since 10
      March 2026 15:53 UTC (2 h 7 m) affecting
      Machine authentication, Webhooks and 6
      more components; it is being
      investigated.

      Status      investigating
      Impact      minor
      Started     10 March 2026 15:53 UTC
      Resolved    not yet
      Duration    2 h 7 m
      First seen  10 March 2026 15:53 UTC
      Vendor
      https://status.clerk.com/incidents/01KK

      Affected: 8 components
        Machine authentication  ▲ degraded
          performance
        Webhooks  ▲ degraded performance
        B2B SaaS  ▲ degraded performance
        Email delivery  ▲ degraded performance
        SMS delivery  ▲ degraded performance
        User and authentication  ▲ degraded
          performance
        Billing  ▲ degraded performance
        Session management  ▲ degraded
          performance

      Timeline: 1 update
        10 March 2026 15:53 UTC  investigating
          Requests take longer than usual. We
          are looking into it.
          degraded performance: Machine
            authentication, Webhooks, B2B
            SaaS, Email delivery, SMS
            delivery, User and authentication,
            Billing, Session management
      "
    `);
  });

  test('keeps to its lines and its width whatever the vendor writes', () => {
    fc.assert(
      fc.property(vendorText, vendorText, width, (name, body, columns) => {
        const incident = clerkIncident(4);
        incident.title = name;
        incident.components = incident.components.map((one) => ({ ...one, name, group: body }));
        incident.updates = incident.updates.map((update) => ({ ...update, body }));
        const reader = view(columns, { colors: 1 });
        expectToFit(renderIncident({ provider: { ...clerk, name }, incident, firstSeenAt }, reader), reader);
      }),
      { numRuns: 200 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProviderStatus } from '../../src/json.ts';
import type { Impact } from '../../src/model.ts';
import { renderIncidentList, renderProviders, renderStatusTable } from '../../src/render/table.ts';
import { clerk, clerkIncident, clerkIo, clerkIoIncident, components, maintenance } from '../incidents.ts';
import { expectToFit, NOW, vendorText, view, width } from './views.ts';

const quiet: ProviderStatus = {
  provider: clerkIo,
  state: 'operational',
  description: 'All is well',
  readAt: NOW,
  components: components(['Search'], 'operational'),
  incidents: [],
  maintenances: [],
  error: null,
};

const troubled: ProviderStatus = {
  ...quiet,
  provider: clerk,
  state: 'degraded',
  components: [
    ...components(['Webhooks', 'Billing'], 'degraded_performance'),
    ...components(['東京'], 'partial_outage', 'アジア'),
    ...components(['Email'], 'operational'),
  ],
  incidents: [clerkIncident(3)],
  maintenances: [maintenance('scheduled')],
};

const unreadable: ProviderStatus = {
  ...quiet,
  provider: { ...clerk, name: 'Example 🚀' },
  state: 'unknown',
  components: [],
  error: { code: 'timeout', message: 'no answer within 30 s' },
};

describe('the status table', () => {
  test('says for each provider its state and what is wrong or planned', () => {
    expect(renderStatusTable([troubled, quiet, unreadable], view(80))).toMatchInlineSnapshot(`
      "PROVIDER    STATE          DETAILS
      Clerk       ▲ degraded     minor incident for 2 h 7 m (investigating):
                                   Increased latency & 500 Errors on FAPI/BAPI
                                 ✗ partial outage: アジア (東京)
                                 ▲ degraded performance: Webhooks and Billing
                                 maintenance from 12 Mar 10:00 UTC: Database upgrade
      Clerk.io    ✓ operational
      Example 🚀  ? unknown      no answer within 30 s
      "
    `);
  });

  test('is blocks where there is no room for columns', () => {
    expect(renderStatusTable([troubled, quiet, unreadable], view(40))).toMatchInlineSnapshot(`
      "Clerk  ▲ degraded
        minor incident for 2 h 7 m
          (investigating): Increased latency &
          500 Errors on FAPI/BAPI
        ✗ partial outage: アジア (東京)
        ▲ degraded performance: Webhooks and
          Billing
        maintenance from 12 Mar 10:00 UTC:
          Database upgrade
      Clerk.io  ✓ operational
      Example 🚀  ? unknown
        no answer within 30 s
      "
    `);
  });

  test('cuts nothing where no terminal sets a width', () => {
    const title = 'A long title '.repeat(30).trim();
    const status = { ...troubled, incidents: [{ ...clerkIncident(3), title }] };
    expect(renderStatusTable([status], view(null))).toContain(`: ${title}\n`);
  });

  test('says what maintenance goes on, and how much more is planned than shown', () => {
    const planned = Array.from({ length: 5 }, (_, index) => ({ ...maintenance('scheduled'), id: String(index) }));
    const status = { ...quiet, state: 'maintenance' as const, maintenances: [maintenance('in_progress'), ...planned] };
    const table = renderStatusTable([status], view(100, { now: new Date('2026-03-12T10:30:00Z') }));
    expect(table).toContain('maintenance until 12:00 UTC: Database upgrade');
    expect(table.match(/maintenance from/g)).toHaveLength(3);
    expect(table).toContain('and 2 more planned');
  });

  test('shows the nearest of what is planned, and the worst incident first', () => {
    const on = (day: string | null) => ({
      ...maintenance('scheduled'),
      title: `Work of ${day}`,
      scheduledFor: day === null ? null : new Date(`2026-04-${day}T10:00:00Z`),
    });
    const with_ = (impact: Impact) => ({ ...clerkIncident(3), title: `A ${impact} one`, impact });
    const status = {
      ...quiet,
      state: 'degraded' as const,
      incidents: (['none', 'minor', 'critical', 'unknown', 'major'] as const).map(with_),
      maintenances: [null, '28', '20', '12', '02'].map(on),
    };
    const table = renderStatusTable([status], view(null));
    expect(table.match(/A \w+ one|Work of \w+/g)).toEqual([
      ...['A critical one', 'A major one', 'A minor one', 'A unknown one', 'A none one'],
      ...['Work of 02', 'Work of 12', 'Work of 20'],
    ]);
  });

  test('gives the page its word when nothing else says what is wrong', () => {
    const status = { ...quiet, state: 'degraded' as const, description: 'Partially degraded', components: [] };
    expect(renderStatusTable([status], view(80))).toContain('Partially degraded');
    expect(renderStatusTable([quiet], view(80))).not.toContain('All is well');
  });

  test('says of a page read from prose that it may be wrong', () => {
    expect(renderStatusTable([{ ...quiet, confidence: 'low' }], view(120))).toContain(
      '(read from a page made for people: may be wrong)',
    );
  });

  test('names so many components and counts the others', () => {
    const names = Array.from({ length: 300 }, (_, index) => `Region ${index + 1}`);
    const table = renderStatusTable(
      [{ ...quiet, state: 'major_outage', components: components(names, 'major_outage') }],
      view(null),
    );
    expect(table).toContain('Region 11 and 289 more components');
  });
});

describe('the list of incidents', () => {
  const listed = [
    { provider: clerkIo, incidents: [clerkIoIncident()] },
    {
      provider: clerk,
      incidents: [
        clerkIncident(),
        { ...clerkIncident(3), id: '2', title: 'Another', startedAt: new Date('2026-03-10T17:00:00Z') },
      ],
    },
  ];

  test('is newest first over all providers, a line each where nothing sets a width', () => {
    expect(renderIncidentList(listed, view(null))).toMatchInlineSnapshot(`
      "STARTED                PROVIDER  STATUS                                   TITLE
      17:00 UTC              Clerk     minor incident, investigating for 1 h    Another  https://status.clerk.com/incidents/01KK
      15:53 UTC              Clerk     minor incident, resolved after 1 h 33 m  Increased latency & 500 Errors on FAPI/BAPI  https://status.clerk.com/incidents/01KK
      29 Aug 2025 08:01 UTC  Clerk.io  minor incident, resolved after 3 h 13 m  Search and Recommendations ...  https://status.clerk.io/incident/77
      "
    `);
  });

  test('is blocks on a usual terminal', () => {
    expect(renderIncidentList(listed, view(60))).toMatchInlineSnapshot(`
      "17:00 UTC  Clerk  minor incident, investigating for 1 h
        Another
        https://status.clerk.com/incidents/01KK
      15:53 UTC  Clerk  minor incident, resolved after 1 h 33 m
        Increased latency & 500 Errors on FAPI/BAPI
        https://status.clerk.com/incidents/01KK
      29 Aug 2025 08:01 UTC  Clerk.io  minor incident,
          resolved after 3 h 13 m
        Search and Recommendations ...
        https://status.clerk.io/incident/77
      "
    `);
  });

  test('says that there is none', () => {
    expect(renderIncidentList([{ provider: clerk, incidents: [] }], view(80))).toBe('no incidents\n');
  });
});

test('the list of providers names platform and page', () => {
  expect(renderProviders([clerk, { ...clerkIo, platform: null }], view(80))).toMatchInlineSnapshot(`
    "ID        NAME      PLATFORM       PAGE
    clerk     Clerk     incident-io    https://status.clerk.com
    clerk-io  Clerk.io  not known yet  https://status.clerk.io
    "
  `);
});

test('nothing a vendor writes breaks out of a line or over the width', () => {
  fc.assert(
    fc.property(vendorText, width, fc.constantFrom<0 | 1>(0, 1), (text, columns, colors) => {
      const reader = view(columns, { colors });
      const provider = { id: text, name: text, url: 'https://status.example.com/', platform: text };
      const incident = { ...clerkIncident(3), title: text };
      const planned = { ...maintenance('scheduled'), title: text };
      const names = incident.components.map((one) => ({ ...one, name: text, status: 'major_outage' as const }));
      const status: ProviderStatus = {
        ...troubled,
        provider,
        incidents: [incident],
        maintenances: [planned],
        components: names,
        error: { code: 'x', message: text },
      };
      expectToFit(renderStatusTable([status, quiet], reader), reader);
      expectToFit(renderIncidentList([{ provider, incidents: [incident] }], reader), reader);
      expectToFit(renderProviders([provider], reader), reader);
    }),
    { numRuns: 300 },
  );
});

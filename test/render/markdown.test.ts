import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeMarkdown, renderIncidentMarkdown } from '../../src/render/markdown.ts';
import { clerk, clerkIncident, components, ESCAPES } from '../incidents.ts';
import { expectToFit, NOW, vendorText, view } from './views.ts';

const reader = { zone: 'UTC', now: NOW };

test('an incident in Markdown has all that it has as text', () => {
  expect(
    renderIncidentMarkdown({ provider: clerk, incident: clerkIncident(), firstSeenAt: null }, reader),
  ).toMatchInlineSnapshot(`
    "# Increased latency & 500 Errors on FAPI/BAPI

    Clerk had a minor incident on 10 March 2026 affecting Machine authentication, Webhooks and 6 more components; it lasted 1 h 33 m and is resolved.

    - **Status:** resolved
    - **Impact:** minor
    - **Started:** 10 March 2026 15:53 UTC
    - **Resolved:** 10 March 2026 17:26 UTC
    - **Duration:** 1 h 33 m
    - **First seen:** not recorded
    - **Vendor:** <https://status.clerk.com/incidents/01KK>

    ## Affected: 8 components

    - Machine authentication: degraded performance
    - Webhooks: operational, was degraded performance
    - B2B SaaS: operational, was degraded performance
    - Email delivery: operational, was degraded performance
    - SMS delivery: operational, was degraded performance
    - User and authentication: operational, was degraded performance
    - Billing: operational, was degraded performance
    - Session management: operational, was degraded performance

    ## Timeline: 5 updates

    ### 10 March 2026 15:53 UTC: investigating

    Requests take longer than usual. We are looking into it.

    - degraded performance: Machine authentication, Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing, Session management

    ### 10 March 2026 16:17 UTC: investigating

    The cause is not known yet; first counter-measures are being switched on.

    ### 10 March 2026 16:24 UTC: investigating

    A counter-measure is on, and sessions begin to recover.

    ### 10 March 2026 16:34 UTC: monitoring

    Everything works again.

    We keep an eye on it.

    - degraded performance -> operational: Webhooks, B2B SaaS, Email delivery, SMS delivery, User and authentication, Billing, Session management

    ### 10 March 2026 17:26 UTC: resolved

    This is over. A post-mortem will follow.
    "
  `);
});

describe('vendor text in Markdown', () => {
  test.each([
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['+ item', '\\+ item'],
    ['1. item', '1\\. item'],
    ['12) item', '12\\) item'],
    ['> quote', '\\> quote'],
    ['---', '\\---'],
    ['===', '\\==='],
    ['    code', 'code'],
    ['[click](javascript:alert(1))', '\\[click\\](javascript:alert(1))'],
    ['![x](https://evil.example/x.png)', '!\\[x\\](https\\://evil.example/x.png)'],
    ['<img src=x onerror=alert(1)>', '\\<img src=x onerror=alert(1)>'],
    ['<https://evil.example>', '\\<https\\://evil.example>'],
    ['https://evil.example', 'https\\://evil.example'],
    ['www.evil.example', 'www\\.evil.example'],
    ['**bold** _it_ `code` ~~no~~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~no\\~\\~'],
    ['a | b', 'a \\| b'],
    ['&lt;b&gt; & co', '\\&lt;b\\&gt; & co'],
    ['back\\slash', 'back\\\\slash'],
    ['ask @team or me@example.com', 'ask @\u2060team or me@\u2060example.com'],
    ['$x$', '\\$x\\$'],
  ])('%s is only text', (line, escaped) => {
    expect(escapeMarkdown(line)).toBe(escaped);
  });

  test('keeps lines and paragraphs', () => {
    const incident = clerkIncident(1);
    incident.updates = incident.updates.map((update) => ({
      ...update,
      body: 'one\ntwo\n\n\nthree',
      components: components(['A|B'], 'major_outage'),
    }));
    expect(renderIncidentMarkdown({ provider: clerk, incident, firstSeenAt: null }, reader)).toContain(
      '\n\none\\\ntwo\n\nthree\n\n- major outage: A\\|B\n',
    );
  });

  test('has no line that begins as anything but ours, and no link but the vendor’s page', () => {
    fc.assert(
      fc.property(
        fc.oneof(vendorText, fc.constantFrom('# x', '- x', '> x', '```', '***', '<div>', '![', '1.', '|', ...ESCAPES)),
        (text) => {
          const incident = clerkIncident(2);
          incident.title = text;
          incident.components = incident.components.map((one) => ({ ...one, name: text }));
          incident.updates = incident.updates.map((update) => ({
            ...update,
            body: `${text}\n${text}`,
            components: incident.components,
          }));
          const markdown = renderIncidentMarkdown(
            { provider: { ...clerk, name: text }, incident, firstSeenAt: null },
            reader,
          );
          expectToFit(markdown.replaceAll('\u2060', ''), view(null));
          expect(markdown.match(/^#{1,6} /gm)?.length).toBe(5);
          expect(markdown.match(/(?<!\\)(?:\\\\)*[<`]/g)).toEqual(['<']);
          expect(markdown).not.toMatch(/(?<!\\)(?:\\\\)*\](?:\(|\[)|^\s*(?:>|\d+[.)] |[*_]{3}|={2})/m);
        },
      ),
      { numRuns: 500 },
    );
  });
});

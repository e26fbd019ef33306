/** Incidents for the tests of what words and renderers make of them: the two of the README, and a maintenance. */
import type { Message } from '../src/channel.ts';
import type { Component, ComponentStatus, Incident, Provider, StatusEvent } from '../src/model.ts';
import { buildIncident } from '../src/normalize.ts';

export const clerk: Provider = {
  id: 'clerk',
  name: 'Clerk',
  url: 'https://status.clerk.com/',
  platform: 'incident-io',
};
export const clerkIo: Provider = {
  id: 'clerk-io',
  name: 'Clerk.io',
  url: 'https://status.clerk.io/',
  platform: 'better-stack',
};

const NAMES = [
  'Machine authentication',
  'Webhooks',
  'B2B SaaS',
  'Email delivery',
  'SMS delivery',
  'User and authentication',
  'Billing',
  'Session management',
];

export function components(
  names: readonly string[],
  status: ComponentStatus,
  group: string | null = null,
): Component[] {
  return names.map((name) => ({ id: `${group ?? ''}/${name}`, name, group, status }));
}

const day = (clock: string) => new Date(`2026-03-10T${clock}:00Z`);

/** Four to eight components, five updates; the last two posts leave the first component out. */
export function clerkIncident(updates = 5): Incident {
  const posts = [
    {
      id: 'u1',
      status: 'investigating',
      at: day('15:53'),
      body: 'Requests take longer than usual. We are looking into it.',
      components: components(NAMES, 'degraded_performance'),
    },
    {
      id: 'u2',
      status: 'investigating',
      at: day('16:17'),
      body: 'The cause is not known yet; first counter-measures are being switched on.',
      components: components(NAMES, 'degraded_performance'),
    },
    {
      id: 'u3',
      status: 'investigating',
      at: day('16:24'),
      body: 'A counter-measure is on, and sessions begin to recover.',
      components: components(NAMES, 'degraded_performance'),
    },
    {
      id: 'u4',
      status: 'monitoring',
      at: day('16:34'),
      body: 'Everything works again.\n\nWe keep an eye on it.',
      components: components(NAMES.slice(1), 'operational'),
    },
    {
      id: 'u5',
      status: 'resolved',
      at: day('17:26'),
      body: 'This is over. A post-mortem will follow.',
      components: components(NAMES.slice(1), 'operational'),
    },
  ] as const;
  return buildIncident({
    id: '01KK',
    kind: 'incident',
    title: 'Increased latency & 500 Errors on FAPI/BAPI',
    url: 'https://status.clerk.com/incidents/01KK',
    status: null,
    impact: 'minor',
    startedAt: null,
    resolvedAt: null,
    components: [],
    updates: posts.slice(0, updates).map((post) => ({ ...post, components: [...post.components] })),
  });
}

/** Two updates that name no components; three are affected, two of them in a group. */
export function clerkIoIncident(): Incident {
  const at = (clock: string) => new Date(`2025-08-29T${clock}:00Z`);
  return buildIncident({
    id: '77',
    kind: 'incident',
    title: 'Search and Recommendations ...',
    url: 'https://status.clerk.io/incident/77',
    status: null,
    impact: 'minor',
    startedAt: at('08:01'),
    resolvedAt: at('11:14'),
    components: [
      ...components(['api.clerk.io'], 'operational', 'API'),
      ...components(['Search', 'Recommendations'], 'operational', 'Services'),
    ].map((component) => ({ ...component, worstStatus: 'degraded_performance' as const })),
    updates: [
      {
        id: 'a',
        status: 'investigating',
        at: at('08:01'),
        body: 'An update of dependencies went wrong.',
        components: [],
      },
      { id: 'b', status: 'resolved', at: at('11:14'), body: 'It was rolled back.', components: [] },
    ],
  });
}

export function maintenance(status: 'scheduled' | 'in_progress' | 'verifying' | 'completed' | 'cancelled'): Incident {
  const updates = [
    {
      id: 'm1',
      status: 'scheduled' as const,
      at: day('09:00'),
      body: 'The database gets a new version.',
      components: components(['API'], 'operational'),
    },
  ];
  const second = {
    id: 'm2',
    status,
    at: new Date(status === 'completed' ? '2026-03-12T12:05:00Z' : '2026-03-12T10:01:00Z'),
    body: 'News of it.',
    components: [],
  };
  const begun = {
    id: 'm0',
    status: 'in_progress' as const,
    at: new Date('2026-03-12T10:00:00Z'),
    body: 'It begins.',
    components: [],
  };
  return buildIncident({
    id: 'm',
    kind: 'maintenance',
    title: 'Database upgrade',
    url: 'https://status.clerk.com/maintenances/m',
    status,
    impact: 'maintenance',
    startedAt: null,
    resolvedAt: null,
    scheduledFor: new Date('2026-03-12T10:00:00Z'),
    scheduledUntil: new Date('2026-03-12T12:00:00Z'),
    components: components(['API'], 'operational'),
    updates: [...updates, ...(status === 'scheduled' ? [] : status === 'cancelled' ? [second] : [begun, second])],
  });
}

/** An event of the incident's last update, found 42 seconds after it. */
export function eventOf(
  type: StatusEvent['type'],
  incident: Incident | null,
  more: Partial<StatusEvent> = {},
): StatusEvent {
  const update = incident?.updates.at(-1) ?? null;
  const at = update?.at ?? day('16:00');
  return {
    id: 'e1',
    type,
    at,
    detectedAt: new Date(at.getTime() + 42_000),
    initial: false,
    late: false,
    provider: clerk,
    incident,
    update,
    component: null,
    error: null,
    ...more,
  };
}

export function message(more: Partial<Message> = {}): Message {
  return {
    provider: 'Clerk',
    title: 'Clerk: Slow sign-in',
    line: 'Clerk reports a new minor incident, "Slow sign-in": investigating.',
    body: '',
    severity: 'minor',
    url: 'https://status.clerk.com/incidents/01KK',
    facts: [],
    changes: [],
    components: [],
    items: [],
    ...more,
  };
}

/** Texts that a terminal, a shell, a mark-up or a reader's eye would take for more than text. */
export const ESCAPES: readonly string[] = [
  '\x1B[31mred\x1B[0m',
  '\x1B[2J\x1B[1;1H',
  '\x1B[?1049h',
  '\x1B]0;title\x07',
  '\x1B]52;c;ZWNobyBoaQ==\x07',
  '\x1B]52;c;ZWNobyBoaQ==\x1B\\',
  '\x1B]8;;https://evil.example\x1B\\click\x1B]8;;\x1B\\',
  '\x1B]1337;File=name=eA==:AAAA\x07',
  '\x1BP1$r0q\x1B\\',
  '\x1BP+q544e\x1B\\',
  '\x1B_Gf=24;AAAA\x1B\\',
  '\x1B^private\x1B\\',
  '\x1BXstring\x1B\\',
  '\x1Bc',
  '\x1B(0lqqk\x1B(B',
  '\x1B#8',
  '\x1B',
  '\x1B\x1B[31m',
  '\x1B]unfinished',
  '\x1B[12;',
  '\x9B31mred',
  '\x9D0;title\x9C',
  '\x9D52;c;AAAA\x07',
  '\x90q\x9C',
  '\x9Fapc\x9C',
  '\x9Epm\x9C',
  '\x98sos\x9C',
  'over\rwritten',
  'back\b\b\bspace',
  'bell\x07',
  'nul\0byte',
  'del\x7F',
  'tab\tvertical\vform\f',
  'shift\x0E\x0F',
  '\u202Egnp.exe\u202C',
  '\u2066isolate\u2069',
  '\u200Eleft\u200Fright\u061C',
  'line\u2028paragraph\u2029next\x85',
  '\uFEFFmark',
  'hid\u200Bden\u2060word\u00AD',
  'join\u200Dless\u200C',
  'vary\uFE0F\uFE01\u{E0101}',
  '\u{E0001}\u{E0041}\u{E0042}\u{E007F}tags',
  'half\uD83D',
  '\uDE00half',
  'filler\u3164\uFFA0',
  'kept\u{E01F0}\u2065\uFFF0free',
  'no\uFFFEchar\uFFFF',
];

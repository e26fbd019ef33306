/**
 * The incident the demo replays: Clerk's of 10 March 2026, with its times, phases and components; the texts are ours.
 * Its page is served by incident.io, so it is written down in the shape of that platform's page data.
 */

interface Post {
  at: string;
  phase: string;
  text: string;
  status: 'degraded_performance' | 'operational';
  components: readonly string[];
}

const COMPONENTS = [
  'Machine authentication',
  'Webhooks',
  'B2B SaaS',
  'Email delivery',
  'SMS delivery',
  'User and authentication',
  'Billing',
  'Session management',
] as const;

const ALL_BUT_MACHINES = COMPONENTS.slice(1);

const POSTS: readonly Post[] = [
  {
    at: '2026-03-10T15:53:00Z',
    phase: 'investigating',
    text: 'Requests take longer than they should, and we are looking for the reason.',
    status: 'degraded_performance',
    components: COMPONENTS,
  },
  {
    at: '2026-03-10T16:17:00Z',
    phase: 'investigating',
    text: 'The search for the cause goes on while first counter-measures are being switched on.',
    status: 'degraded_performance',
    components: COMPONENTS,
  },
  {
    at: '2026-03-10T16:24:00Z',
    phase: 'investigating',
    text: 'One counter-measure is active; sessions show the first signs of recovery.',
    status: 'degraded_performance',
    components: COMPONENTS,
  },
  {
    at: '2026-03-10T16:34:00Z',
    phase: 'monitoring',
    text: 'All services answer normally again with the counter-measure in place. We keep an eye on them.',
    status: 'operational',
    components: ALL_BUT_MACHINES,
  },
  {
    at: '2026-03-10T17:26:00Z',
    phase: 'resolved',
    text: 'This is over. The cause is known, and a full report will follow.',
    status: 'operational',
    components: ALL_BUT_MACHINES,
  },
];

/** From shortly before the first post to shortly after the last. */
export const DEMO_BEGINS = new Date('2026-03-10T15:51:00Z');
export const DEMO_ENDS = new Date('2026-03-10T17:30:00Z');

const PAGE_ID = '01JDEMO00000000000000000CK';
const INCIDENT_ID = '01KKBQ3J40DEMO0000000000CK';

/** What the page's own data said at a moment: the reply to `/proxy/<host>`. */
export function pageAt(now: Date): unknown {
  const incident = incidentAt(now);
  const open = incident !== null && incident.status !== 'resolved';
  return {
    summary: {
      id: PAGE_ID,
      name: 'Clerk',
      public_url: null,
      components: COMPONENTS.map((name) => ({ id: componentId(name), name, status_page_id: PAGE_ID })),
      affected_components: open ? incident.affected_components : [],
      ongoing_incidents: open ? [incident] : [],
      scheduled_maintenances: [],
      structure: {
        id: PAGE_ID,
        items: COMPONENTS.map((name) => ({ component: { component_id: componentId(name), name, hidden: false } })),
      },
    },
  };
}

/** The reply to `/proxy/<host>/incidents`. */
export function incidentsAt(now: Date): unknown {
  const incident = incidentAt(now);
  return { incidents: incident === null ? [] : [incident] };
}

function incidentAt(now: Date) {
  const posts = POSTS.filter((post) => new Date(post.at) <= now);
  const last = posts.at(-1);
  if (!last) return null;
  return {
    id: INCIDENT_ID,
    status_page_id: PAGE_ID,
    name: 'Increased latency & 500 Errors on FAPI/BAPI',
    type: 'incident',
    status: last.phase,
    published_at: POSTS[0]!.at,
    affected_components: COMPONENTS.map((name) => ({
      component_id: componentId(name),
      status: 'degraded_performance',
      current_status: last.status,
    })),
    component_impacts: [],
    status_summaries: [{ start_at: POSTS[0]!.at, worst_component_status: 'degraded_performance' }],
    updates: posts.map(updateOf),
  };
}

function updateOf(post: Post, index: number) {
  return {
    id: `01KKBQ3J40DEMO000000000UP${index}`,
    published_at: post.at,
    to_status: post.phase,
    message_string: post.text,
    automated_update: false,
    component_statuses: post.components.map((name) => ({ component_id: componentId(name), status: post.status })),
  };
}

function componentId(name: string): string {
  return `01JDEMO000000000000000000${(COMPONENTS as readonly string[]).indexOf(name)}`;
}

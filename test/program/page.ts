/** A Statuspage page on loopback whose incidents a test posts to. */
import { type Answer, type LocalServer, startServer } from '../local-server.ts';

interface Post {
  id: string;
  status: string;
  body: string;
  created_at: string;
  display_at: string;
  updated_at: string;
  affected_components: null;
}

interface Incident {
  id: string;
  name: string;
  status: string;
  impact: string;
  created_at: string;
  updated_at: string;
  incident_updates: Post[];
  components: object[];
}

export interface StatusPage extends LocalServer {
  /** Posts an update, opening the incident with the first. Times count minutes from 2026-03-10 12:00 UTC. */
  post(incident: string, status: string, body?: string, impact?: string): void;
  /** Sets a component's status; there are Search API (in Core), Login and Billing. */
  set(component: string, status: string): void;
}

export async function openStatusPage(): Promise<StatusPage> {
  let minutes = 0;
  let version = 0;
  const incidents: Incident[] = [];
  const components = [
    {
      id: 'core00000000',
      name: 'Core',
      status: 'operational',
      group: true,
      group_id: null,
      components: ['search000000'],
    },
    { id: 'search000000', name: 'Search API', status: 'operational', group: false, group_id: 'core00000000' },
    { id: 'login0000000', name: 'Login', status: 'operational', group: false, group_id: null },
    { id: 'billing00000', name: 'Billing', status: 'operational', group: false, group_id: null },
  ];
  const time = () => new Date(Date.UTC(2026, 2, 10, 12, minutes)).toISOString();
  const page = () => ({ id: 'acme12345678', name: 'Acme', url: server.url, time_zone: 'Etc/UTC', updated_at: time() });
  const isOpen = (one: Incident) => one.status !== 'resolved' && one.status !== 'postmortem';
  const documents: Record<string, () => object> = {
    '/api/v2/summary.json': () => ({
      page: page(),
      status: { indicator: indicatorOf(incidents.filter(isOpen)), description: 'as it stands' },
      components,
      incidents: incidents.filter(isOpen),
      scheduled_maintenances: [],
    }),
    '/api/v2/incidents.json': () => ({ page: page(), incidents }),
    '/api/v2/scheduled-maintenances.json': () => ({ page: page(), scheduled_maintenances: [] }),
  };
  const server = await startServer({
    '*': (request): Answer => {
      const document = documents[request.path];
      if (!document)
        return { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>nothing here</html>' };
      const etag = `W/"${version}"`;
      if (request.headers['if-none-match'] === etag) return { status: 304, headers: { etag } };
      return { headers: { 'content-type': 'application/json', etag }, body: JSON.stringify(document()) };
    },
  });
  const post: StatusPage['post'] = (id, status, body = `${status} it`, impact = 'minor') => {
    minutes += 1;
    version += 1;
    let incident = incidents.find((one) => one.id === id);
    if (!incident) {
      const fresh = { id, name: `Trouble ${id}`, status, impact, created_at: time(), updated_at: time() };
      incident = { ...fresh, incident_updates: [], components: [{ ...components[2] }] };
      incidents.unshift(incident);
    }
    const at = time();
    const update = { id: `${id}-${incident.incident_updates.length + 1}`, status, body, affected_components: null };
    incident.incident_updates.unshift({ ...update, created_at: at, display_at: at, updated_at: at });
    Object.assign(incident, { status, updated_at: at });
  };
  const set: StatusPage['set'] = (name, status) => {
    version += 1;
    Object.assign(components.find((one) => one.name === name)!, { status });
  };
  return Object.assign(server, { post, set });
}

function indicatorOf(open: readonly Incident[]): string {
  const rank = ['none', 'minor', 'major', 'critical'];
  return rank[Math.max(0, ...open.map((one) => rank.indexOf(one.impact)))]!;
}

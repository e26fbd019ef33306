/** A Statuspage page on loopback whose maintenances a test plans. */
import { type Answer, type LocalServer, startServer } from '../local-server.ts';

export interface Plan {
  id: string;
  name?: string;
  status?: string;
  /** ISO 8601. */
  from: string;
  until?: string | null;
  updatedAt?: string;
  body?: string;
  components?: string[];
}

export interface PlannedPage extends LocalServer {
  /** What it lists; may be replaced at any time. */
  plans: Plan[];
  /** False: every request is answered with an error. */
  up: boolean;
}

/** When all of its posts were made. */
export const POSTED = '2026-01-05T09:00:00.000Z';

export async function openPlannedPage(name = 'Acme'): Promise<PlannedPage> {
  const page = () => ({ id: 'acme12345678', name, url: server.url, time_zone: 'Etc/UTC', updated_at: POSTED });
  const documents: Record<string, () => object> = {
    '/api/v2/summary.json': () => ({
      page: page(),
      status: { indicator: 'none', description: 'All Systems Operational' },
      components: ['API', 'Webhooks', 'Billing'].map(component),
      incidents: [],
      scheduled_maintenances: planned.plans.filter((plan) => plan.status !== 'completed').map(maintenance),
    }),
    '/api/v2/incidents.json': () => ({ page: page(), incidents: [] }),
    '/api/v2/scheduled-maintenances.json': () => ({
      page: page(),
      scheduled_maintenances: planned.plans.map(maintenance),
    }),
  };
  const server = await startServer({
    '*': (request): Answer => {
      const document = planned.up ? documents[request.path] : undefined;
      if (!document)
        return { status: planned.up ? 404 : 503, headers: { 'content-type': 'text/html' }, body: 'not here' };
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(document()) };
    },
  });
  const planned: PlannedPage = Object.assign(server, { plans: [], up: true });
  return planned;
}

function component(name: string) {
  return { id: `${name.toLowerCase()}0000`, name, status: 'operational', group: false, group_id: null };
}

function maintenance(plan: Plan) {
  const { id, name = 'Database upgrade', status = 'scheduled', updatedAt = POSTED } = plan;
  const update = { status, body: plan.body ?? 'Writes stop for a moment.', affected_components: null };
  return {
    id,
    name,
    status,
    impact: 'maintenance',
    created_at: POSTED,
    updated_at: updatedAt,
    resolved_at: status === 'completed' ? updatedAt : null,
    shortlink: `https://stspg.example/${id}`,
    incident_updates: [
      { ...update, id: `${id}-1`, created_at: updatedAt, display_at: updatedAt, updated_at: updatedAt },
    ],
    components: (plan.components ?? ['API']).map(component),
    scheduled_for: plan.from,
    scheduled_until: plan.until ?? null,
  };
}

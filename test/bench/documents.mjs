/**
 * Documents as the platforms serve them, in shape and in size: 25 components, 20 incidents of four updates each, three
 * maintenances. One story, made from a seed, is told in the words of each platform.
 */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const COMPONENTS = 25;
const INCIDENTS = 20;
const VOCABULARY =
  'we are looking into raised error rates for some requests in one region while a fix is being rolled out and customers may see slow replies';

/** The same numbers, from 0 to below `count`, for the same seed. */
function dice(seed) {
  let state = seed + 1;
  return (count) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

/** What happened to a vendor: an incident a week, the newest still open every tenth time, a plan every fifth. */
export function story(seed, now = Date.now()) {
  const open = seed % 10 === 0;
  const roll = dice(seed);
  const vocabulary = VOCABULARY.split(' ');
  const words = (count) => Array.from({ length: count }, () => vocabulary[roll(vocabulary.length)]).join(' ');
  const id = () => Array.from({ length: 12 }, () => '0123456789abcdefghjkmnpqrstvwxyz'[roll(32)]).join('');
  const components = Array.from({ length: COMPONENTS }, (_, at) => ({
    id: id(),
    name: `Service ${at}`,
    about: words(8),
  }));
  const incident = (kind, beganMs, phases) => ({
    id: id(),
    kind,
    title: words(6),
    components: [components[roll(12)], components[12 + roll(12)]],
    from: new Date(beganMs).toISOString(),
    until: new Date(beganMs + 2 * HOUR_MS).toISOString(),
    updates: phases.map((status, step) => ({
      id: id(),
      status,
      at: new Date(status === 'scheduled' ? beganMs - 9 * DAY_MS : beganMs + (step * HOUR_MS) / 2).toISOString(),
      text: `${words(14)}. ${words(8)}.`,
      // Most vendors write plain text; a few, HTML.
      markup: roll(16) === 0,
      // Most posts name no component.
      names: step === 0 || status === 'resolved',
    })),
  });
  const steps = ['investigating', 'identified', 'monitoring', 'resolved'];
  const incidents = Array.from({ length: INCIDENTS }, (_, at) =>
    incident('incident', now - (at * 7 + 1) * DAY_MS, open && at === 0 ? steps.slice(0, 3) : steps),
  );
  const past = [6, 13].map((days) =>
    incident('maintenance', now - days * DAY_MS, ['scheduled', 'in_progress', 'completed']),
  );
  const plans = seed % 5 === 0 ? [incident('maintenance', now + 7 * DAY_MS, ['scheduled'])] : [];
  return { id: id(), open, components, incidents, maintenances: [...plans, ...past], now: new Date(now).toISOString() };
}

const isOver = ({ updates }) => ['resolved', 'completed'].includes(updates.at(-1).status);

/** Statuspage's `summary.json`, `incidents.json` and `scheduled-maintenances.json`, by path. */
export function statuspage(told) {
  const page = {
    id: told.id,
    name: 'Acme',
    url: 'https://status.acme.example',
    time_zone: 'Etc/UTC',
    updated_at: told.now,
  };
  const component = ({ id, name, about }, position) => ({
    id,
    name,
    status: told.open && position === 0 ? 'degraded_performance' : 'operational',
    created_at: '2024-02-05T09:10:00.123Z',
    updated_at: told.now,
    position,
    description: about,
    showcase: false,
    start_date: null,
    group_id: null,
    page_id: told.id,
    group: false,
    only_show_if_degraded: false,
  });
  const affected = ({ id, name }) => ({ code: id, name, old_status: 'operational', new_status: 'operational' });
  const row = ({ id, kind, title, components, from, until, updates }) => ({
    id,
    name: title,
    status: updates.at(-1).status,
    created_at: from,
    updated_at: updates.at(-1).at,
    monitoring_at: null,
    resolved_at: isOver({ updates }) ? updates.at(-1).at : null,
    impact: kind === 'maintenance' ? 'maintenance' : 'minor',
    shortlink: `https://stspg.example/${id}`,
    started_at: from,
    page_id: told.id,
    incident_updates: updates.toReversed().map((update) => ({
      id: update.id,
      status: update.status,
      body: update.markup
        ? `<p>${update.text}</p><p>See <a href="https://acme.example/docs">the docs</a> &amp; wait.</p>`
        : update.text,
      incident_id: id,
      created_at: update.at,
      updated_at: update.at,
      display_at: update.at,
      affected_components: update.names ? components.map(affected) : null,
      deliver_notifications: true,
      custom_tweet: null,
      tweet_id: null,
    })),
    components: components.map(component),
    ...(kind === 'maintenance' && { scheduled_for: from, scheduled_until: until }),
  });
  const [incidents, maintenances] = [told.incidents.map(row), told.maintenances.map(row)];
  const isOpen = ({ resolved_at }) => resolved_at === null;
  const summary = {
    page,
    components: told.components.map(component),
    incidents: incidents.filter(isOpen),
    scheduled_maintenances: maintenances.filter(isOpen),
    status: told.open
      ? { indicator: 'minor', description: 'Minor Service Outage' }
      : { indicator: 'none', description: 'All Systems Operational' },
  };
  return {
    '/api/v2/summary.json': summary,
    '/api/v2/incidents.json': { page, incidents },
    '/api/v2/scheduled-maintenances.json': { page, scheduled_maintenances: maintenances },
  };
}

/** The web page that Statuspage makes of it, of which only whose it is matters here. */
export function statuspageHome(told) {
  const rows = told.components.map(
    ({ name }) => `<div class="component-inner-container"><span class="name">${name}</span></div>`,
  );
  const assets = '//dka575ofm4ao0.cloudfront.net/assets';
  return `<!DOCTYPE html><html><head><link rel="stylesheet" href="${assets}/status.css"></head><body>${rows.join('')}</body></html>`;
}

/** An id as incident.io writes it. */
const ulid = (id) => `01KJQ0PHCT0000${id.toUpperCase()}`;

/** incident.io's page and its list of incidents, by path. */
export function incidentIo(told) {
  const pageId = ulid(told.id);
  const phase = {
    scheduled: 'maintenance_scheduled',
    in_progress: 'maintenance_in_progress',
    completed: 'maintenance_complete',
  };
  const row = ({ id, kind, title, components, from, until, updates }) => ({
    id: ulid(id),
    status_page_id: pageId,
    name: title,
    type: kind,
    status: phase[updates.at(-1).status] ?? updates.at(-1).status,
    published_at: from,
    affected_components: components.map((one) => ({
      component_id: ulid(one.id),
      status: 'degraded_performance',
      current_status: 'operational',
    })),
    component_impacts: components.map((one) => ({
      id: ulid(one.id),
      component_id: ulid(one.id),
      status_page_incident_id: ulid(id),
      status: 'degraded_performance',
      start_at: from,
      end_at: until,
    })),
    status_summaries: [{ start_at: from, end_at: until, worst_component_status: 'degraded_performance' }],
    updates: updates.map((update) => ({
      id: ulid(update.id),
      published_at: update.at,
      to_status: phase[update.status] ?? update.status,
      message: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: update.text }] }] },
      message_string: update.text,
      automated_update: false,
      component_statuses: update.names
        ? components.map((one) => ({ component_id: ulid(one.id), status: 'degraded_performance' }))
        : [],
    })),
  });
  const isOpen = (one) => !isOver(one);
  const parts = told.components.map(({ id, name }) => ({
    component_id: ulid(id),
    name,
    hidden: false,
    display_uptime: true,
    data_available_since: '2024-02-05T09:10:00Z',
  }));
  const summary = {
    id: pageId,
    name: 'Acme',
    subpath: 'acme',
    public_url: 'https://status.acme.example/',
    components: told.components.map(({ id, name }) => ({ id: ulid(id), name, status_page_id: pageId })),
    affected_components: [],
    ongoing_incidents: told.incidents.filter(isOpen).map(row),
    scheduled_maintenances: told.maintenances.filter(isOpen).map(row),
    structure: {
      id: pageId,
      status_page_id: pageId,
      items: [{ group: { id: pageId, name: 'Platform', hidden: false, components: parts } }],
    },
  };
  return {
    '/proxy/status.acme.example': { summary },
    '/proxy/status.acme.example/incidents': { incidents: [...told.incidents, ...told.maintenances].map(row) },
  };
}

/** Better Stack's one document, by path, with its ninety days of history a resource. */
export function betterStack(told) {
  const number = (id) => String(Number.parseInt(id.slice(0, 8), 36));
  const history = Array.from({ length: 90 }, (_, day) => ({
    day: new Date(Date.parse(told.now) - day * DAY_MS).toISOString().slice(0, 10),
    status: 'operational',
    downtime_duration: 0,
    maintenance_duration: 0,
  }));
  const resources = told.components.map(({ id, name, about }, position) => ({
    id: number(id),
    type: 'status_page_resource',
    attributes: {
      status_page_section_id: 7101,
      resource_id: position,
      resource_type: 'Monitor',
      history: true,
      widget_type: 'history',
      public_name: name,
      explanation: about,
      position,
      availability: 0.9991,
      status: 'operational',
      status_history: history,
    },
  }));
  const all = [...told.incidents, ...told.maintenances];
  const affected = ({ components }) =>
    components.map(({ id }) => ({ status_page_resource_id: number(id), status: 'resolved' }));
  const reports = all.map((one) => ({
    id: number(one.id),
    type: 'status_report',
    attributes: {
      title: one.title,
      report_type: one.kind === 'maintenance' ? 'maintenance' : 'manual',
      starts_at: one.from,
      ends_at: one.until,
      affected_resources: affected(one),
      aggregate_state: 'resolved',
      status_page_id: 51001,
    },
    relationships: {
      status_updates: { data: one.updates.map(({ id }) => ({ id: number(id), type: 'status_update' })) },
    },
  }));
  const updates = all.flatMap((one) =>
    one.updates.map(({ id, text, at }) => ({
      id: number(id),
      type: 'status_update',
      attributes: {
        message: text,
        published_at: at,
        affected_resources: affected(one),
        notify_subscribers: false,
        status_report_id: number(one.id),
      },
    })),
  );
  const section = { id: '7101', type: 'status_page_section', attributes: { name: 'Platform', position: 0 } };
  const attributes = {
    company_name: 'Acme',
    company_url: 'https://acme.example',
    timezone: 'UTC',
    subdomain: 'acme',
    custom_domain: 'status.acme.example',
    aggregate_state: 'operational',
  };
  return {
    '/index.json': {
      data: { id: '51001', type: 'status_page', attributes },
      included: [section, ...resources, ...reports, ...updates],
    },
  };
}

/** Events as a page brings them, each of an incident of its own. */
export function eventOf(number) {
  const at = new Date(Date.UTC(2026, 2, 10) + number * 1000);
  const url = `https://status-${number % 100}.example.com`;
  const component = { id: 'c1', name: 'Sign-in', group: 'Services', status: 'degraded_performance' };
  const update = {
    id: `u${number}`,
    status: 'investigating',
    at,
    body: 'Sign-ins take longer than they should, and some are refused. We are looking for the reason.',
    components: [component],
  };
  const incident = {
    ...{ id: `i${number}`, kind: 'incident', title: `Slow sign-in ${number}`, url: `${url}/incidents/i${number}` },
    ...{ status: 'investigating', impact: 'major', startedAt: at, resolvedAt: null, updatedAt: at },
    ...{ scheduledFor: null, scheduledUntil: null, updates: [update] },
    components: [{ ...component, worstStatus: component.status }],
  };
  const provider = { id: `vendor-${number % 100}`, name: `Vendor ${number % 100}`, url, platform: 'statuspage' };
  return {
    ...{ id: `evt_${String(number).padStart(24, '0')}`, type: 'incident.opened', at, detectedAt: at },
    ...{ initial: false, late: false, provider, incident, update, component: null, error: null },
  };
}

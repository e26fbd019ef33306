import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Delivery } from '../../src/channel.ts';
import { pagerduty } from '../../src/channels/pagerduty.ts';
import type { StatusEvent } from '../../src/model.ts';
import { clerkIncident, eventOf, maintenance } from '../incidents.ts';
import { type Answer, startServer } from '../local-server.ts';
import { expectNoLink, failuresOf, hostileDelivery, refusedSettings } from './hostile.ts';
import { CASES, channelIo, deliveryOf, wireOf } from './setup.ts';

const SETTINGS = { key: '0123456789abcdef0123456789abcdef' };
const TAKEN = { status: 202, body: { status: 'success' } };

interface Enqueued {
  routing_key: string;
  event_action: string;
  dedup_key: string;
  payload: { summary: string; source: string; severity: string; timestamp?: string; [more: string]: unknown };
  client?: string;
  links?: { href: string; text: string }[];
}

/** What the Events API demands: https://developer.pagerduty.com/docs/send-alert-event */
function errorsOf(json: string): string[] {
  const { routing_key, event_action, dedup_key, payload, links = [] } = JSON.parse(json) as Enqueued;
  const { summary, source, severity, timestamp } = payload;
  const rules: [boolean, string][] = [
    [Buffer.byteLength(json) <= 512 * 1024, 'larger than 512 kB'],
    [/^\w{32}$/.test(routing_key), 'Invalid routing key'],
    [['trigger', 'acknowledge', 'resolve'].includes(event_action), 'event_action'],
    [dedup_key.length > 0 && dedup_key.length <= 255, 'dedup_key'],
    [summary.length > 0 && summary.length <= 1024, 'summary'],
    [source.length > 0, 'source'],
    [['critical', 'error', 'warning', 'info'].includes(severity), 'severity'],
    [timestamp === undefined || !Number.isNaN(Date.parse(timestamp)), 'timestamp'],
    [links.every(({ href }) => /^https?:\/\//.test(href)), 'links'],
  ];
  return rules.filter(([kept]) => !kept).map(([, name]) => name);
}

/** A service of PagerDuty: what it is sent, and the alerts that are open and those that ever were. */
async function pagerdutyService() {
  const open = new Map<string, string>();
  const opened: string[] = [];
  const server = await startServer({
    '/v2/enqueue': ({ body }): Answer => {
      const errors = errorsOf(body);
      if (errors.length > 0)
        return {
          status: 400,
          body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors }),
        };
      const { event_action, dedup_key, payload } = JSON.parse(body) as Enqueued;
      if (event_action === 'resolve') open.delete(dedup_key);
      else {
        if (!open.has(dedup_key)) opened.push(payload.summary);
        open.set(dedup_key, payload.summary);
      }
      return { status: 202, body: JSON.stringify({ status: 'success', message: 'Event processed', dedup_key }) };
    },
  });
  onTestFinished(() => server.close());
  return { server, open, opened, send: pagerduty.connect({ ...SETTINGS, api: server.url }, channelIo()) };
}

async function actionOf(event: StatusEvent): Promise<string> {
  const { requests, receipt } = await wireOf(pagerduty, SETTINGS, TAKEN, deliveryOf(event));
  if (receipt.outcome === 'skipped') expect(requests).toEqual([]);
  return receipt.outcome === 'skipped' ? 'skipped' : (requests[0]!.body as Enqueued).event_action;
}

test('an incident is one alert from its first post to its last, and its postmortem opens no other', async () => {
  const { send, open, opened } = await pagerdutyService();
  const types = ['opened', 'updated', 'updated', 'updated'] as const;
  for (const [index, type] of types.entries()) {
    await send(deliveryOf(eventOf(`incident.${type}`, clerkIncident(index + 1))));
    expect(open.size).toBe(1);
  }
  expect((await send(deliveryOf(eventOf('incident.resolved', clerkIncident())))).detail).toBe('alert resolved');
  expect(open.size).toBe(0);
  const postmortem = { ...clerkIncident(), status: 'postmortem' as const };
  const receipt = await send(deliveryOf(eventOf('incident.updated', postmortem)));
  expect(receipt).toEqual({ outcome: 'skipped', detail: 'it is over already' });
  expect(opened).toEqual(['Clerk: Increased latency & 500 Errors on FAPI/BAPI (investigating)']);
});

test('an incident that was over before anybody knew of it wakes nobody', async () => {
  const { send, opened } = await pagerdutyService();
  const over = clerkIncident();
  await send(deliveryOf({ ...eventOf('incident.opened', over), update: over.updates[0]! }));
  await send(deliveryOf(eventOf('incident.resolved', over)));
  expect(opened).toEqual([]);
});

test('a page that cannot be read is an alert until it can', async () => {
  const { send, open } = await pagerdutyService();
  await send(CASES.unreadable!());
  expect([...open.values()]).toEqual([expect.stringMatching(/^Clerk has a status page that cannot be read/)]);
  await send(CASES.readable!());
  expect(open.size).toBe(0);
});

const component = (
  from: 'operational' | 'partial_outage',
  to: 'operational' | 'partial_outage' | 'under_maintenance',
) => eventOf('component.changed', null, { component: { id: 'c', name: 'Search', group: null, from, to } });
const planned = maintenance('scheduled');

test.each<[string, StatusEvent, string]>([
  ['incident.reopened', eventOf('incident.reopened', clerkIncident(2)), 'trigger'],
  ['incident.edited', eventOf('incident.edited', clerkIncident(2)), 'skipped'],
  ['incident.withdrawn', eventOf('incident.withdrawn', clerkIncident(2), { update: null }), 'resolve'],
  ['maintenance.scheduled', eventOf('maintenance.scheduled', planned), 'skipped'],
  ['maintenance.updated, still planned', eventOf('maintenance.updated', planned), 'skipped'],
  ['maintenance.started', eventOf('maintenance.started', maintenance('in_progress')), 'trigger'],
  ['maintenance.updated, going on', eventOf('maintenance.updated', maintenance('verifying')), 'trigger'],
  ['maintenance.completed', eventOf('maintenance.completed', maintenance('completed')), 'resolve'],
  ['maintenance.cancelled', eventOf('maintenance.cancelled', maintenance('cancelled')), 'resolve'],
  ['maintenance.edited', eventOf('maintenance.edited', planned), 'skipped'],
  ['maintenance.withdrawn', eventOf('maintenance.withdrawn', planned), 'resolve'],
  ['component.changed, worse', component('operational', 'partial_outage'), 'trigger'],
  ['component.changed, worked on', component('operational', 'under_maintenance'), 'trigger'],
  ['component.changed, well again', component('partial_outage', 'operational'), 'resolve'],
  ['provider.moved', eventOf('provider.moved', null), 'skipped'],
])('%s', async (_, event, action) => {
  expect(await actionOf(event)).toBe(action);
});

test.each([
  ['critical', 'critical'],
  ['major', 'error'],
  ['minor', 'warning'],
  ['none', 'info'],
  ['unknown', 'warning'],
] as const)('an incident of impact %s is an alert of severity %s', async (impact, severity) => {
  const event = eventOf('incident.opened', { ...clerkIncident(1), impact });
  const { requests } = await wireOf(pagerduty, SETTINGS, TAKEN, deliveryOf(event));
  expect((requests[0]!.body as Enqueued).payload.severity).toBe(severity);
});

test('test 53: a repeat has the same key, and two machines that watch one page raise one alert', async () => {
  const first = await wireOf(pagerduty, SETTINGS, TAKEN, CASES.opened!());
  const again = await wireOf(pagerduty, SETTINGS, TAKEN, { ...CASES.opened!(), id: 'dlv_of-another-machine00' });
  expect(again.requests).toEqual(first.requests);
});

test('every event is wanted: there are no digests', async () => {
  expect(pagerduty.pace.singles).toBeNull();
  const { requests, receipt } = await wireOf(pagerduty, SETTINGS, TAKEN, CASES.digest!());
  expect({ requests, outcome: receipt.outcome }).toEqual({ requests: [], outcome: 'skipped' });
});

test('whatever a vendor writes, PagerDuty takes it, and nothing in it is a link', async () => {
  const check = async (delivery: Delivery) => {
    const { requests } = await wireOf(pagerduty, SETTINGS, TAKEN, delivery);
    for (const { body } of requests) {
      expect(errorsOf(JSON.stringify(body))).toEqual([]);
      const { payload, links } = body as Enqueued;
      const { source: _, class: __, custom_details: details = {}, ...texts } = payload;
      for (const text of [...Object.values(texts), ...Object.values(details as object)]) {
        expect((text as string).isWellFormed()).toBe(true);
        expectNoLink(text as string);
      }
      expect(links?.map(({ href }) => href) ?? []).toEqual(
        delivery.plain || !delivery.message.url ? [] : [delivery.message.url],
      );
    }
  };
  await fc.assert(fc.asyncProperty(hostileDelivery, check), { numRuns: 500 });
});

test('a key that PagerDuty does not know is final for the channel, a bad event for the message alone', async () => {
  const answer = (errors: string[]) => {
    const body = { status: 'invalid event', message: 'Event object is invalid', errors };
    return wireOf(pagerduty, SETTINGS, { status: 400, body }, CASES.opened!());
  };
  await expect(answer(['Invalid routing key'])).rejects.toMatchObject({
    message: expect.stringMatching(/^PagerDuty knows no such integration key \(HTTP 400\): copy it again/),
    details: { permanent: 'channel', status: 400 },
  });
  await expect(answer(["'payload.summary' is too long"])).rejects.toMatchObject({
    message: "PagerDuty refused the message (HTTP 400): Event object is invalid: 'payload.summary' is too long",
    details: { permanent: 'message', status: 400 },
  });
});

test('too many events are tried again after minutes, as PagerDuty asks, or when it says', async () => {
  const answer = (headers: Record<string, string>) =>
    wireOf(pagerduty, SETTINGS, { status: 429, headers }, CASES.opened!());
  await expect(answer({})).rejects.toMatchObject({ details: { permanent: false, retryAfterMs: 120_000 } });
  await expect(answer({ 'retry-after': '30' })).rejects.toMatchObject({ details: { retryAfterMs: 30_000 } });
});

test('only a 202 is taken for an answer of PagerDuty', async () => {
  await expect(wireOf(pagerduty, SETTINGS, { status: 200, body: '<html>' }, CASES.opened!())).rejects.toMatchObject({
    message: 'PagerDuty did not confirm the message (HTTP 200): look at "api"',
    details: { permanent: false },
  });
});

test.each([
  ['a key too short', { key: 'secretkey' }, /"key" must be the 32 letters and digits/],
  ['an address over plain http', { ...SETTINGS, api: 'http://events.example' }, /"api" must begin with https:/],
  ['no address', { ...SETTINGS, api: 'eu' }, /"api" must be a whole address/],
])('refuses %s where it is configured, without quoting it', (_, settings, words) => {
  const reason = refusedSettings(pagerduty, settings);
  expect(reason).toMatch(words);
  expect(reason).not.toContain('secretkey');
});

test('sends to the EU where told so', async () => {
  const settings = { ...SETTINGS, api: 'https://events.eu.pagerduty.com/' };
  const { requests } = await wireOf(pagerduty, settings, TAKEN, CASES.opened!());
  expect(requests[0]!.url).toBe('https://events.eu.pagerduty.com/v2/enqueue');
});

test('test 60: the key shows in no failure', async () => {
  const key = 'canary00canary00canary00canary00';
  for (const told of await failuresOf(pagerduty, (api) => ({ key, api }))) expect(told).not.toMatch(/canary/);
});

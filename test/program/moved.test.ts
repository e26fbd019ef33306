/** A watched Statuspage page that turns into one of incident.io, with other ids and the same incidents. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { home, lines, type Running, run, start } from './run.ts';

interface Post {
  status: string;
  /** Minutes after noon. */
  at: number;
}

interface Trouble {
  name: string;
  posts: Post[];
}

const time = (minutes: number) => new Date(Date.UTC(2026, 2, 10, 12, minutes)).toISOString();
const json = (body: object) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const web = (status: number) => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Acme</body></html>',
});
const isOpen = ({ posts }: Trouble) => posts.at(-1)?.status !== 'resolved';

function statuspageRoutes(troubles: readonly Trouble[]): LocalServer['routes'] {
  const page = { id: 'acme12345678', name: 'Acme', url: 'https://status.acme.example', time_zone: 'Etc/UTC' };
  const incidents = troubles.map(({ name, posts }, nth) => ({
    id: `sp000000000${nth}`,
    name,
    status: posts.at(-1)?.status,
    impact: 'minor',
    created_at: time(posts[0]!.at),
    incident_updates: posts
      .map(({ status, at }, n) => ({
        id: `sp-${nth}-${n}`,
        status,
        body: `${status} it`,
        created_at: time(at),
        display_at: time(at),
      }))
      .reverse(),
    components: [],
  }));
  const open = incidents.filter((_, nth) => isOpen(troubles[nth]!));
  const status = { indicator: open.length > 0 ? 'minor' : 'none', description: '' };
  return {
    '/api/v2/summary.json': json({ page, status, components: [], incidents: open, scheduled_maintenances: [] }),
    '/api/v2/incidents.json': json({ page, incidents }),
    '/api/v2/scheduled-maintenances.json': json({ page, scheduled_maintenances: [] }),
    '*': web(404),
  };
}

const ulid = (kind: string, nth: number) => `01KKBM1J7N8X3T4V5W6${kind}${String(nth).padStart(7 - kind.length, '0')}`;

function incidentIoRoutes(troubles: readonly Trouble[], host: string): LocalServer['routes'] {
  const incidents = troubles.map(({ name, posts }, nth) => ({
    id: ulid('A', nth),
    status_page_id: ulid('P', 0),
    name,
    type: 'incident',
    status: posts.at(-1)?.status,
    published_at: time(posts[0]!.at),
    affected_components: [],
    component_impacts: [],
    status_summaries: [],
    updates: posts.map(({ status, at }, n) => ({
      id: ulid(`B${nth}`, n),
      published_at: time(at),
      to_status: status,
      message_string: `${status} it, as the new page has it`,
      component_statuses: [],
    })),
  }));
  const summary = {
    id: ulid('P', 0),
    name: 'Acme',
    public_url: 'https://status.acme.example',
    components: [],
    affected_components: [],
    ongoing_incidents: incidents.filter((_, nth) => isOpen(troubles[nth]!)),
    scheduled_maintenances: [],
    structure: { id: ulid('S', 0), items: [] },
  };
  return {
    '/': {
      headers: { 'content-type': 'text/html' },
      body: '<html><img src="https://storage.googleapis.com/incident-io-status-page-logos/a.png"></html>',
    },
    [`/proxy/${host}`]: json({ summary }),
    [`/proxy/${host}/incidents`]: json({ incidents }),
    '*': web(404),
  };
}

let user: ReturnType<typeof home>;
let page: LocalServer;
let running: Running[];
let troubles: Trouble[];

beforeEach(async () => {
  user = home();
  running = [];
  troubles = [
    {
      name: 'Exports hang',
      posts: [
        { status: 'investigating', at: 0 },
        { status: 'resolved', at: 20 },
      ],
    },
    {
      name: 'Logins fail',
      posts: [
        { status: 'investigating', at: 30 },
        { status: 'identified', at: 40 },
      ],
    },
  ];
  page = await startServer(statuspageRoutes(troubles));
});

afterEach(async () => {
  for (const one of running) one.child.kill('SIGKILL');
  await Promise.all(running.map((one) => one.ended));
  await page.close();
  user.remove();
});

const change = (routes: LocalServer['routes']) => {
  for (const key of Object.keys(page.routes)) delete page.routes[key];
  Object.assign(page.routes, routes);
};
const host = () => `127.0.0.1:${page.port}`;
const shape = (text: string) =>
  lines(text).map(
    (event) =>
      `${event.type} ${(event.provider as { platform: string }).platform} ${(event.update as { status: string } | null)?.status ?? '-'}`,
  );

it('is watched on under its new platform: told once, no known incident told again, every later post told', async () => {
  const watch = start(['watch', page.url, '--json', '--interval', '50ms'], user.env);
  running.push(watch);
  await watch.until('incident.opened');
  expect(shape(watch.stdout())).toEqual(['incident.opened statuspage identified']);
  change(incidentIoRoutes(troubles, host()));
  await watch.until('provider.moved');
  troubles[1]!.posts.push({ status: 'resolved', at: 55 });
  change(incidentIoRoutes(troubles, host()));
  await watch.until('incident.resolved');
  const asked = page.requests.length;
  while (page.requests.length < asked + 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(shape(watch.stdout())).toEqual([
    'incident.opened statuspage identified',
    'provider.moved incident-io -',
    'incident.resolved incident-io resolved',
  ]);
  for (const event of lines(watch.stdout())) expect(validate('event', event)).toEqual([]);
  const [, moved] = lines(watch.stdout());
  expect(moved).toMatchObject({ error: null, incident: null, update: null, component: null });
});

it('is remembered, over restarts as well, and failures are counted over them', async () => {
  const once = async () =>
    shape((await run(['watch', page.url, '--json', '--once', '--interval', '1ms'], user.env)).stdout);
  expect(await once()).toEqual(['incident.opened statuspage identified']);
  change(incidentIoRoutes(troubles, host()));
  const told: string[] = [];
  for (let nth = 0; nth < 3; nth++) {
    expect(told).toEqual([]);
    told.push(...(await once()));
  }
  expect(told).toEqual(['provider.moved incident-io -']);
  const remembered = readFileSync(path.join(path.dirname(user.state), 'platforms.json'), 'utf8');
  expect(remembered).toContain('"platform":"incident-io"');
  page.requests.length = 0;
  expect(await once()).toEqual([]);
  expect(page.requests.map((request) => request.path)).toEqual([`/proxy/${host()}/incidents`]);
});

it('stays what it is while its own platform merely fails, or the network wants a word first', async () => {
  const watch = start(['watch', page.url, '--json', '--interval', '50ms'], user.env);
  running.push(watch);
  await watch.until('incident.opened');
  change({
    '*': {
      headers: { 'content-type': 'text/html' },
      body: '<html><head><title>Status</title></head><body><h1>All systems are operational</h1></body></html>',
    },
  });
  const asked = page.requests.length;
  while (page.requests.length < asked + 12) await new Promise((resolve) => setTimeout(resolve, 20));
  troubles[1]!.posts.push({ status: 'monitoring', at: 55 });
  change(statuspageRoutes(troubles));
  await watch.until('monitoring');
  expect(shape(watch.stdout())).toEqual([
    'incident.opened statuspage identified',
    'incident.updated statuspage monitoring',
  ]);
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openStatusPage } from './page.ts';
import { home, run } from './run.ts';

let user: ReturnType<typeof home>;
let clerk: LocalServer;
let clerkIo: LocalServer;

/** The pages as their platforms served them, from a copy on this machine. */
function copyOf(
  folder: string,
  route: (requested: string, routes: string[]) => string | undefined,
): Promise<LocalServer> {
  const base = path.join('fixtures', 'sources', folder);
  const { routes } = JSON.parse(readFileSync(path.join(base, 'case.json'), 'utf8')) as {
    routes: Record<string, { file: string }>;
  };
  return startServer({
    '*': ({ path: requested }) => {
      const found = route(requested.slice(1), Object.keys(routes));
      if (!found) return { status: 404, body: 'not here' };
      return {
        headers: { 'content-type': 'application/json' },
        body: readFileSync(path.join(base, routes[found]!.file), 'utf8'),
      };
    },
  });
}

beforeAll(async () => {
  user = home();
  clerk = await copyOf('incident-io/resolved-clerk', (requested, routes) =>
    routes.find(
      (one) =>
        /^proxy\/[^/]+(\/incidents)?$/.test(requested) &&
        one.endsWith('/incidents') === requested.endsWith('/incidents'),
    ),
  );
  clerkIo = await copyOf('better-stack/resolved-clerk-io', (requested, routes) =>
    routes.find((one) => one === requested),
  );
});

afterAll(async () => {
  await Promise.all([clerk.close(), clerkIo.close()]);
  user.remove();
});

const show = (...args: string[]) => run(['show', ...args, '--utc'], user.env);

describe('a zone without a name', () => {
  it.each([
    ['', '15:53 UTC'],
    ['GMT+3', '12:53 UTC-3'],
    ['UTC-5:30', '15:53 UTC'],
    ['Not/AZone', '15:53 UTC'],
  ])('TZ="%s" is read by its offset, or as UTC, in every line', async (zone, began) => {
    const shown = ['show', clerk.url, '--platform', 'incident-io'];
    const { stdout, stderr, code } = await run(shown, { ...user.env, TZ: zone });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(`10 March 2026 ${began}`);
    const added = await run(['channel', 'add', `ops${zone.length}`, 'desktop'], { ...user.env, TZ: zone });
    expect(added.code).toBe(0);
    const group = ['group', 'add', `g${zone.length}`, '--channel', `ops${zone.length}`, '--quiet', '22:00-07:00'];
    expect((await run(group, { ...user.env, TZ: zone })).code).toBe(0);
  });
});

describe('pingoru show', () => {
  it('tells Clerk’s incident of 10 March 2026 as it was: 15:53 to 17:26, 1 h 33 m, eight components', async () => {
    const { stdout, code } = await show(clerk.url, '--platform', 'incident-io');
    expect(code).toBe(0);
    expect(stdout).toContain('Increased latency & 500 Errors on FAPI/BAPI');
    expect(stdout).toMatch(
      /minor incident on 10 March 2026 affecting Machine authentication, Webhooks and 6 more components/,
    );
    expect(stdout).toMatch(/Started +10 March 2026 15:53 UTC\n/);
    expect(stdout).toMatch(/Resolved +10 March 2026 17:26 UTC\n/);
    expect(stdout).toMatch(/Duration +1 h 33 m\n/);
    expect(stdout).toContain('8 components');
    expect(
      [...stdout.matchAll(/10 March 2026 (\d\d:\d\d) UTC {2}(\w+)/g)].map((match) => `${match[1]} ${match[2]}`),
    ).toEqual([
      '15:53 investigating',
      '16:17 investigating',
      '16:24 investigating',
      '16:34 monitoring',
      '17:26 resolved',
    ]);
  });

  it('tells Clerk.io’s of 29 August 2025 as it was: 08:01 to 11:14, 3 h 13 m, three components', async () => {
    const { stdout } = await show(clerkIo.url, '--platform', 'better-stack');
    expect(stdout).toMatch(/Started +29 August 2025 08:01 UTC\n/);
    expect(stdout).toMatch(/Resolved +29 August 2025 11:14 UTC\n/);
    expect(stdout).toMatch(/Duration +3 h 13 m\n/);
    for (const label of ['API (api.clerk.io)', 'Services (Search)', 'Services (Recommendations)'])
      expect(stdout).toContain(label);
  });

  it('prints valid JSON with the same facts', async () => {
    const { stdout, stderr } = await show(clerk.url, '--platform', 'incident-io', '--format', 'json');
    const document = JSON.parse(stdout);
    expect(validate('show', document)).toEqual([]);
    expect(stderr).toBe('');
    expect(document.incident).toMatchObject({
      startedAt: '2026-03-10T15:53:00Z',
      resolvedAt: '2026-03-10T17:26:00Z',
      durationSeconds: 5580,
      impact: 'minor',
    });
    expect(document.incident.components).toHaveLength(8);
  });

  it('finds an incident by its address, by its id and by words of its title', async () => {
    const { incident } = JSON.parse((await show(clerk.url, '--platform', 'incident-io', '--json')).stdout);
    const address = `${clerk.url}/incidents/${incident.id}`;
    for (const args of [
      [address],
      [address.replace('http://', '')],
      [clerk.url, incident.id],
      [clerk.url, 'LATENCY'],
    ]) {
      const { stdout } = await show(...args, '--platform', 'incident-io', '--json');
      expect(JSON.parse(stdout).incident.id).toBe(incident.id);
    }
    const none = await show(clerk.url, 'Increased latencies', '--platform', 'incident-io');
    expect({ code: none.code, stderr: none.stderr }).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('Increased latency'),
    });
  });

  it('never takes the end of an address for words of a title', async () => {
    const { code, stderr } = await show(`${clerk.url}/incidents/latency`, '--platform', 'incident-io');
    expect({ code, stderr }).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('lists no incident "latency"'),
    });
  });

  it('prints Markdown', async () => {
    const { stdout } = await show(clerk.url, '--platform', 'incident-io', '--format', 'markdown');
    expect(stdout).toMatch(/^# Increased latency/);
    expect(stdout).toContain('1 h 33 m');
  });

  it('prints a document also where there is no incident', async () => {
    const page = await openStatusPage();
    const none = await show(page.url, '--json');
    const document = JSON.parse(none.stdout);
    expect(validate('show', document)).toEqual([]);
    expect({ ...none, document }).toMatchObject({
      code: 0,
      stderr: '',
      document: { incident: null, firstSeenAt: null },
    });
    const words = await show(page.url);
    expect(words).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('lists no incident of late') });
    await page.close();
  });

  it('knows when watch first saw it', async () => {
    const page = { url: clerk.url, args: ['--platform', 'incident-io'] };
    await run(['watch', page.url, '--once', ...page.args], user.env);
    const { stdout } = await show(page.url, ...page.args, '--json');
    expect(JSON.parse(stdout).firstSeenAt).toBeNull();
  });
});

describe('pingoru incidents', () => {
  it('lists what is recent, newest first, as valid JSON', async () => {
    const { stdout } = await run(['incidents', clerk.url, '--platform', 'incident-io', '--json'], user.env);
    const document = JSON.parse(stdout);
    expect(validate('incidents', document)).toEqual([]);
    expect(document.providers[0].incidents[0].title).toContain('Increased latency');
    const later = await run(
      ['incidents', clerk.url, '--platform', 'incident-io', '--since', '2026-03-11', '--json'],
      user.env,
    );
    expect(JSON.parse(later.stdout).providers[0].incidents).toEqual([]);
  });
});

describe('pingoru providers', () => {
  it.each([
    ['providers', ['github']],
    ['provider-count', ['github', '--count']],
    ['provider-count', ['nobody-at-all', '--count']],
  ] as const)('prints what the schema %s says of %j', async (schema, args) => {
    const { stdout, code } = await run(['providers', ...args, '--json'], user.env);
    expect({ code, wrong: validate(schema, JSON.parse(stdout)) }).toEqual({ code: 0, wrong: [] });
  });
});

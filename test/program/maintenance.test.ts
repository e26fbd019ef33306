import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import ICAL from 'ical.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openPlannedPage, type Plan, type PlannedPage } from './planned-page.ts';
import { home, run } from './run.ts';

let user: ReturnType<typeof home>;
let page: PlannedPage;
let file: string;

beforeEach(async () => {
  user = home();
  page = await openPlannedPage();
  file = path.join(path.dirname(path.dirname(user.state)), 'maintenance.ics');
});

afterEach(async () => {
  await page.close();
  user.remove();
});

// Far from the time of any test run: the program looks at its own clock.
const upgrade: Plan = { id: 'm1', from: '2090-12-01T10:00:00Z', until: '2090-12-01T12:00:00Z' };
const network: Plan = {
  id: 'm2',
  name: 'Network work',
  from: '2090-12-01T22:00:00Z',
  until: '2090-12-03T02:00:00Z',
  components: ['Webhooks'],
};
const failover: Plan = {
  id: 'm3',
  name: 'Failover',
  status: 'in_progress',
  from: '2026-01-06T09:00:00Z',
  until: '2090-11-30T10:00:00Z',
  components: ['Billing'],
};

const maintenance = (args: string[] = [], env: NodeJS.ProcessEnv = {}) =>
  run(['maintenance', page.url, ...args], { ...user.env, TZ: 'UTC', ...env });

async function events(...args: string[]) {
  const { stdout, code } = await maintenance(['--ics', ...args]);
  expect(code).toBe(0);
  return eventsOf(stdout);
}

function eventsOf(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map((event) => ({
    uid: event.getFirstPropertyValue('uid'),
    sequence: event.getFirstPropertyValue('sequence'),
    status: event.getFirstPropertyValue('status'),
    summary: event.getFirstPropertyValue('summary'),
  }));
}

describe('the agenda', () => {
  it('has what is in progress, then the days of the reader’s zone', async () => {
    page.plans = [network, upgrade, failover];
    const { stdout, stderr, code } = await maintenance([], { TZ: 'Asia/Kolkata' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const host = page.url.replace('http://', '');
    expect(stdout.replace(/\(\d+ d(?: \d+ h)? left\)/, '(… left)')).toBe(
      `In progress
  until 30 Nov 2090 15:30 UTC+5:30 (… left)  ${host}  in progress
    Failover
    affects Billing
    ${page.url}/incidents/m3

Friday 1 December 2090
  15:30 to 17:30 UTC+5:30  ${host}  scheduled
    Database upgrade
    affects API
    ${page.url}/incidents/m1

Saturday 2 December 2090
  03:30 UTC+5:30 to 3 Dec 07:30 UTC+5:30 (1 d 4 h)  ${host}  scheduled
    Network work
    affects Webhooks
    ${page.url}/incidents/m2
`,
    );
    const newYork = await maintenance([], { TZ: 'America/New_York' });
    expect(newYork.stdout).toContain('Friday 1 December 2090\n  05:00 to 07:00 UTC-5');
    expect(existsSync(user.state.replace('state.json', 'calendar.json'))).toBe(false);
  });

  it.each([40, 80, 200])('fits %i columns', async (columns) => {
    page.plans = [{ ...upgrade, name: '東京リージョン 🚧 '.repeat(20) }, network, failover];
    const { stdout } = await maintenance([], { COLUMNS: String(columns) });
    const { default: widthOf } = await import('string-width');
    for (const line of stdout.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
  });

  it('says that nothing is planned, and never of a page that cannot be read', async () => {
    const quiet = await maintenance();
    expect(quiet.stdout).toMatch(/^127\.0\.0\.1:\d+ announces no maintenance, in progress or planned\.\n$/);
    page.up = false;
    const { stdout, stderr, code } = await maintenance();
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(stderr).toMatch(/^pingoru: 127\.0\.0\.1:\d+ could not be read: .*503/);
  });

  it('has what is ahead though its state is not told, and not what is long past', async () => {
    page.plans = [
      { ...upgrade, status: 'pondered' },
      { ...network, status: 'pondered', from: '2026-01-06T09:00:00Z', until: '2026-01-06T10:00:00Z' },
    ];
    const { stdout } = await maintenance();
    expect(stdout).toMatch(/state unknown\n {4}Database upgrade\n/);
    expect(stdout).not.toContain('Network work');
  });

  it('is narrowed by days, by component and by provider', async () => {
    page.plans = [upgrade, network, failover];
    const titles = async (...args: string[]) => {
      const { stdout } = await maintenance([...args, '--json']);
      const document = JSON.parse(stdout);
      expect(validate('incidents', document)).toEqual([]);
      return document.providers[0].incidents.map((one: { title: string }) => one.title);
    };
    expect(await titles()).toEqual(['Network work', 'Database upgrade', 'Failover']);
    expect(await titles('--days', '7')).toEqual(['Failover']);
    expect(await titles('--component', 'web*')).toEqual(['Network work']);
    const none = await maintenance(['--days', '7', '--component', 'API']);
    expect(none.stdout).toContain("no maintenance, in progress or planned for 'API' within 7 days.");
  });
});

describe('--provider', () => {
  const config = async () => {
    await run(['add', page.url, '--name', 'acme', '--platform', 'statuspage'], user.env);
    await run(['add', 'http://127.0.0.1:9', '--name', 'other', '--platform', 'statuspage'], user.env);
  };

  it('narrows the watch list to those meant', async () => {
    await config();
    for (const word of ['acme', 'AC*', page.url]) {
      const { stdout, code } = await run(['maintenance', '--provider', word], user.env);
      expect({ stdout, code }).toEqual({ stdout: 'acme announces no maintenance, in progress or planned.\n', code: 0 });
    }
  });

  it('says so when it matches none', async () => {
    await config();
    const none = await run(['maintenance', '--provider', 'acne'], user.env);
    expect(none).toMatchObject({ code: 64, stdout: '' });
    expect(none.stderr).toBe("pingoru: --provider 'acne' matches none of the pages asked for; nearest: acme\n");
    const some = await run(['maintenance', '--provider', 'zzz', '--provider', 'acme'], user.env);
    expect(some).toMatchObject({ code: 0, stdout: expect.stringContaining('acme announces no maintenance') });
    expect(some.stderr).toContain("--provider 'zzz' matches none of the pages asked for; there are: acme, other");
  });
});

describe('86. the calendar', () => {
  it('is byte-identical while nothing changes, in any zone', async () => {
    page.plans = [upgrade, network, failover];
    const first = await maintenance(['--ics']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect((await maintenance(['--ics'], { TZ: 'America/New_York' })).stdout).toBe(first.stdout);
    expect((await maintenance(['--ics'], { TZ: 'Asia/Kolkata', COLUMNS: '40' })).stdout).toBe(first.stdout);
    expect(first.stdout.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    for (const line of first.stdout.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('numbers each change of an event that stays the same', async () => {
    page.plans = [upgrade];
    const [first] = await events();
    expect(first).toMatchObject({ sequence: 0, status: 'CONFIRMED' });
    page.plans = [{ ...upgrade, name: 'Database move', until: '2090-12-01T14:00:00Z', body: 'It takes longer.' }];
    expect(await events()).toEqual([{ ...first, sequence: 1, summary: expect.stringContaining('Database move') }]);
    page.plans = [{ ...upgrade, status: 'in_progress' }];
    expect(await events()).toEqual([{ ...first, sequence: 2 }]);
  });

  it('cancels what vanished from two good reads in a row, and nothing for a page that cannot be read', async () => {
    page.plans = [upgrade, network];
    const [first, second] = await events();
    page.plans = [network];
    expect(await events()).toEqual([first, second]);
    page.up = false;
    const unread = await maintenance(['--ics']);
    expect(unread.code).toBe(3);
    expect(unread.stderr).toMatch(/could not be read: .*; 2 known events stay as before\n$/);
    expect(eventsOf(unread.stdout)).toEqual([first, second]);
    page.up = true;
    const cancelled = { ...first, sequence: 1, status: 'CANCELLED', summary: `Cancelled: ${first!.summary}` };
    expect(await events()).toEqual([cancelled, second]);
    expect(await events()).toEqual([cancelled, second]);
  });

  it('cancels nothing that a feed no longer holds: feeds drop old posts', async () => {
    const item = (id: string, title: string, date: string, words: string) =>
      `<item><title>${title}</title><guid>${id}</guid><pubDate>${date}</pubDate><description>${words}</description></item>`;
    const planned = item(
      '1',
      '[Scheduled] Maintenance of the search',
      'Fri, 01 Dec 2090 10:00:00 +0000',
      'It is slow.',
    );
    const over = item(
      '2',
      '[Resolved] Checkout errors',
      'Tue, 10 Mar 2026 11:14:00 +0000',
      'Resolved. Checkouts work.',
    );
    const feed = (...items: string[]) => ({
      headers: { 'content-type': 'application/rss+xml' },
      body: `<?xml version="1.0"?><rss version="2.0"><channel><title>Acme status</title>${items.join('')}</channel></rss>`,
    });
    const server = await startServer({ '/feed': feed(planned, over) });
    const read = async () => (await run(['maintenance', `${server.url}/feed`, '--ics'], user.env)).stdout;
    const first = await read();
    expect(eventsOf(first)).toMatchObject([{ sequence: 0, summary: expect.stringContaining('the search') }]);
    server.routes['/feed'] = feed(over);
    await read();
    expect(await read()).toBe(first);
    await server.close();
  });

  it('is narrowed without forgetting what is left out', async () => {
    page.plans = [upgrade, network];
    const all = await events();
    expect(await events('--component', 'webhooks')).toEqual([all[1]]);
    expect(await events('--days', '1')).toEqual([]);
    const other = await openPlannedPage('Other');
    const args = ['maintenance', other.url, '--ics'];
    expect(eventsOf((await run(args, user.env)).stdout)).toEqual([]);
    await other.close();
    expect(await events()).toEqual(all);
  });

  it('forgets nothing when many processes write it at once', async () => {
    page.plans = [upgrade];
    const others = await Promise.all(['a', 'b', 'c', 'd'].map((name) => openPlannedPage(name)));
    for (const other of others) other.plans = [{ ...upgrade, id: `of-${other.port}` }];
    const asked = [page, ...others].map(({ url }) => url);
    await Promise.all([...asked, ...asked].map((url) => run(['maintenance', url, '--ics'], user.env)));
    const { pages } = JSON.parse(readFileSync(user.state.replace('state.json', 'calendar.json'), 'utf8'));
    expect(pages.map(([url]: [string]) => url).sort()).toEqual([...asked].sort());
    expect(pages.every(([, entries]: [string, { sequence: number }[]]) => entries[0]!.sequence === 0)).toBe(true);
    await Promise.all(others.map((other) => other.close()));
  });
});

describe('87. hostile words', () => {
  it('reach the calendar as what they are', async () => {
    const words = 'a; b, c\\ d\\n e BEGIN:VEVENT END:VCALENDAR 🎉 東京';
    page.plans = [{ ...upgrade, name: `${words}\r\nBEGIN:VEVENT\r\nUID:evil ${'x'.repeat(10_000)}` }];
    const [event, ...more] = await events();
    expect(event!.summary).toContain(`: ${words} BEGIN:VEVENT UID:evil xxx`);
    expect(more).toEqual([]);
  });
});

describe('--out', () => {
  it('writes the calendar, says so, and leaves it alone while nothing changes', async () => {
    page.plans = [upgrade, network];
    const first = await maintenance(['--out', file]);
    expect(first).toMatchObject({ code: 0, stdout: '', stderr: `pingoru: wrote 2 events to ${file}\n` });
    const before = { text: readFileSync(file, 'utf8'), stat: statSync(file, { bigint: true }) };
    const second = await maintenance(['--out', file, '--ics']);
    expect(second).toMatchObject({ code: 0, stdout: '', stderr: `pingoru: ${file} is up to date (2 events)\n` });
    const { ino, mtimeNs } = statSync(file, { bigint: true });
    expect({ text: readFileSync(file, 'utf8'), ino, mtimeNs }).toEqual({
      text: before.text,
      ino: before.stat.ino,
      mtimeNs: before.stat.mtimeNs,
    });
    expect((await maintenance(['--ics'])).stdout).toBe(before.text);
  });

  it('leaves the file alone when nothing is known and nothing can be read', async () => {
    page.plans = [upgrade];
    await maintenance(['--out', file]);
    const before = readFileSync(file, 'utf8');
    page.up = false;
    const elsewhere = { PINGORU_STATE_DIR: path.join(path.dirname(file), 'fresh') };
    const { code, stderr } = await maintenance(['--out', file], elsewhere);
    expect(code).toBe(3);
    expect(stderr).toContain(`pingoru: ${file} is left as it is\n`);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each([
    [['--out', 'calendar.txt'], 64, 'add --ics, or give a name that ends in .ics'],
    [['--ics', '--json'], 64, 'ask for one of them'],
    [['--days', '0'], 64, 'give a number of days, such as 7'],
    [['--days', 'soon'], 64, 'give a number of days, such as 7'],
    [['--out', '/nowhere/to/be/found.ics'], 78, 'its folder does not exist'],
  ])('and %o is refused where it cannot be', async (args, code, reason) => {
    const result = await maintenance(args);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(reason) });
  });
});

it('touches nothing that watch has seen', async () => {
  page.plans = [upgrade];
  await run(['watch', page.url, '--once', '--platform', 'statuspage'], user.env);
  const before = readFileSync(user.state);
  await maintenance(['--ics']);
  await maintenance();
  expect(readFileSync(user.state)).toEqual(before);
});

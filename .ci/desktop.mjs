// The desktop for real: an X server, a session bus and dunst; one notification a post, raised by the program, and what
// dunst says it has shown. Needs Xvfb, dbus-daemon, dunst, dunstctl and notify-send.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const BIN = resolve(HERE, '..', 'bin', 'pingoru.js');
const folder = mkdtempSync(join(tmpdir(), 'pingoru-desktop-'));

const TITLES = [
  'Plain words',
  '-1 region is down',
  '--help',
  '<b>bold</b> & <a href="file:///etc/passwd">link</a>',
  '"quotes" \'and\' `id` $(touch canary) "; touch canary; "',
  'a NUL \0 and an escape \u001b[31m in the middle',
  'naïve 日本語 👩‍👩‍👧',
];

const children = [];
function background(command, args, env) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  return child;
}

/** The first line a process prints. */
function firstLine(child) {
  return new Promise((done, fail) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) done(text.split('\n')[0]);
    });
    child.on('exit', () => fail(new Error('a helper of the desktop test ended early')));
  });
}

async function openDesktop() {
  const display = `:${90 + (process.pid % 100)}`;
  background('Xvfb', [display, '-screen', '0', '800x600x24', '-nolisten', 'tcp'], process.env);
  const base = { ...process.env, DISPLAY: display, XDG_RUNTIME_DIR: folder };
  const bus = background(
    'dbus-daemon',
    [`--config-file=${join(HERE, 'session-bus.conf')}`, '--print-address', '--nofork'],
    base,
  );
  const env = { ...base, DBUS_SESSION_BUS_ADDRESS: await firstLine(bus) };
  await sleep(1000);
  const settings = join(folder, 'dunstrc');
  writeFileSync(settings, '');
  background('dunst', ['-conf', settings], env);
  await eventually(() => execFileSync('dunstctl', ['count', 'history'], { env, stdio: 'pipe' }));
  return env;
}

async function eventually(act) {
  for (let tries = 0; ; tries++) {
    try {
      return act();
    } catch (error) {
      if (tries > 40) throw error;
      await sleep(250);
    }
  }
}

const incidents = [];
const time = () => new Date().toISOString();
function post(title) {
  const id = `incident${String(incidents.length).padStart(4, '0')}`;
  const times = { created_at: time(), updated_at: time() };
  const update = { id: `${id}-1`, status: 'investigating', body: `About ${title}`, display_at: time(), ...times };
  incidents.unshift({
    id,
    name: title,
    status: 'investigating',
    impact: 'minor',
    ...times,
    incident_updates: [update],
    components: [],
  });
}

async function openPage() {
  const server = createServer((request, response) => {
    const { port } = server.address();
    const page = {
      id: 'acme12345678',
      name: 'Acme',
      url: `http://127.0.0.1:${port}`,
      time_zone: 'Etc/UTC',
      updated_at: time(),
    };
    const documents = {
      '/api/v2/summary.json': {
        page,
        status: { indicator: 'minor', description: '' },
        components: [],
        incidents,
        scheduled_maintenances: [],
      },
      '/api/v2/incidents.json': { page, incidents },
      '/api/v2/scheduled-maintenances.json': { page, scheduled_maintenances: [] },
    };
    const document = documents[request.url];
    response
      .writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(document ?? {}));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** Not execFileSync: the page is served by this very process. */
function pingoru(args, env) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [BIN, ...args], { env, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`pingoru ${args.join(' ')} ended with ${code}`))));
  });
}

function shown(env) {
  const { data } = JSON.parse(execFileSync('dunstctl', ['history'], { env, encoding: 'utf8' }));
  return data[0].map((one) => ({ app: one.appname.data, title: one.summary.data, body: one.body.data }));
}

try {
  const desktop = await openDesktop();
  const { server, url } = await openPage();
  const env = { ...desktop, PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
  const watch = () => pingoru(['watch', url, '--platform', 'statuspage', '--once', '--desktop'], env);
  await watch();
  for (const [index, title] of TITLES.entries()) {
    post(title);
    await watch();
    await eventually(() => {
      execFileSync('dunstctl', ['close-all'], { env: desktop });
      assert.equal(
        Number(execFileSync('dunstctl', ['count', 'history'], { env: desktop, encoding: 'utf8' })),
        index + 1,
      );
    });
  }
  const notifications = shown(desktop).reverse();
  assert.equal(notifications.length, TITLES.length);
  const words = (text) =>
    text
      .replace(/\u001b\[31m|\0/g, '')
      .replace(/\s+/g, ' ')
      .trim();
  for (const [index, { app, title, body }] of notifications.entries()) {
    assert.equal(app, 'pingoru');
    assert.ok(words(title).endsWith(words(TITLES[index])), `title ${JSON.stringify(title)}`);
    assert.ok(!/<(?:b|a|img)\b/.test(body), `markup came through: ${body}`);
  }
  assert.ok(!existsSync(join(folder, 'canary')), 'a title was run as a command');
  for (let count = 0; count < 9; count++) post(`one of many ${count}`);
  await watch();
  await eventually(() => {
    execFileSync('dunstctl', ['close-all'], { env: desktop });
    assert.equal(shown(desktop).length, TITLES.length + 4);
  });
  assert.match(shown(desktop)[0].title, /^6 updates of /);
  server.close();
  server.closeAllConnections();
  console.log(
    `desktop: ${TITLES.length} notifications; of nine events three and one for the rest, as dunst counts them`,
  );
} finally {
  for (const child of children.reverse()) child.kill();
  await sleep(300);
  rmSync(folder, { recursive: true, force: true });
}

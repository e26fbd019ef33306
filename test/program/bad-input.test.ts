import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Route, startServer } from '../local-server.ts';
import { openStatusPage } from './page.ts';
import { home, lines, run } from './run.ts';

let user: ReturnType<typeof home>;

beforeEach(() => {
  user = home();
});

afterEach(() => user.remove());

/** One line on standard error, and no trace of the program's inside. */
function isOneLine(stderr: string): boolean {
  return stderr.trim().split('\n').length === 1 && !/\bat .*\.(?:js|ts):\d+/.test(stderr);
}

describe('a wrong command line', () => {
  const cases: [string, string[], RegExp][] = [
    ['an unknown command', ['stauts'], /status/],
    ['help of an unknown command', ['help', 'stauts'], /unknown command 'stauts' \(Did you mean status\?\)/],
    ['help of an unknown subcommand', ['help', 'channel', 'tset'], /unknown command 'tset' \(Did you mean test\?\)/],
    ['help of nothing like a command', ['help', 'nosuch'], /unknown command 'nosuch'; --help shows those there are/],
    ['an unknown option', ['status', 'github', '--jsn'], /--json/],
    ['a choice that does not exist', ['status', 'github', '--fail-on', 'always'], /degraded/],
    ['a mistyped provider', ['status', 'gihub'], /github/],
    ['an address that is none', ['status', 'https://'], /https:/],
    ['an address with a password', ['status', 'https://me:secret@status.example.com'], /without/],
    ['an unknown platform', ['status', 'http://127.0.0.1:1', '--platform', 'statuspge'], /statuspage/],
    ['an interval that is none', ['watch', 'github', '--interval', 'soon'], /30s/],
    ['no target and no watch list', ['status'], /pingoru add/],
    ['a time that is none', ['incidents', 'github', '--since', 'whenever'], /2h/],
    ['an entry that is not on the list', ['remove', 'nothing'], /watch list/],
  ];

  it.each(cases)('%s is a usage error in one line', async (_what, args, hint) => {
    const { code, stdout, stderr } = await run(args, user.env);
    expect(code).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(hint);
    expect(isOneLine(stderr)).toBe(true);
    expect(stderr).not.toContain('secret');
    expect(stderr).not.toMatch(/\bat .*\.(?:js|ts):\d+/);
  });
});

describe('help', () => {
  it.each([[['status']], [['channel']], [['channel', 'add']], [['group', 'test']], [[]]])(
    'help of %j',
    async (words) => {
      const asked = await run(['help', ...words], user.env);
      expect(asked).toEqual(await run([...words, '--help'], user.env));
      expect(asked).toMatchObject({ code: 0, stderr: '' });
      expect(asked.stdout).toContain(`Usage: ${['pingoru', ...words].join(' ')} `);
    },
  );
});

describe('a page that answers with something else', () => {
  const html = '<!doctype html><html><head><title>Sign in</title></head><body>Log in to go on</body></html>';
  const answers: [string, Route][] = [
    ['a web page for every path', { headers: { 'content-type': 'text/html' }, body: html }],
    ['an empty body', { headers: { 'content-type': 'application/json' }, body: '' }],
    ['an error', { status: 503, body: 'down' }],
    ['half a document', { headers: { 'content-type': 'application/json' }, body: '{"page":{"id":"abc"' }],
    ['another shape', { headers: { 'content-type': 'application/json' }, body: '{"status":"ok"}' }],
    ['a body that never ends well', { headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }],
    ['a redirect in a circle', { status: 302, headers: { location: '/again' } }],
    [
      '100,000 nested lists',
      { headers: { 'content-type': 'application/json' }, body: `${'['.repeat(1e5)}${']'.repeat(1e5)}` },
    ],
  ];

  it.each(answers)('%s is unknown, never operational', async (_what, answer) => {
    const server = await startServer({ '*': answer });
    for (const platform of ['statuspage', 'incident-io', 'better-stack']) {
      const { code, stdout } = await run(['status', server.url, '--platform', platform, '--json'], user.env);
      expect(code).toBe(3);
      expect(JSON.parse(stdout).providers[0]).toMatchObject({ state: 'unknown', incidents: [] });
    }
    const detected = await run(['detect', server.url], user.env);
    expect(detected.code).toBe(3);
    expect(isOneLine(detected.stderr)).toBe(true);
    await server.close();
  });

  it('is told as unreadable and never as resolved, and nothing is lost meanwhile', async () => {
    const page = await openStatusPage();
    page.post('i1', 'investigating');
    await run(['watch', page.url, '--once', '--json'], user.env);
    const good = page.routes['*']!;
    page.routes['*'] = { headers: { 'content-type': 'text/html' }, body: html };
    const { stdout, stderr, code } = await run(['watch', page.url, '--once', '--json'], user.env);
    expect({ stdout, code }).toEqual({ stdout: '', code: 3 });
    expect(isOneLine(stderr)).toBe(true);
    page.routes['*'] = good;
    page.post('i1', 'resolved');
    const state = JSON.parse(readFileSync(user.state, 'utf8')) as { pages: [string, { dueAt: number | null }][] };
    expect(JSON.stringify(state)).toContain('"failure":{');
    // The failure asks for a pause, which this test does not wait for.
    writeFileSync(user.state, readFileSync(user.state, 'utf8').replace(/"dueAt":\d+/, '"dueAt":null'));
    const after = await run(['watch', page.url, '--once', '--json'], user.env);
    expect(lines(after.stdout).map((event) => event.type)).toEqual(['incident.resolved']);
    await page.close();
  });

  it('is quoted by --verbose without what a terminal would obey', async () => {
    const headers = { 'content-type': 'application/json;\x9b31m' };
    const server = await startServer({ '*': { headers, body: '{"page":\u001b]0;owned\u0007 \u009b31m}' } });
    const page = [server.url, '--platform', 'statuspage', '--verbose'];
    for (const command of [
      ['status', ...page],
      ['show', ...page],
      ['watch', '--once', ...page],
    ]) {
      const { stdout, stderr } = await run(command, user.env);
      expect(stderr).toContain('JSON');
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
    await server.close();
  });

  it('that nobody serves is unknown too', async () => {
    const server = await startServer();
    await server.close();
    const { code, stdout } = await run(['status', server.url, '--json'], user.env);
    expect(code).toBe(3);
    expect(JSON.parse(stdout).providers[0].error.code).toBe('refused');
  });
});

describe('a file that is broken', () => {
  it('config.json: said with its path, and left as it is', async () => {
    mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
    writeFileSync(user.config, '{"watch": [', { mode: 0o600 });
    const { code, stderr } = await run(['list'], user.env);
    expect(code).toBe(78);
    expect(stderr).toContain(user.config);
    expect(isOneLine(stderr)).toBe(true);
    expect(readFileSync(user.config, 'utf8')).toBe('{"watch": [');
  });

  it.skipIf(process.platform === 'win32')('a config.json that is a pipe: refused, not waited for', async () => {
    mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
    execFileSync('mkfifo', [user.config]);
    const { code, stderr } = await run(['list'], user.env);
    expect([code, stderr.includes('it is no ordinary file')]).toEqual([78, true]);
    expect(isOneLine(stderr)).toBe(true);
  });

  it.each([
    [{ name: 'stdout', type: 'exec', command: ['true'] }, /channels\[0\]\.name: "stdout" is a way out of each watch/],
    [{ name: 'desktop', type: 'exec', command: ['true'] }, /channels\[0\]\.name: "desktop" is a way out of each watch/],
    [{ name: 'a b', type: 'exec' }, /channels\[0\]\.name must be a name/],
  ])('config.json with a channel that cannot be: %j', async (channel, words) => {
    mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
    writeFileSync(user.config, JSON.stringify({ channels: [channel] }), { mode: 0o600 });
    const { code, stderr } = await run(['list'], user.env);
    expect(code).toBe(78);
    expect(stderr).toMatch(words);
    expect(isOneLine(stderr)).toBe(true);
  });

  it('config.json with a platform that is none: that page is unknown, and the others are told', async () => {
    const page = await openStatusPage();
    const watch = [
      { url: page.url, name: 'good', platform: 'statuspage' },
      { url: `${page.url}/bad`, name: 'bad', platform: 'statuspge' },
    ];
    mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
    writeFileSync(user.config, JSON.stringify({ watch }), { mode: 0o600 });
    const { code, stdout } = await run(['status', '--json'], user.env);
    expect({ code, providers: JSON.parse(stdout).providers }).toMatchObject({
      code: 3,
      providers: [
        { state: 'operational' },
        {
          state: 'unknown',
          error: {
            code: 'no_such_platform',
            message: `config.json names the platform "statuspge" for ${page.url}/bad, and there is none of that name; did you mean statuspage, statuspal?`,
          },
        },
      ],
    });
    const watched = await run(['watch', '--once'], user.env);
    expect(watched).toMatchObject({ code: 3, stderr: expect.not.stringContaining('internal') });
    expect(watched.stdout + watched.stderr).toContain('names the platform "statuspge"');
    const shown = await run(['show', 'bad'], user.env);
    expect({ code: shown.code, isOneLine: isOneLine(shown.stderr) }).toEqual({ code: 3, isOneLine: true });
    await page.close();
  });

  it.each(['', '{"pages":[[', '\0\0\0\0', 'null', '[]'])(
    'state.json holding %j: set aside, and no flood',
    async (content) => {
      const page = await openStatusPage();
      for (const id of ['a', 'b', 'c']) page.post(id, 'investigating');
      mkdirSync(path.dirname(user.state), { recursive: true, mode: 0o700 });
      writeFileSync(user.state, content, { mode: 0o600 });
      const { code, stdout, stderr } = await run(['watch', page.url, '--once', '--json'], user.env);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toContain('state.corrupt-');
      expect(readdirSync(path.dirname(user.state)).some((name) => name.startsWith('state.corrupt-'))).toBe(true);
      page.post('a', 'resolved');
      const next = await run(['watch', page.url, '--once', '--json'], user.env);
      expect(lines(next.stdout).map((event) => event.type)).toEqual(['incident.resolved']);
      await page.close();
    },
  );

  it('a state.json of a newer version: refused and left as it is', async () => {
    mkdirSync(path.dirname(user.state), { recursive: true, mode: 0o700 });
    const newer = '{"schemaVersion":9,"pages":[],"outbox":[]}';
    writeFileSync(user.state, newer, { mode: 0o600 });
    const { code, stderr } = await run(['watch', 'http://127.0.0.1:1', '--once'], user.env);
    expect(code).toBe(78);
    expect(isOneLine(stderr)).toBe(true);
    expect(readFileSync(user.state, 'utf8')).toBe(newer);
  });
});

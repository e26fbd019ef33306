/** The watch list on the built program: what is put there, and what is taken off again. */
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { home, run } from './run.ts';

let user: ReturnType<typeof home>;
let server: LocalServer;

beforeEach(async () => {
  user = home();
  server = await startServer();
});

afterEach(async () => {
  await server.close();
  user.remove();
});

const pingoru = (...args: string[]) => run(args, user.env);
const urls = () =>
  existsSync(user.config)
    ? (JSON.parse(readFileSync(user.config, 'utf8')) as { watch: { url: string }[] }).watch.map(({ url }) => url)
    : [];

describe('add', () => {
  it('keeps what was typed of a page that cannot be reached, and never a guess', async () => {
    // A proxy that leads nowhere: nothing can be reached, and no name is looked up.
    server.routes['*'] = { status: 502 };
    Object.assign(user.env, { HTTPS_PROXY: server.url, https_proxy: server.url });
    const { code, stderr } = await pingoru('add', 'acme-pay.example');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('added all the same') });
    expect(stderr).not.toContain('status.acme-pay.example');
    expect(urls()).toEqual(['https://acme-pay.example']);
  });

  it('refuses an address where nothing is', async () => {
    server.routes['*'] = { status: 404, body: 'not here' };
    const { code, stderr } = await pingoru('add', `${server.url}/statsu`);
    expect({ code, stderr }).toMatchObject({ code: 64, stderr: expect.stringContaining('HTTP 404') });
    expect(stderr).toContain(`nothing was added, look whether ${server.url}/statsu is what you mean`);
    expect(urls()).toEqual([]);
  });

  it('adds what its vendor cannot serve at this moment', async () => {
    server.routes['*'] = { status: 503, body: 'down' };
    expect((await pingoru('add', server.url)).code).toBe(0);
    expect(urls()).toEqual([server.url]);
  });
});

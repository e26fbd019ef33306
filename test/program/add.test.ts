/** The watch list on the built program: what is put there, and what is taken off again. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

describe('remove', () => {
  const entry = (url: string, name: string | null = null, provider: string | null = null) => ({ url, name, provider });
  const watching = (...watch: object[]) => {
    mkdirSync(path.dirname(user.config), { recursive: true, mode: 0o700 });
    writeFileSync(user.config, JSON.stringify({ schemaVersion: 1, watch }), { mode: 0o600 });
  };
  const stripe = entry('https://status.stripe.com', null, 'stripe');

  it('takes the page that has the name, not the provider it hides', async () => {
    watching(stripe, entry('https://status.acme.example', 'Stripe'));
    const { stderr } = await pingoru('remove', 'stripe');
    expect(stderr).toBe('Stripe is off the watch list (https://status.acme.example)\n');
    expect(urls()).toEqual([stripe.url]);
    expect((await pingoru('remove', 'stripe')).stderr).toBe(
      'stripe is off the watch list (https://status.stripe.com)\n',
    );
  });

  it.each([
    ['https://status.acme.example/EU', 'https://status.acme.example/EU'],
    ['HTTPS://Status.Acme.example./eu/', 'https://status.acme.example/eu'],
    ['status.acme.example/eu', 'https://status.acme.example/eu'],
    ['Status.Stripe.com', 'https://status.stripe.com'],
  ])('%s is the page at %s', async (word, url) => {
    watching(entry('https://status.acme.example/eu'), entry('https://status.acme.example/EU'), stripe);
    const { code, stderr } = await pingoru('remove', word);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining(`off the watch list`) });
    expect(urls()).toHaveLength(2);
    expect(urls()).not.toContain(url);
  });

  it.each(['status.acme.example', 'https://status.acme.example', 'status.acme.example/Eu'])(
    '%s is none',
    async (word) => {
      watching(entry('https://status.acme.example/eu'), entry('https://status.acme.example/EU'), stripe);
      expect((await pingoru('remove', word)).code).toBe(64);
      expect(urls()).toHaveLength(3);
    },
  );
});

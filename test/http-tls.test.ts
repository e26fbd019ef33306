// The certificates in certs/ are all of one key, signed by themselves, for loopback alone: `localhost` (for localhost,
// vendor.example and 127.0.0.1) and `wrong-host` (for other.example) until 2125, `expired` until 2021.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { failureOf, open, serve } from './http-setup.ts';
import type { Route } from './local-server.ts';

const read = (name: string) => readFileSync(new URL(`./certs/${name}.pem`, import.meta.url), 'utf8');

function serveTls(cert: string, routes: Record<string, Route> = { '*': 'secure' }) {
  return serve(routes, { tls: { key: read('key'), cert: read(cert) } });
}

describe('TLS', () => {
  test('a certificate that is trusted and right lets a reply through', async () => {
    const server = await serveTls('localhost');
    const http = open({ ca: read('localhost') });
    for (const host of ['localhost', '127.0.0.1'])
      expect((await http.request(`https://${host}:${server.port}/`)).text).toBe('secure');
  });

  test.each([
    ['self-signed', 'localhost', undefined, 'is self-signed'],
    ['expired', 'expired', 'expired', 'has expired'],
    ['made for another host', 'wrong-host', 'wrong-host', 'is for another host'],
  ])('a certificate that is %s is refused, and named as that', async (_, cert, ca, words) => {
    const server = await serveTls(cert);
    const http = open(ca === undefined ? {} : { ca: read(ca) });
    for (let i = 0; i < 2; i++) {
      const error = await failureOf(http.request(`https://localhost:${server.port}/`));
      expect([error.code, error.message]).toEqual(['tls', `the certificate of localhost:${server.port} ${words}`]);
    }
    expect(server.requests).toHaveLength(0);
  });

  test('a server that speaks no TLS is told as that', async () => {
    const server = await serve({ '*': 'plain' });
    const error = await failureOf(open({}).request(`https://127.0.0.1:${server.port}/`));
    expect(error.code).toBe('tls');
    expect(error.message).toMatch(/^no secure connection to 127\.0\.0\.1:\d+ \(ERR_SSL_/);
  });

  test('a redirect from https to http is refused before it is asked', async () => {
    const plain = await serve({ '*': 'plain' });
    const server = await serveTls('localhost', { '*': { status: 302, headers: { location: `${plain.url}/x` } } });
    const error = await failureOf(open({ ca: read('localhost') }).request(server.url));
    expect([error.code, error.message]).toEqual([
      'redirect',
      `127.0.0.1:${server.port} redirects to 127.0.0.1:${plain.port} without encryption`,
    ]);
    expect(plain.requests).toHaveLength(0);
  });
});

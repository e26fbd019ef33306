import type { LookupAddress } from 'node:dns';
import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkedLookup } from '../src/http/address.ts';
import { locationOf, nextAddress, parseAddress } from '../src/http/redirect.ts';
import { type HttpSettings, isPrivateAddress } from '../src/http.ts';
import { failureOf, open, serve } from './http-setup.ts';
import type { Answer, Route } from './local-server.ts';

const to = (location: string, status = 302): Answer => ({ status, headers: { location } });

describe('following', () => {
  test.each([301, 302, 303, 307, 308])('%i is followed, and every address on the way is told', async (status) => {
    const server = await serve({ '/a': to('/b', status), '/b': to('c?d=1#e', status), '/c': 'end' });
    const reply = await open().request(`${server.url}/a#f`);
    expect(reply).toMatchObject({ status: 200, text: 'end', url: `${server.url}/c?d=1` });
    expect(reply.hops).toEqual([`${server.url}/a`, `${server.url}/b`, `${server.url}/c?d=1`]);
  });

  test.each([300, 304, 305, 306])('%i is a reply like any other', async (status) => {
    const server = await serve({ '/': to('/b', status) });
    expect((await open().request(server.url)).status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test('five redirects are followed, six are not', async () => {
    const server = await serve({
      '*': ({ path }) => (path === '/0' ? 'end' : to(`/${Number(path.slice(1)) - 1}`)),
    });
    expect((await open().request(`${server.url}/5`)).hops).toHaveLength(6);
    const error = await failureOf(open().request(`${server.url}/6`));
    expect([error.code, error.message]).toEqual([
      'redirect',
      `${new URL(server.url).host} redirects more than 5 times`,
    ]);
    expect(server.requests).toHaveLength(12);
  });

  test('another host is followed to, without the headers that were meant for the first', async () => {
    const other = await serve({ '/x': 'other' });
    const server = await serve({ '/': to(`${other.url}/x`), '/own': to('/x'), '/x': 'own' });
    const options = { headers: { Authorization: 'secret' }, validators: { etag: '"1"' } };
    expect((await open().request(server.url, options)).text).toBe('other');
    expect((await open().request(`${server.url}/own`, options)).text).toBe('own');
    expect(other.requests[0]!.headers).not.toHaveProperty('authorization');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['secret', 'secret', 'secret']);
    for (const { headers } of [...server.requests, ...other.requests]) expect(headers['if-none-match']).toBe('"1"');
  });

  test('a caller may ask to see the redirect itself', async () => {
    const server = await serve({ '/': to('/b') });
    const reply = await open().request(server.url, { follow: false });
    expect(reply.headers.location).toBe('/b');
    expect(server.requests).toHaveLength(1);
  });

  test('a location in raw UTF-8 leads where it says', async () => {
    const server = await serve({ '/': to(Buffer.from('/é').toString('latin1')), '/%C3%A9': 'end' });
    expect((await open().request(server.url)).text).toBe('end');
  });

  test.each([
    '',
    'http://',
    'https://[::1',
    'ftp://status.example/',
    'javascript:alert(1)',
    'http://user:pw@127.0.0.1/',
  ])('a location of "%s" is refused', async (location) => {
    const server = await serve({ '/': to(location) });
    const error = await failureOf(open().request(server.url));
    expect(error.code).toBe('redirect');
    expect(error.message).not.toContain('pw');
  });

  test('a redirect without a location is refused', async () => {
    const server = await serve({ '/': { status: 301 } });
    expect((await failureOf(open().request(server.url))).code).toBe('redirect');
  });

  test('nothing leads from https to http', () => {
    const hop = { from: parseAddress('https://status.example/'), before: 0, publicOnly: false };
    expect(() => nextAddress({ ...hop, location: 'http://status.example/' })).toThrow('without encryption');
    expect(nextAddress({ ...hop, location: '//other.example/x' }).href).toBe('https://other.example/x');
  });

  test('only what redirects has a location', () => {
    expect(locationOf(200, { location: '/x' })).toBeNull();
    expect(locationOf(301, {})).toBe('');
  });
});

/** Every way to write an address that is not public, as it may stand in a URL. */
const PRIVATE = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
  ],
  ...[
    '100.64.0.1',
    '192.0.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
  ],
  ...[
    '2130706433',
    '0x7f.1',
    '017700000001',
    '127.1',
    '0',
    '[::1]',
    '[::]',
    '[::ffff:7f00:1]',
    '[::ffff:169.254.169.254]',
  ],
  ...['[::127.0.0.1]', '[fd00::1]', '[fc00::1]', '[fe80::1]', '[fec0::1]', '[ff02::1]', '[64:ff9b::7f00:1]'],
  ...['[64:ff9b::10.0.0.1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2002:c0a8:101::1]', '[2001::1]', '[2001:db8::1]'],
];
const PUBLIC = [
  ...[
    '1.1.1.1',
    '93.184.216.34',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '198.17.0.1',
    '223.255.255.255',
  ],
  ...[
    '[2606:4700::1111]',
    '[2a00:1450:4001::200e]',
    '[::ffff:1.1.1.1]',
    '[64:ff9b::1.1.1.1]',
    '[2002:101:101::1]',
    '[2620:fe::fe]',
  ],
];

describe('private addresses', () => {
  test.each(PRIVATE)('%s is private', (host) => {
    expect(isPrivateAddress(new URL(`http://${host}/`).hostname)).toBe(true);
  });

  test.each(PUBLIC)('%s is public', (host) => {
    expect(isPrivateAddress(new URL(`http://${host}/`).hostname)).toBe(false);
  });

  test('a scoped address counts as itself, and a name is no address', () => {
    expect(isPrivateAddress('fe80::1%eth0')).toBe(true);
    expect(isPrivateAddress('status.example')).toBe(false);
  });

  test('a look-up keeps the public addresses, and fails when there is none', async () => {
    const onlyPublic = (_: string, found: readonly LookupAddress[]) =>
      found.filter((one) => !isPrivateAddress(one.address));
    const resolve = (addresses: string[], all: boolean) =>
      new Promise((done) => {
        const found = addresses.map((address) => ({ address, family: 4 }));
        const lookup = checkedLookup(onlyPublic, (_, __, callback) => callback(null, found));
        lookup('status.example', { all }, (error, address, family) => done(error?.code ?? [address, family]));
      });
    expect(await resolve(['10.0.0.1', '1.1.1.1', '1.0.0.1'], false)).toEqual(['1.1.1.1', 4]);
    expect(await resolve(['10.0.0.1', '1.1.1.1'], true)).toEqual([[{ address: '1.1.1.1', family: 4 }], undefined]);
    expect(await resolve(['10.0.0.1'], true)).toBe('PINGORU_PRIVATE_ADDRESS');
  });
});

describe('from a public page', () => {
  /**
   * There is no public server on loopback, so the public page is one behind a proxy, which stands for the internet:
   * every name and address leads to `page`. Names under `direct.example` are not proxied but looked up, in `names`.
   */
  async function internet(routes: Record<string, Route>, names: Record<string, string> = {}) {
    const page = await serve(routes, { host: '0.0.0.0' });
    const asked: string[] = [];
    const proxy = createServer((client) => {
      client
        .on('error', () => {})
        .once('data', (head) => {
          asked.push(/^CONNECT (\S+)/.exec(String(head))![1]!);
          const upstream = connect(page.port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
          upstream
            .on('error', () => client.destroy())
            .pipe(client)
            .pipe(upstream);
        });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const lookedUp: string[] = [];
    const lookup: HttpSettings['lookup'] = (hostname, _, callback) => {
      lookedUp.push(hostname);
      callback(null, [{ address: names[hostname] ?? '127.0.0.1', family: 4 }]);
    };
    const env = {
      http_proxy: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`,
      no_proxy: 'direct.example',
    };
    return { http: open({ env, lookup }), page, asked, lookedUp };
  }

  test.each([...PRIVATE, 'localhost', 'a.localhost', 'localhost.'])(
    'a redirect to %s is refused before any connection',
    async (host) => {
      const { http, page, asked } = await internet({ '/': to(`http://${host}:8080/latest/meta-data`) });
      const error = await failureOf(http.request('http://status.example/'));
      expect(error.code).toBe('private_address');
      expect(asked).toEqual(['status.example:80']);
      expect(page.requests).toHaveLength(1);
    },
  );

  test('a redirect to a public one is followed', async () => {
    const { http, asked } = await internet({ '/': to('http://93.184.216.34/x'), '/x': 'end' });
    expect((await http.request('http://status.example/')).text).toBe('end');
    expect(asked).toEqual(['status.example:80', '93.184.216.34:80']);
  });

  test('a redirect to a name that resolves to a private address is refused, at each of its steps', async () => {
    const { http, page } = await internet({ '/': to('http://status.example/2'), '/2': { status: 302 } });
    const inner = `http://inner.direct.example:${page.port}/secret`;
    page.routes['/2'] = to(inner);
    const error = await failureOf(http.request('http://status.example/'));
    expect([error.code, error.url]).toEqual(['private_address', inner]);
    expect(error.message).toBe(`a redirect to ${new URL(inner).host} was not followed: it is a private address`);
    expect(page.requests.map((request) => request.path)).toEqual(['/', '/2']);
  });

  test('a connection that a typed private name has open is not lent to a redirect', async () => {
    const { http, page } = await internet({ '*': 'inner' });
    const inner = `http://inner.direct.example:${page.port}/`;
    expect((await http.request(inner)).text).toBe('inner');
    page.routes['/leap'] = to(inner);
    expect((await failureOf(http.request('http://status.example/leap'))).code).toBe('private_address');
  });
});

describe('from a private page that was typed', () => {
  test('an address may redirect to another', async () => {
    const server = await serve(
      { '*': ({ path }) => (path === '/' ? to(`http://127.0.0.9:${server.port}/x`) : 'end') },
      { host: '0.0.0.0' },
    );
    expect((await open().request(server.url)).text).toBe('end');
  });

  test('so may a name that resolves to one', async () => {
    const lookup: HttpSettings['lookup'] = (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);
    const server = await serve({
      '*': ({ path }) => (path === '/' ? to(`http://wiki.corp.example:${server.port}/x`) : 'end'),
    });
    const reply = await open({ lookup }).request(`http://status.corp.example:${server.port}/`);
    expect(reply.text).toBe('end');
    expect(reply.hops).toHaveLength(2);
  });

  test('a name that was private once counts as public as soon as it leads elsewhere too', async () => {
    const server = await serve({ '/end': 'end' });
    const found = [{ address: '127.0.0.1', family: 4 }];
    const lookup: HttpSettings['lookup'] = (_, __, callback) => callback(null, [...found]);
    server.routes['/'] = { status: 302, headers: { location: `${server.url}/end`, connection: 'close' } };
    const http = open({ lookup });
    const name = `http://status.corp.example:${server.port}/`;
    expect((await http.request(name)).text).toBe('end');
    found.push({ address: '93.184.216.34', family: 4 });
    expect((await failureOf(http.request(name))).code).toBe('private_address');
  });
});

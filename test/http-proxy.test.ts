import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../src/errors.ts';
import { type HttpSettings, openHttp } from '../src/http.ts';
import { failureOf, open, serve } from './http-setup.ts';

const read = (name: string) => readFileSync(new URL(`./certs/${name}.pem`, import.meta.url), 'utf8');

interface Proxy {
  port: number;
  /** What it was asked to connect to. */
  asked: string[];
  /** The headers of each CONNECT. */
  heads: string[];
  connections: number;
}

/** A proxy that knows only CONNECT, and leads wherever `answer` says: to a port, or by a reply of its own. */
async function startProxy(answer: (client: Socket, target: string) => number | undefined): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    proxy.connections += 1;
    sockets.add(client.on('error', () => {}));
    client.once('data', (bytes) => {
      const head = bytes.toString();
      const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? head.split('\r\n')[0]!;
      proxy.asked.push(target);
      proxy.heads.push(head);
      const port = answer(client, target);
      if (port === undefined) return;
      const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'));
      sockets.add(upstream.on('error', () => client.destroy()));
      upstream.pipe(client).pipe(upstream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const proxy: Proxy = { port: (server.address() as { port: number }).port, asked: [], heads: [], connections: 0 };
  return proxy;
}

const lookup: HttpSettings['lookup'] = (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);

function openBehind(env: Record<string, string>, settings: Partial<HttpSettings> = {}) {
  return open({ env, lookup, ...settings });
}

describe('proxies', () => {
  async function world() {
    const plain = await serve({ '*': 'plain' });
    const secure = await serve({ '*': 'secure' }, { tls: { key: read('key'), cert: read('localhost') } });
    const proxy = await startProxy((_, target) => (target.endsWith(':443') ? secure.port : plain.port));
    return { plain, secure, proxy, ca: read('localhost') };
  }

  test.each([
    ['http_proxy', 'https_proxy'],
    ['HTTP_PROXY', 'HTTPS_PROXY'],
  ])('%s and %s lead everything through the proxy', async (http_, https_) => {
    const { plain, proxy, ca } = await world();
    const address = `http://127.0.0.1:${proxy.port}`;
    const http = openBehind({ [http_]: address, [https_]: address }, { ca });
    expect((await http.request('http://vendor.example/a')).text).toBe('plain');
    expect((await http.request('https://vendor.example/b')).text).toBe('secure');
    expect(proxy.asked).toEqual(['vendor.example:80', 'vendor.example:443']);
    expect(plain.requests[0]!.headers.host).toBe('vendor.example');
  });

  test('a proxy may be named without its scheme', async () => {
    const { proxy, ca } = await world();
    const http = openBehind({ https_proxy: `127.0.0.1:${proxy.port}` }, { ca });
    expect((await http.request('https://vendor.example/')).text).toBe('secure');
  });

  test('an empty variable is none, and the lower-case one comes first', async () => {
    const { plain, proxy } = await world();
    const http = openBehind({ http_proxy: '', HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
    expect((await http.request(plain.url)).text).toBe('plain');
    expect(proxy.asked).toEqual([]);
  });

  test.each([
    ['vendor.example', 'vendor.example', true],
    ['.vendor.example', 'status.vendor.example', true],
    ['vendor.example', 'status.vendor.example', true],
    ['a.example, vendor.example', 'vendor.example', true],
    ['*', 'vendor.example', true],
    ['vendor.example:1', 'vendor.example', false],
    ['endor.example', 'vendor.example', false],
    ['other.example', 'vendor.example', false],
  ])('NO_PROXY=%s and %s: directly is %s', async (noProxy, host, directly) => {
    const { plain, proxy } = await world();
    const http = openBehind({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: noProxy });
    expect((await http.request(`http://${host}:${plain.port}/`)).text).toBe('plain');
    expect(proxy.asked).toEqual(directly ? [] : [`${host}:${plain.port}`]);
  });

  test('certificates are verified through a proxy too', async () => {
    const { secure, proxy } = await world();
    const http = openBehind({ https_proxy: `http://127.0.0.1:${proxy.port}` });
    const error = await failureOf(http.request('https://vendor.example/'));
    expect([error.code, error.message]).toEqual([
      'tls',
      'the certificate of vendor.example is self-signed; a proxy is set in the environment',
    ]);
    const wrong = openBehind({ https_proxy: `http://127.0.0.1:${proxy.port}` }, { ca: read('localhost') });
    expect((await failureOf(wrong.request('https://other.example/'))).message).toContain('is for another host');
    expect(secure.requests).toHaveLength(0);
  });

  test('the password of a proxy goes to the proxy and nowhere else', async () => {
    const proxy = await startProxy((client) => void client.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n'));
    const http = openBehind({ https_proxy: `http://user:hunter2@127.0.0.1:${proxy.port}` });
    const error = await failureOf(http.request('https://vendor.example/'));
    expect(proxy.heads[0]).toContain(`Basic ${Buffer.from('user:hunter2').toString('base64')}`);
    expect([error.code, error.message]).toEqual([
      'network',
      'no way through to vendor.example: the proxy answers HTTP 407',
    ]);
    const said = inspect(error, { depth: 20, showHidden: true });
    expect(said).not.toContain('hunter2');
    expect(said).not.toContain(Buffer.from('user:hunter2').toString('base64'));
  });

  test('a proxy that hangs up is asked once for each request', async () => {
    const proxy = await startProxy((client) => void client.destroy());
    const http = openBehind({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    expect((await failureOf(http.request('http://vendor.example/'))).code).toBe('network');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(proxy.connections).toBe(1);
    expect((await failureOf(http.request('http://vendor.example/'))).code).toBe('network');
    expect(proxy.connections).toBe(2);
  });

  test('a proxy that hangs meets the deadline, and is asked anew when it is well', async () => {
    const plain = await serve({ '*': 'plain' });
    let well = false;
    const proxy = await startProxy(() => (well ? plain.port : undefined));
    const http = openBehind({ http_proxy: `http://127.0.0.1:${proxy.port}` }, { timeoutMs: 1000 });
    expect((await failureOf(http.request('http://vendor.example/'))).code).toBe('timeout');
    well = true;
    await expect
      .poll(() => http.request('http://vendor.example/').then((reply) => reply.text, String), { timeout: 10_000 })
      .toBe('plain');
  });

  test.each(['socks4://127.0.0.1:1', 'http://', 'http://user:hunter2@:x', 'ftp://hunter2@proxy.example'])(
    'a proxy of "%s" is a mistake in the configuration, said without its text',
    (address) => {
      const opened = () => openHttp({ version: '1.2.3', env: { HTTPS_PROXY: address } });
      expect(opened).toThrow(ConfigError);
      expect(opened).toThrow('the environment variable https_proxy is not the address of an http or https proxy');
    },
  );
});

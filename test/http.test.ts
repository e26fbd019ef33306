import { createSocket } from 'node:dgram';
import { getEventListeners } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HttpSettings, openHttp } from '../src/http.ts';
import { failureOf, open, serve, serveRaw } from './http-setup.ts';

describe('what is sent', () => {
  test('a request names the program, asks for compression and carries nothing that follows a person', async () => {
    const server = await serve({ '/': { headers: { 'set-cookie': 'id=1' }, body: 'x' } });
    const http = open();
    for (let i = 0; i < 2; i++) await http.request(`${server.url}/?a=1`, { accept: 'json' });
    for (const { path, headers } of server.requests) {
      expect(path).toBe('/?a=1');
      expect(headers['user-agent']).toBe('pingoru/1.2.3 (+https://github.com/pingoru/pingoru)');
      expect(headers['accept-encoding']).toBe('gzip, br, deflate');
      expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
    }
  });

  test('each kind of document is asked for as such', async () => {
    const server = await serve({ '*': 'x' });
    const http = open();
    for (const accept of ['json', 'xml', 'html'] as const) await http.request(server.url, { accept });
    await http.request(server.url);
    const [json, xml, html, any] = server.requests.map((request) => request.headers.accept);
    expect(json).toMatch(/^application\/json\b/);
    expect(xml).toMatch(/^application\/atom\+xml\b.*application\/rss\+xml/);
    expect(html).toMatch(/^text\/html\b/);
    expect(any).toBe('*/*');
  });

  test.each([
    ['strong', '"abc"'],
    ['weak', 'W/"abc"'],
    ['unquoted', 'abc'],
    ['with commas and spaces', '"a, b ,c"'],
    ['with backslashes and braces', '"{\\"x\\":1}"'],
    ['with bytes above ASCII', '"é-ü"'],
  ])('validators go back byte for byte: %s', async (_, etag) => {
    const lastModified = 'sunday, 6-nov-94 08:49:37 gmt (roughly)';
    const server = await serve({ '/': { headers: { etag, 'last-modified': lastModified }, body: 'x' } });
    const http = open();
    const { headers } = await http.request(server.url);
    server.routes['/'] = { status: 304 };
    const validators = { etag: headers.etag!, lastModified: headers['last-modified']! };
    const reply = await http.request(server.url, { validators });
    const sent = server.requests[1]!.headers;
    expect(sent['if-none-match']).toBe(etag);
    expect(sent['if-modified-since']).toBe(lastModified);
    expect(reply).toMatchObject({ status: 304, text: '' });
  });

  test('only the validators that are known are sent', async () => {
    const server = await serve({ '*': 'x' });
    const http = open();
    await http.request(server.url, { validators: { etag: '"1"' } });
    await http.request(server.url, { validators: { lastModified: 'then' } });
    await http.request(server.url, { validators: { etag: '' } });
    const sent = server.requests.map(({ headers }) => [headers['if-none-match'], headers['if-modified-since']]);
    expect(sent).toEqual([
      ['"1"', undefined],
      [undefined, 'then'],
      [undefined, undefined],
    ]);
  });

  test('a POST sends its body and headers, and brings back a redirect unfollowed', async () => {
    const server = await serve({ '/hook': { status: 307, headers: { location: '/other' } }, '/other': 'x' });
    const reply = await open().request(`${server.url}/hook`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/plain' },
      body: '{"a":"é"}',
    });
    expect(reply.status).toBe(307);
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', body: '{"a":"é"}' });
    expect(server.requests[0]!.headers).toMatchObject({ 'content-type': 'application/json', accept: 'text/plain' });
  });
});

describe('what comes back', () => {
  test('a reply of any status is a reply', async () => {
    const server = await serve({});
    const http = open();
    for (const status of [204, 400, 401, 403, 404, 410, 429, 500, 503]) {
      server.routes['/'] = { status, headers: { 'retry-after': '7' }, body: status === 204 ? '' : 'no' };
      const reply = await http.request(server.url);
      expect(reply).toMatchObject({ status, url: `${server.url}/`, hops: [`${server.url}/`] });
      expect(reply.headers['retry-after']).toBe('7');
    }
  });

  test('headers have lower-case names and no prototype, repeated ones are joined', async () => {
    const url = await serveRaw((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\n__proto__: bad\r\nContent-Length: 1\r\n\r\nx');
    });
    const { headers } = await open().request(url);
    expect(headers['x-a']).toBe('1, 2');
    expect(Object.getPrototypeOf(headers)).toBeNull();
    expect(({} as Record<string, unknown>).bad).toBeUndefined();
  });

  test('the content type comes in lower case and without its parameters', async () => {
    const server = await serve({
      '/': { headers: { 'content-type': ' Application/JSON ; charset=UTF-8' }, body: '{}' },
    });
    expect((await open().request(server.url)).contentType).toBe('application/json');
    server.routes['/'] = 'no type';
    expect((await open().request(server.url)).contentType).toBe('');
  });

  const utf16le = Buffer.from('\uFEFF[{"é":"日本"}]', 'utf16le');
  test.each([
    ['UTF-16 little-endian by its mark', utf16le, 'application/json', '[{"é":"日本"}]'],
    [
      'UTF-16 big-endian by its mark',
      Buffer.from(utf16le).swap16(),
      'application/json;charset=utf-8',
      '[{"é":"日本"}]',
    ],
    ['UTF-8', Buffer.from('é 日本'), '', 'é 日本'],
    ['UTF-8 with a mark, which goes', Buffer.from('\uFEFFé'), 'text/plain; charset=utf-8', 'é'],
    ['a charset by its name', Buffer.from([0xe9]), 'text/xml; charset="ISO-8859-1"', 'é'],
    ['another one', Buffer.from([0x93, 0xfa]), 'text/html;charset=Shift_JIS', '日'],
    ['a charset nobody knows, as UTF-8', Buffer.from('é'), 'text/plain; charset=klingon', 'é'],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0x62]), 'text/plain', 'a\uFFFDb'],
    ['nothing', Buffer.alloc(0), 'application/json', ''],
  ])('text is read from %s', async (_, body, type, expected) => {
    const server = await serve({ '/': { headers: { 'content-type': type }, body } });
    expect((await open().request(server.url)).text).toBe(expected);
  });

  test('hints before the reply are not the reply', async () => {
    const url = await serveRaw((socket) => {
      socket.end('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    expect(await open().request(url)).toMatchObject({ status: 200, text: 'ok' });
  });
});

describe('turns', () => {
  test('requests to one host go one at a time, in order, over one connection', async () => {
    let now = 0;
    let most = 0;
    const server = await serve({
      '*': async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
        return 'x';
      },
    });
    const http = open();
    const paths = Array.from({ length: 12 }, (_, i) => `/${i}`);
    await Promise.all(paths.map((path) => http.request(server.url + path)));
    expect(most).toBe(1);
    expect(server.requests.map((request) => request.path)).toEqual(paths);
    expect(server.connections).toBe(1);
  });

  test('no more requests than allowed are under way over all hosts, and all get their turn', async () => {
    let now = 0;
    let most = 0;
    const server = await serve(
      {
        '*': async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 5));
          now -= 1;
          return 'x';
        },
      },
      { host: '0.0.0.0' },
    );
    const http = open({ connections: 4 });
    const hosts = Array.from({ length: 30 }, (_, i) => `http://127.0.1.${i + 1}:${server.port}/`);
    const replies = await Promise.all(hosts.map((host) => http.request(host)));
    expect(replies.map((reply) => reply.url)).toEqual(hosts);
    expect(most).toBe(4);
  });

  test('a host that hangs blocks its own queue and no other', async () => {
    const server = await serve({ '/hang': () => {}, '*': 'x' }, { host: '0.0.0.0' });
    const http = open({ connections: 2 });
    const stop = new AbortController();
    const hung = Array.from({ length: 20 }, () =>
      http.request(`http://127.0.2.1:${server.port}/hang`, { signal: stop.signal }).catch((reason: unknown) => reason),
    );
    const others = Array.from({ length: 20 }, (_, i) => http.request(`http://127.0.3.${i + 1}:${server.port}/`));
    expect((await Promise.all(others)).every((reply) => reply.text === 'x')).toBe(true);
    expect(server.requests.filter((request) => request.path === '/hang')).toHaveLength(1);
    stop.abort(new Error('enough'));
    expect((await Promise.all(hung)).map(String)).toEqual(Array(20).fill('Error: enough'));
  });

  test('a request that gives up while it waits lets those behind it pass', async () => {
    const held: (() => void)[] = [];
    const server = await serve({ '/first': () => new Promise((resolve) => held.push(() => resolve('1'))), '*': '2' });
    const http = open();
    const first = http.request(`${server.url}/first`);
    const stop = new AbortController();
    const second = http.request(`${server.url}/second`, { signal: stop.signal });
    const third = http.request(`${server.url}/third`);
    stop.abort();
    await expect(second).rejects.toThrow(stop.signal.reason);
    await expect.poll(() => held.length).toBe(1);
    held[0]!();
    expect([(await first).text, (await third).text]).toEqual(['1', '2']);
    expect(server.requests.map((request) => request.path)).toEqual(['/first', '/third']);
  });

  test('a signal that is aborted already sends nothing', async () => {
    const server = await serve({ '*': 'x' });
    await expect(open().request(server.url, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(server.requests).toHaveLength(0);
  });

  test('an abort at any moment before the request leaves is not missed, and no listener stays behind', async () => {
    const server = await serve({ '*': () => {} });
    const http = open();
    for (let moments = 0; moments < 8; moments++) {
      const stop = new AbortController();
      const pending = http.request(server.url, { signal: stop.signal });
      const rejected = expect(pending).rejects.toBe(moments);
      for (let i = 0; i < moments; i++) await null;
      stop.abort(moments);
      await rejected;
      expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
    }
    server.routes['*'] = 'x';
    const { signal } = new AbortController();
    await http.request(server.url, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('a failed request frees its turn', async () => {
    const server = await serve({ '/cut': (_, response) => void response.destroy(), '*': 'x' });
    const http = open({ connections: 1 });
    const cut = http.request(`${server.url}/cut`);
    expect((await failureOf(cut)).code).toBe('network');
    expect((await http.request(server.url)).text).toBe('x');
  });
});

describe('failures', () => {
  test('say in one line what and where, with a code', async () => {
    const cut = await serveRaw((socket) => void socket.once('data', () => socket.destroy()));
    const half = await serveRaw(
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx')),
    );
    const other = await serveRaw((socket) => void socket.once('data', () => socket.end('220 mail.example ESMTP\r\n')));
    const table = [
      ['http://127.0.0.1:1/', 'refused', '127.0.0.1:1 refuses connections'],
      ['http://nobody.invalid/', 'dns', 'there is no host named nobody.invalid'],
      [cut, 'network', 'closed the connection before its answer was whole'],
      [half, 'network', 'closed the connection before its answer was whole'],
      [other, 'network', 'is not HTTP'],
    ] as const;
    const lookup: HttpSettings['lookup'] = (hostname, _, callback) =>
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), []);
    const http = open({ lookup });
    for (const [url, code, words] of table) {
      const error = await failureOf(http.request(url));
      expect([url, error.code]).toEqual([url, code]);
      expect(error.message).toContain(words);
      expect(error.message).not.toContain('\n');
      expect(error.details.cause).toBeInstanceOf(Error);
    }
  });

  test('a look-up that cannot be made is told from a name that does not exist', async () => {
    const lookup: HttpSettings['lookup'] = (_, __, callback) =>
      callback(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }), []);
    const error = await failureOf(open({ lookup }).request('http://status.example/'));
    expect([error.code, error.message]).toEqual([
      'dns',
      'the name status.example cannot be looked up: is this computer online?',
    ]);
  });

  test.each([
    'status.example',
    'http://',
    'ftp://status.example/',
    'file:///etc/passwd',
    'http://user@status.example/',
    'https://user:hunter2@status.example/hunter2',
    'unix://user:hunter2@/hunter2',
  ])('%s is not asked', async (address) => {
    const error = await failureOf(open().request(address));
    expect(error.code).toBe('bad_url');
    expect(JSON.stringify([error, error.message, String(error.stack)])).not.toContain('hunter2');
  });

  test('those of a POST never hold its path, which is the secret of a webhook', async () => {
    const cut = await serveRaw((socket) => void socket.once('data', () => socket.destroy()));
    const http = open({ timeoutMs: 200 });
    for (const base of [cut, 'http://127.0.0.1:1', await serveRaw(() => {})]) {
      const error = await failureOf(
        http.request(`${base}/services/T0/hunter2?sig=hunter2`, { method: 'POST', body: 'x' }),
      );
      expect(error.url).toBe(new URL(base).origin);
      const said = [error.message, error.stack, String(error.cause), JSON.stringify(error)].join();
      expect(said).not.toContain('hunter2');
    }
  });

  test('closing ends what is under way', async () => {
    const server = await serve({ '*': () => {} });
    const http = openHttp({ version: '1.2.3', env: {} });
    const pending = failureOf(http.request(server.url));
    await expect.poll(() => server.requests.length).toBe(1);
    await http.close();
    expect((await pending).code).toBe('network');
    expect((await failureOf(http.request(server.url))).code).toBe('network');
  });
});

describe('resolveCname', () => {
  /** Answers every question with one CNAME record, or with nothing at all. */
  async function serveDns(alias: string | null): Promise<string> {
    const socket = createSocket('udp4');
    socket.on('message', (question, from) => {
      if (alias === null) return;
      const labels = alias.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
      const name = Buffer.concat([...labels, Buffer.from([0])]);
      const end = question.indexOf(0, 12) + 5;
      const head = Buffer.from(question.subarray(0, end));
      head.writeUInt16BE(0x8180, 2);
      head.writeUInt16BE(1, 6);
      head.writeUInt32BE(0, 8);
      const record = Buffer.from([0xc0, 0x0c, 0, 5, 0, 1, 0, 0, 0, 60, 0, name.length]);
      socket.send(Buffer.concat([head, record, name]), from.port, from.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    onTestFinished(() => void socket.close());
    return `127.0.0.1:${socket.address().port}`;
  }

  test('says what a host is an alias of', async () => {
    const http = open({ nameServers: [await serveDns('stspg-customer.com')] });
    expect(await http.resolveCname('status.example.')).toBe('stspg-customer.com');
  });

  test('is null for addresses, for this machine and for a server that does not answer', async () => {
    const http = open({ nameServers: [await serveDns('never.example')] });
    for (const host of ['127.0.0.1', '93.184.216.34', '[::1]', '::1', 'localhost', 'a.localhost'])
      expect(await http.resolveCname(host)).toBeNull();
    expect(await open({ nameServers: [await serveDns(null)] }).resolveCname('status.example')).toBeNull();
  });
});

import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
} from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FetchError } from '../src/errors.ts';
import type { HttpSettings, RequestOptions } from '../src/http.ts';
import { failureOf, open, serve, serveRaw } from './http-setup.ts';

const MB = 1024 * 1024;

/** What comes of a body of that encoding: its text, or the code of the error. */
async function outcome(body: Buffer, encoding: string, options: RequestOptions = {}): Promise<string> {
  const server = await serve({ '/': { headers: { 'content-encoding': encoding }, body } });
  return open()
    .request(server.url, options)
    .then(
      (reply) => reply.text,
      (error: FetchError) => error.code,
    );
}

describe('encodings', () => {
  const text = `{"a":"${'é'.repeat(5000)}"}`;
  test.each([
    ['gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', Buffer.from(text)],
    ['', Buffer.from(text)],
    ['gzip, identity', gzipSync(text)],
    ['deflate, gzip', gzipSync(deflateSync(text))],
  ])('%s is taken off', async (encoding, body) => {
    expect(await outcome(body, encoding)).toBe(text);
  });

  test.each([
    ['zstd', gzipSync(text)],
    ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(text)))],
    ['gzip', Buffer.from(text)],
    ['br', Buffer.from(text)],
    ['deflate', Buffer.from(text)],
    ['gzip', gzipSync(text).subarray(0, 40)],
    ['gzip, br', gzipSync(brotliCompressSync(text))],
  ])('%s that is unknown, stacked too high or broken is refused', async (encoding, body) => {
    expect(await outcome(body, encoding)).toBe('bad_encoding');
  });

  test('an empty body and a 304 need no decompression, whatever they say', async () => {
    expect(await outcome(Buffer.alloc(0), 'gzip')).toBe('');
    const server = await serve({ '/': { status: 304, headers: { 'content-encoding': 'gzip' } } });
    expect(await open().request(server.url)).toMatchObject({ status: 304, text: '' });
  });
});

describe('sizes', () => {
  test('a body is counted as it comes, and the connection is cut when it grows too large', async () => {
    let cut = false;
    const url = await serveRaw((socket) => {
      socket.on('close', () => {
        cut = true;
      });
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        const more = () => socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`, () => setImmediate(more));
        more();
      });
    });
    const error = await failureOf(open().request(url, { maxBytes: MB }));
    expect([error.code, error.message]).toEqual([
      'too_large',
      `the answer of ${new URL(url).host} is larger than 1 MB`,
    ]);
    await expect.poll(() => cut).toBe(true);
  });

  test('a body that says it is too large is not waited for', async () => {
    const url = await serveRaw((socket) =>
      socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${20 * MB}\r\n\r\n`)),
    );
    expect((await failureOf(open().request(url))).code).toBe('too_large');
  });

  test.each([
    ['json', 10],
    ['xml', 10],
    ['html', 4],
    [undefined, 10],
  ] as const)('the limit for %s is %i MB', async (accept, megabytes) => {
    const server = await serve({ '/fits': { body: Buffer.alloc(megabytes * MB, 'x') } });
    server.routes['/burst'] = { body: Buffer.alloc(megabytes * MB + 1, 'x') };
    const options = accept ? { accept } : {};
    expect((await open().request(`${server.url}/fits`, options)).text).toHaveLength(megabytes * MB);
    expect((await failureOf(open().request(`${server.url}/burst`, options))).code).toBe('too_large');
  });

  test('the limit holds after decompression, to the byte', async () => {
    const body = gzipSync(Buffer.alloc(1000, 'x'));
    expect(await outcome(body, 'gzip', { maxBytes: 1000 })).toHaveLength(1000);
    expect(await outcome(body, 'gzip', { maxBytes: 999 })).toBe('too_large');
  });

  test('headers without end are refused', async () => {
    const url = await serveRaw((socket) =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nX-A: ${'x'.repeat(70_000)}\r\n\r\n`)),
    );
    expect((await failureOf(open().request(url))).code).toBe('too_large');
  });

  async function bomb(compress: Transform): Promise<Buffer> {
    const zeros = Buffer.alloc(MB);
    const parts: Buffer[] = [];
    await pipeline(Readable.from(Array(200).fill(zeros)), compress, async (packed: AsyncIterable<Buffer>) => {
      for await (const part of packed) parts.push(part);
    });
    return Buffer.concat(parts);
  }

  test.each([
    ['gzip', () => bomb(createGzip())],
    ['br', () => bomb(createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }))],
    ['deflate', () => bomb(createDeflate())],
    ['gzip, gzip', async () => gzipSync(await bomb(createGzip()))],
  ])('200 MB packed as %s into next to nothing fill no memory', async (encoding, pack) => {
    const body = await pack();
    expect(body.length).toBeLessThan(300_000);
    const before = process.memoryUsage.rss();
    expect(await outcome(body, encoding)).toBe('too_large');
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * MB);
  });
});

describe('the deadline', () => {
  const overdue = { code: 'timeout', details: {} };

  test('ends a server that accepts and says nothing', async () => {
    const url = await serveRaw(() => {});
    const error = await failureOf(open({ timeoutMs: 150 }).request(url));
    expect(error).toMatchObject({ ...overdue, message: `${new URL(url).host} did not answer within 0.15 s` });
  });

  test('ends a body that drips, though every byte comes in time', async () => {
    let drips = 0;
    let cut = false;
    const url = await serveRaw((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
        const timer = setInterval(() => socket.write('x', () => (drips += 1)), 10);
        socket.on('close', () => {
          clearInterval(timer);
          cut = true;
        });
      });
    });
    const error = await failureOf(open({ timeoutMs: 200 }).request(url));
    expect(error).toMatchObject({ ...overdue, message: `${new URL(url).host} did not finish its answer within 0.2 s` });
    expect(drips).toBeGreaterThan(2);
    await expect.poll(() => cut).toBe(true);
  });

  test('ends headers that drip', async () => {
    const url = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('X-A: 1\r\n'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await failureOf(open({ timeoutMs: 150 }).request(url))).code).toBe('timeout');
  });

  test('is one for all redirects together', async () => {
    const server = await serve({
      '*': async ({ path }) => {
        await new Promise((resolve) => setTimeout(resolve, 120));
        return { status: 302, headers: { location: `${path}x` } };
      },
    });
    const error = await failureOf(open({ timeoutMs: 300 }).request(server.url));
    expect(error.code).toBe('timeout');
    expect(server.requests.length).toBeLessThan(5);
  });

  test('does not count the wait for a turn', async () => {
    const server = await serve({
      '*': async () => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        return 'x';
      },
    });
    const http = open({ timeoutMs: 400 });
    const replies = await Promise.all(Array.from({ length: 10 }, () => http.request(server.url)));
    expect(replies.map((reply) => reply.text).join('')).toBe('xxxxxxxxxx');
  });

  test('counts while connecting, and a connection that comes too late carries no request', async () => {
    const server = await serve({ '*': 'x' });
    let resume: (() => void) | undefined;
    const lookup: HttpSettings['lookup'] = (_, __, callback) => {
      const found = () => callback(null, [{ address: '127.0.0.1', family: 4 }]);
      if (resume) found();
      else resume = found;
    };
    const http = open({ timeoutMs: 100, lookup });
    expect((await failureOf(http.request(`http://vendor.example:${server.port}/late`))).code).toBe('timeout');
    resume?.();
    await expect.poll(() => server.connections).toBe(1);
    expect((await http.request(`http://vendor.example:${server.port}/next`)).text).toBe('x');
    expect(server.requests.map((request) => request.path)).toEqual(['/next']);
  });

  test('leaves the host usable', async () => {
    const server = await serve({ '/hang': () => {}, '/': 'x' });
    const http = open({ timeoutMs: 100 });
    expect((await failureOf(http.request(`${server.url}/hang`))).code).toBe('timeout');
    expect((await http.request(server.url)).text).toBe('x');
  });
});

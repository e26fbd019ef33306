/**
 * A server on loopback for tests: answers from a table, remembers what it was asked.
 *
 *     const server = await startServer({ '/a': 'text', '/b': { status: 304, headers: { etag: '"1"' } } });
 *     server.routes['/a'] = (request, response) => { response.end(request.headers['user-agent']); };
 *     await server.close();
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Recorded {
  method: string;
  /** Path and query as they came. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** A text, an answer, or a function that gives one; a function that gives nothing has written to the response itself. */
export type Route =
  | string
  | Answer
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler may simply return
  | ((request: Recorded, response: ServerResponse) => Answer | string | void | Promise<Answer | string | void>);

export interface LocalServer {
  /** `http://127.0.0.1:<port>` without a slash at the end. */
  url: string;
  port: number;
  /** By path with query, else by path alone, else `*`; what is not there is a 404. May be changed at any time. */
  routes: Record<string, Route>;
  /** Every request so far, oldest first. */
  requests: Recorded[];
  /** Connections taken so far. */
  connections: number;
  /** Cuts all connections and stops. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Speaks TLS with these. */
  tls?: { key: string; cert: string };
  /** The address to listen on, 127.0.0.1 unless told; `0.0.0.0` answers on all of 127.0.0.0/8. */
  host?: string;
}

export async function startServer(
  routes: Record<string, Route> = {},
  options: ServerOptions = {},
): Promise<LocalServer> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const recorded = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      local.requests.push(recorded);
      void answer(local.routes, recorded, response);
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.tls ? 'https' : 'http'}://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
  const local: LocalServer = { url, port, routes, requests: [], connections: 0, close: () => close(server) };
  server.on('connection', () => {
    local.connections += 1;
  });
  return local;
}

async function answer(routes: Record<string, Route>, request: Recorded, response: ServerResponse): Promise<void> {
  const route = routes[request.path] ?? routes[request.path.split('?')[0]!] ?? routes['*'];
  const result =
    typeof route === 'function' ? await route(request, response) : (route ?? { status: 404, body: 'not found' });
  if (result === undefined) return;
  const { status = 200, headers = {}, body = '' } = typeof result === 'string' ? { body: result } : result;
  response.writeHead(status, headers).end(body);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

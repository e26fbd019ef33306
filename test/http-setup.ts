/** What the tests of http.ts share. Whatever is opened here is closed when its test ends. */
import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { FetchError } from '../src/errors.ts';
import { type HttpSettings, openHttp } from '../src/http.ts';
import { type Route, type ServerOptions, startServer } from './local-server.ts';

export function open(settings: Partial<HttpSettings> = {}) {
  const http = openHttp({ version: '1.2.3', env: {}, ...settings });
  onTestFinished(() => http.close());
  return http;
}

export async function serve(routes: Record<string, Route>, options: ServerOptions = {}) {
  const server = await startServer(routes, options);
  onTestFinished(() => server.close());
  return server;
}

/** A server of raw bytes, for what Node's own would not say. Gives its address without a slash at the end. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The FetchError that a request fails with. */
export async function failureOf(request: Promise<unknown>): Promise<FetchError> {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FetchError);
  return error as FetchError;
}

/** A status page on 127.0.0.1 that shows the demo's incident as it stood at the moment of the demo's clock. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { incidentsAt, pageAt } from './incident.ts';

export interface DemoServer {
  url: string;
  close(): Promise<void>;
}

/** Listens on a free port. */
export async function openDemoServer(now: () => Date): Promise<DemoServer> {
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const body = path.endsWith('/incidents') ? incidentsAt(now()) : path.startsWith('/proxy/') ? pageAt(now()) : null;
    if (body === null) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not here');
    const text = JSON.stringify(body);
    const etag = `"${createHash('sha1').update(text).digest('base64url')}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
    response.writeHead(200, { 'content-type': 'application/json', etag }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

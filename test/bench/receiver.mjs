/** Takes every POST, on so many ports; tells them. */
import { once } from 'node:events';
import { createServer } from 'node:http';

const ports = [];
for (let n = 0; n < Number(process.argv[2]); n++) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ports.push(server.address().port);
}
process.send(ports);

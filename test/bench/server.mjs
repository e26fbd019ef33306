/**
 * A server of Statuspage pages on all of 127.0.0.0/8, for a process of its own. It speaks just enough HTTP over bare
 * sockets to be no brake on what is measured.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { statuspage, statuspageHome, story } from './documents.mjs';

const VARIANTS = 50;
const latencyMs = Number(process.argv[2]);
const now = Date.now();
const variants = Array.from({ length: VARIANTS }, (_, seed) => repliesOf(story(seed, now)));
let counts = { whole: 0, unchanged: 0, other: 0 };

function repliesOf(told) {
  const documents = Object.entries(statuspage(told)).map(([path, document]) => [
    path,
    'application/json',
    JSON.stringify(document),
  ]);
  const replies = [['/', 'text/html', statuspageHome(told)], ...documents];
  return new Map(replies.map(([path, type, text]) => [path, replyOf(type, Buffer.from(text))]));
}

function replyOf(type, bytes) {
  const etag = `W/"${createHash('md5').update(bytes).digest('hex')}"`;
  const head = `content-type: ${type}; charset=utf-8\r\netag: ${etag}\r\ncache-control: max-age=0\r\n`;
  const start = `HTTP/1.1 200 OK\r\n${head}content-length: ${bytes.length}\r\n\r\n`;
  return {
    etag,
    whole: Buffer.concat([Buffer.from(start), bytes]),
    unchanged: Buffer.from(`HTTP/1.1 304 Not Modified\r\n${head}\r\n`),
  };
}

function answer(request) {
  const path = request.slice(4, request.indexOf(' ', 4));
  const [a, b, c] = /^host: 127\.(\d+)\.(\d+)\.(\d+)/im.exec(request).slice(1).map(Number);
  const reply = variants[(a * 128 * 128 + b * 128 + c) % VARIANTS].get(path);
  const kind = reply === undefined ? 'other' : isKnown(request, reply.etag) ? 'unchanged' : 'whole';
  counts[kind] += 1;
  return reply?.[kind] ?? 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n';
}

function isKnown(request, etag) {
  const match = /^if-none-match: (.*)$/im.exec(request);
  return match !== null && (match[1] === '*' || match[1] === etag);
}

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const reply = answer(text.slice(0, end));
      text = text.slice(end + 4);
      if (latencyMs > 0) setTimeout(() => socket.write(reply), latencyMs);
      else socket.write(reply);
    }
  });
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => process.send(server.address().port));
process.on('message', () => {
  process.send(counts);
  counts = { whole: 0, unchanged: 0, other: 0 };
});
process.on('disconnect', () => process.exit());

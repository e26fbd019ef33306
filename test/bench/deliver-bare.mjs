/** deliver-bare.mjs <ports> <events>: as many POSTs of as many bytes, as many at once, and nothing else. */
import { Pool } from 'undici';
import { eventOf } from './events.mjs';

const AT_ONCE = 8;
const [ports, count] = process.argv.slice(2);
const headers = {
  'content-type': 'application/json',
  'webhook-id': 'dlv_000000000000000000000000',
  'webhook-timestamp': '1773100000',
  'webhook-signature': `v1,${'A'.repeat(44)}`,
};
const bodies = Array.from({ length: Number(count) }, (_, n) =>
  JSON.stringify({ type: '', timestamp: '', data: eventOf(n) }),
);

await Promise.all(ports.split(',').map((port) => postAll(port, bodies.slice(0, 1))));
const began = performance.now();
await Promise.all(ports.split(',').map((port) => postAll(port, bodies)));
process.send({ ms: performance.now() - began });
process.disconnect();

async function postAll(port, bodies) {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE });
  let next = 0;
  const worker = async () => {
    while (next < bodies.length) {
      const body = bodies[next++];
      const reply = await pool.request({ path: '/hook', method: 'POST', headers, body });
      await reply.body.text();
      if (reply.statusCode !== 204) throw new Error(`HTTP ${reply.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await pool.close();
}

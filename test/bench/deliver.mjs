/**
 * deliver.mjs <core> <folder> <ports> <events> <at once>: so many events, in batches, through dispatch, the outbox and a
 * webhook for each port, the state written as ever. Tells the ms it took, and how the heap grew.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventOf } from './events.mjs';

const [corePath, parent, ports, count, batch] = process.argv.slice(2);
const core = await import(pathToFileURL(corePath));
const folder = mkdtempSync(join(parent, 'run-'));
const now = () => new Date();
const fail = (error) => {
  throw error;
};
const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder, SECRET: `whsec_${'A'.repeat(43)}=` };
const store = core.openStore({ env, now, onWarning: fail });
const http = core.openHttp({ version: '0.0.0', env: {}, timeoutMs: 20_000, perHost: 8 });
const io = { env, now, zone: 'UTC', host: 'bench', after: () => () => {}, request: core.requestsOf(http) };
const lanes = ports.split(',').map((port) => {
  const entry = { name: `hook-${port}`, type: 'webhook', url: `env:URL_${port}`, secret: 'env:SECRET' };
  env[`URL_${port}`] = `http://127.0.0.1:${port}/hook`;
  const { channel, send } = core.connectChannel(entry, store.readSecret, io);
  return { kind: 'channel', name: entry.name, pace: channel.pace, send };
});
const groups = [
  {
    ...{ name: 'all', providers: ['*'], components: [], severities: ['major'], kinds: ['incident'], events: ['*'] },
    ...{ channels: lanes.map(({ name }) => name), remindersMs: [], quiet: null, perHour: null },
  },
];
const ledger = core.openLedger({ store, onError: fail });
const outbox = core.openOutbox({
  ...{ store, ledger, now, zone: 'UTC', random: Math.random, onError: fail },
  ...{ lanes: () => lanes, isKnown: () => true, isMine: () => true, onRefused: (...words) => fail(words) },
});
const recorder = core.openRecorder({
  ...{ ledger, now, groups: () => groups, namesOf: () => [], isProgram: () => true },
  ...{ onLost: fail, onOwed: () => void outbox.deliver() },
});
const pages = Array.from({ length: 100 }, (_, n) => eventOf(n).provider);
await store.claims.take(
  pages.map(({ url }) => url),
  { channels: [] },
);

const eventsOf = (from, to) => Array.from({ length: to - from }, (_, n) => eventOf(from + n));
const tell = async (events) => {
  for (const event of events) {
    const page = event.provider.url;
    recorder.record(page, null, core.emptyRecord(event.provider), [{ page, event, to: [], leadMs: null }]);
  }
  await ledger.flush();
  await outbox.idle();
};
// What is loaded for the first one is loaded, and the first batch made, before the clock starts, here as on the other side.
await tell(eventsOf(-100, -99));
let events = eventsOf(0, Number(batch));

const heaps = [];
const began = performance.now();
for (let from = 0; from < Number(count); from += Number(batch)) {
  if (from > 0) events = eventsOf(from, from + Number(batch));
  await tell(events);
  if (Number(count) > Number(batch)) {
    globalThis.gc();
    heaps.push(process.memoryUsage().heapUsed);
  }
}
const ms = performance.now() - began;
if ((await store.state()).outbox.length > 0) throw new Error('not all was delivered');
process.send({ ms, heap: heaps.at(-1) / heaps[Math.floor(heaps.length / 10)] });
await http.close();
await store.claims.release();
process.disconnect();

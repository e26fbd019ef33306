// stop.mjs <name>: suspends itself in the middle of a transaction, the first time it is run, and prints how often it ran.
const { openStore } = await import(process.env.STORE);
const [name] = process.argv.slice(2);
const store = openStore({ env: process.env, now: () => new Date(), onWarning: (message) => console.error(message) });
let runs = 0;
await store.commit((state) => {
  runs += 1;
  const row = { id: name, page: 'https://status.example.com', channel: 'stdout', events: [], story: null, attempts: 0 };
  state.outbox.push({ ...row, dueAt: null, error: null, queuedAt: '2026-03-10T15:53:00Z' });
  if (runs > 1) return;
  process.stdout.write('stopping\n');
  process.kill(process.pid, 'SIGSTOP');
});
process.stdout.write(`${runs}\n`);

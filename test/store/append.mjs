// append.mjs <name> <count>: adds rows to the outbox, one transaction each, and prints the id of each that is written.
const { openStore } = await import(process.env.STORE);
const [name, count] = process.argv.slice(2);
const store = openStore({ env: process.env, now: () => new Date(), onWarning: (message) => console.error(message) });
for (let i = 0; i < Number(count); i++) {
  const id = `${name}-${i}`;
  await store.commit((state) => {
    const row = { id, page: 'https://status.example.com', channel: 'stdout', events: [], story: null, attempts: 0 };
    state.outbox.push({ ...row, dueAt: null, error: null, queuedAt: '2026-03-10T15:53:00Z' });
  });
  process.stdout.write(`${id}\n`);
}

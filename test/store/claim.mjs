// claim.mjs <staleMs> <page>...: claims pages and says so; then answers lines: take, holds <page>, commit <page>, release.
import { createInterface } from 'node:readline';

const { openStore } = await import(process.env.STORE);
const [staleMs, ...pages] = process.argv.slice(2);
const store = openStore({
  env: process.env,
  now: () => new Date(),
  onWarning: (message) => console.error(message),
  staleMs: Number(staleMs),
});
const answers = {
  take: async () => Object.fromEntries(await store.claims.take(pages, { channels: ['terminal'] })),
  holds: async (page) => store.claims.holds(page),
  commit: (page) =>
    store.commit((state, isMine) => {
      if (!isMine(page)) return 'lost';
      state.pages.set(page, { ...EMPTY, provider: { ...EMPTY.provider, url: page } });
      return 'kept';
    }),
  release: () => store.claims.release(),
};
const EMPTY = {
  provider: { id: 'example', name: 'Example', url: '', platform: 'statuspage' },
  readAt: null,
  validators: null,
  dueAt: null,
  state: 'unknown',
  description: '',
  components: [],
  open: [],
  seen: [],
  folded: '',
  horizon: 0,
  history: false,
  missing: [],
  failure: null,
};
const answer = async (line) => {
  const [word, argument] = line.split(' ');
  process.stdout.write(`${JSON.stringify((await answers[word](argument)) ?? null)}\n`);
};
await answer('take');
setInterval(() => store.claims.beat(), 50);
createInterface(process.stdin).on('line', answer);

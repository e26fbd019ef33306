// add.mjs <url>: adds an address to the watch list.
const { openStore } = await import(process.env.STORE);
const [url] = process.argv.slice(2);
const store = openStore({ env: process.env, now: () => new Date(), onWarning: (message) => console.error(message) });
await store.changeConfig((config) => {
  config.watch.push({ url, name: null, provider: null, platform: null });
});

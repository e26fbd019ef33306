/** One pass over thousands of pages: all of them new, and then all of them unchanged. */
import { fileURLToPath } from 'node:url';
import { median, node, openHome, paired, pingoru, startServer } from './measure.mjs';

const BARE = fileURLToPath(new URL('bare.mjs', import.meta.url));
const PAGES = 5000;
const RUNS = 5;
const CONCURRENCY = '48';
const PASS = ['watch', '--once', '--json'];

export async function pass() {
  const server = await startServer();
  const home = openHome(server.pages(PAGES));
  try {
    return [...(await first(home)), ...(await second(home, server))];
  } finally {
    server.stop();
    home.remove();
  }
}

async function first(home) {
  const peaks = [];
  const ours = async () => {
    home.forget();
    const { ms, peakMB } = await pingoru(PASS, home);
    peaks.push(peakMB);
    return ms;
  };
  const bare = async () => (await node([BARE, home.config, CONCURRENCY, 'whole'])).ms;
  const times = await paired(RUNS, ours, bare);
  return [
    { name: `first pass over ${PAGES} pages / bare loop`, value: times.ratio, target: 1.5, times },
    { name: 'its peak memory, MB', value: median(peaks), target: 250 },
    { name: 'state.json per 1,000 pages, MB', value: home.stateBytes() / PAGES / 1000, target: 1 },
  ];
}

async function second(home, server) {
  await server.counts();
  await pingoru(PASS, home);
  const { whole, unchanged, other } = await server.counts();
  const ours = async () => (await pingoru(PASS, home)).ms;
  const bare = async () => (await node([BARE, home.config, CONCURRENCY, 'unchanged'])).ms;
  const times = await paired(RUNS, ours, bare);
  return [
    { name: 'requests a page when all is unchanged', value: (whole + unchanged + other) / PAGES, target: 1 },
    { name: `second pass over ${PAGES} pages / bare loop of 304`, value: times.ratio, target: 1.5, times },
  ];
}

/** A hundred pages whose servers take 50 ms for every answer. */
import { fileURLToPath } from 'node:url';
import { node, openHome, paired, pingoru, startServer } from './measure.mjs';

const BARE = fileURLToPath(new URL('bare.mjs', import.meta.url));
const PAGES = 100;

export async function latency() {
  const server = await startServer(50);
  const home = openHome(server.pages(PAGES));
  const ours = async () => {
    home.forget();
    return (await pingoru(['watch', '--once', '--json'], home)).ms;
  };
  const bare = async () => (await node([BARE, home.config, '48', 'whole'])).ms;
  try {
    const times = await paired(5, ours, bare);
    return [
      { name: `${PAGES} pages at 50 ms / bare loop`, value: times.ratio, target: 1.5, times },
      { name: 'the same in seconds', value: times.oursMs / 1000, target: 1 },
    ];
  } finally {
    server.stop();
    home.remove();
  }
}

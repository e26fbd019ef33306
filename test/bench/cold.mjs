/** What a command costs before it does anything: against a `node` that does nothing. */
import { node, openHome, PROGRAM, paired, startServer } from './measure.mjs';

const RUNS = 31;

export async function cold() {
  const server = await startServer();
  const home = openHome();
  const [page] = server.pages(1);
  const against = async (args, before = () => {}) => {
    const ours = async () => {
      before();
      return (await node([PROGRAM, ...args], { env: home.env })).ms;
    };
    return paired(RUNS, ours, async () => (await node(['-e', '0'])).ms);
  };
  const row = (name, target, times) => ({ name: `${name} / node -e 0`, value: times.ratio, target, times });
  try {
    const status = ['status', page, '--json', '--fail-on', 'never'];
    const firstSight = await against(status, home.forget);
    return [
      row('pingoru --version', 1.4, await against(['--version'])),
      row('pingoru status, page known', 2.2, await against(status)),
      row('pingoru status, first sight', 2.2, firstSight),
      row('pingoru providers stripe', 1.6, await against(['providers', 'stripe'])),
    ];
  } finally {
    server.stop();
    home.remove();
  }
}

import { expect, test } from 'vitest';
import { openAlerts } from '../src/alerts.ts';
import { ConfigError } from '../src/errors.ts';
import type { Store } from '../src/store.ts';

const HOOK = { name: 'ops', type: 'webhook', url: 'env:URL', secret: 'env:SECRET' };
const VALUES = new Map([
  ['env:URL', 'http://127.0.0.1:9/hook'],
  ['env:SECRET', `whsec_${'A'.repeat(43)}=`],
]);

test('a channel that is switched on again is connected anew, also when a look in between failed', async () => {
  const config = { schemaVersion: 1, watch: [], channels: [HOOK], groups: [] };
  const onSince: { onSince?: string } = {};
  let readable = true;
  let secretsRead = 0;
  const store = {
    paths: { config: '/nowhere', state: '/nowhere' },
    config: async () => config,
    isConfigured: () => true,
    state: async () => {
      if (!readable) throw new ConfigError('state.json cannot be read');
      return { channels: new Map([['ops', { off: null, ...onSince }]]) };
    },
    readSecret(reference: string) {
      secretsRead += 1;
      return VALUES.get(reference)!;
    },
  } as unknown as Store;
  const alerts = await openAlerts({ store, openIo: () => ({ zone: 'UTC' }) as never, onNote: () => {} });
  await alerts.refresh();
  expect([alerts.lanes().length, secretsRead]).toEqual([1, 2]);
  readable = false;
  await alerts.refresh();
  readable = true;
  onSince.onSince = '2026-03-10T12:00:00Z';
  await alerts.refresh();
  expect([alerts.lanes().length, secretsRead]).toEqual([1, 4]);
});

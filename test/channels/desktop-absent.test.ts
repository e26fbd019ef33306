import { expect, test } from 'vitest';
import { desktop } from '../../src/channels/desktop.ts';
import { CASES, channelIo } from './setup.ts';

// Apart from the other tests of the desktop: node-notifier looks for notify-send once in the life of a process.
test.runIf(process.platform === 'linux')(
  'test 84: a machine without notify-send has no desktop to show anything on',
  async () => {
    const oldPath = process.env.PATH;
    process.env.PATH = '/nowhere';
    const send = desktop.connect({}, channelIo({ env: { DISPLAY: ':0' }, after: () => () => {} }));
    const expected = {
      name: 'DeliveryError',
      message: 'no desktop here to show notifications: notify-send is not installed',
      details: { permanent: 'channel' },
    };
    await expect(send(CASES.opened!())).rejects.toMatchObject(expected);
    await expect(send(CASES.opened!())).rejects.toMatchObject(expected);
    process.env.PATH = oldPath;
  },
);

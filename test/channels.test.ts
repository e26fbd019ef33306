/** One contract for all channels: table and fixtures agree, and each case puts on the wire what its fixture holds. */
import { describe, expect, test } from 'vitest';
import { CHANNELS } from '../src/channels/index.ts';
import { DeliveryError } from '../src/errors.ts';
import { CASES, expectFixture, fixtureFolders, fixtureOf, settingsOf, wireOf } from './channels/setup.ts';

test('every channel of the table has a fixture folder, and every folder a channel', () => {
  expect(fixtureFolders()).toEqual(CHANNELS.map(({ name }) => name).sort());
});

/** Channels that speak another protocol than HTTP have tests of their own for what they send. */
const asking = CHANNELS.filter(({ name }) => fixtureOf(name).answer !== undefined);

describe.each(asking.map((channel) => [channel.name, channel] as const))('%s', (name, channel) => {
  const { settings: raw, answer } = fixtureOf(name);
  const settings = settingsOf(channel, raw);

  test.each(Object.keys(CASES))('says "%s" as its fixture has it', async (one) => {
    const { requests } = await wireOf(channel, settings, answer!, CASES[one]!());
    expectFixture(name, one, requests);
  });

  // Test 48 of the channels' reference: every status, and what it leads to.
  test.each(STATUSES())('test 48: HTTP %i is %s', async (status, expected) => {
    const outcome = await wireOf(channel, settings, { status, body: 'an answer' }, CASES.opened!()).then(
      ({ receipt }) => receipt.outcome,
      (error: unknown) => {
        if (!(error instanceof DeliveryError)) throw error;
        return error.details.permanent === false ? 'tried again' : `final for the ${error.details.permanent}`;
      },
    );
    if (expected === 'by its own rule') expect(['delivered', 'accepted', 'tried again']).toContain(outcome);
    else expect(outcome).toBe(expected);
  });
});

/** All 60 registered ones, and three that are seen in the wild. */
function STATUSES(): [number, string][] {
  const registered = [
    ...[100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 307, 308],
    ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423],
    ...[424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 529, 599],
  ];
  return registered.map((status) => [status, expectedOf(status)]);
}

function expectedOf(status: number): string {
  if (status >= 200 && status < 300) return 'by its own rule';
  if (status >= 300 && status < 400) return 'final for the channel';
  if ([401, 403, 404, 410].includes(status)) return 'final for the channel';
  if ([408, 425, 429].includes(status) || status < 200 || status >= 500) return 'tried again';
  return 'final for the message';
}

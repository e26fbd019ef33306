/**
 * Vendor text is hostile, and stays text: through every channel of the table and every output of the program nothing runs,
 * calls anybody, becomes a link, breaks out of where it stands, or brings a secret along.
 */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Channel, Delivery, Settings } from '../src/channel.ts';
import { desktop } from '../src/channels/desktop.ts';
import { exec } from '../src/channels/exec.ts';
import { CHANNELS } from '../src/channels/index.ts';
import { channelIo, fixtureOf, settingsOf, wireOf } from './channels/setup.ts';
import { readMail, readNotification, readProgram, readRequests } from './hostile/channels.ts';
import { readOutputs } from './hostile/outputs.ts';
import { allWorlds, anyWorld, type World } from './hostile/world.ts';

const oldPath = process.env.PATH;
const folder = mkdtempSync(path.join(tmpdir(), 'pingoru-hostile-'));
const canary = path.join(folder, 'canary');

beforeAll(() => {
  program('notify-send', `printf '%s\\0' "$@" > '${folder}/notified'`);
  program('on-event', `cat > '${folder}/stdin'; env -0 > '${folder}/env'`);
  process.env.PATH = `${folder}:${oldPath}`;
});
afterAll(() => {
  process.env.PATH = oldPath;
  rmSync(folder, { recursive: true });
});

function program(name: string, body: string): void {
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${body}\n`);
  chmodSync(path.join(folder, name), 0o755);
}

const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

async function throughDesktop(delivery: Delivery): Promise<void> {
  await desktop.connect({}, channelIo({ env: { DISPLAY: ':0' } }))(delivery);
  readNotification(read('notified').split('\0').slice(0, -1));
}

async function throughExec(delivery: Delivery): Promise<void> {
  await exec.connect({ command: [path.join(folder, 'on-event')] }, channelIo({ env: { PATH: oldPath } }))(delivery);
  const variables = read('env')
    .split('\0')
    .filter((line) => line.startsWith('PINGORU_'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  readProgram(read('stdin'), Object.fromEntries(variables), delivery);
}

const asking = CHANNELS.filter(({ name }) => fixtureOf(name).answer !== undefined);

async function throughRequests(channel: Channel, delivery: Delivery): Promise<void> {
  const { settings: raw, answer } = fixtureOf(channel.name);
  const settings = settingsOf(channel, raw);
  const { receipt, requests } = await wireOf(channel, settings, answer!, delivery);
  readRequests(channel.name, requests, delivery);
  const bodies = JSON.stringify(requests.map(({ body }) => body));
  for (const secret of secretsOf(channel, settings)) {
    expect(JSON.stringify(receipt)).not.toContain(secret);
    // PagerDuty's key and ntfy's topic say where an event goes, as addresses do elsewhere.
    if (!['pagerduty', 'ntfy'].includes(channel.name)) expect(bodies).not.toContain(secret);
  }
}

function secretsOf(channel: Channel, settings: Settings): string[] {
  const values = channel.settings.filter(({ secret }) => secret).map(({ name }) => settings[name]);
  return values.flatMap((value) => (value instanceof Map ? [...value.values()] : value === undefined ? [] : [value]));
}

/** With `quick` one delivery goes to programs, which take their time. */
async function expectHarmless({ deliveries, ...world }: World, quick: number): Promise<void> {
  for (const delivery of deliveries) {
    for (const channel of asking) await throughRequests(channel, delivery);
    await readMail(delivery);
  }
  const one = deliveries[quick % deliveries.length]!;
  if (process.platform === 'linux') {
    await throughDesktop(one);
    await throughExec(one);
  }
  readOutputs({ deliveries, ...world });
  expect(existsSync(canary)).toBe(false);
}

test('every channel of the table is asked', () => {
  expect(CHANNELS.map(({ name }) => name)).toEqual(
    [...asking.map(({ name }) => name), 'desktop', 'email', 'exec'].sort(),
  );
});

test.each(
  allWorlds(canary).map(([text, world], at) => [JSON.stringify(text.replaceAll(canary, 'canary')), world, at] as const),
)('%s everywhere is text', async (_, world, at) => {
  await expectHarmless(world, at);
});

test('any mixture of them is text', { timeout: 300_000 }, async () => {
  await fc.assert(fc.asyncProperty(anyWorld(canary), fc.nat(), expectHarmless), { numRuns: 60 });
});

/** The ways out of a watch that were asked for on its command line: this terminal, and channels. */
import { laneOf } from '../alerts.ts';
import type { ChannelLane, Lane, TerminalLane } from '../outbox.ts';
import { TERMINAL } from '../record.ts';
import type { ChannelIoSource } from './channel-io.ts';
import type { Context } from './context.ts';
import { named } from './names.ts';
import type { Screen } from './screen.ts';

export async function ownLanes(
  context: Context,
  screen: Screen,
  options: { desktop?: boolean | undefined; to?: string[] | undefined },
  io: ChannelIoSource,
): Promise<readonly Lane[]> {
  // Its reader being gone is no failure: what was owed to it stays owed.
  const terminal: TerminalLane = { kind: 'terminal', name: TERMINAL, show: (events) => screen.events(events) };
  const desktop = options.desktop ? [await desktopLane(io)] : [];
  const channels = await Promise.all((options.to ?? []).map((name) => namedLane(name, context, io)));
  return [terminal, ...desktop, ...channels];
}

async function desktopLane(io: ChannelIoSource): Promise<ChannelLane> {
  const { desktop } = await import('../channels/desktop.ts');
  return { kind: 'channel', name: desktop.name, pace: desktop.pace, send: desktop.connect({}, io.open()) };
}

async function namedLane(name: string, { config, store }: Context, io: ChannelIoSource): Promise<ChannelLane> {
  return laneOf(named(name, 'channel', config.channels), { store, openIo: io.open });
}

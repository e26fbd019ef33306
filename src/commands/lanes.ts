/** The ways out of a watch that were asked for on its command line: this terminal, and channels. */
import { laneOf } from '../alerts.ts';
import { UsageError } from '../errors.ts';
import type { ChannelLane, Lane, TerminalLane } from '../outbox.ts';
import type { Store } from '../store.ts';
import type { ChannelIoSource } from './channel-io.ts';
import type { Context } from './context.ts';
import type { Screen } from './screen.ts';

/** Its reader being gone is no failure: what was owed to it stays owed. */
export const TERMINAL = 'stdout';
const DESKTOP = 'desktop';

export async function ownLanes(
  context: Context,
  screen: Screen,
  options: { desktop?: boolean | undefined; to?: string[] | undefined },
  io: ChannelIoSource,
): Promise<readonly Lane[]> {
  const terminal: TerminalLane = { kind: 'terminal', name: TERMINAL, show: (events) => screen.events(events) };
  const desktop = options.desktop ? [desktopLane(io)] : [];
  const named = await Promise.all((options.to ?? []).map((name) => namedLane(name, context, io)));
  return [terminal, ...desktop, ...named];
}

/** Loaded with its first event, so that a watch without one never pays for it. */
function desktopLane(io: ChannelIoSource): ChannelLane {
  let send: Promise<ChannelLane['send']> | null = null;
  return {
    kind: 'channel',
    name: DESKTOP,
    pace: { concurrent: 1, gapMs: 0, singles: 3, patience: 'once' },
    async send(delivery) {
      send ??= import('../channels/desktop.ts').then(({ desktop }) => desktop.connect({}, io.open()));
      return (await send)(delivery);
    },
  };
}

async function namedLane(name: string, context: Context, io: ChannelIoSource): Promise<ChannelLane> {
  const entry = context.config.channels.find((channel) => channel.name === name);
  if (!entry) throw noSuchChannel(name, context.config.channels);
  return laneOf(entry, { store: context.store as Store, openIo: io.open });
}

/** Says which there are. */
export function noSuchChannel(name: string, channels: readonly { name: string }[]): UsageError {
  const known = channels.map((channel) => channel.name).join(', ');
  const advice = known === '' ? 'pingoru channel add makes one' : `there are ${known}`;
  return new UsageError(`there is no channel "${name}"; ${advice}`);
}

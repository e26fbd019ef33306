/** The ways out of a watch: this terminal, and the desktop. */
import { messageOf } from '../message.ts';
import type { Lane } from '../outbox.ts';
import { ownZone } from '../zone.ts';
import type { Context } from './context.ts';
import type { Screen } from './screen.ts';

/** Its reader being gone is no failure: what was owed to it stays owed. */
export function terminalLane(screen: Screen): Lane {
  return { name: 'stdout', local: true, attempts: Number.POSITIVE_INFINITY, send: (events) => screen.events(events) };
}

/** Loaded with its first event, so that a watch without one never pays for it. */
export function desktopLane(context: Context): Lane {
  let send: Promise<import('../model.ts').Send> | null = null;
  return {
    name: 'desktop',
    local: false,
    // A notification that could not be shown within seconds is no news any more.
    attempts: 2,
    async send(events) {
      send ??= import('../channels/desktop.ts').then(({ desktop }) =>
        desktop.connect({}, { env: process.env, after: (ms, act) => clearable(setTimeout(act, ms)) }),
      );
      await (await send)(events.map((event) => messageOf(event, context.io.zone ?? ownZone())));
    },
  };
}

function clearable(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}

/** What channels may touch: an HTTP of their own, which takes no turns with the reading of pages, and this machine's clock and name. */
import { hostname } from 'node:os';
import type { ChannelIo } from '../channel.ts';
import { type Http, openHttp } from '../http.ts';
import { version } from '../version.ts';
import { ownZone } from '../zone.ts';

const TIMEOUT_MS = 20_000;
/** The most that any channel has under way at once. */
const PER_HOST = 8;

export interface ChannelIoSource {
  /** Opens the network with the first call. */
  open(): ChannelIo;
  close(): Promise<void>;
}

export function channelIoSource(zone: string | undefined, now: () => Date): ChannelIoSource {
  let http: Http | null = null;
  const network = () => (http ??= openHttp({ version, env: process.env, timeoutMs: TIMEOUT_MS, perHost: PER_HOST }));
  return {
    open: () => ({
      env: process.env,
      now,
      zone: zone ?? ownZone(),
      host: hostname(),
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
      request: async (request) => (await import('../connect.ts')).requestsOf(network())(request),
    }),
    close: async () => http?.close(),
  };
}

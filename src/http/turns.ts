/** Who may go to the network now: so many requests at a time per host, and so many over all. */

/** Hands the turn on to who waits longest. */
export type EndTurn = () => void;

/**
 * Waits for a turn at a host. A request that waits for its busy host holds no place that another host could use.
 * Rejects with the signal's reason when aborted while waiting.
 */
export type TakeTurn = (host: string, signal?: AbortSignal) => Promise<EndTurn>;

interface Waiter {
  host: string;
  /** False: it has given up meanwhile. */
  start(): boolean;
}

export function takeTurns(atOnce: number, perHost = 1): TakeTurn {
  // A host is a key here while requests of it are under way or next in line: how many, and those behind them.
  const hosts = new Map<string, { ahead: number; behind: Waiter[] }>();
  const ready: Waiter[] = [];
  let running = 0;

  const handOn = (host: string): void => {
    const queue = hosts.get(host)!;
    const next = queue.behind.shift();
    if (next) ready.push(next);
    else if (--queue.ahead === 0) hosts.delete(host);
  };
  const startReady = (): void => {
    while (running < atOnce && ready.length > 0) {
      const waiter = ready.shift()!;
      if (waiter.start()) running += 1;
      else handOn(waiter.host);
    }
  };
  const endTurn = (host: string): void => {
    running -= 1;
    handOn(host);
    startReady();
  };

  return (host, signal) =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        waiter.start = () => false;
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        host,
        start: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve(() => endTurn(host));
          return true;
        },
      };
      if (signal?.aborted) return giveUp();
      signal?.addEventListener('abort', giveUp, { once: true });
      const queue = hosts.get(host) ?? { ahead: 0, behind: [] };
      hosts.set(host, queue);
      if (queue.ahead >= perHost) queue.behind.push(waiter);
      else {
        queue.ahead += 1;
        ready.push(waiter);
      }
      startReady();
    });
}

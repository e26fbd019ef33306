/**
 * Delivers what channels are owed, here and at once, where no watch does: the pages it is about are claimed for as long as
 * that takes, as a watch claims its own.
 */
import { laneOf } from '../alerts.ts';
import { openLedger } from '../ledger.ts';
import { openOutbox } from '../outbox.ts';
import type { ChannelEntry, OutboxRow } from '../record.ts';
import type { Store } from '../store.ts';
import { cleanLine } from '../text.ts';
import { countWords } from '../words.ts';
import { ownZone } from '../zone.ts';
import { channelIoSource } from './channel-io.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

export interface Delivered {
  /** Rows that left the outbox, and those that did not. */
  taken: number;
  left: readonly OutboxRow[];
  /** Rows that a watch delivers, by its process. */
  elsewhere: ReadonlyMap<number, number>;
}

const BEAT_MS = 2000;

/** Delivers everything of these channels that is due and about a page of these rows. Throws ConfigError when one cannot be connected. */
export async function deliverNow(
  entries: readonly ChannelEntry[],
  rows: readonly OutboxRow[],
  { store, io }: { store: Store; io: Io },
): Promise<Delivered> {
  const channels = entries.map(({ name }) => name);
  const now = () => new Date();
  const source = channelIoSource(io.zone, now);
  const lanes = await Promise.all(entries.map((entry) => laneOf(entry, { store, openIo: source.open })));
  const claims = await store.claims.take([...new Set(rows.map(({ page }) => page))], { channels });
  const beat = setInterval(store.claims.beat, BEAT_MS);
  const onError = (error: unknown) => io.note(`pingoru: ${(error as Error).message}`);
  const ledger = openLedger({ store, onError });
  const outbox = openOutbox({
    ...{ store, ledger, now, onError, random: Math.random, zone: io.zone ?? ownZone() },
    lanes: () => lanes,
    isKnown: () => true,
    isMine: (page) => store.claims.holds(page),
    onRefused: (channel, reason) => io.note(`pingoru: ${channel}: ${reason}`),
  });
  try {
    await outbox.idle();
    outbox.close();
    await ledger.flush();
  } finally {
    clearInterval(beat);
    await store.claims.release();
    await source.close();
  }
  const elsewhere = new Map<number, number>();
  const own = rows.filter(({ page }) => {
    const claim = claims.get(page)!;
    if (!claim.mine) elsewhere.set(claim.pid, (elsewhere.get(claim.pid) ?? 0) + 1);
    return claim.mine;
  });
  const left = stillOwed(own, (await store.state()).outbox);
  return { taken: own.length - left.length, left, elsewhere };
}

/** As they are now; several may have become one. */
function stillOwed(rows: readonly OutboxRow[], outbox: readonly OutboxRow[]): OutboxRow[] {
  return rows.flatMap(
    ({ id, channel, events }) =>
      outbox.find(
        (row) =>
          row.id === id ||
          (row.channel === channel && events.length > 0 && events.every((one) => row.events.includes(one))),
      ) ?? [],
  );
}

/** Says what became of it; returns the exit code. */
export function report({ taken, left, elsewhere }: Delivered, io: Io): number {
  if (taken > 0) io.note(`${countWords(taken, 'message')} delivered`);
  for (const [pid, count] of elsewhere)
    io.note(`${countWords(count, 'message')} left to the watch that runs (pid ${pid}): it sends them now`);
  const reasons = new Set(left.flatMap(({ channel, error }) => (error === null ? [] : [`${channel}: ${error}`])));
  for (const reason of reasons) io.note(`pingoru: ${cleanLine(reason)}`);
  if (left.length > 0)
    io.note(`${countWords(left.length, 'message')} still owed; see when they are tried with: pingoru outbox list`);
  return left.length > 0 ? EXIT.undelivered : EXIT.ok;
}

/** `pingoru channel enable`: a channel that was switched off goes on, and what waited goes out. */
import type { OutboxRow } from '../../record.ts';
import { deliverNow, report } from '../deliver-now.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';

export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const entry = named(words[0]!, 'channel', (await store.config()).channels);
  const { name } = entry;
  const { wasOff, rows } = await store.commit((state) => {
    const { off, ...record } = state.channels.get(name) ?? { off: null };
    if (off) state.channels.set(name, { ...record, off: null, onSince: new Date().toISOString() });
    if (off)
      state.outbox = state.outbox.map((row) =>
        row.channel === name && waitsForRetry(row) ? { ...row, dueAt: null } : row,
      );
    return { wasOff: off !== null, rows: state.outbox.filter((row) => row.channel === name && isReady(row)) };
  });
  io.note(`the channel "${name}" ${wasOff ? 'is on again' : 'was on already'}`);
  if (rows.length === 0) return EXIT.ok;
  return report(await deliverNow([entry], rows, { store, io }), io);
}

/** What the groups keep back, or somebody gave up, stays. */
function isReady(row: OutboxRow): boolean {
  return !row.held && !row.settling && row.deadAt === undefined;
}

function waitsForRetry(row: OutboxRow): boolean {
  return isReady(row) && row.dueAt !== null;
}

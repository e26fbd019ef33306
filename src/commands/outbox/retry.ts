/** `pingoru outbox retry`: what waits for a retry, or was given up, is tried now. */
import type { OutboxRow } from '../../record.ts';
import { deliverNow, report } from '../deliver-now.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { chooseRows } from '../owed.ts';
import { openOwnStore } from '../own-store.ts';

export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { channels } = await store.config();
  const { rows, off } = await store.commit((state) => {
    const { rows: chosen, isById } = chooseRows(words, state, channels);
    // A watch shows what it owes its own terminal and desktop; what is held back goes out only when it is named itself.
    const rows = chosen.filter(
      (row) => channels.some(({ name }) => name === row.channel) && (isById(row) || !(row.held || row.settling)),
    );
    const ids = new Set(rows.map(({ id }) => id));
    state.outbox = state.outbox.map((row) => (ids.has(row.id) ? dueNow(row) : row));
    const off = [...new Set(rows.map((row) => row.channel))].filter((name) => state.channels.get(name)?.off);
    return { rows, off };
  });
  if (rows.length === 0) {
    io.note('nothing waits for a retry');
    return EXIT.ok;
  }
  for (const name of off) io.note(`the channel "${name}" is off; mend it, then run: pingoru channel enable ${name}`);
  const entries = channels.filter(({ name }) => !off.includes(name) && rows.some((row) => row.channel === name));
  const ready = rows.filter((row) => !off.includes(row.channel));
  if (ready.length === 0) return EXIT.undelivered;
  const code = report(await deliverNow(entries, ready, { store, io }), io);
  return off.length > 0 ? EXIT.undelivered : code;
}

/** One that was given up begins anew, in its usual form and with all its tries. */
function dueNow({ deadAt, held: _held, settling: _settling, ...row }: OutboxRow): OutboxRow {
  if (deadAt === undefined) return { ...row, dueAt: null };
  const { plain: _plain, ...usual } = row;
  return { ...usual, dueAt: null, attempts: 0 };
}

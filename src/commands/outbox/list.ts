/** `pingoru outbox list`: what is owed, oldest first. */
import { outboxDocument } from '../../json-alerts.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { chooseRows, owedToJson } from '../owed.ts';
import { openOwnStore } from '../own-store.ts';
import { viewOf } from '../view.ts';

interface Options extends GlobalOptions {
  json?: boolean;
}

export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const now = new Date();
  const state = await store.state();
  const { rows } = chooseRows(words, state, (await store.config()).channels);
  const owed = rows.map((row) => owedToJson(row, state, now));
  if (options.json) await io.out(`${JSON.stringify(outboxDocument(owed))}\n`);
  else if (owed.length === 0) io.note('nothing is owed');
  else {
    const { renderOwed } = await import('../../render/lists.ts');
    await io.out(renderOwed(owed, await viewOf({ io, now: () => now })));
  }
  return EXIT.ok;
}

/** `pingoru outbox drop`: what is owed is given up, after a yes. */
import { UsageError } from '../../errors.ts';
import { countWords, listWords } from '../../words.ts';
import { canAsk, isAgreed } from '../ask.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { chooseRows, giveUp, titleOf } from '../owed.ts';
import { openOwnStore } from '../own-store.ts';

interface Options extends GlobalOptions {
  yes?: boolean;
}

const MOST_TITLES = 5;

export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { channels } = await store.config();
  const state = await store.state();
  const { rows } = chooseRows(words, state, channels);
  if (rows.length === 0) {
    io.note('nothing is owed');
    return EXIT.ok;
  }
  const names = listWords([...new Set(rows.map(({ channel }) => channel))], 100);
  const what = `${countWords(rows.length, 'message')} owed to ${names}`;
  if (!options.yes) {
    if (!canAsk(io)) throw new UsageError(`--yes is missing: ${what} would be dropped, and there is nobody to ask`);
    for (const row of rows.slice(0, MOST_TITLES)) io.note(`  ${titleOf(row, state)}`);
    if (rows.length > MOST_TITLES) io.note(`  and ${rows.length - MOST_TITLES} more`);
    if (!(await isAgreed(`Drop ${what}? They are never sent then.`, io))) {
      io.note('nothing was dropped');
      return EXIT.ok;
    }
  }
  const ids = new Set(rows.map(({ id }) => id));
  const dropped = await store.commit((draft) => {
    const present = draft.outbox.filter(({ id }) => ids.has(id));
    giveUp(draft, present, 'dropped by hand', new Date());
    return present.length;
  });
  io.note(`${countWords(dropped, 'message')} dropped`);
  return EXIT.ok;
}

/** `pingoru unmute`: told again, from now on; what was kept back meanwhile is not. */
import { UsageError } from '../errors.ts';
import type { Config, Mute, ReadonlyState } from '../record.ts';
import { isOn } from '../route/mutes.ts';
import { resolveTargets } from '../targets.ts';
import { countWords } from '../words.ts';
import { EXIT } from './exit.ts';
import { findIncident, type Wanted } from './find-incident.ts';
import { type GlobalOptions, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';
import { pageOf, splitWatched } from './page-of.ts';

interface Options extends GlobalOptions {
  all?: boolean;
}

export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  if (words.length === 0 && !options.all)
    throw new UsageError('name what to tell of again, as pingoru mute shows it, or --all');
  if (words.length > 0 && options.all) throw new UsageError('--all goes without a name');
  const state = await store.state();
  const config = await store.config();
  const now = new Date();
  const gone = options.all ? [...state.mutes] : words.flatMap((word) => mutesOf(word, state, config));
  const ids = new Set(gone.map(({ id }) => id));
  await store.commit((draft) => {
    draft.mutes = draft.mutes.filter(({ id }) => !ids.has(id));
  });
  const count = gone.filter((mute) => isOn(mute, now)).length;
  io.note(
    count === 0 ? 'nothing was muted' : `${countWords(count, 'mute')} taken back; what comes from now on is told`,
  );
  return EXIT.ok;
}

/** Throws UsageError for a word that is no provider, and for one of which nothing is muted. */
function mutesOf(word: string, state: ReadonlyState, config: Readonly<Config>): Mute[] {
  const byId = state.mutes.filter(({ id }) => id === word);
  if (byId.length > 0) return byId;
  const { target, wanted } = splitWatched(word, state, config);
  const pages = resolveTargets([target], config).flatMap(({ provider, guesses }) =>
    [provider.url, ...guesses].map((url) => pageOf(url, state)),
  );
  const ofPages = state.mutes.filter(({ page }) => pages.includes(page));
  const found = wanted === null ? ofPages : ofPages.filter((mute) => mute.incident === incidentId(wanted, mute, state));
  if (found.length > 0) return found;
  throw new UsageError(`nothing of "${word}" is muted; see what is with: pingoru mute`);
}

/** What the end of an incident's address stands for, as far as it is known. */
function incidentId(wanted: Wanted, { page }: Mute, { pages }: ReadonlyState): string {
  return findIncident(pages.get(page)?.open ?? [], wanted)?.id ?? wanted.text;
}

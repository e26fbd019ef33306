/** `pingoru remove`: pages off the watch list. */
import { nearest } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import type { WatchEntry } from '../record.ts';
import { placeOf } from '../targets.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';

/** Removes all or none: a word that names no entry is a usage error. */
export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const removed: WatchEntry[] = [];
  await openOwnStore(io).changeConfig((config) => {
    removed.length = 0;
    for (const word of words) {
      const entry = entryOf(word, config.watch);
      config.watch.splice(config.watch.indexOf(entry), 1);
      removed.push(entry);
    }
  });
  for (const entry of removed) io.note(`${entry.name ?? entry.provider ?? entry.url} is off the watch list`);
  return EXIT.ok;
}

/** By its name, its provider or its address; by its host where that is one page's alone. */
function entryOf(word: string, watch: readonly WatchEntry[]): WatchEntry {
  const text = word.toLowerCase().replace(/\/$/, '');
  const named = watch.find((one) => [one.name, one.provider, one.url].some((name) => name?.toLowerCase() === text));
  if (named) return named;
  const onHost = watch.filter((one) => [new URL(one.url).host, placeOf(one.url)].includes(text));
  if (onHost.length === 0) throw new UsageError(notThere(word, watch));
  if (onHost.length > 1) throw new UsageError(`"${word}" is several pages: ${onHost.map((one) => one.url).join(', ')}`);
  return onHost[0]!;
}

function notThere(word: string, watch: readonly WatchEntry[]): string {
  const names = watch.map((one) => one.name ?? one.provider ?? one.url);
  const near = nearest(word, names).slice(0, 3);
  return `"${word}" is not on the watch list; ${near.length > 0 ? `did you mean ${near.join(', ')}?` : 'see it with: pingoru list'}`;
}

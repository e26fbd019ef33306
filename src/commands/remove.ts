/** `pingoru remove`: pages off the watch list. */
import { parseUrl } from '../address.ts';
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
  for (const entry of removed) io.note(`${called(entry)} is off the watch list (${entry.url})`);
  return EXIT.ok;
}

/** By the user's own name, which may hide a provider's; then by provider or address; by its host where that is one page's alone. */
function entryOf(word: string, watch: readonly WatchEntry[]): WatchEntry {
  const text = word.toLowerCase();
  const place = placeIn(word);
  const named =
    watch.find(({ name }) => name?.toLowerCase() === text) ??
    watch.find(({ provider }) => provider?.toLowerCase() === text) ??
    watch.find(({ url }) => url === word || addressOf(url) === addressOf(word));
  if (named) return named;
  const onHost = watch.filter(({ url }) => place !== null && [new URL(url).host, placeOf(url)].includes(place));
  if (onHost.length === 0) throw new UsageError(notThere(word, watch));
  if (onHost.length > 1) throw new UsageError(`"${word}" is several pages: ${onHost.map((one) => one.url).join(', ')}`);
  return onHost[0]!;
}

/** Hosts are the same however they are written, paths are not. Null for what has no scheme. */
function addressOf(word: string): string | null {
  const url = /^https?:\/\//i.test(word) ? parseUrl(word) : null;
  if (url === null) return null;
  url.hostname = url.hostname.replace(/\.$/, '');
  return url.href.replace(/\/$/, '');
}

/** What a word without a scheme would be with one: its host, and its path. A whole address is that of one page alone. */
function placeIn(word: string): string | null {
  const address = /:\/\//.test(word) ? null : addressOf(`https://${word}`);
  return address === null ? null : placeOf(address);
}

function called({ name, provider, url }: WatchEntry): string {
  return name ?? provider ?? url;
}

function notThere(word: string, watch: readonly WatchEntry[]): string {
  const names = watch.map(called);
  const near = nearest(word, names).slice(0, 3);
  return `"${word}" is not on the watch list; ${near.length > 0 ? `did you mean ${near.join(', ')}?` : 'see it with: pingoru list'}`;
}

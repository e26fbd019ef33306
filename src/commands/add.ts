/** `pingoru add`: pages onto the watch list, each read once so that a typing error is found now and not at night. */
import { findProvider } from '../catalogue/index.ts';
import { FetchError, UsageError } from '../errors.ts';
import { isNoHost } from '../http/failure.ts';
import { openPage } from '../open.ts';
import type { WatchEntry } from '../record.ts';
import type { Target } from '../targets.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';

interface Options extends ReadingOptions {
  name?: string;
}

export function run(options: Options, words: string[]): Promise<number> {
  if (options.name !== undefined && words.length > 1)
    throw new UsageError('--name names one page; add the others without it');
  if (options.name !== undefined && !/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,60}$/u.test(options.name))
    throw new UsageError(`"${options.name}" cannot be a name: use letters, digits, dots, dashes and spaces`);
  return withContext(options, words, { oneShot: true }, async (context) => {
    const entries = await Promise.all(context.targets.map((target) => entryOf(target, options, context)));
    for (const line of await store(entries, context)) context.io.note(line);
    const hidden = options.name === undefined ? null : findProvider(options.name);
    if (hidden)
      context.io.note(`pingoru: the name "${options.name}" hides ${hidden.name} of the catalogue (${hidden.url})`);
    return EXIT.ok;
  });
}

/** What cannot be reached now is added all the same, with a word about it: the vendor may be down this very moment. */
async function entryOf(target: Target, options: Options, context: Context): Promise<WatchEntry> {
  const row = findProvider(target.provider.id);
  const typed = target.guesses.at(-1) ?? target.provider.url;
  const entry = {
    url: typed,
    name: options.name ?? null,
    provider: row?.url === target.provider.url ? row.id : null,
    platform: options.platform ?? null,
  };
  try {
    const { page } = await openPage(target, context);
    // The address of a feed is found again by that of its page, unless that was a guess.
    const isFound = page.document && (target.guesses.length === 0 || hostOf(page.url) === hostOf(typed));
    return { ...entry, url: entry.provider || isFound ? typed : page.url };
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    if (entry.provider === null && isNowhere(error))
      throw new UsageError(`${error.message}; nothing was added, look whether ${typed} is what you mean`);
    context.io.note(`pingoru: ${typed} cannot be read for now (${error.message}); added all the same`);
    return entry;
  }
}

/** What a vendor's trouble does not look like: a slip does. */
function isNowhere(error: FetchError): boolean {
  return isNoHost(error) || error.details.status === 404 || error.details.status === 410;
}

function hostOf(url: string): string {
  return new URL(url).host;
}

/** Resolves to what was done, a line for each entry. */
async function store(entries: readonly WatchEntry[], context: Context): Promise<string[]> {
  let done: string[] = [];
  await context.store.changeConfig((config) => {
    done = entries.map((entry) => put(entry, config.watch));
  });
  return done;
}

function put(entry: WatchEntry, watch: WatchEntry[]): string {
  const called = (one: WatchEntry) => one.name ?? one.provider ?? one.url;
  const name = entry.name?.toLowerCase();
  const taken = watch.find((one) => name !== undefined && one.name?.toLowerCase() === name && one.url !== entry.url);
  if (taken)
    throw new UsageError(`the name "${entry.name}" is already that of ${taken.url}; remove it first or choose another`);
  const known = watch.find((one) => one.url === entry.url);
  if (!known) {
    watch.push(entry);
    return `${called(entry)} is on the watch list now (${entry.url})`;
  }
  const before = called(known);
  const changes = [
    entry.name !== null && entry.name !== known.name && `is called ${entry.name} now`,
    entry.platform !== null && entry.platform !== known.platform && `is read as ${entry.platform} from now on`,
  ].filter((one) => one !== false);
  if (entry.name !== null) known.name = entry.name;
  if (entry.platform !== null) known.platform = entry.platform;
  return `${before} ${changes.length > 0 ? changes.join(' and ') : 'was on the watch list already'} (${entry.url})`;
}

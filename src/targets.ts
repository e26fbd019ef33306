/** What the user typed to a provider and its page: own names, catalogue names, domains, page addresses, groups. */
import { findByHost, findProvider, nearestProviders } from './catalogue/index.ts';
import { UsageError } from './errors.ts';
import type { Provider } from './model.ts';
import type { Config, WatchEntry } from './record.ts';
import { globMatcher } from './route.ts';

/**
 * A page to read. `guesses` are other addresses to try when the first is no page; it is a guess itself then, and the last
 * of them is what was typed (an unknown vendor's domain).
 */
export interface Target {
  provider: Provider;
  guesses: string[];
  /** The platform the user named for it on the watch list: not to be doubted. */
  platform?: string;
}

/**
 * One target per word, several for a group; no word at all means the watch list. Throws UsageError, naming the nearest names, for a word that
 * is neither.
 */
export function resolveTargets(words: readonly string[], config: Config): Target[] {
  if (words.length > 0)
    return dedupe(
      words.flatMap((word) => (word.startsWith('@') ? groupTargets(word, config) : resolveTarget(word, config))),
    );
  if (config.watch.length === 0)
    throw new UsageError(
      'name a provider, a domain or a page (for example: pingoru status github), or add some to the watch list with: pingoru add github',
    );
  return dedupe(config.watch.map(fromEntry));
}

export function resolveTarget(word: string, config: Config): Target {
  const named = config.watch.find((entry) => entry.name?.toLowerCase() === word.toLowerCase());
  if (named) return fromEntry(named);
  if (/^https?:\/\//i.test(word)) return fromUrl(word);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(word))
    throw new UsageError(`"${word}" cannot be read: only http and https addresses can`);
  const row = findProvider(word);
  if (row) return { provider: { id: row.id, name: row.name, url: row.url, platform: row.platform }, guesses: [] };
  if (isDomain(word)) return fromDomain(word);
  const own = config.watch.flatMap((entry) => entry.name ?? []);
  const near = nearestProviders(word, own);
  const hint = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'try: pingoru providers <part of its name>';
  throw new UsageError(`no provider is called "${word}"; ${hint}`);
}

/** What a group is about: the pages of the watch list that its providers name, and the providers of the catalogue among them. */
function groupTargets(word: string, config: Config): Target[] {
  const name = word.slice(1);
  const group = config.groups.find((one) => one.name === name);
  if (!group) {
    const known = config.groups.map((one) => `@${String(one.name)}`);
    throw new UsageError(
      `there is no group "${name}"; ${known.length > 0 ? `there are ${known.join(', ')}` : 'pingoru group add makes one'}`,
    );
  }
  const providers = asTexts(group.providers) ?? ['*'];
  const isProvider = globMatcher(providers);
  const watched = config.watch.filter((entry) => {
    const { id, name: called } = fromEntry(entry).provider;
    return isProvider(id) || isProvider(called) || (entry.provider !== null && isProvider(entry.provider));
  });
  const rows = providers.flatMap((provider) => findProvider(provider) ?? []);
  const others = rows.filter(({ id }) => !watched.some((entry) => entry.provider === id));
  const targets = dedupe([...watched.map(fromEntry), ...others.map((row) => ({ provider: pick(row), guesses: [] }))]);
  if (targets.length > 0) return targets;
  throw new UsageError(
    `the group "${name}" is about no page of the watch list; put one there with: pingoru add <provider>`,
  );
}

function asTexts(value: unknown): string[] | null {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}

/** The provider of a watch-list entry. */
export function fromEntry(entry: WatchEntry): Target {
  const row = entry.provider === null ? null : findProvider(entry.provider);
  const id = entry.name ?? row?.id ?? placeOf(entry.url);
  const name = entry.name ?? row?.name ?? placeOf(entry.url);
  const provider = { id, name, url: entry.url, platform: entry.platform ?? row?.platform ?? null };
  return { provider, guesses: [], ...(entry.platform !== null && { platform: entry.platform }) };
}

function fromUrl(word: string): Target {
  const url = parsedUrl(word);
  const row = findByHost(url.hostname).find((one) => new URL(one.url).host === url.host);
  const address = url.href.replace(/\/$/, '');
  if (row && url.pathname === '/') return { provider: { ...pick(row), url: address }, guesses: [] };
  const place = placeOf(address);
  const named = row ?? { id: place, name: place, platform: null };
  return { provider: { id: named.id, name: named.name, url: address, platform: null }, guesses: [] };
}

function parsedUrl(word: string): URL {
  let url: URL;
  try {
    url = new URL(word);
  } catch {
    throw new UsageError(`"${word}" is not a valid address; it should look like https://status.example.com`);
  }
  if (url.username || url.password)
    throw new UsageError(`the address of ${url.host} holds a user name or password; status pages are read without`);
  url.hash = '';
  // It is the same host, and one page is watched once.
  url.hostname = url.hostname.replace(/\.$/, '');
  return url;
}

/** Names of any alphabet are domains too, and one dot at the end is part of a whole name. */
function isDomain(word: string): boolean {
  const host =
    /^(?:(?:[\p{L}\p{M}\p{N}-]+\.)+[\p{L}\p{M}\p{N}-]{2,}\.?|localhost\.?|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::\d+)?(?:\/\S*)?$/iu;
  return host.test(word);
}

function fromDomain(word: string): Target {
  const url = parsedUrl(`${/^(?:localhost|127\.|\[::1\])/i.test(word) ? 'http' : 'https'}://${word}`);
  const row = findByHost(url.hostname)[0];
  if (row && url.pathname === '/') return { provider: pick(row), guesses: [] };
  const target = fromUrl(url.href);
  if (url.pathname !== '/' || /^(?:status|www\.|localhost|\[|[\d.]+$)|status\./.test(url.hostname)) return target;
  // A vendor we do not know: its page most likely stands on the usual name.
  return { provider: { ...target.provider, url: `https://status.${url.host}` }, guesses: [target.provider.url] };
}

function pick(row: Provider): Provider {
  return { id: row.id, name: row.name, url: row.url, platform: row.platform };
}

/** A page without a name is called by where it stands: its host, and its path where it has one. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname.replace(/\/$/, '');
}

function dedupe(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.provider.url, target])).values()];
}

/** Which watched page is meant: by its address, or by that of an incident it shows. */
import { findByHost } from '../catalogue/index.ts';
import type { Config, ReadonlyState } from '../record.ts';
import { comparable, splitAddress, type Wanted } from './find-incident.ts';

type Pages = Pick<ReadonlyState, 'pages'>;

/** The address a page is watched by. A page may be served at another one, which its events name. */
export function pageOf(url: string, { pages }: Pages): string {
  if (pages.has(url)) return url;
  for (const [page, record] of pages) if (record.provider.url === url) return page;
  return url;
}

/**
 * As `splitAddress`, but a page that is watched comes before what the address looks like: one that shows the incident now,
 * or the only one on that host (a feed, or a part of the page).
 */
export function splitWatched(
  word: string,
  state: Pages,
  { watch }: Readonly<Config>,
): { target: string; wanted: Wanted | null } {
  const split = splitAddress(word, null);
  const urls = [...new Set([...state.pages.keys(), ...watch.map(({ url }) => url)])];
  const isWatched = (address: string) => urls.some((url) => comparable(url) === comparable(address));
  if (isWatched(word)) return split;
  const called = (page: string) => watch.find(({ url }) => url === page)?.name ?? page;
  const shown = shownAt(word, state);
  if (shown) return { target: called(shown.page), wanted: split.wanted ?? shown.wanted };
  const { target, wanted } = split;
  if (wanted === null) return split;
  const near = urls.filter((url) =>
    isWatched(target) ? comparable(url) === comparable(target) : sharesHost(url, target),
  );
  return near.length === 1 ? { target: called(near[0]!), wanted } : split;
}

function shownAt(address: string, { pages }: Pages): { page: string; wanted: Wanted } | null {
  for (const [page, { open }] of pages) {
    const one = open.find(({ url }) => comparable(url) === comparable(address));
    if (one) return { page, wanted: { text: one.id, address: { whole: one.url, tail: one.url } } };
  }
  return null;
}

function sharesHost(a: string, b: string): boolean {
  const [first, second] = [a, b].map((url) => comparable(url).split(/[/?#]/)[0]);
  return first === second;
}

/** Whether anybody could ever be told of the page: it is watched, or one of the catalogue. */
export function isKnown(page: string, { pages }: Pages, { watch }: Readonly<Config>): boolean {
  if (pages.has(page) || watch.some(({ url }) => url === page)) return true;
  return findByHost(new URL(page).hostname).some(({ url }) => url === page);
}

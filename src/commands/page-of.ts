import type { ReadonlyState } from '../record.ts';

/** The address a page is watched by. A page may be served at another one, which its events name. */
export function pageOf(url: string, { pages }: Pick<ReadonlyState, 'pages'>): string {
  if (pages.has(url)) return url;
  for (const [page, record] of pages) if (record.provider.url === url) return page;
  return url;
}

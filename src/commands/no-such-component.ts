import { nearest } from '../catalogue/index.ts';
import type { Component, ReadFailure } from '../model.ts';
import { componentLabel } from '../normalize.ts';
import { applyFilter, type Filter } from '../route.ts';
import type { Context } from './context.ts';
import type { ReadTarget } from './read-all.ts';

/** What to say when `--component` names none of a page's components: the nearest ones, or some. */
export function noSuchComponent(components: readonly Component[], filter: Filter): ReadFailure {
  const labels = [...new Set(components.map(componentLabel))];
  const near = [...new Set(filter.components.flatMap((glob) => nearest(glob, labels)))].slice(0, 5);
  const named = near.length > 0 ? `nearest: ${near.join(', ')}` : `it has: ${labels.slice(0, 5).join(', ') || 'none'}`;
  return { code: 'no_such_component', message: `no component matches '${filter.components.join("', '")}'; ${named}` };
}

/** A typing error in a filter looks like calm, so it is said. */
export function noteUnmatched({ io, filter }: Context, reads: readonly ReadTarget[]): void {
  if (filter.components.length === 0) return;
  for (const { provider, snapshot } of reads) {
    if (!snapshot || snapshot.components.length === 0 || applyFilter(snapshot, filter)) continue;
    io.note(`pingoru: ${provider.id}: ${noSuchComponent(snapshot.components, filter).message}`);
  }
}

/** Ranked search over the rows of the catalogue. Pure. */

import { distanceTo } from './nearest.ts';
import type { CatalogueRow } from './row.ts';

export interface Query {
  /** Lower case, single spaces. */
  text: string;
  /** As an id is written. */
  key: string;
  words: string[];
}

export function parseQuery(query: string): Query {
  const text = query.trim().toLowerCase().replace(/\s+/g, ' ').replace(/['’]/g, '');
  return { text, key: text.replace(/[ _]/g, '-'), words: text.split(/[ _-]/).filter((word) => word !== '') };
}

/**
 * The rows that answer a query, best first: its id; an alias or its name; its page's host or its domain; beginning with
 * it; words beginning with its words; words somewhere in it.
 */
export function answering(rows: readonly CatalogueRow[], query: Query): CatalogueRow[] {
  return ranked(rows, (row) => tierOf(row, query));
}

/** The rows whose names the query may be a slip of, nearest first. */
export function slipsOf(rows: readonly CatalogueRow[], query: Query): CatalogueRow[] {
  return ranked(rows, (row) => slipsTo(row, query));
}

function ranked(rows: readonly CatalogueRow[], rankOf: (row: CatalogueRow) => number): CatalogueRow[] {
  return rows
    .map((row) => ({ row, rank: rankOf(row) }))
    .filter(({ rank }) => rank < Infinity)
    .sort(
      (a, b) => a.rank - b.rank || Number(isKnown(b.row)) - Number(isKnown(a.row)) || a.row.id.length - b.row.id.length,
    )
    .map(({ row }) => row);
}

/** Who is called by other names as well is who most people mean. */
function isKnown(row: CatalogueRow): boolean {
  return row.aliases.length > 0;
}

function tierOf(row: CatalogueRow, { text, key, words }: Query): number {
  const name = row.name.toLowerCase().replaceAll("'", '');
  const host = hostOf(row.url);
  if (row.id === key) return 0;
  if (name === text || row.aliases.includes(key) || row.id === key.replaceAll('-', '')) return 1;
  if (host === text || host === `www.${text}`) return 2;
  if (row.domain === text) return text.startsWith(`${row.id}.`) ? 3 : 4;
  if (row.id.startsWith(key) || name.startsWith(text)) return 5;
  if (row.aliases.some((alias) => alias.startsWith(key))) return 6;
  const own = `${row.id} ${name} ${row.aliases.join(' ')}`.split(/[^a-z0-9.]+/);
  if (words.every((word) => own.some((one) => one.startsWith(word)))) return 7;
  const all = `${row.id} ${name} ${row.domain ?? ''} ${host} ${row.aliases.join(' ')}`;
  return words.every((word) => all.includes(word)) ? 8 : Infinity;
}

function slipsTo(row: CatalogueRow, { text, key }: Query): number {
  const names = [row.id, ...row.aliases].map((name) => distanceTo(key, name));
  return Math.min(distanceTo(text, row.name.toLowerCase()), ...names);
}

/** The host of an https address, cut out by hand: parsing 4,000 addresses takes longer than the search. */
function hostOf(url: string): string {
  const end = url.indexOf('/', 'https://'.length);
  return url.slice('https://'.length, end < 0 ? undefined : end);
}

/**
 * The providers: `providers.tsv`, a vendor's page a line, sorted by id. The file is read when something is first asked of
 * it, and single look-ups search its text without taking it apart: who needs one row does not pay for 4,000.
 *
 * Columns: id, name, url, platform (empty: detected at first use), domain, and last the aliases, separated by commas:
 * other names, and other hosts of the same page or vendor. New columns go before the aliases.
 */
import { readFileSync } from 'node:fs';
import { nearest } from './nearest.ts';
import type { CatalogueRow } from './row.ts';
import { answering, parseQuery, slipsOf } from './search.ts';

export { nearest } from './nearest.ts';
export type { CatalogueRow } from './row.ts';

/** The provider of that id or alias, however it is capitalised and spaced (`Let's Encrypt`, `open ai`, `GCP`). */
export function findProvider(idOrAlias: string): CatalogueRow | null {
  const key = idOrAlias
    .trim()
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[\s_]+/g, '-');
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(key)) return null;
  return byName(key) ?? byName(key.replaceAll('-', ''));
}

/**
 * The providers with this host, best first: their page's, another of theirs, or their own site's (`status.clerk.com`,
 * `clerk.com`; not `api.clerk.com`). A leading `www.` does not count.
 */
export function findByHost(host: string): CatalogueRow[] {
  const key = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '');
  if (!key.includes('.')) return [];
  return rowsHolding(key)
    .map((row) => ({ row, rank: hostRank(row, key) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.row.url.length - b.row.url.length)
    .map(({ row }) => row);
}

/**
 * Providers by any part of their names, aliases, hosts and domains, best first; all of them for an empty query. Only when
 * none answers to it as it was typed: those it may be a slip of.
 */
export function searchProviders(query: string, limit = Infinity): CatalogueRow[] {
  const asked = parseQuery(query);
  if (asked.text === '') return allProviders().slice(0, limit);
  const rarest = asked.words.reduce((longest, word) => (word.length > longest.length ? word : longest), '');
  const found = answering(rowsHolding(rarest), asked);
  return (found.length > 0 ? found : slipsOf(allProviders(), asked)).slice(0, limit);
}

/** The ids, and the names of `own`, that a name nobody has may be a slip of: five at most, nearest first. */
export function nearestProviders(name: string, own: readonly string[] = []): string[] {
  const idOf = new Map(own.map((one) => [one, one]));
  for (const row of allProviders())
    for (const one of [row.id, ...row.aliases]) if (!one.includes('.')) idOf.set(one, row.id);
  const near = nearest(name, idOf.keys(), 20).map((one) => idOf.get(one)!);
  return [...new Set(near)].slice(0, 5);
}

/**
 * The providers behind words that a project's files mention its dependencies by, sorted by id, each with the first word
 * that gave it away. Which words stand for whom is in `signals.tsv`; a word that is a name by chance stands for nobody.
 */
export function providersMentioned<T extends { word: string }>(mentions: readonly T[]): (T & { row: CatalogueRow })[] {
  const ids = signals();
  const found = new Map<string, T & { row: CatalogueRow }>();
  for (const mention of mentions) {
    const id = ids.get(mention.word);
    const row = id === undefined || found.has(id) ? null : findProvider(id);
    if (row) found.set(row.id, { ...mention, row });
  }
  return [...found.values()].sort((a, b) => (a.row.id < b.row.id ? -1 : 1));
}

/** From each word to the id of its provider. */
function signals(): Map<string, string> {
  const lines = readFileSync(new URL('./signals.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1);
  return new Map(
    lines.flatMap((line) => {
      const [id = '', words = ''] = line.split('\t');
      return [id, ...words.split(' ')].map((word) => [word, id] as const);
    }),
  );
}

/** Every row, by id. */
export function allProviders(): readonly CatalogueRow[] {
  rows ??= rowsOf(catalogue());
  return rows;
}

/** The rows of a table in the form of `providers.tsv`. */
export function rowsOf(table: string): CatalogueRow[] {
  return table.trimEnd().split('\n').slice(1).map(parseRow);
}

let content: string | null = null;
let lowered: string | null = null;
let rows: readonly CatalogueRow[] | null = null;

/** The file stands beside this one in the source tree, and beside the built program in the package. */
function catalogue(): string {
  content ??= readFileSync(new URL('./providers.tsv', import.meta.url), 'utf8');
  return content;
}

function parseRow(line: string): CatalogueRow {
  const [id = '', name = '', url = '', platform = '', domain = '', aliases = ''] = line.split('\t');
  return {
    id,
    name,
    url,
    platform: platform || null,
    domain: domain || null,
    aliases: aliases === '' ? [] : aliases.split(','),
  };
}

function lineAround(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at));
}

function byName(key: string): CatalogueRow | null {
  const text = catalogue();
  const id = text.indexOf(`\n${key}\t`);
  if (id >= 0) return parseRow(lineAround(text, id + 1));
  const alias = new RegExp(`[\\t,]${key.replaceAll('.', '\\.')}(?=[,\\n])`).exec(text);
  return alias ? parseRow(lineAround(text, alias.index)) : null;
}

/** The rows with `part`, in lower case, anywhere in their line. */
function rowsHolding(part: string): CatalogueRow[] {
  if (part === '') return [];
  const text = catalogue();
  lowered ??= text.toLowerCase();
  const found: CatalogueRow[] = [];
  let end = text.indexOf('\n');
  for (let at = lowered.indexOf(part, end); at >= 0 && end >= 0; at = lowered.indexOf(part, end)) {
    found.push(parseRow(lineAround(text, at)));
    end = text.indexOf('\n', at);
  }
  return found;
}

function hostRank(row: CatalogueRow, key: string): number {
  if (new URL(row.url).hostname.replace(/^www\./, '') === key) return 0;
  if (row.aliases.includes(key)) return 1;
  if (row.domain !== key) return Infinity;
  // A vendor's main page before those of its products.
  return key.startsWith(`${row.id.replaceAll('-', '')}.`) ? 2 : 3;
}

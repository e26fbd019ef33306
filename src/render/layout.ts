/** Columns of text: a table where the view is wide enough, else each row as a small block. */
import { joinLines, pad, type View, widthOf, wrap } from './style.ts';

/** Lines of one cell; colours may be in them. */
export type Cell = readonly string[];

const GAP = 2;
const LEAST_LAST_COLUMN = 24;
const LONGEST_WORD = 60;

/**
 * Rows under a header. All columns but the last are as wide as their widest cell and one line high; the
 * last takes what is left and wraps in it. Nothing is cut: when too little is left, for an address for one, the last cell
 * goes below the others.
 */
export function layTable(header: readonly string[], rows: readonly (readonly Cell[])[], view: View): string {
  const count = header.length - 1;
  const widths = Array.from({ length: count }, (_, column) => {
    const cells = rows.map((row) => widthOf(row[column]?.[0] ?? ''));
    return cells.reduce((widest, width) => Math.max(widest, width), widthOf(header[column] ?? ''));
  });
  const left = widths.reduce((sum, width) => sum + width + GAP, 0);
  if (view.width !== null && view.width - left < leastColumn(rows, count)) return layBlocks(rows, view);
  const lines = rows.flatMap((row) => rowLines(row, widths, left, view));
  return joinLines([headerLine(header, widths, view), ...lines]);
}

function leastColumn(rows: readonly (readonly Cell[])[], column: number): number {
  const words = rows.flatMap((row) => (row[column] ?? []).flatMap((line) => line.split(' ')));
  const longest = words.reduce((most, word) => Math.max(most, widthOf(word)), 0);
  return Math.max(LEAST_LAST_COLUMN, Math.min(longest, LONGEST_WORD));
}

function headerLine(header: readonly string[], widths: readonly number[], view: View): string {
  const titles = header.map((title, column) => pad(title, widths[column] ?? 0));
  return view.chalk.dim(titles.join(' '.repeat(GAP)).trimEnd());
}

function rowLines(row: readonly Cell[], widths: readonly number[], left: number, view: View): string[] {
  const first = widths.map((width, column) => pad(row[column]?.[0] ?? '', width) + ' '.repeat(GAP)).join('');
  const last = (row[widths.length] ?? []).flatMap((line) => wrap(line, view, left, 2));
  if (last.length === 0) return [first.trimEnd()];
  // A long word that stands at the margin rather than in pieces has a line of its own.
  if (!last[0]!.startsWith(' '.repeat(left))) return [first.trimEnd(), ...last];
  return last.map((line, index) => (index === 0 ? first + line.slice(left) : line));
}

function layBlocks(rows: readonly (readonly Cell[])[], view: View): string {
  const lines = rows.flatMap((row) => [
    ...wrap(row.slice(0, -1).flat().join('  '), view, 0, 4),
    ...(row.at(-1) ?? []).flatMap((line) => wrap(line, view, 2, 2)),
  ]);
  return joinLines(lines);
}

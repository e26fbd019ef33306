/**
 * What knows how wide characters are. It costs a third of a cold start, so it is loaded apart, and only for a terminal:
 * where lines are not cut, nothing has to be measured to the column.
 */
import { stripVTControlCharacters } from 'node:util';

interface Widths {
  widthOf: (text: string) => number;
  wrap: (text: string, columns: number, options: { hard: boolean }) => string;
}
let widths: Widths | null = null;

/** To be called before anything is rendered for a width. */
export async function loadWidths(): Promise<void> {
  const [{ default: widthOf }, { default: wrap }] = await Promise.all([import('string-width'), import('wrap-ansi')]);
  widths = { widthOf, wrap };
}

/** Columns a text takes, colours reckoned with; wide characters count as one until `loadWidths` was called. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  return widths ? widths.widthOf(text) : [...stripVTControlCharacters(text)].length;
}

/** The text with line ends put in, so that no line is wider, words too long broken. Throws before `loadWidths` was called. */
export function wrapHard(text: string, columns: number): string {
  if (!widths) throw new Error('loadWidths was not called');
  return widths.wrap(text, columns, { hard: true });
}

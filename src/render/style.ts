/** How text stands on a terminal: colours, symbols, widths, line ends. Owns chalk. */
import { Chalk, type ChalkInstance, type ColorSupportLevel } from 'chalk';
import type { PageState, Severity } from '../model.ts';
import { cutGraphemes, safeUrl } from '../text.ts';
import { wordsOf } from '../words.ts';
import { isoWords, shortWords } from '../zone.ts';
import { columnsOf, wrapHard } from './widths.ts';

/** What a renderer needs to know of the reader. */
export interface View {
  /** Columns no line may exceed; null where lines end only where the text does (a pipe, a file). */
  width: number | null;
  /** IANA name; undefined is the reader's own zone. */
  zone: string | undefined;
  now: Date;
  chalk: ChalkInstance;
}

export function viewOf(reader: Omit<View, 'chalk'> & { colors: ColorSupportLevel }): View {
  const { width, zone, now, colors } = reader;
  return { width, zone, now, chalk: new Chalk({ level: colors }) };
}

/** Colours of the sixteen every terminal has. The words beside them always say the same. */
export function paintOf(severity: Severity, { chalk }: View): (text: string) => string {
  switch (severity) {
    case 'good':
      return chalk.green;
    case 'info':
      return chalk.cyan;
    case 'minor':
      return chalk.yellow;
    case 'major':
      return chalk.red;
    case 'critical':
      return chalk.bold.red;
    case 'maintenance':
      return chalk.blue;
    case 'unknown':
      return chalk.magenta;
  }
}

const SYMBOLS = {
  good: '✓',
  info: '·',
  minor: '▲',
  major: '✗',
  critical: '✗',
  maintenance: '◇',
  unknown: '?',
} satisfies Record<Severity, string>;

export function symbolOf(severity: Severity): string {
  return SYMBOLS[severity];
}

export function severityOfState(state: PageState): Severity {
  switch (state) {
    case 'operational':
      return 'good';
    case 'maintenance':
    case 'unknown':
      return state;
    case 'degraded':
      return 'minor';
    case 'partial_outage':
      return 'major';
    case 'major_outage':
      return 'critical';
  }
}

/** A state as symbol and words, in its colour. */
export function stateWords(state: PageState, view: View): string {
  const severity = severityOfState(state);
  return paintOf(severity, view)(`${symbolOf(severity)} ${wordsOf(state)}`);
}

/** A time of ours (ISO 8601) as people read it; where no terminal is, as programs sort it. */
export function timeWords(iso: string, { width, now, zone }: View): string {
  const time = new Date(iso);
  return width === null ? isoWords(time, zone) : shortWords(time, now, zone);
}

/** A page's address as people write it: no slash after a bare host. Empty when it is not one to show. */
export function pageWords(url: string): string {
  return (safeUrl(url) ?? '').replace(/^(https?:\/\/[^/]+)\/$/, '$1');
}

/** Columns a text takes, wide characters and colours reckoned with. */
export function widthOf(text: string): number {
  return piecesOf(text).reduce((width, piece) => width + columnsOf(piece), 0);
}

/**
 * A line as one or more, none wider than the view, all after the first pushed in by `hanging` more than `indent`. One
 * word, an address, rather stands at the margin than in pieces, so that it can be clicked or copied.
 */
export function wrap(text: string, view: View, indent = 0, hanging = 0): string[] {
  if (view.width === null) return [margin(indent, text)];
  const width = text.length > 8 * view.width ? Number.POSITIVE_INFINITY : widthOf(text);
  if (indent + width <= view.width) return [margin(indent, text)];
  if (!text.includes(' ') && width <= view.width) return [text];
  const columns = Math.max(2, view.width - indent - hanging);
  const lines: string[] = [''];
  for (const piece of piecesOf(text)) {
    const last = lines.pop()!;
    lines.push(...wrapTogether(last + piece, columns).split('\n'));
    if (piece.endsWith(' ')) lines[lines.length - 1] += ' ';
  }
  return lines.map((line, index) => margin(index === 0 ? indent : indent + hanging, line.trimEnd()));
}

function margin(indent: number, line: string): string {
  return line === '' ? '' : ' '.repeat(indent) + line;
}

const PIECE = 250;

/** A text in parts that can be measured one by one: measuring a long one takes the square of its length. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > PIECE + 100) {
    const space = rest.lastIndexOf(' ', PIECE);
    const end = space > PIECE / 2 ? space + 1 : characterStart(rest.slice(0, PIECE + 100));
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}

// Characters may be of any length in scripts that stack them; such a one is broken.
function characterStart(text: string): number {
  segmenter ??= new Intl.Segmenter();
  const start = segmenter.segment(text).containing(PIECE)?.index ?? 0;
  return start > 0 ? start : PIECE - (/[\uD800-\uDBFF]/.test(text[PIECE - 1]!) ? 1 : 0);
}
let segmenter: Intl.Segmenter | undefined;

/** Numbers stay with their units, clocks with their zones, and symbols with what they stand for. */
function wrapTogether(text: string, columns: number): string {
  const joined = text
    .replace(/(\d) (?=(?:[smhd]|UTC[+-]?[\d:]*)\b)/g, '$1\u00A0')
    .replace(/\b([hd]) (?=\d)|([✓▲✗◇]) /g, '$1$2\u00A0');
  return wrapHard(joined, columns).replaceAll('\u00A0', ' ');
}

/** The text cut to some columns; whole when they are null. */
export function shorten(text: string, columns: number | null): string {
  if (columns === null || widthOf(text) <= columns) return text;
  let cut = cutGraphemes(text, columns);
  for (let most = columns; widthOf(cut) > columns; ) cut = cutGraphemes(text, --most);
  return cut;
}

export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Lines to the text that is printed: each with its end. */
export function joinLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

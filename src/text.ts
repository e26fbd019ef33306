/** Vendor text is hostile: it is cleaned here, once, before it becomes part of the model. Everything takes linear time. */
import { parseUrl } from './address.ts';
import { decodeEntities } from './entities.ts';

// Letters, signs and symbols of the scripts most posts are written in, none of which needs anything. A text of nothing else
// passes with this one test (a class of what is dangerous would take ten times as long on any text beyond Latin-1).
const UNFAMILIAR =
  /[^\n -~\xA0-\xAC\xAE-\u02FF\u0370-\u0482\u2010-\u2027\u2030-\u205E\u20A0-\u20CF\u2100-\u2BFF\u3001-\u3029\u3041-\u3096\u309B-\u3163\u3165-\u9FFF\uAC00-\uD7A3]/;

// CSI; then OSC, DCS, APC, PM and SOS with their payload if they end; then what is left of an escape. No class admits the
// start of another sequence, so a text full of unfinished ones is not read twice.
const SEQUENCES =
  /(?:\x1B\[|\x9B)[0-?]*[ -/]*[@-~]|(?:\x1B[\]PX^_]|[\x90\x98\x9D-\x9F])[^\x07\x1B\x80-\x9F]*(?:\x07|\x1B\\|\x9C)|\x1B[ -/]*[0-~]/g;

// Controls, what steers direction, what is not seen: bidi, tags, soft hyphens, zero-width spaces, fillers, byte-order
// marks, and code points that Unicode keeps for more of these. The joiners have their own rule; the signs of Arabic and Syriac numbers are format characters that are seen.
const REMOVED =
  /(?![\n\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2]|\u200C|\u200D)(?:[\0-\x1F\x7F-\x9F\u180E\u3164\uFFA0\uFFFE\uFFFF\p{Cf}]|\u034F|\u2065|[\uFFF0-\uFFF8]|[\u{E0000}-\u{E0FFF}])/gu;

// Joiners and variation selectors belong inside emoji and some scripts. After ASCII they only hide (a keycap aside).
const STRAY_JOINERS = /(?<![^\0-\x7F])(?!\uFE0F\u20E3)(?:\u200C|\u200D|[\uFE00-\uFE0F])+/gu;
const JOINER_RUNS = /((?:\u200C|\u200D|[\uFE00-\uFE0F]){2})(?:\u200C|\u200D|[\uFE00-\uFE0F])+/gu;

// No emoji joins more than ten others, and no script stacks more marks on a letter: more is one character without end, or
// draws over the lines above and below.
const JOINED_RUNS = /((?:.\uFE0F?\u200D){9}.\uFE0F?)\u200D/gsu;
const MARK_RUNS = /(\p{M}{8})\p{M}+/gu;

/** Several lines of plain text: no escape sequence, control, bidi or invisible character left; line ends are `\n`. */
export function cleanText(text: string): string {
  if (!UNFAMILIAR.test(text)) return text;
  return text
    .toWellFormed()
    .replace(SEQUENCES, '')
    .replace(/\r\n?|[\x85\u2028\u2029]/g, '\n')
    .replace(/[\t\v\f]/g, ' ')
    .replace(REMOVED, '')
    .replace(STRAY_JOINERS, '')
    .replace(JOINER_RUNS, '$1')
    .replace(JOINED_RUNS, '$1')
    .replace(MARK_RUNS, '$1');
}

// Most names and all ids: printable ASCII, single spaces inside.
const CLEAN_LINE = /^[!-~]+(?: [!-~]+)*$/;

/** As `cleanText`, on one line: for titles and names. */
export function cleanLine(text: string): string {
  if (CLEAN_LINE.test(text)) return text;
  const clean = cleanText(text);
  return /^\s|\s$|[^\S ]|\s\s/.test(clean) ? clean.replace(/\s+/g, ' ').trim() : clean;
}

/** A vendor's name or id as one clean line, a number's digits included; null when it is neither or nothing of it is left. */
export function asLine(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const line = cleanLine(String(value));
  return line === '' ? null : line;
}

/**
 * A vendor's body, an HTML fragment, Markdown or plain, to plain text. Links keep their words, and their address when
 * the words are not it. A `<` that opens no tag is text; entities are decoded once.
 */
export function plainText(body: string): string {
  return tidyText(cleanText(body.includes('<') || body.includes('&') ? withoutMarkup(body) : body));
}

/** A clean text without what is not seen of it: blanks around it and at the ends of lines, more than one empty line, spaces that do not break. */
export function tidyText(clean: string): string {
  const text = clean.replaceAll('\u00A0', ' ');
  if (!text.includes('\n')) return text.trim();
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** Whether a text has white space other than single spaces. Two looks are faster than one for either. */
export function hasRuns(text: string): boolean {
  return text.includes('  ') || /[^\S ]/.test(text);
}

// How many line ends stand between such an element and its neighbours.
const BREAKS = new Map([
  ...['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'blockquote', 'pre', 'hr'].map((name) => [name, 2] as const),
  ...['div', 'ul', 'ol', 'li', 'tr', 'dl', 'dt', 'dd', 'section', 'article'].map((name) => [name, 1] as const),
]);
const HIDDEN = new Set(['script', 'style', 'template', 'title']);
const HAS_BLOCKS = /<\/?(?:p|br|div|ul|ol|li|h[1-6]|table|tr|dl|dt|dd|pre|blockquote|hr|section|article)(?:[\s/>]|$)/i;

interface Tag {
  name: string;
  closing: boolean;
  source: string;
  end: number;
}

function withoutMarkup(html: string): string {
  const writer = textWriter(HAS_BLOCKS.test(html));
  const readTag = tagReader(html);
  let textFrom = 0;
  let at = 0;
  for (let open = html.indexOf('<'); open >= 0; open = html.indexOf('<', at)) {
    const tag = readTag(open);
    at = tag?.end ?? open + 1;
    if (!tag) continue;
    writer.text(html.slice(textFrom, open));
    writer.tag(tag);
    textFrom = at;
  }
  writer.text(html.slice(textFrom));
  return writer.done();
}

/** Reads what begins at a `<`: null where it is text. What is looked for in vain is not looked for again. */
function tagReader(html: string): (open: number) => Tag | null {
  const lastEnd = html.lastIndexOf('>');
  const start = /\/?([A-Za-z][A-Za-z0-9:-]*)|[!?]/y;
  const missing = new Set<string>();
  const search = (mark: string, find: () => number): number => {
    const found = missing.has(mark) ? -1 : find();
    if (found < 0) missing.add(mark);
    return found;
  };
  return (open) => {
    start.lastIndex = open + 1;
    const match = open < lastEnd ? start.exec(html) : null;
    if (!match) return null;
    const name = (match[1] ?? '').toLowerCase();
    const closing = match[0].startsWith('/');
    const comment = html.startsWith('<!--', open) ? search('-->', () => html.indexOf('-->', open + 4)) : -1;
    if (comment >= 0) return { name, closing, source: '', end: comment + 3 };
    const quoted = search('"', () => quotedTagEnd(html, start.lastIndex));
    const end = quoted >= 0 ? quoted : html.indexOf('>', open) + 1;
    const hidden = !closing && HIDDEN.has(name) ? search(name, () => closingTag(html, name, end)) : -1;
    return { name, closing, source: html.slice(open, end), end: hidden >= 0 ? hidden : end };
  };
}

function closingTag(html: string, name: string, from: number): number {
  const tag = new RegExp(`</${name}`, 'gi');
  tag.lastIndex = from;
  return tag.exec(html)?.index ?? -1;
}

/** The place after the `>` that ends a tag, values in quotes skipped; -1 when there is none. */
function quotedTagEnd(html: string, from: number): number {
  let quote = 0;
  let afterEquals = false;
  for (let at = from; at < html.length; at++) {
    const code = html.charCodeAt(at);
    if (quote !== 0) quote = code === quote ? 0 : quote;
    else if (code === 0x3e) return at + 1;
    else if (afterEquals && (code === 0x22 || code === 0x27)) quote = code;
    if (code !== 0x20) afterEquals = code === 0x3d;
  }
  return -1;
}

function textWriter(hasBlocks: boolean) {
  const parts: string[] = [];
  let last = '\n';
  let owed = 0;
  let bullet = '';
  let preformatted = false;
  let link: { url: string; from: number } | null = null;

  function text(source: string): void {
    let words = decodeEntities(source).replaceAll('\u00A0', ' ');
    if (hasBlocks && !preformatted) {
      // Most have single spaces only, and replacing each by itself would take most of the time.
      if (hasRuns(words)) words = words.replace(/\s+/g, ' ');
      if (owed > 0 || bullet !== '' || last === ' ' || last === '\n') words = words.trimStart();
    }
    if (words === '') return;
    if (parts.length > 0) parts.push('\n'.repeat(owed));
    parts.push(bullet, words);
    last = words.at(-1)!;
    owed = 0;
    bullet = '';
  }
  function closeLink(): void {
    if (link && !sameAddress(parts.slice(link.from).join(''), link.url))
      text(`${last === ' ' ? '' : ' '}(${link.url})`);
    link = null;
  }
  function tag({ name, closing, source }: Tag): void {
    if (name === 'br') owed = Math.min(2, owed + 1);
    else if (bullet === '') owed = name === 'li' ? 1 : Math.max(owed, BREAKS.get(name) ?? 0);
    if (name === 'li') bullet = closing ? '' : '- ';
    if (name === 'td' || name === 'th') text(' ');
    if (name === 'pre') preformatted = !closing;
    if (name !== 'a') return;
    closeLink();
    const url = closing ? null : safeUrl(decodeEntities(hrefOf(source)));
    if (url !== null) link = { url, from: parts.length };
  }
  return { text, tag, done: () => parts.join('') };
}

function hrefOf(tag: string): string {
  const match = /[\s"'/]href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(tag);
  return match?.[1] ?? match?.[2] ?? match?.[3] ?? '';
}

/** Whether the words of a link are its address, as people write it. */
export function sameAddress(words: string, url: string): boolean {
  const bare = (address: string) => {
    const rest = address.trim().replace(/^https?:\/\//i, '');
    return (rest.endsWith('/') ? rest.slice(0, -1) : rest).toLowerCase();
  };
  return bare(words) === bare(url);
}

/** An http or https address as `new URL` writes it, against `base` if relative. Null for all else: other schemes, user information, over 2,048 characters. */
export function safeUrl(value: string | null | undefined, base?: string): string | null {
  const text = value?.trim() ?? '';
  if (text === '' || text.length > MAX_URL) return null;
  const url = parseUrl(text, base);
  if (url === null) return null;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return url.username === '' && url.password === '' && url.href.length <= MAX_URL ? url.href : null;
}
const MAX_URL = 2048;

/** In what a limit counts: what people see as characters, JavaScript's units, or bytes of UTF-8. */
export type Measure = 'graphemes' | 'utf16' | 'bytes';

/** The text, or its beginning and an ellipsis, together at most `max` long. Never cuts through a character people see. */
export function cutGraphemes(text: string, max: number, measure: Measure = 'graphemes'): string {
  const whole = text.toWellFormed();
  if (fits(whole, max, measure)) return whole;
  const room = max - (measure === 'bytes' ? 3 : 1);
  return room < 0 ? '' : `${whole.slice(0, boundary(whole, room, measure)).trimEnd()}…`;
}

function fits(text: string, max: number, measure: Measure): boolean {
  if (text.length <= max) return measure !== 'bytes' || Buffer.byteLength(text) <= max;
  return measure === 'graphemes' && graphemesEnd(text, max) === text.length;
}

/** The last place to cut at that leaves no more than `room` before it. */
function boundary(text: string, room: number, measure: Measure): number {
  if (measure === 'graphemes') return graphemesEnd(text, room);
  const units = measure === 'utf16' ? room : new TextEncoder().encodeInto(text, new Uint8Array(room)).read;
  return graphemes(text).containing(units)?.index ?? units;
}

/** Where the first `count` end. Looks at a piece at a time, because each step over a long text costs as much as it is long. */
function graphemesEnd(text: string, count: number): number {
  let end = 0;
  for (let left = count; left > 0 && end < text.length; ) {
    const piece = [...graphemes(text.slice(end, end + 1024))];
    // The last of a piece may go on after it.
    if (end + 1024 < text.length) piece.pop();
    if (piece.length === 0) piece.push(graphemes(text).containing(end)!);
    const taken = piece.slice(0, left);
    end += taken.reduce((length, { segment }) => length + segment.length, 0);
    left -= taken.length;
  }
  return end;
}

let segmenter: Intl.Segmenter | undefined;
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Vendor text on its way into other people's programs: no address in it becomes a link, and many lines fit one limit. */
import { cutGraphemes, type Measure } from './text.ts';

// Wherever they stand, for programs find them in the middle of a word too (`a.https://b`).
const SCHEMES = /(?:https?|ftps?|mailto|tel|sms|javascript|data|file|slack|discord|tg|msteams|ms-[a-z]{1,20}):(?=\S)/gi;
const DOMAINS = /([\p{L}\p{N}_-])\.(?=\p{L}{2})/gu;
const ADDRESSES = /([\p{L}\p{N}._%+-])@(?=[\p{L}\p{N}])/gu;

/** Joins without being seen: what stands around it is no address any more, and reads as before. */
const JOINER = '\u2060';

/**
 * The text as it reads, with nothing in it that a chat or mail program would make a link or a mention of by itself: in
 * `https:`, between the parts of a domain and before an @ stands a character nobody sees. Of clean text, which has none of its own.
 */
export function withoutLinks(text: string): string {
  return text
    .replace(SCHEMES, `$&${JOINER}`)
    .replace(DOMAINS, `$1.${JOINER}`)
    .replace(ADDRESSES, `$1${JOINER}@${JOINER}`);
}

/**
 * Lines that together, with a line end between each, are at most `max` long: the longest ones are cut first, so that each
 * keeps its beginning; only where not even a few characters are left to each do the last ones give way to "and 7 more".
 */
export function fitLines(lines: readonly string[], max: number, measure: Measure = 'utf16'): string {
  const lengthOf = (text: string) => (measure === 'bytes' ? Buffer.byteLength(text) : text.length);
  const whole = lines.join('\n');
  if (lengthOf(whole) <= max) return whole;
  for (let most = Math.floor(max / lines.length) * 2; most >= SHORTEST_LINE; most = Math.floor(most * 0.9)) {
    const shorter = lines.map((line) => cutGraphemes(line, most, measure)).join('\n');
    if (lengthOf(shorter) <= max) return shorter;
  }
  const room = Math.max(0, Math.floor((max - 20) / (SHORTEST_LINE + 1)));
  const kept = lines.slice(0, room).map((line) => cutGraphemes(line, SHORTEST_LINE, measure));
  return [...kept, `and ${lines.length - kept.length} more`].join('\n');
}
const SHORTEST_LINE = 24;

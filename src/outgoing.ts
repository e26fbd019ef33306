/** Vendor text on its way into other people's programs: nothing in it becomes a link or markup, and many lines fit one limit. */
import { cutGraphemes, type Measure } from './text.ts';
import { moreWords } from './words.ts';

/** Behind the colon of an address: of any scheme with `//`, and of those that are known without. */
const SCHEMES =
  /(?<=:)(?=\/\/)|(?<=(?<![a-z\d])(?:mailto|tel|sms|javascript|data|file|slack|discord|tg|msteams|ms-[a-z]{1,20}|https?):)(?=(?!\/\/)\S)/gi;
/** `//host`, which some read as an address of the scheme they are on. */
const NO_SCHEME = /(?<![:\u2060])\/\/(?=[\p{L}\p{N}])/gu;
const DOMAINS = /([\p{L}\p{N}_-])\.(?=\p{L}{2})/gu;
const ADDRESSES = /([\p{L}\p{N}._%+-])@(?=[\p{L}\p{N}])/gu;

/** Joins without being seen: what stands around it is no address any more, and reads as before. */
export const JOINER = '\u2060';

/**
 * The text as it reads, with nothing in it that a chat or mail program would make a link or a mention of by itself: in
 * `https:`, between the parts of a domain and before an @ stands a character nobody sees. Of clean text, which has none of its own.
 */
export function withoutLinks(text: string): string {
  return text
    .replace(SCHEMES, JOINER)
    .replace(NO_SCHEME, `/${JOINER}/`)
    .replace(DOMAINS, `$1.${JOINER}`)
    .replace(ADDRESSES, `$1${JOINER}@${JOINER}`);
}

/** The text without links, at most `max` long. */
export function inert(text: string, max: number, measure: Measure = 'utf16'): string {
  return cutGraphemes(withoutLinks(text), max, measure);
}

/** For whatever reads `&`, `<` and `>` as markup; quotes matter in attributes alone, for which see `attribute`. */
export function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An address as the value of an attribute in double quotes. */
export function attribute(url: string): string {
  return entities(url).replaceAll('"', '%22');
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
  return [...kept, moreWords(lines.length - kept.length)].join('\n');
}
const SHORTEST_LINE = 24;

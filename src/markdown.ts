/**
 * Markdown to plain text, as far as its marks are in a reader's way: headings, bold words, links. Bullets, single stars and
 * underscores stay: they read well, or are somebody's names. Everything takes linear time.
 */
import { sameAddress } from './text.ts';

const HEADING = /^[ \t]*(?:(?:\\?#){1,6}[ \t]+)+/gm;
const BOLD = /(?<![\\*])\*\*(?=[^\s*])((?:\\.|[^\\*\n]){1,500}?)\*\*(?!\*)/g;
const LINK = /(?<![\\!])\[((?:\\.|[^\\[\]\n]){1,300})\]\((https?:\/\/[^()\s]{1,2000})\)/gi;
const STAR = /^([ \t]*)\*(?=[ \t])/gm;

/** Links keep their words, and their address when the words are not it. Of a text that is plain already, or was HTML. */
export function withoutMarkdown(text: string): string {
  if (!/[*#[]/.test(text)) return text;
  return text
    .replace(HEADING, '')
    .replace(STAR, '$1-')
    .replace(BOLD, '$1')
    .replace(LINK, (_, words: string, url: string) => (sameAddress(words, url) ? words : `${words} (${url})`));
}

/** As `withoutMarkdown`, where the vendor escapes what must not be read as a mark: signs, and the ends of lines. */
export function unescapedMarkdown(text: string): string {
  return withoutMarkdown(text).replace(/\\(?:([!-/:-@[-`{-~])|(?=\s|$))/g, '$1');
}

/** A message as Telegram's HTML, and as words alone. https://core.telegram.org/bots/api#html-style */
import type { Delivery, Message } from '../channel.ts';
import { attribute, entities, fitLines, JOINER, withoutLinks } from '../outgoing.ts';
import { cutGraphemes } from '../text.ts';
import { MARKS } from './severity.ts';
import { factsOf, standingLines } from './standings.ts';
import { referenceOf } from './story.ts';
import { itemLines, linkWords, plainWords } from './wording.ts';

/** In UTF-16 units, counted when tags are gone and entities are characters again. */
const TEXT_LENGTH = 4096;
const TITLE_LENGTH = 250;
const LINE_LENGTH = 500;
/** Of what stands below the vendor's words. */
const LISTS_LENGTH = 1200;

/** A piece of the text: how long it is for Telegram, and how it is written. */
interface Piece {
  length: number;
  html: string;
}

export function htmlOf(delivery: Delivery): string {
  const { message } = delivery;
  const title = cut(message.title, TITLE_LENGTH);
  const head = piece([`${MARKS[message.severity]} `, { tag: 'b', text: title }, `\n${cut(message.line, LINE_LENGTH)}`]);
  const lists = listsOf(delivery);
  const longestFoot = message.url === null ? null : link(message.url, true);
  const room = TEXT_LENGTH - [head, lists, longestFoot].reduce((sum, one) => sum + (one ? one.length + 2 : 0), 0);
  const isCut = disarmed(message.body).length > room;
  const foot = message.url === null ? null : link(message.url, isCut);
  const pieces = [head, wordsOfVendor(message, room), lists, foot].filter((one) => one !== null);
  // Telegram gives a quotation room of its own.
  return pieces
    .map(({ html }) => html)
    .join('\n\n')
    .replace('\n\n<blockquote>', '\n<blockquote>')
    .replace('</blockquote>\n\n', '</blockquote>\n');
}

/** Without any markup: for when that was what Telegram refused. */
export function wordsAlone(message: Message): string {
  const link = message.url === null ? '' : `\n\n${message.url}`;
  return `${cut(plainWords(message), TEXT_LENGTH - link.length)}${link}`;
}

/** The post as a quotation, or the incidents of a digest, in the room that is left. */
function wordsOfVendor(message: Message, room: number): Piece | null {
  if (message.items.length > 0) return piece([fitLines(itemLines(message).map(disarmed), room)]);
  return message.body === '' ? null : piece([{ tag: 'blockquote', text: cut(message.body, room) }]);
}

/** What changed, how the components stand, and the facts: each on a line that begins in bold. */
function listsOf(delivery: Delivery): Piece | null {
  const { message } = delivery;
  const reference = referenceOf(delivery);
  const labelled = [...standingLines(message), ...factsOf(message).map(({ label, value }) => `${label}: ${value}`)];
  const lines = [...labelled, ...(reference === null ? [] : [reference])];
  if (lines.length === 0) return null;
  const fit = fitLines(lines.map(disarmed), LISTS_LENGTH).split('\n');
  return piece(fit.flatMap((line, at) => [at === 0 ? '' : '\n', ...(at < labelled.length ? boldLabel(line) : [line])]));
}

/** No label of ours has a colon in it. */
function boldLabel(line: string): Part[] {
  const at = line.indexOf(': ');
  return at < 0 ? [line] : [{ tag: 'b', text: line.slice(0, at) }, line.slice(at)];
}

function link(url: string, isCut: boolean): Piece {
  const words = linkWords(isCut);
  return { length: words.length, html: `<a href="${attribute(url)}">${words}</a>` };
}

type Part = string | { tag: 'b' | 'blockquote'; text: string };

/** The length is that of the text as it is before it is escaped, which is what Telegram counts: so nothing is cut in an entity. */
function piece(parts: readonly Part[]): Piece {
  return {
    length: parts.reduce((sum, part) => sum + (typeof part === 'string' ? part : part.text).length, 0),
    html: parts
      .map((part) => (typeof part === 'string' ? entities(part) : `<${part.tag}>${entities(part.text)}</${part.tag}>`))
      .join(''),
  };
}

/**
 * The text without anything that Telegram makes a link by itself, and it does so with more than addresses: @name calls
 * somebody, /word is a command that a tap sends into the group, #word and $WORD search it.
 */
function disarmed(text: string): string {
  return withoutLinks(text)
    .replace(/(?<![\p{L}\p{N}_])[@#$/](?=[\p{L}\p{N}_])/gu, `$&${JOINER}`)
    .replace(/\b(\d{1,3}(?:\.\d{1,3}){2})\.(?=\d{1,3}\b)/g, `$1.${JOINER}`);
}

function cut(text: string, max: number): string {
  return cutGraphemes(disarmed(text), max, 'utf16');
}

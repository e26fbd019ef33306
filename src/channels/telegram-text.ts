/** A message as Telegram's HTML, and as words alone. https://core.telegram.org/bots/api#html-style */
import type { Delivery, Message } from '../channel.ts';
import type { Severity } from '../model.ts';
import { componentsOf, fitLines, formerTitle, otherFacts, withoutLinks } from '../outgoing.ts';
import { cutGraphemes } from '../text.ts';

/** In UTF-16 units, counted when tags are gone and entities are characters again. */
const TEXT_LENGTH = 4096;
const TITLE_LENGTH = 250;
const LINE_LENGTH = 500;
/** Of what stands below the vendor's words. */
const LISTS_LENGTH = 1200;

const SIGNS = {
  critical: '🔴',
  major: '🟠',
  minor: '🟡',
  good: '🟢',
  maintenance: '🔵',
  info: '⚪',
  unknown: '⚪',
} satisfies Record<Severity, string>;

const LINK_WORDS = 'Open the status page';

/** A piece of the text: how long it is for Telegram, and how it is written. */
interface Piece {
  length: number;
  html: string;
}

export function htmlOf(delivery: Delivery): string {
  const { message } = delivery;
  const title = inert(message.title, TITLE_LENGTH);
  const head = piece([
    `${SIGNS[message.severity]} `,
    { tag: 'b', text: title },
    `\n${inert(message.line, LINE_LENGTH)}`,
  ]);
  const lists = listsOf(delivery);
  const foot = message.url === null ? null : link(message.url);
  const used = [head, lists, foot].reduce((sum, one) => sum + (one ? one.length + 2 : 0), 0);
  const pieces = [head, wordsOfVendor(message, TEXT_LENGTH - used), lists, foot].filter((one) => one !== null);
  // Telegram gives a quotation room of its own.
  return pieces
    .map(({ html }) => html)
    .join('\n\n')
    .replace('\n\n<blockquote>', '\n<blockquote>')
    .replace('</blockquote>\n\n', '</blockquote>\n');
}

/** Without any markup: for when that was what Telegram refused. */
export function wordsAlone({ title, line, body, items, url }: Message): string {
  const link = url === null ? '' : `\n\n${url}`;
  const text = [title, line, body, ...items].filter((part) => part !== '').join('\n\n');
  return `${inert(text, TEXT_LENGTH - link.length)}${link}`;
}

/** The post as a quotation, or the incidents of a digest, in the room that is left. */
function wordsOfVendor({ body, items }: Message, room: number): Piece | null {
  if (items.length > 0)
    return piece([
      fitLines(
        items.map((item) => `• ${disarmed(item)}`),
        room,
      ),
    ]);
  return body === '' ? null : piece([{ tag: 'blockquote', text: inert(body, room) }]);
}

/** What changed, how the components stand, and the facts: each on a line that begins in bold. */
function listsOf(delivery: Delivery): Piece | null {
  const { message } = delivery;
  const former = formerTitle(delivery);
  const { moved, standing } = componentsOf(message);
  // A component's own event says all of it in its line.
  const states = message.components.length === 0 ? [] : [...moved, ...standing];
  const lines = [
    ...states.map(({ state, labels }) => `${state}: ${labels}`),
    ...otherFacts(message).map(({ label, value }) => `${label}: ${value}`),
    ...(former === null ? [] : [`First told as: ${former}`]),
  ];
  if (lines.length === 0) return null;
  return piece(fitLines(lines.map(disarmed), LISTS_LENGTH).split('\n').flatMap(boldLabel));
}

/** No label of ours has a colon in it. */
function boldLabel(line: string, index: number): Part[] {
  const at = line.indexOf(': ');
  const before = index === 0 ? '' : '\n';
  return at < 0 ? [`${before}${line}`] : [before, { tag: 'b', text: line.slice(0, at) }, line.slice(at)];
}

function link(url: string): Piece {
  return { length: LINK_WORDS.length, html: `<a href="${escaped(url)}">${LINK_WORDS}</a>` };
}

type Part = string | { tag: 'b' | 'blockquote'; text: string };

/** The length is that of the text as it is before it is escaped, which is what Telegram counts: so nothing is cut in an entity. */
function piece(parts: readonly Part[]): Piece {
  return {
    length: parts.reduce((sum, part) => sum + (typeof part === 'string' ? part : part.text).length, 0),
    html: parts
      .map((part) => (typeof part === 'string' ? escaped(part) : `<${part.tag}>${escaped(part.text)}</${part.tag}>`))
      .join(''),
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const JOINER = '\u2060';

/**
 * The text without anything that Telegram makes a link by itself, and it does so with more than addresses: @name calls
 * somebody, /word is a command that a tap sends into the group, #word and $WORD search it.
 */
function disarmed(text: string): string {
  return withoutLinks(text)
    .replace(/(?<![\p{L}\p{N}_])[@#$/](?=[\p{L}\p{N}_])/gu, `$&${JOINER}`)
    .replace(/\b(\d{1,3}(?:\.\d{1,3}){2})\.(?=\d{1,3}\b)/g, `$1.${JOINER}`);
}

function inert(text: string, max: number): string {
  return cutGraphemes(disarmed(text), Math.max(0, max), 'utf16');
}

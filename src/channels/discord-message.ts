/**
 * A message as a Discord embed. Markdown is everywhere in one, so what others wrote is escaped wherever it stands. Lengths
 * count UTF-16 units, which is never less than what Discord counts.
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits
 */
import type { Delivery, Message } from '../channel.ts';
import { fitLines, inert, JOINER, withoutLinks } from '../outgoing.ts';
import { cutGraphemes } from '../text.ts';
import { COLOURS, MARKS } from './severity.ts';
import { factsOf, standingGroups } from './standings.ts';
import { referenceOf } from './story.ts';
import { itemLines, linkWords, plainWords } from './wording.ts';

interface Field {
  name: string;
  value: string;
  inline: boolean;
}

interface Embed {
  title: string;
  url?: string;
  description: string;
  /** RGB in one number. */
  color: number;
  fields?: Field[];
  footer?: { text: string };
  /** ISO 8601; shown to each reader in their own zone. */
  timestamp?: string;
}

export interface DiscordMessage {
  content?: string;
  embeds?: [Embed];
  /** Nobody is ever pinged, whatever the text says. */
  allowed_mentions: { parse: [] };
}

const CONTENT_LENGTH = 2000;
const TITLE_LENGTH = 256;
const LINE_LENGTH = 600;
const FOOTER_LENGTH = 300;
const VALUE_LENGTH = 1024;
const LABEL_LENGTH = 40;
const FACT_LENGTH = 150;
const MOST_FACTS = 8;
const INLINE_LENGTH = 60;
/** With the rest at its longest, the whole stays below the 6,000 that all embeds of a message may have together. */
const BODY_LENGTH = 1900;
const ITEMS_LENGTH = 3400;
const ADDRESS_LENGTH = 1500;
export const THREAD_NAME_LENGTH = 100;

const NO_MENTIONS = { parse: [] } satisfies DiscordMessage['allowed_mentions'];

/** `reference`: nothing but these words ties the message to the earlier ones of its story. */
export function discordMessage(delivery: Delivery, { reference }: { reference: boolean }): DiscordMessage {
  if (delivery.plain) return { content: plainContent(delivery.message), allowed_mentions: NO_MENTIONS };
  const { message, events } = delivery;
  const fields = [...factFields(message), ...standingFields(message)];
  const footer = reference ? referenceOf(delivery) : null;
  const embed: Embed = {
    ...headOf(message),
    description: descriptionOf(message),
    color: colorOf(message),
    ...(fields.length > 0 && { fields }),
    ...(footer !== null && { footer: { text: inert(footer, FOOTER_LENGTH) } }),
    ...(events.length === 1 && { timestamp: events[0]!.at.toISOString() }),
  };
  return { embeds: [embed], allowed_mentions: NO_MENTIONS };
}

/** One line for those who do not follow the thread. */
export function discordNews({ message }: Delivery): DiscordMessage {
  const description = escaped(message.line, LINE_LENGTH);
  const embed: Embed = { ...headOf(message), description, color: colorOf(message) };
  return { embeds: [embed], allowed_mentions: NO_MENTIONS };
}

function headOf({ title, url }: Message): Pick<Embed, 'title' | 'url'> {
  return { title: escaped(title, TITLE_LENGTH), ...(url !== null && { url }) };
}

function colorOf({ severity }: Message): number {
  return Number.parseInt(COLOURS[severity].slice(1), 16);
}

/** A name is no Markdown and needs no escaping, but Discord links what is one in other names. */
export function threadName(title: string): string {
  return inert(title, THREAD_NAME_LENGTH);
}

function plainContent(message: Message): string {
  const { url } = message;
  // In angle brackets an address gets no preview.
  const link = url === null || url.length > ADDRESS_LENGTH ? '' : `\n\n<${url}>`;
  return `${escaped(plainWords(message), CONTENT_LENGTH - link.length)}${link}`;
}

function descriptionOf(message: Message): string {
  const { line, body, items, url } = message;
  const parts = [escaped(line, LINE_LENGTH)];
  if (body !== '') parts.push(quoted(body, url));
  if (items.length > 0) {
    const lines = itemLines(message).map(escapedWhole);
    parts.push(mended(fitLines(lines, ITEMS_LENGTH, 'utf16')));
  }
  return parts.join('\n\n');
}

/** The vendor's words behind a bar. Each line takes two characters for it, so they are cut before and after. */
function quoted(body: string, url: string | null): string {
  const whole = bodyLines(escapedWhole(body));
  if (whole.length <= BODY_LENGTH) return whole;
  const cut = mended(cutGraphemes(whole, BODY_LENGTH, 'utf16')).replace(/\n>? ?…$/, '…');
  const link = url === null ? '' : `\n[${linkWords(true)}](<${address(url)}>)`;
  return link.length > LONGEST_LINK ? cut : `${cut}${link}`;
}
const LONGEST_LINK = 500;

function bodyLines(text: string): string {
  return `> ${text.replaceAll('\n', '\n> ')}`;
}

function factFields(message: Message): Field[] {
  return factsOf(message)
    .slice(0, MOST_FACTS)
    .map(({ label, value }) => ({
      name: escaped(label, LABEL_LENGTH),
      value: escaped(value, FACT_LENGTH),
      // Three of the others stand side by side.
      inline: value.length <= INLINE_LENGTH,
    }))
    .filter(({ name, value }) => name !== '' && value !== '');
}

function standingFields(message: Message): Field[] {
  const groups = standingGroups(message);
  if (groups.length === 0) return [];
  const lines = groups.map(({ severity, state, labels }) => `${MARKS[severity]} **${state}:** ${escapedWhole(labels)}`);
  return [{ name: 'Components', value: mended(fitLines(lines, VALUE_LENGTH, 'utf16')), inline: false }];
}

function escaped(text: string, max: number): string {
  return mended(cutGraphemes(escapedWhole(text), max, 'utf16'));
}

/**
 * A backslash before whatever Discord reads as Markdown, a mention, a time or an emoji; before any sign it is not seen
 * itself. https://docs.discord.com/developers/reference#message-formatting
 */
function escapedWhole(text: string): string {
  return withoutLinks(text)
    .replace(/[\\*_~`|<>[\]]/g, '\\$&')
    .replace(/^([^\S\n]*)(?=[-+#])/gm, '$1\\')
    .replace(/^([^\S\n]*\d+)(?=\.)/gm, '$1\\')
    .replace(/:(?=[\w~+-]+:)/g, '\\:')
    .replace(/@(?=everyone|here)/g, `@${JOINER}`);
}

/** A cut between a backslash and its sign would leave one that hides the ellipsis. An even number is a text's own. */
function mended(text: string): string {
  return text.replace(/(?<!\\)(\\*)…$/gm, (_, slashes: string) => `${slashes.slice(slashes.length % 2)}…`);
}

/** Round brackets would end a link, and a backslash be gone. */
function address(url: string): string {
  return url.replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('\\', '%5C');
}

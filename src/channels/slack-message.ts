/**
 * A message as Slack's blocks. What others wrote goes into `plain_text`, which has no markup; only our own words are
 * `mrkdwn`, and verbatim. Lengths count UTF-16 units of the escaped text, which is never less than what Slack counts.
 * https://docs.slack.dev/reference/block-kit
 */
import type { Delivery, Message } from '../channel.ts';
import { entities, fitLines, withoutLinks } from '../outgoing.ts';
import { cutGraphemes } from '../text.ts';
import { COLOURS, MARKS } from './severity.ts';
import { factsOf, standingGroups } from './standings.ts';
import { referenceOf } from './story.ts';
import { itemLines, linkWords, plainWords } from './wording.ts';

type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Mrkdwn = { type: 'mrkdwn'; text: string; verbatim: true };
type TextObject = PlainText | Mrkdwn;

type Block =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: TextObject }
  | { type: 'section'; fields: TextObject[] }
  | { type: 'context'; elements: TextObject[] };

export interface SlackMessage {
  /** What notifications show and screen readers read in place of the blocks. */
  text: string;
  blocks?: Block[];
  attachments?: [{ color: string; fallback: string; blocks: Block[] }];
  /** False: the text is not read as markup. */
  mrkdwn?: false;
  unfurl_links: false;
  unfurl_media: false;
}

const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3000;
const LINE_LENGTH = 600;
/** More would push what is affected out of sight. */
const BODY_LENGTH = 2000;
const LABEL_LENGTH = 40;
const FACT_LENGTH = 150;
const REFERENCE_LENGTH = 300;
const MOST_FACTS = 10;
/** An address longer than this would not leave room for the rest, see `ITEMS_LENGTH`. */
const LINK_LENGTH = 2500;
/** Blocks of more than about 13,200 characters together are refused. https://github.com/slackapi/bolt-js/issues/2509 */
const ITEMS_LENGTH = 8000;
const ITEMS_A_SECTION = 20;
const MOST_SECTIONS = 40;

/** `reply`: it stands in a thread, below the title it would repeat. */
export function slackMessage(delivery: Delivery, { reply }: { reply: boolean }): SlackMessage {
  const { message, plain } = delivery;
  if (plain) return plainMessage(message);
  const line = escaped(message.line, LINE_LENGTH);
  const details = [...bodyBlocks(message), ...standingBlocks(message), ...factBlocks(message)];
  const blocks = [...details, ...itemBlocks(message), ...footBlocks(delivery)];
  return {
    text: escaped(spoken(delivery), SPOKEN_LENGTH),
    blocks: [...(reply ? [] : [headerBlock(message)]), { type: 'section', text: plainText(message.line, LINE_LENGTH) }],
    ...(blocks.length > 0 && { attachments: [{ color: COLOURS[message.severity], fallback: line, blocks }] }),
    unfurl_links: false,
    unfurl_media: false,
  };
}

/** The gist in one piece. Of a digest and a notice the title is part of it; an event's line says all that its title does. */
function spoken({ events, message }: Delivery): string {
  const { title, line, body, items } = message;
  return [...(events.length === 1 ? [] : [title]), line, body, ...items].filter((part) => part !== '').join('\n');
}
const SPOKEN_LENGTH = 1000;

function plainMessage(message: Message): SlackMessage {
  const link = message.url === null ? '' : `<${escapedAddress(message.url)}>`;
  const text = escaped(plainWords(message), SECTION_LENGTH);
  const whole = link === '' || link.length > LINK_LENGTH ? text : `${text}\n\n${link}`;
  return { text: whole, mrkdwn: false, unfurl_links: false, unfurl_media: false };
}

function headerBlock(message: Message): Block {
  return { type: 'header', text: plainText(message.title, HEADER_LENGTH) };
}

function bodyBlocks({ body }: Message): Block[] {
  return body === '' ? [] : [{ type: 'section', text: plainText(body, BODY_LENGTH) }];
}

function standingBlocks(message: Message): Block[] {
  const groups = standingGroups(message);
  if (groups.length === 0) return [];
  const isOurs = groups.every(({ labels }) => !MARKUP.test(labels));
  const lines = groups.map(({ severity, state, labels }) => {
    const [mark, named] = [MARKS[severity], escapedWhole(labels)];
    return isOurs ? `${mark} *${state}:* ${named}` : `${mark} ${state}: ${named}`;
  });
  const text = mended(fitLines(lines, STANDINGS_LENGTH, 'utf16'));
  return [{ type: 'section', text: isOurs ? mrkdwn(text) : { type: 'plain_text', text, emoji: false } }];
}
const STANDINGS_LENGTH = 1500;

function factBlocks(message: Message): Block[] {
  const facts = factsOf(message).slice(0, MOST_FACTS);
  if (facts.length === 0) return [];
  const fields = facts.map(({ label, value }) => {
    const name = cutGraphemes(label, LABEL_LENGTH);
    if (MARKUP.test(name + value)) return plainText(`${name}\n${value}`, FACT_LENGTH);
    return mrkdwn(`*${escapedWhole(name)}*\n${escaped(value, FACT_LENGTH)}`);
  });
  return [{ type: 'section', fields }];
}

/** Of a digest: a section for every so many incidents, so that many of them are named at some length. */
function itemBlocks(message: Message): Block[] {
  const items = itemLines(message);
  const size = Math.max(ITEMS_A_SECTION, Math.ceil(items.length / MOST_SECTIONS));
  const chunks = Array.from({ length: Math.ceil(items.length / size) }, (_, at) =>
    items.slice(at * size, (at + 1) * size),
  );
  const room = Math.min(SECTION_LENGTH, Math.floor(ITEMS_LENGTH / chunks.length));
  return chunks.map((chunk) => {
    const lines = chunk.map(escapedWhole);
    return {
      type: 'section',
      text: { type: 'plain_text', text: mended(fitLines(lines, room, 'utf16')), emoji: false },
    };
  });
}

function footBlocks(delivery: Delivery): Block[] {
  const { url, body } = delivery.message;
  const isCut = escapedWhole(body).length > BODY_LENGTH;
  const link = url === null ? '' : `<${escapedAddress(url)}|${linkWords(isCut)}>`;
  const reference = referenceOf(delivery);
  const elements: TextObject[] = [
    ...(link === '' || link.length > LINK_LENGTH ? [] : [mrkdwn(link)]),
    ...(reference === null ? [] : [plainText(reference, REFERENCE_LENGTH)]),
  ];
  return elements.length === 0 ? [] : [{ type: 'context', elements }];
}

/** What Slack reads as more than text where it reads mrkdwn; in a verbatim text it finds no links and no names by itself. */
const MARKUP = /[*_~`<>]|:[^\s:]+:/;

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

function plainText(text: string, max: number): PlainText {
  return { type: 'plain_text', text: escaped(text, max), emoji: false };
}

function escaped(text: string, max: number): string {
  return mended(cutGraphemes(escapedWhole(text), max, 'utf16'));
}

/** Three characters and no others, in every text object. https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escapedWhole(text: string): string {
  return entities(withoutLinks(text));
}

/** Without what a cut left of an entity. No whole one looks like it, for each ends in a semicolon. */
function mended(text: string): string {
  return text.replace(/&[a-z]{0,3}…$/gm, '…');
}

/** A bar would end the address and begin its words. */
function escapedAddress(url: string): string {
  return entities(url).replaceAll('|', '%7C');
}

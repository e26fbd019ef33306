/**
 * A message as an Adaptive Card in the envelope of a workflow. Of version 1.4 only what 1.2 has: Teams on phones knows no
 * more, and drops or refuses the rest unseen. https://adaptivecards.io/explorer/
 */
import type { Delivery, Message } from '../channel.ts';
import type { Severity } from '../model.ts';
import { JOINER, withoutLinks } from '../outgoing.ts';
import { cutGraphemes } from '../text.ts';
import { moreWords } from '../words.ts';
import { factsOf, standingGroups } from './standings.ts';
import { referenceOf } from './story.ts';
import { itemLines, linkWords, plainBody } from './wording.ts';

/** Teams names 28 kB and has refused 21; and it refuses after it has said yes. */
const MESSAGE_BYTES = 20_480;
// In bytes before anything is escaped. Two posts of usual length fit; what does not is dropped from the end.
const TITLE_BYTES = 300;
const LINE_BYTES = 800;
const PARAGRAPH_BYTES = 2000;
const VALUE_BYTES = 600;
/** Empty lines would fill a card as well; more than fit are not even measured. */
const MOST_LINES = 400;

type Color = 'default' | 'attention' | 'warning' | 'good' | 'accent' | 'emphasis';

const STYLES = {
  critical: 'attention',
  major: 'attention',
  minor: 'warning',
  good: 'good',
  maintenance: 'accent',
  info: 'emphasis',
  unknown: 'emphasis',
} satisfies Record<Severity, Color>;

interface TextBlock {
  type: 'TextBlock';
  text: string;
  wrap: true;
  weight?: 'bolder';
  size?: 'medium';
  isSubtle?: true;
  spacing?: 'small' | 'medium';
}

type Element =
  | TextBlock
  | { type: 'FactSet'; facts: { title: string; value: string }[]; spacing?: 'medium' }
  | { type: 'Container'; style: Color; bleed?: true; items: TextBlock[]; spacing?: 'medium' };

/** The parts of a card. Of a message too large, `lines` are left out from their end. */
interface Draft {
  header: Element;
  /** The vendor's words, or the incidents of a digest. */
  lines: TextBlock[];
  tail: Element[];
}

/** The whole body of the request, at most 20,480 bytes of JSON. */
export function cardFor(delivery: Delivery) {
  const { message } = delivery;
  const draft = delivery.plain ? wordsAlone(message) : draftOf(delivery);
  const cut = (kept: number, tail = draft.tail) => {
    const left = draft.lines.length - kept;
    const lines = [...draft.lines.slice(0, kept), ...(left === 0 ? [] : [ending(message, left)])];
    const isQuoted = message.items.length === 0 && !delivery.plain;
    const isCut = isQuoted && (left > 0 || isLong(message.body));
    return envelope(message, [draft.header, ...framed(lines, isQuoted), ...tail], isCut);
  };
  const whole = cut(mostThatFit(draft.lines.length, (kept) => fits(cut(kept))));
  if (fits(whole)) return whole;
  const withoutFacts = cut(0, draft.tail.slice(0, 1));
  return fits(withoutFacts) ? withoutFacts : envelope(message, [draft.header]);
}

function fits(body: unknown): boolean {
  return Buffer.byteLength(JSON.stringify(body)) <= MESSAGE_BYTES;
}

function mostThatFit(count: number, fitting: (kept: number) => boolean): number {
  let [least, most] = [0, count];
  while (least < most) {
    const kept = Math.ceil((least + most) / 2);
    if (fitting(kept)) least = kept;
    else most = kept - 1;
  }
  return least;
}

function envelope({ url, title }: Message, body: Element[], isCut = false) {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          fallbackText: literal(cutGraphemes(title, TITLE_BYTES, 'bytes')),
          body,
          ...(url !== null && { actions: [{ type: 'Action.OpenUrl', title: linkWords(isCut), url }] }),
          msteams: { width: 'Full' },
        },
      },
    ],
  };
}

function draftOf(delivery: Delivery): Draft {
  const { message } = delivery;
  const lines = message.items.length > 0 ? listed(message) : paragraphs(message.body);
  return { header: header(delivery), lines, tail: [...componentSets(message), ...factSet(message)] };
}

function wordsAlone(message: Message): Draft {
  const lines = paragraphs(plainBody(message));
  return { header: text(message.title, TITLE_BYTES, { weight: 'bolder' }), lines, tail: [] };
}

function header(delivery: Delivery): Element {
  const { message } = delivery;
  const reference = referenceOf(delivery);
  const items = [
    text(message.title, TITLE_BYTES, { weight: 'bolder', size: 'medium' }),
    text(message.line, LINE_BYTES, { spacing: 'small' }),
  ];
  if (reference !== null) items.push(text(reference, TITLE_BYTES, { isSubtle: true, spacing: 'small' }));
  return { type: 'Container', style: STYLES[message.severity], bleed: true, items };
}

/** What the vendor wrote stands on a ground of its own. */
function framed(lines: TextBlock[], quoted: boolean): Element[] {
  if (lines.length === 0 || !quoted) return lines;
  return [{ type: 'Container', style: 'emphasis', items: lines, spacing: 'medium' }];
}

function ending({ items }: Message, left: number): TextBlock {
  return {
    type: 'TextBlock',
    text: items.length > 0 ? moreWords(left) : '…',
    wrap: true,
    isSubtle: true,
    spacing: 'small',
  };
}

function listed(message: Message): TextBlock[] {
  const spacing = (index: number) => (index === 0 ? 'medium' : 'small');
  return itemLines(message).map((line, index) => text(line, VALUE_BYTES, { spacing: spacing(index) }));
}

function componentSets(message: Message): Element[] {
  return set(standingGroups(message).map(({ state, labels }) => [state, labels]));
}

function factSet(message: Message): Element[] {
  return set(factsOf(message).map(({ label, value }) => [label, value]));
}

function set(pairs: readonly (readonly [string, string])[]): Element[] {
  if (pairs.length === 0) return [];
  const facts = pairs.map(([title, value]) => ({
    title: literal(title),
    value: literal(cutGraphemes(value, VALUE_BYTES, 'bytes')),
  }));
  return [{ type: 'FactSet', facts, spacing: 'medium' }];
}

/** A block for each line: in a block's Markdown one line end is none. */
function paragraphs(body: string): TextBlock[] {
  return linesOf(body)
    .slice(0, MOST_LINES)
    .map((line) => text(line, PARAGRAPH_BYTES, { spacing: 'small' }));
}

function linesOf(body: string): string[] {
  return body.split('\n').filter((line) => line.trim() !== '');
}

/** Whether `paragraphs` leaves out something of it. */
function isLong(body: string): boolean {
  const lines = linesOf(body);
  return lines.length > MOST_LINES || lines.some((line) => Buffer.byteLength(line) > PARAGRAPH_BYTES);
}

/** Cut before it is escaped, so that no escape is cut in two; what counts in the end is the size of the whole. */
function text(words: string, bytes: number, look: Omit<Partial<TextBlock>, 'type' | 'text' | 'wrap'> = {}): TextBlock {
  return { type: 'TextBlock', text: literal(cutGraphemes(words, bytes, 'bytes')), wrap: true, ...look };
}

/**
 * One line in such a form that Teams' Markdown shows it as it is. A backslash only where nothing else helps, for the older apps on
 * phones know it before * and _ alone and show it elsewhere; else a joiner, which nobody sees, between two characters that
 * together would be markup: `](` of a link, `<b`, `&amp;`, `{{DATE(…)}}`, or a line's beginning and what makes it a list.
 */
export function literal(words: string): string {
  return withoutLinks(words.trim())
    .replaceAll('\\', `\\${JOINER}`)
    .replace(/[*`]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/[\]<]|&(?=[#\p{L}])|~(?=~)|\{(?=\{)/gu, `$&${JOINER}`)
    .replace(/^(?=[-+>#|=]|\d+[.)])/, JOINER);
}

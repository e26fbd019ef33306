/** What a mail says, cleaned and cut: the same for its text and its HTML. */
import type { Delivery, Message, Standing } from '../channel.ts';
import type { Severity } from '../model.ts';
import { inert, withoutLinks } from '../outgoing.ts';
import { cleanLine, cleanText } from '../text.ts';
import { moreWords } from '../words.ts';
import { factsOf, standingsOf } from './standings.ts';

export interface Letter {
  provider: string;
  severity: Severity;
  /** Where it stands, in a word or two. */
  standing: string;
  heading: string;
  line: string;
  /** Paragraphs, each of lines. */
  body: readonly (readonly string[])[];
  /** The vendor wrote more. */
  isCut: boolean;
  facts: readonly { label: string; value: string }[];
  rows: readonly Standing[];
  items: readonly string[];
  url: string | null;
}

// Together they keep the HTML below the 102 kB at which Gmail cuts a message off, whatever has to be escaped in it.
const MOST_ROWS = 30;
const MOST_ITEMS = 50;
const BODY_BYTES = 6000;
const NAME_BYTES = 120;
const ITEM_BYTES = 200;
const LINE_BYTES = 600;
const FACT_BYTES = 300;

/** Vendors write what they like: it is one line, no mail program finds a link in it, and it is no longer than `bytes`. */
function tame(text: string, bytes: number): string {
  return inert(cleanLine(text.slice(0, bytes * 8)), bytes, 'bytes');
}

export function letterOf({ message, events }: Delivery): Letter {
  const ours = !events.some(({ incident, component }) => incident || component);
  const { provider, severity, line, url } = message;
  return {
    provider: tame(provider, NAME_BYTES),
    severity,
    standing: tame(stateOf(message), 60),
    heading: tame(headingOf(message, ours), 400),
    line: tame(line, LINE_BYTES),
    ...bodyOf(message),
    facts: otherFacts(message),
    rows: rowsOf(message),
    items: shortened(
      message.items.map((item) => tame(item, ITEM_BYTES)),
      MOST_ITEMS,
      moreWords,
    ),
    url,
  };
}

/** The title without the provider, whose name stands above it; `ours` when the words are, and not a vendor's own. */
function headingOf({ provider, title }: Message, ours: boolean): string {
  const topic = topicOf(provider, title);
  return ours ? topic.charAt(0).toUpperCase() + topic.slice(1) : topic;
}

/** `Slow sign-in` of `Clerk: Slow sign-in`. */
export function topicOf(provider: string, title: string): string {
  return title.startsWith(`${provider}: `) ? title.slice(provider.length + 2) : title;
}

const STATES = {
  info: 'information',
  good: 'recovered',
  minor: 'degraded',
  major: 'partial outage',
  critical: 'outage',
  maintenance: 'maintenance',
  unknown: 'notice',
} satisfies Record<Severity, string>;

function stateOf({ facts, items, severity }: Message): string {
  if (items.length > 0) return 'summary';
  return facts.find(({ label }) => label === 'Status')?.value ?? STATES[severity];
}

function bodyOf({ body }: Message): Pick<Letter, 'body' | 'isCut'> {
  const whole = cleanText(body.slice(0, BODY_BYTES * 8)).trim();
  const text = inert(whole, BODY_BYTES, 'bytes');
  const paragraphs = text === '' ? [] : text.split(/\n\s*\n/).map((paragraph) => paragraph.split('\n'));
  return { body: paragraphs, isCut: withoutLinks(whole) !== text };
}

/** The status stands above the title. */
function otherFacts(message: Message): Letter['facts'] {
  return factsOf(message)
    .filter(({ label }) => label !== 'Status')
    .map(({ label, value }) => ({ label: tame(label, 60), value: tame(value, FACT_BYTES) }));
}

function rowsOf(message: Message): Standing[] {
  const rows = standingsOf(message).map(({ label, status, severity }) => ({
    label: tame(label, NAME_BYTES),
    status: tame(status, NAME_BYTES),
    severity,
  }));
  return shortened(rows, MOST_ROWS, (count) => ({
    label: moreWords(count),
    status: 'on the status page',
    severity: 'unknown',
  }));
}

function shortened<Item>(items: readonly Item[], most: number, rest: (count: number) => Item): Item[] {
  if (items.length <= most) return [...items];
  return [...items.slice(0, most - 1), rest(items.length - most + 1)];
}

export const SIGNATURE = 'Sent by pingoru, which watches public status pages and tells each update once.';

/** The text part. Mail programs hide what comes after `-- `. */
export function textOf(letter: Letter): string {
  const { line, body, facts, rows, items, url } = letter;
  const parts = [
    line,
    body.map((lines) => lines.join('\n')).join('\n\n'),
    facts.map(({ label, value }) => `${label}: ${value}`).join('\n'),
    rows.map(({ label, status }) => `- ${label}: ${status}`).join('\n'),
    items.map((item) => `- ${item}`).join('\n'),
    url ?? '',
    `-- \n${SIGNATURE}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

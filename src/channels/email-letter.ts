/** What a mail says, cleaned and cut: the same for its text and its HTML. */
import type { Delivery, Message } from '../channel.ts';
import type { Severity } from '../model.ts';
import { withoutLinks } from '../outgoing.ts';
import { cleanLine, cleanText, cutGraphemes } from '../text.ts';

export interface Row {
  label: string;
  words: string;
  severity: Severity;
}

export interface Letter {
  provider: string;
  severity: Severity;
  /** Where it stands, in a word or two. */
  standing: string;
  heading: string;
  line: string;
  /** Paragraphs, each of lines. */
  body: readonly (readonly string[])[];
  facts: readonly { label: string; value: string }[];
  rows: readonly Row[];
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
  return cutGraphemes(withoutLinks(cleanLine(text.slice(0, bytes * 8))), bytes, 'bytes');
}

export function letterOf({ message, events }: Delivery): Letter {
  const ours = !events.some(({ incident, component }) => incident || component);
  const { provider, severity, line, url } = message;
  return {
    provider: tame(provider, NAME_BYTES),
    severity,
    standing: tame(standingOf(message), 60),
    heading: tame(headingOf(message, ours), 400),
    line: tame(line, LINE_BYTES),
    body: paragraphsOf(message.body),
    facts: factsOf(message),
    rows: rowsOf(message),
    items: shortened(
      message.items.map((item) => tame(item, ITEM_BYTES)),
      MOST_ITEMS,
      (count) => `and ${count} more`,
    ),
    url,
  };
}

/** The title without the provider, whose name stands above it; `ours` when the words are, and not a vendor's own. */
function headingOf({ provider, title }: Message, ours: boolean): string {
  const topic = title.startsWith(`${provider}: `) ? title.slice(provider.length + 2) : title;
  return ours ? topic.charAt(0).toUpperCase() + topic.slice(1) : topic;
}

const STANDINGS = {
  info: 'information',
  good: 'recovered',
  minor: 'degraded',
  major: 'partial outage',
  critical: 'outage',
  maintenance: 'maintenance',
  unknown: 'notice',
} satisfies Record<Severity, string>;

function standingOf({ facts, items, severity }: Message): string {
  if (items.length > 0) return 'summary';
  return facts.find(({ label }) => label === 'Status')?.value ?? STANDINGS[severity];
}

function paragraphsOf(body: string): string[][] {
  const text = cutGraphemes(withoutLinks(cleanText(body.slice(0, BODY_BYTES * 8)).trim()), BODY_BYTES, 'bytes');
  if (text === '') return [];
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.split('\n'));
}

/** What stands elsewhere in the mail is left out: the status, the link, the components. */
function factsOf({ facts, components, url }: Message): Letter['facts'] {
  const said = (label: string, value: string) =>
    label === 'Status' || value === url || (label === 'Affected' && components.length > 0);
  return facts
    .filter(({ label, value }) => !said(label, value))
    .map(({ label, value }) => ({ label: tame(label, 60), value: tame(value, FACT_BYTES) }));
}

/** Each component with where it is, and where it came from when that is news. */
function rowsOf({ components, changes }: Message): Row[] {
  // Of what is about no component of an incident, the sentence has said the one change.
  if (components.length === 0) return [];
  const steps = new Map(changes.map((change) => splitChange(change)));
  const rows = components.map(({ label, status, severity }) => ({
    label: tame(label, NAME_BYTES),
    words: tame((steps.get(label) ?? status).replace(' -> ', ' → '), NAME_BYTES),
    severity,
  }));
  return shortened(rows, MOST_ROWS, (count) => ({
    label: `and ${count} more`,
    words: 'on the status page',
    severity: 'unknown',
  }));
}

/** `Services (API: new): operational -> degraded performance`: no status has a colon. */
function splitChange(change: string): [label: string, step: string] {
  const colon = change.lastIndexOf(': ');
  return colon < 0 ? [change, ''] : [change.slice(0, colon), change.slice(colon + 2)];
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
    rows.map(({ label, words }) => `- ${label}: ${words}`).join('\n'),
    items.map((item) => `- ${item}`).join('\n'),
    url ?? '',
    `-- \n${SIGNATURE}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

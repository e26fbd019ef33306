/** Vendor text on its way into other people's programs: no address in it becomes a link, and many lines fit one limit. */
import type { Delivery, Message } from './channel.ts';
import { cutGraphemes, type Measure } from './text.ts';
import { listWords } from './words.ts';

/** Behind the colon of an address: of any scheme with `//`, and of those that are known without. */
const SCHEMES =
  /(?<=:)(?=\/\/)|(?<=(?<![a-z\d])(?:mailto|tel|sms|javascript|data|file|slack|discord|tg|msteams|ms-[a-z]{1,20}|https?):)(?=(?!\/\/)\S)/gi;
/** `//host`, which some read as an address of the scheme they are on. */
const NO_SCHEME = /(?<![:\u2060])\/\/(?=[\p{L}\p{N}])/gu;
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
    .replace(SCHEMES, JOINER)
    .replace(NO_SCHEME, `/${JOINER}/`)
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

/** A state, or the way to it, as a line begins with it, and the components that are in it or went it. */
export interface Standing {
  state: string;
  labels: string;
}

const WORST_FIRST = ['critical', 'major', 'minor', 'maintenance', 'unknown', 'info', 'good'] as const;

/**
 * What to show of a message's components: how they moved, by the way they went, and how they stand, the worst first, without
 * what the moves say already. Of more than `most` in one state the rest is counted. None stand where all is well or over: then
 * the fact "Affected" names them.
 */
export function componentsOf(
  message: Pick<Message, 'changes' | 'components' | 'severity'>,
  most = 12,
): { moved: Standing[]; standing: Standing[] } {
  const standing = grouped(standings(message), most);
  const said = new Set(message.components.map(({ label, status }) => `${label}: ${status}`));
  // An incident's first post says nothing but how they stand.
  if (message.changes.every((change) => said.has(change))) return { moved: [], standing };
  const moved = grouped(message.changes.map(splitChange), most);
  const repeats = ({ state, labels }: Standing) =>
    moved.some((move) => move.labels === labels && move.state.toLowerCase().endsWith(state.toLowerCase()));
  return { moved, standing: standing.filter((one) => !repeats(one)) };
}

type Pair = readonly [state: string, label: string];

function standings({ components, severity }: Pick<Message, 'components' | 'severity'>): Pair[] {
  if (!showsStandings({ components, severity })) return [];
  const rank = (component: Message['components'][number]) => WORST_FIRST.indexOf(component.severity);
  return [...components].sort((a, b) => rank(a) - rank(b)).map(({ status, label }) => [status, label]);
}

function showsStandings({ components, severity }: Pick<Message, 'components' | 'severity'>): boolean {
  return severity !== 'good' && components.some((component) => component.severity !== 'good');
}

/** The words of a state hold no colon, a component's name may. */
function splitChange(change: string): Pair {
  const at = change.lastIndexOf(': ');
  return [change.slice(at + 2), change.slice(0, at)];
}

function grouped(pairs: readonly Pair[], most: number): Standing[] {
  const states = new Map<string, string[]>();
  for (const [state, label] of pairs) {
    const labels = states.get(state);
    if (labels) labels.push(label);
    else states.set(state, [label]);
  }
  return [...states].map(([state, labels]) => ({
    state: `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`,
    labels: listWords(labels, most),
  }));
}

/** The facts, but for those that a channel shows better: components that stand by their states, the page as a link. */
export function otherFacts(message: Pick<Message, 'facts' | 'url' | 'components' | 'severity'>): Message['facts'] {
  const standing = showsStandings(message);
  return message.facts.filter(({ label, value }) => !(standing && label === 'Affected') && value !== message.url);
}

/** The title under which a story's first message went out, when the vendor has renamed it since; else null. */
export function formerTitle({ message, story }: Pick<Delivery, 'message' | 'story'>): string | null {
  return story && story.told > 0 && story.title !== message.title ? story.title : null;
}

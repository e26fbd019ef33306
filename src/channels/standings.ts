/** How the components of an incident moved and stand, and which facts are left to tell: the same choice for all channels. */
import type { Message, Standing } from '../channel.ts';
import type { Severity } from '../model.ts';
import { cutGraphemes } from '../text.ts';
import { listWords, SEVERITY_RANK } from '../words.ts';

/** Components that went the same way or stand the same. */
export interface StandingGroup {
  severity: Severity;
  /** As a line begins with it: `Degraded performance → operational`. */
  state: string;
  /** No more than so many, the rest counted. */
  labels: string;
}

type Shown = Pick<Message, 'changes' | 'components' | 'severity'>;

/**
 * What to show of components: how they moved, then how the others stand, the worst first. None of these stand where all is
 * well or over: vendors often leave them as they were, and the fact "Affected" names them.
 */
export function standingsOf({ changes, components, severity }: Shown): Standing[] {
  // What an incident's first post says is how they stand.
  const moved = changes.filter(
    ({ label, status }) => !components.some((one) => one.label === label && one.status === status),
  );
  if (!areStanding({ components, severity })) return moved;
  const named = new Set(moved.map(({ label }) => label));
  const rank = (standing: Standing) => SEVERITY_RANK[standing.severity];
  return [...moved, ...components.filter(({ label }) => !named.has(label)).sort((a, b) => rank(b) - rank(a))];
}

function areStanding({ components, severity }: Pick<Message, 'components' | 'severity'>): boolean {
  return severity !== 'good' && components.some((component) => component.severity !== 'good');
}

/** More states than these are not told apart, and more or longer names help nobody. */
const MOST_STATES = 8;
const MOST_LABELS = 12;
const LABEL_LENGTH = 120;

/** The standings by their states, in the order in which these come first. */
export function standingGroups(message: Shown, most = MOST_LABELS): StandingGroup[] {
  const states = new Map<string, Standing[]>();
  for (const standing of standingsOf(message)) {
    const isKept = states.has(standing.status) || states.size < MOST_STATES - 1;
    const state = isKept ? standing.status : 'otherwise';
    states.set(state, [...(states.get(state) ?? []), standing]);
  }
  return [...states].map(([state, same]) => ({
    severity: state === 'otherwise' ? 'unknown' : same[0]!.severity,
    state: `${state.slice(0, 1).toUpperCase()}${state.slice(1)}`,
    labels: listWords([...new Set(same.map(({ label }) => cutGraphemes(label, LABEL_LENGTH, 'utf16')))], most),
  }));
}

/** `Degraded performance → operational: Webhooks and Billing`, a line for each state. */
export function standingLines(message: Shown, most = MOST_LABELS): string[] {
  return standingGroups(message, most).map(({ state, labels }) => `${state}: ${labels}`);
}

/** The facts that no other part of a message tells: the page has its link, affected components stand by their states. */
export function factsOf(message: Pick<Message, 'facts' | 'url' | 'components' | 'severity'>): Message['facts'] {
  const standing = areStanding(message);
  return message.facts.filter(({ label, value }) => !(standing && label === 'Affected') && value !== message.url);
}

/** Which group speaks for each channel, and what it says. */
import { type Circumstances, type Group, isQuiet, judge, type Verdict } from '../route/group.ts';
import { mutedBy } from '../route/mutes.ts';
import { isNearest } from '../route/reminders.ts';
import { toldBy } from '../route/story.ts';
import { type Chapter, type Desk, type DispatchDeps, storyOf, type Tellers } from './desk.ts';
import { log } from './log.ts';
import { roomAt } from './measure.ts';

export interface Decision {
  group: Group;
  verdict: Verdict;
  /** All groups that tell the channel, now or later. */
  tellers: Tellers;
}

/** For each channel the best that a group of it says; what a group holds back is logged. */
export function decide(desk: Desk, chapter: Chapter, deps: DispatchDeps): Map<string, Decision> {
  const { page, event, leadMs } = chapter;
  const best = new Map<string, Decision>();
  const circumstances = {
    now: deps.now,
    muted: mutedBy(page, event, desk.state.mutes, deps.now),
    names: deps.namesOf(page),
  };
  for (const group of deps.groups) {
    if (leadMs !== null && !isNearest(leadMs, group.remindersMs, event)) continue;
    const verdicts = verdictsOf(desk, chapter, group, circumstances);
    logHeld(desk, chapter, group, verdicts);
    for (const [channel, verdict] of verdicts) {
      const tellers = tellersOf(group, verdict, deps.now);
      best.set(channel, better(desk, channel, { group, verdict, tellers }, best.get(channel)));
    }
  }
  return best;
}

/** By channel: of one that the group tells the story already, it may say something else than of the others. */
function verdictsOf(
  desk: Desk,
  { event, key }: Chapter,
  group: Group,
  circumstances: Omit<Circumstances, 'followed' | 'brokeThrough'>,
): Map<string, Verdict> {
  const judged = new Map<string, Verdict>();
  return new Map(
    group.channels.map((channel) => {
      const told = toldBy(group.name, storyOf(desk, channel, key));
      const place = `${told.followed} ${told.brokeThrough}`;
      const verdict = judged.get(place) ?? judge(event, group, { ...circumstances, ...told });
      judged.set(place, verdict);
      return [channel, verdict];
    }),
  );
}

/** In one line for the group, or where it says one thing of this channel and another of that, in one for each channel. */
function logHeld({ state, now }: Desk, { event }: Chapter, group: Group, verdicts: ReadonlyMap<string, Verdict>): void {
  const isOne = new Set(verdicts.values()).size === 1;
  const held = [...verdicts].filter(([, { kind }]) => kind === 'filtered' || kind === 'muted' || kind === 'quiet');
  for (const [channel, { why }] of isOne ? held.slice(0, 1) : held)
    log(state, event, { group: group.name, channel: isOne ? null : channel, outcome: 'held', why }, now);
}

function tellersOf(group: Group, verdict: Verdict, now: Date): Tellers {
  const isLater = verdict.kind === 'quiet' && verdict.until !== null;
  const isNow = verdict.kind === 'told' || verdict.kind === 'settling';
  return {
    names: isNow || isLater ? [group.name] : [],
    loud: isNow && isQuiet(group, now) ? [group.name] : [],
  };
}

function both(some: Tellers, others: Tellers): Tellers {
  return { names: [...some.names, ...others.names], loud: [...some.loud, ...others.loud] };
}

/** What is told rather than what is not, and what is told sooner; of equals the first. */
function better(desk: Desk, channel: string, decision: Decision, known: Decision | undefined): Decision {
  if (!known) return decision;
  const ahead = RANK[decision.verdict.kind] - RANK[known.verdict.kind];
  const isBetter = ahead > 0 || (ahead === 0 && tellsAt(desk, channel, decision) < tellsAt(desk, channel, known));
  return { ...(isBetter ? decision : known), tellers: both(known.tellers, decision.tellers) };
}

/** Wall-clock ms before which the channel is not told; Infinity is never. */
function tellsAt(desk: Desk, channel: string, { group, verdict }: Decision): number {
  switch (verdict.kind) {
    case 'other':
    case 'filtered':
    case 'muted':
      return Number.POSITIVE_INFINITY;
    case 'quiet':
      return verdict.until?.getTime() ?? Number.POSITIVE_INFINITY;
    case 'settling':
    case 'told':
      return roomAt(desk, channel, group);
  }
}

const RANK = { other: 0, filtered: 1, muted: 2, quiet: 3, settling: 4, told: 5 } satisfies Record<
  Verdict['kind'],
  number
>;

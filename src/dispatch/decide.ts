/** Which group speaks for each channel, and what it says. */
import { type Circumstances, type Group, judge, type Verdict } from '../route/group.ts';
import { mutedBy } from '../route/mutes.ts';
import { isNearest } from '../route/reminders.ts';
import { isToldBy } from '../route/story.ts';
import { type Chapter, type Desk, type DispatchDeps, storyOf } from './desk.ts';
import { log } from './log.ts';

export interface Decision {
  group: Group;
  verdict: Verdict;
  /** Names of all groups that tell the channel, now or later. */
  tellers: readonly string[];
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
      const tellers = isTelling(verdict) ? [group.name] : [];
      best.set(channel, better(best.get(channel), { group, verdict, tellers }));
    }
  }
  return best;
}

/** By channel: of one that the group tells the story already, it may say something else than of the others. */
function verdictsOf(
  desk: Desk,
  { event, key }: Chapter,
  group: Group,
  circumstances: Omit<Circumstances, 'followed'>,
): Map<string, Verdict> {
  const judged = new Map<boolean, Verdict>();
  return new Map(
    group.channels.map((channel) => {
      const followed = isToldBy(group.name, storyOf(desk, channel, key));
      const verdict = judged.get(followed) ?? judge(event, group, { ...circumstances, followed });
      judged.set(followed, verdict);
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

function isTelling(verdict: Verdict): boolean {
  return 'until' in verdict ? verdict.until !== null : verdict.kind === 'told';
}

function better(known: Decision | undefined, other: Decision): Decision {
  if (!known) return other;
  const best = RANK[other.verdict.kind] > RANK[known.verdict.kind] ? other : known;
  return { ...best, tellers: [...known.tellers, ...other.tellers] };
}

const RANK = { other: 0, filtered: 1, muted: 2, quiet: 3, settling: 4, told: 5 } satisfies Record<
  Verdict['kind'],
  number
>;

/** Which group speaks for each channel, and what it says. */
import { type Group, judge, type Verdict } from '../route/group.ts';
import { mutedBy } from '../route/mutes.ts';
import { type Chapter, type Desk, type DispatchDeps, placeOf } from './desk.ts';
import { log } from './log.ts';

export interface Decision {
  group: Group;
  verdict: Verdict;
}

/** For each channel the best that a group of it says; what a group holds back is logged. */
export function decide(
  { state, stories }: Desk,
  { page, event, key, leadMs }: Chapter,
  deps: DispatchDeps,
): Map<string, Decision> {
  const best = new Map<string, Decision>();
  const circumstances = {
    now: deps.now,
    muted: mutedBy(page, event, state.mutes, deps.now),
    names: deps.namesOf(page),
  };
  for (const group of deps.groups) {
    if (leadMs !== null && !group.remindersMs.includes(leadMs)) continue;
    const followed = group.channels.some((channel) => stories.has(placeOf(channel, key)));
    const verdict = judge(event, group, { ...circumstances, followed });
    if (verdict.kind === 'filtered' || verdict.kind === 'muted' || verdict.kind === 'quiet')
      log(state, event, { group: group.name, outcome: 'held', why: verdict.why }, deps.now);
    for (const channel of group.channels) {
      const known = best.get(channel);
      if (!known || RANK[verdict.kind] > RANK[known.verdict.kind]) best.set(channel, { group, verdict });
    }
  }
  return best;
}

const RANK = { other: 0, filtered: 1, muted: 2, quiet: 3, settling: 4, told: 5 } satisfies Record<
  Verdict['kind'],
  number
>;

/** Why a group is told of an event or not, rule by rule: each is judged as if the group had no other. Pure. */
import type { StatusEvent } from '../model.ts';
import { type Circumstances, type Group, isQuiet, judge, SEVERITIES, type Verdict } from './group.ts';
import { isOver } from './story.ts';

export interface Rule {
  name: 'providers' | 'kinds' | 'events' | 'components' | 'severities' | 'mutes' | 'quiet hours';
  passes: boolean;
  why: string;
}

export interface Explanation {
  verdict: Verdict;
  rules: readonly Rule[];
}

export function explain(event: StatusEvent, group: Group, circumstances: Circumstances): Explanation {
  const { providers, kinds, events, components, severities, quiet } = group;
  const open = { ...circumstances, muted: null };
  const rule = (name: Rule['name'], only: Partial<Group>, said: string, now: Circumstances = open): Rule => {
    const verdict = judge(event, { ...lenient(group), ...only }, now);
    const passes = verdict.kind === 'told' || verdict.kind === 'settling';
    return { name, passes, why: passes ? said : verdict.why.replace(/^quiet hours /, '') };
  };
  return {
    verdict: judge(event, group, circumstances),
    rules: [
      rule('providers', { providers }, said(providers)),
      rule('kinds', { kinds }, said(kinds)),
      rule('events', { events }, `${event.type} is one of them`),
      rule('components', { components }, components.length === 0 ? 'all' : `it touches ${said(components)}`),
      rule(
        'severities',
        { severities },
        circumstances.followed ? 'its channels are being told this story' : said(severities),
      ),
      rule('mutes', {}, 'nobody muted it', circumstances),
      rule('quiet hours', { quiet }, whyLoud(event, group, circumstances)),
    ],
  };
}

/** Why quiet hours do not keep it back. */
function whyLoud(event: StatusEvent, group: Group, { now, brokeThrough }: Circumstances): string {
  if (group.quiet === null) return 'none';
  if (!isQuiet(group, now)) return 'not now';
  return brokeThrough && isOver(event) ? 'it is the end of what broke through' : 'it breaks through';
}

function said(list: readonly string[]): string {
  return list.includes('*') ? 'all' : list.join(', ');
}

/** One that is told of everything. */
function lenient(group: Group): Group {
  return {
    ...group,
    providers: ['*'],
    components: [],
    severities: SEVERITIES,
    kinds: ['incident', 'maintenance'],
    events: ['*'],
    quiet: null,
  };
}

/** `group list` and `group test` for people. */
import type { GroupJson } from '../json-alerts.ts';
import { cleanLine } from '../text.ts';
import { groupLines } from './group-lines.ts';
import { layTable } from './layout.ts';
import { joinLines, paintOf, symbolOf, type View, wrap } from './style.ts';

export function renderGroups(groups: readonly GroupJson[], usualEvents: readonly string[], view: View): string {
  const rows = groups.map((group) => [
    [view.chalk.bold(group.name)],
    [group.channels.join(', ') || view.chalk.dim('nobody')],
    groupLines(group, usualEvents).map(cleanLine),
  ]);
  return layTable(['GROUP', 'TELLS', 'OF'], rows, view);
}

/** What a group makes of one event, rule by rule. */
export interface Judged {
  group: string;
  isTold: boolean;
  /** In a word or two: told, not told, told later. */
  outcome: string;
  why: string;
  rules: readonly { rule: string; passes: boolean; why: string }[];
  channels: readonly { name: string; note: string | null }[];
}

export function renderJudged(judged: readonly Judged[], view: View): string {
  return joinLines(judged.flatMap((one) => judgedLines(one, view)));
}

function judgedLines({ group, isTold, outcome, why, rules, channels }: Judged, view: View): string[] {
  const mark = (passes: boolean) => paintOf(passes ? 'good' : 'unknown', view)(symbolOf(passes ? 'good' : 'major'));
  const names = channels.map(({ name }) => name).join(', ') || 'nobody';
  const whom = isTold ? `: ${outcome} to ${names}` : `: ${outcome}`;
  return [
    ...wrap(`${mark(isTold)} ${view.chalk.bold(group)}${whom} (${cleanLine(why)})`, view, 0, 4),
    ...rules.flatMap((one) => wrap(`${mark(one.passes)} ${one.rule}: ${cleanLine(one.why)}`, view, 4, 2)),
    ...channels.flatMap(({ name, note }) => (note === null ? [] : wrap(`${name}: ${cleanLine(note)}`, view, 4, 2))),
  ];
}

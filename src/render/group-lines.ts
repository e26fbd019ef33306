/** What a group is told of, in words. Pure. */
import type { GroupJson } from '../json-alerts.ts';
import { durationWords, parseDuration } from '../time.ts';
import { listWords } from '../words.ts';

const MANY = 100;

/** A line for each rule that says something. `usualEvents` need no mention. */
export function groupLines(group: GroupJson, usualEvents: readonly string[]): string[] {
  return [
    aboutWords(group),
    ...kindWords(group),
    ...(isSame(group.events, usualEvents) ? [] : [`only ${all(group.events)}`]),
    ...quietWords(group),
    ...(group.perHour === null ? [] : [`at most ${group.perHour} messages an hour, the rest as one`]),
  ];
}

function aboutWords({ providers, components }: GroupJson): string {
  const whom = providers.includes('*') ? 'everything that is watched' : all(providers);
  return components.length === 0 ? whom : `${whom}: ${all(components)}`;
}

function kindWords({ kinds, severities, reminders }: GroupJson): string[] {
  const leads = reminders.map((lead) => durationWords(parseDuration(lead)! / 1000));
  const reminded = leads.length === 0 ? '' : `, and a reminder ${all(leads)} before it`;
  return [
    ...(kinds.includes('incident') ? [`incidents: ${all(severities) || 'of no known severity'}`] : []),
    ...(kinds.includes('maintenance') ? [`maintenance${reminded}`] : []),
  ];
}

function quietWords({ quiet }: GroupJson): string[] {
  if (quiet === null) return [];
  const days = quiet.days === null ? '' : ` on ${all(quiet.days)}`;
  const except = quiet.except.length === 0 ? '' : `, but for ${all(quiet.except)}`;
  const after = quiet.digest ? '; what was held back comes as one message' : '';
  return [`quiet from ${quiet.from} to ${quiet.to} ${quiet.zone}${days}${except}${after}`];
}

function all(names: readonly string[]): string {
  return listWords(names, MANY);
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}

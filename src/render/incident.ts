/** What `show` prints: one incident in full, for a terminal. */
import type { AffectedComponent, Incident, Provider, Update } from '../model.ts';
import { isClosed } from '../normalize.ts';
import { cleanLine, cleanText, safeUrl } from '../text.ts';
import {
  changesByWay,
  countWords,
  durationOf,
  labelOf,
  severityOfIncident,
  severityOfStatus,
  summarySentence,
  updateChanges,
  wordsOf,
} from '../words.ts';
import { momentWords, ownZone, spanWords } from '../zone.ts';
import { joinLines, pad, paintOf, symbolOf, type View, widthOf, wrap } from './style.ts';

/** An incident to show. `firstSeenAt` is our own time; null when `watch` never met it. */
export interface Shown {
  provider: Provider;
  incident: Incident;
  firstSeenAt: Date | null;
}

/** Title, summary sentence, facts, affected components, and the timeline with the oldest post first. */
export function renderIncident(shown: Shown, view: View): string {
  const { provider, incident } = shown;
  const summary = summarySentence(provider, incident, { now: view.now, zone: view.zone ?? ownZone() });
  return joinLines([
    ...wrap(view.chalk.bold(cleanLine(incident.title)), view),
    ...wrap(summary, view),
    '',
    ...factLines(factsOf(shown, view), view),
    ...componentLines(incident.components, view),
    ...timelineLines(incident, view),
  ]);
}

/** Label and value of what is known; times in the view's zone. */
export function factsOf({ incident, firstSeenAt }: Shown, view: Pick<View, 'zone' | 'now'>): [string, string][] {
  const { startedAt, resolvedAt, scheduledFor, scheduledUntil, kind } = incident;
  const moment = (time: Date | null) => time && momentWords(time, view.zone);
  const facts: [string, string | null][] = [
    ['Status', wordsOf(incident.status)],
    ['Impact', kind === 'maintenance' ? null : wordsOf(incident.impact)],
    ['Planned', scheduledFor && spanWords(scheduledFor, scheduledUntil, view.zone)],
    ['Started', moment(startedAt) ?? (kind === 'maintenance' ? null : 'not known')],
    [kind === 'maintenance' ? 'Ended' : 'Resolved', moment(resolvedAt) ?? unended(incident)],
    ['Duration', durationOf(incident, view.now)],
    ['First seen', moment(firstSeenAt) ?? 'not recorded'],
    ['Vendor', safeUrl(incident.url)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}

function unended({ kind, status, startedAt }: Incident): string | null {
  if (kind === 'maintenance' && startedAt === null) return null;
  return isClosed(status) ? 'not known' : 'not yet';
}

const LABEL_WIDTH = 12;
const STATUS_WIDTH = 28;

function factLines(facts: readonly [string, string][], view: View): string[] {
  return facts.flatMap(([label, value]) => {
    const unbroken = view.width === null || value.includes(' ') || LABEL_WIDTH + widthOf(value) <= view.width;
    if (!unbroken) return [view.chalk.dim(label), ...wrap(value, view)];
    return wrap(`${view.chalk.dim(pad(label, LABEL_WIDTH))}${value}`, view, 0, LABEL_WIDTH);
  });
}

function componentLines(components: readonly AffectedComponent[], view: View): string[] {
  if (components.length === 0) return [];
  const widest = components.reduce((width, component) => Math.max(width, widthOf(labelOf(component))), 0);
  const column = view.width !== null && widest + STATUS_WIDTH > view.width ? 0 : widest;
  const lines = components.flatMap((component) => {
    const severity = severityOfStatus(component.status);
    const status = paintOf(severity, view)(`${symbolOf(severity)} ${componentWords(component)}`);
    return wrap(`${pad(labelOf(component), column)}  ${status}`, view, 2, 2);
  });
  const heading = `Affected: ${countWords(components.length, 'component')}`;
  return ['', ...wrap(view.chalk.bold(heading), view), ...lines];
}

/** "operational, was degraded performance", or the one status it had all along. */
export function componentWords({ status, worstStatus }: AffectedComponent): string {
  return status === worstStatus ? wordsOf(status) : `${wordsOf(status)}, was ${wordsOf(worstStatus)}`;
}

function timelineLines(incident: Incident, view: View): string[] {
  if (incident.updates.length === 0) return [];
  const heading = `Timeline: ${countWords(incident.updates.length, 'update')}`;
  return [
    '',
    ...wrap(view.chalk.bold(heading), view),
    ...incident.updates.flatMap((update) => updateLines(incident, update, view)),
  ];
}

function updateLines(incident: Incident, update: Update, view: View): string[] {
  const status = paintOf(severityOfIncident({ ...incident, status: update.status }), view)(wordsOf(update.status));
  const body = cleanText(update.body).trim();
  return [
    ...wrap(`${momentWords(update.at, view.zone)}  ${status}`, view, 2, 2),
    ...(body === '' ? [] : body.split('\n').flatMap((line) => wrap(line, view, 4))),
    ...changesByWay(updateChanges(incident, update)).flatMap((line) => wrap(view.chalk.dim(line), view, 4, 2)),
  ];
}

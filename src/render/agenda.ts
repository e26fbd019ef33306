/** Maintenance as an agenda: what is in progress, then day by day of the reader's zone. */
import type { Incident, Provider } from '../model.ts';
import { cleanLine, safeUrl } from '../text.ts';
import { durationWords, secondsBetween } from '../time.ts';
import { labelOf, listWords, wordsOf } from '../words.ts';
import { clockSpan, clockWords, sameDay, shortWords, weekdayWords } from '../zone.ts';
import { joinLines, paintOf, type View, wrap } from './style.ts';

const MOST_NAMES = 12;
const MOST_PAGES = 6;

/** What one provider plans. */
export interface Planned {
  provider: Provider;
  incidents: readonly Incident[];
}

interface Entry {
  provider: Provider;
  incident: Incident;
  from: Date | null;
  /** Null: the vendor names no end. */
  until: Date | null;
}

/** The agenda, or the sentence that there is nothing on it; empty when `planned` is. `within` words what was asked for. */
export function renderAgenda(planned: readonly Planned[], view: View, within = ''): string {
  const entries = planned.flatMap(entriesOf).sort(byTime);
  if (entries.length === 0) return nothingPlanned(planned, within, view);
  const days = new Map<string, Entry[]>([['In progress', []]]);
  for (const entry of entries) {
    const day = headingOf(entry, view);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  const blocks = [...days].filter(([, of]) => of.length > 0).map(([day, of]) => dayBlock(day, of, view));
  return blocks.join('\n');
}

function nothingPlanned(planned: readonly Planned[], within: string, view: View): string {
  if (planned.length === 0) return '';
  const names = planned.map(({ provider }) => cleanLine(provider.name));
  const verb = names.length === 1 ? 'announces' : 'announce';
  const subject = listWords(names, MOST_PAGES, 'page');
  return joinLines(wrap(`${subject} ${verb} no maintenance, in progress or planned${within}.`, view));
}

function entriesOf({ provider, incidents }: Planned): Entry[] {
  return incidents.map((incident) => {
    const from = incident.scheduledFor ?? incident.startedAt;
    const until = incident.scheduledUntil;
    // An end before the start is none.
    return { provider, incident, from, until: until !== null && from !== null && until <= from ? null : until };
  });
}

/** In order of their start; what has no date is last. */
function byTime(a: Entry, b: Entry): number {
  return (a.from?.getTime() ?? Infinity) - (b.from?.getTime() ?? Infinity) || 0;
}

function headingOf(entry: Entry, view: View): string {
  if (isGoingOn(entry, view.now)) return 'In progress';
  if (entry.from === null) return 'No date given';
  const today = sameDay(entry.from, view.now, view.zone) ? ', today' : '';
  return `${weekdayWords(entry.from, view.zone)}${today}`;
}

/** By the vendor's word; else by the clock, for not every vendor says when planned work begins. */
function isGoingOn({ incident, from, until }: Entry, now: Date): boolean {
  if (isSaidToGoOn(incident)) return true;
  return from !== null && from <= now && (until === null || now < until);
}

function isSaidToGoOn({ status }: Incident): boolean {
  return status === 'in_progress' || status === 'verifying';
}

function dayBlock(heading: string, entries: readonly Entry[], view: View): string {
  return joinLines([...wrap(view.chalk.bold(heading), view), ...entries.flatMap((entry) => entryLines(entry, view))]);
}

function entryLines(entry: Entry, view: View): string[] {
  const { provider, incident } = entry;
  const state = paintOf('maintenance', view)(stateOf(entry, view.now));
  const labels = incident.components.map(labelOf);
  const url = safeUrl(incident.url);
  return [
    ...wrap(`${spanOf(entry, view)}${view.chalk.bold(cleanLine(provider.name))}  ${state}`, view, 2, 2),
    ...wrap(cleanLine(incident.title), view, 4, 2),
    ...(labels.length === 0 ? [] : wrap(`affects ${listWords(labels, MOST_NAMES)}`, view, 4, 2)),
    ...(url === null ? [] : wrap(view.chalk.dim(url), view, 4)),
  ];
}

/** The vendor's word, and where the clock gainsays it, that too. */
function stateOf(entry: Entry, now: Date): string {
  const { incident, from, until } = entry;
  const words = incident.status === 'unknown' ? 'state unknown' : wordsOf(incident.status);
  const late = until !== null && until <= now;
  if (isSaidToGoOn(incident)) return late ? `${words}, longer than planned` : words;
  if (late) return `${words}, its time is over`;
  return from !== null && from <= now ? `${words}, due to have begun` : words;
}

function spanOf(entry: Entry, view: View): string {
  if (isGoingOn(entry, view.now)) return `${progressOf(entry, view)}  `;
  return entry.from === null ? '' : `${planOf(entry.from, entry.until, view)}  `;
}

/** Clocks alone where the day stands above; the end's day where it is another one, and then how long it takes. */
function planOf(from: Date, until: Date | null, view: View): string {
  if (until === null) return `from ${clockWords(from, view.zone)}`;
  if (sameDay(from, until, view.zone)) return clockSpan(from, until, view.zone);
  const length = durationWords(secondsBetween(from, until));
  return `${clockWords(from, view.zone)} to ${shortWords(until, from, view.zone)} (${length})`;
}

function progressOf({ incident, from, until }: Entry, { now, zone }: View): string {
  if (until !== null) {
    if (until <= now) return `planned until ${shortWords(until, now, zone)}`;
    return `until ${shortWords(until, now, zone)} (${durationWords(secondsBetween(now, until))} left)`;
  }
  const since = incident.startedAt ?? from;
  return since === null ? 'no end given' : `since ${shortWords(since, now, zone)}, no end given`;
}

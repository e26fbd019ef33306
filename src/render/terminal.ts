/** What `watch` prints: a header per target, a block per event, and the quiet last line. */
import type { Incident, PageState, Provider, ReadFailure, StatusEvent } from '../model.ts';
import { isUnderWay } from '../normalize.ts';
import { cleanLine, cleanText, safeUrl } from '../text.ts';
import { durationWords, secondsBetween } from '../time.ts';
import {
  afterWords,
  changesByWay,
  changesOf,
  countWords,
  labelOf,
  severityOf,
  stepWords,
  subjectOf,
  untilWords,
  wordsOf,
} from '../words.ts';
import { isoWords, secondWords, shortWords, spanWords } from '../zone.ts';
import { joinLines, pageWords, paintOf, shorten, stateWords, symbolOf, type View, widthOf, wrap } from './style.ts';

/** One block for a terminal, ending in an empty line; one line for what has no post (components, pages). */
export function renderEvent(event: StatusEvent, view: View): string {
  const { chalk } = view;
  const severity = severityOf(event);
  const marks = marksOf(event);
  const headline = [
    chalk.dim(shortWords(event.at, view.now, view.zone)),
    chalk.bold(cleanLine(event.provider.name)),
    paintOf(severity, view)(`${symbolOf(severity)} ${headlineOf(event, view)}`),
    ...(marks === '' ? [] : [chalk.dim(`(${marks})`)]),
  ];
  const lines = wrap(headline.join('  '), view, 0, 2);
  if (!event.incident) return joinLines(lines);
  const url = safeUrl(event.incident.url);
  lines.push(...wrap(chalk.bold(cleanLine(event.incident.title)), view, 2, 2));
  for (const line of changeLines(event)) lines.push(...wrap(line, view, 2, 2));
  for (const line of bodyLines(event)) lines.push(...wrap(line, view, 2));
  if (url !== null) lines.push(...wrap(chalk.dim(url), view, 2));
  return joinLines([...lines, '']);
}

/**
 * The same for a pipe, a file or a journal: no colour, nothing cut or wrapped. The first line holds time, provider, type,
 * what happened and the title, two spaces apart; lines that belong to it begin with four.
 */
export function renderEventPlain(event: StatusEvent, view: Pick<View, 'zone' | 'now'>): string {
  const marks = marksOf(event);
  const headline = [
    isoWords(event.at, view.zone),
    cleanLine(event.provider.name),
    event.type,
    headlineOf(event, view),
    ...(event.incident ? [cleanLine(event.incident.title)] : []),
    ...(marks === '' ? [] : [`(${marks})`]),
  ];
  const url = safeUrl(event.incident?.url);
  const rest = event.incident ? [...changeLines(event), ...bodyLines(event), ...(url === null ? [] : [url])] : [];
  return joinLines([headline.join('  '), ...rest.filter((line) => line !== '').map((line) => `    ${line}`)]);
}

/** What the event did, without provider and title. */
function headlineOf(event: StatusEvent, view: Pick<View, 'zone' | 'now'>): string {
  const { incident } = event;
  const phase = wordsOf(event.update?.status ?? incident?.status ?? 'unknown');
  const subject = incident ? subjectOf(incident) : 'incident';
  switch (event.type) {
    case 'incident.opened':
      return `${event.initial ? '' : 'new '}${subject}, ${phase}`;
    case 'incident.updated':
    case 'maintenance.updated':
      return `${subject}, ${phase}`;
    case 'incident.resolved':
      return `${subject} resolved${afterWords(incident, view.now)}`;
    case 'incident.reopened':
      return `${subject} reopened, ${phase}`;
    case 'incident.edited':
    case 'maintenance.edited':
      return `${subject}, a post was reworded (${phase})`;
    case 'incident.withdrawn':
    case 'maintenance.withdrawn':
      return `${subject} no longer listed by the vendor`;
    case 'maintenance.scheduled':
      return `maintenance scheduled${planWords(incident, view.zone)}`;
    case 'maintenance.reminder':
      return `maintenance is near${planWords(incident, view.zone)}`;
    case 'maintenance.started':
      return `maintenance ${event.initial ? 'in progress' : 'started'}${untilPlanned(incident, view.zone)}`;
    case 'maintenance.completed':
      return `maintenance completed${afterWords(incident, view.now)}`;
    case 'maintenance.cancelled':
      return 'maintenance cancelled';
    case 'component.changed':
      return changesOf(event)
        .map((change) => `${change.label}: ${stepWords(change)}`)
        .join(', ');
    case 'provider.unreadable':
      return `page cannot be read: ${cleanLine(event.error?.message ?? 'for a reason not known')}`;
    case 'provider.readable':
      return 'page can be read again';
    case 'provider.moved':
      return `page moved: ${safeUrl(event.provider.url) ?? ''} (${cleanLine(event.provider.platform ?? 'unknown platform')})`;
  }
}

function planWords(incident: Incident | null, zone: string | undefined): string {
  return incident?.scheduledFor ? ` for ${spanWords(incident.scheduledFor, incident.scheduledUntil, zone)}` : '';
}

function untilPlanned(incident: Incident | null, zone: string | undefined): string {
  if (!incident?.scheduledUntil) return '';
  const from = incident.startedAt ?? incident.scheduledUntil;
  return `, planned until ${untilWords(from, incident.scheduledUntil, zone)}`;
}

/** How the event came to us: at first sight, back-dated, or how long after the vendor's post. */
function marksOf(event: StatusEvent): string {
  const lag = secondsBetween(event.at, event.detectedAt);
  const marks = [
    event.initial ? 'already so at first sight' : null,
    event.late ? 'posted late, dated before a post already told' : null,
    event.initial || lag === 0 || event.type.startsWith('provider.') ? null : `seen ${durationWords(lag)} later`,
  ];
  return marks.filter((mark) => mark !== null).join('; ');
}

/** The components that changed, those that went the same way together; else those an opening names as a whole. */
function changeLines(event: StatusEvent): string[] {
  const changes = changesByWay(changesOf(event));
  if (changes.length > 0) return changes;
  const affected = event.incident?.components ?? [];
  const opens = event.initial || event.type === 'incident.opened' || event.type === 'maintenance.scheduled';
  return opens && affected.length > 0 ? [`affects: ${affected.map(labelOf).join(', ')}`] : [];
}

function bodyLines(event: StatusEvent): string[] {
  const body = cleanText(event.update?.body ?? '').trim();
  return body === '' ? [] : body.split('\n');
}

/** A target as the header of `watch` shows it. */
export interface WatchHeader {
  provider: Provider;
  /** The platform as people write it; without it, its name stands. */
  platform?: string | null;
  /** Null before the first read. */
  state: PageState | null;
  error: ReadFailure | null;
  /** Incidents and maintenances that are not over. */
  open: readonly Incident[];
  /** The process that records this page, when it is another one. */
  recordedBy: number | null;
}

/** A target and its state, on a line or two. */
export function renderHeader(header: WatchHeader, view: View): string {
  const { provider, state, error, open, recordedBy } = header;
  const { chalk } = view;
  const platform = header.platform ?? provider.platform;
  const words = [
    chalk.bold(cleanLine(provider.name)),
    chalk.dim(pageWords(provider.url)),
    ...(platform === null ? [] : [chalk.dim(`(${cleanLine(platform)})`)]),
    ...(state === null ? [] : [stateWords(state, view) + (error ? `: ${cleanLine(error.message)}` : '')]),
  ];
  const lines = wrap([words.join('  '), ...openWords(open)].join(' · '), view, 0, 2);
  if (recordedBy !== null)
    lines.push(...wrap(chalk.dim(`also watched by process ${recordedBy}, which records it`), view, 2));
  return joinLines(lines);
}

function openWords(open: readonly Incident[]): string[] {
  const incidents = open.filter((incident) => incident.kind === 'incident').length;
  const underWay = open.filter(isUnderWay).length;
  const planned = open.length - incidents - underWay;
  return [
    ...(incidents > 0 ? [countWords(incidents, 'open incident')] : []),
    ...(underWay > 0 ? [`${countWords(underWay, 'maintenance')} in progress`] : []),
    ...(planned > 0 ? [`${countWords(planned, 'maintenance')} planned`] : []),
  ];
}

/** What the last line tells: null times where nothing was read yet, or nothing is due. */
export interface Pulse {
  pages: number;
  unreadable: number;
  lastReadAt: Date | null;
  nextAt: Date | null;
}

/** The last line, without its end: shows that the program is alive, and leaves the last column free so that it never wraps. */
export function renderLiveLine(pulse: Pulse, view: View): string {
  const watching = `watching ${countWords(pulse.pages, 'page')}`;
  const unreadable = pulse.unreadable > 0 ? `${pulse.unreadable} unreadable` : null;
  const last = pulse.lastReadAt && `last read ${secondWords(pulse.lastReadAt, view.zone)}`;
  const left = pulse.nextAt && secondsBetween(view.now, pulse.nextAt);
  const next = left === null ? null : left === 0 ? 'reading now' : `next in ${durationWords(left)}`;
  const room = view.width === null ? null : view.width - 1;
  const forms = [
    [watching, unreadable, last, next],
    [watching, unreadable, next],
    [countWords(pulse.pages, 'page'), unreadable, next],
    [countWords(pulse.pages, 'page'), next],
    [watching, unreadable],
  ].map((parts) => parts.filter((part) => part !== null).join(' · '));
  const line = forms.find((form) => room === null || widthOf(form) <= room) ?? shorten(watching, room);
  return view.chalk.dim(line);
}

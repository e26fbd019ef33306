/** The maintenance calendar as an iCalendar document (RFC 5545, 5546 and 7986). Owns ical-generator. */
import ical, { type ICalCalendar, ICalCalendarMethod, ICalEventStatus, ICalEventTransparency } from 'ical-generator';
import type { CalendarEntry } from '../calendar.ts';
import type { Phase } from '../model.ts';
import { cleanLine } from '../text.ts';
import { labelOf, listWords, wordsOf } from '../words.ts';

/** The events of one page, under the name its reader knows the provider by. */
export interface CalendarPage {
  name: string;
  entries: readonly CalendarEntry[];
}

/** How often calendar programs should look again. */
const REFRESH_SECONDS = 3600;
const MOST_NAMES = 50;

/** Events in order of their start. Times are UTC, and nothing depends on when or where it is written. */
export function renderIcs(pages: readonly CalendarPage[]): string {
  const [only, ...others] = pages;
  const calendar = ical({
    name: only && others.length === 0 ? `${cleanLine(only.name)} maintenance` : 'Vendor maintenance',
    prodId: { company: 'pingoru', product: 'pingoru', language: 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: REFRESH_SECONDS,
  });
  const events = pages.flatMap(({ name, entries }) => entries.map((entry) => ({ name: cleanLine(name), entry })));
  events.sort((a, b) => (orderOf(a.entry) < orderOf(b.entry) ? -1 : 1));
  for (const { name, entry } of events) addEvent(calendar, name, entry);
  return `${calendar.toString().trimEnd()}\r\n`;
}

function orderOf({ startsAt, uid }: CalendarEntry): string {
  return `${startsAt} ${uid}`;
}

function addEvent(calendar: ICalCalendar, name: string, entry: CalendarEntry): void {
  const stamp = new Date(entry.stamp);
  // Many programs show a cancelled event like any other, so its title says it too.
  const cancelled = entry.status === 'cancelled' ? 'Cancelled: ' : '';
  calendar.createEvent({
    id: entry.uid,
    sequence: entry.sequence,
    stamp,
    lastModified: stamp,
    start: new Date(entry.startsAt),
    end: new Date(entry.endsAt),
    summary: `${cancelled}${name}: ${entry.title}`,
    description: { plain: describe(entry) },
    status: statusOf(entry.status),
    // The vendor's work takes none of the reader's time.
    transparency: ICalEventTransparency.TRANSPARENT,
    categories: ['Maintenance', name].filter((one) => one !== '').map((one) => ({ name: one })),
    ...(entry.url !== null && { url: addressOf(entry.url) }),
  });
}

function describe(entry: CalendarEntry): string {
  const facts = [
    `Status: ${wordsOf(entry.status)}`,
    ...(entry.components.length === 0 ? [] : [`Affects: ${listWords(entry.components.map(labelOf), MOST_NAMES)}`]),
    ...(entry.endTold ? [] : ['The vendor gave no end; it is shown as one hour.']),
  ];
  return [facts.join('\n'), entry.body, entry.url ?? ''].filter((part) => part !== '').join('\n\n');
}

function statusOf(status: Phase): ICalEventStatus {
  switch (status) {
    case 'cancelled':
      return ICalEventStatus.CANCELLED;
    case 'unknown':
      return ICalEventStatus.TENTATIVE;
    default:
      return ICalEventStatus.CONFIRMED;
  }
}

/** ical-generator escapes what an address may hold as it is (RFC 5545, 3.3.13): a backslash would then be part of it. */
function addressOf(url: string): string {
  return url.replace(/[,;\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What calendar.json holds, and how it is checked when read. */
import type { Calendar, CalendarEntry } from '../calendar.ts';
import { isObject } from '../raw.ts';
import type { Form } from './file.ts';
import { demandVersion, pairs } from './forms.ts';

/** Pages stand in a list of pairs: their addresses are never keys of an object. */
export const calendarForm: Form<Calendar> = {
  empty: () => ({ pages: new Map() }),
  fromJson: (value) => {
    demandVersion(value);
    return { pages: new Map(pairs(value, 'pages', areEntries)) };
  },
  toJson: ({ pages }) => ({ schemaVersion: 1, pages: [...pages] }),
  copy: ({ pages }) => ({ pages: new Map(pages) }),
  indent: 0,
};

function areEntries(value: unknown): value is CalendarEntry[] {
  return Array.isArray(value) && value.every(isEntry);
}

function isEntry(value: unknown): value is CalendarEntry {
  if (!isObject(value) || !Array.isArray(value.components)) return false;
  const { id, uid, title, body, status, sequence, startsAt, endsAt, stamp, cancelledAt, missingSince } = value;
  return (
    [id, uid, title, body, status].every((field) => typeof field === 'string') &&
    [startsAt, endsAt, stamp].every(isTime) &&
    [cancelledAt, missingSince].every((field) => field === null || isTime(field)) &&
    [value.url, value.platform].every((field) => field === null || typeof field === 'string') &&
    Number.isInteger(sequence) &&
    value.components.every(isComponent)
  );
}

function isComponent(value: unknown): boolean {
  return isObject(value) && typeof value.id === 'string' && typeof value.name === 'string';
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

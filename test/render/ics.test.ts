import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../src/calendar.ts';
import { renderIcs } from '../../src/render/ics.ts';
import { cleanLine, cleanText } from '../../src/text.ts';
import { vendorText } from './views.ts';

function entry(more: Partial<CalendarEntry> = {}): CalendarEntry {
  return {
    id: 'm1',
    platform: 'statuspage',
    uid: 'acme.m1@pingoru',
    sequence: 0,
    stamp: '2026-03-10T11:00:00Z',
    title: 'Database upgrade',
    status: 'scheduled',
    startsAt: '2026-03-12T10:00:00Z',
    endsAt: '2026-03-12T12:00:00Z',
    endTold: true,
    components: [
      { id: '1', name: 'API', group: null },
      { id: '2', name: 'Search', group: 'Core' },
    ],
    body: 'Writes stop for a minute.\nReads go on.',
    url: 'https://status.acme.example/incidents/m1',
    cancelledAt: null,
    missingSince: null,
    ...more,
  };
}

/** The events as a parser of other people reads them. */
function parsed(text: string): ICAL.Event[] {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map((event) => new ICAL.Event(event));
}

/** 86: CRLF alone ends lines, none is longer than 75 octets, and none ends inside a character. */
function expectWellFormed(text: string): void {
  const bytes = Buffer.from(text);
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\r\n', at);
    expect(end - at).toBeLessThanOrEqual(75);
    decoder.decode(bytes.subarray(at, end));
    at = end + 2;
  }
}

describe('86. the calendar document', () => {
  test('is this', () => {
    expect(renderIcs([{ name: 'Acme', entries: [entry()] }]).replaceAll('\r\n', '\n')).toMatchInlineSnapshot(`
      "BEGIN:VCALENDAR
      VERSION:2.0
      PRODID:-//pingoru//pingoru//EN
      METHOD:PUBLISH
      NAME:Acme maintenance
      X-WR-CALNAME:Acme maintenance
      REFRESH-INTERVAL;VALUE=DURATION:PT1H
      X-PUBLISHED-TTL:PT1H
      BEGIN:VEVENT
      UID:acme.m1@pingoru
      SEQUENCE:0
      DTSTAMP:20260310T110000Z
      DTSTART:20260312T100000Z
      DTEND:20260312T120000Z
      SUMMARY:Acme: Database upgrade
      TRANSP:TRANSPARENT
      DESCRIPTION:Status: scheduled\\nAffects: API and Core (Search)\\n\\nWrites st
       op for a minute.\\nReads go on.\\n\\nhttps://status.acme.example/incidents/m1
      CATEGORIES:Maintenance,Acme
      URL;VALUE=URI:https://status.acme.example/incidents/m1
      STATUS:CONFIRMED
      LAST-MODIFIED:20260310T110000Z
      END:VEVENT
      END:VCALENDAR
      "
    `);
  });

  test('says of an event what another parser then reads', () => {
    const text = renderIcs([{ name: 'Acme', entries: [entry({ sequence: 3 })] }]);
    expectWellFormed(text);
    const [event] = parsed(text);
    expect(event!.uid).toBe('acme.m1@pingoru');
    expect(event!.sequence).toBe(3);
    expect(event!.startDate.toJSDate()).toEqual(new Date('2026-03-12T10:00:00Z'));
    expect(event!.endDate.toJSDate()).toEqual(new Date('2026-03-12T12:00:00Z'));
    expect(event!.description).toContain('Affects: API and Core (Search)\n\nWrites stop for a minute.\nReads go on.');
    expect(event!.component.getFirstPropertyValue('dtstamp')?.toString()).toBe('2026-03-10T11:00:00Z');
    expect(event!.component.getFirstPropertyValue('transp')).toBe('TRANSPARENT');
  });

  test.each([
    ['scheduled', 'CONFIRMED', 'Acme: Database upgrade'],
    ['in_progress', 'CONFIRMED', 'Acme: Database upgrade'],
    ['completed', 'CONFIRMED', 'Acme: Database upgrade'],
    ['unknown', 'TENTATIVE', 'Acme: Database upgrade'],
    ['cancelled', 'CANCELLED', 'Cancelled: Acme: Database upgrade'],
  ] as const)('calls what is %s %s', (status, word, summary) => {
    const [event] = parsed(renderIcs([{ name: 'Acme', entries: [entry({ status })] }]));
    expect(event!.component.getFirstPropertyValue('status')).toBe(word);
    expect(event!.summary).toBe(summary);
  });

  test('says where the vendor gave no end', () => {
    const [event] = parsed(renderIcs([{ name: 'Acme', entries: [entry({ endTold: false })] }]));
    expect(event!.description).toContain('The vendor gave no end; it is shown as one hour.');
  });

  test('is in order of time over all pages, whatever order they come in', () => {
    const later = entry({ uid: 'acme.m2@pingoru', startsAt: '2026-03-13T10:00:00Z' });
    const other = { name: 'Other', entries: [entry({ uid: 'other.m1@pingoru', startsAt: '2026-03-12T18:00:00Z' })] };
    const acme = { name: 'Acme', entries: [later, entry()] };
    const text = renderIcs([acme, other]);
    expect(parsed(text).map(({ uid }) => uid)).toEqual(['acme.m1@pingoru', 'other.m1@pingoru', 'acme.m2@pingoru']);
    expect(renderIcs([other, acme])).toBe(text);
  });

  test('keeps an address whole, also one with signs that are escaped in texts', () => {
    const url = 'https://status.acme.example/a,b;c?d=e,f\\g';
    const [event] = parsed(renderIcs([{ name: 'Acme', entries: [entry({ url })] }]));
    expect(decodeURIComponent(String(event!.component.getFirstPropertyValue('url')))).toBe(url);
  });

  test('without events or address is one too', () => {
    const text = renderIcs([{ name: 'Acme', entries: [] }]);
    expectWellFormed(text);
    expect(parsed(text)).toEqual([]);
    const [event] = parsed(renderIcs([{ name: 'Acme', entries: [entry({ url: null, body: '', components: [] })] }]));
    expect(event!.component.getFirstPropertyValue('url')).toBeNull();
    expect(event!.description).toBe('Status: scheduled');
  });
});

describe('87. words of vendors', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ';',
          ',',
          '\\',
          '\\n',
          '\n',
          '\r\n',
          ':',
          '"',
          ' ',
          'BEGIN:VEVENT',
          'END:VEVENT\r\n',
          'END:VCALENDAR',
          '\r\nSTATUS:CANCELLED',
          '^n',
          '🎉',
          '👨‍👩‍👧‍👦',
          '東京リージョン',
        ),
        vendorText,
      ),
      { minLength: 1, maxLength: 20 },
    )
    .map((parts) => parts.join(''));

  const expectRoundTrip = (name: string, title: string, body: string) => {
    const told = { title: cleanLine(title), body: cleanText(body).trim() };
    const component = { id: 'c', name: title, group: body };
    const text = renderIcs([{ name, entries: [entry({ ...told, components: [component] }), entry({ uid: 'z' })] }]);
    expectWellFormed(text);
    const [event, next, ...more] = parsed(text);
    expect(event!.summary).toBe(`${cleanLine(name)}: ${told.title}`);
    expect(event!.description).toContain(told.body);
    expect(event!.component.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(next!.uid).toBe('z');
    expect(more).toEqual([]);
  };

  test('come out as they went in', () => {
    fc.assert(fc.property(hostile, hostile, hostile, expectRoundTrip), { numRuns: 300 });
  });

  test.each([
    ['10 kB of letters', 'x'.repeat(10_000)],
    ['10 kB of emoji', '🎉'.repeat(2500)],
    ['10 kB of what must be escaped', ';,\\'.repeat(3400)],
    ['10 kB of events', 'BEGIN:VEVENT END:VEVENT '.repeat(420)],
  ])('also %s', (_, words) => {
    expectRoundTrip('Acme', words, words);
  });
});

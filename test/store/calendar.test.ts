import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CalendarEntry } from '../../src/calendar.ts';
import { newFolder, storeIn } from './open.ts';

const PAGE = 'https://status.acme.example';

const entry: CalendarEntry = {
  id: '__proto__',
  platform: null,
  uid: 'acme.m1@pingoru',
  sequence: 2,
  stamp: '2026-03-10T11:00:00Z',
  title: 'Work',
  status: 'scheduled',
  startsAt: '2026-03-12T10:00:00Z',
  endsAt: '2026-03-12T12:00:00Z',
  endTold: true,
  components: [{ id: '1', name: 'API', group: 'Core' }],
  body: '',
  url: null,
  cancelledAt: null,
  missingSince: null,
};

const stored = (more: object) => JSON.stringify({ schemaVersion: 1, pages: [[PAGE, [{ ...entry, ...more }]]] });

describe('calendar.json', () => {
  test('keeps entries as they are, for the user’s eyes only, and apart from what watch has seen', async () => {
    const folder = newFolder();
    await storeIn(folder).changeCalendar(({ pages }) => pages.set(PAGE, [entry]));
    const pages = await storeIn(folder).changeCalendar((calendar) => [...calendar.pages]);
    expect(pages).toEqual([[PAGE, [entry]]]);
    expect(readdirSync(folder)).toEqual(['calendar.json']);
    expect(statSync(`${folder}/calendar.json`).mode & 0o777).toBe(0o600);
  });

  test('is not written when nothing changed', async () => {
    const store = storeIn(newFolder());
    await store.changeCalendar(({ pages }) => pages.set(PAGE, [entry]));
    const before = statSync(store.file('calendar.json'), { bigint: true });
    await store.changeCalendar(({ pages }) => pages.set(PAGE, [{ ...entry }]));
    expect(statSync(store.file('calendar.json'), { bigint: true })).toEqual(before);
  });

  test.each([
    ['cut', stored({}).slice(0, 80)],
    ['of no version', '{"pages":[]}'],
    ['with a time that is none', stored({ startsAt: 'soon' })],
    ['with a sequence that is none', stored({ sequence: '2' })],
    ['with components that are none', stored({ components: [null] })],
    ['with an entry that is none', JSON.stringify({ schemaVersion: 1, pages: [[PAGE, [null]]] })],
  ])('%s is set aside, and begun anew', async (_, text) => {
    const store = storeIn(newFolder());
    writeFileSync(store.file('calendar.json'), text, { mode: 0o600 });
    expect(await store.changeCalendar(({ pages }) => pages.size)).toBe(0);
    expect(store.warnings).toEqual([expect.stringContaining('calendar.json was broken; it is kept as')]);
    const aside = readdirSync(store.paths.state).find((name) => name.startsWith('calendar.corrupt-'));
    expect(readFileSync(store.file(aside!), 'utf8')).toBe(text);
  });
});

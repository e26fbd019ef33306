/** Every text and document the program prints of what vendors say, and what must not be in it. */
import ICAL from 'ical.js';
import { expect } from 'vitest';
import type { CalendarEntry } from '../../src/calendar.ts';
import {
  detectDocument,
  eventToJson,
  incidentsDocument,
  listDocument,
  providerIncidentsToJson,
  providerStatusToJson,
  providersDocument,
  showDocument,
  statusDocument,
} from '../../src/json.ts';
import { renderAgenda } from '../../src/render/agenda.ts';
import { renderIcs } from '../../src/render/ics.ts';
import { renderIncident } from '../../src/render/incident.ts';
import { renderIncidentMarkdown } from '../../src/render/markdown.ts';
import { renderIncidentList, renderProviders, renderStatusTable } from '../../src/render/table.ts';
import { renderEvent, renderEventPlain, renderHeader } from '../../src/render/terminal.ts';
import { cleanLine, cleanText, safeUrl } from '../../src/text.ts';
import { summarySentence } from '../../src/words.ts';
import { expectToFit, NOW, view } from '../render/views.ts';
import { type SchemaName, validate } from '../schema.ts';
import { isSound, type World } from './world.ts';

export function readOutputs(world: World): void {
  readTerminal(world);
  readPlain(world);
  readMarkdown(world);
  readCalendar(world);
  readJson(world);
}

function statusOf({ provider, incident, maintenance, events }: World) {
  const { components } = incident;
  const [incidents, maintenances] = [[incident], [maintenance]];
  const description = incident.title;
  const error = events.find((event) => event.error)!.error;
  const of = { provider, description, readAt: NOW, components, incidents, maintenances };
  return [
    { ...of, state: 'major_outage' as const, error: null },
    { ...of, state: 'unknown' as const, error },
  ];
}

function readTerminal(world: World): void {
  const { provider, incident, maintenance, events } = world;
  const header = { provider, platform: incident.title, state: 'unknown', open: [incident], recordedBy: null } as const;
  for (const width of [40, 100]) {
    const reader = view(width);
    const texts = [
      ...events.map((event) => renderEvent(event, reader)),
      ...statusOf(world).map((status) => renderHeader({ ...header, error: status.error }, reader)),
      renderStatusTable(statusOf(world), reader),
      renderIncident({ provider, incident, firstSeenAt: NOW }, reader),
      renderIncidentList([{ provider, incidents: [incident, maintenance] }], reader),
      renderProviders([provider], reader),
      renderAgenda([{ provider, incidents: [maintenance] }], reader),
    ];
    for (const text of texts) expectToFit(text, reader);
  }
}

/** For a pipe: an event is one line, and what belongs to it is indented. */
function readPlain({ events }: World): void {
  for (const event of events) {
    const text = renderEventPlain(event, view(null));
    expectToFit(text, view(null));
    const [first, ...rest] = text.trimEnd().split('\n');
    expect(first).toMatch(/^\S/);
    for (const line of rest) expect(line).toMatch(/^ {4}/);
  }
}

function readMarkdown({ provider, incident }: World): void {
  const text = renderIncidentMarkdown({ provider, incident, firstSeenAt: null }, view(null));
  expectToFit(text.replaceAll('\u2060', ''), view(null));
  expect(text.match(/^#{1,6} /gm)).toHaveLength(5);
  const own = [...text.matchAll(/(?<!\\)(?:\\\\)*<([^<>]*)>/g)].map((link) => link[1]);
  expect(own).toEqual([safeUrl(incident.url)].filter((url) => url !== null));
  const bare = text.replace(/<[^<>]*>$/gm, '').replace(/\\[^\n]/g, '¤');
  expect(bare).not.toMatch(/[`<[\]]|:\/\/|^\s*(?:>|\d+[.)] |[*_]{3}|={2})/m);
  expect(bare).not.toMatch(/@\w/);
}

function readCalendar({ provider, maintenance }: World): void {
  const { id, title, components, updates, url } = maintenance;
  const entry: CalendarEntry = {
    id,
    platform: provider.platform,
    uid: 'acme.m1@pingoru',
    sequence: 0,
    stamp: '2026-03-10T11:00:00Z',
    title: cleanLine(title),
    status: 'scheduled',
    startsAt: '2026-03-12T10:00:00Z',
    endsAt: '2026-03-12T12:00:00Z',
    endTold: true,
    components,
    body: cleanText(updates.at(-1)!.body).trim(),
    url: safeUrl(url),
    cancelledAt: null,
    missingSince: null,
  };
  const text = renderIcs([{ name: provider.name, entries: [entry, { ...entry, uid: 'acme.m2@pingoru' }] }]);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\0-\x08\x0A-\x1F\x7F]/);
  const calendar = new ICAL.Component(ICAL.parse(text));
  expect(calendar.getAllSubcomponents().map(({ name }) => name)).toEqual(['vevent', 'vevent']);
  for (const event of calendar.getAllSubcomponents()) {
    expect(event.getAllSubcomponents()).toEqual([]);
    const names = event.getAllProperties().map(({ name }) => name);
    expect(names.filter((name) => /^(?:attach|attendee|organizer|rrule|x-.*)$/.test(name))).toEqual([]);
    expect(event.getFirstPropertyValue('status')).toBe('CONFIRMED');
    expect(event.getFirstPropertyValue('url') === null).toBe(entry.url === null);
  }
}

/** Documents as they are printed: one that parses, of its schema, and without a raw control. */
function readJson(world: World): void {
  const { provider, incident, maintenance, events } = world;
  const { error } = events.find((event) => event.error)!;
  const listed = providerIncidentsToJson({ provider, incidents: [incident, maintenance], error });
  const page = { url: provider.url, platform: 'page', title: incident.title, proof: incident.title, document: false };
  const documents: [SchemaName, unknown][] = [
    ...events.map((event): [SchemaName, unknown] => ['event', eventToJson(event)]),
    ['status', statusDocument({ checkedAt: NOW, providers: statusOf(world).map(providerStatusToJson) })],
    ['incidents', incidentsDocument({ checkedAt: NOW, providers: [listed] })],
    [
      'show',
      showDocument({
        provider,
        incident,
        summary: summarySentence(provider, incident, { now: NOW }),
        firstSeenAt: null,
      }),
    ],
    ['providers', providersDocument([{ ...provider, domain: null }])],
    ['detect', detectDocument({ ...page, endpoints: [], lists: 'open', reads: null, redirects: [] })],
    [
      'list',
      listDocument([{ name: provider.name, url: provider.url, platform: provider.platform, provider: provider.id }]),
    ],
  ];
  for (const [name, document] of documents) {
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/[\0-\x1F]/);
    if (isSound(world)) expect(validate(name, JSON.parse(text))).toEqual([]);
  }
}

/**
 * The components of a StatusCast page, which shows them in one of two ways. A list gives their current status; it is known
 * from what others read of it, and names its components by links as the grid does, if at all. A grid of days gives the
 * worst of each day, of which only the first column, today, is read: unless it is well, it is what an incident has made of
 * it, and one that is over by now leaves nothing known. Part of the statuscast source.
 */
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { AnyNode } from 'domhandler';
import type { Component, ComponentStatus, Incident } from '../model.ts';
import { isClosed, uniqueById } from '../normalize.ts';
import { cleanLine } from '../text.ts';
import { parseIsoTime } from '../time.ts';

type Part = Cheerio<AnyNode>;

const MOST_LEVELS = 10;

/** A row of the grid, and when the day of its first cell begins; null where that is not said (of a day that was well). */
export type Cell = Component & { since: Date | null };

/** Rows follow their parents; `data-path` holds the ids from the root down. The first cell of a row is today's. */
export function readGrid($: CheerioAPI): Cell[] {
  const cells = new Map<AnyNode | null | undefined, AnyNode>();
  for (const mark of $('table.historygrid tr[data-id] > td > i[class*="component-"]').toArray()) {
    const row = mark.parent?.parent;
    if (!cells.has(row)) cells.set(row, mark);
  }
  const names = new Map<string, string>();
  const rows = $('table.historygrid tr[data-id] > td > a.notranslate')
    .toArray()
    .flatMap((link): Cell[] => {
      const parent = link.parent?.parent;
      if (!parent) return [];
      const row = $(parent);
      const id = cleanLine(row.attr('data-id') ?? '');
      const name = cleanLine($(link).text());
      if (id === '' || name === '') return [];
      names.set(id, name);
      const above = (row.attr('data-path') ?? '').split('-').slice(-MOST_LEVELS, -1);
      const group = above.flatMap((ancestor) => names.get(ancestor) ?? []).join(' / ') || null;
      const mark = $(cells.get(parent) ?? parent);
      return [{ id, name, group, status: statusOf(mark), since: parseIsoTime(mark.parent().attr('data-start')) }];
    });
  return uniqueById(rows);
}

/**
 * The components that the list's statuses stand beside. The row of a status is the largest of the three elements around it
 * that holds no other; it names a component when all its links lead to one.
 */
export function readList($: CheerioAPI, marks: readonly Part[]): Component[] {
  const around = marks.map((mark) => mark.parents().slice(0, 3).toArray());
  const shared = new Map<AnyNode, number>();
  for (const element of around.flat()) shared.set(element, (shared.get(element) ?? 0) + 1);
  const rows = new Map<AnyNode, { mark: Part; names: Map<string, string> }>();
  for (const [index, elements] of around.entries()) {
    const row = elements.filter((element) => shared.get(element) === 1).at(-1);
    if (row) rows.set(row, { mark: marks[index]!, names: new Map() });
  }
  for (const element of rows.size > 0 ? $('a[href*="componentId="]').toArray() : []) {
    const row = $(element)
      .parents()
      .slice(0, 6)
      .toArray()
      .find((parent) => rows.has(parent));
    const name = cleanLine($(element).text());
    if (row && name !== '') rows.get(row)!.names.set(idIn($(element)), name);
  }
  return [...rows.values()].flatMap(({ mark, names }): Component[] => {
    const [[id = '', name = ''] = []] = names;
    return names.size === 1 && id !== '' ? [{ id, name, group: null, status: statusOf(mark) }] : [];
  });
}

function idIn(link: Part): string {
  return /[?&]componentId=(\d{1,20})/.exec(link.attr('href') ?? '')?.[1] ?? '';
}

/** Where an incident that was over today explains what today's cell says, of a component or of what is in it. */
export function explained(cells: readonly Cell[], incidents: readonly Incident[]): Component[] {
  const ends = new Map<string, number>();
  for (const { status, updatedAt, components } of incidents)
    for (const name of isClosed(status) && updatedAt !== null ? components.flatMap(namesAbove) : [])
      ends.set(name, Math.max(ends.get(name) ?? 0, updatedAt!.getTime()));
  return cells.map(({ since, ...component }) => {
    const end = ends.get(pathOf(component)) ?? 0;
    const past = component.status !== 'operational' && since !== null && end >= since.getTime();
    return past ? { ...component, status: 'unknown' } : component;
  });
}

function pathOf({ group, name }: Component): string {
  return group === null ? name : `${group} / ${name}`;
}

/** The path of a component, and of all above it. */
function namesAbove(component: Component): string[] {
  const path = pathOf(component);
  const parts = path.split(' / ').slice(0, MOST_LEVELS);
  return [path, ...parts.map((_, index) => parts.slice(0, index + 1).join(' / '))];
}

export function statusOf(mark: Part): ComponentStatus {
  return STATUSES.get(/\bcomponent-([a-z]+)(?![\w-])/.exec(mark.attr('class') ?? '')?.[1] ?? '') ?? 'unknown';
}

const STATUSES = new Map<string, ComponentStatus>([
  ['available', 'operational'],
  // Something was said about it, and nothing is wrong with it.
  ['informational', 'operational'],
  ['monitored', 'degraded_performance'],
  ['monitoring', 'degraded_performance'],
  ['identified', 'degraded_performance'],
  ['investigating', 'degraded_performance'],
  ['degraded', 'degraded_performance'],
  ['maintenance', 'under_maintenance'],
  ['unavailable', 'major_outage'],
]);

/** `pingoru maintenance --ics`: the calendar, on standard output or in a file that calendar programs read. */
import { resolve } from 'node:path';
import { type Calendar, type CalendarEntry, follow, type Look } from '../calendar.ts';
import { isClosed } from '../normalize.ts';
import { type CalendarPage, renderIcs } from '../render/ics.ts';
import { componentMatcher, type Filter } from '../route.ts';
import { loadSource } from '../sources/index.ts';
import { countWords } from '../words.ts';
import type { Context } from './context.ts';
import type { ReadTarget } from './read-all.ts';

interface Asked {
  askedAt: Date;
  /** Events that begin later are left out; null: none is. */
  until: Date | null;
  /** A path; `-` is standard output. */
  out: string;
}

/** Remembers what was read, and writes the calendar of it and of what was remembered of these pages. */
export async function tellCalendar(context: Context, reads: readonly ReadTarget[], asked: Asked): Promise<void> {
  const looks = await Promise.all(reads.map((read) => lookOf(read, asked.askedAt)));
  const known = await context.store.changeCalendar((calendar) => {
    follow(calendar, looks, context.now());
    return looks.map(({ page }) => entriesOf(calendar, page));
  });
  const pages = reads.map(({ target }, index) => ({
    name: target.provider.name,
    entries: known[index]!.filter((entry) => isWanted(entry, context.filter, asked.until)),
  }));
  noteUnreadable(context, reads, known);
  noteUndated(context, reads);
  // A file from before the memory was lost is better than an empty one.
  const nothingKnown = reads.every(({ error }) => error !== null) && known.every((entries) => entries.length === 0);
  if (asked.out === '-') await context.io.out(renderIcs(pages));
  else if (nothingKnown) context.io.note(`pingoru: ${resolve(asked.out)} is left as it is`);
  else save(context, asked.out, pages);
}

async function lookOf({ target, provider, snapshot }: ReadTarget, askedAt: Date): Promise<Look> {
  const source = await loadSource(provider.platform ?? '');
  return {
    page: target.provider.url,
    providerId: target.provider.id,
    platform: provider.platform,
    incidents: snapshot?.incidents ?? null,
    // A feed drops old posts, and what is read from prose or from parts of different age may lack anything.
    showsAll: snapshot !== null && !snapshot.torn && snapshot.confidence !== 'low' && source?.generic !== true,
    askedAt,
  };
}

function entriesOf(calendar: Calendar, page: string): readonly CalendarEntry[] {
  return calendar.pages.get(page) ?? [];
}

/** As `matchesIncident`: what names no component may touch any of them. */
function isWanted({ components, startsAt }: CalendarEntry, filter: Filter, until: Date | null): boolean {
  if (until !== null && new Date(startsAt) > until) return false;
  if (filter.components.length === 0 || components.length === 0) return true;
  const matches = componentMatcher(filter.components);
  return components.some((component) => matches({ ...component, status: 'unknown' }));
}

function save(context: Context, out: string, pages: readonly CalendarPage[]): void {
  const path = resolve(out);
  const events = countWords(pages.flatMap(({ entries }) => entries).length, 'event');
  const changed = context.store.saveDocument(path, renderIcs(pages));
  context.io.note(changed ? `pingoru: wrote ${events} to ${path}` : `pingoru: ${path} is up to date (${events})`);
}

function noteUnreadable({ io }: Context, reads: readonly ReadTarget[], known: readonly (readonly CalendarEntry[])[]) {
  for (const [index, { provider, error }] of reads.entries()) {
    if (!error) continue;
    const count = known[index]!.length;
    const kept = count === 0 ? '' : `; ${countWords(count, 'known event')} stay${count === 1 ? 's' : ''} as before`;
    io.note(`pingoru: ${provider.id} could not be read: ${error.message}${kept}`);
  }
}

function noteUndated({ io }: Context, reads: readonly ReadTarget[]): void {
  for (const { provider, snapshot } of reads)
    for (const { kind, title, status, scheduledFor, startedAt } of snapshot?.incidents ?? [])
      if (kind === 'maintenance' && !isClosed(status) && scheduledFor === null && startedAt === null)
        io.note(`pingoru: ${provider.id}: "${title}" has no date, so no calendar can show it`);
}

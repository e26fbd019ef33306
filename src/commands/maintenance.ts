/** `pingoru maintenance`: what is in progress and what is planned, as an agenda, as JSON or as a calendar. */
import { UsageError } from '../errors.ts';
import type { Incident } from '../model.ts';
import { isClosed, isOpen } from '../normalize.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { incidentsJson, incidentsOf, type ProviderIncidents } from './incidents.ts';
import { narrow } from './narrow.ts';
import { noteUnmatched } from './no-such-component.ts';
import { noteFailures, type ReadTarget, readAll } from './read-all.ts';
import { viewOf } from './view.ts';

interface Options extends ReadingOptions {
  provider?: string[];
  days?: number;
  ics?: boolean;
  out?: string;
}

const DAY_MS = 86_400_000;

export function run(options: Options, words: string[]): Promise<number> {
  const calendar = wantsCalendar(options);
  const asked: ReadingOptions = { ...options, kind: 'maintenance' };
  return withContext(asked, words, { oneShot: true }, async (all) => {
    const context = { ...all, targets: narrow(all, options.provider ?? []) };
    const askedAt = context.now();
    const reads = await readAll(context, 'recent');
    const until = lastBeginning(options, context.now());
    if (calendar) {
      const { tellCalendar } = await import('./calendar.ts');
      await tellCalendar(context, reads, { askedAt, until, out: options.out ?? '-' });
    } else await list(context, reads, until, options);
    noteUnmatched(context, reads);
    return reads.some((read) => read.error !== null) ? EXIT.unknown : EXIT.ok;
  });
}

function wantsCalendar({ ics, json, out }: Options): boolean {
  if (out !== undefined && !ics && !/\.ics$/i.test(out))
    throw new UsageError(
      `--out "${out}": only a calendar is written to a file; add --ics, or give a name that ends in .ics`,
    );
  const calendar = ics === true || out !== undefined;
  if (calendar && json) throw new UsageError('--json and --ics are two documents; ask for one of them');
  return calendar;
}

/** What begins later is left out; null: nothing is. */
function lastBeginning({ days }: Options, now: Date): Date | null {
  return days === undefined ? null : new Date(now.getTime() + days * DAY_MS);
}

async function list(
  context: Context,
  reads: readonly ReadTarget[],
  until: Date | null,
  options: Options,
): Promise<void> {
  const now = context.now();
  const keep = (incident: Incident) => isAhead(incident, now) && beginsBy(incident, until);
  const providers = reads.map((read) => incidentsOf(read, context.filter, keep));
  if (options.json) return context.io.out(incidentsJson(providers, now));
  await context.io.out(await agenda(providers, context, options));
  noteFailures(context, reads);
}

/** Not over. Where its phase is not told: recent, or its time has not passed. */
function isAhead(incident: Incident, now: Date): boolean {
  const end = incident.scheduledUntil ?? incident.scheduledFor;
  return !isClosed(incident.status) && (isOpen(incident, now) || (end !== null && end >= now));
}

function beginsBy({ status, scheduledFor, startedAt }: Incident, until: Date | null): boolean {
  if (until === null || status === 'in_progress' || status === 'verifying') return true;
  const begin = scheduledFor ?? startedAt;
  return begin !== null && begin <= until;
}

async function agenda(providers: readonly ProviderIncidents[], context: Context, { days }: Options): Promise<string> {
  const { renderAgenda } = await import('../render/agenda.ts');
  const { components } = context.filter;
  const of = components.length === 0 ? '' : ` for '${components.join("' or '")}'`;
  const within = days === undefined ? '' : ` within ${days === 1 ? 'a day' : `${days} days`}`;
  const readable = providers.filter(({ error }) => error === null);
  return renderAgenda(readable, await viewOf(context), `${of}${within}`);
}

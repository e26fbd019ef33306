/** `pingoru incidents`: recent and open incidents, newest first. */
import { UsageError } from '../errors.ts';
import { incidentsDocument, providerIncidentsToJson } from '../json.ts';
import type { Incident, Provider, ReadFailure } from '../model.ts';
import { isOpen, newestFirst } from '../normalize.ts';
import { type Filter, matchesIncident } from '../route.ts';
import { parseSince } from '../time.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { noteUnmatched } from './no-such-component.ts';
import { noteFailures, type ReadTarget, readAll } from './read-all.ts';
import { viewOf } from './view.ts';

interface Options extends ReadingOptions {
  open?: boolean;
  since?: string;
}

export function run(options: Options, words: string[]): Promise<number> {
  const now = new Date();
  const since = sinceOf(options, now);
  const keep = (incident: Incident) =>
    (options.kind || incident.kind === 'incident') &&
    (!options.open || isOpen(incident, now)) &&
    (since === null || (incident.resolvedAt ?? incident.updatedAt ?? now) >= since || isOpen(incident, now));
  return withContext(options, words, { oneShot: true }, async (context) => {
    const reads = await readAll(context, 'recent');
    const providers = reads.map((read) => incidentsOf(read, context.filter, keep));
    await context.io.out(options.json ? incidentsJson(providers, context.now()) : await list(providers, context));
    noteUnmatched(context, reads);
    if (!options.json) noteFailures(context, reads);
    return reads.some((read) => read.error !== null) ? EXIT.unknown : EXIT.ok;
  });
}

/** What one page lists, after the filters. */
export interface ProviderIncidents {
  provider: Provider;
  incidents: Incident[];
  error: ReadFailure | null;
}

function sinceOf(options: Options, now: Date): Date | null {
  if (options.since === undefined) return null;
  const since = parseSince(options.since, now);
  if (!since)
    throw new UsageError(`--since "${options.since}" is no time; write 2h, 3d, 2026-11-20 or 2026-11-20T10:00Z`);
  return since;
}

/** What `keep` and the filter let through of one read. */
export function incidentsOf(
  read: ReadTarget,
  filter: Filter,
  keep: (incident: Incident) => boolean,
): ProviderIncidents {
  const all = read.snapshot?.incidents ?? [];
  const incidents = newestFirst(all.filter((incident) => keep(incident) && matchesIncident(incident, filter)));
  return { provider: read.provider, incidents, error: read.error };
}

/** The document of `incidents --json` and `maintenance --json`. */
export function incidentsJson(providers: readonly ProviderIncidents[], checkedAt: Date): string {
  return `${JSON.stringify(incidentsDocument({ checkedAt, providers: providers.map(providerIncidentsToJson) }))}\n`;
}

async function list(providers: readonly ProviderIncidents[], context: Context): Promise<string> {
  const { renderIncidentList } = await import('../render/lists.ts');
  const readable = providers.filter(({ error }) => error === null);
  return renderIncidentList(readable, await viewOf(context));
}

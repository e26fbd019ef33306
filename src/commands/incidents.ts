/** `pingoru incidents`: recent and open incidents, newest first. */
import { UsageError } from '../errors.ts';
import { incidentsDocument, providerIncidentsToJson } from '../json.ts';
import type { Incident, Provider, ReadFailure } from '../model.ts';
import { isOpen, newestFirst } from '../normalize.ts';
import { applyFilter, matchesIncident } from '../route.ts';
import { parseSince } from '../time.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { noSuchComponent } from './no-such-component.ts';
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
  return withContext(options, words, { oneShot: true }, (context) =>
    listIncidents(context, options.json === true, keep),
  );
}

interface ProviderIncidents {
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

/** Reads, keeps what `keep` and the filter let through, and prints it. */
export async function listIncidents(
  context: Context,
  json: boolean,
  keep: (incident: Incident) => boolean,
  render: 'incidents' | 'maintenance' = 'incidents',
): Promise<number> {
  const reads = await readAll(context, 'recent');
  const providers = reads.map((read) => incidentsOf(read, context, keep));
  if (json)
    await context.io.out(
      `${JSON.stringify(incidentsDocument({ checkedAt: context.now(), providers: providers.map(providerIncidentsToJson) }))}\n`,
    );
  else await context.io.out(await lists(providers, context, render));
  noteUnmatched(context, reads);
  const failed = reads.some((read) => read.error !== null);
  if (!json) noteFailures(context, reads);
  return failed ? EXIT.unknown : EXIT.ok;
}

/** A typing error in a filter looks like calm, so it is said. */
function noteUnmatched(context: Context, reads: readonly ReadTarget[]): void {
  if (context.filter.components.length === 0) return;
  for (const { provider, snapshot } of reads) {
    if (!snapshot || snapshot.components.length === 0 || applyFilter(snapshot, context.filter)) continue;
    context.io.note(`pingoru: ${provider.id}: ${noSuchComponent(snapshot.components, context.filter).message}`);
  }
}

function incidentsOf(read: ReadTarget, context: Context, keep: (incident: Incident) => boolean): ProviderIncidents {
  const all = read.snapshot?.incidents ?? [];
  const incidents = newestFirst(all.filter((incident) => keep(incident) && matchesIncident(incident, context.filter)));
  return { provider: read.provider, incidents, error: read.error };
}

async function lists(providers: readonly ProviderIncidents[], context: Context, render: 'incidents' | 'maintenance') {
  const { renderIncidentList, renderMaintenanceList } = await import('../render/table.ts');
  return (render === 'incidents' ? renderIncidentList : renderMaintenanceList)(providers, await viewOf(context));
}

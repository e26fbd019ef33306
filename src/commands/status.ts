/** `pingoru status`: what the pages say now, and an exit code that says it to scripts. */
import { type ProviderStatus, providerStatusToJson, statusDocument } from '../json.ts';
import type { PageState } from '../model.ts';
import { isOpen } from '../normalize.ts';
import { applyFilter, type Filter } from '../route.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { noSuchComponent } from './no-such-component.ts';
import { type ReadTarget, readAll } from './read-all.ts';
import { viewOf } from './view.ts';

type FailOn = 'degraded' | 'outage' | 'never';

interface Options extends ReadingOptions {
  failOn: FailOn;
}

export function run(options: Options, words: string[]): Promise<number> {
  return withContext(options, words, { oneShot: true }, async (context) => {
    const reads = await readAll(context, 'now');
    const checkedAt = context.now();
    const providers = reads.map((read) => statusOf(read, context.filter, checkedAt));
    const document = statusDocument({ checkedAt, providers: providers.map(providerStatusToJson) });
    await context.io.out(options.json ? `${JSON.stringify(document)}\n` : await table(providers, context));
    return exitCode(document.state, options.failOn);
  });
}

/** The exit code of a state. What could not be read fails unless nothing shall. */
export function exitCode(state: PageState, failOn: FailOn): number {
  if (failOn === 'never') return EXIT.ok;
  switch (state) {
    case 'operational':
      return EXIT.ok;
    case 'maintenance':
    case 'degraded':
      return failOn === 'outage' ? EXIT.ok : EXIT.degraded;
    case 'partial_outage':
    case 'major_outage':
      return EXIT.outage;
    case 'unknown':
      return EXIT.unknown;
  }
}

function statusOf(read: ReadTarget, filter: Filter, readAt: Date): ProviderStatus {
  const shown = read.snapshot && applyFilter(read.snapshot, filter);
  if (read.snapshot && !shown) return unknownStatus(read, noSuchComponent(read.snapshot.components, filter), readAt);
  if (!shown) return unknownStatus(read, read.error!, null);
  const open = shown.incidents.filter((incident) => isOpen(incident, readAt));
  return {
    provider: read.provider,
    state: shown.state,
    description: shown.description,
    readAt,
    components: shown.components,
    incidents: open.filter((incident) => incident.kind === 'incident'),
    maintenances: open.filter((incident) => incident.kind === 'maintenance'),
    error: shown.state === 'unknown' ? NOT_TOLD : null,
    ...(shown.confidence && { confidence: shown.confidence }),
  };
}

const NOT_TOLD = { code: 'not_told', message: 'it says nothing about how it stands now' };

function unknownStatus(read: ReadTarget, error: NonNullable<ReadTarget['error']>, readAt: Date | null): ProviderStatus {
  const { provider } = read;
  return {
    provider,
    state: 'unknown',
    description: '',
    readAt,
    components: [],
    incidents: [],
    maintenances: [],
    error,
  };
}

async function table(providers: readonly ProviderStatus[], context: Context): Promise<string> {
  const { renderStatusTable } = await import('../render/lists.ts');
  return renderStatusTable(providers, await viewOf(context));
}

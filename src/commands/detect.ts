/** `pingoru detect`: which platform serves a page, the proof, and what can be read from it. */
import type { Detection } from '../detect.ts';
import { FetchError, ParseError } from '../errors.ts';
import { type DetectedPage, detectDocument } from '../json.ts';
import type { Snapshot } from '../model.ts';
import { detectFirst } from '../open.ts';
import { readPage } from '../read.ts';
import { type Context, onlyTarget, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';

export function run(options: ReadingOptions, words: string[]): Promise<number> {
  return withContext(options, words, { oneShot: true }, async (context) => {
    const { provider, guesses } = onlyTarget(context, words[0]!);
    const detection = await detectFirst([provider.url, ...guesses], context.http);
    const { snapshot, failure } = await tryRead(detection, context);
    const found = describe(detection, snapshot);
    if (options.json) await context.io.out(`${JSON.stringify(detectDocument(found))}\n`);
    else await context.io.out(words_(found));
    if (failure) context.io.note(`pingoru: it was recognised, but could not be read: ${failure}`);
    return failure ? EXIT.unknown : EXIT.ok;
  });
}

async function tryRead(
  detection: Detection,
  context: Context,
): Promise<{ snapshot: Snapshot | null; failure: string | null }> {
  try {
    const { source, page, atHand } = detection;
    const read = await readPage(source, page, 'recent', null, { ...context, atHand });
    return { snapshot: read.snapshot, failure: null };
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return { snapshot: null, failure: error.message };
    throw error;
  }
}

function describe({ source, page, proof, redirects }: Detection, snapshot: Snapshot | null): DetectedPage {
  const incidents = snapshot?.incidents ?? [];
  return {
    url: page.url,
    platform: source.name,
    title: source.title,
    proof,
    document: page.document,
    endpoints: source.endpoints,
    lists: snapshot?.lists ?? source.lists,
    reads: snapshot && {
      components: snapshot.components.length,
      incidents: incidents.filter((one) => one.kind === 'incident').length,
      maintenances: incidents.filter((one) => one.kind === 'maintenance').length,
      updates: incidents.reduce((sum, one) => sum + one.updates.length, 0),
    },
    redirects,
  };
}

function words_(found: DetectedPage): string {
  const lines = [
    `${found.url} is served by ${found.title} (${found.platform}): ${found.proof}.`,
    found.document ? 'The address is that of the data itself; it is read as one document.' : '',
    found.redirects.length > 0 ? `Redirected: ${found.redirects.join(' -> ')}` : '',
    found.reads
      ? `Read from it: ${found.reads.components} components, ${found.reads.incidents} incidents, ${found.reads.maintenances} maintenances, ${found.reads.updates} updates.`
      : '',
    found.lists === 'recent' ? 'It lists open and recent incidents.' : 'It lists open incidents only.',
  ];
  return `${lines.filter(Boolean).join('\n')}\n`;
}

/** `pingoru show`: one incident in full. */
import { firstSeenAt } from '../diff/seen.ts';
import { showDocument } from '../json.ts';
import type { Incident, Provider } from '../model.ts';
import { readTarget } from '../open.ts';
import { cleanLine } from '../text.ts';
import { summarySentence } from '../words.ts';
import { type Context, onlyTarget, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { chooseIncident, splitAddress } from './find-incident.ts';
import { viewOf } from './view.ts';

interface Options extends ReadingOptions {
  format: 'text' | 'markdown' | 'json';
}

export function run(options: Options, words: string[]): Promise<number> {
  const format = options.json ? 'json' : options.format;
  const { target, wanted } = splitAddress(words[0]!, words.slice(1).join(' ') || null);
  return withContext(options, [target], { oneShot: true }, async (context) => {
    const first = onlyTarget(context, target);
    const { opened, read } = await readTarget(first, 'recent', context);
    const incident = chooseIncident(read.snapshot!.incidents, wanted, opened.provider, context.now());
    if (!incident) {
      await tellNone(opened.provider, format, context);
      return EXIT.ok;
    }
    const record = (await context.store.state()).pages.get(first.provider.url);
    const shown = {
      provider: opened.provider,
      incident,
      firstSeenAt: record ? firstSeenAt(record, incident.id) : null,
    };
    await context.io.out(await rendered(shown, format, context));
    return EXIT.ok;
  });
}

/** A program is handed a document all the same. */
async function tellNone(provider: Provider, format: Options['format'], { io }: Context): Promise<void> {
  const words = `${cleanLine(provider.name)} lists no incident of late`;
  const none = { provider, incident: null, summary: `${words}.`, firstSeenAt: null };
  if (format === 'json') await io.out(`${JSON.stringify(showDocument(none))}\n`);
  else io.note(`pingoru: ${words} (${provider.url})`);
}

interface Shown {
  provider: Provider;
  incident: Incident;
  firstSeenAt: Date | null;
}

async function rendered(shown: Shown, format: Options['format'], context: Context): Promise<string> {
  switch (format) {
    case 'json': {
      const summary = summarySentence(shown.provider, shown.incident, { now: context.now() });
      return `${JSON.stringify(showDocument({ ...shown, summary }))}\n`;
    }
    case 'markdown':
      return (await import('../render/markdown.ts')).renderIncidentMarkdown(shown, await viewOf(context));
    case 'text':
      return (await import('../render/incident.ts')).renderIncident(shown, await viewOf(context));
  }
}

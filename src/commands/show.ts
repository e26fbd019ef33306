/** `pingoru show`: one incident in full. */
import { findProvider, nearest } from '../catalogue/index.ts';
import { firstSeenAt } from '../diff/seen.ts';
import { UsageError } from '../errors.ts';
import { showDocument } from '../json.ts';
import { summarySentence } from '../message.ts';
import type { Incident, Provider } from '../model.ts';
import { isClosed, isOpen, isUnderWay, newestFirst } from '../normalize.ts';
import { readTarget } from '../open.ts';
import { type Context, type ReadingOptions, withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { viewOf } from './view.ts';

interface Options extends ReadingOptions {
  format: 'text' | 'markdown' | 'json';
}

export function run(options: Options, words: string[]): Promise<number> {
  const format = options.json ? 'json' : options.format;
  const { target, wanted } = splitAddress(words[0]!, words.slice(1).join(' ') || null);
  return withContext(options, [target], { oneShot: true }, async (context) => {
    const first = context.targets[0]!;
    const { opened, read } = await readTarget(first, 'recent', context);
    const incident = choose(read.snapshot!.incidents, wanted, opened.provider, context.now());
    if (!incident) {
      context.io.note(`pingoru: ${opened.provider.name} lists no incident of late (${opened.provider.url})`);
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

/** The address of an incident is its page's address, `/incidents/` or `/incident/` or `/maintenance/`, and its id. */
function splitAddress(word: string, wanted: string | null): { target: string; wanted: string | null } {
  const match =
    /^(https?:\/\/[^?#]+?)\/(?:incidents?|maintenances?|notices|events\/(?:report|maintenance)|issues)\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(
      word,
    );
  if (!match || wanted !== null || /\.(?:json|atom|rss|xml)$/.test(word)) return { target: word, wanted };
  return { target: match[1]!, wanted: match[2]! };
}

/** Of what is planned, the first: newest first, it is the last. */
function soonest(newestFirst: readonly Incident[]): Incident | null {
  return newestFirst.findLast((one) => !isClosed(one.status)) ?? null;
}

/** By id, by the end of its address, by words of its title; without any, the newest open one or else the newest. */
function choose(incidents: readonly Incident[], wanted: string | null, provider: Provider, now: Date): Incident | null {
  const sorted = newestFirst(incidents);
  if (wanted === null) {
    const real = sorted.filter((one) => one.kind === 'incident');
    return (
      real.find((one) => isOpen(one, now)) ?? real[0] ?? sorted.find(isUnderWay) ?? soonest(sorted) ?? sorted[0] ?? null
    );
  }
  const text = wanted.toLowerCase().replace(/\s+/g, ' ').trim();
  const found =
    sorted.find((one) => one.id === wanted || one.url.toLowerCase().endsWith(`/${text}`)) ??
    sorted.find((one) => one.title.toLowerCase().includes(text));
  if (found) return found;
  const near = nearest(
    wanted,
    sorted.map((one) => one.title),
  ).slice(0, 3);
  const hint =
    near.length > 0
      ? `nearest: ${near.join(' | ')}`
      : `list them with: pingoru incidents ${findProvider(provider.id) ? provider.id : provider.url}`;
  throw new UsageError(`${provider.name} lists no incident "${wanted}"; ${hint}`);
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

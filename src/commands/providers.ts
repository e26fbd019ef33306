/** `pingoru providers`: a search of the catalogue. */
import { searchProviders } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import { providerCountDocument, providersDocument } from '../json.ts';
import { platforms } from '../sources/index.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, openIo } from './io.ts';
import { viewOf } from './view.ts';

interface Options extends GlobalOptions {
  json?: boolean;
  platform?: string;
  count?: boolean;
}

/** Found nothing is no failure: exit code 0, and a word on standard error. */
export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  if (options.platform && !platforms.includes(options.platform))
    throw new UsageError(`there is no platform "${options.platform}"; known: ${platforms.join(', ')}`);
  const query = words.join(' ');
  const rows = searchProviders(query).filter((row) => !options.platform || row.platform === options.platform);
  if (options.count)
    await io.out(options.json ? `${JSON.stringify(providerCountDocument(rows.length))}\n` : `${rows.length}\n`);
  else if (options.json) await io.out(`${JSON.stringify(providersDocument(rows))}\n`);
  else if (rows.length > 0) {
    const { renderProviders } = await import('../render/lists.ts');
    await io.out(renderProviders(rows, await viewOf({ io, now: () => new Date() })));
  } else io.note(`pingoru: no provider matches "${query}"; a page can also be watched by its address`);
  return EXIT.ok;
}

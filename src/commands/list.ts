/** `pingoru list`: the watch list. */
import { listDocument } from '../json.ts';
import { fromEntry } from '../targets.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';
import { viewOf } from './view.ts';

interface Options extends GlobalOptions {
  json?: boolean;
}

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { watch } = await store.config();
  if (options.json) await io.out(`${JSON.stringify(listDocument(watch))}\n`);
  else if (watch.length === 0) io.note('the watch list is empty; add a page with: pingoru add github');
  else {
    const { renderProviders } = await import('../render/lists.ts');
    const providers = watch.map((entry) => fromEntry(entry).provider);
    const found = await Promise.all(providers.map((one) => store.platformOf(one.url)));
    const known = providers.map((one, index) => ({ ...one, platform: one.platform ?? found[index]?.platform ?? null }));
    await io.out(renderProviders(known, await viewOf({ io, now: () => new Date() })));
  }
  return EXIT.ok;
}

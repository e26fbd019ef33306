/** `pingoru group edit`. */
import { UsageError } from '../../errors.ts';
import type { RawObject } from '../../raw.ts';
import type { Group } from '../../route/group.ts';
import { parseGroup, readRouting } from '../../routing.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';
import { applyFlags, type GroupFlags } from './flags.ts';
import { checkGroup, sentenceOf } from './put.ts';

export async function run(options: GlobalOptions & GroupFlags, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const name = words[0]!;
  let group: Group | null = null;
  await store.changeConfig((config) => {
    named(name, 'group', readRouting(config).groups);
    const index = config.groups.findIndex((group) => group.name === name);
    const before = parseGroup(config.groups[index], `groups[${index}]`);
    const entry = applyFlags(before, options);
    if (JSON.stringify(entry) === JSON.stringify(applyFlags(before, {})))
      throw new UsageError('nothing of it would change; say what should, for example --severity major,critical');
    group = checkGroup(entry, name, config);
    config.groups[index] = entry as RawObject;
  });
  io.note(await sentenceOf(group!));
  return EXIT.ok;
}

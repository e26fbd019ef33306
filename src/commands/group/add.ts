/** `pingoru group add`. */
import { UsageError } from '../../errors.ts';
import type { RawObject } from '../../raw.ts';
import type { Group } from '../../route/group.ts';
import { readRouting } from '../../routing.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { demandName } from '../names.ts';
import { openOwnStore } from '../own-store.ts';
import { applyFlags, type GroupFlags } from './flags.ts';
import { checkGroup, sentenceOf } from './put.ts';

export async function run(options: GlobalOptions & GroupFlags, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const name = words[0]!;
  demandName(name, 'group');
  const entry = applyFlags({ name, channels: [] }, options);
  let group: Group | null = null;
  await store.changeConfig((config) => {
    const { groups, channels } = readRouting(config);
    if (groups.some((group) => group.name === name))
      throw new UsageError(`there is a group "${name}" already; change it with: pingoru group edit ${name}`);
    if ((entry.channels as string[]).length === 0) throw new UsageError(withoutChannel(channels));
    group = checkGroup(entry, name, config);
    config.groups.push(entry as RawObject);
  });
  io.note(await sentenceOf(group!));
  return EXIT.ok;
}

function withoutChannel(channels: readonly { name: string }[]): string {
  if (channels.length === 0) return 'there is no channel to tell yet; make one with: pingoru channel add <name> <type>';
  return `--channel is missing: who is told; there ${channels.length === 1 ? 'is' : 'are'} ${channels.map(({ name }) => name).join(', ')}`;
}

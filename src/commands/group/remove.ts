/** `pingoru group remove`. */
import { readRouting } from '../../routing.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';

export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const name = words[0]!;
  let silent: string[] = [];
  await openOwnStore(io).changeConfig((config) => {
    const { groups } = readRouting(config);
    const gone = named(name, 'group', groups);
    const others = groups.filter((group) => group !== gone);
    silent = gone.channels.filter((channel) => !others.some(({ channels }) => channels.includes(channel)));
    config.groups = config.groups.filter((group) => group.name !== name);
  });
  io.note(`the group "${name}" is removed`);
  for (const channel of silent) io.note(`no group tells the channel "${channel}" anything any more`);
  return EXIT.ok;
}

/** `pingoru group list`: the groups, with what is meant where config.json says nothing. */
import { groupsDocument } from '../../json-alerts.ts';
import { DEFAULT_EVENTS } from '../../route/group.ts';
import { groupToJson, readRouting } from '../../routing.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { openOwnStore } from '../own-store.ts';
import { viewOf } from '../view.ts';

interface Options extends GlobalOptions {
  json?: boolean;
}

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const groups = readRouting(await openOwnStore(io).config()).groups.map(groupToJson);
  if (options.json) await io.out(`${JSON.stringify(groupsDocument(groups))}\n`);
  else if (groups.length === 0)
    io.note('there is no group yet; the first channel makes one: pingoru channel add <name> <type>');
  else {
    const { renderGroups } = await import('../../render/lists.ts');
    await io.out(renderGroups(groups, DEFAULT_EVENTS, await viewOf({ io, now: () => new Date() })));
  }
  return EXIT.ok;
}

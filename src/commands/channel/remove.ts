/** `pingoru channel remove`: a channel and all that was kept for it. */
import type { ChannelEntry, Config } from '../../record.ts';
import type { Store } from '../../store.ts';
import { countWords } from '../../words.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { giveUp, titleOf } from '../owed.ts';
import { openOwnStore } from '../own-store.ts';
import { dropSecrets } from './secrets.ts';

const MOST_TITLES = 5;

export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const name = words[0]!;
  const { entry, groups, config } = await takeOut(name, store);
  const owed = await forget(name, store);
  dropSecrets(entry, config, store);
  io.note(`the channel "${name}" is removed`);
  if (owed.length > 0) {
    io.note(`${countWords(owed.length, 'message')} it was still owed will not be sent:`);
    for (const title of owed.slice(0, MOST_TITLES)) io.note(`  ${title}`);
    if (owed.length > MOST_TITLES) io.note(`  and ${owed.length - MOST_TITLES} more`);
  }
  for (const group of groups.filter(({ left }) => left === 0))
    io.note(
      `the group "${group.name}" tells nobody any more; give it a channel with: pingoru group edit ${group.name} --add-channel <name>`,
    );
  return EXIT.ok;
}

async function takeOut(name: string, store: Store) {
  let entry: ChannelEntry | undefined;
  let groups: { name: string; left: number }[] = [];
  const config = await store.changeConfig((config) => {
    entry = named(name, 'channel', config.channels);
    config.channels = config.channels.filter((one) => one.name !== name);
    groups = leaveGroups(name, config);
  });
  return { entry: entry!, groups, config };
}

/** Returns those it was in, and how many channels each has left. */
function leaveGroups(name: string, config: Config): { name: string; left: number }[] {
  const left: { name: string; left: number }[] = [];
  config.groups = config.groups.map((group) => {
    const { channels } = group;
    if (!Array.isArray(channels) || !channels.includes(name)) return group;
    const others = channels.filter((one) => one !== name);
    left.push({ name: String(group.name), left: others.length });
    return { ...group, channels: others };
  });
  return left;
}

/** Strikes everything the state holds of the channel: another one of that name begins anew. Resolves to the titles of what was owed. */
async function forget(name: string, store: Store): Promise<string[]> {
  const now = new Date();
  return store.commit((state) => {
    const rows = state.outbox.filter(({ channel }) => channel === name);
    const titles = rows.map((row) => titleOf(row, state));
    giveUp(state, rows, 'the channel was removed', now);
    state.stories = state.stories.filter(({ channel }) => channel !== name);
    state.channels.delete(name);
    return titles;
  });
}

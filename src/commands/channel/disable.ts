/** `pingoru channel disable`: nothing goes out through it until it is enabled. */
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';

export async function run(options: GlobalOptions, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { name } = named(words[0]!, 'channel', (await store.config()).channels);
  const at = new Date().toISOString();
  const wasOff = await store.commit(({ channels }) => {
    const record = channels.get(name) ?? { off: null };
    if (record.off) return true;
    channels.set(name, { ...record, off: { reason: 'switched off by hand', at } });
    return false;
  });
  io.note(
    wasOff
      ? `the channel "${name}" was off already`
      : `the channel "${name}" is off; what it is owed is kept until: pingoru channel enable ${name}`,
  );
  return EXIT.ok;
}

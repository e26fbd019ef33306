/** `pingoru channel test`: a sample through the real channel, and what the service truly answered. */
import { laneOf } from '../../alerts.ts';
import type { Receipt } from '../../channel.ts';
import { DeliveryError } from '../../errors.ts';
import { cleanLine } from '../../text.ts';
import { ownZone } from '../../zone.ts';
import { channelIoSource } from '../channel-io.ts';
import { EXIT } from '../exit.ts';
import { type GlobalOptions, openIo } from '../io.ts';
import { named } from '../names.ts';
import { openOwnStore } from '../own-store.ts';
import { type Sample, sampleDelivery } from './sample.ts';

interface Options extends GlobalOptions {
  type: Sample;
}

/** Sends whether the channel is on or off, so that a mended one can be tried before it is switched on. */
export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const entry = named(words[0]!, 'channel', (await store.config()).channels);
  const now = () => new Date();
  const source = channelIoSource(io.zone, now);
  try {
    const { send } = await laneOf(entry, { store, openIo: source.open });
    const receipt = await send(sampleDelivery(entry.name, options.type, now(), io.zone ?? ownZone()));
    await io.out(`${receiptWords(receipt)}\n`);
    if ((await store.state()).channels.get(entry.name)?.off)
      io.note(
        `pingoru: it is switched off for now; what it is owed goes out with: pingoru channel enable ${entry.name}`,
      );
    return receipt.outcome === 'skipped' ? EXIT.undelivered : EXIT.ok;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    io.note(`pingoru: the channel "${entry.name}" did not take it: ${cleanLine(error.message)}`);
    return EXIT.undelivered;
  } finally {
    await source.close();
  }
}

function receiptWords({ outcome, detail }: Receipt): string {
  switch (outcome) {
    case 'delivered':
      return `delivered: ${cleanLine(detail)}`;
    case 'accepted':
      return `accepted, not confirmed: ${cleanLine(detail)}`;
    case 'skipped':
      return `not sent, for this channel has no words for it: ${cleanLine(detail)}`;
  }
}

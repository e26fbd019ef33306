/** The targets of a one-shot command, read at once; one that cannot be read is an answer, not an end. */
import { FetchError, ParseError } from '../errors.ts';
import type { Depth, Provider, ReadFailure, Snapshot } from '../model.ts';
import { readTarget } from '../open.ts';
import type { Target } from '../targets.ts';
import { cleanText } from '../text.ts';
import type { Context } from './context.ts';

export interface ReadTarget {
  target: Target;
  provider: Provider;
  /** Null when it could not be read: `error` then says why. */
  snapshot: Snapshot | null;
  error: ReadFailure | null;
}

export function readAll(context: Context, depth: Depth): Promise<ReadTarget[]> {
  return Promise.all(context.targets.map((target) => readOne(target, context, depth)));
}

async function readOne(target: Target, context: Context, depth: Depth): Promise<ReadTarget> {
  try {
    const { opened, read } = await readTarget(target, depth, context);
    return { target, provider: opened.provider, snapshot: read.snapshot, error: null };
  } catch (error) {
    if (!(error instanceof FetchError || error instanceof ParseError)) throw error;
    if (context.verbose && error.cause)
      context.io.note(cleanText(`pingoru: ${target.provider.id}: ${String(error.cause)}`));
    return {
      target,
      provider: target.provider,
      snapshot: null,
      error: { code: error.code, message: withAddress(error) },
    };
  }
}

/** For commands without a table: what could not be read, a line each on standard error. True when there was any. */
export function noteFailures(context: Context, reads: readonly ReadTarget[]): boolean {
  const failed = reads.filter((read) => read.error !== null);
  for (const { provider, error } of failed)
    context.io.note(`pingoru: ${provider.id} could not be read: ${error!.message}`);
  return failed.length > 0;
}

/** What failed names where: the address asked, unless the message does so already. */
function withAddress(error: FetchError | ParseError): string {
  const { host } = new URL(error.url);
  return error.message.includes(host) ? error.message : `${error.message} (${error.url})`;
}

/** One request and its reply, without redirects: as bytes, under a deadline and a size limit. */
import type { Dispatcher } from 'undici';
import { tooLarge } from './body.ts';
import { explain, fail, type Place } from './failure.ts';

export interface Order {
  method: string;
  headers: Record<string, string>;
  body: string | Buffer | undefined;
  /** What of the deadline is left. */
  budgetMs: number;
  /** The whole deadline, for the words of the error. */
  timeoutMs: number;
  maxBytes: number;
  signal: AbortSignal | undefined;
  place: Place;
  proxied: boolean;
}

export interface RawReply {
  status: number;
  /** Lower-case names, no prototype; values as latin1, so that they go back byte for byte. */
  headers: Record<string, string>;
  body: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Throws FetchError, or the signal's reason. undici's own time-outs begin anew with every byte, its size limit counts
 * compressed bytes, and a signal ends no request that is still connecting: so the clock and the count are kept here.
 */
export function exchange(dispatcher: Dispatcher, target: URL, order: Order): Promise<RawReply> {
  const { method, headers, body, signal, maxBytes, place } = order;
  // Of an object undici first finds out whether it can be walked through, at every request.
  const listed: string[] = [];
  for (const name in headers) listed.push(name, headers[name]!);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const reply: RawReply = { status: 0, headers: {}, body: NO_BYTES };
    const chunks: Buffer[] = [];
    let size = 0;
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const end = (reason: Error): void => {
      if (failure !== undefined) return;
      failure = reason;
      settle();
      controller?.abort(reason);
      reject(reason);
    };
    const stop = (): void => end(signal?.reason);
    const timer = setTimeout(() => end(overdue(order, reply)), order.budgetMs);
    signal?.addEventListener('abort', stop, { once: true });
    dispatcher.dispatch(
      { origin: target.origin, path: target.pathname + target.search, method, headers: listed, body: body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          if (failure !== undefined) started.abort(failure);
        },
        onResponseStart(_, status, received) {
          reply.status = status;
          reply.headers = flatten(received);
          if (Number(reply.headers['content-length']) > maxBytes) end(tooLarge(place, maxBytes));
        },
        onResponseData(_, chunk) {
          size += chunk.length;
          if (size > maxBytes) return end(tooLarge(place, maxBytes));
          chunks.push(chunk);
        },
        onResponseEnd() {
          settle();
          reply.body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
          resolve(reply);
        },
        onResponseError(_, error) {
          end(explain(error, place, order.proxied));
        },
      },
    );
  });
}

function overdue({ place, timeoutMs }: Order, reply: RawReply): Error {
  const what = reply.status === 0 ? 'did not answer' : 'did not finish its answer';
  return fail(place, 'timeout', `${place.host} ${what} within ${timeoutMs / 1000} s`);
}

function flatten(received: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const name in received) {
    const value = received[name];
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

/** What an HTTP answer to a delivery means: one table for all channels, which may know better for a status of their own. */
import { DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import { asObject, type RawObject } from '../raw.ts';
import { LONGEST_WAIT_MS, parseRetryAfter } from '../retry-after.ts';
import { cleanLine, cutGraphemes } from '../text.ts';

/** `false`: another try may succeed. `message`: this message never will. `channel`: none will until somebody acts. */
export type Permanence = DeliveryError['details']['permanent'];

/**
 * The DeliveryError that a reply stands for, null for a 2xx. `service` is what people call who answered, `words` what it says
 * of it, where those are only a part of the reply. No more than their beginning is quoted, redacted where errors are shown.
 */
export function refusalOf(reply: Reply, service: string, now: Date, words = reply.text): DeliveryError | null {
  const { status } = reply;
  if (status >= 200 && status < 300) return null;
  const permanent = permanenceOf(status);
  const retryAfterMs = parseRetryAfter(reply.headers['retry-after'], reply.headers.date, now);
  return new DeliveryError(`${service} ${wordsOf(status)}${quoted(words)}`, {
    permanent,
    status,
    ...(permanent === false && retryAfterMs !== null && { retryAfterMs }),
  });
}

/** For a 2xx that lacks what the service confirms a message with, as one of somebody in between does; `hint`: what may be wrong. */
export function unconfirmed({ status }: Reply, service: string, hint = ''): DeliveryError {
  const what = `${service} did not confirm the message (HTTP ${status})`;
  return new DeliveryError(hint === '' ? what : `${what}: ${hint}`, { permanent: false, status });
}

/** The same refusal, when the service has said in the body how long to wait, or is known to mean so long. */
export function waitingFor(refusal: DeliveryError, retryAfterMs: number | null): DeliveryError {
  return retryAfterMs === null ? refusal : new DeliveryError(refusal.message, { ...refusal.details, retryAfterMs });
}

/** Seconds, as a body or header of the service's own has them, in milliseconds, at most 30 days; null for what is no wait. */
export function waitOf(seconds: unknown): number | null {
  return typeof seconds === 'number' && seconds > 0 ? Math.min(Math.ceil(seconds * 1000), LONGEST_WAIT_MS) : null;
}

/** The JSON object a service answered with; one without fields where it is anything else. */
export function objectOf(reply: Reply): RawObject {
  try {
    return asObject(JSON.parse(reply.text));
  } catch {
    return asObject(null);
  }
}

/** Of what a service or a program says, as much as fits into an error's one line. */
export function firstWords(text: string, most = 200): string {
  return cutGraphemes(cleanLine(text.slice(0, most * 8)), most);
}

function permanenceOf(status: number): Permanence {
  if (status < 200 || status >= 500 || status === 408 || status === 425 || status === 429) return false;
  if (status < 400) return 'channel';
  return status === 401 || status === 403 || status === 404 || status === 410 ? 'channel' : 'message';
}

function wordsOf(status: number): string {
  if (status >= 300 && status < 400) return `sends elsewhere (HTTP ${status}), and a delivery never follows`;
  switch (status) {
    case 401:
    case 403:
      return `does not let this channel in (HTTP ${status})`;
    case 404:
    case 410:
      return `knows no such channel any more (HTTP ${status})`;
    case 429:
      return 'asks for fewer messages (HTTP 429)';
    default:
      return status >= 500 ? `has trouble of its own (HTTP ${status})` : `refused the message (HTTP ${status})`;
  }
}

function quoted(text: string): string {
  const words = firstWords(text, 120);
  return words === '' || words.startsWith('<') ? '' : `: ${words}`;
}

/** What an HTTP answer to a delivery means: one table for all channels, which may know better for a status of their own. */
import { DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import { asObject, type RawObject } from '../raw.ts';
import { parseRetryAfter } from '../retry-after.ts';
import { cleanLine, cutGraphemes } from '../text.ts';

/**
 * The DeliveryError that a reply stands for, null for a 2xx. `service` is what people call who answered; nothing of the
 * reply but its first words is quoted, and those are redacted where errors are shown.
 */
export function refusalOf(reply: Reply, service: string, now: Date): DeliveryError | null {
  const { status } = reply;
  if (status >= 200 && status < 300) return null;
  const permanent = permanenceOf(status);
  const retryAfterMs = parseRetryAfter(reply.headers['retry-after'], reply.headers.date, now);
  return new DeliveryError(`${service} ${wordsOf(status)}${quoted(reply.text)}`, {
    permanent,
    status,
    ...(permanent === false && retryAfterMs !== null && { retryAfterMs }),
  });
}

/** The JSON object a service answered with; one without fields where it is anything else. */
export function objectOf(reply: Reply): RawObject {
  try {
    return asObject(JSON.parse(reply.text));
  } catch {
    return asObject(null);
  }
}

/** `false`: another try may succeed. `message`: this message never will. `channel`: none will until somebody acts. */
function permanenceOf(status: number): DeliveryError['details']['permanent'] {
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
  const words = cutGraphemes(cleanLine(text.slice(0, 1000)), 120);
  return words === '' || words.startsWith('<') ? '' : `: ${words}`;
}

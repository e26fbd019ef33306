/** OAuth 2: access tokens for signing in to a mail server, asked anew when they run out. */
import type { ChannelIo } from '../channel.ts';
import { DeliveryError } from '../errors.ts';
import { asText } from '../raw.ts';
import { firstWords, objectOf, refusalOf } from './answer.ts';
import type { SignIn } from './email-settings.ts';

const SERVICE = 'the service that gives access tokens';
/** A token that is about to run out is not begun with. */
const MARGIN_MS = 60_000;
const USUAL_SECONDS = 3000;

export interface Tokens {
  /** `fresh` is true for one that was asked just now. */
  get(): Promise<{ token: string; fresh: boolean }>;
  /** The server did not want it. */
  forget(): void;
}

export function openTokens(grant: SignIn & { how: 'grant' }, io: ChannelIo): Tokens {
  let kept: { token: string; until: number } | null = null;
  return {
    async get() {
      if (kept && kept.until > io.now().getTime()) return { token: kept.token, fresh: false };
      kept = await askToken(grant, io);
      return { token: kept.token, fresh: true };
    },
    forget() {
      kept = null;
    },
  };
}

/** https://www.rfc-editor.org/rfc/rfc6749#section-6, and section 4.4 for the application itself. */
async function askToken({ accessUrl, form }: SignIn & { how: 'grant' }, io: ChannelIo) {
  const reply = await io.request({
    url: accessUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams(form).toString(),
  });
  const answer = objectOf(reply);
  // What it says in its own words: `invalid_grant: Token has been expired or revoked.`
  const error = [asText(answer.error), asText(answer.error_description)].filter((words) => words !== null).join(': ');
  // It refuses who we are, not a message: a 400 is final until somebody acts.
  if (error !== '' && reply.status < 500 && reply.status !== 429)
    throw refused(`refused this one: ${firstWords(error)}`, 'channel');
  const refusal = refusalOf(reply, SERVICE, io.now());
  if (refusal)
    throw refusal.details.permanent === 'message' ? refused(`answered HTTP ${reply.status}`, 'channel') : refusal;
  const token = asText(answer.access_token);
  if (token === null || /[^\x20-\x7E]/.test(token)) throw refused('answered without one', false);
  const seconds = Number(answer.expires_in) || USUAL_SECONDS;
  return { token, until: io.now().getTime() + seconds * 1000 - MARGIN_MS };
}

function refused(words: string, permanent: false | 'channel'): DeliveryError {
  return new DeliveryError(`${SERVICE} ${words}`, { permanent });
}

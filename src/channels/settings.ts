/** What several channels ask of their settings, where the user is looking. No message quotes a value: it may be the secret. */
import type { Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';

/** A text setting without white space around it; null when it was not given. */
export function textOf(settings: Settings, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' ? value.trim() : null;
}

interface AddressOptions {
  /** Plain http is taken everywhere, for services that people run on a network of their own; else on this machine alone. */
  plain?: boolean;
  /** What the address looks like, where that helps. */
  example?: string;
  /** Where a user name and a password go, when the channel has a place for them. */
  signIn?: string;
}

/** A whole address. Throws ConfigError. */
export function addressOf(settings: Settings, name: string, { plain, example, signIn }: AddressOptions = {}): URL {
  const text = textOf(settings, name) ?? '';
  const looks = example === undefined ? '' : `, as ${example}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text))
    throw new ConfigError(`"${name}" must be a whole address that begins with https://${looks}`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(
      `"${name}" must be without a user name and password before an @${signIn ? `; ${signIn}` : ''}`,
    );
  if (url.protocol === 'http:' && !plain && !isThisMachine(url.hostname))
    throw new ConfigError(`"${name}" must begin with https://: over http:// others on the way could read it`);
  return url;
}

/** The address that a service's paths are put behind, without a slash at its end; `usual` where none was given. */
export function serviceOf(settings: Settings, name: string, usual: string, options: { plain?: boolean } = {}): string {
  if (settings[name] === undefined) return usual;
  const url = addressOf(settings, name, { ...options, example: usual });
  if (url.search !== '' || url.hash !== '')
    throw new ConfigError(`"${name}" must end with the path, without ? and #, as ${usual} does`);
  return url.href.replace(/\/+$/, '');
}

/** What is sent to such a host stays on this machine. */
export function isThisMachine(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** How long something may take. Throws ConfigError unless it is from a second to `most`. */
export function secondsOf(settings: Settings, name: string, { usual, most }: { usual: number; most: number }): number {
  const seconds = (settings[name] as number | undefined) ?? usual;
  if (seconds >= 1 && seconds <= most) return seconds;
  throw new ConfigError(`"${name}" must be between 1 and ${most} seconds`);
}

/** Throws ConfigError unless the settings are of one way to send, a webhook or a bot, and of that one alone. */
export function demandOneWay(settings: Settings, ofWebhook: readonly string[], ofBot: readonly string[]): void {
  const given = (names: readonly string[]) => names.filter((name) => settings[name] !== undefined);
  const [webhook, bot] = [ofWebhook[0]!, ofBot[0]!];
  if (settings[webhook] === undefined && settings[bot] === undefined)
    throw new ConfigError(`either "${webhook}" or "${bot}" is needed: the address of a webhook, or the token of a bot`);
  const strangers = settings[webhook] === undefined ? given(ofWebhook) : given(ofBot);
  if (strangers.length === 0) return;
  const [way, other] = settings[webhook] === undefined ? [bot, webhook] : [webhook, bot];
  const needs = strangers.includes(other) ? 'give one of them' : `it goes with "${other}"`;
  throw new ConfigError(`"${strangers[0]}" cannot stand beside "${way}"; ${needs}`);
}

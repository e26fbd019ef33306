/** What several channels ask of their settings, where the user is looking. No message quotes a value: it may be the secret. */
import type { Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';

const LOOPBACK = /^(?:\[::1\]|127\.\d+\.\d+\.\d+|(?:.+\.)?localhost)$/;

/** An https address, or an http one of this machine. Throws ConfigError. */
export function secureAddress(settings: Settings, name: string, example: string): URL {
  const text = textOf(settings, name) ?? '';
  if (!URL.canParse(text)) throw new ConfigError(`"${name}" is no web address; it looks like ${example}`);
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!isSafe) throw new ConfigError(`"${name}" must begin with https://; it looks like ${example}`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(`"${name}" must not hold a user name or password; it looks like ${example}`);
  return url;
}

/** A text setting without white space around it; null when it was not given. */
export function textOf(settings: Settings, name: string): string | null {
  const value = settings[name];
  return typeof value === 'string' ? value.trim() : null;
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

/**
 * From a channel as config.json names it to one that sends: its settings checked against the channel's table, its secrets
 * fetched from where they are kept, and whatever it says of a failure rid of them.
 */
import type { Channel, ChannelIo, ChannelRequest, Pace, Receipt, Send, Setting, Settings } from './channel.ts';
import { channelOf } from './channels/index.ts';
import { ConfigError, DeliveryError, FetchError } from './errors.ts';
import type { Http } from './http.ts';
import type { ChannelEntry } from './record.ts';
import { redact, redactor } from './redact.ts';

/** What a secret's reference stands for; throws ConfigError when there is nothing. */
export type ReadSecret = (reference: string) => string;

export interface Connected {
  channel: Channel;
  send: Send;
  /** As they were found, for others who print what a channel may have put into an error. */
  secrets: readonly string[];
}

/** How its channel is approached, whether it can be connected here or not. Throws ConfigError for a type that is none. */
export function paceOf(entry: ChannelEntry): Pace {
  return channelFor(entry).pace;
}

function channelFor({ name, type }: ChannelEntry): Channel {
  return channelOf(type, `the channel "${name}"`);
}

/** Throws ConfigError, naming the channel and the setting, for what cannot work. */
export function connectChannel(entry: ChannelEntry, readSecret: ReadSecret, io: ChannelIo): Connected {
  const channel = channelFor(entry);
  const { settings, secrets } = readSettings(entry, channel, readSecret);
  try {
    return { channel, secrets, send: guarded(channel.connect(settings, io), secrets) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(`the channel "${entry.name}": ${redact(error.message, secrets)}`);
  }
}

/** A failure leaves without secrets, and without a cause that might hold them. */
function guarded(send: Send, secrets: readonly string[]): Send {
  const clean = redactor(secrets);
  return async (delivery) => {
    try {
      const receipt: Receipt = await send(delivery);
      const { detail, unreached } = receipt;
      return { ...receipt, detail: clean(detail), ...(unreached !== undefined && { unreached: clean(unreached) }) };
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw withoutSecrets(error, clean);
      const { cause: _, ...details } = error.details;
      throw new DeliveryError(clean(error.message), details);
    }
  };
}

function withoutSecrets(error: unknown, clean: (text: string) => string): Error {
  const failure = new Error(clean(error instanceof Error ? error.message : String(error)));
  failure.stack = clean(error instanceof Error ? (error.stack ?? '') : '');
  return failure;
}

/** Those keys of an entry that are the entry's own and no setting of its channel's. */
const OWN_KEYS = new Set(['name', 'type']);

function readSettings(entry: ChannelEntry, channel: Channel, readSecret: ReadSecret) {
  const secrets: string[] = [];
  const settings: Record<string, unknown> = Object.create(null);
  const table = new Map(channel.settings.map((setting) => [setting.name, setting]));
  for (const [name, value] of Object.entries(entry)) {
    if (OWN_KEYS.has(name)) continue;
    const setting = table.get(name);
    if (!setting) throw wrong(entry, name, `is not known; a ${channel.name} channel takes ${namesOf(channel)}`);
    settings[name] = checked(value, setting, (text) => resolved(text, entry, setting, readSecret, secrets), entry);
  }
  const missing = channel.settings.find(({ name, required }) => required && settings[name] === undefined);
  if (missing) throw wrong(entry, missing.name, `is missing: ${missing.about}`);
  return { settings: settings as Settings, secrets };
}

function namesOf(channel: Channel): string {
  return channel.settings.map(({ name }) => name).join(', ') || 'none';
}

function resolved(
  text: string,
  entry: ChannelEntry,
  setting: Setting,
  readSecret: ReadSecret,
  secrets: string[],
): string {
  if (!setting.secret) return text;
  try {
    const value = readSecret(text);
    secrets.push(value);
    return value;
  } catch (error) {
    if (error instanceof ConfigError) throw wrong(entry, setting.name, error.message);
    throw error;
  }
}

function checked(value: unknown, setting: Setting, text: (value: string) => string, entry: ChannelEntry): unknown {
  const { name, type = 'text', choices } = setting;
  switch (type) {
    case 'text':
      if (typeof value !== 'string' || value === '') throw wrong(entry, name, 'must be a text');
      if (choices && !choices.includes(value)) throw wrong(entry, name, `must be one of ${choices.join(', ')}`);
      return text(value);
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(entry, name, 'must be a number');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrong(entry, name, 'must be true or false');
      return value;
    case 'list':
      if (
        !Array.isArray(value) ||
        value.length === 0 ||
        !value.every((item) => typeof item === 'string' && item !== '')
      )
        throw wrong(entry, name, 'must be a list of texts');
      return value.map(text);
    case 'map': {
      const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
      const pairs = isMap ? Object.entries(value) : [];
      if (pairs.length === 0 || !pairs.every(([, item]) => typeof item === 'string'))
        throw wrong(entry, name, 'must be an object of texts');
      return new Map(pairs.map(([key, item]) => [key, text(item)]));
    }
  }
}

function wrong(entry: ChannelEntry, setting: string, what: string): ConfigError {
  return new ConfigError(`the channel "${entry.name}": "${setting}" ${what}`);
}

/** The requests of channels: no redirect is followed, and an answer larger than 64 kB is none. */
export function requestsOf(http: Http): ChannelIo['request'] {
  return async ({ url, headers = {}, body }: ChannelRequest) => {
    const isText = typeof body === 'string' || body === undefined;
    const json: Record<string, string> = isText ? {} : { 'content-type': 'application/json; charset=utf-8' };
    try {
      return await http.request(url, {
        method: 'POST',
        follow: false,
        maxBytes: 64 * 1024,
        headers: { ...json, ...headers },
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      throw new DeliveryError(error.message, { permanent: error.code === 'bad_url' ? 'channel' : false });
    }
  };
}

/** Addresses that people give a channel: checked where they are looking, and never quoted, for they may be the password. */
import { ConfigError } from '../errors.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * A whole address; throws ConfigError that names the setting. Only https, for what is sent is often the password; plain http on
 * this machine, and with `plain` wherever the user runs the service.
 */
export function channelAddress(value: unknown, setting: string, { plain = false } = {}): URL {
  const text = typeof value === 'string' ? value.trim() : '';
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text))
    throw new ConfigError(`"${setting}" must be a whole address that begins with https://`);
  if (url.username !== '' || url.password !== '')
    throw new ConfigError(`"${setting}" must be without a user name and password before an @`);
  if (url.protocol === 'http:' && !plain && !LOOPBACK.test(url.hostname))
    throw new ConfigError(`"${setting}" must begin with https://: over http:// others on the way could read it`);
  return url;
}

/** The address that a service's paths are put behind, without a slash at its end; `usual` where none was given. */
export function serviceAddress(
  value: unknown,
  setting: string,
  usual: string,
  options: { plain?: boolean } = {},
): string {
  if (value === undefined) return usual;
  const url = channelAddress(value, setting, options);
  if (url.search !== '' || url.hash !== '')
    throw new ConfigError(`"${setting}" must end with the path, without ? and #, as ${usual} does`);
  return url.href.replace(/\/+$/, '');
}

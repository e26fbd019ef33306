/** The proxies that the environment names. */
import { ConfigError } from '../errors.ts';

/** As undici wants them; an empty one is none. */
export interface Proxies {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
}

/** Null when the environment names none. Throws ConfigError for one that is no address; its text may hold a password and is not shown. */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies | null {
  const read = (name: string): string => {
    const value = (env[name] ?? env[name.toUpperCase()] ?? '').trim();
    const address = value === '' || value.includes('://') ? value : `http://${value}`;
    if (address !== '' && !(/^https?:/i.test(address) && URL.canParse(address)))
      throw new ConfigError(`the environment variable ${name} is not the address of an http or https proxy`);
    return address;
  };
  const proxies = { httpProxy: read('http_proxy'), httpsProxy: read('https_proxy') };
  if (proxies.httpProxy === '' && proxies.httpsProxy === '') return null;
  return { ...proxies, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' };
}

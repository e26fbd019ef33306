/** Addresses: which may be asked at all, and where a redirect may lead. Pure. */
import { parseUrl } from '../address.ts';
import { isPrivateHost } from './address.ts';
import { fail, type Place } from './failure.ts';

export const MOST_REDIRECTS = 5;

/** How errors name a request's target. */
export function placeOf(url: URL, method: string): Place {
  return { host: url.host, url: method === 'POST' ? url.origin : url.href };
}

/** The address of a request, without its fragment. Throws FetchError `bad_url` for what is not plain http or https. */
export function parseAddress(address: string): URL {
  const url = parseUrl(address);
  const place = { host: url?.host ?? '', url: url === null || isSecretive(url) ? '' : url.href };
  if (url === null) throw fail(place, 'bad_url', 'this is not an address that can be asked');
  const flaw = flawOf(url);
  if (flaw !== null) throw fail(place, 'bad_url', `${url.host || 'the address'} was not asked: ${flaw}`);
  if (url.hash !== '') url.hash = '';
  return url;
}

function isSecretive(url: URL): boolean {
  return url.username !== '' || url.password !== '';
}

function flawOf(url: URL): string | null {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol} is neither http nor https`;
  return isSecretive(url) ? 'its address holds a user name or a password' : null;
}

/** What a reply redirects to, as the server wrote it; null when it does not. 304 and the retired codes do not. */
export function locationOf(status: number, headers: Readonly<Record<string, string>>): string | null {
  const redirects = status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
  return redirects ? (headers.location ?? '') : null;
}

export interface Hop {
  /** The address that redirects. */
  from: URL;
  location: string;
  /** How many redirects came before this one. */
  before: number;
  /** Whether private addresses are out of bounds. */
  publicOnly: boolean;
}

/** The address that a redirect leads to. Throws FetchError `redirect` or `private_address` when we do not go there. */
export function nextAddress(hop: Hop): URL {
  const { from, location } = hop;
  const place = placeOf(from, 'GET');
  const refuse = (why: string) => fail(place, 'redirect', `${from.host} redirects ${why}`);
  if (hop.before >= MOST_REDIRECTS) throw refuse(`more than ${MOST_REDIRECTS} times`);
  // Header values are read as latin1; a location in raw UTF-8 is made whole again.
  const written = Buffer.from(location, 'latin1').toString();
  if (written === '' || !URL.canParse(written, from.href)) throw refuse('without saying where to');
  const to = new URL(written, from);
  to.hash = '';
  const flaw = flawOf(to);
  if (flaw !== null) throw refuse(`where it cannot be followed: ${flaw}`);
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refuse(`to ${to.host} without encryption`);
  if (hop.publicOnly && isPrivateHost(to.hostname))
    throw fail(place, 'private_address', `${from.host} redirects to ${to.host}, a private address`);
  return to;
}

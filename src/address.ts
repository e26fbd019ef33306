/** Addresses: how they are parsed, and where data is asked that does not live under the page's own. Pure. */

/**
 * A path on the host that keeps a platform's data. A copy of a page on the reader's own machine or network is asked at
 * the same path under its own address, so that it reads like the original and tells nobody.
 */
export function dataAddress(pageUrl: string, origin: string, path: string): string {
  return isPrivate(new URL(pageUrl).hostname) ? path : `${origin}/${path}`;
}

/** A name that only a private network knows, or an address instead of a name: no vendor's page is reached by one. */
function isPrivate(hostname: string): boolean {
  return !hostname.includes('.') || /^[\d.]+$|(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/i.test(hostname);
}

/** Null for what is no address. To ask `URL.canParse` first would parse each good one twice. */
export function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

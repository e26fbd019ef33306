/** What went wrong on the network, in the program's words. */
import { type FetchCode, FetchError } from '../errors.ts';
import { PRIVATE_ADDRESS } from './address.ts';

/** Where a request goes, as an error may name it: never with a user, and for a POST without the path, as a webhook's path is its secret. */
export interface Place {
  host: string;
  url: string;
}

export function fail(place: Place, code: FetchCode, message: string, cause?: unknown): FetchError {
  return new FetchError(code, place.url, message, cause === undefined ? {} : { cause });
}

/** `10 MB`, `64 kB`, `900 bytes`: the largest unit that divides it. */
export function sizeWords(bytes: number): string {
  if (bytes % (1024 * 1024) === 0) return `${bytes / (1024 * 1024)} MB`;
  return bytes % 1024 === 0 ? `${bytes / 1024} kB` : `${bytes} bytes`;
}

/**
 * The FetchError of an error that Node or undici raised. Its words are ours: theirs may quote what was sent.
 * `proxied`: a proxy is set, so that the trouble may be there.
 */
export function explain(error: unknown, place: Place, proxied: boolean): FetchError {
  if (error instanceof FetchError) return error;
  const [code, message] = describe(codeOf(error), place.host, error);
  const hint = proxied && isOfTheWay(code) && !message.includes('proxy') ? '; a proxy is set in the environment' : '';
  return fail(place, code, message + hint, error);
}

/** Whether the host does not exist; a name that cannot be looked up for now (`EAI_AGAIN`) may well. */
export function isNoHost({ code, cause }: FetchError): boolean {
  return code === 'dns' && ['ENOTFOUND', 'ENODATA'].includes(codeOf(cause));
}

function isOfTheWay(code: FetchCode): boolean {
  return code === 'network' || code === 'refused' || code === 'dns' || code === 'timeout' || code === 'tls';
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? '' : codeOf(cause);
}

function describe(code: string, host: string, error: unknown): [FetchCode, string] {
  switch (code) {
    case 'ENOTFOUND':
    case 'ENODATA':
      return ['dns', `there is no host named ${host}`];
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return ['dns', `the name ${host} cannot be looked up: is this computer online?`];
    case 'ECONNREFUSED':
      return ['refused', `${host} refuses connections`];
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'ETIMEDOUT':
      return ['timeout', `no connection to ${host} in time`];
    case PRIVATE_ADDRESS:
      return ['private_address', `a redirect to ${host} was not followed: it is a private address`];
    case 'UND_ERR_HEADERS_OVERFLOW':
      return ['too_large', `the headers of the answer from ${host} are too large`];
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'UND_ERR_SOCKET':
    case 'ECONNRESET':
    case 'EPIPE':
      return ['network', `${host} closed the connection before its answer was whole`];
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'EADDRNOTAVAIL':
      return ['network', `${host} cannot be reached from here (${code})`];
    case 'UND_ERR_ABORTED':
      return ['network', proxyRefusal(host, error)];
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return ['network', `the program stopped before ${host} had answered`];
    default:
      return error instanceof Error && error.name === 'HTTPParserError'
        ? ['network', `what ${host} answered is not HTTP`]
        : (describeTls(code, host) ?? ['network', `${host} could not be asked${code && ` (${code})`}`]);
  }
}

/** undici says only in words which status a proxy answered to CONNECT. */
function proxyRefusal(host: string, error: unknown): string {
  const status = /Proxy response \((\d{3})\)/.exec(String(error))?.[1];
  return status ? `no way through to ${host}: the proxy answers HTTP ${status}` : `the request to ${host} was cut off`;
}

function describeTls(code: string, host: string): [FetchCode, string] | null {
  const flaw = certificateFlaw(code);
  if (flaw !== null) return ['tls', `the certificate of ${host} ${flaw}`];
  return /^(?:ERR_SSL_|ERR_TLS_|EPROTO|CERT_|CRL_|UNABLE_TO_|UND_ERR_PRX_TLS)/.test(code)
    ? ['tls', `no secure connection to ${host} (${code})`]
    : null;
}

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
function certificateFlaw(code: string): string | null {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'has expired';
    case 'CERT_NOT_YET_VALID':
      return 'is not valid yet';
    case 'CERT_REVOKED':
      return 'has been revoked';
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'is self-signed';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'is for another host';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'is from an authority unknown here; NODE_EXTRA_CA_CERTS can name more';
    default:
      return null;
  }
}

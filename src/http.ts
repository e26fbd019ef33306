/**
 * The only file that touches the network. Polite, bounded and suspicious: one request at a time per host, conditional,
 * a deadline over everything, sizes counted after decompression, redirects by hand, TLS always verified.
 */
import type { LookupAddress } from 'node:dns';
import { setMaxListeners } from 'node:events';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import type { buildConnector, Dispatcher } from 'undici';
import createConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import { checkedLookup, isPrivateAddress, isPrivateHost } from './http/address.ts';
import { decompress, toText } from './http/body.ts';
import { exchange, type RawReply } from './http/exchange.ts';
import type { Place } from './http/failure.ts';
import { type Proxies, readProxies } from './http/proxies.ts';
import { locationOf, nextAddress, parseAddress, placeOf } from './http/redirect.ts';
import { takeTurns } from './http/turns.ts';
import type { Reply } from './model.ts';

export { isPrivateAddress } from './http/address.ts';

/** What a server called the version it sent, byte for byte as it said it. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

export interface RequestOptions {
  /** What is hoped for; also sets the size limit: 4 MB for a web page, 10 MB for all else. */
  accept?: 'json' | 'xml' | 'html';
  validators?: Validators;
  /** The caller's own wish to stop: the request rejects at once with the signal's reason, not with a FetchError. */
  signal?: AbortSignal;
  /** Of the body once decompressed. */
  maxBytes?: number;
  method?: 'GET' | 'POST';
  /** Added to, or in place of, our own. They do not go along with a redirect to another host. */
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Whether redirects are followed: so unless told otherwise for a GET, never for a POST. */
  follow?: boolean;
}

export interface Http {
  /**
   * One exchange, redirects included. A reply of any status comes back; what brought none throws FetchError.
   * The deadline counts from when the request's turn at its host has come.
   */
  request(url: string, options?: RequestOptions): Promise<Reply>;
  /** What a host name is an alias of; null when of nothing, on any failure, or after two seconds. */
  resolveCname(host: string): Promise<string | null>;
  /** Cuts every connection; requests under way fail. */
  close(): Promise<void>;
}

export interface HttpSettings {
  /** The program's own, for the User-Agent. */
  version: string;
  /** Where the proxy variables are read: `http_proxy`, `https_proxy`, `no_proxy`, or in capitals. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Total deadline of a request. */
  timeoutMs?: number;
  /** Requests under way at once, over all hosts. */
  connections?: number;
  /** Requests under way at once at one host; one unless told. */
  perHost?: number;
  /** The process ends after a few requests. */
  oneShot?: boolean;
  /** Looks names up in place of the system, for tests. */
  lookup?: LookupFunction;
  /** DNS servers to ask in place of the system's, for tests. */
  nameServers?: readonly string[];
  /** Certificates to trust in place of the usual authorities, for tests. */
  ca?: string;
}

const MB = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const CNAME_TIMEOUT_MS = 2000;
const DEFAULT_CONNECTIONS = 64;
const MAX_HEADER_BYTES = 32 * 1024;

const ACCEPT = {
  json: 'application/json, */*;q=0.1',
  xml: 'application/atom+xml, application/rss+xml, application/xml, text/xml, */*;q=0.1',
  html: 'text/html, application/xhtml+xml;q=0.9, */*;q=0.1',
};

export function openHttp(settings: HttpSettings): Http {
  // undici parses HTTP in WebAssembly. V8 at once begins to compile that a second time, optimized, in the background, and
  // Node waits for it at exit (70 ms): a process that makes three requests gains nothing from it. Must come before the first one.
  if (settings.oneShot) setFlagsFromString('--liftoff-only');
  const network = openNetwork(settings);
  return {
    request: (url, options = {}) => request(url, options, network),
    resolveCname: (host) => resolveCname(host, settings.nameServers),
    close: () => network.close(),
  };
}

/** Everything that lasts from one request to the next. */
interface Network {
  userAgent: string;
  timeoutMs: number;
  proxied: boolean;
  takeTurn: ReturnType<typeof takeTurns>;
  /** `publicOnly`: connects to no private address, whatever a name resolves to. */
  dispatcher(publicOnly: boolean): Promise<Dispatcher>;
  /** Whether a typed host is private by its looks, or by where its name led when last connected to. */
  isPrivate(hostname: string): boolean;
  close(): Promise<void>;
}

function openNetwork(settings: HttpSettings): Network {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, perHost = 1 } = settings;
  const proxies = readProxies(settings.env ?? process.env);
  const connecting = new Set<Socket>();
  const privateNames = new Set<string>();
  const noteWhere = (hostname: string, addresses: readonly LookupAddress[]) => {
    if (addresses.every(({ address }) => isPrivateAddress(address))) privateNames.add(hostname);
    else privateNames.delete(hostname);
    return addresses;
  };
  const onlyPublic = (_: string, addresses: readonly LookupAddress[]) =>
    addresses.filter(({ address }) => !isPrivateAddress(address));
  const open = (allow: typeof noteWhere) =>
    openDispatcher({
      lookup: checkedLookup(allow, settings.lookup),
      ca: settings.ca,
      timeoutMs,
      perHost,
      proxies,
      connecting,
    });
  let typed: Promise<Dispatcher> | undefined;
  let redirected: Promise<Dispatcher> | undefined;
  const dispatcher = (publicOnly: boolean): Promise<Dispatcher> => {
    if (publicOnly) redirected ??= open(onlyPublic);
    else typed ??= open(noteWhere);
    return (publicOnly ? redirected : typed)!;
  };
  return {
    userAgent: `pingoru/${settings.version} (+https://github.com/pingoru/pingoru)`,
    timeoutMs,
    proxied: proxies !== null,
    takeTurn: takeTurns(settings.connections ?? DEFAULT_CONNECTIONS, perHost),
    dispatcher,
    isPrivate: (hostname) => isPrivateHost(hostname) || privateNames.has(hostname),
    close: async () => {
      await Promise.all([typed, redirected].map(async (opened) => (await opened)?.destroy()));
      // undici leaves a socket that is still connecting to its time-out, and the process would wait for it.
      for (const socket of connecting) socket.destroy();
    },
  };
}

interface DispatcherSettings {
  lookup: LookupFunction;
  ca: string | undefined;
  timeoutMs: number;
  perHost: number;
  proxies: Proxies | null;
  connecting: Set<Socket>;
}

async function openDispatcher(settings: DispatcherSettings): Promise<Dispatcher> {
  const { ca, lookup, connecting, proxies } = settings;
  // Said in full, so that NODE_TLS_REJECT_UNAUTHORIZED=0 has no say.
  const tls = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) };
  const timeout = Math.min(CONNECT_TIMEOUT_MS, settings.timeoutMs);
  // Node gives an address 250 ms before it tries the next, too short for a slow mobile network.
  const connectSocket = createConnector({ ...tls, lookup, timeout, autoSelectFamilyAttemptTimeout: 1000 });
  const connect: ReturnType<typeof createConnector> = (options, callback) => {
    const socket = connectSocket(options, (...result) => {
      connecting.delete(socket);
      callback(...result);
    });
    connecting.add(socket);
    return socket;
  };
  const options = {
    connect,
    connections: settings.perHost,
    // What a page is read by follows at once, and the next read half a minute later: idle connections help nobody.
    keepAliveTimeout: 1000,
    keepAliveMaxTimeout: 1000,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (proxies === null) return new Agent(options);
  // Once bundled, a CommonJS package that is imported late has no names but this one.
  const { Client, EnvHttpProxyAgent, Pool } = (await import('undici')).default;
  return new EnvHttpProxyAgent({
    ...options,
    ...proxies,
    requestTls: tls,
    proxyTls: { ...tls, timeout },
    factory: (origin, own) => new Client(origin, { ...own, connect: finalFailures(own) }),
    clientFactory: (origin, own) => new Pool(origin, { ...own, headersTimeout: settings.timeoutMs }),
  });
}

/**
 * A connector whose failures are final. When a proxy hangs up before it has answered, undici's error of code
 * UND_ERR_SOCKET makes its own client connect anew without pause, thousands of times a second, for ever.
 */
function finalFailures(options: object): buildConnector.connector {
  const { connect } = options as { connect: buildConnector.connector };
  return (target, callback) =>
    connect(target, (...result) => {
      const [error] = result as [{ code?: string } | null, unknown];
      if (error?.code !== 'UND_ERR_SOCKET') callback(...result);
      else callback(Object.assign(new Error('the proxy hung up', { cause: error }), { code: 'ECONNRESET' }), null);
    });
}

async function request(address: string, options: RequestOptions, network: Network): Promise<Reply> {
  const { signal, body, method = 'GET', follow = true } = options;
  const { proxied, timeoutMs } = network;
  const wanted = parseAddress(address);
  // Thousands of requests share one signal; Node would warn of a leak from the eleventh on.
  if (signal) setMaxListeners(0, signal);
  const maxBytes = options.maxBytes ?? (options.accept === 'html' ? 4 : 10) * MB;
  const hops: string[] = [];
  let budgetMs = timeoutMs;
  let target = wanted;
  // A redirect from the address that was typed leads to private ones only if that was private itself.
  let publicOnly = false;
  for (;;) {
    hops.push(target.href);
    const headers = headersFor(options, network.userAgent, target.host === wanted.host);
    const place = placeOf(target, method);
    const endTurn = await network.takeTurn(target.host, signal);
    const startedAt = elapsedMs();
    let raw: RawReply;
    try {
      const dispatcher = await network.dispatcher(publicOnly);
      const order = { method, headers, body, budgetMs, timeoutMs, maxBytes, signal, place, proxied };
      raw = await exchange(dispatcher, target, order);
    } finally {
      endTurn();
    }
    budgetMs -= elapsedMs() - startedAt;
    const location = follow && method === 'GET' ? locationOf(raw.status, raw.headers) : null;
    if (location === null) return toReply(raw, hops, maxBytes, place);
    if (hops.length === 1) publicOnly = !network.isPrivate(wanted.hostname);
    target = nextAddress({ from: target, location, before: hops.length - 1, publicOnly });
  }
}

/** Monotonic. The first use of `performance` takes Node 2 ms. */
function elapsedMs(): number {
  return process.uptime() * 1000;
}

/** Nothing that follows a person: no cookie, no referer. The validators go along with a redirect, being those of the address asked. */
function headersFor(options: RequestOptions, userAgent: string, sameHost: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: options.accept ? ACCEPT[options.accept] : '*/*',
    'accept-encoding': 'gzip, br, deflate',
  };
  const { etag, lastModified } = options.validators ?? {};
  if (etag) headers['if-none-match'] = etag;
  if (lastModified) headers['if-modified-since'] = lastModified;
  if (sameHost) for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value;
  return headers;
}

async function toReply(raw: RawReply, hops: readonly string[], maxBytes: number, place: Place): Promise<Reply> {
  const { status, headers } = raw;
  const type = headers['content-type'] ?? '';
  const encodings = headers['content-encoding'] ?? '';
  const bytes = encodings === '' ? raw.body : await decompress(raw.body, encodings, maxBytes, place);
  const contentType = type.split(';', 1)[0]!.trim().toLowerCase();
  return { url: hops.at(-1)!, status, headers, contentType, text: toText(bytes, type), hops };
}

async function resolveCname(host: string, nameServers: readonly string[] | undefined): Promise<string | null> {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || isPrivateHost(name)) return null;
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: CNAME_TIMEOUT_MS, tries: 1 });
  if (nameServers) resolver.setServers(nameServers);
  // The resolver asks each server it knows in turn, each within the time-out, so the whole is limited too.
  const timer = setTimeout(() => resolver.cancel(), CNAME_TIMEOUT_MS);
  try {
    return (await resolver.resolveCname(name))[0] ?? null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/** From a target to a page that can be read: the platform is forced, known, remembered, or detected and then remembered. */
import { nearest } from './catalogue/index.ts';
import { type Detection, detectPage, pageAddress } from './detect.ts';
import { ConfigError, FetchError, ParseError, UsageError } from './errors.ts';
import type { Http } from './http.ts';
import type { Depth, Page, Provider, Reply, Source } from './model.ts';
import { type PageRead, readPage } from './read.ts';
import { loadSource, platforms } from './sources/index.ts';
import type { Store } from './store.ts';
import type { Target } from './targets.ts';

export interface OpenPage {
  provider: Provider;
  page: Page;
  source: Source;
  /** Replies that detection left, for the first read. */
  atHand?: Map<string, Reply>;
  /** The platform was the user's word, not ours: it is not doubted. */
  forced: boolean;
}

export interface OpenDeps {
  http: Http;
  store: Store;
  now: () => Date;
  /** `--platform`. */
  platform: string | null;
}

/** Throws UsageError for an unknown `--platform`, ParseError for one that the watch list names, else what detection throws. */
export async function openPage(target: Target, deps: OpenDeps): Promise<OpenPage> {
  const { provider } = target;
  const named = deps.platform ?? target.platform ?? null;
  if (named !== null) {
    const source = await loadSource(named);
    if (!source) throw deps.platform === null ? noSuchPlatform(provider, named) : badOption(named);
    return forcedPage(provider, source);
  }
  const remembered = await deps.store.platformOf(provider.url);
  const known = await loadSource(remembered?.platform ?? provider.platform ?? '');
  if (!known) return detected(target, deps);
  const page = { url: remembered?.url ?? provider.url, platform: known.name, document: remembered?.document ?? false };
  return { provider: asServed(provider, page), page, source: known, forced: false };
}

function badOption(platform: string): UsageError {
  const near = nearest(platform, platforms);
  const known = near.length > 0 ? `did you mean ${near.join(', ')}?` : `known: ${platforms.join(', ')}`;
  return new UsageError(`there is no platform "${platform}"; ${known}`);
}

/** A slip in one entry of the watch list hides that page, and none of the others. */
function noSuchPlatform({ url }: Provider, platform: string): ParseError {
  const near = nearest(platform, platforms);
  const advice = near.length > 0 ? `did you mean ${near.join(', ')}?` : 'take it out there, and it is detected';
  const message = `config.json names the platform "${platform}" for ${url}, and there is none of that name; ${advice}`;
  return new ParseError('no_such_platform', url, message);
}

function forcedPage(provider: Provider, source: Source): OpenPage {
  const path = new URL(provider.url).pathname;
  const endpoint = source.endpoints.find((one) => path.endsWith(`/${one}`));
  const url = endpoint ? pageAddress(provider.url.slice(0, -endpoint.length)) : provider.url;
  const document = !endpoint && /\.(?:json|xml|atom|rss|html?)$/i.test(path);
  const page = { url, platform: source.name, document };
  return { provider: asServed(provider, page), page, source, forced: true };
}

async function detected(target: Target, deps: OpenDeps): Promise<OpenPage> {
  const opened = await search(target, deps);
  await remember(target, opened, deps);
  return opened;
}

/** A page that was another platform's has moved when it is proved to be another's: its error page is nobody's own. */
async function search(target: Target, deps: OpenDeps, provenOnly = false): Promise<OpenPage> {
  const urls = [target.provider.url, ...target.guesses];
  const { source, page, atHand } = await detectFirst(urls, deps.http, provenOnly);
  return { provider: asServed(target.provider, page), page, source, atHand, forced: false };
}

async function remember(target: Target, { page }: OpenPage, deps: OpenDeps): Promise<void> {
  const { platform, url, document } = page;
  const found = { platform, url, document, detectedAt: deps.now().toISOString() };
  // Where nothing can be written (a read-only container), the page is detected again the next time.
  await deps.store.rememberPlatform(target.provider.url, found).catch((error: unknown) => {
    if (!(error instanceof ConfigError)) throw error;
  });
}

/** The first of these addresses that is somebody's page. Throws what the last of them, which was typed, came to when none is. */
export async function detectFirst(urls: readonly string[], http: Http, provenOnly = false): Promise<Detection> {
  let failure: unknown;
  for (const url of urls) {
    try {
      return await detectPage(url, http, { provenOnly });
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function asServed(provider: Provider, page: Page): Provider {
  return { ...provider, url: page.url, platform: page.platform };
}

/**
 * Opens and reads once. A platform we only believed in (from the catalogue, or remembered) whose page no longer answers
 * in its shape is detected anew. Throws as `readPage` and `openPage` do.
 */
export async function readTarget(target: Target, depth: Depth, deps: OpenDeps): Promise<ReadPage> {
  const opened = await openPage(target, deps);
  try {
    return {
      opened,
      read: await readPage(opened.source, opened.page, depth, null, { ...deps, atHand: opened.atHand }),
    };
  } catch (error) {
    if (opened.atHand || !mayHaveMoved(error)) throw error;
    const moved = await openMoved(target, opened, depth, deps);
    if (moved === null) throw error;
    return moved;
  }
}

/** A page opened and read at once. */
export interface ReadPage {
  opened: OpenPage;
  read: PageRead;
}

/**
 * Where a page that no longer answers in its platform's shape is to be read now: remembered from then on, once it could be
 * read. Null when it is nowhere else, or when the platform was the user's word.
 */
export async function openMoved(
  target: Target,
  before: OpenPage,
  depth: Depth,
  deps: OpenDeps,
): Promise<ReadPage | null> {
  if (before.forced) return null;
  const opened = await search(target, deps, !before.source.generic).catch(() => null);
  if (!opened || (opened.page.platform === before.page.platform && opened.page.url === before.page.url)) return null;
  const read = await readPage(opened.source, opened.page, depth, null, { ...deps, atHand: opened.atHand });
  await remember(target, opened, deps);
  return { opened, read };
}

function mayHaveMoved(error: unknown): boolean {
  if (error instanceof ParseError) return true;
  return error instanceof FetchError && error.code === 'http' && (error.details.status ?? 500) < 500;
}

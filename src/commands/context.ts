/** What every command that reads pages starts from: the store, the network, the targets, the filter. */
import { UsageError } from '../errors.ts';
import { type Http, openHttp } from '../http.ts';
import type { OpenDeps } from '../open.ts';
import type { Config } from '../record.ts';
import type { Filter } from '../route.ts';
import { resolveTargets, type Target } from '../targets.ts';
import { cleanLine } from '../text.ts';
import { version } from '../version.ts';
import { type GlobalOptions, type Io, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';

export interface ReadingOptions extends GlobalOptions {
  platform?: string;
  component?: string[];
  impact?: Filter['impact'];
  kind?: Filter['kind'];
  json?: boolean;
}

export interface Context extends OpenDeps {
  io: Io;
  config: Config;
  filter: Filter;
  targets: Target[];
  verbose: boolean;
}

/** With more of them, a command reads long enough to be treated as one that stays. */
const FEW_TARGETS = 20;

/**
 * Runs a command's work on the targets its words name, and closes the network after it. Throws UsageError for an unknown
 * target and ConfigError for a configuration that cannot be read.
 */
export async function withContext<T>(
  options: ReadingOptions,
  words: readonly string[],
  settings: { oneShot: boolean },
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const config = await store.config();
  const targets = resolveTargets(words, config);
  const oneShot = settings.oneShot && targets.length <= FEW_TARGETS;
  const http = openHttp({ version, env: process.env, oneShot });
  try {
    const platform = options.platform ?? null;
    return await work({
      io,
      store,
      config,
      targets,
      platform,
      http: logged(http, options, io),
      filter: filterOf(options),
      verbose: options.verbose === true,
      now: () => new Date(),
    });
  } finally {
    await http.close();
  }
}

/** The one page of a command that reads one. Throws UsageError for a group of several. */
export function onlyTarget({ targets }: Context, word: string): Target {
  const [first, ...others] = targets;
  if (others.length === 0) return first!;
  const names = targets.map(({ provider }) => provider.id).slice(0, 5);
  throw new UsageError(
    `${word} stands for ${targets.length} pages, and this is about one; name it, as ${names.join(', ')}`,
  );
}

export function filterOf(options: ReadingOptions): Filter {
  return { components: options.component ?? [], impact: options.impact ?? null, kind: options.kind ?? null };
}

/** With `--verbose`, every request and its answer on standard error. */
function logged(http: Http, options: GlobalOptions, io: Io): Http {
  if (!options.verbose) return http;
  return {
    ...http,
    request: async (url, asked) => {
      const began = performance.now();
      const took = () => `${Math.round(performance.now() - began)} ms`;
      try {
        const reply = await http.request(url, asked);
        io.note(cleanLine(`pingoru: ${url} answered ${reply.status} ${reply.contentType} in ${took()}`));
        return reply;
      } catch (error) {
        io.note(`pingoru: ${url} failed after ${took()}: ${(error as Error).message}`);
        throw error;
      }
    },
  };
}

/**
 * What is kept on disk: config.json (the user's), and state.json, platforms.json, watchers.json and calendar.json (the
 * program's).
 * Any number of processes may use them at the same time; how that is safe is told in store/lock.ts.
 */
import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { join, parse, posix, resolve, win32 } from 'node:path';
import type { Calendar } from './calendar.ts';
import type { Config, ReadonlyState, Remembered, State } from './record.ts';
import { calendarForm } from './store/calendar.ts';
import { type Claims, openClaims } from './store/claims.ts';
import type { Files, Io } from './store/disk.ts';
import { saveDocument } from './store/document.ts';
import { type DurableFile, durableFile, type Writer } from './store/file.ts';
import { configForm, type Platforms, platformsForm } from './store/forms.ts';
import { openSecrets } from './store/secrets.ts';
import { stateForm } from './store/state-form.ts';

export type { Claim, Claims } from './store/claims.ts';

/** Of its methods `dropSecret` and the claims' `holds`, `held` and `beat` never throw; all others throw ConfigError when a file cannot be used. */
export interface Store {
  /** The folders. */
  paths: { config: string; state: string };
  /** The user's configuration, not to be edited. */
  config(): Promise<Readonly<Config>>;
  /** Whether there is a configuration file at this moment: without one, `config` is empty. */
  isConfigured(): boolean;
  /** Changes the configuration, and returns it as it is then. `change` may run more than once. */
  changeConfig(change: (config: Config) => void): Promise<Readonly<Config>>;
  /** The state as it is now, read again only when another process changed it. */
  state(): Promise<ReadonlyState>;
  /**
   * One durable transaction: all that `change` does to the state, or nothing; no write when that is nothing. It may run
   * more than once, and must only change the state it is given. `isMine` says, from within the transaction, whether this
   * process still holds the claim on a page: what is recorded behind it is recorded by one process at a time.
   */
  commit<T>(change: (state: State, isMine: (page: string) => boolean) => T): Promise<T>;
  /** Which platform was found at this address before; null when none was. */
  platformOf(url: string): Promise<Remembered | null>;
  /** Writes only what is new: a differing `detectedAt` alone is not. */
  rememberPlatform(url: string, remembered: Remembered): Promise<void>;
  /**
   * What a secret's reference stands for: `env:NAME`, or `file:PATH`, which is relative to the configuration's folder.
   * Throws ConfigError for a secret that is not there, or for a text that is none of the two.
   */
  readSecret(reference: string): string;
  /** Keeps a secret in a file of its own beside the configuration, mode 0600, and returns the reference to it. */
  keepSecret(name: string, value: string): string;
  /** Removes the file of a kept secret; a reference to anything else is left alone. */
  dropSecret(reference: string): void;
  /** As `commit`, for what the maintenance calendar has told. */
  changeCalendar<T>(change: (calendar: Calendar) => T): Promise<T>;
  /** Replaces a file of the user's as a whole. False when the text stands there already: it is then not touched. */
  saveDocument(path: string, text: string): boolean;
  claims: Claims;
}

export interface StoreOptions {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  home?: string;
  now: () => Date;
  /** Called with one line for what the user should know: a file set aside, modes that let others in. Once for each. */
  onWarning: (message: string) => void;
  /** After how long without a beat another process's claims are dropped; ten seconds unless told. */
  staleMs?: number;
  files?: Files;
  monotonicMs?: () => number;
  random?: () => number;
  nonce?: () => string;
}

const CONFIG_VARIABLE = 'PINGORU_CONFIG_DIR';
const STATE_VARIABLE = 'PINGORU_STATE_DIR';

/** Writes nothing yet: each file is opened when it is first asked for. */
export function openStore(options: StoreOptions): Store {
  const io = ioOf(options);
  const paths = folders(options);
  const config = durableFile(
    {
      // Found anew each time: a link may come to lead elsewhere, as that of a ConfigMap does when it changes.
      get path() {
        return linkedFile(join(paths.config, 'config.json'), io.files);
      },
      form: configForm,
      broken: 'refuse',
      variable: CONFIG_VARIABLE,
      openWriter: confWriter,
    },
    io,
  );
  const own = { broken: 'set aside', variable: STATE_VARIABLE } as const;
  const state = durableFile(
    { ...own, path: join(paths.state, 'state.json'), form: stateForm, openWriter: confWriter },
    io,
  );
  const platforms = durableFile({ ...own, path: join(paths.state, 'platforms.json'), form: platformsForm }, io);
  const calendar = durableFile({ ...own, path: join(paths.state, 'calendar.json'), form: calendarForm }, io);
  const claims = openClaims({ folder: paths.state, variable: STATE_VARIABLE, staleMs: options.staleMs }, io);

  return {
    paths,
    config: config.read,
    isConfigured: config.exists,
    async changeConfig(change) {
      await config.update(change);
      return config.read();
    },
    state: state.read,
    commit: (change) =>
      state.update((draft) => {
        const held = claims.held();
        return change(draft, (page) => held.has(page));
      }),
    async platformOf(url) {
      return (await platforms.read()).pages.get(url) ?? null;
    },
    rememberPlatform: memory(platforms),
    ...openSecrets(paths.config, options.env, io.files),
    changeCalendar: calendar.update,
    saveDocument: (path, text) => saveDocument(resolve(path), text, io),
    claims,
  };
}

/** Many pages may be detected at once: those that are in the same turn of the loop are written together. */
function memory(platforms: DurableFile<Platforms>): Store['rememberPlatform'] {
  let waiting = new Map<string, Remembered>();
  let written: Promise<void> | null = null;
  const write = async () => {
    await new Promise(setImmediate);
    const batch = waiting;
    waiting = new Map();
    written = null;
    await platforms.update(({ pages }) => {
      for (const [url, remembered] of batch) pages.set(url, remembered);
    });
  };
  return async (url, remembered) => {
    const known = (await platforms.read()).pages.get(url);
    if (known && isSame(known, remembered)) return;
    waiting.set(url, remembered);
    written ??= write();
    await written;
  };
}

function isSame(one: Remembered, other: Remembered): boolean {
  return (
    one.platform === other.platform &&
    one.url === other.url &&
    one.document === other.document &&
    one.name === other.name
  );
}

function ioOf(options: StoreOptions): Io {
  const said = new Set<string>();
  return {
    files: options.files ?? fs,
    now: options.now,
    monotonicMs: options.monotonicMs ?? (() => Number(process.hrtime.bigint() / 1_000_000n)),
    random: options.random ?? Math.random,
    nonce: options.nonce ?? (() => ownNonce(options.now())),
    onWarning: (message) => {
      if (!said.has(message)) options.onWarning(message);
      said.add(message);
    },
  };
}

/**
 * A name that nobody else gives: of this process, this moment, and to the nanosecond how long its machine is up.
 * `randomUUID` would have Node load its cryptography, 4 ms of a cold start.
 */
function ownNonce(now: Date): string {
  return [process.pid, now.getTime(), process.hrtime.bigint()].map((part) => part.toString(36)).join('-');
}

/**
 * Reading does without conf, which costs a quarter of a cold start and parses the file again for every value. Writing
 * goes through it, with the durable write in place of its own, which on a full disk returns and leaves a cut file.
 */
async function confWriter(path: string): Promise<Writer> {
  const { default: Conf } = await import('conf');
  const { dir, name } = parse(path);
  const conf = new Conf<Record<string, unknown>>({
    cwd: dir,
    configName: name,
    projectSuffix: '',
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    configFileMode: 0o600,
    // What it finds there at the start is not asked for.
    deserialize: () => ({}),
  });
  return (value, write) => {
    // Private in the typings alone (https://github.com/sindresorhus/conf/blob/v15.1.0/source/index.ts).
    Object.assign(conf, { _write: write });
    // Before each write conf would read the file, which may be megabytes, for this key of its own.
    conf.store = Object.defineProperty({ ...value }, '__internal__', { value: {} });
  };
}

/** A link to the configuration (a user's collection of dotfiles) stays a link: the file behind it is replaced. */
function linkedFile(path: string, files: Files): string {
  try {
    return files.realpathSync(path);
  } catch {
    return path;
  }
}

/** The platform's own folders, or those the environment names. */
function folders(options: StoreOptions): Store['paths'] {
  const usual = usualFolders(options);
  const { [CONFIG_VARIABLE]: config, [STATE_VARIABLE]: state } = options.env;
  return { config: config ? resolve(config) : usual.config, state: state ? resolve(state) : usual.state };
}

function usualFolders({ env, platform = process.platform, home = homedir() }: StoreOptions): Store['paths'] {
  switch (platform) {
    case 'win32': {
      const roaming = env.APPDATA || win32.join(home, 'AppData', 'Roaming');
      const local = env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local');
      return { config: win32.join(roaming, 'pingoru', 'Config'), state: win32.join(local, 'pingoru', 'State') };
    }
    case 'darwin': {
      const library = posix.join(home, 'Library');
      return {
        config: posix.join(library, 'Preferences', 'pingoru'),
        state: posix.join(library, 'Application Support', 'pingoru'),
      };
    }
    default:
      return {
        config: posix.join(absolute(env.XDG_CONFIG_HOME) ?? posix.join(home, '.config'), 'pingoru'),
        state: posix.join(absolute(env.XDG_STATE_HOME) ?? posix.join(home, '.local', 'state'), 'pingoru'),
      };
  }
}

/** https://specifications.freedesktop.org/basedir-spec: a relative path there is to be ignored. */
function absolute(path: string | undefined): string | null {
  return path && posix.isAbsolute(path) ? path : null;
}

/**
 * One JSON file that survives anything: read as a whole, changed in transactions. Each is written in full, flushed and
 * renamed into place while the lock is held (lock.ts), or leaves the file as it was.
 */
import { dirname } from 'node:path';
import { ConfigError } from '../errors.ts';
import { isObject, type RawObject } from '../raw.ts';
import * as disk from './disk.ts';
import { type Lock, PATIENCE_MS, sweepLocks, whileLocked } from './lock.ts';

/** What a file holds, and how that stands in JSON. */
export interface Form<T> {
  /** `fresh`: in place of a broken file. */
  empty(fresh: boolean): T;
  /** Throws SyntaxError, saying what is wrong, when the value is not of this form. */
  fromJson(value: RawObject): T;
  toJson(value: T): Record<string, unknown>;
  /** The same as text, where a form can tell that for less than writing all of it anew. */
  toText?(value: T): string;
  /** Deep enough for a change to be made to the copy alone. */
  copy(value: T): T;
  /** Spaces to indent by; 0 for one line. */
  indent: number;
}

/** Puts a value into the file; the given function is what writes it durably. */
export type Writer = (value: Record<string, unknown>, write: () => void) => void;

export interface FileOptions<T> {
  path: string;
  form: Form<T>;
  /** A file that cannot be understood: `refuse` it (it is the user's), or set it aside and go on. */
  broken: 'refuse' | 'set aside';
  /** The environment variable that moves the file elsewhere, for error messages. */
  variable: string;
  openWriter?: (path: string) => Promise<Writer>;
}

export interface DurableFile<T> {
  /** What the file holds now, not to be edited; parsed again only when it changed. Throws ConfigError. */
  read(): Promise<T>;
  /** As `read`, at once; null when the file cannot be read. */
  peek(): T | null;
  /**
   * Runs `change` on what the file holds and writes the outcome if it differs. `change` may run more than once, and
   * must do nothing else than change what it is given. Throws ConfigError; the file is then as it was.
   */
  update<R>(change: (draft: T) => R): Promise<R>;
}

interface Loaded<T> {
  /** Null while there is no file. */
  identity: string | null;
  value: T;
  /** As it would be written; null until needed. */
  text: string | null;
}

interface Handle<T> {
  readonly options: FileOptions<T>;
  readonly io: disk.Io;
  loaded: Loaded<T> | null;
  writer: Writer | null;
  modesChecked: boolean;
  swept: boolean;
}

/** The newest `schemaVersion` this program understands. */
const SCHEMA_VERSION = 1;
const LONGEST_PATIENCE_MS = 30_000;

/** Touches nothing yet: the first read or update does. */
export function durableFile<T>(options: FileOptions<T>, io: disk.Io): DurableFile<T> {
  const file: Handle<T> = { options, io, loaded: null, writer: null, modesChecked: false, swept: false };
  return { read: () => read(file), peek: () => peek(file), update: (change) => update(file, change) };
}

async function read<T>(file: Handle<T>): Promise<T> {
  try {
    return load(file).value;
  } catch (error) {
    const { path, variable } = file.options;
    if (!(error instanceof SyntaxError)) throw disk.explain(error, 'read', path, variable);
    return update(file, (mended) => mended);
  }
}

function peek<T>(file: Handle<T>): T | null {
  try {
    return load(file).value;
  } catch {
    return null;
  }
}

/** Throws SyntaxError for a broken file that may be set aside. */
function load<T>(file: Handle<T>): Loaded<T> {
  const { path, form } = file.options;
  if (file.loaded && file.loaded.identity === disk.identityOf(path, file.io.files)) return file.loaded;
  const found = disk.readWhole(path, file.io.files);
  if (found && !file.modesChecked) disk.warnAboutModes(path, found.mode, file.io);
  file.modesChecked ||= found !== null;
  const value = found ? parse(found.text, file.options) : form.empty(false);
  file.loaded = { identity: found?.identity ?? null, value, text: null };
  return file.loaded;
}

async function update<T, R>(file: Handle<T>, change: (draft: T) => R): Promise<R> {
  const { path, variable, openWriter = passOn } = file.options;
  try {
    if (!file.writer) {
      // Before conf does, which would let others in.
      disk.makeFolder(dirname(path), file.io.files);
      file.writer = await openWriter(path);
    }
    // Whoever lost the lock waits longer before taking it away from others, lest two slow disks do so for ever.
    for (let patienceMs = PATIENCE_MS; ; patienceMs = Math.min(patienceMs * 2, LONGEST_PATIENCE_MS)) {
      const done = await attempt(file, file.writer, change, patienceMs);
      if (done) return done.result;
    }
  } catch (error) {
    file.loaded = null;
    throw disk.explain(error, 'written', path, variable);
  }
}

async function passOn(): Promise<Writer> {
  return (_, write) => write();
}

/** Null: to be run again, because the lock was lost or the file had to be mended first. */
async function attempt<T, R>(file: Handle<T>, writer: Writer, change: (draft: T) => R, patienceMs: number) {
  const done = await whileLocked(file.options.path, patienceMs, file.io, (lock) => {
    const current = loadSound(file);
    if (current) return transact(file, lock, writer, current, change);
    mend(file, lock, writer);
    return null;
  });
  if (!file.swept) sweepLocks(file.options.path, file.io);
  file.swept = true;
  return done;
}

function loadSound<T>(file: Handle<T>): Loaded<T> | null {
  try {
    return load(file);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function transact<T, R>(
  file: Handle<T>,
  lock: Lock,
  writer: Writer,
  current: Loaded<T>,
  change: (draft: T) => R,
): { result: R } | null {
  const { form } = file.options;
  current.text ??= textOf(form, current.value);
  const draft = form.copy(current.value);
  const result = change(draft);
  return save(file, lock, writer, draft, current) ? { result } : null;
}

function mend<T>(file: Handle<T>, lock: Lock, writer: Writer): void {
  const { path, form } = file.options;
  const aside = disk.setAside(path, file.io);
  const backup = readBackup(file);
  if (!save(file, lock, writer, backup ?? form.empty(true), null)) return;
  const instead = backup ? `its backup ${disk.backupPath(path)} is used` : 'a fresh one is begun';
  file.io.onWarning(`${path} was broken; it is kept as ${aside}, and ${instead}`);
}

function readBackup<T>(file: Handle<T>): T | null {
  try {
    const backup = disk.readWhole(disk.backupPath(file.options.path), file.io.files);
    return backup && parse(backup.text, file.options);
  } catch {
    return null;
  }
}

/** False when the lock was lost. `current` is null when what stands in the file is worth no backup. */
function save<T>(file: Handle<T>, lock: Lock, writer: Writer, value: T, current: Loaded<T> | null): boolean {
  const { form } = file.options;
  let kept = true;
  writer(form.toJson(value), () => {
    const text = textOf(form, value);
    if (text === current?.text) return;
    const identity = replace(file, lock, text, typeof current?.identity === 'string');
    file.loaded = identity === null ? null : { identity, value, text };
    kept = identity !== null;
  });
  return kept;
}

/** The new identity; null when the lock was lost on the way, for then its paths lead nowhere. */
function replace<T>(file: Handle<T>, lock: Lock, text: string, keepOld: boolean): string | null {
  const { path } = file.options;
  const { files } = file.io;
  try {
    const identity = disk.writeWhole(lock.temp, text, files);
    if (keepOld) disk.keepBackup(path, lock.spare, files);
    files.renameSync(lock.temp, path);
    disk.syncFolder(dirname(path), files);
    return identity;
  } catch (error) {
    if (disk.codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function textOf<T>(form: Form<T>, value: T): string {
  return `${form.toText?.(value) ?? JSON.stringify(form.toJson(value), null, form.indent)}\n`;
}

function parse<T>(text: string, { form, path, broken }: FileOptions<T>): T {
  // Windows' editors begin a file with a byte-order mark.
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const value: unknown = JSON.parse(json);
    if (!isObject(value)) throw new SyntaxError('it must hold one object, in braces');
    if (typeof value.schemaVersion === 'number' && value.schemaVersion > SCHEMA_VERSION) throw tooNew(path);
    return form.fromJson(value);
  } catch (error) {
    if (broken === 'set aside' || !(error instanceof SyntaxError)) throw error;
    const fault = whereBroken(json) ?? error.message;
    throw new ConfigError(`${path} cannot be used: ${fault}. Correct it, or move it away to start anew`);
  }
}

function tooNew(path: string): ConfigError {
  return new ConfigError(
    `${path} was written by a newer pingoru, and is left alone: upgrade pingoru, or move the file away`,
  );
}

/**
 * Line and column of the first character that cannot stand there; null for good JSON. The parser's own message does not
 * always tell, and quotes the file, which may hold a secret. So the shortest beginning that is already wrong is sought.
 */
function whereBroken(json: string): string | null {
  if (jsonFault(json) === null) return null;
  let good = 0;
  let bad = json.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (jsonFault(json.slice(0, middle)) === 'inside') bad = middle;
    else good = middle;
  }
  if (bad > json.length) return 'it is not valid JSON, it ends too early';
  const lines = json.slice(0, bad).split('\n');
  return `it is not valid JSON, see line ${lines.length}, column ${lines.at(-1)!.length}`;
}

/** `end`: nothing wrong so far, but more must follow. */
function jsonFault(json: string): 'inside' | 'end' | null {
  try {
    JSON.parse(json);
    return null;
  } catch (error) {
    const message = (error as SyntaxError).message;
    const position = /at position (\d+)/.exec(message)?.[1];
    if (position !== undefined) return Number(position) < json.length ? 'inside' : 'end';
    return message.includes('Unexpected token') ? 'inside' : 'end';
  }
}

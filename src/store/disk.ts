/** The single steps on the disk that the store is made of. */

import type * as fs from 'node:fs';
import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../errors.ts';

/** The calls of `node:fs` the store makes; a test may hand in failing ones. */
export type Files = Pick<
  typeof fs,
  | 'chmodSync'
  | 'closeSync'
  | 'copyFileSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'linkSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'readlinkSync'
  | 'realpathSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'rmSync'
  | 'statSync'
  | 'unlinkSync'
  | 'writeFileSync'
  | 'writeSync'
>;

/** What the store touches besides its folders. */
export interface Io {
  files: Files;
  now: () => Date;
  /** Milliseconds of a clock that nobody can set and that all processes of one boot share. */
  monotonicMs: () => number;
  random: () => number;
  nonce: () => string;
  onWarning: (message: string) => void;
}

/** Tells one content of a path from another without reading it; null when there is no such file. */
export function identityOf(path: string, files: Files): string | null {
  const stats = files.statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats ? identityIn(stats) : null;
}

function identityIn(stats: fs.BigIntStats): string {
  return `${stats.ino} ${stats.mtimeNs} ${stats.size}`;
}

/** Makes a folder, and those above it, for this user alone. One that exists is left as it is. */
export function makeFolder(folder: string, files: Files): void {
  try {
    files.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // With `recursive` alone, Node says of a read-only disk that the folder above is not there.
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
    files.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
}

const NO_FILE = 'NOFILE';

export interface WholeFile {
  text: string;
  identity: string;
  mode: number;
}

/** The file and its identity as one: it may be replaced meanwhile, but never changes. Null when there is none. */
export function readWhole(path: string, files: Files): WholeFile | null {
  let fd: number;
  try {
    // Whoever opens a named pipe would else wait for somebody to write to it.
    fd = files.openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const stats = files.fstatSync(fd, { bigint: true });
    if (!stats.isFile() && !stats.isDirectory())
      throw Object.assign(new Error('no ordinary file'), { code: NO_FILE, syscall: 'open' });
    return { text: files.readFileSync(fd, 'utf8'), identity: identityIn(stats), mode: Number(stats.mode) };
  } finally {
    files.closeSync(fd);
  }
}

/**
 * Fills an existing empty file and flushes it. A full disk may accept a part of a write without any error
 * (https://man7.org/linux/man-pages/man2/write.2.html), so what arrived is counted. Returns the file's identity.
 */
export function writeWhole(path: string, text: string, files: Files): string {
  const bytes = Buffer.from(text);
  const fd = files.openSync(path, 'r+');
  try {
    for (let at = 0; at < bytes.length; ) {
      const written = files.writeSync(fd, bytes, at, bytes.length - at);
      if (written === 0) break;
      at += written;
    }
    files.fsyncSync(fd);
    const stats = files.fstatSync(fd, { bigint: true });
    if (Number(stats.size) !== bytes.length)
      throw Object.assign(new Error('the file was not written whole'), { code: 'ENOSPC', syscall: 'write' });
    return identityIn(stats);
  } finally {
    files.closeSync(fd);
  }
}

/** Makes a rename last over a power cut. Windows cannot, and need not. */
export function syncFolder(folder: string, files: Files): void {
  quietly(() => {
    const fd = files.openSync(folder, 'r');
    try {
      files.fsyncSync(fd);
    } finally {
      files.closeSync(fd);
    }
  });
}

export function backupPath(path: string): string {
  return `${path}.bak`;
}

/** Keeps the file as its own backup, by way of `spare`, which is on the same disk. */
export function keepBackup(path: string, spare: string, files: Files): void {
  try {
    files.linkSync(path, spare);
  } catch (error) {
    // A disk without hard links (FAT, some network shares).
    if (codeOf(error) === 'ENOENT') throw error;
    files.copyFileSync(path, spare, constants.COPYFILE_EXCL);
  }
  files.renameSync(spare, backupPath(path));
}

/** Keeps a broken file under a name nothing else has: `state.corrupt-2026-03-10T15-53-00.000Z.json`. Returns that path. */
export function setAside(path: string, io: Io): string {
  const time = io.now().toISOString().replaceAll(':', '-');
  const stem = join(dirname(path), `${basename(path, '.json')}.corrupt-${time}`);
  for (let copy = 1; ; copy++) {
    const aside = `${stem}${copy === 1 ? '' : `-${copy}`}.json`;
    try {
      keepAs(path, aside, io.files);
      return aside;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
}

function keepAs(path: string, aside: string, files: Files): void {
  try {
    files.linkSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error;
    files.copyFileSync(path, aside, constants.COPYFILE_EXCL);
  }
}

/** Warns when others may read what is kept. Windows has no such modes. */
export function warnAboutModes(path: string, mode: number, io: Io): void {
  if (process.platform === 'win32') return;
  const folder = dirname(path);
  const folderMode = io.files.statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  for (const [loose, found, wanted] of [
    [folder, folderMode, '700'],
    [path, mode, '600'],
  ] as const)
    if (found & 0o077) io.onWarning(`${loose}: other users have access to it; run: chmod ${wanted} '${loose}'`);
}

/** A system error as one line with what to do about it; any other error as it is. */
export function explain(error: unknown, doing: 'read' | 'written', path: string, variable: string): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new ConfigError(`${path} cannot be ${doing}: ${reason(codeOf(error), variable)}`, { cause: error });
}

function reason(code: string | undefined, variable: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. The file is as it was; free some space and try again';
    case 'EROFS':
      return `the disk is read-only. Set ${variable} to a folder that can be written`;
    case 'EACCES':
    case 'EPERM':
      return `permission denied. Change its owner or mode, or set ${variable} to a folder of your own`;
    case NO_FILE:
      return `it is no ordinary file. Move it, or set ${variable} to another folder`;
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return `a file stands where a folder should be, or the other way round. Move it, or set ${variable} to another folder`;
    default:
      return `the system says ${code ?? 'nothing more'}. Check the disk, or set ${variable} to another folder`;
  }
}

/** The code of a system error, such as ENOENT; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** For what may fail without harm. */
export function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Nothing depends on it.
  }
}

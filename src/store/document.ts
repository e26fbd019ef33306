/** A file of the user's that other programs read, such as a calendar: replaced as a whole, or not touched at all. */
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../errors.ts';
import * as disk from './disk.ts';
import { removeIfOld } from './lock.ts';

const NEW_FILE = 0o666;

/**
 * Puts the text into the file: written beside it, flushed, renamed into place. Nobody ever reads a half of it. False when
 * the text stands there already; the file is then left alone, so that its time tells when it changed. Throws ConfigError.
 */
export function saveDocument(path: string, text: string, io: disk.Io): boolean {
  try {
    return replace(realPath(path, io.files), text, io);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    throw new ConfigError(`${path} cannot be written: ${reason(disk.codeOf(error))}`, { cause: error });
  }
}

function replace(path: string, text: string, io: disk.Io): boolean {
  const { files, nonce } = io;
  const found = files.statSync(path, { throwIfNoEntry: false });
  // A rename would put a file in place of a device.
  if (found && !found.isFile()) throw new ConfigError(`${path} cannot be written: it is no ordinary file`);
  if (found && disk.readWhole(path, files)?.text === text) return false;
  const temp = join(dirname(path), `.${basename(path)}.${nonce()}.tmp`);
  try {
    files.closeSync(files.openSync(temp, 'wx', NEW_FILE));
    disk.writeWhole(temp, text, files);
    if (found) files.chmodSync(temp, found.mode & 0o777);
    files.renameSync(temp, path);
  } catch (error) {
    disk.quietly(() => files.unlinkSync(temp));
    throw error;
  }
  disk.syncFolder(dirname(path), files);
  sweep(path, io);
  return true;
}

/** Removes what killed processes left beside the file an hour ago or longer. */
function sweep(path: string, io: disk.Io): void {
  const start = `.${basename(path)}.`;
  const isLeft = (name: string) =>
    name.startsWith(start) && /^[0-9a-z]+(?:-[0-9a-z]+)+\.tmp$/.test(name.slice(start.length));
  disk.quietly(() => {
    for (const name of io.files.readdirSync(dirname(path)))
      if (isLeft(name)) removeIfOld(join(dirname(path), name), io);
  });
}

/** A link stays one: the file behind it is replaced. */
function realPath(path: string, files: disk.Files): string {
  try {
    return files.realpathSync(path);
  } catch {
    return path;
  }
}

function reason(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'its folder does not exist; make it first';
    case 'ENOTDIR':
      return 'what should be its folder is a file';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. The file is as it was';
    case 'EROFS':
      return 'the disk is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied; the folder it is in must be yours to write';
    default:
      return `the system says ${code ?? 'nothing more'}`;
  }
}

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { Files } from '../../src/store/disk.ts';
import { NOW, newFolder, storeIn, systemError } from './open.ts';

const OLD = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const NEW = 'BEGIN:VCALENDAR\r\nNAME:✓\r\nEND:VCALENDAR\r\n';

function folderWith(text: string | null) {
  const folder = newFolder();
  const path = join(folder, 'maintenance.ics');
  if (text !== null) fs.writeFileSync(path, text);
  return { folder, path, store: storeIn(join(folder, 'state')) };
}

describe('a file for other programs', () => {
  test('is made, and replaced as a whole', () => {
    const { folder, path, store } = folderWith(null);
    expect(store.saveDocument(path, OLD)).toBe(true);
    expect(store.saveDocument(path, NEW)).toBe(true);
    expect(fs.readFileSync(path, 'utf8')).toBe(NEW);
    expect(fs.readdirSync(folder)).toEqual(['maintenance.ics']);
  });

  test('is not touched when it says the same already', () => {
    const { path, store } = folderWith(OLD);
    const before = fs.statSync(path, { bigint: true });
    expect(store.saveDocument(path, OLD)).toBe(false);
    expect(fs.statSync(path, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  test('keeps its mode, and a link to it stays one', () => {
    const { folder, path, store } = folderWith(OLD);
    fs.chmodSync(path, 0o664);
    const link = join(folder, 'link.ics');
    fs.symlinkSync('maintenance.ics', link);
    store.saveDocument(link, NEW);
    expect(fs.lstatSync(link).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path, 'utf8')).toBe(NEW);
    expect(fs.statSync(path).mode & 0o777).toBe(0o664);
  });

  test('is freed of what a killed process left beside it, when that is old', () => {
    const { folder, path, store } = folderWith(OLD);
    const left = (nonce: string, minutes: number) => {
      const name = join(folder, `.maintenance.ics.${nonce}.tmp`);
      fs.writeFileSync(name, '');
      fs.utimesSync(name, NOW, new Date(NOW.getTime() - minutes * 60_000));
    };
    const [old, young] = ['9ix-mihx2k0c-5w8e1o2h', '9iy-mihx2k0d-5w8e1o2i'];
    left(old!, 90);
    left(young!, 10);
    left('mine', 90);
    store.saveDocument(path, NEW);
    expect(fs.readdirSync(folder).sort()).toEqual([
      `.maintenance.ics.${young}.tmp`,
      '.maintenance.ics.mine.tmp',
      'maintenance.ics',
    ]);
  });

  test('is flushed before it is in its place, and its folder after', () => {
    const { folder, path } = folderWith(OLD);
    const steps: string[] = [];
    const opened = new Map<number, string>();
    const short = (one: fs.PathLike) =>
      String(one)
        .replace(folder, '')

        .replace(/(?<=ics\.)[\w-]+(?=\.tmp)/, 'nonce');
    const files: Files = {
      ...fs,
      openSync: (one, ...rest) => {
        const fd = fs.openSync(one, ...rest);
        opened.set(fd, short(one));
        return fd;
      },
      fsyncSync: (fd) => {
        steps.push(`flush ${opened.get(fd)}`);
        fs.fsyncSync(fd);
      },
      renameSync: (from, to) => {
        steps.push(`${short(from)} to ${short(to)}`);
        fs.renameSync(from, to);
      },
    };
    storeIn(folder, { files }).saveDocument(path, NEW);
    expect(steps).toEqual([
      'flush /.maintenance.ics.nonce.tmp',
      '/.maintenance.ics.nonce.tmp to /maintenance.ics',
      'flush ',
    ]);
  });

  const failing = (name: keyof Files, code: string): Partial<Files> => ({
    [name]: () => {
      throw systemError(code);
    },
  });
  test.each([
    ['the disk is full', failing('writeSync', 'ENOSPC')],
    ['the disk is full', { writeSync: (() => 0) as unknown as Files['writeSync'] }],
    ['the system says EIO', failing('fsyncSync', 'EIO')],
    ['permission denied', failing('renameSync', 'EACCES')],
  ])('is as it was when %s', (reason, files) => {
    const { folder, path } = folderWith(OLD);
    const save = () => storeIn(folder, { files: { ...fs, ...files } }).saveDocument(path, NEW);
    expect(save).toThrow(ConfigError);
    expect(save).toThrow(`${path} cannot be written: ${reason}`);
    expect(fs.readFileSync(path, 'utf8')).toBe(OLD);
    expect(fs.readdirSync(folder)).toEqual(['maintenance.ics']);
  });

  test('is refused where its folder is missing, or what stands there is no file', () => {
    const { folder, path, store } = folderWith(OLD);
    expect(() => store.saveDocument(join(folder, 'none', 'a.ics'), NEW)).toThrow('its folder does not exist');
    expect(() => store.saveDocument(join(path, 'a.ics'), NEW)).toThrow('what should be its folder is a file');
    expect(() => store.saveDocument(folder, NEW)).toThrow('it is no ordinary file');
    const pipe = join(folder, 'pipe.ics');
    execFileSync('mkfifo', [pipe]);
    expect(() => store.saveDocument(pipe, NEW)).toThrow('it is no ordinary file');
    expect(fs.statSync(pipe).isFIFO()).toBe(true);
  });
});

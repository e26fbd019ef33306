/** Secrets by reference: what stands in config.json says where one is, never what it is. */
import { isAbsolute, join, resolve } from 'node:path';
import { ConfigError } from '../errors.ts';
import type { Store } from '../store.ts';
import { codeOf, type Files, makeFolder, quietly } from './disk.ts';

const FOLDER = 'secrets';
const MOST_BYTES = 64 * 1024;

export function openSecrets(
  folder: string,
  env: NodeJS.ProcessEnv,
  files: Files,
): Pick<Store, 'readSecret' | 'keepSecret' | 'dropSecret'> {
  return {
    readSecret(reference) {
      if (reference.startsWith('env:')) return fromEnvironment(reference.slice(4), env);
      if (reference.startsWith('file:')) return fromFile(reference.slice(5), folder, files);
      throw new ConfigError('must say where the secret is: env:NAME or file:PATH, never the secret itself');
    },
    keepSecret(name, value) {
      const path = join(folder, FOLDER, name);
      try {
        makeFolder(join(folder, FOLDER), files);
        files.rmSync(path, { force: true });
        files.writeFileSync(path, `${value}\n`, { mode: 0o600, flag: 'wx' });
      } catch (error) {
        throw new ConfigError(`${path} cannot be written (${codeOf(error)}); the secret is not kept`);
      }
      return `file:${FOLDER}/${name}`;
    },
    dropSecret(reference) {
      const name = reference.startsWith(`file:${FOLDER}/`) ? reference.slice(`file:${FOLDER}/`.length) : '';
      if (name !== '' && !/[/\\]|^\.\.?$/.test(name)) quietly(() => files.unlinkSync(join(folder, FOLDER, name)));
    },
  };
}

function fromEnvironment(name: string, env: NodeJS.ProcessEnv): string {
  const value = env[name]?.trim();
  if (value) return value;
  throw new ConfigError(
    `is to be taken from the environment variable ${name}, which is ${value === '' ? 'empty' : 'not set'}`,
  );
}

/** What editors and `echo` leave at its end is no part of it. */
function fromFile(path: string, folder: string, files: Files): string {
  const place = isAbsolute(path) ? path : resolve(folder, path);
  try {
    const value = files.readFileSync(place, 'utf8').slice(0, MOST_BYTES).trim();
    if (value !== '') return value;
  } catch (error) {
    throw new ConfigError(`is to be taken from ${place}, which cannot be read (${codeOf(error)})`);
  }
  throw new ConfigError(`is to be taken from ${place}, which is empty`);
}

import { createRequire } from 'node:module';

declare const PINGORU_VERSION: string | undefined;

/** The version in package.json; the build writes it in, so that the program reads no file for it. */
export const version: string =
  typeof PINGORU_VERSION === 'string'
    ? PINGORU_VERSION
    : (createRequire(import.meta.url)('../package.json') as { version: string }).version;

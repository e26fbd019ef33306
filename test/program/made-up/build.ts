import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Builds the program of `cli.ts` beside this as users' is built. */
export function buildMadeUp(): { bin: string; remove: () => void } {
  const folder = path.resolve('node_modules', '.cache', `pingoru-made-up-${process.pid}`);
  const entry = 'test/program/made-up/cli.ts';
  execFileSync(process.execPath, ['esbuild.config.mjs', path.join(folder, 'dist'), entry], { stdio: 'inherit' });
  cpSync('bin', path.join(folder, 'bin'), { recursive: true });
  return {
    bin: path.join(folder, 'bin', 'pingoru.js'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

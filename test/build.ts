import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The built program to test: what users run. */
    bin: string;
  }
}

/** Builds the program once for all tests, in a place of its own: another build may run meanwhile. */
export default function build(project: TestProject): () => void {
  const folder = path.resolve('node_modules', '.cache', `pingoru-test-${process.pid}`);
  execFileSync(process.execPath, ['esbuild.config.mjs', path.join(folder, 'dist')], { stdio: 'inherit' });
  cpSync('bin', path.join(folder, 'bin'), { recursive: true });
  project.provide('bin', path.join(folder, 'bin', 'pingoru.js'));
  return () => rmSync(folder, { recursive: true, force: true });
}

/** For tests of several processes: the store bundled, and the programs beside this file that use it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles `src/store.ts` into a new folder that every user may read; returns the bundle's path. */
export async function buildStore(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pingoru-build-'));
  chmodSync(folder, 0o755);
  const outfile = join(folder, 'store.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/store.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

export interface Program {
  child: ChildProcess;
  lines: string[];
  errors: string[];
  /** The next line it prints, or the one it printed already. */
  line(): Promise<string>;
  say(text: string): void;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<{ code: number | null; signal: string | null }>;
}

export interface Launch {
  store: string;
  /** Both of the store's folders. */
  folder: string;
  uid?: number;
}

/** Starts `test/store/<name>.mjs`. */
export function start(name: string, args: readonly string[], { store, folder, uid }: Launch): Program {
  const script = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const env = { ...process.env, STORE: store, PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
  const child = spawn(process.execPath, [script, ...args], { env, stdio: 'pipe', uid, gid: uid });
  const lines: string[] = [];
  const errors: string[] = [];
  let taken = 0;
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  child.stderr.on('data', (data) => errors.push(String(data)));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const line = async () => {
    while (lines.length <= taken) {
      const more = await Promise.race([once(reader, 'line'), ended.then(() => null)]);
      if (more === null && lines.length <= taken) throw new Error(`${name} ended without a word: ${errors.join('')}`);
    }
    return lines[taken++]!;
  };
  const say = (text: string) => child.stdin.write(`${text}\n`);
  return { child, lines, errors, line, say, kill: (signal) => child.kill(signal), ended };
}

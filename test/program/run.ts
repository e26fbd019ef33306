/** The built program as users run it: a process of its own, with folders of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';

/** The Node to run it on: another one when PINGORU_TEST_NODE names it. */
const NODE = process.env.PINGORU_TEST_NODE ?? process.execPath;

export interface Result {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Running {
  child: ChildProcess;
  /** What has been printed so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves when the text has appeared on either stream; rejects when the process ends without it. */
  until(text: string | RegExp): Promise<void>;
  ended: Promise<Result>;
}

/** A user's folders, empty; `remove` them after the test. */
export function home() {
  const folder = mkdtempSync(path.join(tmpdir(), 'pingoru-test-'));
  const { NO_COLOR: _no, FORCE_COLOR: _force, COLUMNS: _columns, ...rest } = process.env;
  const env = {
    ...rest,
    PINGORU_CONFIG_DIR: path.join(folder, 'config'),
    PINGORU_STATE_DIR: path.join(folder, 'state'),
  };
  return {
    env: env as NodeJS.ProcessEnv,
    config: path.join(folder, 'config', 'config.json'),
    state: path.join(folder, 'state', 'state.json'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface How {
  cwd?: string;
  /** What stands on standard input. */
  input?: string;
}

export function start(args: readonly string[], env: NodeJS.ProcessEnv, how: How = {}): Running {
  const { cwd, input } = how;
  return running(
    spawn(NODE, [inject('bin'), ...args], {
      env,
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    }),
    input,
  );
}

/** On a terminal of its own, which `child.stdin` types on. Its two streams are one there. */
export function startOnTerminal(args: readonly string[], env: NodeJS.ProcessEnv, how: How = {}): Running {
  const command = [NODE, inject('bin'), ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return running(
    spawn('script', ['-qec', command, '/dev/null'], { env, cwd: how.cwd, stdio: ['pipe', 'pipe', 'pipe'] }),
  );
}

function running(child: ChildProcess, input?: string): Running {
  if (input !== undefined) child.stdin!.end(input);
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const note = () => {
    for (const look of waiting) look();
  };
  child.stdout!.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    note();
  });
  child.stderr!.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    note();
  });
  const ended = new Promise<Result>((resolve) =>
    child.on('close', (code, signal) => resolve({ stdout, stderr, code, signal })),
  );
  const until = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        const found = typeof text === 'string' ? (stdout + stderr).includes(text) : text.test(stdout + stderr);
        if (!found) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      void ended.then(() => reject(new Error(`ended without ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, stdout: () => stdout, stderr: () => stderr, until, ended };
}

export function run(args: readonly string[], env: NodeJS.ProcessEnv, how: How = {}): Promise<Result> {
  return start(args, env, how).ended;
}

/** The JSON lines of an output. */
export function lines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

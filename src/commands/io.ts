/** The program's ends: standard output and error, the terminal they stand on, and signals. */
import { ConfigError } from '../errors.ts';
import { colorLevel } from '../render/color.ts';

export interface GlobalOptions {
  verbose?: boolean;
  color?: 'auto' | 'always' | 'never' | boolean;
  utc?: boolean;
}

export interface Io {
  /** The product. Resolves when the text has left this process. After the reader has gone it does nothing. */
  out(text: string): Promise<void>;
  /** Everything else: a line, with its end added. */
  note(line: string): void;
  /** Raw, for the line that is drawn over. Nothing while the terminal takes nothing. */
  draw(text: string): void;
  /** From now on a terminal that is stopped (Ctrl-S), or whose connection hangs, stops nothing else of the program. */
  unblock(): void;
  outIsTerminal: boolean;
  noteIsTerminal: boolean;
  /** Columns of the terminal (or COLUMNS); null where output is not cut to a width. */
  width: number | null;
  /** 0 to 3, for standard output and for standard error. */
  colors: { out: 0 | 1 | 2 | 3; note: 0 | 1 | 2 | 3 };
  /** IANA name; undefined is the reader's own zone. */
  zone: string | undefined;
  /** Aborted when standard output has been closed by its reader. */
  closed: AbortSignal;
}

export function openIo(options: GlobalOptions, env: NodeJS.ProcessEnv = process.env): Io {
  const closed = new AbortController();
  const gone = (error: NodeJS.ErrnoException) => {
    // What else can go wrong (a full disk) rejects the write itself.
    if (error.code === 'EPIPE') closed.abort();
  };
  process.stdout.on('error', gone);
  process.stderr.on('error', () => {});
  const level = (stream: NodeJS.WriteStream) => colorLevel(options.color ?? 'auto', env, stream.isTTY === true);
  return {
    out: (text) => (closed.signal.aborted ? Promise.resolve() : written(process.stdout, text)),
    note: (line) => void process.stderr.write(`${line}\n`),
    draw: (text) => {
      if (process.stderr.writableLength === 0) process.stderr.write(text);
    },
    unblock: () => {
      for (const stream of [process.stdout, process.stderr] as Blocking[])
        if (stream.isTTY) stream._handle?.setBlocking?.(false);
    },
    outIsTerminal: process.stdout.isTTY === true,
    noteIsTerminal: process.stderr.isTTY === true,
    get width() {
      return widthOf(env);
    },
    colors: { out: level(process.stdout), note: level(process.stderr) },
    zone: options.utc ? 'UTC' : undefined,
    closed: closed.signal,
  };
}

/** Node waits for terminals at every write (https://nodejs.org/api/process.html#a-note-on-process-io), and offers no other way. */
type Blocking = NodeJS.WriteStream & { _handle?: { setBlocking?(on: boolean): void } };

let isTorn = false;

/** What follows a write that failed begins on a line of its own: the one before may end in the middle. */
function written(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(isTorn ? `\n${text}` : text, (error) => {
      isTorn = error !== null && error !== undefined;
      const { code } = (error ?? {}) as NodeJS.ErrnoException;
      if (!error || code === 'EPIPE') resolve();
      else reject(new ConfigError(`standard output cannot be written (${code ?? error.message}); is its disk full?`));
    });
  });
}

function widthOf(env: NodeJS.ProcessEnv): number | null {
  const named = Number(env.COLUMNS);
  if (Number.isInteger(named) && named > 0) return Math.max(20, named);
  return process.stdout.isTTY ? Math.max(20, process.stdout.columns || 80) : null;
}

/** A signal that is aborted by SIGINT or SIGTERM; the second one ends the process at once. */
export function stopSignal(also: AbortSignal): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return AbortSignal.any([stop.signal, also]);
}

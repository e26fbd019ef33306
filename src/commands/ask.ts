/** Questions on a terminal: on standard error, so that standard output stays the product. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { UsageError } from '../errors.ts';
import type { Io } from './io.ts';

export interface Asker {
  /** The answer without white space around it. Throws UsageError when standard input ends instead. */
  ask(question: string): Promise<string>;
  /** The same for what nobody should see being typed. */
  askUnseen(question: string): Promise<string>;
  close(): void;
}

/** Whether there is somebody to ask. */
export function canAsk(io: Io): boolean {
  return process.stdin.isTTY === true && io.noteIsTerminal;
}

export function openAsker(io: Io): Asker {
  const echo = new Writable({
    decodeStrings: false,
    write: (text, _, done) => done(void (unseen || io.draw(`${text}`))),
  });
  // What was typed is not kept for the arrow keys.
  const terminal = createInterface({ input: process.stdin, output: echo, terminal: true, historySize: 0 });
  let unseen = false;
  const typed: string[] = [];
  let waiting: { resolve(line: string): void; reject(error: Error): void } | null = null;
  terminal.on('line', (line) => {
    if (waiting) waiting.resolve(line);
    else typed.push(line);
    waiting = null;
  });
  terminal.on('close', () => {
    waiting?.reject(new UsageError('standard input ended before all was answered; nothing was written'));
    waiting = null;
  });
  // As without a prompt: the signal ends the program.
  terminal.on('SIGINT', () => {
    waiting = null;
    terminal.close();
    io.draw('\n');
    process.kill(process.pid, 'SIGINT');
  });

  const ask = async (question: string, hidden: boolean) => {
    unseen = false;
    terminal.setPrompt(question);
    terminal.prompt();
    unseen = hidden;
    const line = await new Promise<string>((resolve, reject) => {
      waiting = { resolve, reject };
      const early = typed.shift();
      if (early !== undefined) terminal.emit('line', early);
    });
    if (hidden) io.draw('\n');
    return line.trim();
  };
  return {
    ask: (question) => ask(question, false),
    askUnseen: (question) => ask(question, true),
    close: () => terminal.close(),
  };
}

/** Whether the answer is a yes. */
export async function isAgreed(question: string, io: Io): Promise<boolean> {
  const asker = openAsker(io);
  try {
    return /^y(?:es)?$/i.test(await asker.ask(`${question} [y/N] `));
  } finally {
    asker.close();
  }
}

/** What stands on standard input, without white space around it. Throws UsageError for more than so many characters. */
export async function readInput(most: number): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > most)
      throw new UsageError(`standard input holds more than ${most} characters, which is too much here`);
  }
  return text.trim();
}

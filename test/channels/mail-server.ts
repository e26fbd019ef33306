/** Mail servers on loopback: the real one, and one that does at each step what a test says. */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished, vi } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../certs/${name}.pem`, import.meta.url), 'utf8');

export interface Received {
  from: string;
  to: string[];
  /** What came after DATA, as it came. */
  raw: string;
  secure: boolean;
  user: unknown;
}

export interface MailServer {
  port: number;
  received: Received[];
}

/** Takes everything, in clear text and without a sign-in, unless told otherwise. Must be called inside a test. */
export async function mailServer(options: SMTPServerOptions = {}, cert = 'localhost'): Promise<MailServer> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    key: read('key'),
    cert: read(cert),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
          secure: session.secure,
          user: session.user,
        });
        done(null, 'queued as 4711');
      });
    },
    ...options,
  });
  server.on('error', () => {});
  const listening = await new Promise<number>((resolve) => {
    const net = server.listen(0, '127.0.0.1', () => resolve((net.address() as { port: number }).port));
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: listening, received };
}

export function parsed(raw: string): Promise<Email> {
  return PostalMime.parse(Buffer.from(raw, 'latin1'));
}

/** The certificates of `test/certs` are then as good as any authority's, for this test. */
export function trust(...certs: string[]): void {
  const original = tls.createSecureContext;
  const spy = vi
    .spyOn(tls, 'createSecureContext')
    .mockImplementation((options) => original({ ...options, ca: certs.map(read) }));
  onTestFinished(() => spy.mockRestore());
}

export const STEPS = ['greeting', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'end of DATA'] as const;
export type Step = (typeof STEPS)[number] | 'STARTTLS';

const USUAL: Record<Step, string> = {
  greeting: '220 hello',
  EHLO: '250-hello\r\n250 AUTH PLAIN',
  STARTTLS: '220 go on',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  'end of DATA': '250 taken',
};

/** A server that answers as usual but for the steps named: with that reply, by closing the connection, or never. */
export async function scriptedServer(odd: Partial<Record<Step, string | 'close' | 'hang'>>) {
  const sockets = new Set<Socket>();
  const lines: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    let inData = false;
    const say = (step: Step) => {
      const reply = odd[step] ?? USUAL[step];
      if (reply === 'close') socket.end();
      else if (reply !== 'hang') socket.write(`${reply}\r\n`);
      return reply;
    };
    say('greeting');
    let rest = '';
    socket.on('data', (chunk) => {
      const all = (rest + chunk.toString('latin1')).split('\r\n');
      rest = all.pop()!;
      for (const line of all) {
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          say('end of DATA');
          continue;
        }
        lines.push(line);
        const step = (Object.keys(USUAL) as Step[]).find((one) => line.toUpperCase().startsWith(one));
        if (step) inData = say(step).startsWith('354');
        else if (line.startsWith('HELO')) say('EHLO');
        else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as { port: number }).port, lines };
}

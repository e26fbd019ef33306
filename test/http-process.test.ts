// What only a process of its own can show: how it starts and, above all, that it ends.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startServer } from './local-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'pingoru-http-'));
const certFile = (name: string) => fileURLToPath(new URL(`./certs/${name}.pem`, import.meta.url));

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('../src/http.ts', import.meta.url))],
    outfile: join(folder, 'http.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a script that finds `openHttp` and `url` in its scope. */
function run(script: string, url: string, env: Record<string, string> = {}): Promise<Ended> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(file, `import { openHttp } from './http.mjs';\nconst url = ${JSON.stringify(url)};\n${script}`);
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [file], { env: { PATH, ...env } });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text) => (ended.stdout += text));
  child.stderr.on('data', (text) => (ended.stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ ...ended, code })));
}

async function serve(tls?: { key: string; cert: string }) {
  const server = await startServer({ '/hang': () => {}, '*': 'hello' }, tls ? { tls } : {});
  onTestFinished(() => server.close());
  return server;
}

test('a process that asks a few times and closes ends in silence, with idle connections or without', async () => {
  const { url } = await serve();
  const script = (settings: string) => `
    const http = openHttp({ version: '1.2.3'${settings} });
    process.stdout.write((await http.request(url)).text + (await http.request(url)).text);
    await http.close();`;
  for (const settings of ['', ', oneShot: true'])
    expect(await run(script(settings), url)).toEqual({ code: 0, stdout: 'hellohello', stderr: '' });
});

test('closing leaves nothing behind that keeps the process: no reply under way, no waiting turn, no half-made connection', async () => {
  const { url } = await serve();
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const script = `
    const http = openHttp({ version: '1.2.3', lookup: () => {} });
    const asked = [url + '/hang', url + '/behind', 'http://nowhere.example/', 'https://127.0.0.1:${port}/'];
    const codes = asked.map((address) => http.request(address).catch((error) => error.code));
    setTimeout(() => http.close(), 100);
    process.stdout.write([...new Set(await Promise.all(codes))].join());`;
  expect(await run(script, url)).toEqual({ code: 0, stdout: 'network', stderr: '' });
});

test('hundreds of requests may share one signal without a warning', async () => {
  const { url } = await serve();
  const script = `
    const http = openHttp({ version: '1.2.3' });
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 200 }, () => http.request(url, { signal })));
    await http.close();`;
  expect(await run(script, url)).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('the environment can add authorities and proxies, but not switch verification off', async () => {
  const { url } = await serve({
    key: readFileSync(certFile('key'), 'utf8'),
    cert: readFileSync(certFile('localhost'), 'utf8'),
  });
  const script = `
    const http = openHttp({ version: '1.2.3' });
    process.stdout.write(await http.request(url).then((reply) => reply.text, (error) => error.code));
    await http.close();`;
  expect((await run(script, url)).stdout).toBe('tls');
  expect((await run(script, url, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).stdout).toBe('tls');
  const trusting = { NODE_EXTRA_CA_CERTS: certFile('localhost') };
  expect((await run(script, url, trusting)).stdout).toBe('hello');
  expect((await run(script, url, { ...trusting, HTTPS_PROXY: 'http://127.0.0.1:1' })).stdout).toBe('refused');
});

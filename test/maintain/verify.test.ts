import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startServer } from '../local-server.ts';
import { openStatusPage, type StatusPage } from '../program/page.ts';

let folder: string;
let acme: StatusPage;
let moved: LocalServer;
let broken: LocalServer;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pingoru-verify-'));
  acme = await openStatusPage();
  moved = await startServer(
    { '*': { status: 301, headers: { location: `${acme.url}/api/v2/summary.json` } } },
    { host: '127.0.0.2' },
  );
  broken = await startServer({ '*': { status: 500 } });
  execFileSync(process.execPath, ['esbuild.config.mjs', path.join(folder, 'built'), 'src/maintain/main.ts']);
});

afterAll(async () => {
  await Promise.all([acme.close(), moved.close(), broken.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function verify(table: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(folder, 'built', 'main.js'), path.join(folder, 'out'), table], {
      stdio: 'pipe',
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(output))));
  });
}

describe('npm run catalogue:verify', () => {
  it('reports what is moved, gone, learned and double, patches the table, and goes on where it was stopped', async () => {
    const table = path.join(folder, 'providers.tsv');
    const lines = [
      'id\tname\turl\tplatform\tdomain\taliases',
      `acme\tAcme\t${acme.url}\t\tacme.example\t`,
      'dead\tDead\thttp://no-such-host.invalid\tstatuspage\t\t',
      `former\tFormer\t${moved.url}\tinstatus\t\told`,
      `poorly\tPoorly\t${broken.url}\tstatuspage\t\t`,
    ];
    writeFileSync(table, `${lines.slice(0, 3).join('\n')}\n`);
    await verify(table);
    const asked = acme.requests.length;
    writeFileSync(table, `${lines.join('\n')}\n`);
    expect(await verify(table)).toContain('4 of 4');
    expect(acme.requests.slice(asked).every((request) => request.path.startsWith('/api/v2/summary.json'))).toBe(true);
    const report = readFileSync(path.join(folder, 'out', 'report.md'), 'utf8');
    for (const line of [
      '- acme: statuspage',
      '- former: instatus -> statuspage',
      `- former: ${moved.url} -> ${acme.url}`,
      '## gone (1)\n\n- dead:',
      `- former and acme: ${acme.url}`,
      '## unreadable (1)\n\n- poorly:',
    ])
      expect(report).toContain(line);
    const repo = path.join(folder, 'repo', 'src', 'catalogue');
    execFileSync('mkdir', ['-p', repo]);
    execFileSync('cp', [table, path.join(repo, 'providers.tsv')]);
    execFileSync('git', ['apply', '--unidiff-zero', path.join(folder, 'out', 'providers.patch')], {
      cwd: path.join(folder, 'repo'),
    });
    expect(readFileSync(path.join(repo, 'providers.tsv'), 'utf8').split('\n')).toEqual([
      lines[0],
      `acme\tAcme\t${acme.url}\tstatuspage\tacme.example\t`,
      `former\tFormer\t${acme.url}\tstatuspage\t\told`,
      lines[4],
      '',
    ]);
  });
});

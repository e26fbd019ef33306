// The package as users get it: just what belongs in it, and it runs where nothing but it was installed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const tarball = resolve(process.argv[2]);
const files = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
const allowed =
  /^package\/(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|bin\/pingoru\.js|dist\/[\w.-]+\.(?:js|tsv|txt)|dist\/schemas\/[\w-]+\.schema\.json)$/;
assert.deepEqual(
  files.filter((file) => !allowed.test(file)),
  [],
);
for (const needed of [
  'dist/cli.js',
  'dist/providers.tsv',
  'dist/schemas/event.schema.json',
  'dist/THIRD-PARTY-LICENSES.txt',
])
  assert.ok(files.includes(`package/${needed}`), `${needed} is missing`);

const folder = mkdtempSync(join(tmpdir(), 'pingoru-package-'));
try {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', '--silent', '--ignore-scripts', tarball], { cwd: folder, stdio: 'inherit' });
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const run = (...args) => execFileSync('npx', ['pingoru', ...args], { cwd: folder, encoding: 'utf8' }).trim();
  assert.equal(run('--version'), version);
  assert.equal(JSON.parse(run('providers', 'clerk', '--json')).providers[0].id, 'clerk');
  console.log(`package: ${files.length} files, installed and run on its own`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readProject } from '../src/project.ts';

const MEGABYTE = 1024 * 1024;

/** What is mentioned in a project of this one file. */
function wordsOf(file: string, text: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'pingoru-project-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
  return readProject(folder).mentions.map(({ word }) => word);
}

const FILES: [file: string, line: string, word: string][] = [
  ['yarn.lock', '"@clerk/nextjs@6":', 'clerk'],
  ['requirements.txt', 'stripe>=8', 'stripe'],
  ['pyproject.toml', '  "openai[x]>=1",', 'openai'],
  ['go.mod', '\tgithub.com/stripe/stripe-go/v76 v76.1.0', 'stripe'],
  ['Gemfile', "  gem 'stripe'", 'stripe'],
  ['Cargo.toml', 'stripe = "1"', 'stripe'],
  ['compose.yaml', '    image: ghcr.io/x/y', 'github'],
  ['Dockerfile', 'FROM ghcr.io/x/y', 'github'],
  ['main.tf', '  provider "stripe" {', 'stripe'],
  ['.github/workflows/ci.yml', '      - uses: stripe/setup@v1', 'stripe'],
  ['.env.example', '  STRIPE_KEY=', 'stripe'],
];

// A step for each pair of its characters would take half an hour.
describe('a large file is read at once, and to its end', () => {
  test.each(FILES)('%s', (file, line, word) => {
    const fillings = ['\n', '\r\n', ' \n', '\t', ' '];
    for (const filling of fillings) {
      const blanks = filling.repeat(MEGABYTE / filling.length);
      expect(wordsOf(file, `${blanks}\n${line}\n`), JSON.stringify(filling)).toContain(word);
    }
  });

  test.each([
    ['a requirement that is followed by nothing but blanks', `"a${' '.repeat(MEGABYTE)}`],
    ['extras that are never closed', '"a['.repeat(MEGABYTE / 3)],
    ['extras that are never closed, on lines of their own', '"a[\n'.repeat(MEGABYTE / 4)],
    ['names without end', `"${'a'.repeat(MEGABYTE)}`],
  ])('pyproject.toml: %s', (_, text) => {
    expect(wordsOf('pyproject.toml', `${text}\n"stripe>=1"\n`)).toContain('stripe');
  });

  test.each([
    ['go.mod', `${'a.'.repeat(MEGABYTE / 2)}\n`],
    ['compose.yaml', `image: ${'a"'.repeat(MEGABYTE / 2)} b\n`],
    ['Dockerfile', `FROM ${'a'.repeat(MEGABYTE)}\n`],
    ['.github/workflows/ci.yml', `- uses: ${'a/'.repeat(MEGABYTE / 2)}\n`],
    ['yarn.lock', `${'a'.repeat(MEGABYTE)}/\n`],
  ])('%s: a name without end', (file, text) => {
    const [, line, word] = FILES.find(([one]) => one === file)!;
    expect(wordsOf(file, `${text}${line}\n`)).toContain(word);
  });
});

test('a byte-order mark, as editors on Windows write it, is no part of the first name', () => {
  expect(wordsOf('requirements.txt', '\uFEFFstripe>=8\n')).toContain('stripe');
  expect(wordsOf('package.json', '\uFEFF{"dependencies":{"stripe":"1"}}')).toContain('stripe');
});

import { describe, expect, test } from 'vitest';
import { unescapedMarkdown, withoutMarkdown } from '../src/markdown.ts';

describe('withoutMarkdown', () => {
  test.each([
    ['**Summary**\nLogins fail.', 'Summary\nLogins fail.'],
    ['## What happened\n### Why', 'What happened\nWhy'],
    ['* one\n  * two', '- one\n  - two'],
    ['see [the notes](https://example.com/a).', 'see the notes (https://example.com/a).'],
    ['see [**https://example.com/a**](https://example.com/a).', 'see https://example.com/a.'],
    ['**[Help & more](https://example.com)** is there', 'Help & more (https://example.com) is there'],
  ])('%j reads %j', (text, expected) => {
    expect(withoutMarkdown(text)).toBe(expected);
  });

  test.each([
    '2 ** 3 ** 4, *.example.com and **/*.ts',
    'snake_case_names and `code`',
    'issue #12, C# and #incidents',
    '[x] done, [EU](eu), a[1](2), [a](javascript:alert)',
    '![alt](https://example.com/a.png)',
  ])('%j stays', (text) => {
    expect(withoutMarkdown(text)).toBe(text);
  });

  test.each(['**a', '[a', '[a](https://', '# ', '\\#', '\\'])(
    'takes no longer the longer a text of nothing but %j is',
    (piece) => {
      const started = performance.now();
      withoutMarkdown(piece.repeat(200_000));
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );
});

test('what is escaped is no mark, and is no more escaped', () => {
  expect(unescapedMarkdown('\\*\\*not bold\\*\\*, \\[ETA\\](soon)')).toBe('**not bold**, [ETA](soon)');
  expect(unescapedMarkdown('**\\[By August\\].** and europe\\-west4\\-a')).toBe('[By August]. and europe-west4-a');
  expect(unescapedMarkdown('healthy. \\ \\\n## \\# Report')).toBe('healthy.  \nReport');
});

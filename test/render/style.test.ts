import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { pad, shorten, stateWords, wrap } from '../../src/render/style.ts';
import { cleanLine, cleanText } from '../../src/text.ts';
import { expectToFit, vendorText, view, width } from './views.ts';

describe('wrap', () => {
  test('breaks between words, and pushes in what follows', () => {
    expect(wrap('one two three four five six', view(20), 2, 2)).toEqual(['  one two three', '    four five six']);
  });

  test('leaves a line alone that fits, or where nothing has to', () => {
    expect(wrap('one two three four', view(20), 2, 4)).toEqual(['  one two three four']);
    expect(wrap('word '.repeat(200), view(null), 2)).toEqual([`  ${'word '.repeat(200)}`]);
  });

  test('puts an address at the margin rather than break it', () => {
    const url = 'https://status.example.com/incidents/1';
    expect(wrap(url, view(40), 4)).toEqual([url]);
    expect(wrap(url, view(30), 4).join('').replaceAll(' ', '')).toBe(url);
  });

  test('keeps numbers with their units', () => {
    expect(wrap('resolved after 1 h 33 m', view(20))).toEqual(['resolved after', '1 h 33 m']);
    expect(wrap('today at noon: 16:53 UTC+1', view(22))).toEqual(['today at noon:', '16:53 UTC+1']);
  });

  // Measured as a whole, each of these takes seconds to minutes: the test's own time-out is the limit.
  test.each([
    ['words', 'word '.repeat(40_000)],
    ['one word', 'a'.repeat(200_000)],
    ['wide characters', '東'.repeat(50_000)],
    ['emoji', '😀'.repeat(25_000)],
    ['joined emoji', cleanText('😀\u200D'.repeat(20_000))],
    ['numbers with units', '1 h 3 '.repeat(30_000)],
  ])('copes with a line that never ends: %s', (_, text) => {
    const lines = wrap(text, view(80), 2);
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThan(2000);
    if (text.startsWith('word')) expect(new Set(lines.slice(0, -1).map((line) => line.length))).toEqual(new Set([76]));
    expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });

  test('never gives a line wider than the view, and loses no word', () => {
    fc.assert(
      fc.property(vendorText, width, fc.nat(6), fc.nat(6), (text, columns, indent, hanging) => {
        const line = cleanLine(text);
        const lines = wrap(line, view(columns), indent, hanging);
        for (const one of lines) expect(stringWidth(one)).toBeLessThanOrEqual(columns);
        const bare = (words: string) => words.normalize().replace(/\s/g, '');
        expect(bare(lines.join(''))).toBe(bare(line));
      }),
      { numRuns: 1000 },
    );
  });
});

test('shorten cuts to columns, not to characters', () => {
  expect(shorten('watching', 8)).toBe('watching');
  expect(shorten('watching 2 pages', 10)).toBe('watching…');
  expect(stringWidth(shorten('東京リージョン', 8))).toBeLessThanOrEqual(8);
  expect(shorten('anything', null)).toBe('anything');
});

test('pad counts columns', () => {
  expect(pad('東京', 6)).toBe('東京  ');
  expect(pad('longer', 3)).toBe('longer');
});

test('a state says itself in words, whatever its colour', () => {
  const states = ['operational', 'maintenance', 'degraded', 'partial_outage', 'major_outage', 'unknown'] as const;
  expect(states.map((state) => stateWords(state, view(80)))).toEqual([
    '✓ operational',
    '◇ maintenance',
    '▲ degraded',
    '✗ partial outage',
    '✗ major outage',
    '? unknown',
  ]);
  for (const state of states) expectToFit(stateWords(state, view(20, { colors: 1 })), view(20, { colors: 1 }));
});

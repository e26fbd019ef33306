/** Views for the tests of renderers, and what must hold of every line they give. */
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect } from 'vitest';
import { type View, viewOf } from '../../src/render/style.ts';
import { loadWidths } from '../../src/render/widths.ts';
import { ESCAPES } from '../incidents.ts';

await loadWidths();

export const NOW = new Date('2026-03-10T18:00:00Z');

export function view(width: number | null, more: { zone?: string; now?: Date; colors?: 0 | 1 } = {}): View {
  return viewOf({ width, zone: more.zone ?? 'UTC', now: more.now ?? NOW, colors: more.colors ?? 0 });
}

/** No line is wider than the view, and without colours nothing but text is left. */
export function expectToFit(text: string, { width, chalk }: View): void {
  for (const line of text.split('\n'))
    expect(stringWidth(line), line).toBeLessThanOrEqual(width ?? Number.POSITIVE_INFINITY);
  const bare = chalk.level === 0 ? text : text.replace(/\x1B\[\d+m/g, '');
  expect(bare).toMatch(/^(?:\n|[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069])*$/u);
}

/** Words no vendor should write and some do: long, wide, hostile. */
export const vendorText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...ESCAPES,
        '東京リージョン',
        '👨‍👩‍👧‍👦',
        '🏳️‍🌈',
        'é',
        'e\u0301',
        'ｶﾞ',
        '한국어',
        'ไทย',
        ' ',
        '  ',
        '\n',
        '\n\n',
        '-',
        '<b>',
        '`x`',
        '[a](https://evil.example)',
      ),
      fc.string({ maxLength: 20 }),
      fc.string({ minLength: 30, maxLength: 120 }),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

export const width: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(20, 40, 80, 200),
  fc.integer({ min: 20, max: 120 }),
);

import { expect, test } from 'vitest';
import { attribute, entities, fitLines, inert, JOINER as J, withoutLinks } from '../src/outgoing.ts';

test.each([
  ['https://evil.example/a.b', `https:${J}//evil.${J}example/a.b`],
  ['_http://evil.example', `_http:${J}//evil.${J}example`],
  ['a.http://evil.example', `a.${J}http:${J}//evil.${J}example`],
  ['any+scheme://host', `any+scheme:${J}//host`],
  ['see //evil.example', `see /${J}/evil.${J}example`],
  ['mailto:a@b.co javascript:alert(1)', `mailto:${J}a${J}@${J}b.${J}co javascript:${J}alert(1)`],
  ['Note: at 10:30, 1.5 times; and/or // no', 'Note: at 10:30, 1.5 times; and/or // no'],
])('no program makes a link of %s', (text, expected) => {
  expect(withoutLinks(text)).toBe(expected);
});

test('what is cut is cut without links; markup is text, and an address stays in its quotes', () => {
  expect(inert('see evil.example', 11)).toBe(`see evil.${J}…`);
  expect(inert('é'.repeat(9), 11, 'bytes')).toBe('éééé…');
  expect(entities('<b title="&amp;">')).toBe('&lt;b title="&amp;amp;"&gt;');
  expect(attribute('https://a.example/?a=1&b="><b>')).toBe('https://a.example/?a=1&amp;b=%22&gt;&lt;b&gt;');
});

test('lines fit a limit: the longest are cut first, then the last give way to a count', () => {
  expect(fitLines(['short', 'x'.repeat(100)], 60)).toBe(`short\n${'x'.repeat(53)}…`);
  const many = fitLines(
    Array.from({ length: 100 }, (_, id) => `line ${id}`),
    100,
  );
  expect(many.length).toBeLessThanOrEqual(100);
  expect(many).toMatch(/^line 0\n.*and \d+ more$/s);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEntities } from '../src/entities.ts';
import { redact } from '../src/redact.ts';
import { cleanLine, cleanText, cutGraphemes, type Measure, plainText, safeUrl } from '../src/text.ts';
import { ESCAPES } from './incidents.ts';

// Nothing a terminal obeys, nothing that turns or hides text: what is left is printable, line ends, marks and joiners.
const ALLOWED =
  /^(?:\n|\u200C|\u200D|[\u0600-\u0605\u06DD\u070F\u0890\u0891\u08E2]|[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])*$/u;

const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...ESCAPES),
      anyText,
      fc.constantFrom('\x1B', '\x9B', '\x9D', ']', '[', '\x07', '\n', '<', '>', '&', '"', '='),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('cleanText', () => {
  test.each(ESCAPES.map((payload) => [JSON.stringify(payload), payload]))('takes the sting out of %s', (_, payload) => {
    const clean = cleanText(`before ${payload}\nafter`);
    expect(clean).toMatch(ALLOWED);
    expect(clean).toMatch(/^before .*\nafter$/s);
  });

  test('removes whole sequences with their payload, and keeps the text around them', () => {
    expect(cleanText('a\x1B[31mb\x1B[0mc')).toBe('abc');
    expect(cleanText('a\x1B]52;c;AAAA\x07b')).toBe('ab');
    expect(cleanText('a\x1B]8;;https://evil.example\x1B\\link\x1B]8;;\x1B\\b')).toBe('alinkb');
    expect(cleanText('a\x1B_apc\x1B\\b\x9Dosc\x9Cc\x9B1md')).toBe('abcd');
  });

  test('does not let a sequence that never ends swallow what follows', () => {
    expect(cleanText('a\x1B]0;all services are down')).toBe('a0;all services are down');
  });

  test('turns every kind of line end into one, and tabs into spaces', () => {
    expect(cleanText('a\r\nb\rc\u2028d\u2029e\x85f\tg')).toBe('a\nb\nc\nd\ne\nf g');
  });

  test('replaces half a surrogate pair by U+FFFD', () => {
    expect(cleanText('a\uD83Db')).toBe('a\uFFFDb');
    expect(cleanText('\uDE00')).toBe('\uFFFD');
  });

  test('keeps emoji sequences, keycaps and the joiners of other scripts', () => {
    for (const text of ['👨‍👩‍👧‍👦', '❤️‍🔥', '🏳️‍🌈', '1️⃣', 'می‌خواهم', 'क्‍ष', '日本語', 'e\u0301'])
      expect(cleanText(text)).toBe(text);
  });

  test('removes joiners and variation selectors that only hide in plain text', () => {
    expect(cleanText('re\u200Dsol\u200Cved\uFE0F')).toBe('resolved');
    expect(cleanText(`😀${'\uFE01\uFE02\uFE03'.repeat(50)}`).length).toBeLessThan(6);
  });

  test('joins at most ten emoji to one', () => {
    const clean = cleanText('😀\u200D'.repeat(5000));
    expect(Math.max(...[...new Intl.Segmenter().segment(clean)].map(({ segment }) => segment.length))).toBeLessThan(40);
  });

  test('leaves at most eight marks on a letter', () => {
    expect(cleanText(`a${'\u0301'.repeat(5000)}b`)).toBe(`a${'\u0301'.repeat(8)}b`);
  });

  test('leaves only characters that are allowed, and has nothing left to do the second time', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, hostileText), (text) => {
        const clean = cleanText(text);
        expect(clean).toMatch(ALLOWED);
        expect(clean.isWellFormed()).toBe(true);
        expect(cleanText(clean)).toBe(clean);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('cleanLine', () => {
  test('makes one line, with single spaces and none at the ends', () => {
    expect(cleanLine('  API\n\n latency\t ')).toBe('API latency');
    expect(cleanLine('API latency')).toBe('API latency');
  });

  test('never leaves a line end', () => {
    fc.assert(fc.property(hostileText, (text) => !/[\n\r]/.test(cleanLine(text))));
  });
});

describe('plainText', () => {
  test('makes lines of blocks, bullets of items, with an empty line between paragraphs', () => {
    const html =
      '<p>First <b>bold</b>\n words.</p>\n<p>Second.<br />Third.</p><ul><li>one</li>\n<li><p>two</p></li></ul>End';
    expect(plainText(html)).toBe('First bold words.\n\nSecond.\nThird.\n- one\n- two\nEnd');
  });

  test('keeps the line ends of a text that has only inline tags', () => {
    expect(plainText('one\n\ntwo <b>three</b>\nfour')).toBe('one\n\ntwo three\nfour');
  });

  test('leaves nothing that is not seen: blanks at the ends of lines, lines of blanks, spaces that do not break', () => {
    expect(plainText('one\u00A0two \u00A0\n \n\u00A0\n\nthree\t\n')).toBe('one two\n\nthree');
    expect(plainText('one\u00A0two')).toBe('one two');
  });

  test('leaves Markdown and plain text as they are', () => {
    const text = '**Update**: see [notes](https://example.com)\n- a\n- b';
    expect(plainText(text)).toBe(text);
  });

  test('takes a < that opens no tag for text', () => {
    expect(plainText('latency < 5 ms, i <3 it, 4 <5> 6, a <- b')).toBe('latency < 5 ms, i <3 it, 4 <5> 6, a <- b');
    expect(plainText('cut off <b')).toBe('cut off <b');
  });

  test('drops comments and the content of scripts and styles', () => {
    expect(plainText('a<!-- <b>no</b> -->b<script>alert("</b>")</SCRIPT>c<style>p{}</style>d')).toBe('abcd');
  });

  test('is not misled by a > in an attribute', () => {
    expect(plainText('a<img alt="x > y" src=z>b')).toBe('ab');
  });

  test('names the address of a link unless its words do', () => {
    expect(plainText('see <a href="https://example.com/a?b=1&amp;c=2">the notes</a>.')).toBe(
      'see the notes (https://example.com/a?b=1&c=2).',
    );
    expect(plainText('see <a href="https://example.com/">example.com</a>')).toBe('see example.com');
    expect(plainText("<a class=x href='https://example.com/x'>https://example.com/x</a>")).toBe(
      'https://example.com/x',
    );
    expect(plainText('<a href="https://example.com/x"><img></a>')).toBe('(https://example.com/x)');
  });

  test('names no address that is not http or https', () => {
    for (const href of [
      'javascript:alert(1)',
      'data:text/html,x',
      'file:///etc/passwd',
      '/relative',
      'https://user:pass@example.com/',
    ])
      expect(plainText(`<a href="${href}">words</a>`)).toBe('words');
  });

  test('decodes entities once', () => {
    expect(plainText('&lt;b&gt; &amp;amp; &rarr; caf&eacute; &hellip; &#8217;&#x2019; a&nbsp;b')).toBe(
      '<b> &amp; → café … ’’ a b',
    );
  });

  test('cleans what entities stood for', () => {
    expect(plainText('a&#27;[31mb&#x202e;c&#0;d&#x9d;')).toMatch(ALLOWED);
  });

  test('keeps the lines of preformatted text', () => {
    expect(plainText('<p>log:</p><pre>a\n  b</pre>')).toBe('log:\n\na\n  b');
  });

  test('gives clean text for anything', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(plainText(text)).toMatch(ALLOWED);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('hostile input of 200,000 characters', () => {
  const long = (part: string) => part.repeat(Math.ceil(200_000 / part.length));
  const inputs = {
    'unclosed <': long('<'),
    'unclosed tags': long('<a '),
    'unclosed tags and one end': `${long('<a ')}>`,
    'ends in quotes': long('<a b=">" '),
    'unclosed quotes': `${long('<a b="')}>`,
    'unclosed comments': `${long('<!--')}>`,
    'unclosed scripts': long('<script>'),
    'unclosed links': long('<a href="https://example.com">x'),
    'href without value': `<a${long(' href')}>`,
    items: long('<li>x'),
    breaks: long('<br>'),
    ampersands: long('&'),
    'half entities': long('&#1'),
    'trailing spaces': `${long(' ')}x`,
    'lines of spaces': long('\n '),
    'unfinished OSC': long('\x1B]'),
    'unfinished C1 OSC': long('\x9D'),
    'unfinished CSI': `\x1B[${long('0')}`,
    joiners: long('\u200D'),
    'emoji and joiners': long('😀\u200D'),
    selectors: `é${long('\uFE0F')}`,
    marks: `a${long('\u0301')}`,
    schemes: long('://x'),
    hosts: `https://${long('a.')}`,
  };

  // Quadratic work on so much would take minutes: the test's own time-out is the limit.
  test.each(Object.entries(inputs))('%s', (_, text) => {
    expect(plainText(text)).toMatch(/^[^\x1B]*$/);
    cleanLine(text);
    redact(text, ['secret', 'https://hooks.example/services/abcdefgh']);
    for (const measure of ['graphemes', 'utf16', 'bytes'] as const) cutGraphemes(text, 1000, measure);
  });
});

describe('decodeEntities', () => {
  test('leaves what names nothing', () => {
    expect(decodeEntities('AT&T; &nosuchname; & &amp &#; &#xZZ;')).toBe('AT&T; &nosuchname; & &amp &#; &#xZZ;');
  });

  test('knows the names of HTML 4, first to last', () => {
    expect(decodeEntities('&nbsp;&yuml;&Alpha;&omega;&sigmaf;&diams;&rang;&quot;&apos;&euro;&trade;')).toBe(
      '\u00A0ÿΑως♦⟩"\'€™',
    );
  });

  test('reads numbers 128 to 159 as Windows-1252, and impossible ones as U+FFFD', () => {
    expect(decodeEntities('&#146;&#150;&#128;')).toBe('’–€');
    expect(decodeEntities('&#0;&#xD800;&#x110000;')).toBe('\uFFFD\uFFFD\uFFFD');
  });
});

describe('safeUrl', () => {
  test('writes an http or https address as URL does', () => {
    expect(safeUrl(' HTTPS://Example.com/a b ')).toBe('https://example.com/a%20b');
    expect(safeUrl('/incidents/1', 'https://status.example.com/history')).toBe(
      'https://status.example.com/incidents/1',
    );
    expect(safeUrl('https://example.com/\u202Egnp"><script>')).toBe(
      'https://example.com/%E2%80%AEgnp%22%3E%3Cscript%3E',
    );
  });

  test.each([
    null,
    undefined,
    '',
    'words',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://example.com/',
    'https://user@example.com/',
    'https://user:password@example.com/',
    `https://example.com/${'a'.repeat(2048)}`,
    `https://example.com/${'é'.repeat(1000)}`,
  ])('refuses %s', (value) => {
    expect(safeUrl(value)).toBeNull();
  });
});

describe('cutGraphemes', () => {
  const family = '👨‍👩‍👧‍👦';
  const size = (text: string, measure: Measure) =>
    measure === 'bytes'
      ? Buffer.byteLength(text)
      : measure === 'utf16'
        ? text.length
        : [...new Intl.Segmenter().segment(text)].length;

  test('leaves what fits', () => {
    expect(cutGraphemes('short', 5)).toBe('short');
    expect(cutGraphemes(family, 1)).toBe(family);
    expect(cutGraphemes(family, 11, 'utf16')).toBe(family);
    expect(cutGraphemes(family, 25, 'bytes')).toBe(family);
  });

  test('cuts before the character that would not fit whole, and says so within the limit', () => {
    expect(cutGraphemes('abcdef', 4)).toBe('abc…');
    expect(cutGraphemes(`ab${family}`, 12, 'utf16')).toBe('ab…');
    expect(cutGraphemes('ääää', 7, 'bytes')).toBe('ää…');
    expect(cutGraphemes('one two three', 5)).toBe('one…');
    expect(cutGraphemes('abc', 0)).toBe('');
  });

  test('never exceeds the limit, breaks a character or leaves half a pair', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(family, 'é', '日', '🏳️‍🌈', ' ', '\uD83D'),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    });
    fc.assert(
      fc.property(text, fc.nat(40), fc.constantFrom<Measure>('graphemes', 'utf16', 'bytes'), (whole, max, measure) => {
        const cut = cutGraphemes(whole, max, measure);
        expect(cut.isWellFormed()).toBe(true);
        const clean = whole.toWellFormed();
        if (size(clean, measure) <= max) return cut === clean;
        expect(size(cut, measure)).toBeLessThanOrEqual(max);
        const kept = cut.slice(0, -1);
        const boundaries = [...new Intl.Segmenter().segment(clean)].map(({ index }) => clean.slice(0, index).trimEnd());
        return max === 0 ? cut === '' : boundaries.includes(kept);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('redact', () => {
  const webhook = 'https://hooks.example.com/services/T0001/B0002/canary-path?x=canary-query';

  test('removes secrets as they are, percent-encoded and as JSON writes them', () => {
    expect(redact('password is p"w/d, p%22w%2Fd, {"pass":"p\\"w/d"}', ['p"w/d'])).toBe(
      'password is ***, ***, {"pass":"***"}',
    );
  });

  test('removes the path and query of an address that is a secret, also on their own', () => {
    expect(redact(`POST ${webhook} failed`, [webhook])).toBe('POST *** failed');
    expect(redact('404 for /services/T0001/B0002/canary-path?x=canary-query', [webhook])).not.toContain('canary');
    expect(redact('no route canary-path', [webhook])).not.toContain('canary');
  });

  test('removes user information, webhook addresses and tokens that nobody declared', () => {
    expect(redact('https://user:canary@example.com/x', [])).toBe('https://***@example.com/x');
    expect(redact('at https://hooks.slack.com/services/T/B/canary.', [])).not.toContain('canary');
    expect(redact('at https://discord.com/api/webhooks/1/canary', [])).not.toContain('canary');
    expect(redact('at https://prod-1.westeurope.logic.azure.com:443/workflows/1?sig=canary', [])).not.toContain(
      'canary',
    );
    expect(redact('https://example.com/?a=1&sig=canary&b=2', [])).toBe('https://example.com/?a=1&sig=***&b=2');
  });

  test('leaves a text without secrets alone', () => {
    const text = 'https://status.example.com/incidents/1?page=2 answered HTTP 500 to me@example.com';
    expect(redact(text, ['', 'canary'])).toBe(text);
  });

  test('leaves no secret in any text it stands in', () => {
    const secret = fc.string({ minLength: 4, maxLength: 20 }).filter((value) => !value.includes('*'));
    fc.assert(
      fc.property(anyText, secret, anyText, (before, value, after) => {
        expect(redact(`${before}${value}${after}`, [value])).not.toContain(value);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FetchError, ParseError } from '../src/errors.ts';
import { loadHtml, loadXml } from '../src/markup.ts';
import type { Reply } from '../src/model.ts';

const URL = 'https://status.example.com/history.atom';

function reply(text: string, status = 200): Reply {
  return { url: URL, status, headers: {}, contentType: 'text/html', text, hops: [URL] };
}

async function codeOf(load: Promise<unknown>): Promise<string> {
  try {
    await load;
    return 'read';
  } catch (error) {
    if (error instanceof ParseError || error instanceof FetchError) return error.code;
    throw error;
  }
}

describe('loadHtml', () => {
  test('gives a tree that selectors search', async () => {
    const $ = await loadHtml(reply('<ul><li class=a>one<li class=b>two &amp; three</ul>'));
    expect($('li.b').text()).toBe('two & three');
    expect($('li')).toHaveLength(2);
  });

  test('refuses a failed, an empty and a markup-less reply', async () => {
    expect(await codeOf(loadHtml(reply('<p>busy</p>', 503)))).toBe('http');
    expect(await codeOf(loadHtml(reply('<p>gone</p>', 410)))).toBe('gone');
    expect(await codeOf(loadHtml(reply(' \n')))).toBe('empty');
    expect(await codeOf(loadHtml(reply('{"status":"ok"}')))).toBe('shape');
  });

  test('reads pages as deep as pages are, and lists as long as they are', async () => {
    const deep = `${'<div>'.repeat(500)}x${'</div>'.repeat(500)}`;
    expect((await loadHtml(reply(deep)))('div').length).toBe(500);
    const long = '<li>item'.repeat(4000);
    expect((await loadHtml(reply(`<ul>${long}</ul>`)))('li').length).toBe(4000);
    const options = '<option value=1>zone'.repeat(2000);
    expect((await loadHtml(reply(`<select>${options}</select>`)))('option').length).toBe(2000);
  });

  // The parser alone takes minutes for such depths, so reading any of them would end in the test's time-out.
  test.each([
    ['nested divisions', '<div>'.repeat(100_000)],
    ['paragraphs in items', '<li><p>'.repeat(100_000)],
    ['formatting that never ends', '<p><b>'.repeat(100_000)],
    ['tags whose quotes are no quotes', `<x ">${'<div>'.repeat(100_000)}">`],
    ['attributes full of end tags', `<a b="${'</div>'.repeat(600)}">${'<div>'.repeat(400)}`.repeat(200)],
    ['elements side by side', '<i></i>'.repeat(40_000)],
    ['an unclosed comment after them', `${'<div>'.repeat(100_000)}<!--`],
    ['foreign elements', '<svg><desc>'.repeat(50_000)],
  ])('refuses %s', async (_, html) => {
    expect(await codeOf(loadHtml(reply(html)))).toBe('too_deep');
  });
});

describe('loadXml', () => {
  const feed =
    '<?xml version="1.0"?>\n<!-- made by <x> -->\n<feed><entry><title type="html">a &amp;lt; b</title><Id>1</Id></entry></feed>';

  test('gives a tree of the names as they are written', async () => {
    const $ = await loadXml(reply(`\uFEFF${feed}`));
    expect($('entry > title').text()).toBe('a &lt; b');
    expect($('Id').text()).toBe('1');
    expect($('id')).toHaveLength(0);
  });

  test('reads CDATA as text', async () => {
    const $ = await loadXml(reply('<rss><d><![CDATA[<p>x</p><!DOCTYPE y [ ]>]]></d></rss>'));
    expect($('d').text()).toBe('<p>x</p><!DOCTYPE y [ ]>');
  });

  test('allows a document type that only names an outer one, as old feeds have, and never asks for it', async () => {
    const $ = await loadXml(
      reply('<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://127.0.0.1:1/rss.dtd"><rss><t>x</t></rss>'),
    );
    expect($('t').text()).toBe('x');
  });

  test.each([
    ['not_xml', 'words'],
    ['not_xml', '{"a":"<b>"}'],
    ['html', '<!DOCTYPE html><html><body>Sign in</body></html>'],
    ['html', '<html lang=en><head>'],
    ['not_xml', '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'],
    ['not_xml', '<!-- <a> --><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'],
    ['not_xml', '<!doctype l SYSTEM "x" [ <!ENTITY x "y"> ]><l>&x;</l>'],
    ['empty', ''],
    ['too_deep', '<a>'.repeat(100_000)],
    ['too_deep', '<li>'.repeat(100_000)],
    ['too_deep', '<br>'.repeat(100_000)],
  ])('answers %s for %.60s', async (code, text) => {
    expect(await codeOf(loadXml(reply(text)))).toBe(code);
  });

  test('leaves entities it does not know as text', async () => {
    const $ = await loadXml(reply('<l>&xxe; &lol9;</l>'));
    expect($('l').text()).toBe('&xxe; &lol9;');
  });
});

test('whatever comes, a tree or one of our errors comes of it', async () => {
  const parts = fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '<!DOCTYPE',
    '[',
    '"',
    "'",
    '=',
    'a',
    'script',
    'div',
    ' ',
    '&',
    ';',
    '#',
  );
  const markup = fc.array(parts, { maxLength: 60 }).map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(markup, async (text) => {
      await codeOf(loadHtml(reply(text)));
      await codeOf(loadXml(reply(text)));
    }),
    { numRuns: 500 },
  );
});

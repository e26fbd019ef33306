import { expect, test } from 'vitest';
import type { Ask, Get } from '../src/model.ts';
import { askTogether } from '../src/raw.ts';

interface Asked {
  path: string;
  conditional: boolean;
}

/** A page of which the named documents are as they were. */
function pageWith(unchanged: readonly string[], asked: Asked[] = []): Get {
  return async (path: string, ask: Ask = {}) => {
    asked.push({ path, conditional: ask.conditional ?? false });
    const status = ask.conditional && unchanged.includes(path) ? 304 : 200;
    const url = `https://status.example/${path}`;
    return { url, status, headers: {}, contentType: 'application/json', text: status === 200 ? path : '', hops: [url] };
  };
}

const anything = () => undefined;

test('documents of which none changed are nothing new', async () => {
  expect(await askTogether(pageWith(['a', 'b']), ['a', 'b'], anything)).toBeNull();
});

test('when one changed the others are asked again for their text', async () => {
  const asked: Asked[] = [];
  const replies = await askTogether(pageWith(['a', 'c'], asked), ['a', 'b', 'c'], anything);
  expect(replies?.map((reply) => reply.text)).toEqual(['a', 'b', 'c']);
  expect(asked.map(({ path, conditional }) => `${path}${conditional ? '?' : ''}`)).toEqual([
    'a?',
    'b?',
    'c?',
    'a',
    'c',
  ]);
});

test('a reply that is refused spares the further ones, and one without text is not looked at', async () => {
  const asked: Asked[] = [];
  const refuse = (reply: { text: string }) => {
    if (reply.text === 'b') throw new Error('not this');
    expect(reply.text).not.toBe('');
  };
  await expect(askTogether(pageWith(['a'], asked), ['a', 'b', 'c'], refuse)).rejects.toThrow('not this');
  expect(asked.map(({ path }) => path)).toEqual(['a', 'b']);
});

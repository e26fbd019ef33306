import { expect, it } from 'vitest';
import { explain, isNoHost } from '../../src/http/failure.ts';

it.each([
  ['ENOTFOUND', true],
  ['EAI_AGAIN', false],
  ['ECONNREFUSED', false],
])('%s tells that a host does not exist: %s', (code, is) => {
  const failed = Object.assign(new Error('failed'), { cause: Object.assign(new Error('why'), { code }) });
  const place = { host: 'acme.example', url: 'https://acme.example' };
  expect(isNoHost(explain(failed, place, false))).toBe(is);
});

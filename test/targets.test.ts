import { describe, expect, it } from 'vitest';
import type { Config } from '../src/record.ts';
import { resolveTargets } from '../src/targets.ts';

const config: Config = {
  schemaVersion: 1,
  watch: [
    { url: 'https://status.stripe.com', name: null, provider: 'stripe', platform: null },
    { url: 'https://status.acme.example', name: 'acme', provider: null, platform: 'statuspage' },
  ],
  channels: [],
  groups: [
    { name: 'default', channels: [] },
    { name: 'pay', channels: [], providers: ['stripe', 'adyen'] },
    { name: 'own', channels: [], providers: ['ac*'] },
    { name: 'none', channels: [], providers: ['zz*'] },
  ],
};
const ids = (...words: string[]) => resolveTargets(words, config).map(({ provider }) => provider.id);

describe('a group as a target', () => {
  it('is the pages of the watch list that it is about, and the providers it names', () => {
    expect(ids('@default')).toEqual(['stripe', 'acme']);
    expect(ids('@pay')).toEqual(['stripe', 'adyen']);
    expect(ids('@own')).toEqual(['acme']);
    expect(ids('@pay', '@default')).toEqual(['stripe', 'adyen', 'acme']);
  });

  it('keeps what the watch list says of its pages', () => {
    expect(resolveTargets(['@own'], config)[0]).toMatchObject({ platform: 'statuspage' });
  });

  it('says which groups there are', () => {
    expect(() => ids('@nope')).toThrow('there is no group "nope"; there are @default, @pay, @own, @none');
    expect(() => ids('@none')).toThrow(/"none" is about no page of the watch list/);
    expect(() => resolveTargets(['@x'], { ...config, groups: [] })).toThrow(/pingoru group add makes one/);
  });
});

describe('an address', () => {
  const urls = (word: string) =>
    resolveTargets([word], config).map(({ provider, guesses }) => [provider.url, ...guesses]);

  it.each([
    ['[::1]:8080', ['http://[::1]:8080']],
    ['[fe80::1]', ['https://[fe80::1]']],
    ['[fe80::1]:8080/acme', ['https://[fe80::1]:8080/acme']],
    ['127.0.0.1:8080', ['http://127.0.0.1:8080']],
    ['exämple-pay.de', ['https://status.xn--exmple-pay-r5a.de', 'https://xn--exmple-pay-r5a.de']],
    ['status.пример.example', ['https://status.xn--e1afmkfd.example']],
    ['github.com.', ['https://www.githubstatus.com']],
    ['https://status.acme-pay.example./', ['https://status.acme-pay.example']],
    ['status.acme-pay.example.:8443/eu', ['https://status.acme-pay.example:8443/eu']],
    ['localhost.:8080', ['http://localhost:8080']],
    ['acme-pay.example', ['https://status.acme-pay.example', 'https://acme-pay.example']],
  ])('%s', (word, expected) => {
    expect(urls(word)).toEqual([expected]);
  });

  it.each(['acme..example', 'acme.example..', '.example', 'ac me.example'])('%s is none', (word) => {
    expect(() => urls(word)).toThrow(/no provider is called/);
  });
});

import { expect, test } from 'vitest';
import { addressOf, isThisMachine, secondsOf, serviceOf } from '../../src/channels/settings.ts';

const address = (url: unknown, options = {}) => addressOf({ url }, 'url', options).href;

test('plain http is for this machine alone, unless the service is one that people run', () => {
  expect(address(' https://a.example/x ')).toBe('https://a.example/x');
  for (const host of ['localhost', '127.0.0.1', '127.1.2.3:8080', '[::1]:80']) address(`http://${host}/`);
  for (const host of ['a.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '[::2]'])
    expect(() => address(`http://${host}/`)).toThrow('"url" must begin with https://: over http://');
  expect(address('http://10.0.0.1/', { plain: true })).toBe('http://10.0.0.1/');
});

test.each([undefined, 7, '', 'a.example', 'ftp://a.example', 'javascript:alert(1)', 'https://a.example/a\nb'])(
  '%j is no address',
  (url) => {
    expect(() => address(url, { plain: true, example: 'https://x.example' })).toThrow(
      '"url" must be a whole address that begins with https://, as https://x.example',
    );
  },
);

test('a user name and a password go where the channel has a place for them', () => {
  expect(() => address('https://canary:canary@a.example')).toThrow(
    /^"url" must be without a user name and password before an @$/,
  );
  expect(() => address('https://canary@a.example', { signIn: 'use "token"' })).toThrow(/@; use "token"$/);
});

test("a service's address has paths put behind it", () => {
  const service = (api: unknown) => serviceOf({ api }, 'api', 'https://api.example');
  expect([service(undefined), service('https://eu.example//'), service('https://a.example/v1/')]).toEqual([
    'https://api.example',
    'https://eu.example',
    'https://a.example/v1',
  ]);
  for (const api of ['https://a.example/?a=1', 'https://a.example/#a'])
    expect(() => service(api)).toThrow('"api" must end with the path, without ? and #, as https://api.example does');
});

test('a time limit is from a second to the most there may be', () => {
  const seconds = (timeout: unknown) => secondsOf({ timeout }, 'timeout', { usual: 20, most: 300 });
  expect([seconds(undefined), seconds(1), seconds(300)]).toEqual([20, 1, 300]);
  for (const wrong of [0, 301, Number.NaN]) expect(() => seconds(wrong)).toThrow('"timeout" must be between 1 and 300');
});

test('this machine is known by its name and its addresses', () => {
  expect(['localhost', 'LOCALHOST', '127.0.0.2', '::1', '[::1]'].every(isThisMachine)).toBe(true);
  expect(['', 'localhost.', 'a.localhost', '1::1', '127.0.0', 'xlocalhost'].some(isThisMachine)).toBe(false);
});

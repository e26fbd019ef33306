import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  allProviders,
  findByHost,
  findProvider,
  nearest,
  nearestProviders,
  searchProviders,
} from '../../src/catalogue/index.ts';
import { editDistance } from '../../src/catalogue/nearest.ts';

const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

describe('findProvider', () => {
  it('finds a provider by its id', () => {
    expect(findProvider('clerk')).toMatchObject({
      id: 'clerk',
      name: 'Clerk',
      url: 'https://status.clerk.com',
      platform: 'incident-io',
      domain: 'clerk.com',
    });
  });

  it('finds every provider by its id and by each of its aliases', () => {
    for (const row of allProviders()) {
      expect(findProvider(row.id)).toEqual(row);
      for (const alias of row.aliases) expect(findProvider(alias)?.id).toBe(row.id);
    }
  });

  it.each([
    ['gh', 'github'],
    ['GCP', 'google-cloud'],
    ['amazon', 'aws'],
    ['twitter', 'x'],
    ['chatgpt', 'openai'],
    ['m365', 'microsoft-365'],
    ["Let's Encrypt", 'lets-encrypt'],
    [' Hugging Face ', 'hugging-face'],
    ['open ai', 'openai'],
    ['claude.ai', 'claude'],
  ])('takes %s for %s', (word, id) => {
    expect(findProvider(word)?.id).toBe(id);
  });

  it('has no platform for a page that was not detected yet', () => {
    expect(findProvider('okta')?.platform).toBeNull();
  });

  it.each(['', ' ', 'id', 'name', 'no-such-vendor', 'git.*', 'git', 'https', 'status.clerk.com', 'a\tb', ','])(
    'finds nothing for %j',
    (word) => {
      expect(findProvider(word)).toBeNull();
    },
  );

  it('finds nothing, and does not throw, for any other text', () => {
    const names = new Set(allProviders().flatMap((row) => [row.id, ...row.aliases]));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const found = findProvider(text);
        if (found) expect(names.has(found.id)).toBe(true);
      }),
    );
  });
});

describe('findByHost', () => {
  it.each([
    ['clerk.com', 'clerk'],
    ['status.clerk.com', 'clerk'],
    ['clerk.io', 'clerk-io'],
    ['status.clerk.io', 'clerk-io'],
    ['www.githubstatus.com', 'github'],
    ['githubstatus.com', 'github'],
    ['www.github.com', 'github'],
    ['GitHub.com.', 'github'],
    ['status.slack.com', 'slack'],
    ['twitter.com', 'x'],
  ])('finds %s', (host, id) => {
    expect(ids(findByHost(host))[0]).toBe(id);
  });

  it('keeps the authentication company and the search company apart', () => {
    expect(ids(findByHost('clerk.com'))).toEqual(['clerk']);
    expect(ids(findByHost('clerk.io'))).toEqual(['clerk-io']);
  });

  it('puts the vendor before its products', () => {
    expect(ids(findByHost('atlassian.com'))[0]).toBe('atlassian');
    expect(ids(findByHost('atlassian.com')).length).toBeGreaterThan(1);
    expect(ids(findByHost('status.cloud.google.com'))).toEqual(['google-cloud', 'google-maps-platform']);
  });

  it.each(['api.stripe.com', 'com', 'stripe', '', '.', 'statuspage', 'lerk.com', 'clerk.co'])(
    'finds nothing for %j',
    (host) => {
      expect(findByHost(host)).toEqual([]);
    },
  );

  it('finds every provider by the host of its page', () => {
    for (const row of allProviders()) expect(ids(findByHost(new URL(row.url).hostname))).toContain(row.id);
  });
});

describe('searchProviders', () => {
  it.each([
    ['clerk', ['clerk', 'clerk-io', 'moonclerk']],
    ['Clerk.io', ['clerk-io']],
    ['clerk.com', ['clerk', 'moonclerk']],
    ['git', ['github', 'gitlab']],
    ['gh', ['github']],
    ['status.stripe.com', ['stripe']],
    ['stripe', ['stripe']],
    ['google maps', ['google-maps-platform']],
    ['maps google', ['google-maps-platform']],
    ['open ai', ['openai']],
    ["let's encrypt", ['lets-encrypt']],
    ['githb', ['github']],
    ['clrek', ['clerk', 'clerk-io']],
  ])('finds %j, best first', (query, best) => {
    expect(ids(searchProviders(query)).slice(0, best.length)).toEqual(best);
  });

  it('puts the id before those that begin with it, and these before those that hold it', () => {
    const found = ids(searchProviders('zoom'));
    expect(found.slice(0, 2)).toEqual(['zoom', 'zoominfo']);
    const sales = ids(searchProviders('sales'));
    expect(sales.indexOf('salesforce')).toBeLessThan(sales.indexOf('freshsales'));
  });

  it('looks for slips only when nothing answers as it was typed', () => {
    expect(ids(searchProviders('slack'))).not.toContain('slab');
    expect(ids(searchProviders('slakc'))).toContain('slack');
  });

  it('lists everything in order for an empty query, up to the limit', () => {
    expect(searchProviders('')).toEqual(allProviders());
    expect(searchProviders(' ', 3)).toEqual(allProviders().slice(0, 3));
    expect(searchProviders('a', 5)).toHaveLength(5);
  });

  it.each(['qqqqqqqqqqqqqqq', '-', '_ _', '???'])('finds nothing for %j', (query) => {
    expect(searchProviders(query)).toEqual([]);
  });

  it('takes the names of the columns for words like any other', () => {
    for (const query of ['aliases', 'platform', 'domain', 'url', 'name', 'id'])
      expect(ids(searchProviders(query)).every((id) => findProvider(id) !== null)).toBe(true);
  });

  it('finds every provider first or among the first by its id, and by its name', () => {
    for (const row of allProviders()) {
      expect(searchProviders(row.id)[0]).toEqual(row);
      expect(ids(searchProviders(row.name, 3))).toContain(row.id);
    }
  });
});

describe('nearest', () => {
  it.each([
    ['clrek', ['clerk', 'stripe', 'github'], ['clerk']],
    ['Sesion', ['Session management', 'Webhooks', 'Billing'], ['Session management']],
    ['Sesion*', ['Session management', 'Webhooks'], ['Session management']],
    ['Slow reqests', ['Slow requests in Europe', 'Search is down'], ['Slow requests in Europe']],
    ['web hooks', ['Webhooks', 'API'], ['Webhooks']],
    ['acme', ['acme-eu', 'acme-us', 'other'], ['acme-eu', 'acme-us']],
    ['ACMW', ['acme'], ['acme']],
    ['xyzzy', ['clerk', 'stripe'], []],
    ['db', ['dc', 'app'], []],
    ['', ['a', ''], []],
  ])('takes %j among %j for %j', (name, candidates, near) => {
    expect(nearest(name, candidates)).toEqual(near);
  });

  it('gives the nearest first, those that begin with it before all, three at most', () => {
    expect(nearest('strip', ['spire', 'stripe', 'strap', 'strips', 'stripes'])).toEqual([
      'stripe',
      'strips',
      'stripes',
    ]);
  });

  it('gives a slip of one letter before one of two', () => {
    expect(nearest('strope', ['stroll', 'stripe', 'webhooks'])).toEqual(['stripe', 'stroll']);
  });

  it.each([
    ['clrek', 'clerk'],
    ['gihub', 'github'],
    ['cloudlfare', 'cloudflare'],
    ['opnai', 'openai'],
    ['pagrduty', 'pagerduty'],
  ])('suggests for %s the provider %s', (name, id) => {
    expect(nearestProviders(name)[0]).toBe(id);
  });

  it('suggests ids and own names, not aliases or hosts', () => {
    expect(nearestProviders('chatgtp')).toEqual(['openai']);
    expect(nearestProviders('google')).toContain('google-cloud');
    expect(nearestProviders('acmee', ['acme-shop', 'acme'])).toContain('acme');
  });
});

describe('the file', () => {
  afterEach(() => {
    vi.doUnmock('node:fs');
    vi.resetModules();
  });

  it('is read when something is first asked of it, and once', async () => {
    const reads: string[] = [];
    vi.resetModules();
    vi.doMock('node:fs', async (original) => {
      const fs = await original<typeof import('node:fs')>();
      const readFileSync = (...args: Parameters<typeof fs.readFileSync>) => {
        reads.push(String(args[0]));
        return fs.readFileSync(...args);
      };
      return { ...fs, readFileSync };
    });
    const catalogue = await import('../../src/catalogue/index.ts');
    expect(reads).toEqual([]);
    catalogue.findProvider('clerk');
    catalogue.findByHost('clerk.io');
    catalogue.searchProviders('stripe');
    expect(reads).toEqual([expect.stringMatching(/providers\.tsv$/)]);
  });
});

describe('editDistance', () => {
  it.each([
    ['clerk', 'clerk', 0],
    ['clrek', 'clerk', 1],
    ['gihub', 'github', 1],
    ['githubb', 'github', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['ca', 'abc', 3],
  ])('from %j to %j is %d', (a, b, distance) => {
    expect(editDistance(a, b, 9)).toBe(distance);
    expect(editDistance(b, a, 9)).toBe(distance);
  });

  it('is Infinity beyond the most that is asked for, and the same below it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, fc.nat(8), (a, b, most) => {
        const whole = editDistance(a, b, 99);
        expect(editDistance(a, b, most)).toBe(whole > most ? Infinity : whole);
      }),
    );
  });
});

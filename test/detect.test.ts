/** Detection against sites that help, mislead and lie, and against every recorded reply. */
import { describe, expect, test } from 'vitest';
import { type Detection, detectPage } from '../src/detect.ts';
import { FetchError, ParseError } from '../src/errors.ts';
import type { Http, RequestOptions } from '../src/http.ts';
import type { Reply, Source } from '../src/model.ts';
import { loadSources } from '../src/sources/index.ts';
import { casesOf, fixturePlatforms, webPage } from './fixtures.ts';

const sources = await loadSources();
const platforms = sources.filter((source) => !source.generic);

interface Answer {
  text?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Redirects there. */
  to?: string;
  fails?: 'timeout' | 'refused';
}

interface Site {
  http: Http;
  /** Every exchange, hops of redirects included. */
  asked: string[];
}

/** A network of the given addresses; `*` answers for all others, which else are a 404 with a web page. */
function network(routes: Record<string, Answer | string>, cnames: Record<string, string> = {}): Site {
  const asked: string[] = [];
  const answer = (url: string): Answer => {
    const found = routes[url] ?? routes['*'] ?? { status: 404, text: webPage('Not found') };
    return typeof found === 'string' ? { text: found } : found;
  };
  const request = async (typed: string, { follow = true }: RequestOptions = {}): Promise<Reply> => {
    const hops: string[] = [];
    for (let url = new URL(typed).href; ; ) {
      hops.push(url);
      asked.push(url);
      const { text = '', to, fails, headers = {}, status = to ? 302 : 200 } = answer(url);
      if (fails) throw new FetchError(fails, url, `${url} ${fails}`);
      if (!to || !follow)
        return { url, status, headers: to ? { ...headers, location: to } : headers, contentType: '', text, hops };
      if (hops.length > 5) throw new FetchError('redirect', url, 'too many redirects');
      url = new URL(to, url).href;
    }
  };
  return { asked, http: { request, resolveCname: async (host) => cnames[host] ?? null, close: async () => {} } };
}

const PAGE = 'https://status.acme.example/';
const at = (path: string) => new URL(path, PAGE).href;

async function detect(routes: Record<string, Answer | string>, url = PAGE, cnames = {}, options = {}) {
  const site = network(routes, cnames);
  let found: Detection | null = null;
  let error: unknown = null;
  try {
    found = await detectPage(url, site.http, options);
  } catch (thrown) {
    error = thrown;
  }
  expect(site.asked.length).toBeLessThanOrEqual(6);
  return { platform: found?.source.name ?? null, page: found?.page ?? null, found, error, asked: site.asked };
}

/** The text of a recorded reply. */
function recorded(platform: string, name: string, path: string): string {
  const one = casesOf(platform).find((found) => found.name === name);
  const reply = [...(one?.replies.values() ?? [])].find((found) => found.url.endsWith(path));
  if (!reply) throw new Error(`${platform}/${name} has no ${path}`);
  return reply.text;
}

const summary = () => recorded('statuspage', 'quiet', 'api/v2/summary.json');
const feed = () => recorded('feed', 'open', 'history.atom');
const plainPage = () => recorded('page', 'quiet', 'example/');

describe('recorded replies', () => {
  const rows = fixturePlatforms().flatMap((platform) =>
    casesOf(platform)
      .filter((one) => !one.fails)
      .flatMap((one) =>
        [...one.replies.values()].map((reply) => ({ platform, name: `${one.name} ${reply.url}`, reply })),
      ),
  );
  const claimed = ({ reply }: { reply: Reply }, by: readonly Source[]) =>
    by.filter((source) => source.detect(reply)).map((source) => source.name);
  const isGeneric = (platform: string) => !platforms.some((source) => source.name === platform);

  test('are detected as their own platform, and as no other', () => {
    const confused = rows
      .filter((row) => !isGeneric(row.platform))
      .flatMap((row) =>
        claimed(row, platforms)
          .filter((by) => by !== row.platform)
          .map((by) => `${by} claims ${row.platform}/${row.name}`),
      );
    expect(confused).toEqual([]);
  });

  test('of every platform prove it', () => {
    const proved = new Set(
      rows.filter((row) => claimed(row, sources).includes(row.platform)).map((row) => row.platform),
    );
    expect([...proved].sort()).toEqual(sources.map((source) => source.name).sort());
  });

  test('that anybody could have made are claimed by a platform only where they are just like its own', () => {
    const alike = rows.filter((row) => isGeneric(row.platform) && claimed(row, platforms).length > 0);
    expect([...new Set(alike.flatMap((row) => claimed(row, platforms)))].sort()).toEqual(['checkly', 'instatus']);
  });
});

describe('the order of proofs', () => {
  test('an alias of the name costs no request', async () => {
    const { platform, page, asked } = await detect({}, PAGE, {
      'status.acme.example': 'kctbh9vrtdwd.stspg-customer.com',
    });
    expect({ platform, url: page?.url, asked }).toEqual({ platform: 'statuspage', url: PAGE, asked: [] });
  });

  test('nor does a host of the maker', async () => {
    const { platform, asked } = await detect({}, 'https://acme.statuspage.io/');
    expect({ platform, asked }).toEqual({ platform: 'statuspage', asked: [] });
  });

  test('the page itself costs one', async () => {
    const { platform, asked } = await detect({ [PAGE]: recorded('better-stack', 'quiet-html', 'example/') });
    expect({ platform, asked }).toEqual({ platform: 'better-stack', asked: [PAGE] });
  });

  test("a page in the vendor's own clothes is known by its data", async () => {
    const { platform, page, asked } = await detect({ [PAGE]: webPage('Acme'), [at('api/v2/summary.json')]: summary() });
    expect({ platform, url: page?.url }).toEqual({ platform: 'statuspage', url: PAGE.slice(0, -1) });
    expect(asked).toEqual([PAGE, at('api/v2/summary.json')]);
  });

  test('an alias is believed for any page of the host', async () => {
    const cnames = { 'status.acme.example': 'statuspage.incident.io' };
    const { platform, page } = await detect({ [at('eu')]: webPage('Acme') }, at('eu'), cnames);
    expect({ platform, url: page?.url }).toEqual({ platform: 'incident-io', url: at('eu') });
  });

  test('a feed comes after every platform, and a look at the page last', async () => {
    const head = `<link rel="alternate" type="application/atom+xml" href="/history.atom">`;
    const both = plainPage().replace('</head>', `${head}</head>`);
    const first = await detect({ [PAGE]: both, [at('history.atom')]: feed() });
    expect(first.page).toEqual({ url: at('history.atom'), platform: 'feed', document: true });
    const second = await detect({ [PAGE]: both, [at('history.atom')]: webPage('Gone') });
    expect(second.page).toEqual({ url: PAGE.slice(0, -1), platform: 'page', document: false });
    const third = await detect({ [PAGE]: both, [at('history.atom')]: feed(), [at('api/v2/summary.json')]: summary() });
    expect(third.platform).toBe('statuspage');
  });

  test('only what is proved counts where a move is in question', async () => {
    const { platform, error } = await detect(
      { [PAGE]: plainPage(), [at('history.atom')]: feed() },
      PAGE,
      {},
      { provenOnly: true },
    );
    expect({ platform, code: (error as ParseError).code }).toEqual({ platform: null, code: 'undetected' });
  });

  test('what was asked need not be asked again', async () => {
    const { found } = await detect({ [PAGE]: plainPage() }, 'https://status.acme.example');
    expect(found?.atHand.get(PAGE)?.text).toBe(plainPage());
  });
});

describe('addresses of data', () => {
  test('lead to their page', async () => {
    const url = at('sub/api/v2/summary.json');
    expect((await detect({ [url]: summary() }, url)).page).toEqual({
      url: at('sub'),
      platform: 'statuspage',
      document: false,
    });
  });

  test('that stand alone are read as one document', async () => {
    const url = at('copies/summary-of-today');
    expect((await detect({ [url]: summary() }, url)).page).toEqual({ url, platform: 'statuspage', document: true });
  });

  test('of a feed are read as a feed, whatever it is about', async () => {
    const blog = feed().replaceAll(/Incident History|incidents\//g, 'x');
    const { page, asked } = await detect({ 'https://blog.acme.example/feed': blog }, 'https://blog.acme.example/feed');
    expect(page).toEqual({ url: 'https://blog.acme.example/feed', platform: 'feed', document: true });
    expect(asked).toHaveLength(1);
  });

  test.each(['incidents/k2v8wq0pl3zn', 'schedules/80', 'posts/details/PQKW007?x=1'])(
    'of an incident lead to the page it is on: %s',
    async (path) => {
      const url = at(path);
      const html = recorded('statuspage', 'html-index', 'example/');
      expect((await detect({ [url]: html }, url)).page?.url).toBe(PAGE.slice(0, -1));
    },
  );
});

describe('feeds', () => {
  const named = (href: string) =>
    `<html><head><title>Acme</title><link rel="alternate" type="application/rss+xml" href="${href}"></head><body></body></html>`;

  test('that the page names cost one request', async () => {
    const { page, asked } = await detect({ [PAGE]: named('/news.xml'), [at('news.xml')]: feed() });
    expect(page).toEqual({ url: at('news.xml'), platform: 'feed', document: true });
    expect(asked.filter((url) => url.endsWith('.xml') || url.endsWith('.atom'))).toEqual([at('news.xml')]);
  });

  test('that moved within their site are followed', async () => {
    const { page } = await detect({ [PAGE]: named('/feed'), [at('feed')]: { to: '/feed/' }, [at('feed/')]: feed() });
    expect(page?.url).toBe(at('feed/'));
  });

  test('of a platform prove it', async () => {
    const rss = recorded('incident-io', 'quiet-feed', 'feed.atom');
    const { page } = await detect({ [PAGE]: named('/feed.atom'), [at('feed.atom')]: rss });
    expect(page).toEqual({ url: PAGE.slice(0, -1), platform: 'incident-io', document: false });
  });

  test('of a blog are none of a status page', async () => {
    const blog =
      '<rss version="2.0"><channel><title>Our thoughts</title><item><title>On cats</title><guid>1</guid></item></channel></rss>';
    const home = 'https://www.acme.example/';
    const routes = { [home]: named('/blog.xml').replace('Acme', 'Cats'), 'https://www.acme.example/blog.xml': blog };
    expect((await detect(routes, home)).platform).toBeNull();
  });

  test('that declare entities are refused', async () => {
    const bomb =
      '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aa">]><rss version="2.0"><channel><title>&a;</title></channel></rss>';
    expect((await detect({ [PAGE]: named('/feed'), [at('feed')]: bomb })).platform).toBeNull();
    expect((await detect({ [at('feed')]: bomb }, at('feed'))).platform).toBeNull();
  });
});

describe('what is no proof', () => {
  test('a server that answers every path with its page', async () => {
    const { platform, asked } = await detect({ '*': webPage('Acme') });
    expect({ platform, asked: asked.length }).toEqual({ platform: null, asked: 6 });
  });

  test('nor with some data', async () => {
    expect((await detect({ '*': '{"status":"ok","page":{},"incidents":[],"components":[]}' })).platform).toBeNull();
    expect((await detect({ [PAGE]: webPage('Acme'), '*': '[]' })).platform).toBeNull();
  });

  test('nor a server that leads every path to its page', async () => {
    const { platform, asked } = await detect({ [PAGE]: webPage('Acme'), '*': { to: '/' } });
    expect({ platform, asked: asked.length }).toEqual({ platform: null, asked: 6 });
  });

  test("one platform's path, answered by another", async () => {
    const path = at('api/v2/summary.json');
    const compat = recorded('incident-io', 'open-compat', 'api/v2/summary.json');
    expect((await detect({ [PAGE]: webPage('Acme'), [path]: compat })).platform).toBe('incident-io');
    const theirs = recorded('instatus', 'open-summary', 'summary.json');
    expect((await detect({ [PAGE]: webPage('Acme'), [path]: theirs })).platform).toBe('instatus');
    const index = recorded('cstate', 'quiet', 'index.json');
    expect((await detect({ [PAGE]: webPage('Acme'), [at('index.json')]: index })).platform).toBe('cstate');
  });

  test('a redirect to the home page of the vendor', async () => {
    const home = plainPage().replace(
      '</head>',
      '<link rel="alternate" type="application/rss+xml" href="/feed"></head>',
    );
    const routes = {
      [PAGE]: { to: 'https://www.acme.example/' },
      'https://www.acme.example/': home,
      'https://www.acme.example/feed': feed(),
    };
    const { platform, error, asked } = await detect(routes);
    expect(platform).toBeNull();
    expect(String(error)).toContain('https://www.acme.example/');
    expect(asked).toHaveLength(2);
  });

  test('nor to the site of a maker of status pages', async () => {
    const routes = {
      [PAGE]: { to: 'https://www.statuspage.io/' },
      'https://www.statuspage.io/': { to: 'https://www.atlassian.com/software/statuspage' },
      'https://www.atlassian.com/software/statuspage': plainPage(),
    };
    expect((await detect(routes)).platform).toBeNull();
  });

  test('a page given up, and a name nobody has claimed', async () => {
    const old = { headers: { 'x-statuspage-version': 'abc' }, text: webPage('Gone') };
    expect((await detect({ [PAGE]: { to: '/inactive' }, [at('inactive')]: old })).platform).toBeNull();
    const shop = { headers: { 'x-statuspage-version': 'abc' }, text: webPage('Buy') };
    const routes = { [PAGE]: { to: 'https://www.statuspage.io/' }, 'https://www.statuspage.io/': shop };
    expect((await detect(routes)).platform).toBeNull();
  });

  test('a page that scripts write, and one to sign in with', async () => {
    for (const name of ['script-shell', 'sign-in'])
      expect((await detect({ '*': recorded('page', name, 'example/') })).platform).toBeNull();
  });

  test('redirects leave fewer requests', async () => {
    const routes = { [PAGE]: { to: '/a' }, [at('a')]: { to: '/b' }, [at('b')]: { to: '/c' }, '*': webPage('Acme') };
    const { platform, asked } = await detect(routes);
    expect({ platform, asked: asked.length }).toEqual({ platform: null, asked: 6 });
  });
});

describe('a server that fails', () => {
  test('is told as it is', async () => {
    const { error } = await detect({ [PAGE]: { fails: 'refused' } });
    expect(error).toBeInstanceOf(FetchError);
    expect((error as FetchError).code).toBe('refused');
    const missing = await detect({ '*': { status: 404, text: 'no' } });
    expect((missing.error as FetchError).details.status).toBe(404);
    expect((await detect({ '*': webPage('Acme') })).error).toBeInstanceOf(ParseError);
  });

  test('at one path is not asked for others, and the page is still looked at', async () => {
    const { platform, asked } = await detect({ [PAGE]: plainPage(), '*': { fails: 'timeout' } });
    expect(platform).toBe('page');
    expect(asked).toEqual([PAGE, at('api/v2/summary.json')]);
  });

  test('at its page may still have its data', async () => {
    const routes = { [PAGE]: { status: 403, text: webPage('No') }, [at('api/v2/summary.json')]: summary() };
    expect((await detect(routes)).platform).toBe('statuspage');
  });
});

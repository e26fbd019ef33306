import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer } from '../local-server.ts';
import { validate } from '../schema.ts';
import { openStatusPage, type StatusPage } from './page.ts';
import { home, run } from './run.ts';

let user: ReturnType<typeof home>;
let page: StatusPage;

beforeEach(async () => {
  user = home();
  page = await openStatusPage();
});

afterEach(async () => {
  await page.close();
  user.remove();
});

const status = (...args: string[]) => run(['status', page.url, ...args], user.env);

describe('pingoru status', () => {
  it('says with its exit code what the page says', async () => {
    expect((await status()).code).toBe(0);
    page.post('i1', 'investigating', 'slow', 'minor');
    expect((await status()).code).toBe(1);
    page.post('i2', 'investigating', 'down', 'critical');
    expect((await status()).code).toBe(2);
    page.post('i1', 'resolved');
    page.post('i2', 'resolved');
    expect((await status()).code).toBe(0);
  });

  it('starts to fail where --fail-on says', async () => {
    page.post('i1', 'investigating', 'slow', 'minor');
    expect((await status('--fail-on', 'outage')).code).toBe(0);
    page.post('i2', 'investigating', 'down', 'major');
    expect((await status('--fail-on', 'outage')).code).toBe(2);
    expect((await status('--fail-on', 'never')).code).toBe(0);
  });

  it.each(['/copy.html', '/copy'])('reads a web page at %s, and nowhere else, time after time', async (address) => {
    const body = readFileSync('fixtures/sources/instatus/open-html/page.html', 'utf8');
    const copy = await startServer({ [address]: { headers: { 'content-type': 'text/html' }, body } });
    for (let read = 0; read < 3; read++) {
      const { stdout, code } = await run(['status', copy.url + address, '--json'], user.env);
      expect([code, JSON.parse(stdout).providers[0].provider.platform]).toEqual([2, 'instatus']);
    }
    expect((await run(['watch', copy.url + address, '--once', '--json'], user.env)).code).toBe(0);
    await copy.close();
  });

  it('prints one valid JSON document and nothing else', async () => {
    page.post('i1', 'investigating');
    const { stdout, stderr } = await status('--json');
    const document = JSON.parse(stdout);
    expect(validate('status', document)).toEqual([]);
    expect(stderr).toBe('');
    expect(document).toMatchObject({ state: 'degraded', providers: [{ state: 'degraded', error: null }] });
    expect(document.providers[0].incidents).toHaveLength(1);
    expect(document.providers[0].components.map((one: { group: string | null }) => one.group)).toEqual([
      'Core',
      null,
      null,
    ]);
  });

  it('costs one request of a page it knows', async () => {
    await status();
    page.requests.length = 0;
    await status();
    expect(page.requests.map((request) => request.path)).toEqual(['/api/v2/summary.json']);
  });

  it('looks at chosen components only', async () => {
    page.set('Billing', 'major_outage');
    expect((await status()).code).toBe(2);
    expect((await status('--component', 'Log*')).code).toBe(0);
    expect((await status('--component', 'core (search api)')).code).toBe(0);
    expect((await status('--component', 'billing00000')).code).toBe(2);
  });

  it('calls a component nobody has unknown, and names the nearest', async () => {
    const { code, stdout } = await status('--component', 'Biling', '--json');
    expect(code).toBe(3);
    const { error, state } = JSON.parse(stdout).providers[0];
    expect({ code: error.code, state }).toEqual({ code: 'no_such_component', state: 'unknown' });
    expect(error.message).toContain('Billing');
  });

  it('looks at incidents from an impact on', async () => {
    page.post('i1', 'investigating', 'slow', 'minor');
    expect((await status('--impact', 'major')).code).toBe(0);
    page.post('i2', 'investigating', 'down', 'major');
    expect((await status('--impact', 'major')).code).toBe(2);
    expect((await status('--kind', 'maintenance')).code).toBe(0);
  });

  it('takes the worst of several pages, an outage before what cannot be read', async () => {
    const broken = await startServer({ '*': { status: 500 } });
    expect((await run(['status', page.url, broken.url], user.env)).code).toBe(3);
    page.post('i2', 'investigating', 'down', 'critical');
    const { code, stdout } = await run(['status', page.url, broken.url], user.env);
    expect(code).toBe(2);
    expect(stdout).toContain('HTTP 500');
    await broken.close();
  });

  it('never touches what watch has seen', async () => {
    await run(['watch', page.url, '--once', '--json'], user.env);
    page.post('i1', 'investigating');
    await status();
    await run(['show', page.url], user.env);
    await run(['incidents', page.url], user.env);
    const { stdout } = await run(['watch', page.url, '--once', '--json'], user.env);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'incident.opened', initial: false });
  });

  it('reads the address of the data itself', async () => {
    page.post('i1', 'investigating', 'down', 'major');
    const { code, stdout } = await run(['status', `${page.url}/api/v2/summary.json`, '--json'], user.env);
    expect(code).toBe(2);
    expect(JSON.parse(stdout).providers[0].provider.url).toBe(page.url);
  });

  it('reads a lone document, wherever it is kept', async () => {
    const copy = await startServer({ '/copies/acme.json': () => ({ headers: {}, body: document }) });
    const document = await (await fetch(`${page.url}/api/v2/summary.json`)).text();
    const { code, stdout } = await run(['status', `${copy.url}/copies/acme.json`, '--json'], user.env);
    expect({ code, state: JSON.parse(stdout).state }).toEqual({ code: 0, state: 'operational' });
    await copy.close();
  });
});

describe('pingoru incidents', () => {
  it('says that there are none of pages it could read only', async () => {
    const broken = await startServer({ '*': { status: 500 } });
    const unread = await run(['incidents', broken.url, '--platform', 'statuspage'], user.env);
    expect(unread).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('could not be read') });
    const half = await run(['incidents', broken.url, page.url, '--platform', 'statuspage'], user.env);
    expect(half).toMatchObject({ code: 3, stdout: 'no incidents\n' });
    await broken.close();
  });
});

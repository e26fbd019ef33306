/** What the fixtures of incident.io cannot show: when a lesser document is read, and what hostile pages may cost. */
import { describe, expect, test } from 'vitest';
import type { Reply } from '../src/model.ts';
import { incidentIo } from '../src/sources/incident-io.ts';
import { embeddedPage } from '../src/sources/incident-io-flight.ts';
import { isUlid, ulidTime } from '../src/sources/incident-io-words.ts';
import { casesOf, serve } from './fixtures.ts';

const cases = casesOf('incident-io');
const LIST = 'proxy/status.kite.example/incidents';

function named(name: string) {
  return cases.find((one) => one.name === name)!;
}

describe('a page that fails for now is not read by a lesser document', () => {
  const FAILURES: [string, (reply: Reply) => Reply, string][] = [
    ['a server error', (reply) => ({ ...reply, status: 502 }), 'http'],
    ['too many requests', (reply) => ({ ...reply, status: 429 }), 'rate_limited'],
    ['an empty reply', (reply) => ({ ...reply, status: 200, text: '' }), 'empty'],
    ['a reply cut short', (reply) => ({ ...reply, status: 200, text: '{"incidents":[{"id":"01' }), 'not_json'],
  ];

  test.each(FAILURES)('%s', async (_failure, change, code) => {
    const one = named('open-widget');
    const { get, asked } = serve(one, (reply) => (reply.url.endsWith(LIST) ? change(reply) : reply));
    await expect(incidentIo.read(one.page, get, 'recent')).rejects.toMatchObject({ code });
    expect(asked).toEqual([LIST]);
  });
});

test('a list that the page does not offer leaves the summary, which shows what is open alone', async () => {
  const one = named('open');
  const { get } = serve(one, (reply) => (reply.url.endsWith(LIST) ? { ...reply, status: 404 } : reply));
  const snapshot = await incidentIo.read(one.page, get, 'recent');
  expect(snapshot?.lists).toBe('open');
  expect(snapshot?.incidents.map((incident) => incident.status)).toEqual(['identified']);
});

test('of the documents asked conditionally, the last is the one that is read', async () => {
  for (const one of cases.filter((each) => !each.document && !each.fails)) {
    const conditional: string[] = [];
    const { get } = serve(one);
    await incidentIo.read(
      one.page,
      (path, ask) => {
        if (ask?.conditional) conditional.push(path);
        return get(path, ask);
      },
      'recent',
    );
    const last = await get(conditional.at(-1)!);
    expect([one.name, last.status]).toEqual([one.name, 200]);
  }
});

test('a ULID tells when it was made, and no other id does', () => {
  expect(ulidTime('01KKC775V078YRVPEQ4CSPBEJG')).toEqual(new Date('2026-03-10T15:53:00.000Z'));
  expect(ulidTime('kctbh9vrtdwd')).toBeNull();
  expect(isUlid('01kkc775v078yrvpeq4cspbejg')).toBe(false);
});

/** A page whose scripts push this text. */
function pushing(flight: string): string {
  return `<html><script>self.__next_f.push([1,${JSON.stringify(flight)}])</script></html>`;
}

describe('the data in a web page', () => {
  test('is found although other things bear its name', () => {
    const html = pushing(
      '1:{"summary":"$4:props:summary"}\n2:{"summary":{"a":1}}\n3:{"summary":{"ongoing_incidents":[]}}\n',
    );
    expect(embeddedPage(html)).toEqual({ summary: { ongoing_incidents: [] }, incidents: [] });
  });

  test('may have brackets, quotes and backslashes in its texts', () => {
    const summary = { ongoing_incidents: [], name: 'a } ] " \\ \\" {' };
    expect(embeddedPage(pushing(`4:${JSON.stringify({ summary })}\n`))?.summary).toEqual(summary);
  });

  test('may stand in rows after a long text that has no line end', () => {
    const text = 'ä:T5,\n"{';
    const row = `a:T${Buffer.byteLength(text).toString(16)},${text}`;
    const html = pushing(
      `${row}b:{"summary":{"ongoing_incidents":[],"name":"$a","support":"$undefined","price":"$$5"}}\n`,
    );
    expect(embeddedPage(html)?.summary).toEqual({ ongoing_incidents: [], name: text, support: null, price: '$5' });
  });

  test('is none where nothing is pushed, or nothing is whole', () => {
    expect(embeddedPage('<html></html>')).toBeNull();
    expect(embeddedPage(`<html><script>self.__next_f.push([1,"`)).toBeNull();
    expect(embeddedPage(pushing('4:{"summary":{"ongoing_incidents":['.repeat(50)))).toBeNull();
  });

  test('does not grow by pointing at one long text from everywhere', () => {
    const text = 'x'.repeat(10_000);
    const pointers = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, '$a']));
    const html = pushing(`a:T2710,${text}4:${JSON.stringify({ summary: { ongoing_incidents: [], ...pointers } })}\n`);
    const found = JSON.stringify(embeddedPage(html));
    expect(found).toContain(text);
    expect(found.length).toBeLessThan(1_200_000);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allProviders, findProvider } from '../../src/catalogue/index.ts';
import { platforms } from '../../src/sources/index.ts';

const text = readFileSync(new URL('../../src/catalogue/providers.tsv', import.meta.url), 'utf8');
const rows = allProviders();

const PLATFORMS = new Set(platforms);

/** Hosts that one platform alone serves: a row on one of them cannot be on another. */
const HOSTED: [suffix: string, platform: string][] = [
  ['.statuspage.io', 'statuspage'],
  ['.status.atlassian.com', 'statuspage'],
  ['.instatus.com', 'instatus'],
  ['.betteruptime.com', 'better-stack'],
  ['.status.io', 'status-io'],
  ['.statuspal.io', 'statuspal'],
  ['.hund.io', 'hund'],
  ['.freshstatus.io', 'freshstatus'],
  ['.status.page', 'statuscast'],
  ['stats.uptimerobot.com', 'uptimerobot'],
];

const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** The rows that break a rule, by id: the message of a failing test. */
const breaking = (rule: (row: (typeof rows)[number]) => boolean) =>
  rows.filter((row) => !rule(row)).map((row) => row.id);

describe('the catalogue file', () => {
  it('is lines of six columns under a header, and ends with a line end', () => {
    const lines = text.split('\n');
    expect(lines[0]).toBe('id\tname\turl\tplatform\tdomain\taliases');
    expect(lines.at(-1)).toBe('');
    expect(lines.slice(0, -1).filter((line) => line.split('\t').length !== 6)).toEqual([]);
    expect(text).not.toContain('\r');
  });

  it('holds thousands of providers', () => {
    expect(rows.length).toBeGreaterThan(3900);
    expect(rows.length).toBe(text.split('\n').length - 2);
  });

  it('is sorted by id, and no id comes twice', () => {
    const ids = rows.map((row) => row.id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(breaking((row) => KEBAB.test(row.id))).toEqual([]);
  });

  it('names every provider differently, in plain characters without odd white space or commas', () => {
    expect(breaking((row) => /^[!-+\--~]+(?: [!-+\--~]+)*$/.test(row.name))).toEqual([]);
    const names = rows.map((row) => row.name.toLowerCase());
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('gives every provider an https page of its own, written as an address is', () => {
    expect(breaking((row) => row.url.startsWith('https://') && HOST.test(new URL(row.url).hostname))).toEqual([]);
    expect(breaking((row) => new URL(row.url).href.replace(/\/$/, '') === row.url)).toEqual([]);
    expect(breaking((row) => !/[?#]|:\d/.test(row.url))).toEqual([]);
    const pages = rows.map((row) => row.url.replace('//www.', '//'));
    expect(pages.filter((page, index) => pages.indexOf(page) !== index)).toEqual([]);
  });

  it('knows every platform it names', () => {
    expect(breaking((row) => row.platform === null || PLATFORMS.has(row.platform))).toEqual([]);
  });

  it('never names a platform that the host contradicts', () => {
    const contradicted = HOSTED.flatMap(([suffix, platform]) =>
      rows.filter((row) => new URL(row.url).hostname.endsWith(suffix) && row.platform !== platform),
    );
    expect(contradicted).toEqual([]);
  });

  it('names domains as the vendors own them', () => {
    expect(breaking((row) => row.domain === null || HOST.test(row.domain))).toEqual([]);
    expect(breaking((row) => !/^(?:www|status)\..+\./.test(row.domain ?? ''))).toEqual([]);
  });

  it('has aliases that are names or hosts, each for one provider, none the id of another', () => {
    const ids = new Set(rows.map((row) => row.id));
    const aliases = rows.flatMap((row) => row.aliases);
    expect(aliases.length).toBeGreaterThan(150);
    expect(aliases.filter((alias) => !KEBAB.test(alias) && !HOST.test(alias))).toEqual([]);
    expect(aliases.filter((alias, index) => aliases.indexOf(alias) !== index)).toEqual([]);
    expect(aliases.filter((alias) => ids.has(alias))).toEqual([]);
  });

  it('has no alias that is the page of somebody else', () => {
    const hosts = new Map(rows.map((row) => [new URL(row.url).hostname.replace(/^www\./, ''), row.id]));
    expect(rows.flatMap((row) => row.aliases).filter((alias) => hosts.has(alias))).toEqual([]);
  });
});

it('every word of the signals stands for one provider that exists', () => {
  const lines = readFileSync('src/catalogue/signals.tsv', 'utf8').trimEnd().split('\n').slice(1);
  const ids = lines.map((line) => line.split('\t')[0]!);
  const words = lines.flatMap((line) => line.split('\t')[1]!.split(' '));
  expect(ids).toEqual([...new Set(ids)].sort());
  expect(ids.filter((id) => findProvider(id)?.id !== id)).toEqual([]);
  expect(words.filter((word, index) => words.indexOf(word) !== index || !/^[a-z0-9-]+$/.test(word))).toEqual([]);
});

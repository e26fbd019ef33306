import { describe, expect, it, test } from 'vitest';
import { parseMoment, timesOf } from '../src/sources/feed-time.ts';

const times = (texts: readonly string[], ...anchors: readonly string[]) =>
  timesOf(
    texts.map((text) => parseMoment(text)!),
    anchors.map((anchor) => new Date(anchor)),
  ).map((time) => time?.toISOString().slice(0, 19) ?? null);

test.each([
  ['Aug 18, 11:42 UTC', '2026-08-18T11:42:00'],
  ['August 18 , 11:42 UTC', '2026-08-18T11:42:00'],
  ['Aug  8, 1:02 UTC'.replace('  ', ' '), '2026-08-08T01:02:00'],
  ['Aug 18, 2024, 11:42 UTC', '2024-08-18T11:42:00'],
  ['Aug 18, 11:42:31 GMT+0', '2026-08-18T11:42:31'],
  ['Aug 18, 11:42 GMT-03:30', '2026-08-18T15:12:00'],
  ['Aug 18, 23:30 PDT', '2026-08-19T06:30:00'],
  ['Aug 18, 11:42 +05:30', '2026-08-18T06:12:00'],
])('%s is %s', (text, expected) => {
  expect(times([text], '2026-08-20T00:07:00Z')).toEqual([expected]);
});

test.each(['', 'soon', 'Foo 18, 11:42 UTC', 'Apr 31, 11:42 UTC', 'Aug 18, 25:00 UTC', 'Aug 18, 11:61 UTC', 'Aug 18'])(
  '"%s" is no moment',
  (text) => {
    expect(parseMoment(text)).toBeNull();
  },
);

describe('the year', () => {
  it('is the one closest to the entry, or to the post before', () => {
    const posts = ['Jan 2, 08:00 UTC', 'Dec 30, 08:00 UTC', 'Aug 1, 08:00 UTC', 'Feb 20, 08:00 UTC'];
    expect(times(posts, '2026-01-02T08:00:10Z')).toEqual(
      ['2026-01-02', '2025-12-30', '2025-08-01', '2025-02-20'].map((day) => `${day}T08:00:00`),
    );
  });

  it('is not moved by an edit of years later', () => {
    expect(times(['May 20, 20:14 UTC'], '2028-01-04T00:00:00Z', '2026-05-20T20:14:16Z')).toEqual([
      '2026-05-20T20:14:00',
    ]);
  });

  it('lets a post-mortem come much later', () => {
    const posts = ['Jan 9, 10:00 UTC', 'May 20, 20:14 UTC'];
    expect(times(posts, '2027-01-09T10:00:00Z', '2026-05-20T20:14:16Z')).toEqual([
      '2027-01-09T10:00:00',
      '2026-05-20T20:14:00',
    ]);
  });

  it('is a leap year for a leap day', () => {
    expect(times(['Feb 29, 10:00 UTC'], '2027-02-27T00:00:00Z')).toEqual(['2028-02-29T10:00:00']);
    expect(times(['Feb 29, 10:00 UTC'], '2026-02-27T00:00:00Z')).toEqual([null]);
  });
});

describe('a zone of several meanings', () => {
  it('is told by the newest post, of whose minute the entry is', () => {
    expect(times(['Mar 10, 21:15 CST', 'Mar 10, 20:40 CST'], '2026-03-10T13:15:42Z')).toEqual([
      '2026-03-10T13:15:00',
      '2026-03-10T12:40:00',
    ]);
    expect(times(['Mar 10, 08:15 CST'], '2026-03-10T14:15:42Z')).toEqual(['2026-03-10T14:15:00']);
    expect(times(['Mar 11, 00:30 IST'], '2026-03-10T19:00:05Z')).toEqual(['2026-03-10T19:00:00']);
  });

  it('stays unknown where the entry is of another minute', () => {
    expect(times(['Mar 10, 21:15 CST', 'Mar 10, 20:40 UTC'], '2026-03-10T13:07:42Z')).toEqual([
      null,
      '2026-03-10T20:40:00',
    ]);
  });
});

describe('a zone whose winter name is written all year', () => {
  it('is in summer where a post and its entry are an hour apart, to the minute', () => {
    const posts = ['Jul 14, 09:52 PST', 'Jul 14, 09:10 PST'];
    expect(times(posts, '2026-07-14T16:52:31Z')).toEqual(['2026-07-14T16:52:00', '2026-07-14T16:10:00']);
    expect(times(posts, '2026-07-20T08:00:00Z', '2026-07-14T16:10:04Z')).toEqual([
      '2026-07-14T16:52:00',
      '2026-07-14T16:10:00',
    ]);
    expect(times(['Jul 1, 00:30 CET'], '2026-06-30T22:30:59Z')).toEqual(['2026-06-30T22:30:00']);
  });

  it('is what it says where the entry agrees with it, or with neither', () => {
    expect(times(['Jul 14, 09:52 MST', 'Jul 14, 08:52 MST'], '2026-07-14T16:52:31Z')).toEqual([
      '2026-07-14T16:52:00',
      '2026-07-14T15:52:00',
    ]);
    expect(times(['Jul 14, 09:52 PST'], '2026-07-14T16:40:00Z')).toEqual(['2026-07-14T17:52:00']);
  });

  it('is never one that has no summer, or that is of summer', () => {
    expect(times(['Jul 14, 09:52 PDT'], '2026-07-14T15:52:31Z')).toEqual(['2026-07-14T16:52:00']);
    expect(times(['Jul 14, 09:52 JST'], '2026-07-13T23:52:31Z')).toEqual(['2026-07-14T00:52:00']);
  });
});

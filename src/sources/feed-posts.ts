/**
 * What the body of a feed's entry tells, by the forms that the common generators write. Part of the feed source.
 *
 * - `blocks`: all posts of an incident, each under its time and its phase (Statuspage, Instatus, LambStatus).
 * - `status`: one post that begins with `Status: Resolved` (incident.io, Checkly) or with its phase in bold.
 * - `plain`: one post in prose.
 */
import { withoutMarkdown } from '../markdown.ts';
import type { Component, Kind, Phase } from '../model.ts';
import { cleanLine, plainText } from '../text.ts';
import type { Entry } from './feed-entries.ts';
import { type Moment, parseMoment, timesOf } from './feed-time.ts';
import { isUpdateWord, phaseWord, statusWord } from './feed-words.ts';

export interface Post {
  /** Null where it says none: then that of the post before it still holds. `unknown` for a word that we do not know. */
  phase: Phase | null;
  /** Null where it has no time that can be told: then the entry's own is all there is. */
  at: Date | null;
  body: string;
}

export interface Reading {
  form: 'blocks' | 'status' | 'plain';
  kind: Kind | null;
  /** As they stand. */
  posts: Post[];
  components: Component[];
  /** Of a maintenance announced ahead of time. */
  window: { from: Date; until: Date | null } | null;
}

export function readBody(entry: Entry): Reading {
  const marks = postMarks(entry.body);
  return marks.length > 0 ? readBlocks(entry, marks) : (readStatus(entry.body) ?? readPlain(entry.body));
}

interface Mark {
  from: number;
  end: number;
  word: string;
  moment: Moment;
}

const LONGEST_MARK = 400;
const MOST_MARKS = 500;

/** `<small>Aug <var>18</var>, <var>11:42</var> UTC</small><br><strong>Resolved</strong> - text`, white space anywhere. */
function postMarks(html: string): Mark[] {
  const marks: Mark[] = [];
  for (
    let from = html.indexOf('<small>');
    from >= 0 && marks.length < MOST_MARKS;
    from = html.indexOf('<small>', from + 1)
  ) {
    const head = html.slice(from, from + LONGEST_MARK);
    const [, time = '', word = ''] =
      /^<small>(.{1,200}?)<\/small>.{0,30}?<strong>([^<]{1,60})<\/strong>/s.exec(head) ?? [];
    const moment = parseMoment(withoutTags(time));
    if (moment) marks.push({ from, end: from + head.indexOf('</strong>') + '</strong>'.length, word, moment });
  }
  return marks;
}

function withoutTags(html: string): string {
  return html
    .replace(/<[^<>]*>/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ,/g, ',')
    .trim();
}

const TYPE = '<strong>Type:</strong>';
const AFFECTED = '<strong>Affected Components:</strong>';

function readBlocks(entry: Entry, marks: readonly Mark[]): Reading {
  const { body, published, updated } = entry;
  const moments = marks.map((mark) => mark.moment);
  const times = timesOf(moments, [updated, published]);
  const head = body.slice(0, marks[0]!.from);
  // Instatus puts a full stop after every text, also after one.
  const strayStops = head.includes(TYPE);
  const posts = marks.map((mark, nth) => {
    const text = bodyOf(body.slice(mark.end, marks[nth + 1]?.from ?? body.length).replace(/^\s*-\s?/, ''));
    return { phase: saidPhase(mark.word), at: times[nth]!, body: strayStops ? withoutStop(text) : text };
  });
  const kind = typeOf(valueAfter(head, TYPE));
  return {
    form: 'blocks',
    kind,
    posts: withTimes(posts),
    components: namesIn(valueAfter(head, AFFECTED)),
    window: windowIn(head, [published, updated]),
  };
}

/** Some vendors' tools put Markdown into the HTML of their feeds as it is. */
function bodyOf(html: string): string {
  return withoutMarkdown(plainText(html));
}

function saidPhase(word: string): Phase | null {
  return isUpdateWord(word) ? null : (phaseWord(word) ?? 'unknown');
}

/** Those whose time cannot be told are left out; where it is none of theirs, the newest has that of the entry. */
function withTimes(posts: readonly Post[]): Post[] {
  const timed = posts.filter((post) => post.at !== null);
  return timed.length > 0 ? timed : posts.slice(0, 1);
}

function withoutStop(text: string): string {
  return /(?:[^.]\.|[!?:…\n]|\.{3})\.$/.test(text.slice(-5)) ? text.slice(0, -1).trimEnd() : text;
}

function typeOf(word: string): Kind | null {
  return /^maintenance$/i.test(word) ? 'maintenance' : /^incident$/i.test(word) ? 'incident' : null;
}

function valueAfter(html: string, mark: string): string {
  const at = html.indexOf(mark);
  if (at < 0) return '';
  const end = html.indexOf('</p>', at);
  return cleanLine(plainText(html.slice(at + mark.length, end < 0 ? html.length : end)));
}

/** Names with a comma of their own are cut in two: nothing here tells them from two names. */
function namesIn(line: string): Component[] {
  const names = [...new Set(line.split(/, +/).filter((name) => name !== ''))];
  return names.map((name) => ({ id: name, name, group: null, status: 'unknown' }));
}

/** `THIS IS A SCHEDULED EVENT Apr 7, 13:00 - 15:00 UTC`, as Statuspage begins what it announces. */
function windowIn(head: string, anchors: readonly (Date | null)[]): Reading['window'] {
  const at = head.indexOf('SCHEDULED EVENT');
  const line = at < 0 ? '' : withoutTags(head.slice(at + 'SCHEDULED EVENT'.length, at + 600).split('</strong>')[0]!);
  const [, from = '', until = '', zone = ''] = /^(.{5,40}?)(?: ?[-\u2013] ?(.{4,40}?))? (\S{1,12})$/.exec(line) ?? [];
  const start = parseMoment(`${from} ${zone}`);
  if (start === null) return null;
  const day = /^([A-Za-z]{3}\D{0,8}\d{1,2},(?: \d{4},)?) /.exec(from)?.[1] ?? '';
  const end = parseMoment(`${/^\d/.test(until) ? `${day} ` : ''}${until} ${zone}`);
  const [begins, ends] = timesOf(end ? [start, end] : [start], anchors);
  return begins ? { from: begins, until: ends ?? null } : null;
}

const BEGINNING = 600;
/** A bold phase and a colon or nothing after it, or the word after `Status:`; tags between. */
const STATUS =
  /^(?:\s|<[^<>]{0,200}>){0,20}(?:current )?status:(?:\s|<\/?(?:b|strong|em|i|span)\b[^<>]{0,100}>){0,6}([A-Za-z][A-Za-z _-]{1,40})/i;
const BOLD =
  /^(?:\s|<(?!b\b|strong\b)[^<>]{0,200}>){0,20}<(?:b|strong)>\s{0,5}([A-Za-z][A-Za-z _-]{1,40}?)\s{0,5}:?\s{0,5}<\/(?:b|strong)>\s{0,5}[:-]?/i;

function readStatus(html: string): Reading | null {
  const beginning = html.slice(0, BEGINNING);
  const said = STATUS.exec(beginning);
  const bold = said ? null : BOLD.exec(beginning);
  const match = said ?? bold;
  const word = match?.[1] ?? '';
  // Any text may begin in bold, but only a phase says that it is one.
  if (match === null || (!said && phaseWord(word) === null && !isUpdateWord(word))) return null;
  const rest = html.slice(match[0].length);
  const list =
    /<(?:b|strong)>\s*Affected (?:components|services)|Affected (?:components|services)\s*(?:<\/(?:b|strong)>)?\s*<ul>/i.exec(
      rest,
    );
  const body = bodyOf(list ? rest.slice(0, list.index) : rest);
  const components = list ? rest.slice(list.index).split('<li>').slice(1).flatMap(toComponent) : [];
  return { form: 'status', kind: null, posts: [{ phase: saidPhase(word), at: null, body }], components, window: null };
}

/** `<li>Login (Degraded performance)</li>`: the state in the last pair, for names have parentheses too. */
function toComponent(row: string): Component[] {
  const text = cleanLine(plainText(row.split('</li>', 1)[0] ?? ''));
  const open = text.lastIndexOf(' (');
  const status = open > 0 && text.endsWith(')') ? statusWord(text.slice(open + 2, -1)) : null;
  const name = status === null ? text : text.slice(0, open);
  return name === '' ? [] : [{ id: name, name, group: null, status: status ?? 'unknown' }];
}

/** `Resolved - text`, `[Resolved] text`: the usual words only, since others begin a sentence, or name a time. */
const LABEL =
  /^\[?(investigating|identified|monitoring|resolved|fixed|scheduled|in progress|verifying|completed|postmortem)(?:\]|:| [-\u2013]|\.)(?:\s|$)/i;
/** What a vendor says of the whole at the beginning of a post, in so many words. */
const OVER =
  /^(?:this|the) (?:incident|issue|problem|outage|maintenance|scheduled maintenance) (?:has been|is|was)(?: now)?(?: fully)? (resolved|completed|fixed)\b/i;

function readPlain(html: string): Reading {
  const body = bodyOf(html);
  const word = LABEL.exec(body)?.[1] ?? OVER.exec(body)?.[1] ?? '';
  return {
    form: 'plain',
    kind: null,
    posts: [{ phase: phaseWord(word), at: null, body }],
    components: [],
    window: null,
  };
}

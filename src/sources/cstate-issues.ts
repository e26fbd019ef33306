/**
 * Issues of a cState page. The one text of an issue holds its posts, by convention each beginning with its phase
 * (`*Monitoring* - …`) and ending with the time that the `track` shortcode writes, newest first
 * (https://github.com/cstate/cstate/wiki/Usage). Part of the cState source.
 */
import type { Component, ComponentStatus, Impact, Incident, Phase, Update } from '../model.ts';
import { buildIncident, isClosed } from '../normalize.ts';
import { asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';

/** An issue as any of the documents has it. */
export interface Issue {
  id: string;
  title: string;
  url: string;
  createdAt: Date | null;
  /** The offset its times are written with, as `+0000`. */
  zone: string;
  resolved: boolean;
  resolvedAt: Date | null;
  /** Null where the document does not tell. */
  severity: unknown;
  informational: boolean;
  affected: readonly string[];
}

/** What all documents know an issue by: the last part of its address. */
export function slugOf(address: unknown): string | null {
  return (asText(address) ?? '').split('/').findLast((part) => part !== '') ?? null;
}

/** A row of `issues/index.json`, or of the lists in `index.json`; `pinned` ones are informational and say no more. */
export function toIssue(raw: RawObject, pageUrl: string, pinned = false): Issue[] {
  const id = asLine(slugOf(raw.permalink) ?? raw.filename);
  if (id === null || (raw.is !== undefined && raw.is !== 'issue')) return [];
  return [
    {
      id,
      title: asLine(raw.title) ?? id,
      url: issueAddress(pageUrl, id),
      createdAt: goTime(raw.createdAt),
      zone: /[+-]\d{4}/.exec(asText(raw.createdAt)?.slice(19) ?? '')?.[0] ?? '+0000',
      resolved: raw.resolved === true || pinned,
      resolvedAt: goTime(raw.resolvedAt),
      severity: raw.severity ?? null,
      informational: raw.informational === true || pinned,
      affected: Array.isArray(raw.affected) ? raw.affected.flatMap((name) => asLine(name) ?? []) : [],
    },
  ];
}

/** The address a page gives itself is often that of the example it was made from. */
export function issueAddress(pageUrl: string, id: string): string {
  const base = pageUrl.replace(/[?#].*$/, '').replace(/\/(?:(?:issues\/)?index\.(?:json|xml))?$/, '');
  return `${base}/issues/${encodeURIComponent(id)}/`;
}

/** As Go writes times: `2026-03-10 15:53:00 +0000 UTC`. One that an operator put in quotes comes as it stands, without a zone: it is UTC. */
export function goTime(value: unknown): Date | null {
  const match = GO_TIME.exec(typeof value === 'string' ? value : '');
  if (!match) return null;
  const [, date, time, zone = '+0000'] = match;
  return parseIsoTime(`${date}T${time}${zone === '+0000' ? 'Z' : zone}`);
}
const GO_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?(?: |$)/;

/** `body` is the issue's text as HTML; null where it is not known. */
export function toIncident(issue: Issue, body: string | null, components: ReadonlyMap<string, Component>): Incident {
  const updates = toUpdates(issue, body === null ? [] : postsOf(body, issue.zone));
  const open = updates.findLast((update) => !isClosed(update.status) && update.status !== 'unknown');
  const over = issue.resolved || issue.informational;
  const severity = SEVERITIES.get(issue.severity);
  return buildIncident({
    id: issue.id,
    kind: 'incident',
    title: issue.title,
    url: issue.url,
    status: over ? 'resolved' : (open?.status ?? 'investigating'),
    impact: issue.informational ? 'none' : (severity?.impact ?? 'unknown'),
    startedAt: issue.createdAt,
    resolvedAt: issue.informational ? null : issue.resolvedAt,
    components: issue.affected.map((name) => {
      const known = components.get(name) ?? { id: name, name, group: null, status: 'unknown' as const };
      if (issue.informational) return { ...known, status: 'unknown' as const };
      return { ...known, status: over ? 'operational' : known.status, worstStatus: severity?.status ?? 'unknown' };
    }),
    updates,
  });
}

const SEVERITIES = new Map<unknown, { impact: Impact; status: ComponentStatus }>([
  ['notice', { impact: 'minor', status: 'degraded_performance' }],
  ['disrupted', { impact: 'major', status: 'partial_outage' }],
  ['down', { impact: 'critical', status: 'major_outage' }],
]);

interface Post {
  /** Its phase in lower case, as written; `text` where it says none. */
  word: string;
  text: string;
  at: Date | null;
}

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['watching', 'monitoring'],
  ['resolved', 'resolved'],
  ['fixed', 'resolved'],
  ['postmortem', 'postmortem'],
  ['post-mortem', 'postmortem'],
  ['update', 'unknown'],
]);
const PHASE_WORD = /^(?:- )?([A-Za-z-]{3,13}) ?(?:[–—:]|-) ?/;

/** The posts in a text, oldest first. */
function postsOf(body: string, zone: string): Post[] {
  const posts: { word: string; lines: string[] }[] = [{ word: 'text', lines: [] }];
  for (const line of plainText(body).split('\n')) {
    const [mark = '', found = ''] = PHASE_WORD.exec(line) ?? [];
    const word = found.toLowerCase();
    if (PHASES.has(word)) posts.push({ word, lines: [line.slice(mark.length)] });
    else posts.at(-1)!.lines.push(line);
  }
  const dated = posts.map(({ word, lines }) => ({ word, ...dateTail(lines.join('\n').trim(), zone) }));
  const kept = dated.filter((post) => post.word !== 'text' || post.text !== '');
  return isOldestFirst(kept) ? kept : kept.reverse();
}

const TAIL = /(\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d|\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)$/;

function dateTail(text: string, zone: string): { text: string; at: Date | null } {
  const tail = TAIL.exec(text.slice(-24))?.[1];
  const at = tail === undefined ? null : (parseRfcTime(`${tail} ${zone}`) ?? parseIsoTime(`${tail}${zone}`));
  return at === null ? { text, at } : { text: text.slice(0, -tail!.length).trimEnd(), at };
}

/** By its times; without, the way they are usually written. */
function isOldestFirst(posts: readonly Post[]): boolean {
  const times = posts.flatMap(({ at }) => at ?? []);
  return times.length > 1 && times[0]! < times.at(-1)!;
}

/**
 * What is not dated is as old as the issue when it comes first, as its end when it tells that, else as the post before.
 * A post is known by its phase and how many of that phase came before: whatever is edited or added later, that stays.
 */
function toUpdates(issue: Issue, posts: readonly Post[]): Update[] {
  const updates: Update[] = [];
  const counts = new Map<string, number>();
  let last = issue.createdAt;
  const add = (word: string, status: Phase, at: Date, body: string) => {
    const count = (counts.get(word) ?? 0) + 1;
    counts.set(word, count);
    updates.push({ id: `${word}-${count}`, status, at, body, components: [] });
  };
  for (const { word, text, at } of posts) {
    const status = PHASES.get(word) ?? 'unknown';
    last = at ?? (isClosed(status) ? issue.resolvedAt : null) ?? last;
    const opening = updates.length === 0 && status === 'unknown' && !issue.informational;
    if (last !== null) add(word, opening ? 'investigating' : status, last, text);
  }
  const told = updates.some((update) => isClosed(update.status));
  if (issue.resolved && issue.resolvedAt && !issue.informational && !told)
    add('resolved', 'resolved', issue.resolvedAt, '');
  return updates;
}

/**
 * Hund status pages: the Atom feed of what happened, with an entry per event of an issue and the issue's state in brackets
 * before its title. Known from clients, no feed of a real page was at hand; Hund's API asks for a key, and its stream of
 * live events (https://hund.io/help/documentation/live-event-streams) never ends, so that it cannot be asked for.
 *
 * The feed tells neither components nor impacts nor when a maintenance is planned for. Not verified: the states besides
 * those the clients know, and whether an entry changes with its issue: so a post is known by its entry and its state.
 * Entries that are of no issue tell of a component; how it is now is taken for unknown unless they say that it is well.
 */
import { ParseError } from '../errors.ts';
import { loadXml } from '../markup.ts';
import type { Get, Incident, Kind, Page, PageState, Phase, Reply, Snapshot, Source, Update } from '../model.ts';
import { buildIncident, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { isMarkup } from '../raw.ts';
import { asLine, cleanLine, plainText, safeUrl } from '../text.ts';
import { parseIsoTime } from '../time.ts';

const FEED = 'state_feed/feed';

export const hund = {
  name: 'hund',
  title: 'Hund',
  docs: 'https://hund.io/help/documentation',
  lists: 'recent',
  endpoints: [FEED, `${FEED}.atom`],
  detect,
  read,
  parse,
} satisfies Source;

/** A page is told by the feed it names. */
function detect(reply: Reply): boolean {
  return reply.status === 200 && isMarkup(reply) && (isFeed(reply.text) || reply.text.includes('/state_feed/feed'));
}

/** One without entries has the address of the feed in its id. */
function isFeed(text: string): boolean {
  return text.includes(':State::FeedNotifier::Entry/') || /<id>tag:[^<]{1,300},2005:\/state_feed\/feed/.test(text);
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(FEED, { accept: 'xml', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

interface Entry {
  id: string;
  /** What it is about: of an issue, its own id. */
  issue: string | null;
  url: string | null;
  title: string;
  phase: Phase;
  word: string;
  published: Date;
  updated: Date;
  body: string;
}

async function parse(reply: Reply, page: Page): Promise<Snapshot> {
  const $ = await loadXml(reply);
  if (!isFeed(reply.text)) throw new ParseError('shape', reply.url, 'the reply is no feed of a Hund page');
  if (!/<\/feed>\s*$/.test(reply.text.slice(-200))) throw new ParseError('not_xml', reply.url, 'the feed is cut short');
  const elements = $('feed > entry').toArray();
  const entries = elements.flatMap((element): Entry[] => {
    const child = (name: string) => $(element).children(name).first();
    return toEntry({
      id: child('id').text(),
      link: child('link').attr('href') ?? '',
      title: child('title').text(),
      published: child('published').text(),
      updated: child('updated').text(),
      body: child('content').text() || child('summary').text(),
    });
  });
  if (elements.length > 0 && entries.length === 0)
    throw new ParseError('shape', reply.url, 'no entry of the feed can be read');
  entries.sort((a, b) => a.published.getTime() - b.published.getTime());
  const incidents = newestFirst([...byIssue(entries).values()].map((posts) => toIncident(posts, page)));
  return {
    name: asLine(plainText($('feed').children('title').first().text()))?.replace(/(?: ?[|–-])? status.*$/i, '') || null,
    state: pageState(stateOfOthers(entries), [], incidents),
    description: '',
    components: [],
    incidents,
    lists: 'recent',
    confidence: 'low',
  };
}

type RawEntry = Record<'id' | 'link' | 'title' | 'published' | 'updated' | 'body', string>;

function toEntry(raw: RawEntry): Entry[] {
  const id = /\/([\w-]{1,64})$/.exec(raw.id.trim().slice(-200))?.[1];
  const updated = parseIsoTime(raw.updated.trim());
  const published = parseIsoTime(raw.published.trim()) ?? updated;
  if (id === undefined || published === null) return [];
  const url = safeUrl(raw.link);
  const whole = cleanLine(plainText(raw.title)) || id;
  const [, bracketed, bare, rest = ''] = /^(?:\[([^[\]]{1,40})\]|(pending):)\s{0,10}(.+)$/i.exec(whole) ?? [];
  const word = (bracketed ?? bare ?? '').trim().toLowerCase();
  const phase = PHASES.get(word) ?? 'unknown';
  return [
    {
      id,
      issue: /\/issues\/([\w-]{1,64})(?:[/?#]|$)/.exec(url ?? '')?.[1] ?? null,
      url,
      // A word in brackets that is no state is part of the title.
      title: phase === 'unknown' ? whole : rest,
      phase,
      word,
      published,
      updated: updated ?? published,
      body: plainText(raw.body),
    },
  ];
}

const PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ...['resolved', 'ended', 'fixed', 'completed', 'gelöst', 'geloest', 'beendet', 'behoben'].map(
    (word) => [word, 'resolved'] as const,
  ),
  ...['pending', 'scheduled', 'upcoming'].map((word) => [word, 'scheduled'] as const),
  ['in progress', 'in_progress'],
  ['cancelled', 'cancelled'],
  ['canceled', 'cancelled'],
]);

function ofMaintenance(phase: Phase): Phase {
  if (phase === 'resolved') return 'completed';
  if (phase === 'monitoring') return 'verifying';
  return phase === 'investigating' || phase === 'identified' ? 'in_progress' : phase;
}

/** Work may be in progress in an incident as well: how far it is that does not tell. */
function ofIncident(phase: Phase): Phase {
  return phase === 'in_progress' ? 'unknown' : phase;
}

function byIssue(entries: readonly Entry[]): Map<string, Entry[]> {
  const issues = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.issue === null) continue;
    const known = issues.get(entry.issue);
    if (known) known.push(entry);
    else issues.set(entry.issue, [entry]);
  }
  return issues;
}

function toIncident(entries: readonly Entry[], page: Page): Incident {
  const newest = entries.at(-1)!;
  const kind: Kind = entries.some(isOfMaintenance) ? 'maintenance' : 'incident';
  const updates = entries.map((entry): Update => {
    const status = kind === 'maintenance' ? ofMaintenance(entry.phase) : ofIncident(entry.phase);
    // One that is the only entry of its issue says what its issue came to, and since when.
    const at = entries.length === 1 ? entry.updated : entry.published;
    return { id: `${entry.id} ${status}`, status, at, body: entry.body, components: [] };
  });
  return buildIncident({
    id: newest.issue!,
    kind,
    title: newest.title,
    url: newest.url ?? page.url,
    status: null,
    impact: kind === 'maintenance' ? 'maintenance' : 'unknown',
    startedAt: entries[0]!.published,
    resolvedAt: null,
    components: [],
    updates: uniqueById(updates),
  });
}

function isOfMaintenance({ title, phase }: Entry): boolean {
  return phase === 'scheduled' || /^(?:scheduled |planned )?(?:maintenance|wartung)/i.test(title);
}

function stateOfOthers(entries: readonly Entry[]): PageState | null {
  const last = new Map(entries.filter((entry) => entry.issue === null).map((entry) => [entry.url, entry.word]));
  return [...last.values()].every((word) => word === 'operational') ? null : 'unknown';
}

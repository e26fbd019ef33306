/**
 * `/pages/history/<id>`: incidents of late with their messages, to the minute and in UTC beside the page's own zone. How
 * maintenances stand in it, and in which words, is not verified. Part of the status-io source.
 */
import type { CheerioAPI } from 'cheerio/slim';
import type { AnyNode, Element } from 'domhandler';
import { ParseError } from '../errors.ts';
import { loadHtml } from '../markup.ts';
import type { Component, ComponentStatus, Kind, Phase, Reply } from '../model.ts';
import type { IncidentDraft } from '../normalize.ts';
import { cleanLine, plainText } from '../text.ts';
import { parseRfcTime } from '../time.ts';
import { impactOf, numbered } from './status-io-status.ts';

const LINK = /\/(pages\/(incident|maintenance)\/[0-9a-f]{24}\/([0-9a-z]{8,64}))/i;

/** What it takes to read an entry: the page's components, and where its own addresses begin. */
interface View {
  components: readonly Component[];
  base: string;
}

/** What the history lists. Throws FetchError for a reply other than 200, ParseError for another page or half of one. */
export async function historyDrafts(reply: Reply, view: View): Promise<IncidentDraft[]> {
  const $ = await loadHtml(reply);
  const timeline = $('#statusio_history_timeline')[0];
  if (timeline === undefined)
    throw new ParseError('html', reply.url, 'the reply is a web page, but no history of a Status.io page');
  if (!reply.text.includes('</html>')) throw new ParseError('shape', reply.url, 'the web page is cut short');
  const drafts = entriesOf($, timeline).flatMap((entry) => toDraft(entry, view));
  return [...new Map(drafts.map((draft) => [draft.id, draft])).values()];
}

interface Entry {
  href: string;
  title: string;
  /** The words for how bad it was. */
  status: string;
  /** What stands under `Components` and `Locations`. */
  lists: Map<string, string>;
  /** Newest first. The body is HTML. */
  posts: { time: string; phase: string; body: string }[];
}

type Mark = 'status' | 'list' | 'names' | 'time' | 'phase' | 'body';

const MARKS = new Map<string, Mark>([
  ['status_description', 'status'],
  ['event_inner_title', 'list'],
  ['event_inner_text', 'names'],
  ['incident_time', 'time'],
  ['incident_update_status', 'phase'],
  ['incident_message_details', 'body'],
]);

/** An entry begins with its link; what follows up to the next one is its own. One walk, so nothing is read twice. */
function entriesOf($: CheerioAPI, timeline: AnyNode): Entry[] {
  const entries: Entry[] = [];
  let list = '';
  let time = '';
  let phase = '';
  walk(timeline, (element) => {
    const href = element.name === 'a' ? (element.attribs.href ?? '').slice(0, 1000) : '';
    if (LINK.test(href)) {
      if (entries.at(-1)?.href !== href)
        entries.push({ href, title: $(element).text(), status: '', lists: new Map(), posts: [] });
      return true;
    }
    const entry = entries.at(-1);
    const mark = markOf(element);
    if (entry === undefined || mark === undefined) return false;
    const text = cleanLine($(element).text());
    if (mark === 'status') entry.status = text;
    else if (mark === 'list') list = text.toLowerCase();
    else if (mark === 'names') entry.lists.set(list, text);
    else if (mark === 'time') time = text;
    else if (mark === 'phase') phase = text;
    else entry.posts.push({ time, phase, body: $(element).html() ?? '' });
    return true;
  });
  return entries;
}

function markOf(element: Element): Mark | undefined {
  const classes = (element.attribs.class ?? '').slice(0, 200).split(/\s+/);
  return classes.map((name) => MARKS.get(name)).find((mark) => mark !== undefined);
}

/** In the order of the document, without what is inside of an element that `visit` takes. */
function walk(root: AnyNode, visit: (element: Element) => boolean): void {
  const stack: AnyNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop())
    if ('attribs' in node && !visit(node)) for (const child of node.children.toReversed()) stack.push(child);
}

function toDraft({ href, title, status, lists, posts }: Entry, view: View): IncidentDraft[] {
  const [, path, type = '', id] = LINK.exec(href) ?? [];
  if (id === undefined) return [];
  const kind: Kind = type.toLowerCase() === 'maintenance' ? 'maintenance' : 'incident';
  const worstStatus = STATUSES.get(status.toLowerCase()) ?? 'unknown';
  const updates = numbered(id, toPosts(posts, kind));
  return [
    {
      id,
      kind,
      title: cleanLine(title) || id,
      url: `${view.base}/${path}`,
      status: null,
      impact: impactOf(kind, worstStatus === 'operational' ? [] : [worstStatus]),
      startedAt: updates[0]?.at ?? null,
      resolvedAt: null,
      components: affectedBy(lists, view.components).map((component) => ({ ...component, worstStatus })),
      updates,
    },
  ];
}

function toPosts(posts: Entry['posts'], kind: Kind) {
  return posts.toReversed().flatMap(({ time, phase, body }) => {
    const at = utcTime(time);
    return at === null ? [] : [{ at, status: phaseOf(kind, phase), body: plainText(body) }];
  });
}

/** `Feb 10, 2026 14:52 PST` and, run together with it, `February 10, 2026 22:52 UTC`: the one that says UTC. */
function utcTime(text: string): Date | null {
  const match = /([A-Z][a-z]{2})[a-z]{0,6} (\d{1,2}), (\d{4}) (\d\d:\d\d) UTC/.exec(text.slice(0, 200));
  return match && parseRfcTime(`${match[2]} ${match[1]} ${match[3]} ${match[4]} GMT`);
}

const MOST_NAMES = 100;

/** Services and places are named in words; one that the page shows is known by its name. */
function affectedBy(lists: Entry['lists'], components: readonly Component[]): Component[] {
  const namesIn = (list: string) => (lists.get(list) ?? '').split(', ', MOST_NAMES).filter((name) => name !== '');
  const places = new Set(namesIn('locations'));
  return namesIn('components').flatMap((service): Component[] => {
    const whole = components.find((component) => component.group === null && component.name === service);
    if (whole) return [unsaid(whole)];
    const parts = components.filter((component) => component.group === service);
    const named = parts.filter((component) => places.has(component.name));
    if (parts.length > 0) return (named.length > 0 ? named : parts).map(unsaid);
    return [{ id: service, name: service, group: null, status: 'unknown' }];
  });
}

/** How a component is today says nothing of how it was at the end of an incident. */
function unsaid(component: Component): Component {
  return { ...component, status: 'unknown' };
}

const STATUSES = new Map<string, ComponentStatus>([
  ['operational', 'operational'],
  ['planned maintenance', 'under_maintenance'],
  ['degraded performance', 'degraded_performance'],
  ['partial service disruption', 'partial_outage'],
  ['service disruption', 'major_outage'],
  ['security event', 'major_outage'],
  ['security issue', 'major_outage'],
]);

const INCIDENT_PHASES = new Map<string, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
]);

const MAINTENANCE_PHASES = new Map<string, Phase>([
  ['scheduled', 'scheduled'],
  ['in progress', 'in_progress'],
  ['completed', 'completed'],
]);

function phaseOf(kind: Kind, text: string): Phase {
  const phases = kind === 'incident' ? INCIDENT_PHASES : MAINTENANCE_PHASES;
  return phases.get(text.toLowerCase()) ?? 'unknown';
}

/**
 * The components of a Rootly page, from its HTML: each has a chart of its past, in a frame that bears its id, inside a
 * fold whose summary says its name and status; groups are folds around folds. Known from what others read of one page.
 * Part of the rootly source.
 */
import type { CheerioAPI } from 'cheerio/slim';
import type { AnyNode } from 'domhandler';
import { ParseError } from '../errors.ts';
import { loadHtml } from '../markup.ts';
import type { Component, ComponentStatus, Reply } from '../model.ts';
import { uniqueById } from '../normalize.ts';
import { cleanLine } from '../text.ts';

const MOST_ROOTS = 100;
const FRAME = 'turbo-frame[id^="uptime-chart-"]';

/** In the page's order. Throws FetchError or ParseError, the latter also where the page shows no component. */
export async function readComponents(reply: Reply): Promise<Component[]> {
  const $ = await loadHtml(reply);
  if (!/<\/html>\s*$/i.test(reply.text.slice(-200)))
    throw new ParseError('html', reply.url, 'the web page is cut short, or no page at all');
  // Searching takes time quadratic in the number of an element's children, unless the selector begins with `:scope`.
  if ($.root().children().length > MOST_ROOTS) throw new ParseError('html', reply.url, 'the web page has no root');
  const foldOf = foldReader($);
  const components = $(FRAME)
    .toArray()
    .flatMap((frame): Component[] => {
      const id = cleanLine((frame.attribs.id ?? '').slice('uptime-chart-'.length));
      const fold = foldOf(frame);
      if (id === '' || fold === null || fold.name === '') return [];
      return [{ id, name: fold.name, group: fold.group, status: STATUSES.get(fold.word) ?? 'unknown' }];
    });
  if (components.length === 0) throw new ParseError('html', reply.url, 'the web page shows no component');
  return uniqueById(components);
}

interface Fold {
  name: string;
  word: string;
  group: string | null;
}

/** Finds the fold around an element; each is read once, however much is in it. */
function foldReader($: CheerioAPI): (inside: AnyNode) => Fold | null {
  const folds = new Map<AnyNode, Fold>();
  const foldOf = (inside: AnyNode): Fold | null => {
    const element = $(inside).parent().closest('details').get(0);
    if (!element) return null;
    const known = folds.get(element);
    if (known) return known;
    const summary = $(element).children('summary');
    const name = cleanLine(summary.find(':scope h2').first().text());
    const word = cleanLine(summary.children('span').first().text()).toLowerCase();
    const fold = { name, word, group: foldOf(element)?.name || null };
    folds.set(element, fold);
    return fold;
  };
  return foldOf;
}

const STATUSES = new Map<string, ComponentStatus>([
  ['operational', 'operational'],
  // How badly it does not say.
  ['affected', 'degraded_performance'],
  ['degraded', 'degraded_performance'],
  ['degraded performance', 'degraded_performance'],
  ['partial outage', 'partial_outage'],
  ['major outage', 'major_outage'],
  ['under maintenance', 'under_maintenance'],
  ['maintenance', 'under_maintenance'],
]);

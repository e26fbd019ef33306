/**
 * The home page of a Better Stack page, for where `index.json` is refused. It tells the state of the whole (by the
 * picture it offers for links), of each section (by a badge) and of each service where a badge stands beside it; most
 * services have none, and then only a section that is well speaks for them. Reports are not read.
 * Part of the better-stack source.
 */
import type { Cheerio, CheerioAPI } from 'cheerio/slim';
import type { Element } from 'domhandler';
import { ParseError } from '../errors.ts';
import { loadHtml } from '../markup.ts';
import type { Component, ComponentStatus, PageState, Reply, Snapshot } from '../model.ts';
import { pageState, stateOfComponent, uniqueById, worstState } from '../normalize.ts';
import { cleanLine } from '../text.ts';
import { stateOf } from './better-stack-index.ts';

const COLOURS: readonly (readonly [name: string, status: ComponentStatus])[] = [
  ['text-statuspage-red', 'major_outage'],
  ['text-statuspage-yellow', 'degraded_performance'],
  ['text-statuspage-blue', 'under_maintenance'],
  ['text-statuspage-green', 'operational'],
];

/** Throws ParseError when the page shows neither its state nor a service. */
export async function htmlSnapshot(reply: Reply): Promise<Snapshot> {
  const $ = await loadHtml(reply);
  const sections = outermost($('.section')).map((section) => toSection($, $(section)));
  const components = uniqueById(sections.flatMap((section) => section.components));
  const pictured = stateOfPictures($);
  if (pictured === null && components.length === 0)
    throw new ParseError('html', reply.url, 'the page shows neither its state nor a service');
  const badges = sections.map((section) => stateOfComponent(section.status)).filter((state) => state !== 'unknown');
  const said = worstState([pictured ?? 'unknown', ...badges]);
  return {
    name: nameOf($),
    state: pageState(said, components, []),
    description: lineOf($('h1').first()),
    components,
    incidents: [],
    lists: 'open',
    // Reports are not read here, so none may be called withdrawn for not being there.
    torn: true,
    confidence: 'low',
  };
}

interface Section {
  status: ComponentStatus;
  components: Component[];
}

function toSection($: CheerioAPI, section: Cheerio<Element>): Section {
  const toggle = section.find('.section-toggle').first();
  const group = lineOf(toggle.children('div').first()) || null;
  const status = colourOf(toggle.find('.section-status-badge svg')) ?? 'unknown';
  const rows = outermost(section.find('.section-content [data-url]'));
  return { status, components: rows.flatMap((row) => toComponent($(row), group, status)) };
}

/** The address a row is refreshed from ends in a name of its own: the only id there is. */
function toComponent(row: Cheerio<Element>, group: string | null, section: ComponentStatus): Component[] {
  const label = row.find('.truncate').first();
  const name = lineOf(label);
  if (name === '') return [];
  const id = /\/([0-9A-Za-z_-]{1,60})$/.exec(row.attr('data-url') ?? '')?.[1] ?? name;
  // Only a badge beside the name is of now: the rest of the row draws the past ninety days.
  const status = colourOf(label.siblings('svg')) ?? (section === 'operational' ? 'operational' : 'unknown');
  return [{ id, name, group, status }];
}

/** Those inside none of the others: real ones never are, and searching a hostile pile of them would take for ever. */
function outermost(elements: Cheerio<Element>): Element[] {
  const all = new Set<unknown>(elements.toArray());
  return elements.toArray().filter((element) => {
    let above = element.parent;
    while (above !== null && !all.has(above)) above = above.parent;
    return above === null;
  });
}

/** The worst colour among these pictures; null when they show none. */
function colourOf(pictures: Cheerio<Element>): ComponentStatus | null {
  return COLOURS.find(([name]) => pictures.is(`.${name}`))?.[1] ?? null;
}

/** `…/favicons/operational-4a98629a….png`, `…/og_downtime-b02e3c30….png`. */
function stateOfPictures($: CheerioAPI): PageState | null {
  const pictures = $('link[rel=icon], meta[property="og:image"]')
    .toArray()
    .map((element) => $(element).attr('href') ?? $(element).attr('content') ?? '');
  const words = pictures.flatMap((url) => /\/status_pages(?:_v2)?\/(?:favicons\/|og_)([a-z]+)-/.exec(url)?.[1] ?? []);
  return words.length === 0 ? null : worstState(words.map(stateOf));
}

function nameOf($: CheerioAPI): string | null {
  const title = $('link[rel=alternate]').attr('title') ?? '';
  return cleanLine(title.replace(/^RSS feed for incidents reported for /, '')) || null;
}

function lineOf(part: Cheerio<Element>): string {
  return cleanLine(part.text());
}

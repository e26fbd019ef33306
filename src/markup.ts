/** Web pages and feeds to trees that selectors can search. cheerio is loaded only when there is one. */
import type { CheerioAPI } from 'cheerio/slim';
import { ParseError } from './errors.ts';
import type { Reply } from './model.ts';
import { demandOk } from './raw.ts';

/** Real pages stay under 100; at 100,000 the parser takes minutes, and reading text overflows the stack from 5,000 on. */
const MAX_DEPTH = 512;
/** Real pages stay under 500; searching among siblings takes the square of their number (css-select's `removeSubsets`). */
const MAX_SIBLINGS = 5000;

/**
 * The tree of a web page. Throws FetchError for an HTTP status other than 200, ParseError for an empty reply, for one
 * that is no markup, for one nested deeper than 512 and for one with more than 5,000 elements side by side.
 */
export async function loadHtml(reply: Reply): Promise<CheerioAPI> {
  const text = demandMarkup(reply);
  if (!text.includes('<')) throw new ParseError('shape', reply.url, 'the reply is not a web page');
  return load(text, reply.url, false);
}

/**
 * The tree of an XML document, a feed for one. Throws as `loadHtml`, and ParseError for a web page and for a document
 * type with declarations of its own: a feed needs none, and entities that stand for entities have filled memories.
 */
export async function loadXml(reply: Reply): Promise<CheerioAPI> {
  const text = demandMarkup(reply);
  if (!text.startsWith('<')) throw new ParseError('not_xml', reply.url, 'the reply is not XML');
  const start = rootAndDoctype(text);
  if (/^(?:<!doctype\s+html\b|<html\b)/i.test(start))
    throw new ParseError('html', reply.url, 'the reply is a web page where XML was expected');
  if (start.startsWith('<!') && start.slice(0, start.search(/>|$/)).includes('['))
    throw new ParseError('not_xml', reply.url, 'the reply declares entities of its own');
  return load(text, reply.url, true);
}

function demandMarkup(reply: Reply): string {
  demandOk(reply);
  const text = reply.text.trimStart();
  if (text === '') throw new ParseError('empty', reply.url, 'the reply is empty');
  return text;
}

/** What comes first after the XML declaration, processing instructions and comments. */
function rootAndDoctype(text: string): string {
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    const mark = text.startsWith('<?', at) ? '?>' : text.startsWith('<!--', at) ? '-->' : null;
    const end = mark === null ? -1 : text.indexOf(mark, at + 2);
    if (end < 0) return text.slice(at, at + 4096);
    at = end + mark!.length;
  }
}

/** Parses in one pass that gives up at the depth limit, where a check before parsing could be misled by odd markup. */
async function load(text: string, url: string, xmlMode: boolean): Promise<CheerioAPI> {
  const [cheerio, { DomHandler, Parser }] = await Promise.all([import('cheerio/slim'), import('htmlparser2')]);
  const handler = new DomHandler(undefined, { xmlMode });
  const open = handler.onopentag.bind(handler);
  const close = handler.onclosetag.bind(handler);
  const siblings = [0];
  handler.onopentag = (name, attributes) => {
    if (siblings.length > MAX_DEPTH)
      throw new ParseError('too_deep', url, `the reply is nested deeper than ${MAX_DEPTH} levels`);
    if (++siblings[siblings.length - 1]! > MAX_SIBLINGS)
      throw new ParseError('too_deep', url, `the reply has more than ${MAX_SIBLINGS} elements side by side`);
    siblings.push(0);
    open(name, attributes);
  };
  handler.onclosetag = () => {
    siblings.pop();
    close();
  };
  new Parser(handler, { xmlMode }).end(text);
  return cheerio.load(handler.root, xmlMode ? { xml: true } : {});
}

/** What entries are known by, on any platform. Apart from `raw.ts`, which is loaded where no vendor's text is cleaned. */
import { ParseError } from '../errors.ts';
import type { RawObject } from '../raw.ts';
import { asLine } from '../text.ts';

/** The id of an entry, as one clean line. Throws ParseError where it has none: what is never the same is told again and again. */
export function demandId(entry: RawObject, url: string): string {
  const id = asLine(entry.id);
  if (id === null) throw new ParseError('shape', url, 'the reply has an entry without an id');
  return id;
}

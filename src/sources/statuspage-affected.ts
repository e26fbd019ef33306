/** "This incident affected: Europe (Paris, Rome) and Sign-in." to the components it names. */
import { asText, type RawObject } from '../raw.ts';
import { cleanLine } from '../text.ts';

/** How many pieces of a sentence may make up one name: names may hold commas and "and". */
const LONGEST = 5;

/** Each as the page's own row where there is one of that name, else as a row with its label for an id. */
export function affectedComponents(sentence: string, known: readonly RawObject[]): RawObject[] {
  const colon = sentence.indexOf(':');
  if (colon < 0) return [];
  const said = cleanLine(sentence.slice(colon + 1)).replace(/\.$/, '');
  const alone = byName(known.filter((row) => row.group !== true));
  const groups = byName(known.filter((row) => row.group === true));
  const isKnown = (piece: string) => alone.has(piece) || groups.has(opened(piece)?.group ?? '');
  return pieces(said, isKnown).flatMap((piece) => {
    const within = alone.has(piece) ? null : opened(piece);
    if (within === null) return [alone.get(piece) ?? { id: piece, name: piece }];
    const groupId = groups.get(within.group)?.id;
    const inGroup = byName(known.filter((row) => groupId !== undefined && row.group_id === groupId));
    return pieces(within.inside, (name) => inGroup.has(name)).map(
      (name) => inGroup.get(name) ?? { id: `${within.group} (${name})`, name, group_name: within.group },
    );
  });
}

function byName(rows: readonly RawObject[]): Map<string, RawObject> {
  return new Map(rows.map((row) => [cleanLine(asText(row.name) ?? ''), row]));
}

/** `Europe (Paris, Rome)`. */
function opened(piece: string): { group: string; inside: string } | null {
  const match = /^(.+?) \((.+)\)$/.exec(piece);
  return match ? { group: match[1]!, inside: match[2]! } : null;
}

/** Cut at commas and "and" outside brackets, except inside what `isKnown` recognises. */
function pieces(text: string, isKnown: (piece: string) => boolean): string[] {
  const parts = cut(text);
  const found: string[] = [];
  for (let first = 0; first < parts.length; ) {
    let last = Math.min(first + LONGEST, parts.length) - 1;
    while (last > first && !isKnown(text.slice(parts[first]!.start, parts[last]!.end))) last--;
    found.push(text.slice(parts[first]!.start, parts[last]!.end));
    first = last + 1;
  }
  return found.filter((piece) => piece !== '');
}

function cut(text: string): { start: number; end: number }[] {
  const parts: { start: number; end: number }[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(/[()]|, and |, | and /g)) {
    if (mark === '(') depth++;
    else if (mark === ')') depth--;
    else if (depth === 0) {
      parts.push({ start, end: index });
      start = index + mark.length;
    }
  }
  return [...parts, { start, end: text.length }];
}

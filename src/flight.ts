/**
 * Pages drawn by React hold the data they were drawn from as "flight" text, pushed in pieces by inline scripts:
 * `self.__next_f.push([1,"…"])`. Objects stand in it as JSON, with `"$undefined"` where a value is missing, `"$D…"` for
 * dates, and `"$1f"` for long texts, which have rows of their own. Everything here is a single scan from left to right:
 * no reply, however hostile, takes longer than its length.
 */
const PUSH = 'self.__next_f.push([1,"';
const MOST_TRIES = 8;
/** In characters: a text may be pointed at from many places, and a hostile page would point at a long one from all. */
const MOST_LONG_TEXT = 1_000_000;

/** The pieces, joined; empty when the page has none. */
export function flightText(html: string): string {
  const pieces: string[] = [];
  for (let at = html.indexOf(PUSH); at !== -1; at = html.indexOf(PUSH, at)) {
    const start = at + PUSH.length - 1;
    at = endOfString(html, start);
    if (at === -1) break;
    pieces.push(stringOf(html.slice(start, at)));
  }
  return pieces.join('');
}

/** Finds, in a flight text or any JSON, the value of the first `"key":` whose value `accept` takes; else undefined. */
export function valueFinder(flight: string): (key: string, accept: (value: unknown) => boolean) => unknown {
  const texts = longTexts(flight);
  return (key, accept) => {
    const mark = `"${key}":`;
    let tries = 0;
    // Few are tried: each may reach to the end.
    for (let at = flight.indexOf(mark); at !== -1 && tries < MOST_TRIES; at = flight.indexOf(mark, at + 1)) {
      const start = at + mark.length;
      if (flight[start] !== '{' && flight[start] !== '[') continue;
      tries++;
      const end = endOfValue(flight, start);
      const value = end === -1 ? undefined : toValue(flight.slice(start, end), texts);
      if (accept(value)) return value;
    }
    return undefined;
  };
}

function stringOf(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return '';
  }
}

/** The index after the quote that closes the string opened at `start`, or -1. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return at + 1;
  }
  return -1;
}

/** Rows `1f:T4d2,…`: an id and a text of so many bytes, after which the next row begins without a line end. */
function longTexts(flight: string): Map<string, string> {
  const texts = new Map<string, string>();
  const row = /([0-9a-f]*):(?:T([0-9a-f]{1,8}),)?/y;
  for (let at = 0; at < flight.length; ) {
    row.lastIndex = at;
    const [head, id, length] = row.exec(flight) ?? [];
    if (head !== undefined && id !== undefined && length !== undefined) {
      const bytes = Number.parseInt(length, 16);
      const start = at + head.length;
      const text = Buffer.from(flight.slice(start, start + bytes))
        .subarray(0, bytes)
        .toString();
      texts.set(id, text);
      at = start + text.length;
    } else {
      const end = flight.indexOf('\n', at);
      at = end === -1 ? flight.length : end + 1;
    }
  }
  return texts;
}

/** The index after the bracket that closes the object or list opened at `start`, or -1. */
function endOfValue(text: string, start: number): number {
  const token = /["[\]{}]/g;
  token.lastIndex = start;
  let depth = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === '"') {
      token.lastIndex = endOfString(text, match.index);
      if (token.lastIndex <= 0) return -1;
    } else if (match[0] === '{' || match[0] === '[') depth++;
    else if (--depth === 0) return match.index + 1;
  }
  return -1;
}

/** A text of the page's own that begins with a dollar is written with two. */
function toValue(json: string, texts: ReadonlyMap<string, string>): unknown {
  let room = MOST_LONG_TEXT;
  const plain = json.replace(
    /:"\$(?:(undefined)"|([0-9a-f]+)"|[D$])/g,
    (marker: string, missing?: string, row?: string) => {
      if (missing !== undefined) return ':null';
      if (row === undefined) return marker === ':"$$' ? ':"$' : ':"';
      const text = texts.get(row) ?? '';
      room -= text.length;
      return `:${JSON.stringify(room < 0 ? '' : text)}`;
    },
  );
  try {
    return JSON.parse(plain);
  } catch {
    return undefined;
  }
}

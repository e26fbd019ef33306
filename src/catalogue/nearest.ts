/** "Did you mean": the names nearest to one that does not exist. */

/**
 * The candidates that `name` may be a slip of, nearest first and as they were given; empty when none is near. One that
 * begins with it, or with something like it, or has a word like it (`Session management` for `sesion`) is near too.
 * Neither case nor the stars of a glob count.
 */
export function nearest(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = name.replace(/[*?]/g, '').trim().toLowerCase();
  if (wanted === '') return [];
  const near = [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= slips(wanted))
    .sort((a, b) => a.distance - b.distance || a.candidate.length - b.candidate.length || compare(a, b));
  const best = near[0]?.distance ?? 0;
  return near
    .filter(({ distance }) => distance <= best + 1)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** How far `text` is from `wanted`, both in lower case: Infinity when too far to be meant. */
export function distanceTo(wanted: string, text: string): number {
  const most = slips(wanted);
  const whole = editDistance(wanted, text, most);
  if (whole === 0) return 0;
  if (wanted.length >= 3 && text.startsWith(wanted)) return 0.9;
  if (whole === 1) return 1;
  const start = text.length > wanted.length ? editDistance(wanted, text.slice(0, wanted.length), most) : Infinity;
  const words = text.split(/[^\p{L}\p{N}]+/u);
  const word = words.length < 2 ? Infinity : Math.min(...words.map((one) => editDistance(wanted, one, most)));
  return Math.min(whole, start + 0.5, word + 0.5);
}

function slips(wanted: string): number {
  if (wanted.length <= 2) return 0;
  return wanted.length <= 5 ? 1.5 : wanted.length <= 8 ? 2.5 : 3.5;
}

function compare(a: { candidate: string }, b: { candidate: string }): number {
  return a.candidate < b.candidate ? -1 : 1;
}

/** Letters to add, drop or change, and neighbours to swap, to make one word the other; Infinity for more than `most`. */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (same ? 0 : 1),
        swapped ? beforeLast[column - 2]! + 1 : Infinity,
      );
    }
    if (Math.min(...current) > most) return Infinity;
    beforeLast = last;
    last = current;
  }
  const distance = last[b.length]!;
  return distance > most ? Infinity : distance;
}

/** Short stand-ins for long texts. */

let hash: typeof import('node:crypto').hash | undefined;

/** The first characters of a SHA-1 in base64url: six bits each. */
export function fingerprint(text: string, length: number): string {
  // Imported at the top, Node's cryptography would take 3 ms of every command that reads a page; most take no fingerprint.
  hash ??= process.getBuiltinModule('node:crypto').hash;
  return hash('sha1', text, 'base64url').slice(0, length);
}

/**
 * An id for a post that its platform gives none: the same post has the same one at every read. Made of what the vendor
 * does not change without it being another post; never of a list of components, which changes as they recover.
 */
export function syntheticId(...parts: readonly (string | number | Date | null)[]): string {
  const text = parts.map((part) => (part instanceof Date ? part.toISOString() : String(part).replace(/\s+/g, ' ')));
  return fingerprint(text.join('\n'), 16);
}

/**
 * Ids for the posts of one incident, where a platform gives them none: of what tells posts apart (`when`, as a rule the time
 * and the phase), and of how many others shared that. Never of the words, which vendors correct, so that a post keeps its id
 * when they do; the same words once more are the same post. To be asked for the oldest first.
 */
export function idsOfPosts(incident: string): (body: string, ...when: (string | Date | null)[]) => string {
  const known = new Map<string, Map<string, number>>();
  return (body, ...when) => {
    const id = syntheticId(incident, ...when);
    const bodies = known.get(id) ?? new Map<string, number>();
    known.set(id, bodies);
    const nth = bodies.get(body) ?? bodies.size;
    bodies.set(body, nth);
    return nth === 0 ? id : syntheticId(incident, ...when, nth);
  };
}

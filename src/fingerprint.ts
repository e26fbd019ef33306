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

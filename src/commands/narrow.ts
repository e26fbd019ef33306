/** `--provider`: those of the targets that are meant. */
import { nearest } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import { componentMatcher } from '../route.ts';
import { resolveTarget, type Target } from '../targets.ts';
import type { Context } from './context.ts';

/**
 * The targets that a word names: as it would name them on the command line, or as a glob over their ids and names. A word
 * that names none of them is said; throws UsageError when none does. No word at all leaves them as they are.
 */
export function narrow({ targets, config, io }: Context, words: readonly string[]): Target[] {
  if (words.length === 0) return targets;
  const found = words.map((word) => {
    const url = addressOf(word, config);
    const matches = componentMatcher([word]);
    return targets.filter(({ provider: { id, name, ...provider } }) => {
      return provider.url === url || matches({ id, name, group: null, status: 'unknown' });
    });
  });
  const complaints = words.filter((_, index) => found[index]!.length === 0).map((word) => complaint(word, targets));
  if (complaints.length === words.length) throw new UsageError(complaints.join('; '));
  for (const line of complaints) io.note(`pingoru: ${line}`);
  return targets.filter((target) => found.some((of) => of.includes(target)));
}

function addressOf(word: string, config: Context['config']): string | null {
  try {
    return resolveTarget(word, config).provider.url;
  } catch {
    // A glob, or nobody's name: both are looked for among the targets.
    return null;
  }
}

const MOST_NAMED = 5;

function complaint(word: string, targets: readonly Target[]): string {
  const ids = targets.map(({ provider }) => provider.id);
  const near = nearest(word, ids);
  const more = ids.length > MOST_NAMED ? `, and ${ids.length - MOST_NAMED} more` : '';
  const named =
    near.length > 0 ? `nearest: ${near.join(', ')}` : `there are: ${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
  return `--provider '${word}' matches none of the pages asked for; ${named}`;
}

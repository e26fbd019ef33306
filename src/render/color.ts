/** Whether a stream gets colours. Apart from chalk, which is loaded only where text is coloured. */
import type { ColorSupportLevel } from 'chalk';

/**
 * How many colours a stream gets, 0 for none. What was asked for on the command line comes first, then NO_COLOR, then
 * FORCE_COLOR (both only if not empty, see no-color.org and force-color.org), then the terminal itself.
 */
export function colorLevel(
  choice: 'auto' | 'always' | 'never' | boolean,
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): ColorSupportLevel {
  if (choice === 'never' || choice === false) return 0;
  if (choice === 'always') return terminalLevel(env);
  if (env.NO_COLOR) return 0;
  if (env.FORCE_COLOR) return forcedLevel(env.FORCE_COLOR, env);
  return isTerminal && env.TERM !== 'dumb' ? terminalLevel(env) : 0;
}

function forcedLevel(force: string, env: Readonly<Record<string, string | undefined>>): ColorSupportLevel {
  if (force === '0' || force === 'false') return 0;
  return force === '1' || force === '2' || force === '3' ? (Number(force) as 1 | 2 | 3) : terminalLevel(env);
}

function terminalLevel(env: Readonly<Record<string, string | undefined>>): 1 | 2 | 3 {
  if (/^(?:truecolor|24bit)$/.test(env.COLORTERM ?? '')) return 3;
  return /-256(?:color)?$/i.test(env.TERM ?? '') ? 2 : 1;
}

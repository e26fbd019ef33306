import { expect, test } from 'vitest';
import { colorLevel } from '../../src/render/color.ts';

type Choice = Parameters<typeof colorLevel>[0];

test.each<[Choice, Record<string, string>, 'terminal' | 'pipe', 0 | 1 | 2 | 3]>([
  ['auto', {}, 'terminal', 1],
  ['auto', {}, 'pipe', 0],
  ['auto', { TERM: 'xterm-256color' }, 'terminal', 2],
  ['auto', { TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'terminal', 3],
  ['auto', { COLORTERM: 'truecolor' }, 'pipe', 0],
  ['auto', { NO_COLOR: '1' }, 'terminal', 0],
  ['auto', { NO_COLOR: '' }, 'terminal', 1],
  ['auto', { NO_COLOR: '' }, 'pipe', 0],
  ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, 'terminal', 0],
  ['auto', { FORCE_COLOR: '1' }, 'pipe', 1],
  ['auto', { FORCE_COLOR: '3' }, 'pipe', 3],
  ['auto', { FORCE_COLOR: 'true' }, 'pipe', 1],
  ['auto', { FORCE_COLOR: '' }, 'pipe', 0],
  ['auto', { FORCE_COLOR: '0' }, 'terminal', 0],
  ['auto', { FORCE_COLOR: 'false' }, 'terminal', 0],
  ['auto', { TERM: 'dumb' }, 'terminal', 0],
  ['auto', { TERM: 'dumb', FORCE_COLOR: '1' }, 'terminal', 1],
  ['auto', { TERM: 'dumb', COLORTERM: 'truecolor' }, 'terminal', 0],
  ['always', {}, 'pipe', 1],
  ['always', { NO_COLOR: '1' }, 'pipe', 1],
  ['always', { FORCE_COLOR: '0', TERM: 'dumb' }, 'pipe', 1],
  ['never', { FORCE_COLOR: '1' }, 'terminal', 0],
  [false, { FORCE_COLOR: '1' }, 'terminal', 0],
  [true, {}, 'pipe', 0],
])('--color %s with %j on a %s gives level %i', (choice, env, stream, level) => {
  expect(colorLevel(choice, env, stream === 'terminal')).toBe(level);
});

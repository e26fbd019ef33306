/** What stands for a severity where words are not seen at once; where a service has signs of its own, its channel has the table. */
import type { Severity } from '../model.ts';

/** Beside words that say the same, for those who see colours. */
export const MARKS = {
  info: '⚪',
  good: '🟢',
  minor: '🟡',
  major: '🟠',
  critical: '🔴',
  maintenance: '🔵',
  unknown: '⚪',
} satisfies Record<Severity, string>;

/** Of the bar beside a message; red, green and blue. */
export const COLOURS = {
  info: '#6b7280',
  good: '#2eb67d',
  minor: '#ecb22e',
  major: '#e8912d',
  critical: '#e01e5a',
  maintenance: '#1d9bd1',
  unknown: '#868686',
} satisfies Record<Severity, `#${string}`>;

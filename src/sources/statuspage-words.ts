/** Statuspage's words to the model's. */
import type { ComponentStatus, Impact, PageState, Phase } from '../model.ts';

function wordsOf<T extends string>(words: readonly T[]): ReadonlyMap<unknown, T> {
  return new Map<unknown, T>(words.map((word) => [word, word]));
}

const STATUSES = wordsOf<ComponentStatus>([
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'under_maintenance',
]);
const PHASES = wordsOf<Phase>([
  'investigating',
  'identified',
  'monitoring',
  'resolved',
  'postmortem',
  'scheduled',
  'in_progress',
  'verifying',
  'completed',
]);
const IMPACTS = wordsOf<Impact>(['none', 'minor', 'major', 'critical', 'maintenance']);
const INDICATORS: ReadonlyMap<unknown, PageState> = new Map([
  ['none', 'operational'],
  ['minor', 'degraded'],
  ['major', 'partial_outage'],
  ['critical', 'major_outage'],
  ['maintenance', 'maintenance'],
]);

/** As the API writes it, or as a web page does: `In progress`. */
function find<T>(words: ReadonlyMap<unknown, T>, word: unknown): T | undefined {
  const found = words.get(word);
  if (found !== undefined || typeof word !== 'string') return found;
  return words.get(word.trim().toLowerCase().replace(/[ -]+/g, '_'));
}

export function statusOf(word: unknown): ComponentStatus {
  // Nearly all are: to compare spares the hash that a look-up needs, a tenth of the mapping.
  if (word === 'operational') return 'operational';
  return find(STATUSES, word) ?? 'unknown';
}

export function phaseOf(word: unknown): Phase {
  return find(PHASES, word) ?? 'unknown';
}

export function impactOf(word: unknown): Impact {
  return find(IMPACTS, word) ?? 'unknown';
}

export function indicatorState(word: unknown): PageState {
  return find(INDICATORS, word) ?? 'unknown';
}

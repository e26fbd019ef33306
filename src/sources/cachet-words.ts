/** The words of both versions of Cachet, which are numbers, and what it takes to read its times. Part of the source. */
import type { ComponentStatus, Page, Phase } from '../model.ts';
import { asText } from '../raw.ts';
import { parseIsoTime } from '../time.ts';

/** https://docs.cachethq.io/docs/component-statuses; version 3 has 5 and 6 as well. */
export function componentStatus(value: unknown): ComponentStatus {
  return COMPONENTS[Number(asText(value) ?? -1)] ?? 'unknown';
}
const COMPONENTS: readonly (ComponentStatus | undefined)[] = [
  undefined,
  'operational',
  'degraded_performance',
  'partial_outage',
  'major_outage',
  'unknown',
  'under_maintenance',
];

/** https://docs.cachethq.io/docs/incident-statuses; 0 is planned work in version 2 and nothing in version 3. */
export function incidentPhase(value: unknown): Phase {
  return INCIDENTS[Number(asText(value) ?? -1)] ?? 'unknown';
}
const INCIDENTS: readonly (Phase | undefined)[] = [undefined, 'investigating', 'identified', 'monitoring', 'resolved'];

/** Neither version changes the word when the hour comes, but both show by the clock what is under way and what is over. */
export function schedulePhase(value: unknown, from: Date | null, until: Date | null, now: Date | null): Phase {
  const told = SCHEDULES[Number(asText(value) ?? -1)] ?? 'unknown';
  if (told !== 'scheduled' || from === null || now === null || now < from) return told;
  return until !== null && until <= now ? 'completed' : 'in_progress';
}
const SCHEDULES: readonly (Phase | undefined)[] = ['scheduled', 'in_progress', 'completed'];

/** `2026-03-10 15:53:00`, of a clock that is so far ahead of UTC. One that names its zone is taken by its word. */
export function localTime(value: unknown, offsetMs: number): Date | null {
  const at = typeof value === 'string' ? parseIsoTime(`${value.replace(' ', 'T')}Z`) : null;
  return at ? new Date(at.getTime() - offsetMs) : parseIsoTime(value);
}

/** Where the page begins, when an address of its data was given instead. */
export function baseOf(page: Page): string {
  const address = new URL(page.url);
  return `${address.origin}${address.pathname.replace(/\/(?:api\/.*)?$/, '')}`;
}

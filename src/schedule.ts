/**
 * When is a page due. Pure: the clock and the dice are handed in. All waits are milliseconds.
 * Due times are wall-clock times compared at every short tick, never one long `setTimeout`: that overflows
 * at 2^31 ms (Node then fires at once), stands still while a laptop sleeps, and knows nothing of a clock that is set.
 */

import { LONGEST_WAIT_MS } from './retry-after.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** How often due times are looked at. */
export const TICK_MS = SECOND_MS;
/** Between two polls of a page on which all is well. */
export const DEFAULT_INTERVAL_MS = MINUTE_MS;
/** Between two polls of a page with an open incident. */
export const INCIDENT_INTERVAL_MS = 30 * SECOND_MS;
/** No public page is asked more often, whatever the user says. */
export const FLOOR_MS = 30 * SECOND_MS;
/** The longest that a failing page waits, unless its interval or its server says longer. */
export const LONGEST_BACK_OFF_MS = HOUR_MS;

/** What the last polls of a page taught. */
export interface PollState {
  /** Polls in a row that brought nothing usable. */
  failures: number;
  /** What the last reply asked for in `Retry-After`, from now. */
  retryAfterMs: number | null;
  /** How long the last reply calls itself fresh, from now. */
  maxAgeMs: number | null;
  openIncident: boolean;
  /** On loopback: any interval goes, and nobody needs jitter. See `isLoopback`. */
  local: boolean;
  /** The last reply was 410. */
  gone: boolean;
  /** HTTP status of the last reply, null when none came. A 404 slows a page down sooner: it seldom mends within minutes. */
  status: number | null;
}

export interface ScheduleSettings {
  /** What the user asked for; null for the default, which is shorter while an incident is open. */
  intervalMs: number | null;
}

/**
 * How long to wait for the next poll. `random` gives numbers from 0 to below 1. Infinity for a page that is gone (410):
 * it is not asked again as long as this process lives; the next one asks once, should the server have been mistaken.
 */
export function nextDelayMs(state: PollState, settings: ScheduleSettings, random: () => number): number {
  if (state.gone) return Number.POSITIVE_INFINITY;
  const interval = settings.intervalMs ?? (state.openIncident ? INCIDENT_INTERVAL_MS : DEFAULT_INTERVAL_MS);
  const floor = state.local ? 0 : FLOOR_MS;
  const wait = aboveFloor(backOff(Math.max(interval, floor), state, random), floor);
  // A page served with a year of max-age must still be read, so an hour of it is believed; Retry-After is a plain
  // request of the server's and is never cut.
  return Math.max(wait, Math.min(state.maxAgeMs ?? 0, HOUR_MS), state.retryAfterMs ?? 0);
}

/** Jitter that would fall below the floor goes above it by as much: cut off, half of all pages would keep the same beat. */
function aboveFloor(wait: number, floor: number): number {
  return wait < floor ? 2 * floor - wait : wait;
}

/** The first failure waits the interval, each further one twice as long; a 404 grows four times as long, from the first. */
function backOff(interval: number, state: PollState, random: () => number): number {
  const failures = Math.min(state.failures, 40);
  const growth = state.status === 404 ? 4 ** failures : 2 ** Math.max(0, failures - 1);
  const jitter = state.local ? 1 : 0.9 + 0.2 * random();
  if (growth === 1) return interval * jitter;
  return Math.min(interval * growth * jitter, Math.max(interval * jitter, LONGEST_BACK_OFF_MS));
}

/**
 * Whether a page is due. `waitMs` is the wait that led to `dueAt`: a page due later than that from now was planned
 * before the clock was set back, and is due at once, so that nothing sleeps through a wrong date. An infinite `dueAt` never comes.
 */
export function isDue(dueAt: number, now: number, waitMs: number = LONGEST_WAIT_MS): boolean {
  if (dueAt === Number.POSITIVE_INFINITY) return false;
  return now >= dueAt || dueAt - now > waitMs + TICK_MS;
}

/**
 * A tick that took longer than this was no tick: the machine slept, or the process was stopped. Told by the wall clock, since
 * the monotonic one stands still meanwhile on Linux alone (https://github.com/libuv/libuv/pull/2894).
 */
export const SLEPT_MS = MINUTE_MS + TICK_MS;

/** After a sleep every page is overdue at once, and the network not yet back: each waits up to a minute of its own. */
export function wakeDelayMs(random: () => number): number {
  return MINUTE_MS * random();
}

/**
 * How long a reply is still fresh: its `max-age` less the `Age` it had already when it came, null when it names none.
 * `no-cache` and `no-store` are 0. https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
 */
export function parseMaxAge(cacheControl: string | undefined, age?: string): number | null {
  const directives = (cacheControl ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.trim());
  if (directives.includes('no-cache') || directives.includes('no-store')) return 0;
  const seconds = directives.map((directive) => /^max-age="?(\d+)"?$/.exec(directive)?.[1]).find((found) => found);
  if (seconds === undefined) return null;
  const spent = /^\d+$/.test(age?.trim() ?? '') ? Number(age) : 0;
  return Math.max(0, Math.min(Number(seconds), 2 ** 31) - spent) * SECOND_MS;
}

/** Whether an address is this machine's own: `localhost`, 127.0.0.0/8 or ::1. False for what is no URL. */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return hostname === '[::1]' || /^(?:.+\.)?localhost$/.test(hostname) || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** `log` and `outbox list` for people. */
import type { OwedJson } from '../json-alerts.ts';
import type { Severity } from '../model.ts';
import type { LogEntry } from '../record.ts';
import { cleanLine } from '../text.ts';
import { layTable } from './layout.ts';
import { paintOf, timeWords, type View } from './style.ts';

const OUTCOMES = {
  sent: 'good',
  held: 'info',
  'given up': 'major',
  'switched off': 'critical',
} satisfies Record<LogEntry['outcome'], Severity>;

export function renderLog(entries: readonly LogEntry[], view: View): string {
  const rows = entries.map((entry) => [
    [view.chalk.dim(timeWords(entry.at, view))],
    [paintOf(OUTCOMES[entry.outcome], view)(outcomeWords(entry))],
    [placeWords(entry)],
    [`${cleanLine(entry.title)} (${cleanLine(entry.type)})`, ...reasonLines(entry, view)],
  ]);
  return layTable(['WHEN', 'OUTCOME', 'WHERE', 'WHAT'], rows, view);
}

function outcomeWords({ outcome, why }: LogEntry): string {
  return outcome === 'sent' && why === 'accepted' ? 'sent, not confirmed' : outcome;
}

function placeWords({ group, channel }: LogEntry): string {
  if (channel === null) return group === null ? '' : `group ${group}`;
  return group === null ? channel : `${channel} (group ${group})`;
}

function reasonLines({ outcome, why }: LogEntry, view: View): string[] {
  return outcome === 'sent' ? [] : [view.chalk.dim(cleanLine(why))];
}

const SHORT_ID = 12;

export function renderOwed(owed: readonly OwedJson[], view: View): string {
  const rows = owed.map((one) => [
    [view.width === null ? one.id : one.id.slice(0, SHORT_ID)],
    [cleanLine(one.channel)],
    [String(one.attempts)],
    [nextWords(one, view)],
    [cleanLine(one.title), ...(one.error === null ? [] : [view.chalk.dim(cleanLine(one.error))])],
  ]);
  return layTable(['ID', 'CHANNEL', 'TRIES', 'NEXT', 'WHAT'], rows, view);
}

function nextWords({ state, dueAt }: OwedJson, view: View): string {
  const at = dueAt === null ? null : timeWords(dueAt, view);
  switch (state) {
    case 'given_up':
      return paintOf('major', view)('given up');
    case 'off':
      return paintOf('major', view)('channel is off');
    case 'held':
      return `held until ${at ?? 'others come'}`;
    case 'settling':
      return `at ${at ?? 'once'}, if it still holds`;
    case 'retrying':
    case 'due':
      return at ?? 'now';
  }
}

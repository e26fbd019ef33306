/** How much a group tells a channel within an hour. */
import type { StatusEvent } from '../model.ts';
import type { OutboxRow } from '../record.ts';
import type { Group } from '../route/group.ts';
import type { Desk } from './desk.ts';
import { log } from './log.ts';

const HOUR_MS = 3_600_000;

/** Over the group's measure of an hour, what comes is held until the hour is over, and then told as one. */
export function measured({ state, now }: Desk, event: StatusEvent, channel: string, group: Group): Partial<OutboxRow> {
  if (group.perHour === null) return {};
  const record = state.channels.get(channel) ?? { off: null };
  const since = now.getTime() - HOUR_MS;
  const lately = (record.lately ?? []).filter(([, at]) => at > since);
  const own = lately.filter(([name]) => name === group.name);
  if (own.length < group.perHour) {
    state.channels.set(channel, { ...record, lately: [...lately, [group.name, now.getTime()]] });
    return {};
  }
  const why = `the group had ${group.perHour} messages within the hour; the rest is told as one`;
  log(state, event, { group: group.name, channel, outcome: 'held', why }, now);
  return { held: 'cap', dueAt: own[0]![1] + HOUR_MS };
}

/** What is not told after all does not count. */
export function giveBack({ state }: Desk, channel: string, rows: readonly OutboxRow[]): void {
  const record = state.channels.get(channel);
  const lately = [...(record?.lately ?? [])];
  for (const { counted, queuedAt } of rows) {
    const index = lately.findIndex(([group, at]) => group === counted && at === Date.parse(queuedAt));
    if (index >= 0) lately.splice(index, 1);
  }
  if (record?.lately) state.channels.set(channel, { ...record, lately });
}

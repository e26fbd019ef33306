/** How much a group tells a channel for people within an hour. */
import type { StatusEvent } from '../model.ts';
import type { OutboxRow } from '../record.ts';
import type { Group } from '../route/group.ts';
import type { Desk } from './desk.ts';
import { log } from './log.ts';

const HOUR_MS = 3_600_000;

/** When the group may tell the channel the next single message, in wall-clock ms: now, if its measure is not full. */
export function roomAt(desk: Desk, channel: string, group: Group): number {
  const now = desk.now.getTime();
  if (group.perHour === null || desk.isProgram(channel)) return now;
  const own = lately(desk, channel).filter(([name]) => name === group.name);
  return own.length < group.perHour ? now : own[0]![1] + HOUR_MS;
}

/** Over the group's measure of an hour, what comes is held until the hour is over, and then told as one. */
export function measured(desk: Desk, event: StatusEvent, channel: string, group: Group): Partial<OutboxRow> {
  const { state, now } = desk;
  if (group.perHour === null || desk.isProgram(channel)) return {};
  const dueAt = roomAt(desk, channel, group);
  if (dueAt > now.getTime()) {
    const why = `the group had ${group.perHour} messages within the hour; the rest is told as one`;
    log(state, event, { group: group.name, channel, outcome: 'held', why }, now);
    return { held: 'cap', dueAt };
  }
  const record = state.channels.get(channel) ?? { off: null };
  state.channels.set(channel, { ...record, lately: [...lately(desk, channel), [group.name, now.getTime()]] });
  return {};
}

/** What the groups had it told within the hour. What lies ahead is of a clock that was set back, and would count for long. */
function lately({ state, now }: Desk, channel: string): [group: string, at: number][] {
  const until = now.getTime();
  return (state.channels.get(channel)?.lately ?? []).filter(([, at]) => at > until - HOUR_MS && at <= until);
}

/** What is not told after all does not count. */
export function giveBack({ state }: Desk, channel: string, rows: readonly OutboxRow[]): void {
  const record = state.channels.get(channel);
  if (!record?.lately) return;
  const left = [...record.lately];
  for (const { counted, queuedAt } of rows) {
    const index = left.findIndex(([group, at]) => group === counted && at === Date.parse(queuedAt));
    if (index >= 0) left.splice(index, 1);
  }
  state.channels.set(channel, { ...record, lately: left });
}

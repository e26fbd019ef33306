/**
 * From events to what is owed: who is told, what is held back and why. Works on the state of one transaction, and may be
 * run again on another.
 */
import { type Decision, decide } from './dispatch/decide.ts';
import {
  type Chapter,
  type Desk,
  type DispatchDeps,
  follow,
  type News,
  NOBODY,
  openDesk,
  placeOf,
} from './dispatch/desk.ts';
import { log, tidy } from './dispatch/log.ts';
import { measured } from './dispatch/measure.ts';
import { endWait, settling, wentBack } from './dispatch/settling.ts';
import { fingerprint } from './fingerprint.ts';
import { eventToJson } from './json.ts';
import { titleOf } from './message.ts';
import { newRow, type OutboxRow, type State } from './record.ts';
import { storyKey } from './route/story.ts';
import { cutGraphemes } from './text.ts';

export { type News, placeOf, storyPlaces } from './dispatch/desk.ts';
export { log, tidy } from './dispatch/log.ts';

const MOST_TITLE = 200;
const ID_LENGTH = 24;

/** Adds to the state's outbox what each is owed, and to its log what is held back. */
export function dispatch(state: State, news: readonly News[], deps: DispatchDeps): void {
  if (news.length === 0) return;
  const desk = openDesk(state, deps);
  for (const one of news) {
    const { page, event } = one;
    const chapter = { ...one, key: storyKey(page, event), title: cutGraphemes(titleOf(event), MOST_TITLE) };
    for (const { name, isTerminal } of one.to) {
      const story = isTerminal ? null : follow(desk, chapter, name, NOBODY);
      enqueue(desk, chapter, name, () => ({ story }));
    }
    for (const [channel, decision] of decide(desk, chapter, deps)) deliver(desk, chapter, channel, decision);
  }
  tidy(state, deps.now);
}

function deliver(desk: Desk, news: Chapter, channel: string, { group, verdict, tellers }: Decision): void {
  // Whatever is to become of this: what it takes back must not be told.
  if (wentBack(desk, news, channel)) return;
  switch (verdict.kind) {
    case 'other':
    case 'filtered':
    case 'muted':
      return;
    case 'quiet': {
      if (verdict.until === null) return;
      const story = follow(desk, news, channel, tellers);
      const dueAt = verdict.until.getTime();
      enqueue(desk, news, channel, () => ({ story, held: 'quiet', dueAt }));
      return;
    }
    case 'settling':
    case 'told': {
      endWait(desk, news, channel);
      const story = follow(desk, news, channel, tellers);
      enqueue(desk, news, channel, () => {
        const terms = measured(desk, news.event, channel, group);
        return { story, ...(verdict.kind === 'settling' ? settling(verdict.until, group.name, terms) : terms) };
      });
    }
  }
}

/** `termsOf` is asked for what is not owed yet: what is must not count twice. */
function enqueue(desk: Desk, { page, event }: News, channel: string, termsOf: () => Partial<OutboxRow>): void {
  const { state, ids, now } = desk;
  const id = deliveryId(channel, [event.id]);
  // Of two processes that are to tell it, the other may have been first.
  if (ids.has(id) || desk.sent.has(placeOf(channel, event.id))) return;
  ids.add(id);
  const more = termsOf();
  if (more.story && more.held !== undefined) desk.held.add(placeOf(channel, more.story));
  else if (more.story && desk.held.delete(placeOf(channel, more.story))) overtake(desk, channel, more.story);
  if (!state.events.has(event.id)) state.events.set(event.id, eventToJson(event));
  state.outbox.push(newRow({ id, page, channel, events: [event.id], ...more }, now));
}

/**
 * What is told now makes older news of the same story stale that would be held back for longer. A program gets that first:
 * it wants every event, and in their order. What is due or was tried already takes its course.
 */
function overtake({ state, now, isProgram }: Desk, channel: string, story: string): void {
  const isStale = (row: OutboxRow) =>
    row.held !== undefined &&
    row.channel === channel &&
    row.story === story &&
    row.attempts === 0 &&
    (row.dueAt ?? 0) > now.getTime();
  if (isProgram(channel)) {
    state.outbox = state.outbox.map((row) => (isStale(row) ? { ...row, held: undefined, dueAt: null } : row));
    return;
  }
  const why = 'newer news of it was told';
  for (const row of state.outbox)
    if (isStale(row)) log(state, state.events.get(row.events[0]!) ?? null, { channel, outcome: 'held', why }, now);
  state.outbox = state.outbox.filter((row) => !isStale(row));
}

/** The same for the same events on the same channel, whenever and by whomever they are found. */
export function deliveryId(channel: string, events: readonly string[]): string {
  return `dlv_${fingerprint([channel, ...events].join('\n'), ID_LENGTH)}`;
}

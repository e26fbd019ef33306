/** `pingoru group test`: who would be told of an event, and why or why not. Nothing is sent. */
import { messageOf } from '../../message.ts';
import type { StatusEvent } from '../../model.ts';
import type { Config, ReadonlyState } from '../../record.ts';
import type { Judged } from '../../render/groups.ts';
import { type Explanation, explain } from '../../route/explain.ts';
import type { Group, Verdict } from '../../route/group.ts';
import { mutedBy } from '../../route/mutes.ts';
import { storyKey, toldBy } from '../../route/story.ts';
import { readRouting } from '../../routing.ts';
import { cleanLine } from '../../text.ts';
import type { ReadingOptions } from '../context.ts';
import { EXIT } from '../exit.ts';
import { openIo } from '../io.ts';
import { named, noSuch } from '../names.ts';
import { openOwnStore } from '../own-store.ts';
import { pageOf } from '../page-of.ts';
import { viewOf } from '../view.ts';
import { readEvents } from './events.ts';

interface Options extends Omit<ReadingOptions, 'kind'> {
  event: string;
}

export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const config = await store.config();
  const { groups } = readRouting(config);
  if (groups.length === 0) throw noSuch('group', words[0] ?? 'default', []);
  const asked = words[0] === undefined ? groups : [named(words[0], 'group', groups)];
  const events = await readEvents(options.event, options);
  const state = await store.state();
  const now = new Date();
  const view = await viewOf({ io, now: () => now });
  const { renderJudged } = await import('../../render/lists.ts');
  for (const event of events) {
    const judged = asked.flatMap((group) => judgedOf(event, group, state, config, now));
    await io.out(`${messageOf(event).title} (${cleanLine(event.type)})\n${renderJudged(judged, view)}`);
  }
  return EXIT.ok;
}

/** One for all channels of the group, or several where it is telling some of them the story already. */
function judgedOf(
  event: StatusEvent,
  group: Group,
  state: ReadonlyState,
  config: Readonly<Config>,
  now: Date,
): Judged[] {
  const page = pageOf(event.provider.url, state);
  const key = storyKey(page, event);
  const circumstances = {
    now,
    muted: mutedBy(page, event, state.mutes, now),
    names: config.watch.flatMap(({ url, name }) => (url === page && name !== null ? [name] : [])),
  };
  const explained = (channel: string | null) => {
    const story = state.stories.find((one) => one.key === key && one.channel === channel);
    return explain(event, group, { ...circumstances, ...toldBy(group.name, story) });
  };
  if (group.channels.length === 0) return [toJudged(group, explained(null), [], state)];
  const alike = new Map<string, Judged>();
  for (const channel of group.channels) {
    const judged = toJudged(group, explained(channel), [channel], state);
    const channels = [...(alike.get(judged.why)?.channels ?? []), ...judged.channels];
    alike.set(judged.why, { ...judged, channels });
  }
  return alike.size === 1 ? [...alike.values()] : [...alike.values()].map(withNames);
}

/** Only of those who are told the channels are named anyway. */
function withNames(judged: Judged): Judged {
  const names = judged.channels.map(({ name }) => name).join(', ');
  return judged.isTold ? judged : { ...judged, outcome: `${judged.outcome} to ${names}` };
}

function toJudged(
  group: Group,
  { verdict, rules }: Explanation,
  channels: readonly string[],
  state: ReadonlyState,
): Judged {
  return {
    group: group.name,
    ...outcomeOf(verdict),
    why: verdict.why,
    rules: rules.map(({ name, passes, why }) => ({ rule: name, passes, why })),
    channels: channels.map((name) => ({
      name,
      note: state.channels.get(name)?.off ? `it is switched off: kept until pingoru channel enable ${name}` : null,
    })),
  };
}

function outcomeOf(verdict: Verdict): Pick<Judged, 'isTold' | 'outcome'> {
  switch (verdict.kind) {
    case 'told':
      return { isTold: true, outcome: 'told' };
    case 'settling':
      return { isTold: true, outcome: 'told in a minute' };
    case 'quiet':
      return verdict.until === null
        ? { isTold: false, outcome: 'not told' }
        : { isTold: true, outcome: `told later, with what else is held back,` };
    case 'other':
    case 'filtered':
    case 'muted':
      return { isTold: false, outcome: 'not told' };
  }
}

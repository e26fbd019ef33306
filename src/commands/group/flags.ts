/** The flags of `group add` and `group edit`, to a group as config.json keeps it. Pure. */
import { UsageError } from '../../errors.ts';
import type { GroupEntry } from '../../routing.ts';
import { ownZone } from '../../zone.ts';

export interface GroupFlags {
  channel?: string[];
  provider?: string[];
  component?: string[];
  severity?: string[];
  kind?: string[];
  event?: string[];
  reminder?: string[];
  quiet?: string;
  zone?: string;
  quietDays?: string[];
  quietExcept?: string[];
  quietDigest?: boolean;
  perHour?: string;
  addChannel?: string[];
  removeChannel?: string[];
  addProvider?: string[];
  removeProvider?: string[];
  reset?: string[];
}

/** What the flags say of each key that they speak of; what it means is for `routing.ts` to check. */
type Draft = { -readonly [Key in keyof GroupEntry]?: unknown };

const FIELDS = {
  provider: 'providers',
  component: 'components',
  severity: 'severities',
  kind: 'kinds',
  event: 'events',
  reminder: 'reminders',
  quiet: 'quiet',
  'per-hour': 'perHour',
} satisfies Record<string, keyof GroupEntry>;

/** The group with what the flags say in place of what it said; the rest stays. Throws UsageError. */
export function applyFlags(before: GroupEntry, flags: GroupFlags): Draft {
  const { name, ...rest } = before;
  const reset = new Set(flags.reset?.flatMap(words).map(fieldOf));
  const kept = Object.fromEntries(Object.entries(rest).filter(([field]) => !reset.has(field as keyof GroupEntry)));
  const lists: Draft = {
    channels: listed(flags.channel),
    providers: listed(flags.provider),
    // A component's name may hold a comma.
    components: flags.component,
    severities: listed(flags.severity),
    kinds: listed(flags.kind),
    events: listed(flags.event),
    reminders: listed(flags.reminder),
  };
  const draft: Draft = { name, ...kept, ...defined(lists) };
  if (flags.perHour !== undefined) draft.perHour = flags.perHour === 'none' ? null : Number(flags.perHour);
  changeQuiet(draft, flags);
  draft.channels = changed(draft.channels, flags.addChannel, flags.removeChannel) ?? [];
  const providers = changed(draft.providers, flags.addProvider, flags.removeProvider);
  return defined({ ...draft, providers });
}

function fieldOf(word: string): keyof GroupEntry {
  if (Object.hasOwn(FIELDS, word)) return FIELDS[word as keyof typeof FIELDS];
  throw new UsageError(`--reset knows no "${word}"; it is one of ${Object.keys(FIELDS).join(', ')}`);
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** `none` stands for an empty list. */
function listed(given: readonly string[] | undefined): string[] | undefined {
  if (given === undefined) return undefined;
  const all = given.flatMap(words);
  return all.length === 1 && all[0] === 'none' ? [] : all;
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}

function changed(list: unknown, add: readonly string[] = [], remove: readonly string[] = []): unknown {
  if (add.length === 0 && remove.length === 0) return list;
  const before = (list as string[] | undefined) ?? [];
  const gone = new Set(remove.flatMap(words));
  const missing = [...gone].find((one) => !before.includes(one));
  if (missing !== undefined) throw new UsageError(`"${missing}" is not in the group`);
  return [...new Set([...before, ...add.flatMap(words)])].filter((one) => !gone.has(one));
}

function changeQuiet(draft: Draft, flags: GroupFlags): void {
  if (flags.quiet === 'none') {
    delete draft.quiet;
    return;
  }
  const more = defined({
    zone: flags.zone,
    days: listed(flags.quietDays),
    except: listed(flags.quietExcept),
    digest: flags.quietDigest,
  });
  if (flags.quiet === undefined && Object.keys(more).length === 0) return;
  if (flags.quiet === undefined && draft.quiet === undefined)
    throw new UsageError('there are no quiet hours to change; name them with --quiet 22:00-07:00');
  // Whoever watches as a service may have another zone than who types this.
  const before = (draft.quiet ?? { zone: ownZone() }) as object;
  draft.quiet = { ...before, ...(flags.quiet !== undefined && hoursOf(flags.quiet)), ...more };
}

function hoursOf(text: string): { from: string; to: string } {
  const [from, to, ...rest] = text.split(/\s*(?:-|–|to)\s*/);
  if (from && to && rest.length === 0) return { from, to };
  throw new UsageError(`"${text}" is no time of quiet; write it as 22:00-07:00, or none`);
}

/** The channels and groups of config.json: what may stand there, what is meant where nothing does, and what is wrong, by its path. */
import * as z from 'zod/mini';
import { channelOf } from './channels/index.ts';
import { ConfigError } from './errors.ts';
import type { GroupJson } from './json-alerts.ts';
import type { ChannelEntry, Config } from './record.ts';
import { DEFAULT_EVENTS, type Group, SEVERITIES } from './route/group.ts';
import type { Quiet } from './route/quiet.ts';
import { lengthText, parseDuration } from './time.ts';
import { isZone, ownZone } from './zone.ts';

/** Who is told what, where. */
export interface Routing {
  channels: readonly ChannelEntry[];
  groups: readonly Group[];
}

/** The group that the first channel makes: everything that is watched. */
export const DEFAULT_GROUP = 'default';
const DEFAULT_REMINDERS = ['24h', '1h'];
const DEFAULT_PER_HOUR = 30;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

const texts = z.array(z.string().check(z.minLength(1)));
const severities = z.array(z.enum(SEVERITIES));
const clock = z.string().check(z.regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written 22:00'));
const duration = z
  .string()
  .check(z.refine((text) => parseDuration(text) !== null, 'a length of time is written 30m, 24h or 2d'));

const quietShape = z.strictObject({
  from: clock,
  to: clock,
  zone: z.optional(z.string().check(z.refine(isZone, 'it must be the name of a time zone, such as Europe/Berlin'))),
  days: z.optional(z.array(z.enum(DAYS))),
  except: z.optional(severities),
  digest: z.optional(z.boolean()),
});

/** A group as it stands in config.json: all but the name and the channels may be left out. */
export const groupShape = z.strictObject({
  name: z.string(),
  channels: texts,
  providers: z.optional(texts),
  components: z.optional(texts),
  severities: z.optional(severities),
  kinds: z.optional(z.array(z.enum(['incident', 'maintenance']))),
  events: z.optional(texts),
  reminders: z.optional(z.array(duration)),
  quiet: z.optional(quietShape),
  perHour: z.optional(z.nullable(z.int().check(z.positive()))),
});
export type GroupEntry = z.infer<typeof groupShape>;

/** Throws ConfigError that names the path and what is allowed there. */
export function readRouting({ channels, groups }: Pick<Config, 'channels' | 'groups'>): Routing {
  channels.forEach((entry, index) => void channelOf(entry.type, `channels[${index}].type`));
  const names = new Set(channels.map(({ name }) => name));
  return { channels, groups: groups.map((entry, index) => toGroup(entry, `groups[${index}]`, names)) };
}

function toGroup(value: unknown, path: string, channels: ReadonlySet<string>): Group {
  const entry = parseGroup(value, path);
  for (const [index, name] of entry.channels.entries())
    if (!channels.has(name))
      throw new ConfigError(
        `${path}.channels[${index}]: there is no channel "${name}"; there ${channels.size === 0 ? 'is none yet' : `are ${[...channels].join(', ')}`}`,
      );
  return {
    name: entry.name,
    channels: entry.channels,
    providers: entry.providers ?? ['*'],
    components: entry.components ?? [],
    severities: entry.severities ?? ['minor', 'major', 'critical'],
    kinds: entry.kinds ?? ['incident', 'maintenance'],
    events: entry.events ?? DEFAULT_EVENTS,
    remindersMs: (entry.reminders ?? DEFAULT_REMINDERS).map((text) => parseDuration(text)!).sort((a, b) => b - a),
    quiet: entry.quiet ? toQuiet(entry.quiet) : null,
    perHour: entry.perHour === undefined ? DEFAULT_PER_HOUR : entry.perHour,
  };
}

/** An entry whose shape is right; throws ConfigError that names the path. */
export function parseGroup(value: unknown, path: string): GroupEntry {
  const parsed = groupShape.safeParse(value, { error: describe });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue!.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  throw new ConfigError(`${path}${place}: ${issue!.message}`);
}

/** zod/mini brings no words of its own; those of a check come along. */
function describe(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'it is missing' : `it must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `it must be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `there is no "${issue.keys[0]}" here; there are ${Object.keys(
        (issue.inst as { shape?: object } | undefined)?.shape ?? groupShape.shape,
      ).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'it must not be empty' : `it must be above ${issue.minimum}`;
    default:
      return undefined;
  }
}
const TYPES: Record<string, string> = {
  string: 'a text',
  array: 'a list',
  boolean: 'true or false',
  object: 'an object',
  int: 'a whole number',
  number: 'a number',
};

function toQuiet(entry: z.infer<typeof quietShape>): Quiet {
  return {
    from: minutesOf(entry.from),
    to: minutesOf(entry.to),
    zone: entry.zone ?? ownZone(),
    days: entry.days ? entry.days.map((day) => DAYS.indexOf(day)) : null,
    except: entry.except ?? ['critical'],
    digest: entry.digest ?? false,
  };
}

function minutesOf(text: string): number {
  const [hours, minutes] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** A group as JSON, in the words of config.json. */
export function groupToJson(group: Group): GroupJson {
  const { name, channels, providers, components, severities, kinds, events, remindersMs, quiet, perHour } = group;
  return {
    name,
    channels: [...channels],
    providers: [...providers],
    components: [...components],
    severities: [...severities],
    kinds: [...kinds],
    events: [...events],
    reminders: remindersMs.map(lengthText),
    quiet: quiet && {
      from: clockText(quiet.from),
      to: clockText(quiet.to),
      zone: quiet.zone,
      days: quiet.days?.map((day) => DAYS[day]!) ?? null,
      except: [...quiet.except],
      digest: quiet.digest,
    },
    perHour,
  };
}

function clockText(minutes: number): string {
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

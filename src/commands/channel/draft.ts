/**
 * A channel in the making: its settings from flags, from standard input and, where somebody is there, from answers, until
 * it can be connected. Nothing is written before that.
 */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Channel, Setting } from '../../channel.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { type ChannelEntry, isReference } from '../../record.ts';
import type { Store } from '../../store.ts';
import type { Asker } from '../ask.ts';
import { flagOf, type PlaceSecret, settingOf } from './flags.ts';

export interface DraftDeps {
  store: Pick<Store, 'readSecret'>;
  /** Reads standard input, once. */
  readInput(most: number): Promise<string>;
  /** Null where nobody can be asked. */
  asker: Asker | null;
  /** A line for who is asked. */
  note(line: string): void;
  /** Tries the entry as it is; throws ConfigError. Touches nothing. */
  connect(entry: ChannelEntry, readSecret: Store['readSecret']): void;
}

/** A secret that is to be kept. */
export interface Typed {
  /** To keep it under. */
  name: string;
  value: string;
  /** It was made here, and its receiver does not know it yet. */
  isFresh: boolean;
}

/** An entry whose secrets that were typed do not stand in it yet. */
export interface Draft {
  entry: ChannelEntry;
  /** By what stands for them in the entry. */
  typed: ReadonlyMap<string, Typed>;
}

interface Desk extends DraftDeps {
  channel: Channel;
  entry: ChannelEntry;
  typed: Map<string, Typed>;
}

/** `given` holds the flags by the settings' names. Throws UsageError. */
export async function draftChannel(
  name: string,
  channel: Channel,
  given: Readonly<Record<string, unknown>>,
  deps: DraftDeps,
): Promise<Draft> {
  const desk: Desk = { ...deps, channel, entry: { name, type: channel.name }, typed: new Map() };
  await takeFlags(desk, given);
  const flagged = new Set(Object.keys(desk.entry));
  for (const setting of channel.settings)
    if (setting.required && !flagged.has(setting.name)) await demand(desk, setting);
  await untilItConnects(desk, flagged);
  return { entry: desk.entry, typed: desk.typed };
}

type Given = string | readonly string[] | boolean;

async function takeFlags(desk: Desk, given: Readonly<Record<string, unknown>>): Promise<void> {
  for (const setting of desk.channel.settings) {
    const flag = given[setting.name] as Given | undefined;
    if (flag === undefined) continue;
    const input = setting.secret && isFromInput(setting, flag) ? await secretFromInput(desk, setting) : null;
    desk.entry[setting.name] = settingOf(setting, flag, (text, part) => {
      if (text === '-' && input !== null) return typedSecret(desk, setting, part, input);
      if (text === FRESH && setting.fresh) return typedSecret(desk, setting, part);
      if (!isReference(text)) throw new UsageError(literalWords(setting));
      return placed(text, desk.store);
    });
  }
}

function isFromInput(setting: Setting, flag: Given): boolean {
  const texts = typeof flag === 'boolean' ? [] : [flag].flat();
  return texts.some((text) => text === '-' || (setting.type === 'map' && text.endsWith('=-')));
}

async function secretFromInput(desk: Desk, setting: Setting): Promise<string> {
  const text = desk.asker
    ? await desk.asker.askUnseen(`${setting.name} (unseen): `)
    : await desk.readInput(LONGEST_SECRET);
  if (text !== '') return text;
  throw new UsageError(`${flagOf(setting)} is to be read from standard input, which holds nothing`);
}

function literalWords(setting: Setting): string {
  const where = 'where others see it in the process list and the history of the shell';
  const fresh = setting.fresh ? `, ${FRESH} for one that nobody can guess` : '';
  return `${flagOf(setting)} takes no secret itself, ${where}; give env:NAME, file:PATH, or - to read it from standard input${fresh}, or leave it out to be asked on a terminal`;
}

/** A path as the shell means it: from here, or from the home folder. One that is not there is left to the configuration's folder. */
function placed(reference: string, { readSecret }: Pick<Store, 'readSecret'>): string {
  if (!reference.startsWith('file:')) return reference;
  const path = reference.slice('file:'.length);
  const here = `file:${path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path)}`;
  try {
    readSecret(here);
    return here;
  } catch {
    return reference;
  }
}

/** Instead of a secret, where it is the user's to choose. */
const FRESH = 'new';

/** Without a value, one is made. */
function typedSecret({ entry, typed }: Desk, setting: Setting, part: string | null, given?: string): string {
  const value = given ?? setting.fresh!();
  const key = `typed:${setting.name}:${part ?? ''}`;
  const suffix = part === null ? '' : `-${part.replace(/[^\w.-]/g, '_')}`;
  typed.set(key, { name: `${entry.name}-${setting.name}${suffix}`, value, isFresh: given === undefined });
  return key;
}

const LONGEST_SECRET = 64 * 1024;
const MOST_TRIES = 3;

async function demand(desk: Desk, setting: Setting): Promise<void> {
  if (!desk.asker) throw new UsageError(`${flagOf(setting)} is missing: ${setting.about}`);
  for (let tries = 0; tries < MOST_TRIES; tries++) if (await ask(desk, desk.asker, setting)) return;
  throw new UsageError(`${setting.name} is needed: ${setting.about}`);
}

/** False for an empty answer. */
async function ask(desk: Desk, asker: Asker, setting: Setting): Promise<boolean> {
  desk.note(`${setting.about}${setting.choices ? `: ${setting.choices.join(' or ')}` : ''}`);
  const fresh = setting.fresh ? `, or ${FRESH} for one that nobody can guess` : '';
  const hint = setting.secret ? ` (unseen; or env:NAME, file:PATH${fresh})` : HINTS[setting.type ?? 'text'];
  const question = `${setting.name}${hint}: `;
  const answer = await (setting.secret ? asker.askUnseen(question) : asker.ask(question));
  if (answer === '') return false;
  // An answer takes the place of the one before.
  for (const key of desk.typed.keys()) if (key.startsWith(`typed:${setting.name}:`)) desk.typed.delete(key);
  const place: PlaceSecret = (text, part) => {
    if (text === FRESH && setting.fresh) return typedSecret(desk, setting, part);
    return isReference(text) ? placed(text, desk.store) : typedSecret(desk, setting, part, text);
  };
  try {
    desk.entry[setting.name] = settingOf(setting, answer, place);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    desk.note(error.message.replace(flagOf(setting), setting.name));
    return false;
  }
}

const HINTS = {
  text: '',
  number: ' (a number)',
  boolean: ' (yes or no)',
  list: ' (with commas between, or as a JSON list)',
  map: ' (name=value)',
} satisfies Record<NonNullable<Setting['type']>, string>;

/** What the channel names as missing or wrong is asked for, unless it was given on the command line. */
async function untilItConnects(desk: Desk, flagged: ReadonlySet<string>): Promise<void> {
  const asked = new Map<string, number>();
  for (;;) {
    const error = connectError(desk);
    if (error === null) return;
    const setting = namedIn(error.message, desk).find(
      ({ name }) => !flagged.has(name) && (asked.get(name) ?? 0) < MOST_TRIES,
    );
    if (!desk.asker || !setting) throw refusal(error, desk);
    desk.note(error.message);
    const answered = await ask(desk, desk.asker, setting);
    asked.set(setting.name, answered ? (asked.get(setting.name) ?? 0) + 1 : MOST_TRIES);
  }
}

function connectError(desk: Desk): ConfigError | null {
  try {
    desk.connect(desk.entry, (reference) => desk.typed.get(reference)?.value ?? desk.store.readSecret(reference));
    return null;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** The settings a message names in quotes, in its order. */
function namedIn(message: string, { channel, entry }: Desk): Setting[] {
  const names = [...message.replace(`"${entry.name}"`, '').matchAll(/"([A-Za-z]\w*)"/g)].map((match) => match[1]!);
  return [...new Set(names)].flatMap((name) => channel.settings.find((setting) => setting.name === name) ?? []);
}

function refusal(error: ConfigError, desk: Desk): UsageError {
  const flags = namedIn(error.message, desk)
    .filter(({ name }) => desk.entry[name] === undefined)
    .map(flagOf);
  return new UsageError(`${error.message}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}`);
}

/** The options of `channel add`: those of the type that is being added, each made of a row of its settings table. */
import type { Command, Option } from 'commander';
import type { Channel, Setting } from '../channel.ts';
import { CHANNELS } from '../channels/index.ts';
import { flagOf } from '../commands/channel/flags.ts';

/** Keeps every value of an option that is repeated. */
type Collect = (value: string, earlier?: string[]) => string[];

/** `words` are what stands behind `add`. A type that is none is the command's own to refuse. */
export function addSettings(
  command: Command,
  words: readonly string[],
  collect: Collect,
  channels: readonly Channel[] = CHANNELS,
): void {
  const channel = channelOf(words, channels);
  if (!channel) {
    const names = channels.map(({ name }) => name).join(', ');
    command
      .allowUnknownOption()
      .allowExcessArguments()
      .addHelpText('after', () => `\n${typesText(channels)}`)
      .showHelpAfterError(`pingoru: the types are ${names}; their settings: pingoru channel add --help`);
    return;
  }
  for (const setting of channel.settings)
    for (const option of optionsOf(setting, command, collect)) command.addOption(option);
  command.addHelpText('after', () => `\n${channel.title}: ${channel.docs}\n${SECRETS}`);
}

/** The second word before any option is the type. Whoever begins with options names it last of all. */
function channelOf(words: readonly string[], channels: readonly Channel[]): Channel | undefined {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const plain = firstOption < 0 ? words : words.slice(0, firstOption);
  const type = plain.length >= 2 ? plain[1] : words.findLast((word) => channels.some(({ name }) => name === word));
  return channels.find(({ name }) => name === type);
}

/** Made by what is handed in: what is loaded at the start stays in one file with commander. */
function optionsOf(setting: Setting, command: Command, collect: Collect): Option[] {
  const flag = flagOf(setting);
  const about = aboutOf(setting);
  switch (setting.type) {
    case 'boolean':
      return [command.createOption(flag, about), command.createOption(`--no-${flag.slice(2)}`).hideHelp()];
    case 'list':
    case 'map':
      return [command.createOption(`${flag} ${placeholderOf(setting)}`, about).argParser(collect)];
    default:
      return [command.createOption(`${flag} ${placeholderOf(setting)}`, about)];
  }
}

function aboutOf({ about, required, choices }: Setting): string {
  return `${about}${choices ? `: ${choices.join(' or ')}` : ''}${required ? ' (required)' : ''}`;
}

function placeholderOf({ type, secret }: Setting): string {
  switch (type) {
    case 'number':
      return '<number>';
    case 'list':
      return secret ? '<secret,…>' : '<text,…>';
    case 'map':
      return secret ? '<name=secret>' : '<name=text>';
    default:
      return secret ? '<secret>' : '<text>';
  }
}

const SECRETS =
  'A secret is given as env:NAME, as file:PATH or as - to read it from standard input; on a terminal it is asked for.';

function typesText(channels: readonly Channel[]): string {
  const blocks = channels.map((channel) => {
    const rows = channel.settings.map((setting) => ({
      flag: setting.type === 'boolean' ? flagOf(setting) : `${flagOf(setting)} ${placeholderOf(setting)}`,
      about: aboutOf(setting),
    }));
    const width = Math.max(0, ...rows.map(({ flag }) => flag.length));
    return [`  ${channel.name}  ${channel.title}`, ...rows.map((row) => `    ${row.flag.padEnd(width)}  ${row.about}`)];
  });
  return `Types and their settings:\n${blocks.flat().join('\n')}\n\n${SECRETS}`;
}

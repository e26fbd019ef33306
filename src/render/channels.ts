/** `channel list` for people. */
import type { ChannelJson, SettingJson } from '../json-alerts.ts';
import { cleanLine } from '../text.ts';
import { type Cell, layTable } from './layout.ts';
import { paintOf, symbolOf, timeWords, type View } from './style.ts';

export function renderChannels(channels: readonly ChannelJson[], view: View): string {
  const rows = channels.map((channel) => [
    [view.chalk.bold(channel.name)],
    [cleanLine(channel.type)],
    [channel.groups.join(', ') || view.chalk.dim('none')],
    [waitingWords(channel)],
    [channel.lastSentAt === null ? view.chalk.dim('-') : timeWords(channel.lastSentAt, view)],
    [...stateCell(channel, view), ...settingLines(channel, view)],
  ]);
  return layTable(['NAME', 'TYPE', 'GROUPS', 'WAITING', 'LAST SENT', 'STATE'], rows, view);
}

function waitingWords({ waiting, givenUp }: ChannelJson): string {
  return givenUp === 0 ? String(waiting) : `${waiting} (${givenUp} given up)`;
}

function stateCell({ off }: ChannelJson, view: View): Cell {
  if (off === null) return [paintOf('good', view)(`${symbolOf('good')} on`)];
  const since = `${symbolOf('major')} off since ${timeWords(off.at, view)}`;
  return [`${paintOf('major', view)(since)}: ${cleanLine(off.reason)}`];
}

function settingLines({ settings }: ChannelJson, view: View): string[] {
  const told = Object.entries(settings).map(([name, value]) => `${cleanLine(name)} ${settingWords(value)}`);
  return told.map((line) => view.chalk.dim(line));
}

function settingWords(value: SettingJson): string {
  if (value === null) return '(not shown)';
  if (Array.isArray(value)) return value.map((item) => settingWords(item)).join(', ');
  if (typeof value !== 'object') return cleanLine(String(value));
  return Object.entries(value)
    .map(([name, item]) => `${cleanLine(name)}=${settingWords(item)}`)
    .join(', ');
}

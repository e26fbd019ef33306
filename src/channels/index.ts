/** The table of channels. A new one is a file beside this and a row here. */
import type { Channel } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import { desktop } from './desktop.ts';
import { discord } from './discord.ts';
import { email } from './email.ts';
import { exec } from './exec.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';
import { webhook } from './webhook.ts';

export const CHANNELS: readonly Channel[] = [
  desktop,
  discord,
  email,
  exec,
  ntfy,
  pagerduty,
  slack,
  teams,
  telegram,
  webhook,
];

/** The channel of that type; throws ConfigError naming all there are. */
export function channelOf(type: string, where: string): Channel {
  const channel = CHANNELS.find(({ name }) => name === type);
  if (channel) return channel;
  throw new ConfigError(
    `${where}: there is no type "${type}"; there are ${CHANNELS.map(({ name }) => name).join(', ')}`,
  );
}

/** The table of channels. A new one is a file beside this and a row here. */
import type { Channel } from '../channel.ts';
import { desktop } from './desktop.ts';
import { ntfy } from './ntfy.ts';
import { pagerduty } from './pagerduty.ts';
import { teams } from './teams.ts';
import { telegram } from './telegram.ts';

export const CHANNELS: readonly Channel[] = [desktop, ntfy, pagerduty, teams, telegram];

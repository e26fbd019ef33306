/** The table of channels. A new one is a file beside this and a row here. */
import type { Channel } from '../channel.ts';
import { desktop } from './desktop.ts';
import { email } from './email.ts';
import { exec } from './exec.ts';
import { webhook } from './webhook.ts';

export const CHANNELS: readonly Channel[] = [desktop, email, exec, webhook];

/** Words that several channels say the same. */
import type { Message } from '../channel.ts';
import { standingLines } from './standings.ts';

/** Of the link: the one or the other, as the vendor's text had room or not. */
export function linkWords(isCut = false): string {
  return isCut ? 'Read the rest on the status page' : 'Open the status page';
}

/** The incidents of a digest, a line for each. */
export function itemLines({ items }: Pick<Message, 'items'>): string[] {
  return items.map((item) => `• ${item}`);
}

/** A whole message in words alone, for a service that refused it in its usual form. */
export function plainWords(message: Message): string {
  return `${message.title}\n\n${plainBody(message)}`;
}

/** The same without its title, where that has a place of its own. */
export function plainBody(message: Message): string {
  const parts = [message.line, message.body, standingLines(message).join('\n'), itemLines(message).join('\n')];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** From a delivery to a mail: its parts, and the headers by which mail programs sort and thread it. */
import type { SendMailOptions } from 'nodemailer';
import type { ChannelIo, Delivery } from '../channel.ts';
import { cleanLine, cutGraphemes } from '../text.ts';
import { providerIdsOf, typeOf } from './document.ts';
import { htmlOf } from './email-html.ts';
import { letterOf, textOf, topicOf } from './email-letter.ts';
import type { MailSettings } from './email-settings.ts';

const SUBJECT_LENGTH = 200;
const REPLY = 'Re: ';

export function mailOf(delivery: Delivery, settings: MailSettings, io: ChannelIo): SendMailOptions {
  const letter = letterOf(delivery);
  const { from, to, domain } = settings;
  return {
    from,
    to: [...to],
    subject: subjectLineOf(delivery),
    text: textOf(letter),
    ...(!delivery.plain && { html: htmlOf(letter) }),
    date: io.now(),
    // The same on every try, so that a mail that was taken though its answer was lost is known again.
    messageId: `<${delivery.id}@${domain}>`,
    ...threadOf(delivery, domain),
    list: { id: listOf(delivery, domain) },
    headers: {
      // https://www.rfc-editor.org/rfc/rfc3834#section-5, and what Exchange goes by in its place:
      // https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail/ced68690-498a-4567-9d14-5c01f974d8b1
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'OOF, AutoReply',
      ...sortHeaders(delivery),
    },
    // Both parts in one encoding that keeps every line short; the text is no address of something to fetch.
    textEncoding: 'quoted-printable',
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/**
 * The subject of a story's every mail: mail programs make one conversation only of equal ones. So it holds what does not
 * change, and is remembered with the story. Null for what belongs to none.
 */
export function subjectOf({ message, story }: Delivery): string | null {
  if (!story) return null;
  return story.memory.subject ?? withProvider(message.provider, story.title);
}

function subjectLineOf(delivery: Delivery): string {
  const { message, story, events } = delivery;
  const subject = subjectOf(delivery) ?? withProvider(events.length > 0 ? 'pingoru' : message.provider, message.title);
  return story && story.told > 0 ? `${REPLY}${subject}` : subject;
}

/** `Clerk: Slow sign-in` is `[Clerk] Slow sign-in`. */
function withProvider(provider: string, title: string): string {
  const line = cleanLine(`[${cutGraphemes(provider, 60)}] ${topicOf(provider, title)}`.slice(0, 4 * SUBJECT_LENGTH));
  return cutGraphemes(line, SUBJECT_LENGTH - REPLY.length, 'utf16');
}

/**
 * All mails of a story answer one that was never sent, whose id anyone who watches the page would give it: mail programs
 * put a place for it where it is missing, and the story stays together though a mail of it is lost.
 * https://www.jwz.org/doc/threading.html
 */
function threadOf({ story }: Delivery, domain: string): Pick<SendMailOptions, 'references' | 'inReplyTo'> {
  if (!story) return {};
  const root = `<story.${story.key}@${domain}>`;
  return { references: root, inReplyTo: root };
}

/** A list for each provider, and one for what is of several or what pingoru says of itself. */
function listOf(delivery: Delivery, domain: string): { url: string; comment: string } {
  const ids = providerIdsOf(delivery);
  if (delivery.events.length === 0 || ids.includes(',')) return { url: `pingoru.${domain}`, comment: 'pingoru' };
  const label = labelOf(ids);
  const name = cutGraphemes(delivery.message.provider, 60);
  // A longer or other name would not fit the one encoded word that it must be.
  return { url: `${label}.pingoru.${domain}`, comment: `pingoru ${/^[\x20-\x7E]+$/.test(name) ? name : label}` };
}

/** A part of a name as DNS has it. */
function labelOf(id: string): string {
  const label = id.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return label.slice(0, 60).replace(/^-+|-+$/g, '') || 'provider';
}

/** For the rules of mail programs. */
function sortHeaders(delivery: Delivery): Record<string, string> {
  const status = statusOf(delivery);
  return {
    'X-Pingoru-Provider': cutGraphemes(cleanLine(providerIdsOf(delivery)), 200),
    'X-Pingoru-Type': typeOf(delivery),
    ...(status !== null && { 'X-Pingoru-Status': status }),
    'X-Pingoru-Severity': delivery.message.severity,
  };
}

/** Where it stands in the words of the JSON, `degraded_performance`. */
function statusOf({ events }: Delivery): string | null {
  const [event, ...others] = events;
  if (!event || others.length > 0) return null;
  if (event.component) return event.component.to;
  return event.incident ? (event.update?.status ?? event.incident.status) : event.type.slice('provider.'.length);
}

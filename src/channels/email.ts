/** Mails over SMTP: one conversation for each incident, as text and as HTML. */
import type { SendMailOptions } from 'nodemailer';
import type { Channel, ChannelIo, Delivery, Receipt } from '../channel.ts';
import { DeliveryError } from '../errors.ts';
import { cutGraphemes } from '../text.ts';
import { countWords } from '../words.ts';
import { type MailFailure, mailFailure, repliedWords } from './email-failure.ts';
import { mailOf, subjectOf } from './email-mail.ts';
import { MAIL_SETTINGS, type MailSettings, mailSettings } from './email-settings.ts';
import { openTokens, type Tokens } from './email-token.ts';

/** How many of its time limits a whole sending may take: a server that says a byte now and then keeps each of them. */
const WHOLE = 5;

export const email: Channel = {
  name: 'email',
  title: 'Email',
  docs: 'https://www.rfc-editor.org/rfc/rfc5321',
  settings: MAIL_SETTINGS,
  pace: { concurrent: 1, gapMs: 1000, singles: 5, patience: 'days' },
  connect(settings, io) {
    const mail = mailSettings(settings);
    const tokens = mail.signIn?.how === 'grant' ? openTokens(mail.signIn, io) : null;
    return async (delivery) => receiptOf(await post(mailOf(delivery, mail, io), mail, io, tokens), delivery, mail);
  },
};

/** What the server took, and what of it it did not. */
interface Taken {
  accepted: readonly unknown[];
  response: string;
  rejectedErrors?: readonly (MailFailure & { recipient?: string })[];
}

/** Throws DeliveryError for all that a server, or the way to it, can do. */
async function post(
  mail: SendMailOptions,
  settings: MailSettings,
  io: ChannelIo,
  tokens: Tokens | null,
): Promise<Taken> {
  try {
    return await (tokens ? attemptWith(tokens, mail, settings, io) : attempt(mail, settings, io, authOf(settings)));
  } catch (error) {
    const ofMail = !(error instanceof DeliveryError) && typeof (error as MailFailure).code === 'string';
    throw ofMail ? mailFailure(error as MailFailure, settings) : error;
  }
}

/** A token may be called back before its time, and is then asked anew, once. */
async function attemptWith(
  tokens: Tokens,
  mail: SendMailOptions,
  settings: MailSettings,
  io: ChannelIo,
): Promise<Taken> {
  const { token, fresh } = await tokens.get();
  try {
    return await attempt(mail, settings, io, tokenAuth(settings, token));
  } catch (error) {
    if ((error as MailFailure).code !== 'EAUTH') throw error;
    tokens.forget();
    if (fresh) throw error;
    return await attempt(mail, settings, io, tokenAuth(settings, (await tokens.get()).token));
  }
}

type Auth = { type: 'OAuth2'; user: string; accessToken: string } | { user: string; pass: string };

function authOf({ signIn }: MailSettings): Auth | null {
  if (signIn?.how === 'password') return { user: signIn.user, pass: signIn.password };
  return signIn?.how === 'token' ? { type: 'OAuth2', user: signIn.user, accessToken: signIn.accessToken } : null;
}

function tokenAuth({ signIn }: MailSettings, accessToken: string): Auth {
  return { type: 'OAuth2', user: signIn!.user, accessToken };
}

/** One connection for one mail. Throws what nodemailer throws. */
async function attempt(
  mail: SendMailOptions,
  settings: MailSettings,
  io: ChannelIo,
  auth: Auth | null,
): Promise<Taken> {
  const { createTransport } = await import('nodemailer');
  const { host, port, tls, timeoutMs } = settings;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    // Who we are by our full name, where the machine has one.
    ...(/^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(io.host) && { name: io.host }),
    // Signs in even if the server does not say that one can: it was asked for, and the server's answer tells more.
    ...(auth && { auth, forceAuth: true }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  });
  const late = new AbortController();
  const cancel = io.after(timeoutMs * WHOLE, () => late.abort());
  try {
    return await transport.sendMail({ ...mail, signal: late.signal });
  } finally {
    cancel();
    transport.close();
  }
}

function receiptOf(
  { accepted, response, rejectedErrors = [] }: Taken,
  delivery: Delivery,
  settings: MailSettings,
): Receipt {
  const subject = subjectOf(delivery);
  const refused = rejectedErrors.map(
    ({ recipient = '', response: reply = '' }) => `not for ${recipient}: ${repliedWords(reply, settings)}`,
  );
  const all = countWords(accepted.length + refused.length, 'recipient');
  const count = refused.length === 0 ? all : `${accepted.length} of ${all}`;
  const detail = [`taken for ${count} (${repliedWords(response, settings)})`, ...refused].join('; ');
  return {
    outcome: 'delivered',
    detail: cutGraphemes(detail, 1000),
    // To try again would tell the others twice.
    ...(refused.length > 0 && { unreached: cutGraphemes(refused.join('; '), 500) }),
    ...(subject !== null && { memory: { subject } }),
  };
}

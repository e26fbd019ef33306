/** What a mail server's refusal means, and how it is told. */
import { DeliveryError } from '../errors.ts';
import { redact } from '../redact.ts';
import { cleanLine, cutGraphemes } from '../text.ts';
import type { MailSettings } from './email-settings.ts';

/** What nodemailer tells of a failure. `command` is where it happened: `CONN`, `EHLO`, `AUTH PLAIN`, `MAIL FROM`. */
export interface MailFailure extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  originalCode?: string;
}

export function mailFailure(failure: MailFailure, settings: MailSettings): DeliveryError {
  const permanent = permanenceOf(failure);
  const server = `the mail server ${settings.host}:${settings.port}`;
  const reply = failure.response ? `: ${repliedWords(failure.response, settings)}` : '';
  return new DeliveryError(`${server} ${deedOf(failure, settings)}${reply}${hintOf(failure)}`, { permanent });
}

/** Of a server's reply what may be shown: some repeat the command that they did not like, and in it the password. */
export function repliedWords(reply: string, { secrets, signIn }: MailSettings): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const user = signIn?.user ?? '';
  const forms = secrets.flatMap((secret) => [secret, base64(secret), base64(`\0${user}\0${secret}`)]);
  // What XOAUTH2 sends begins like this, whatever the token.
  const clean = redact(cleanLine(reply.slice(0, 4000)), forms).replaceAll(/\bdXNlcj[\w+/=]+|(?<=\bBearer )\S+/g, '***');
  return cutGraphemes(clean, 200);
}

/** Exchange Online ends passwords for sending: https://techcommunity.microsoft.com/blog/exchange/exchange-online-to-retire-basic-auth-for-client-submission-smtp-auth/4114750 */
const NO_PASSWORDS = /\b5\.7\.(?:30|139)\b|basic authentication is (?:not supported|disabled)/i;
/** Nobody is let in: credentials wrong (535), too weak (534), needed (530), or wanted only under encryption (538). */
const LET_IN = [530, 534, 535, 538];

/**
 * A refusal before any mail was named (the greeting, EHLO, STARTTLS) says nothing of this one and may pass, as Postfix has
 * it too: https://www.postfix.org/postconf.5.html#smtp_skip_5xx_greeting. Nor is a lost order of commands (503) the mail's.
 */
function permanenceOf({ code, command = '', response = '', responseCode = 0 }: MailFailure) {
  if (isSignIn(code, command)) return responseCode >= 500 || responseCode === 0 ? 'channel' : false;
  if (responseCode < 500 || responseCode === 503) return code === 'EMESSAGE' && responseCode === 0 ? 'message' : false;
  if (NO_PASSWORDS.test(response) || LET_IN.includes(responseCode)) return 'channel';
  return /^(?:MAIL|RCPT|DATA)/.test(command) ? 'message' : false;
}

/** A sign-in that the server answered, or that cannot be tried; not one that was cut off. */
function isSignIn(code: string | undefined, command: string): boolean {
  return code === 'EAUTH' && /^(?:AUTH|API)/.test(command);
}

function deedOf(failure: MailFailure, { timeoutMs }: MailSettings): string {
  const { code, command = '', responseCode = 0, originalCode } = failure;
  if (code === 'EAUTH')
    return responseCode >= 500 || responseCode === 0 ? 'does not let us in' : 'lets nobody in for now';
  if (code === 'ETLS' && command === 'STARTTLS')
    return 'offers no encryption (STARTTLS), without which nothing is sent';
  if (responseCode >= 400 && responseCode < 500) return 'asks to try again later';
  if (responseCode >= 500) return refusedWords(command);
  const tls = tlsWords(failure);
  if (tls !== null) return tls;
  if (code === 'ETIMEDOUT') return `did not answer within ${timeoutMs / 1000} s`;
  if (code === 'EABORT') return 'took too long over it';
  if (code === 'EDNS') return 'has no address that can be found';
  if (originalCode === 'ECONNREFUSED') return 'takes no connections';
  if (code === 'ECONNECTION' || code === 'ESOCKET') return 'closed the connection';
  if (code === 'EMESSAGE') return 'takes no message of this size';
  return `did not do as SMTP has it (${cleanLine(originalCode ?? code ?? 'unknown')})`;
}

function refusedWords(command: string): string {
  if (command.startsWith('MAIL')) return 'refused the sender';
  if (command.startsWith('RCPT')) return 'refused every recipient';
  return command.startsWith('DATA') ? 'refused the message' : 'wants nothing of us';
}

/** Null for what has nothing to do with encryption. */
function tlsWords({ code, originalCode = '' }: MailFailure): string | null {
  if (originalCode === 'CERT_HAS_EXPIRED') return 'has a certificate that has expired';
  if (originalCode === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'has a certificate for another host';
  if (/SELF_SIGNED|UNABLE_TO_|CERT_/.test(originalCode))
    return `has a certificate nobody vouches for (${originalCode})`;
  if (code === 'ETLS' || /^(?:ERR_SSL|EPROTO)/.test(originalCode))
    return `and we could not agree on encryption (${cleanLine(originalCode || 'no reason given')}); is "tls" right for its port?`;
  return null;
}

function hintOf({ response = '' }: MailFailure): string {
  if (!NO_PASSWORDS.test(response)) return '';
  return ' (Exchange Online takes no passwords for sending any more: give "clientId", "clientSecret", "accessUrl" and "refreshToken" or "scope" in place of "password")';
}

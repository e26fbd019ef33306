/** The settings of a mail channel, checked. */
import type { Setting, Settings } from '../channel.ts';
import { ConfigError } from '../errors.ts';
import { cleanLine } from '../text.ts';
import { addressOf, isThisMachine, secondsOf } from './settings.ts';

export interface Mailbox {
  name: string;
  address: string;
}

/** How we say who we are; null where the server wants nobody to. */
export type SignIn =
  | { how: 'password'; user: string; password: string }
  | { how: 'token'; user: string; accessToken: string }
  | { how: 'grant'; user: string; accessUrl: string; form: Readonly<Record<string, string>> };

export interface MailSettings {
  host: string;
  port: number;
  /** `implicit`: from the first byte. `starttls`: before anything is said. `none`: on this machine only. */
  tls: 'implicit' | 'starttls' | 'none';
  signIn: SignIn | null;
  from: Mailbox;
  to: readonly Mailbox[];
  /** In which ids of messages and lists are unique. */
  domain: string;
  timeoutMs: number;
  /** None of which may be seen in an error. */
  secrets: readonly string[];
}

export const MAIL_SETTINGS: readonly Setting[] = [
  { name: 'host', about: 'the mail server that sends for you, as smtp.example.com', required: true },
  { name: 'port', about: '587 unless told; 465 with implicit TLS', type: 'number' },
  {
    name: 'tls',
    about: 'implicit (encrypted from the start, port 465) or starttls (all other ports)',
    choices: ['implicit', 'starttls'],
  },
  { name: 'user', about: 'the name to sign in with, often the whole address' },
  { name: 'password', about: 'the password, or an app password', secret: true },
  { name: 'from', about: 'the sender, as status@example.com or Status <status@example.com>', required: true },
  { name: 'to', about: 'who is told', type: 'list', required: true },
  { name: 'clientId', about: 'OAuth 2 in place of a password: the id of the application' },
  { name: 'clientSecret', about: 'OAuth 2: the secret of the application', secret: true },
  { name: 'refreshToken', about: 'OAuth 2: what new access tokens are asked with', secret: true },
  { name: 'accessUrl', about: 'OAuth 2: where access tokens are asked, https; Gmail’s is known' },
  {
    name: 'scope',
    about:
      'OAuth 2 without a refresh token: what the application itself asks for, as https://outlook.office365.com/.default',
  },
  { name: 'accessToken', about: 'OAuth 2: an access token, where another program renews it', secret: true },
  { name: 'domain', about: 'a domain of yours for the ids of messages and lists; that of the sender unless told' },
  { name: 'timeout', about: 'how many seconds the server may take for an answer, 20 unless told', type: 'number' },
];

export function mailSettings(settings: Settings): MailSettings {
  const host = hostOf(settings);
  const port = portOf(settings);
  const from = mailboxOf(settings.from as string, 'from');
  const to = (settings.to as readonly string[]).map((one) => mailboxOf(one, 'to'));
  if (to.length > MOST_RECIPIENTS) throw new ConfigError(`"to" has more than ${MOST_RECIPIENTS} addresses: use a list`);
  const secrets = ['password', 'clientSecret', 'refreshToken', 'accessToken'].map((name) => given(settings, name));
  return {
    host,
    port,
    tls: tlsOf(settings, host, port),
    signIn: signInOf(settings, host),
    from: { ...from, name: from.name || 'pingoru' },
    to,
    domain: domainOf(settings, from),
    timeoutMs: secondsOf(settings, 'timeout', { usual: 20, most: 300 }) * 1000,
    secrets: secrets.filter((one) => one !== ''),
  };
}
/** More are refused by many servers, and are a list's business. */
const MOST_RECIPIENTS = 50;

/** As it was given: a password may begin with a space. */
function given(settings: Settings, name: string): string {
  return (settings[name] as string | undefined) ?? '';
}

const HOST = /^(?!-)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})*\.?$/u;

function hostOf(settings: Settings): string {
  const host = given(settings, 'host').replace(/^\[(.*)\]$/, '$1');
  if ((HOST.test(host) && host.length <= 253) || isIpv6(host)) return host;
  throw new ConfigError('"host" must be the name of a mail server alone, as smtp.example.com; its port goes in "port"');
}

function isIpv6(host: string): boolean {
  return host.includes(':') && URL.canParse(`http://[${host}]`);
}

function portOf({ port, tls }: Settings): number {
  if (port === undefined) return tls === 'implicit' ? 465 : 587;
  if (Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535) return port as number;
  throw new ConfigError('"port" must be a whole number from 1 to 65535');
}

/** This machine's own server may be spoken to in clear text, for nothing leaves the machine. */
function tlsOf({ tls }: Settings, host: string, port: number): MailSettings['tls'] {
  if (tls !== undefined) return tls as 'implicit' | 'starttls';
  if (port === 465) return 'implicit';
  return isThisMachine(host) ? 'none' : 'starttls';
}

const WITH_NAME = /^([^<>]*)<([^<>]*)>$/;
// Of the many forms of RFC 5321 those that people have: no quotes, no comments, no addresses in place of domains.
const ADDRESS =
  /^(?=.{3,254}$)(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?!-)[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})*$/u;

/** One address, and nothing that could be read as two, or as a header. */
function mailboxOf(text: string, setting: string): Mailbox {
  const [, name = '', inner = text] = WITH_NAME.exec(text) ?? [];
  const address = inner.trim();
  const plain = name.trim().replace(/^"(.*)"$/, '$1');
  if (ADDRESS.test(address) && plain === cleanLine(plain) && !plain.includes('"')) return { name: plain, address };
  const shown = JSON.stringify(cleanLine(text).slice(0, 80));
  throw new ConfigError(`"${setting}" has ${shown}, which is no address: write it as ops@example.com, one by one`);
}

function domainOf(settings: Settings, from: Mailbox): string {
  const own = given(settings, 'domain');
  const domain = own || from.address.slice(from.address.lastIndexOf('@') + 1);
  const url = `http://${domain}`;
  // Ids of messages are ASCII; new URL writes a domain of other letters as DNS does.
  if (HOST.test(domain) && /\p{L}/u.test(domain) && URL.canParse(url)) return new URL(url).hostname.replace(/\.$/, '');
  throw new ConfigError(`"${own ? 'domain' : 'from'}" must have the name of a domain, as example.com`);
}

const GMAIL_HOST = /^smtp\.(?:gmail|googlemail)\.com$/i;
const GMAIL_TOKENS = 'https://oauth2.googleapis.com/token';

function signInOf(settings: Settings, host: string): SignIn | null {
  const [user, password, accessToken] = ['user', 'password', 'accessToken'].map((name) => given(settings, name));
  const grants = ['clientId', 'clientSecret', 'refreshToken', 'accessUrl', 'scope'].filter((name) => settings[name]);
  const ways = [...(password ? ['password'] : []), ...(accessToken ? ['accessToken'] : []), ...grants.slice(0, 1)];
  if (ways.length > 1) throw new ConfigError(`"${ways[0]}" and "${ways[1]}" cannot both be given: one signs in`);
  if (!user && ways.length === 0) return null;
  if (!user) throw new ConfigError(`"user" is missing: "${ways[0]}" signs somebody in`);
  if (/[\r\n\0]/.test(user)) throw new ConfigError('"user" must be one line');
  if (password) return { how: 'password', user, password };
  if (accessToken) return { how: 'token', user, accessToken };
  if (grants.length === 0)
    throw new ConfigError(
      '"user" is given, but nothing to sign in with: give "password", or OAuth 2\'s "refreshToken"',
    );
  return grantOf(settings, user, host);
}

function grantOf(settings: Settings, user: string, host: string): SignIn {
  const [clientId, clientSecret, refreshToken, scope] = ['clientId', 'clientSecret', 'refreshToken', 'scope'].map(
    (name) => given(settings, name),
  ) as [string, string, string, string];
  if (!clientId) throw new ConfigError('"clientId" is missing: OAuth 2 needs the id of the application');
  if (!refreshToken && !(scope && clientSecret))
    throw new ConfigError(
      '"refreshToken" is missing; where the application signs in as itself, give "clientSecret" and "scope"',
    );
  const form = {
    grant_type: refreshToken ? 'refresh_token' : 'client_credentials',
    client_id: clientId,
    ...(clientSecret && { client_secret: clientSecret }),
    ...(refreshToken && { refresh_token: refreshToken }),
    ...(scope && { scope }),
  };
  return { how: 'grant', user, accessUrl: accessUrlOf(settings, host), form };
}

function accessUrlOf(settings: Settings, host: string): string {
  if (settings.accessUrl === undefined && GMAIL_HOST.test(host)) return GMAIL_TOKENS;
  const ofExchangeOnline = 'https://login.microsoftonline.com/<tenant>/oauth2/v2.0/token';
  return addressOf(settings, 'accessUrl', { example: ofExchangeOnline }).href;
}

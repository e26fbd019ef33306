/** The program with two channels that exist nowhere else: what is said of channels holds for any table of settings. */
import type { Channel, Send, Settings } from '../../../src/channel.ts';
import { refusalOf } from '../../../src/channels/answer.ts';
import { CHANNELS } from '../../../src/channels/index.ts';
import { ConfigError, DeliveryError } from '../../../src/errors.ts';

/** Posts what it is handed; the receiver's answer decides. */
const post =
  (settings: Settings, io: Parameters<Channel['connect']>[1]): Send =>
  async ({ id, message, events, story }) => {
    const headers = Object.fromEntries((settings.headers as Map<string, string> | undefined) ?? []);
    const types = events.map(({ type }) => type);
    const body = { id, types, title: message.title, items: message.items, story: story?.key ?? null };
    const reply = await io.request({ url: String(settings.url), headers, body });
    const refusal = refusalOf(reply, `the pigeon at ${settings.url}`, io.now());
    if (refusal) throw refusal;
    const outcome = reply.status === 202 ? 'accepted' : reply.status === 204 ? 'skipped' : 'delivered';
    return { outcome, detail: `the pigeon says ${reply.text}` };
  };

const pigeon: Channel = {
  name: 'pigeon',
  title: 'Carrier pigeon',
  docs: 'https://www.rfc-editor.org/rfc/rfc1149',
  settings: [
    { name: 'url', about: 'where it flies', required: true, secret: true },
    { name: 'loft', about: 'where it lives', required: true, choices: ['north', 'south'] },
    { name: 'wingSpan', about: 'in centimetres', type: 'number' },
    { name: 'loud', about: 'whether it coos', type: 'boolean' },
    { name: 'to', about: 'who waits for it', type: 'list' },
    { name: 'headers', about: 'what it carries besides', type: 'map', secret: true },
  ],
  pace: { concurrent: 1, gapMs: 0, singles: 5, patience: 'days' },
  connect(settings, io) {
    if (!/^http:\/\/127\.0\.0\.1:/.test(String(settings.url))) throw new ConfigError('"url" must be on this machine');
    return post(settings, io);
  },
};

/** One of two ways, none of which is required by itself. */
const owl: Channel = {
  name: 'owl',
  title: 'Owl',
  docs: 'https://example.com/',
  settings: [
    { name: 'url', about: 'the window it knocks at', secret: true },
    { name: 'ring', about: 'in place of url: the number on its ring', secret: true },
    { name: 'tree', about: 'with ring: where it sits' },
  ],
  pace: { concurrent: 1, gapMs: 0, singles: 5, patience: 'days' },
  connect(settings, io) {
    if (settings.url === undefined && settings.ring === undefined)
      throw new ConfigError('either "url" or "ring" is needed');
    if (settings.ring !== undefined && settings.tree === undefined) throw new ConfigError('"tree" is missing');
    if (settings.url !== undefined) return post(settings, io);
    return async () => {
      throw new DeliveryError(`nobody sits in the tree for ${settings.ring}`, { permanent: 'channel' });
    };
  },
};

(CHANNELS as Channel[]).push(pigeon, owl);

export { main } from '../../../src/cli.ts';

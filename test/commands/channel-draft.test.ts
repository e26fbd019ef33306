import { describe, expect, it } from 'vitest';
import type { Channel, Settings } from '../../src/channel.ts';
import { type Draft, draftChannel } from '../../src/commands/channel/draft.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';

const CANARY = 'canary-7f3a';

/** One of two ways, neither of which is required by itself. */
const owl: Pick<Channel, 'name' | 'settings'> = {
  name: 'owl',
  settings: [
    { name: 'window', about: 'the window it knocks at', required: true },
    { name: 'url', about: 'where it flies', secret: true },
    { name: 'ring', about: 'in place of url: the number on its ring', secret: true, fresh: () => `fresh-${CANARY}` },
    { name: 'tree', about: 'with ring: where it sits', choices: ['oak', 'elm'] },
    { name: 'headers', about: 'what it carries', type: 'map', secret: true },
  ],
};

function check({ url, ring, tree }: Settings): void {
  if (url === undefined && ring === undefined)
    throw new ConfigError('the channel "owl": either "url" or "ring" is needed');
  if (url !== undefined && !String(url).startsWith('https://'))
    throw new ConfigError('the channel "owl": "url" must be https');
  if (ring !== undefined && tree === undefined) throw new ConfigError('the channel "owl": "tree" is missing');
}

interface Played {
  draft: Draft | null;
  error: Error | null;
  /** What was asked, in its order; what was asked unseen begins with a star. */
  asked: string[];
  notes: string[];
}

/** `answers` null: nobody is there to ask. */
async function play(given: Record<string, unknown>, answers: string[] | null, input = ''): Promise<Played> {
  const played: Played = { draft: null, error: null, asked: [], notes: [] };
  const reply = (question: string) => {
    played.asked.push(question);
    return Promise.resolve(answers!.shift() ?? '');
  };
  const env: Record<string, string> = { 'env:URL': `https://${CANARY}`, 'env:BAD': CANARY };
  played.draft = await draftChannel('owl', owl as Channel, given, {
    store: {
      readSecret: (reference) => {
        if (Object.hasOwn(env, reference)) return env[reference]!;
        throw new ConfigError('is to be taken from somewhere, which is not there');
      },
    },
    readInput: () => Promise.resolve(input),
    asker: answers && { ask: reply, askUnseen: (question) => reply(`*${question}`), close: () => {} },
    note: (line) => void played.notes.push(line),
    connect: ({ name: _name, type: _type, ...settings }, readSecret) => {
      const resolved = Object.entries(settings).map(([key, value]) => {
        const isSecret = owl.settings.find((one) => one.name === key)?.secret && typeof value === 'string';
        return [key, isSecret ? readSecret(value) : value];
      });
      check(Object.fromEntries(resolved));
    },
  }).catch((error: Error) => {
    played.error = error;
    return null;
  });
  return played;
}

describe('where nobody can be asked', () => {
  it('takes references, and what stands on standard input', async () => {
    const { draft } = await play({ window: 'north', url: 'env:URL' }, null);
    expect(draft!.entry).toEqual({ name: 'owl', type: 'owl', window: 'north', url: 'env:URL' });
    const piped = await play({ window: 'north', url: '-' }, null, `https://${CANARY}`);
    expect([...piped.draft!.typed.values()]).toEqual([{ name: 'owl-url', value: `https://${CANARY}`, isFresh: false }]);
    expect(JSON.stringify(piped.draft!.entry)).not.toContain(CANARY);
  });

  it.each([
    [{}, '--window is missing: the window it knocks at'],
    [{ window: 'north' }, 'the channel "owl": either "url" or "ring" is needed (--url, --ring)'],
    [{ window: 'north', ring: 'new' }, 'the channel "owl": "tree" is missing (--tree)'],
    [{ window: 'north', url: '-' }, '--url is to be read from standard input, which holds nothing'],
    [{ window: 'north', url: 'env:BAD' }, 'the channel "owl": "url" must be https'],
    [{ window: 'north', ring: 'new', tree: 'ash' }, '--tree must be one of oak, elm'],
  ])('%j: %s', async (given, message) => {
    expect((await play(given, null)).error).toEqual(new UsageError(message));
  });

  it.each([{ url: CANARY }, { url: `https://${CANARY}` }, { headers: [`Authorization=${CANARY}`] }])(
    'never takes a secret as an argument: %j',
    async (given) => {
      const { error } = await play({ window: 'north', ...given }, null);
      expect(error).toBeInstanceOf(UsageError);
      expect(error!.message).toContain('takes no secret itself');
      expect(error!.message).not.toContain(CANARY);
    },
  );

  it('makes a secret that is the user’s to choose', async () => {
    const { draft } = await play({ window: 'north', ring: 'new', tree: 'oak' }, null);
    expect([...draft!.typed.values()]).toEqual([{ name: 'owl-ring', value: `fresh-${CANARY}`, isFresh: true }]);
  });

  it('keeps the secrets of a map apart', async () => {
    const given = { window: 'n', url: 'env:URL', headers: ['X-Key=-', 'Other=env:URL', 'a/../b=-'] };
    const { draft } = await play(given, null, CANARY);
    expect([...draft!.typed.values()].map(({ name }) => name)).toEqual(['owl-headers-X-Key', 'owl-headers-a_.._b']);
    expect(draft!.entry.headers).toMatchObject({ Other: 'env:URL' });
  });
});

describe('on a terminal', () => {
  it('asks for what is missing, secrets unseen, and for no more', async () => {
    const { draft, asked } = await play({}, ['north', `https://${CANARY}`]);
    expect(asked).toEqual(['window: ', '*url (unseen; or env:NAME, file:PATH): ']);
    expect(draft!.entry).toMatchObject({ window: 'north', url: 'typed:url:' });
    expect([...draft!.typed.values()]).toEqual([{ name: 'owl-url', value: `https://${CANARY}`, isFresh: false }]);
  });

  it('takes a reference for an answer', async () => {
    const { draft } = await play({ window: 'north' }, ['env:URL']);
    expect(draft!.entry.url).toBe('env:URL');
    expect(draft!.typed.size).toBe(0);
  });

  it('goes the other way when the first one is passed over', async () => {
    const { draft, asked } = await play({ window: 'north' }, ['', 'new', 'ash', 'oak']);
    expect(asked.map((question) => question.split(/[ :]/)[0])).toEqual(['*url', '*ring', 'tree']);
    expect(draft).toBeNull();
    const again = await play({ window: 'north' }, ['', 'new', 'oak']);
    expect(again.draft!.entry).toMatchObject({ ring: 'typed:ring:', tree: 'oak' });
  });

  it('says what was wrong with an answer, asks again, and keeps the last one alone', async () => {
    const { draft, notes } = await play({ window: 'north' }, ['nonsense', `https://${CANARY}`]);
    expect(notes.join('\n')).toContain('"url" must be https');
    expect([...draft!.typed.values()].map(({ value }) => value)).toEqual([`https://${CANARY}`]);
  });

  it('gives up after three wrong answers', async () => {
    const { error, asked } = await play({ window: 'north' }, ['a', 'b', 'c', 'd']);
    expect(error?.message).toContain('"url" must be https');
    expect(asked).toHaveLength(3);
    expect((await play({}, ['', '', ''])).error?.message).toBe('window is needed: the window it knocks at');
  });

  it('does not ask for what was given as a flag', async () => {
    const { error, asked } = await play({ window: 'north', url: 'env:BAD' }, ['x']);
    expect(error?.message).toContain('"url" must be https');
    expect(asked).toEqual([]);
  });
});

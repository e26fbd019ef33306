import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Channel, Setting } from '../../src/channel.ts';
import { CHANNELS } from '../../src/channels/index.ts';
import { addSettings } from '../../src/cli/channel-settings.ts';
import { collect } from '../../src/cli/options.ts';
import { flagOf, settingOf } from '../../src/commands/channel/flags.ts';
import { UsageError } from '../../src/errors.ts';

const setting = (more: Partial<Setting>): Setting => ({ name: 'wingSpan', about: 'in centimetres', ...more });
const kept = (text: string, part: string | null) => `kept:${part ?? ''}:${text.length}`;

describe('a flag', () => {
  it('is the name of its setting in lower case', () => {
    expect(flagOf({ name: 'clientSecret' })).toBe('--client-secret');
    expect(flagOf({ name: 'url' })).toBe('--url');
  });

  it.each<[Partial<Setting>, string | string[] | boolean, unknown]>([
    [{}, 'wide', 'wide'],
    [{ choices: ['a', 'b'] }, 'b', 'b'],
    [{ type: 'number' }, '465', 465],
    [{ type: 'number' }, '-100123', -100123],
    [{ type: 'boolean' }, true, true],
    [{ type: 'boolean' }, false, false],
    [{ type: 'boolean' }, 'Yes', true],
    [{ type: 'boolean' }, 'n', false],
    [{ type: 'list' }, ['a@x.example, b@x.example', 'c@x.example'], ['a@x.example', 'b@x.example', 'c@x.example']],
    [{ type: 'list' }, ['["notify", "--title", "a, b"]'], ['notify', '--title', 'a, b']],
    [{ type: 'list' }, ['[not json'], ['[not json']],
    [{ type: 'map' }, ['Team=ops', 'X-Query=a=b'], { Team: 'ops', 'X-Query': 'a=b' }],
    [{ secret: true }, 'hush', 'kept::4'],
    [{ secret: true, type: 'list' }, ['one,three'], ['kept:1:3', 'kept:2:5']],
    [{ secret: true, type: 'map' }, ['Authorization=hush'], { Authorization: 'kept:Authorization:4' }],
  ])('%j takes %j', (more, given, value) => {
    expect(settingOf(setting(more), given, kept)).toEqual(value);
  });

  it('keeps a key that is no key of its own', () => {
    const map = settingOf(setting({ type: 'map' }), ['__proto__=x'], kept) as object;
    expect(Object.entries(map)).toEqual([['__proto__', 'x']]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it.each<[Partial<Setting>, string | string[], string]>([
    [{}, ' ', '--wing-span is empty; it must be in centimetres'],
    [{ choices: ['a', 'b'] }, 'canary', '--wing-span must be one of a, b'],
    [{ type: 'number' }, 'canary', '--wing-span must be a number'],
    [{ type: 'number' }, '', '--wing-span must be a number'],
    [{ type: 'boolean' }, 'canary', '--wing-span must be yes or no'],
    [{ type: 'list' }, [' , '], '--wing-span is empty; it must be in centimetres'],
    [{ type: 'map' }, ['canary'], '--wing-span must be written name=value'],
    [{ type: 'map', secret: true }, ['=canary'], '--wing-span must be written name=value'],
  ])('%j refuses %j', (more, given, message) => {
    expect(() => settingOf(setting(more), given, kept)).toThrow(new UsageError(message));
  });
});

describe('the options of channel add', () => {
  const parse = (words: string[], channels: readonly Channel[] = CHANNELS) => {
    const command = new Command('add').argument('<name>').argument('<type>').exitOverride();
    addSettings(command, words, collect, channels);
    return command.configureOutput({ writeErr: () => {} }).parse(words, { from: 'user' });
  };
  const made: Channel = {
    ...CHANNELS[0]!,
    name: 'pigeon',
    settings: [
      setting({ type: 'number' }),
      setting({ name: 'loud', type: 'boolean' }),
      setting({ name: 'to', type: 'list' }),
      setting({ name: 'url', secret: true }),
    ],
  };

  it('are those of the type, wherever it stands', () => {
    const flags = ['--wing-span', '3', '--no-loud', '--to', 'a,b', '--to', 'c', '--url', 'env:X'];
    const expected = { wingSpan: '3', loud: false, to: ['a,b', 'c'], url: 'env:X' };
    expect(parse(['ops', 'pigeon', ...flags], [made]).opts()).toEqual(expected);
    expect(parse([...flags, 'ops', 'pigeon'], [made]).opts()).toEqual(expected);
  });

  it('know the type of a channel that is called like another type', () => {
    expect(parse(['slack', 'email', '--host', 'x']).opts()).toEqual({ host: 'x' });
  });

  it('leave the refusal of an unknown type to the command', () => {
    expect(() => parse(['ops', 'slak', '--url', 'x'])).not.toThrow();
    expect(() => parse(['ops', 'slack', '--nonsense', 'x'])).toThrow(/unknown option '--nonsense'/);
  });

  it.each(CHANNELS.map((channel) => [channel.name, channel] as const))(
    'of %s are no options of the program',
    (_, one) => {
      const taken = ['--group', '--replace', '--help', '--verbose', '--color', '--no-color', '--utc', '--version'];
      const flags = one.settings.map(flagOf);
      expect(flags.filter((flag) => taken.includes(flag))).toEqual([]);
      expect(new Set(flags).size).toBe(flags.length);
      for (const flag of flags) expect(flag).toMatch(/^--[a-z]+(?:-[a-z]+)*$/);
    },
  );
});

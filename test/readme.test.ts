/** The README is true: what it tells people to type exists. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { home, run } from './program/run.ts';

const readme = readFileSync('README.md', 'utf8');
const code = [...readme.matchAll(/```(?:sh|console)\n([\s\S]*?)```/g)].map((match) => match[1]!).join('\n');
const inline = [...readme.matchAll(/`(pingoru [^`]+)`/g)].map((match) => match[1]!).join('\n');

/** `pingoru status clerk --json` in whatever surrounds it on its line; a backslash at its end goes on on the next one. */
const commands = [...`${code}\n${inline}`.replaceAll(/\\\n */g, '').matchAll(/pingoru ([a-z]+)([^|&#\n]*)/g)].map(
  (match) => ({
    command: match[1]!,
    /** What stands before the first option: the command's own command, and for a channel its type. */
    words: [match[1]!, ...match[2]!.trim().split(/ +-/)[0]!.split(/\s+/)].filter((word) => word !== ''),
    options: [...match[2]!.matchAll(/ (--[a-z-]+)/g)].map((option) => option[1]!),
  }),
);

/** Those that are made of commands themselves. */
const FAMILIES = ['channel', 'group', 'outbox'];

/** The words that ask for the help of what is typed. */
function helpOf({ command, words }: (typeof commands)[number]): string {
  const asked = FAMILIES.includes(command) ? words.slice(0, command === 'channel' ? 4 : 2) : [command];
  return [...asked, '--help'].join(' ');
}

describe('the README', () => {
  test('names commands and options that exist', async () => {
    const user = home();
    const missing: string[] = [];
    for (const asked of new Set(commands.map(helpOf))) {
      const words = asked.split(' ');
      const help = await run(words, user.env);
      const name = words.slice(0, FAMILIES.includes(words[0]!) ? 2 : 1).join(' ');
      if (help.code !== 0 || !help.stdout.startsWith(`Usage: pingoru ${name}`)) missing.push(asked);
      const options = commands.filter((one) => helpOf(one) === asked).flatMap((one) => one.options);
      missing.push(...options.filter((option) => !help.stdout.includes(option)).map((option) => `${asked} ${option}`));
    }
    user.remove();
    expect(commands.length).toBeGreaterThan(15);
    expect(missing).toEqual([]);
  });

  test('shows every command there is', async () => {
    const user = home();
    const { stdout } = await run(['--help'], user.env);
    user.remove();
    const all = [...stdout.matchAll(/^ {2}([a-z]+) (?=.*\S)/gm)]
      .map((match) => match[1]!)
      .filter((one) => one !== 'help' && one !== 'pingoru');
    expect(all.length).toBeGreaterThan(9);
    expect(all.filter((one) => !commands.some(({ command }) => command === one))).toEqual([]);
  });

  test('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/npm (?:run )?(test|[a-z]+:[a-z]+|bench|lint|types)\b/g)].map(
      (match) => match[1]!,
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

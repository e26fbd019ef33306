/** The README is true: what it tells people to type exists. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { home, run } from './program/run.ts';

const readme = readFileSync('README.md', 'utf8');
const code = [...readme.matchAll(/```(?:sh|console)\n([\s\S]*?)```/g)].map((match) => match[1]!).join('\n');
const inline = [...readme.matchAll(/`(pingoru [^`]+)`/g)].map((match) => match[1]!).join('\n');

/** `pingoru status clerk --json` in whatever surrounds it on its line. */
const commands = [...`${code}\n${inline}`.matchAll(/pingoru ([a-z]+)([^|&#\n]*)/g)].map((match) => ({
  command: match[1]!,
  options: [...match[2]!.matchAll(/ (--[a-z-]+)/g)].map((option) => option[1]!),
}));

describe('the README', () => {
  test('names commands and options that exist', async () => {
    const user = home();
    const missing: string[] = [];
    for (const command of new Set(commands.map((one) => one.command))) {
      const help = await run([command, '--help'], user.env);
      if (help.code !== 0) missing.push(command);
      const options = commands.filter((one) => one.command === command).flatMap((one) => one.options);
      missing.push(
        ...options.filter((option) => !help.stdout.includes(option)).map((option) => `${command} ${option}`),
      );
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

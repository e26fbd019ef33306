/** The commander program: names, options, help; the one try/catch; exit codes. */
import { Command, CommanderError, Option } from 'commander';
import { alertCommands } from './cli/alerts.ts';
import { collect, duration, positive, type Runner, wholeDays } from './cli/options.ts';
import { EXIT } from './commands/exit.ts';
import { ConfigError, DeliveryError, FetchError, ParseError, UsageError } from './errors.ts';
import { version } from './version.ts';

/** Runs one command line (without node and script) and resolves to its exit code. Never rejects. */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.ok;
  // A reader that has gone is no error: what is printed then goes nowhere.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const program = build((code) => {
    exitCode = code;
  });
  try {
    if (args.length === 0) program.outputHelp();
    else await program.parseAsync(withoutHelpCommand(args, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    return await report(error, args.includes('--verbose'));
  }
}

/**
 * `help channel add` is `channel add --help`, and `help` of what is no command fails as that does: the words are left alone
 * then. Commander's own `help` looks at the first word only.
 */
function withoutHelpCommand([first, ...words]: readonly string[], program: Command): string[] {
  if (first !== 'help') return first === undefined ? [] : [first, ...words];
  let command: Command | undefined = program;
  for (const word of words)
    if (command && command.commands.length > 0 && !word.startsWith('-'))
      command = command.commands.find((one) => one.name() === word);
  return command ? [...words, '--help'] : words;
}

/** Says what failed; returns the exit code for it. */
async function report(error: unknown, verbose: boolean): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const known = error instanceof Error ? error : new Error(String(error));
  const internal = !isExpected(known);
  // What could not be understood is quoted by V8, and a vendor may have written it.
  const { cleanText } = await import('./text.ts');
  const say = (text: string) => process.stderr.write(cleanText(text));
  say(`pingoru: ${internal ? 'internal error: ' : ''}${known.message.split('\n')[0]}\n`);
  if (verbose) say(`${known.stack}\n${known.cause ? `cause: ${String(known.cause)}\n` : ''}`);
  else if (internal) say('pingoru: run it again with --verbose for the details of a report\n');
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ConfigError) return EXIT.config;
  return internal ? EXIT.internal : EXIT.unknown;
}

function isExpected(error: Error): boolean {
  return [UsageError, ConfigError, FetchError, ParseError, DeliveryError].some((known) => error instanceof known);
}

function build(setExitCode: (code: number) => void): Command {
  const program = new Command('pingoru')
    .description("Watches vendors' public status pages and tells every update exactly once.")
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .option('--verbose', 'show causes of errors and what is asked of whom')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .option('--no-color', 'no colours')
    .option('--utc', 'times in UTC instead of the local zone')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(`pingoru: ${inOneLine(text)}\n`) })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText('after', EXAMPLES);

  const run: Runner = (load) =>
    async function (this: Command, ...given: unknown[]) {
      const words = given
        .slice(0, -2)
        .flat()
        .filter((word): word is string => typeof word === 'string');
      const { run: work } = await load();
      setExitCode(await work(this.optsWithGlobals() as never, words));
    };

  const targets = 'provider names, domains, page addresses; none: the watch list';

  filters(reading(program.command('watch').argument('[target...]', targets)))
    .description('watch pages and tell every new update, once')
    .option('--json', 'one JSON event a line')
    .option('--desktop', 'also show a desktop notification for each event')
    .option('--to <channel>', 'also send what it shows to this channel, whatever the groups say; repeatable', collect)
    .addOption(new Option('--interval <time>', 'time between reads (30s, 5m)').argParser(duration))
    .option('--once', 'read every page once and leave')
    .action(run(() => import('./commands/watch.ts')));

  filters(reading(program.command('status').argument('[target...]', targets)))
    .description('what the pages say now; the exit code tells it to scripts')
    .option('--json', 'one JSON document')
    .addOption(
      new Option('--fail-on <state>', 'where exit codes above 0 start')
        .choices(['degraded', 'outage', 'never'])
        .default('degraded'),
    )
    .addHelpText('after', STATUS_CODES)
    .action(run(() => import('./commands/status.ts')));

  filters(reading(program.command('incidents').argument('[target...]', targets)))
    .description('recent and open incidents, newest first')
    .option('--json', 'one JSON document')
    .option('--open', 'only those not over')
    .option('--since <time>', 'only those since then (2h, 3d, 2026-11-20)')
    .action(run(() => import('./commands/incidents.ts')));

  reading(
    program
      .command('show')
      .argument('<target>', 'a provider, a page, or the address of an incident')
      .argument('[incident...]', 'its id, or words of its title; none: the latest'),
  )
    .description('one incident in full: what, when, how long, which components, every update')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'markdown', 'json']).default('text'))
    .option('--json', 'the same as --format json')
    .action(run(() => import('./commands/show.ts')));

  filters(reading(program.command('maintenance').argument('[target...]', targets)), { kind: false })
    .description('maintenance in progress and planned: an agenda, or a calendar to subscribe to')
    .option('--provider <name>', 'only these of the targets: a name, or a glob over names; repeatable', collect)
    .addOption(new Option('--days <n>', 'only what begins within so many days, or is in progress').argParser(wholeDays))
    .option('--json', 'one JSON document')
    .option('--ics', 'one iCalendar document')
    .option('--out <file>', 'write the calendar to this file; untouched when nothing changed (*.ics implies --ics)')
    .action(run(() => import('./commands/maintenance.ts')));

  program
    .command('providers')
    .argument('[query...]', 'part of a name or a domain; none: all')
    .description('search the catalogue of providers')
    .option('--json', 'one JSON document')
    .option('--platform <name>', 'only those on this platform')
    .option('--count', 'only how many')
    .action(run(() => import('./commands/providers.ts')));

  program
    .command('detect')
    .argument('<target>', 'a page address, a domain or a provider')
    .description('which platform serves a page, and what can be read from it')
    .option('--json', 'one JSON document')
    .action(run(() => import('./commands/detect.ts')));

  reading(program.command('add').argument('<target...>', 'provider names, domains or page addresses'))
    .description('put pages on the watch list')
    .option('--name <name>', 'your own name for the page')
    .action(run(() => import('./commands/add.ts')));

  program
    .command('remove')
    .argument('<target...>', 'names or addresses on the watch list')
    .description('take pages off the watch list')
    .action(run(() => import('./commands/remove.ts')));

  program
    .command('list')
    .description('show the watch list')
    .option('--json', 'one JSON document')
    .action(run(() => import('./commands/list.ts')));

  program
    .command('init')
    .description('propose a watch list from what the project in this folder depends on')
    .option('--yes', 'add what is proposed without asking')
    .action(run(() => import('./commands/init.ts')));

  program
    .command('demo')
    .description('replay a recorded incident through the real program, offline, in about 15 seconds')
    .option('--desktop', 'also show the desktop notifications')
    .option('--json', 'one JSON event a line')
    .addOption(new Option('--speed <factor>', 'how much faster').argParser(positive).default(1).hideHelp())
    .action(run(() => import('./commands/demo.ts')));

  alertCommands(program, run);
  return program;
}

function inOneLine(text: string): string {
  return text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/^unknown command '.*'$/, '$&; --help shows those there are');
}

function reading(command: Command): Command {
  return command.option('--platform <name>', 'read it as this platform instead of detecting it');
}

function filters(command: Command, which: { kind: boolean } = { kind: true }): Command {
  command
    .option('--component <glob>', 'only what touches it: a name, "Group (Name)" or an id; repeatable', collect)
    .addOption(new Option('--impact <least>', 'only from this impact on').choices(['minor', 'major', 'critical']));
  if (which.kind) command.addOption(new Option('--kind <kind>', 'only this kind').choices(['incident', 'maintenance']));
  return command;
}

const EXAMPLES = `
Examples:
  pingoru demo                                      see it at work, offline
  pingoru status github                             is it down?
  pingoru status clerk --component 'Session*' && deploy
  pingoru watch clerk stripe --desktop              every new update, as it is posted
  pingoru channel add ops slack                     tell other people: pingoru watch sends it
  pingoru watch --json | jq -c 'select(.type=="incident.opened")'
  pingoru show clerk                                the latest incident in full`;

const STATUS_CODES = `
Exit codes: 0 all well, 1 degraded or in maintenance, 2 outage, 3 a page could not be read.`;

/** The commands that say who is told what: channels, groups, mutes, the log and the outbox. */
import { type Command, Option } from 'commander';
import { collect, longDuration, type Runner } from './options.ts';

export function alertCommands(program: Command, run: Runner): void {
  channelCommands(program, run);
  groupCommands(program, run);
  muteCommands(program, run);
  outboxCommands(program, run);
}

function channelCommands(program: Command, run: Runner): void {
  const channel = program
    .command('channel')
    .description('places to send to: add, list, test, remove')
    .helpCommand(false);

  channel
    .command('add')
    .argument('<name>', 'your name for it: letters, digits, dots, dashes and underscores')
    .argument('<type>', 'what it is; its settings are asked for on a terminal, or given as options')
    .description('add a channel; nothing is written unless its settings are good')
    .option(
      '--group <name>',
      'the group that tells it; repeatable (the first channel makes the group "default")',
      collect,
    )
    .option('--replace', 'in place of the channel of that name, which keeps its groups and what it is owed')
    .action(run(() => import('../commands/channel/add.ts')));
  // Only this command pays for knowing all channels.
  channel.hook('preSubcommand', async ({ args }, subcommand) => {
    if (subcommand.name() !== 'add') return;
    (await import('./channel-settings.ts')).addSettings(subcommand, args.slice(1), collect);
  });

  channel
    .command('list')
    .description('show the channels: whether they are on, who uses them, what they are owed')
    .option('--json', 'one JSON document')
    .action(run(() => import('../commands/channel/list.ts')));

  channel
    .command('test')
    .argument('<name>', 'a channel')
    .description('send a sample through it, and say what was truly answered')
    .addOption(
      new Option('--type <sample>', 'what the sample tells')
        .choices(['opened', 'resolved', 'maintenance'])
        .default('opened'),
    )
    .addHelpText('after', '\nExit codes: 0 the channel took it, 1 it did not.')
    .action(run(() => import('../commands/channel/test.ts')));

  channel
    .command('remove')
    .argument('<name>', 'a channel')
    .description('remove it, its kept secrets, and what it is still owed')
    .action(run(() => import('../commands/channel/remove.ts')));

  channel
    .command('enable')
    .argument('<name>', 'a channel that was switched off')
    .description('switch it on again, and deliver what waited')
    .addHelpText('after', '\nExit codes: 0 all is well, 1 it did not take all that waited.')
    .action(run(() => import('../commands/channel/enable.ts')));

  channel
    .command('disable')
    .argument('<name>', 'a channel')
    .description('switch it off; what it is owed is kept')
    .action(run(() => import('../commands/channel/disable.ts')));
}

function groupCommands(program: Command, run: Runner): void {
  const group = program
    .command('group')
    .description('who is told what: add, list, edit, remove, test')
    .helpCommand(false);

  rules(group.command('add').argument('<name>', 'your name for it'))
    .description('add a group; what is not said is as usual')
    .addHelpText('after', USUAL)
    .action(run(() => import('../commands/group/add.ts')));

  group
    .command('list')
    .description('show the groups')
    .option('--json', 'one JSON document')
    .action(run(() => import('../commands/group/list.ts')));

  rules(group.command('edit').argument('<name>', 'a group'))
    .description('change a group: what is said replaces what was, the rest stays')
    .option('--add-channel <name>', 'tell this channel too; repeatable', collect)
    .option('--remove-channel <name>', 'tell this channel no more; repeatable', collect)
    .option('--add-provider <name>', 'about this provider too; repeatable', collect)
    .option('--remove-provider <name>', 'about this provider no more; repeatable', collect)
    .option(
      '--reset <rule>',
      'as usual again: provider, component, severity, kind, event, reminder, quiet or per-hour',
      collect,
    )
    .action(run(() => import('../commands/group/edit.ts')));

  group
    .command('remove')
    .argument('<name>', 'a group')
    .description('remove a group; its channels stay')
    .action(run(() => import('../commands/group/remove.ts')));

  group
    .command('test')
    .argument('[name]', 'a group; none: all')
    .description('who would be told of an event, and why or why not; nothing is sent')
    .requiredOption(
      '--event <event>',
      'a line of watch --json in a file (- for standard input), or the address of an incident',
    )
    .option('--platform <name>', 'read the page as this platform instead of detecting it')
    .action(run(() => import('../commands/group/test.ts')));
}

function rules(command: Command): Command {
  return command
    .option('--channel <name>', 'who is told; repeatable', collect)
    .option('--provider <glob>', 'about whom: ids, names, your own names; repeatable', collect)
    .option('--component <glob>', 'about what: a name, "Group (Name)" or an id; repeatable', collect)
    .option('--severity <severity>', 'of incidents: none, minor, major, critical; repeatable', collect)
    .option('--kind <kind>', 'incident or maintenance; repeatable', collect)
    .option('--event <glob>', 'types of events, such as incident.*; repeatable', collect)
    .option('--reminder <time>', 'so long before a maintenance (24h), or none; repeatable', collect)
    .option('--quiet <hours>', 'told nothing in these hours (22:00-07:00), or none')
    .option('--zone <zone>', 'whose clock the quiet hours go by (Europe/Berlin); yours unless told')
    .option('--quiet-days <day>', 'days on which they begin (mon,tue); repeatable', collect)
    .option('--quiet-except <severity>', 'what breaks through: critical unless told, or none; repeatable', collect)
    .option('--quiet-digest', 'what was held back is told as one message when they end')
    .option('--no-quiet-digest', 'what was held back is not told')
    .option('--per-hour <number>', 'single messages an hour, the rest is told as one; none for no limit');
}

function muteCommands(program: Command, run: Runner): void {
  program
    .command('mute')
    .argument('[target]', 'a provider, a page, or the address of an incident; none: show what is muted')
    .description('tell nobody of something for a while')
    .option('--incident <id or words>', 'only this incident: its id, or words of its title')
    .option('--component <glob>', 'only what touches this component and no other')
    .addOption(new Option('--for <time>', 'so long (30m, 2h, 3d)').argParser(longDuration))
    .option('--until-resolved', 'until it is resolved')
    .option('--json', 'what is muted, as one JSON document')
    .addHelpText(
      'after',
      '\nWithout --for and --until-resolved: an incident until it is resolved, anything else for 2 hours.',
    )
    .action(run(() => import('../commands/mute.ts')));

  program
    .command('unmute')
    .argument('[target...]', 'providers, pages, addresses of incidents, or ids of pingoru mute')
    .description('tell of it again, from now on')
    .option('--all', 'of everything')
    .action(run(() => import('../commands/unmute.ts')));
}

function outboxCommands(program: Command, run: Runner): void {
  program
    .command('log')
    .description('what was told, and what was held back and why, newest last')
    .option('--since <time>', 'only since then (2h, 3d, 2026-11-20)')
    .option('--channel <name>', 'only of this channel')
    .option('--group <name>', 'only of this group')
    .option('--held', 'only what was held back')
    .option('--json', 'one JSON document')
    .action(run(() => import('../commands/log.ts')));

  const outbox = program
    .command('outbox')
    .description('what channels are still owed: list, retry, drop')
    .helpCommand(false);
  const which = 'ids or channels; none: everything';

  outbox
    .command('list')
    .argument('[which...]', which)
    .description('show what is owed, why it still is, and when it is tried next')
    .option('--json', 'one JSON document')
    .action(run(() => import('../commands/outbox/list.ts')));

  outbox
    .command('retry')
    .argument('[which...]', which)
    .description('try now what waits for a retry or was given up')
    .addHelpText('after', '\nExit codes: 0 all was taken or is left to a running watch, 1 something was not taken.')
    .action(run(() => import('../commands/outbox/retry.ts')));

  outbox
    .command('drop')
    .argument('[which...]', which)
    .description('give up what is owed')
    .option('--yes', 'without asking')
    .action(run(() => import('../commands/outbox/drop.ts')));
}

const USUAL = `
As usual: about everything that is watched; minor, major and critical incidents; their opening, every update and their
end; maintenance when it is planned, 24 h and 1 h before it, and when it is done; at most 30 messages an hour.`;

/** `pingoru init`: a watch list from what the project in this folder depends on. Nothing is added without a yes. */
import { type CatalogueRow, findProvider, providersMentioned } from '../catalogue/index.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { readProject } from '../project.ts';
import type { Config } from '../record.ts';
import { canAsk, isAgreed } from './ask.ts';
import { EXIT } from './exit.ts';
import { type GlobalOptions, type Io, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';

interface Options extends GlobalOptions {
  yes?: boolean;
}

interface Proposal {
  row: CatalogueRow;
  /** What gave it away. */
  word: string;
  file: string;
}

export async function run(options: Options): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const { files, broken, mentions } = readProject(process.cwd());
  if (files.length === 0)
    throw new UsageError(
      'there is no project here: no package.json, requirements.txt, go.mod, Gemfile, compose or Terraform file',
    );
  const readable = files.filter((file) => !broken.includes(file));
  if (readable.length === 0) throw new ConfigError(allBroken(broken));
  for (const file of broken) io.note(`pingoru: ${file} is broken and was passed over`);
  const watched = (await store.config()).watch;
  const proposals = providersMentioned(mentions).filter(({ row }) => !watched.some((entry) => entry.url === row.url));
  if (proposals.length === 0) {
    const verb = readable.length === 1 ? 'names' : 'name';
    io.note(`nothing to add: ${readable.join(', ')} ${verb} no provider that is not on the watch list already`);
    return EXIT.ok;
  }
  await io.out(proposals.map(lineOf).join(''));
  if (!(await isWanted(options, io, proposals.length))) return EXIT.ok;
  await store.changeConfig((config) => addAll(config, proposals));
  io.note(`${proposals.length} on the watch list now; see them with: pingoru status`);
  return EXIT.ok;
}

function allBroken(files: readonly string[]): string {
  const [are, them] = files.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${files.join(', ')} ${are} broken, and nothing else here says what the project depends on; mend ${them} and run pingoru init again`;
}

function lineOf({ row, word, file }: Proposal): string {
  return `${row.id}  ${row.name}  ${row.url}  (${word} in ${file})\n`;
}

/** Without a terminal to ask on, only `--yes` is a yes. */
async function isWanted(options: Options, io: Io, count: number): Promise<boolean> {
  if (options.yes) return true;
  if (!canAsk(io)) {
    io.note('nothing was added; add them all with: pingoru init --yes');
    return false;
  }
  const agreed = await isAgreed(`Add these ${count} to the watch list?`, io);
  if (!agreed) io.note('nothing was added');
  return agreed;
}

function addAll(config: Config, proposals: readonly Proposal[]): void {
  for (const { row } of proposals)
    if (!config.watch.some((entry) => entry.url === row.url))
      config.watch.push({ url: row.url, name: null, provider: findProvider(row.id)!.id, platform: null });
}

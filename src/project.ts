/**
 * What a project depends on, read from the files that say so. Nothing is run and nothing leaves the machine: the answer
 * is words, each with the file it stands in, for the catalogue to recognise.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A word a file names a dependency by, in lower case (`clerk` of `@clerk/nextjs`), and that file. */
export interface Mention {
  word: string;
  file: string;
}

const MOST_BYTES = 5 * 1024 * 1024;

interface Reader {
  matches: (file: string) => boolean;
  /** The names a text mentions, as they stand there. May throw for a broken file. */
  names: (text: string) => string[];
}

// Checkouts are strangers', and so each pattern takes linear time. Blanks before a name are those of its own line: `\s`
// there would have every one of many empty lines read all that follow it.
const READERS: readonly Reader[] = [
  { matches: isNamed('package.json'), names: packageNames },
  { matches: isNamed('package-lock.json', 'npm-shrinkwrap.json'), names: lockNames },
  {
    matches: isNamed('yarn.lock', 'pnpm-lock.yaml'),
    names: (text) => ['npm', ...all(text, /^ {0,2}["'/]?(@?[\w.-]+(?:\/[\w.-]+)?)@/gm)],
  },
  {
    matches: (file) => /^requirements[\w.-]*\.txt$/.test(file),
    names: (text) => ['pypi', ...all(text, /^([A-Za-z][\w.-]*)/gm)],
  },
  { matches: isNamed('pyproject.toml', 'Pipfile', 'poetry.lock', 'uv.lock'), names: pythonNames },
  {
    matches: isNamed('go.mod'),
    names: (text) => all(text, /^[ \t]*(?:require\s+)?((?:[\w-]+\.)+[a-z]{2,}\/\S+)\s+v\d/gm),
  },
  {
    matches: isNamed('Gemfile', 'Gemfile.lock'),
    names: (text) => ['rubygems', ...all(text, /^[ \t]*gem\s+['"]([\w-]+)/gm), ...all(text, /^ {4}([\w-]+) \(/gm)],
  },
  { matches: isNamed('Cargo.toml'), names: (text) => ['cargo', ...all(text, /^([\w-]+)\s*=/gm)] },
  {
    matches: (file) => /^(?:docker-)?compose[\w.-]*\.ya?ml$/.test(file),
    names: (text) => all(text, /^[ \t]*image:\s*['"]?(\S+?)['"]?\s*$/gm).map(registryOf),
  },
  {
    matches: (file) => /^Dockerfile/.test(file),
    names: (text) => all(text, /^FROM\s+(?:--\S+\s+)?(\S+)/gim).map(registryOf),
  },
  {
    matches: (file) => file.endsWith('.tf'),
    names: (text) => [
      ...all(text, /^[ \t]*provider\s+"([\w-]+)"/gm),
      ...all(text, /^[ \t]*source\s*=\s*"([\w-]+\/[\w-]+)"/gm),
    ],
  },
  {
    matches: (file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file),
    names: (text) => ['github', ...all(text, /^[ \t]*(?:-\s+)?uses:\s*['"]?([\w-]+\/[\w./-]+)@/gm)],
  },
  {
    matches: (file) => /^\.env\.(?:example|sample|template|dist)$/.test(file),
    names: (text) => all(text, /^[ \t]*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=/gm).map(ownerOfVariable),
  },
  { matches: isNamed('.gitlab-ci.yml'), names: () => ['gitlab'] },
  { matches: isNamed('vercel.json'), names: () => ['vercel'] },
  { matches: isNamed('netlify.toml'), names: () => ['netlify'] },
  { matches: isNamed('fly.toml'), names: () => ['fly'] },
  { matches: isNamed('wrangler.toml', 'wrangler.jsonc', 'wrangler.json'), names: () => ['cloudflare'] },
  { matches: isNamed('firebase.json'), names: () => ['firebase'] },
];

/** The mentions in a folder, each word once, with the first file it was found in. `broken` are those that cannot be understood. */
export function readProject(folder: string): { files: string[]; broken: string[]; mentions: Mention[] } {
  const files = projectFiles(folder);
  const broken: string[] = [];
  const mentions = new Map<string, Mention>();
  for (const file of files) {
    const names = namesIn(folder, file);
    if (names === null) broken.push(file);
    for (const word of (names ?? []).flatMap(wordsOf)) if (!mentions.has(word)) mentions.set(word, { word, file });
  }
  return { files, broken, mentions: [...mentions.values()] };
}

function projectFiles(folder: string): string[] {
  const workflows = join('.github', 'workflows');
  const nested = existsSync(join(folder, workflows)) ? readdirSync(join(folder, workflows)) : [];
  const names = [...readdirSync(folder), ...nested.map((name) => `.github/workflows/${name}`)];
  return names
    .filter((name) => READERS.some((reader) => reader.matches(name)) && isReadable(join(folder, name)))
    .sort();
}

function isReadable(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true && stat.size <= MOST_BYTES;
}

/** Null for a file that cannot be read as what it should be. */
function namesIn(folder: string, file: string): string[] | null {
  const reader = READERS.find((one) => one.matches(file))!;
  try {
    return reader.names(readFileSync(join(folder, file), 'utf8').replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

/**
 * `@clerk/nextjs` is `clerk` and `clerk-nextjs`; `github.com/stripe/stripe-go/v76` is `stripe` and `stripe-go`;
 * `discord.js` is `discord-js`. A whole word counts, never a part of one.
 */
function wordsOf(name: string): string[] {
  const plain = name.toLowerCase().replace(/^@/, '').replace(/[._]/g, '-');
  const parts = plain
    .split('/')
    .filter((part) => part !== '' && !/^v\d+$/.test(part) && !/-(?:com|org|io|dev|in)$/.test(part));
  return [...new Set([...parts, parts.join('-')])];
}

function isNamed(...names: string[]): (file: string) => boolean {
  return (file) => names.includes(file);
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1]!);
}

function packageNames(text: string): string[] {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = JSON.parse(text) as Record<
    string,
    object
  >;
  return [
    'npm',
    ...[dependencies, devDependencies, peerDependencies, optionalDependencies].flatMap((one) => Object.keys(one ?? {})),
  ];
}

/** Direct dependencies only, where the lock file tells them: what they bring along is not the project's choice. */
function lockNames(text: string): string[] {
  const { packages } = JSON.parse(text) as { packages?: Record<string, unknown> };
  return ['npm', ...packageNames(JSON.stringify(packages?.[''] ?? {}))];
}

function pythonNames(text: string): string[] {
  return [
    'pypi',
    ...all(text, /^[ \t]*["']?([A-Za-z][\w.-]*)["']?\s*(?:=|[<>~!;[,"'])/gm),
    ...all(text, /["']([A-Za-z][\w.-]*)[ \t]*(?:\[[^\]"'\n]*\][ \t]*)?[<>=~!]/g),
    ...all(text, /^name = "([\w.-]+)"/gm),
  ];
}

/** Where an image comes from is what can be down: `ghcr.io/x/y` is GitHub's, a bare name Docker's. */
function registryOf(image: string): string {
  const host = image.split('/')[0]!;
  if (!host.includes('.') || !image.includes('/')) return 'docker';
  if (host === 'ghcr.io') return 'github';
  if (host === 'quay.io') return 'quay';
  if (host === 'registry.gitlab.com') return 'gitlab';
  if (host.endsWith('.amazonaws.com') || host === 'public.ecr.aws') return 'aws';
  if (host.endsWith('gcr.io') || host.endsWith('.pkg.dev')) return 'google-cloud';
  if (host.endsWith('.azurecr.io') || host === 'mcr.microsoft.com') return 'azure';
  return host === 'docker.io' ? 'docker' : host;
}

/** `NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY` is Clerk's: frameworks' prefixes go, then the first word stands. */
function ownerOfVariable(name: string): string {
  const own = name.replace(/^(?:NEXT_PUBLIC|VITE|REACT_APP|EXPO_PUBLIC|NUXT_PUBLIC|NUXT|PUBLIC|GATSBY)_/, '');
  return own.split('_')[0]!;
}

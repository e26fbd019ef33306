// Builds dist/ (or the folder named as argument) from src/cli.ts (or the entry named after it): one bundle in chunks, so
// that a command loads only what it needs, with the data and the licences beside it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { build } from 'esbuild';

// What packages load at their start and pingoru uses nothing of. Most would take up to three ms of every command, where an
// idle node takes fifty.
const SPARED = [
  // HTTP/2, which pingoru does not speak, and with it Node's.
  {
    by: /undici\/lib\//,
    what: /\/client-h2\.js$/,
    instead: "module.exports = () => { throw new Error('HTTP/2 is not built in') };",
  },
  // Node's own HTTP, for a default that pingoru sets itself, and to know bodies that it never sends.
  {
    by: /undici\/lib\/(?:core\/util|dispatcher\/client)\.js$/,
    what: /^node:http$/,
    instead: 'module.exports = { maxHeaderSize: 16384, IncomingMessage: class {} };',
  },
  // What `fetch` makes bodies of, and pingoru sends strings and bytes alone.
  {
    by: /undici\/lib\/dispatcher\/client-h1\.js$/,
    what: /\/web\/fetch\/body\.js$/,
    instead: "module.exports = { extractBody() { throw new Error('such bodies are not built in'); } };",
  },
  // Needed when an assertion fails, not to see that it holds.
  {
    by: /undici\/lib\//,
    what: /^node:assert$/,
    instead: "module.exports = (value, message) => { if (!value) require('node:assert')(value, message); };",
  },
  // conf's own way of writing, in whose place stands the store's. It also listens for signals, and sends each of them to the
  // process a second time, which ends a watch that was asked to stop before it has written what it delivered.
  {
    by: /conf\/dist\//,
    what: /^atomically$/,
    instead: "export function writeFileSync() { throw new Error('the store writes by itself'); }",
  },
  // Subcommands that are programs of their own.
  { by: /commander\/lib\//, what: /^node:child_process$/, instead: 'module.exports = {};' },
  // How many colours there are is found out in src/render/color.ts.
  { by: /chalk\/source\//, what: /^#supports-color$/, instead: 'export default { stdout: false, stderr: false };' },
];
const spared = {
  name: 'spared',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ importer, path }) => {
      const found = SPARED.find(({ by, what }) => by.test(importer) && what.test(path));
      return found && { path, namespace: 'spared', pluginData: found.instead };
    });
    build.onLoad({ filter: /./, namespace: 'spared' }, ({ pluginData }) => ({ contents: pluginData }));
  },
};

// Detection may ask every source, and opening forty files would take most of its time: they are built as two, the first of
// them what most pages are read by.
const USUAL = ['./incident-io.ts', './statuspage.ts'];
const sourcesInTwo = {
  name: 'sources-in-two',
  setup(build) {
    const table = [...readFileSync('src/sources/index.ts', 'utf8').matchAll(/import\('(.+?)'\)/g)].map(
      ([, path]) => path,
    );
    const groupOf = (path) => (USUAL.includes(path) ? 'usual' : 'others');
    build.onResolve({ filter: /^\.\// }, ({ kind, importer, path }) => {
      const inTable = kind === 'dynamic-import' && importer.endsWith(join('sources', 'index.ts'));
      return inTable ? { path: groupOf(path), namespace: 'sources' } : undefined;
    });
    build.onLoad({ filter: /./, namespace: 'sources' }, ({ path: group }) => {
      const paths = table.filter((path) => groupOf(path) === group);
      return { contents: paths.map((path) => `export * from '${path}';`).join('\n'), resolveDir: 'src/sources' };
    });
  },
};

// To find, read and link a file takes Node half a millisecond, and esbuild makes a file of every set of modules that some
// late imports share and others do not: more than thirty for one read of a page. Here what `needed` needs counts as needed by
// all late imports `of` those folders, and becomes one.
const TOGETHER = [
  {
    needed: ['src/commands/status.ts', 'src/sources/incident-io.ts', 'src/sources/statuspage.ts'],
    of: /^src\/(?:commands\/(?:watch|status|incidents|show|maintenance|detect|add)\.ts|sources\/)/,
  },
  { needed: ['src/commands/providers.ts'], of: /^src\/(?:commands|sources|render)\// },
  { needed: ['src/commands/exit.ts', 'src/errors.ts', 'src/version.ts'], of: /./ },
];
const together = {
  name: 'together',
  setup(build) {
    const files = readdirSync('src', { recursive: true }).map((file) => join('src', file));
    const late = new Set(files.filter((file) => file.endsWith('.ts')).flatMap(lateImports));
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const file = relative('.', path).replaceAll(sep, '/');
      const needed = late.has(file) ? TOGETHER.filter(({ of }) => of.test(file)).flatMap(({ needed }) => needed) : [];
      const imports = needed.filter((one) => one !== file).map((one) => `import ${JSON.stringify(resolve(one))};`);
      return { contents: [readFileSync(path, 'utf8'), ...imports].join('\n'), loader: 'ts' };
    });
  },
};

function lateImports(file) {
  const found = readFileSync(file, 'utf8').matchAll(/\bimport\('(\..+?)'\)/g);
  return [...found].map(([, path]) => join(dirname(file), path).replaceAll(sep, '/'));
}

const [outdir = 'dist', entry = 'src/cli.ts'] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [entry],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  minify: true,
  keepNames: false,
  legalComments: 'none',
  metafile: true,
  plugins: [spared, sourcesInTwo, together],
  // It ships helper programs beside its code, so it cannot be bundled.
  external: ['node-notifier'],
  define: { PINGORU_VERSION: JSON.stringify(version) },
  // Bundled CommonJS packages call require for Node's own modules, and for nothing else.
  banner: { js: 'const require=process.getBuiltinModule;' },
});

for (const file of ['providers.tsv', 'signals.tsv']) cpSync(join('src/catalogue', file), join(outdir, file));
mkdirSync(join(outdir, 'schemas'), { recursive: true });
for (const file of readdirSync('src/schemas')) cpSync(join('src/schemas', file), join(outdir, 'schemas', file));
writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), licences(Object.keys(metafile.inputs)));

/** The licence texts of the packages whose code is in the bundle. */
function licences(inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter(Boolean))].sort();
  return folders
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      const text = file ? readFileSync(join(folder, file), 'utf8') : `Licence: ${license}`;
      return `${name} ${version}\n${'-'.repeat(60)}\n${text.trim()}\n`;
    })
    .join('\n\n');
}

function packageFolder(input) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  return match && existsSync(join(match[1], 'package.json')) ? match[1] : null;
}

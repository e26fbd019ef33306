#!/usr/bin/env node
const [major, minor, patch] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && (minor < 18 || (minor === 18 && patch < 1)))) {
  process.stderr.write(`pingoru needs Node 20.18.1 or newer; this is ${process.versions.node}\n`);
  process.exitCode = 70;
} else {
  const { main } = await import('../dist/cli.js');
  process.exitCode = await main(process.argv.slice(2));
  // All that was to be done is done; a reader that takes nothing from a pipe must not keep the process.
  setTimeout(() => process.exit(), 500).unref();
}

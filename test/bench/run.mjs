/** `npm run bench`, or `npm run bench -- cold pass`: builds the program, measures, prints a table of ratios. */
import { execFileSync } from 'node:child_process';
import { cold } from './cold.mjs';
import { delivery } from './delivery.mjs';
import { latency } from './latency.mjs';
import { normalizing } from './normalize.mjs';
import { pass } from './pass.mjs';
import { platforms } from './platforms.mjs';

const MEASURES = { cold, normalizing, platforms, latency, pass, delivery };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(MEASURES, name));
if (unknown.length > 0) {
  console.error(`no measure is called ${unknown.join(', ')}; there are ${Object.keys(MEASURES).join(', ')}`);
  process.exit(64);
}

execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: 'inherit' });
console.log(`${'at most'.padStart(68)}  median ms, ours and theirs`);
for (const name of asked.length > 0 ? asked : Object.keys(MEASURES)) {
  for (const row of await MEASURES[name]()) {
    const over = row.value > row.target;
    if (over) process.exitCode = 1;
    console.log(lineOf(row, over));
  }
}

function lineOf({ name, value, target, times }, over) {
  const range = times?.range ? `  (ratios ${times.range.map((ratio) => ratio.toFixed(2)).join(' to ')})` : '';
  const words = times ? `${times.oursMs.toFixed(1)} / ${times.theirsMs.toFixed(1)}${range}` : '';
  return `${name.padEnd(50)} ${value.toFixed(2).padStart(7)}  ${String(target).padStart(7)}  ${over ? 'OVER  ' : ''}${words}`;
}

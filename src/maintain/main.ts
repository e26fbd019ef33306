/** The program behind `npm run catalogue:verify`. Arguments: a folder for what it finds, and a table other than ours. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rowsOf } from '../catalogue/index.ts';
import { openHttp } from '../http.ts';
import { version } from '../version.ts';
import { type Finding, patchOf, renderReport, reportOf, verifyRows } from './verify.ts';

const AT_ONCE = 6;
const TABLE = 'src/catalogue/providers.tsv';
const [folder = 'node_modules/.cache/pingoru-verify', tablePath = TABLE] = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
const findingsPath = join(folder, 'findings.jsonl');
const table = readFileSync(tablePath, 'utf8');
const rows = rowsOf(table);
const findings = new Map(earlierFindings().map((finding) => [finding.id, finding]));

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const http = openHttp({ version, env: process.env });
await verifyRows(rows, new Set(findings.keys()), { http, atOnce: AT_ONCE, onFinding: keep, signal: stop.signal });
await http.close();
if (process.stderr.isTTY) process.stderr.write('\n');

writeFileSync(join(folder, 'report.md'), renderReport(reportOf(rows, findings)));
writeFileSync(join(folder, 'providers.patch'), patchOf(table, TABLE, findings));
process.stdout.write(`${findings.size} of ${rows.length} pages asked; see ${folder}/report.md and providers.patch\n`);

/** An earlier run that was stopped is gone on with; delete the file to begin anew. */
function earlierFindings(): Finding[] {
  if (!existsSync(findingsPath)) return [];
  const lines = readFileSync(findingsPath, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Finding);
}

function keep(finding: Finding, done: number, all: number): void {
  findings.set(finding.id, finding);
  appendFileSync(findingsPath, `${JSON.stringify(finding)}\n`);
  if (process.stderr.isTTY)
    process.stderr.write(`\r${bar(done / all)} ${done} of ${all}  ${finding.id.padEnd(30).slice(0, 30)}`);
}

function bar(share: number): string {
  const filled = Math.round(share * 30);
  return `[${'#'.repeat(filled)}${'.'.repeat(30 - filled)}]`;
}

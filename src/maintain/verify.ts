/**
 * Asks every page of the catalogue what it is by now: served by which platform, moved where, gone, the same as another.
 * For maintainers, online: `npm run catalogue:verify`.
 */
import type { CatalogueRow } from '../catalogue/index.ts';
import { detectPage } from '../detect.ts';
import { FetchError, ParseError } from '../errors.ts';
import type { Http } from '../http.ts';

/** What one page turned out to be. `url` is where it is served now; `reason` says why it could not be told. */
export interface Finding {
  id: string;
  outcome: 'read' | 'gone' | 'undetected' | 'unreadable';
  url: string | null;
  platform: string | null;
  reason: string | null;
}

export interface VerifyDeps {
  http: Http;
  /** Pages asked at a time. */
  atOnce: number;
  onFinding: (finding: Finding, done: number, all: number) => void;
  signal: AbortSignal;
}

/** Looks at the rows that `known` has no finding for. Stops early, without losing a finding, when `signal` is aborted. */
export async function verifyRows(
  rows: readonly CatalogueRow[],
  known: ReadonlySet<string>,
  deps: VerifyDeps,
): Promise<void> {
  const waiting = rows.filter((row) => !known.has(row.id));
  let next = 0;
  let done = rows.length - waiting.length;
  const work = async () => {
    while (next < waiting.length && !deps.signal.aborted) {
      const finding = await lookAt(waiting[next++]!, deps.http);
      done += 1;
      deps.onFinding(finding, done, rows.length);
    }
  };
  await Promise.all(Array.from({ length: deps.atOnce }, work));
}

async function lookAt(row: CatalogueRow, http: Http): Promise<Finding> {
  try {
    const { page } = await detectPage(row.url, http);
    return { id: row.id, outcome: 'read', url: page.url, platform: page.platform, reason: null };
  } catch (error) {
    if (!(error instanceof FetchError || error instanceof ParseError)) throw error;
    return { id: row.id, outcome: outcomeOf(error), url: null, platform: null, reason: error.message };
  }
}

/** A name that no longer exists and a 410 are an end; all else may be a bad day. */
function outcomeOf(error: FetchError | ParseError): Finding['outcome'] {
  if (error.code === 'undetected') return 'undetected';
  return error.code === 'gone' || error.code === 'dns' ? 'gone' : 'unreadable';
}

export interface Report {
  learned: string[];
  changed: string[];
  moved: string[];
  gone: string[];
  duplicates: string[];
  undetected: string[];
  unreadable: string[];
}

/** What the findings say of the rows, a line each. */
export function reportOf(rows: readonly CatalogueRow[], findings: ReadonlyMap<string, Finding>): Report {
  const report: Report = {
    learned: [],
    changed: [],
    moved: [],
    gone: [],
    duplicates: [],
    undetected: [],
    unreadable: [],
  };
  const served = new Map<string, string>();
  for (const row of rows) {
    const finding = findings.get(row.id);
    if (!finding) continue;
    if (finding.outcome !== 'read') {
      report[finding.outcome].push(`${row.id}: ${row.url}: ${finding.reason}`);
      continue;
    }
    const { platform, url } = finding;
    if (row.platform === null) report.learned.push(`${row.id}: ${platform}`);
    else if (row.platform !== platform) report.changed.push(`${row.id}: ${row.platform} -> ${platform}`);
    if (isMoved(row, finding)) report.moved.push(`${row.id}: ${row.url} -> ${url}`);
    const twin = served.get(url!);
    if (twin) report.duplicates.push(`${row.id} and ${twin}: ${url}`);
    served.set(url!, row.id);
  }
  return report;
}

/** Another host is another address; a leading `www.` and a longer path are not. */
function isMoved(row: CatalogueRow, finding: Finding): boolean {
  const host = (url: string) => new URL(url).host.replace(/^www\./, '');
  return finding.url !== null && host(finding.url) !== host(row.url);
}

/** The report as Markdown. */
export function renderReport(report: Report): string {
  const parts = Object.entries(report).map(([title, lines]: [string, string[]]) => {
    const items = lines.map((line) => `- ${line}\n`).join('');
    return `## ${title} (${lines.length})\n\n${items || 'None.\n'}`;
  });
  return `# The catalogue, asked\n\n${parts.join('\n')}`;
}

/**
 * What to change in providers.tsv, as a patch for `git apply --unidiff-zero`: platforms learned or changed, addresses
 * moved, pages gone. Which of two duplicates goes is for a person to say.
 */
export function patchOf(table: string, path: string, findings: ReadonlyMap<string, Finding>): string {
  const hunks: string[] = [];
  let shift = 0;
  table.split('\n').forEach((line, index) => {
    const finding = findings.get(line.split('\t')[0] ?? '');
    const changed = finding && index > 0 ? changedLine(line, finding) : line;
    if (changed === line) return;
    const number = index + 1;
    if (changed === null) hunks.push(`@@ -${number} +${number - 1 + shift},0 @@\n-${line}\n`);
    else hunks.push(`@@ -${number} +${number + shift} @@\n-${line}\n+${changed}\n`);
    if (changed === null) shift -= 1;
  });
  return hunks.length === 0 ? '' : `--- a/${path}\n+++ b/${path}\n${hunks.join('')}`;
}

function changedLine(line: string, finding: Finding): string | null {
  if (finding.outcome === 'gone') return null;
  if (finding.outcome !== 'read') return line;
  const cells = line.split('\t');
  const row = { url: cells[2]! } as CatalogueRow;
  if (isMoved(row, finding)) cells[2] = finding.url!;
  cells[3] = finding.platform!;
  return cells.join('\t');
}

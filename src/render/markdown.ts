/** What `show --format markdown` prints: one incident as CommonMark, to paste into a ticket or a post-mortem. */
import type { Incident, Update } from '../model.ts';
import { cleanLine, cleanText, safeUrl } from '../text.ts';
import { changesByWay, countWords, labelOf, summarySentence, updateChanges, wordsOf } from '../words.ts';
import { momentWords, ownZone } from '../zone.ts';
import { componentWords, factsOf, type Shown } from './incident.ts';
import type { View } from './style.ts';

/** As `renderIncident`. Vendor text is escaped, so it makes no heading, link, image, mention or HTML; the one link is the vendor's page. */
export function renderIncidentMarkdown(shown: Shown, view: Pick<View, 'zone' | 'now'>): string {
  const { provider, incident } = shown;
  const summary = summarySentence(provider, incident, { now: view.now, zone: view.zone ?? ownZone() });
  const blocks = [
    `# ${escapeMarkdown(cleanLine(incident.title))}`,
    escapeMarkdown(summary),
    factsOf(shown, view).map(factLine).join('\n'),
    ...componentBlocks(incident),
    ...timelineBlocks(incident, view),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function factLine([label, value]: [string, string]): string {
  const url = label === 'Vendor' ? safeUrl(value) : null;
  return `- **${label}:** ${url === null ? escapeMarkdown(value) : `<${url}>`}`;
}

function componentBlocks({ components }: Incident): string[] {
  if (components.length === 0) return [];
  const lines = components.map((one) => `- ${escapeMarkdown(labelOf(one))}: ${componentWords(one)}`);
  return [`## Affected: ${countWords(components.length, 'component')}`, lines.join('\n')];
}

function timelineBlocks(incident: Incident, view: Pick<View, 'zone'>): string[] {
  if (incident.updates.length === 0) return [];
  const posts = incident.updates.flatMap((update) => updateBlocks(incident, update, view));
  return [`## Timeline: ${countWords(incident.updates.length, 'update')}`, ...posts];
}

function updateBlocks(incident: Incident, update: Update, view: Pick<View, 'zone'>): string[] {
  const body = cleanText(update.body).trim();
  const changes = changesByWay(updateChanges(incident, update)).map((line) => `- ${escapeMarkdown(line)}`);
  return [
    `### ${momentWords(update.at, view.zone)}: ${wordsOf(update.status)}`,
    ...(body === '' ? [] : [paragraphs(body)]),
    ...(changes.length === 0 ? [] : [changes.join('\n')]),
  ];
}

/** Each line stays a line, by a backslash before its end. */
function paragraphs(body: string): string {
  return body
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.split('\n').map(escapeMarkdown).join('\\\n'))
    .join('\n\n');
}

/**
 * One line that any Markdown shows as the text it is. Besides punctuation it defuses what is linked without any: bare
 * addresses, and names after an @, which on code forges would call people.
 */
export function escapeMarkdown(line: string): string {
  return line
    .trim()
    .replace(/[\\`*_[\]<#|~$]|&(?=#?\w+;)/g, '\\$&')
    .replace(/^([-+=>])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\b(www)\./gi, '$1\\.')
    .replace(/@(?=\w)/g, '@\u2060');
}

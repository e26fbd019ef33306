/**
 * The HTML part of a mail. Mail programs know tables and inline styles, half of them nothing else; so all that matters is
 * said so, and what stands in `style` (dark colours) may be dropped. Nothing in it is fetched from anywhere.
 */
import type { Standing } from '../channel.ts';
import type { Severity } from '../model.ts';
import { attribute, entities } from '../outgoing.ts';
import { type Letter, SIGNATURE } from './email-letter.ts';
import { linkWords } from './wording.ts';

/** Of the bar; of words on white, and on black: each is told from its ground at 4.5 to 1. */
const COLOURS = {
  info: ['#64748b', '#475569', '#cbd5e1'],
  good: ['#16a34a', '#15803d', '#4ade80'],
  minor: ['#d97706', '#92580a', '#fbbf24'],
  major: ['#ea580c', '#c2410c', '#fb923c'],
  critical: ['#dc2626', '#b91c1c', '#f87171'],
  maintenance: ['#2563eb', '#1d4ed8', '#93c5fd'],
  unknown: ['#64748b', '#475569', '#cbd5e1'],
} satisfies Record<Severity, [bar: string, onWhite: string, onBlack: string]>;

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
/** A word without an end must not make the page wider than the screen. */
const WRAP = 'overflow-wrap:anywhere;word-break:break-word';
const INK = '#1f2937';
const GREY = '#5b6472';

const DARK = [
  '.page{background:#111418!important}',
  '.card{background:#1c2127!important;border-color:#343b45!important}',
  '.ink{color:#e8eaed!important}',
  '.grey{color:#aab2bd!important}',
  '.line{border-color:#343b45!important}',
  '.button{background:#e8eaed!important}',
  '.button a{color:#111418!important}',
  ...Object.entries(COLOURS).map(([severity, [, , onBlack]]) => `.${severity}{color:${onBlack}!important}`),
].join('');

export function htmlOf(letter: Letter): string {
  const { severity, line } = letter;
  const inner = [headOf(letter), bodyOf(letter), factsOf(letter), rowsOf(letter.rows), itemsOf(letter), linkOf(letter)];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">',
    `<title>${entities(letter.heading)}</title>`,
    `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${DARK}}</style></head>`,
    '<body class="page" style="margin:0;padding:0;background:#f1f3f5">',
    // What a list of mails shows beside the subject.
    `<div style="display:none;max-height:0;overflow:hidden">${entities(line)}</div>`,
    table('class="page" width="100%" style="background:#f1f3f5"'),
    '<tr><td align="center" style="padding:16px 8px">',
    table('class="card" width="100%" style="max-width:600px;background:#ffffff;border:1px solid #dde1e6"'),
    `<tr><td style="height:6px;line-height:6px;font-size:0;background:${COLOURS[severity][0]}">&nbsp;</td></tr>`,
    `<tr><td style="padding:20px 24px 24px;${FONT}">`,
    ...inner.filter((part) => part !== ''),
    '</td></tr></table>',
    `<p class="grey" style="margin:12px 8px 0;${FONT};font-size:12px;line-height:18px;color:${GREY}">${SIGNATURE}</p>`,
    '</td></tr></table>',
    '</body></html>',
    '',
  ].join('\n');
}

function table(attributes: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" ${attributes}>`;
}

function headOf({ provider, severity, standing, heading, line }: Letter): string {
  const [, onWhite] = COLOURS[severity];
  return [
    `<p style="margin:0;font-size:13px;line-height:20px;${WRAP}">`,
    `<span class="grey" style="color:${GREY}">${entities(provider)} &middot; </span>`,
    `<span class="${severity}" style="color:${onWhite};font-weight:bold">${entities(standing)}</span></p>`,
    `<h1 class="ink" style="margin:4px 0 12px;font-size:20px;line-height:27px;color:${INK};${WRAP}">${entities(heading)}</h1>`,
    paragraph(entities(line)),
  ].join('');
}

function paragraph(html: string): string {
  return `<p class="ink" style="margin:0 0 12px;font-size:15px;line-height:23px;color:${INK};${WRAP}">${html}</p>`;
}

function bodyOf({ body, severity }: Letter): string {
  if (body.length === 0) return '';
  const paragraphs = body.map((lines) => paragraph(lines.map(entities).join('<br>')));
  return [
    table('width="100%" style="margin:4px 0 12px"'),
    `<tr><td style="border-left:3px solid ${COLOURS[severity][0]};padding:2px 0 0 14px">${paragraphs.join('')}</td></tr></table>`,
  ].join('');
}

const CELL = `padding:7px 0;border-top:1px solid #e5e8ec;font-size:14px;line-height:20px;vertical-align:top;${WRAP}`;

function factsOf({ facts }: Letter): string {
  const rows = facts.map(
    ({ label, value }) =>
      `<tr><td class="grey line" width="30%" style="${CELL};padding-right:12px;color:${GREY}">${entities(label)}</td>` +
      `<td class="ink line" style="${CELL};color:${INK}">${entities(value)}</td></tr>`,
  );
  return rows.length === 0 ? '' : `${table('width="100%" style="margin:8px 0 0"')}${rows.join('')}</table>`;
}

function rowsOf(rows: readonly Standing[]): string {
  const cells = rows.map(
    ({ label, status, severity }) =>
      `<tr><td class="ink line" style="${CELL};padding-right:12px;color:${INK}">${entities(label)}</td>` +
      `<td class="${severity} line" align="right" style="${CELL};color:${COLOURS[severity][1]}">${entities(status)}</td></tr>`,
  );
  return rows.length === 0 ? '' : `${table('width="100%" style="margin:16px 0 0"')}${cells.join('')}</table>`;
}

function itemsOf({ items }: Letter): string {
  const rows = items.map((item) => `<tr><td class="ink line" style="${CELL};color:${INK}">${entities(item)}</td></tr>`);
  return rows.length === 0 ? '' : `${table('width="100%" style="margin:8px 0 0"')}${rows.join('')}</table>`;
}

function linkOf({ url, isCut }: Letter): string {
  if (url === null) return '';
  const style = `display:inline-block;padding:9px 18px;font-size:14px;line-height:20px;color:#ffffff;text-decoration:none`;
  return [
    table('style="margin:20px 0 0"'),
    `<tr><td class="button" style="background:${INK};border-radius:5px">`,
    `<a href="${attribute(url)}" style="${style}">${linkWords(isCut)}</a></td></tr></table>`,
  ].join('');
}

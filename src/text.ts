/** Vendor text is hostile: it is cleaned here, once, before it becomes part of the model. */

// Escape sequences, then what is left of the control, bidi, tag and line-separator characters.
const SEQUENCES = /\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)?|[ -~])/g;
const FORBIDDEN =
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028\u2029\u202A-\u202E\u2060\u2066-\u2069\uFEFF\uFFF9-\uFFFB]|\u{E0001}|[\u{E0020}-\u{E007F}]/u;

/** Several lines of plain text: no escape sequence, control, bidi or lone surrogate left; line ends are `\n`. */
export function cleanText(text: string): string {
  if (!FORBIDDEN.test(text) && text.isWellFormed()) return text;
  return text
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n')
    .replace(/\t/g, ' ')
    .replace(SEQUENCES, '')
    .replace(new RegExp(FORBIDDEN, 'gu'), '')
    .toWellFormed();
}

/** As `cleanText`, on one line: for titles and names. */
export function cleanLine(text: string): string {
  const clean = cleanText(text);
  return /^\s|\s$|[^\S ]|\s\s/.test(clean) ? clean.replace(/\s+/g, ' ').trim() : clean;
}

/** A vendor's body, an HTML fragment, Markdown or plain, to plain text. Links keep their words. */
export function plainText(body: string): string {
  const text = body.includes('<') || body.includes('&') ? stripMarkup(body) : body;
  return cleanText(text).trim();
}

function stripMarkup(html: string): string {
  return html
    .replace(/<(?:br|\/p|\/div|\/li|\/h[1-6]|\/tr)\b[^>]*>/gi, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#0?39;|&apos;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\n{3,}/g, '\n\n');
}

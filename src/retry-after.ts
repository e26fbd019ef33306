/** How long a server asks to be left alone, in polling and in delivery alike. */

/** The longest `Retry-After` that is believed, and so the longest wait there is. */
export const LONGEST_WAIT_MS = 30 * 24 * 3_600_000;

/**
 * What a `Retry-After` asks for, from now. Seconds, or an HTTP date that is read against the reply's own `Date`, so that
 * neither clock has to be right. Null for anything else (V8 would read `120`, `-5` and `1.5` as dates), and for seconds
 * beyond reason; at most 30 days. https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function parseRetryAfter(value: string | undefined, replyDate: string | undefined, now: Date): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, LONGEST_WAIT_MS);
  const until = parseHttpDate(text);
  if (until === null) return null;
  const from = parseHttpDate(replyDate?.trim() ?? '') ?? now.getTime();
  return Math.min(Math.max(0, until - from), LONGEST_WAIT_MS);
}

const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function parseHttpDate(text: string): number | null {
  const match = IMF_FIXDATE.exec(text);
  if (!match) return null;
  const [, day, name, year, hour, minute, second] = match;
  const month = MONTHS.indexOf(name!);
  const time = Date.UTC(+year!, month, +day!, +hour!, +minute!, +second!);
  const valid = month >= 0 && new Date(time).getUTCDate() === +day! && +hour! < 24 && +minute! < 60 && +second! <= 60;
  return valid ? time : null;
}

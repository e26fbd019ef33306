/** Which incident is meant: by its address, its id, or words of its title. */
import { findProvider, nearest } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import type { Incident, Provider } from '../model.ts';
import { isClosed, isOpen, isUnderWay, newestFirst } from '../normalize.ts';
import { splitIncidentAddress } from '../sources/incident-paths.ts';

/** What is looked for: `text` as it was typed, or what its address names an incident by. */
export interface Wanted {
  text: string;
  /** Null where it was not given by an address. */
  address: { whole: string; tail: string } | null;
}

/** Words for an incident, beside a target. */
export function wantedBy(text: string): Wanted {
  return { text, address: null };
}

/** The page and the incident that an address names; any other word is all target. */
export function splitAddress(word: string, words: string | null): { target: string; wanted: Wanted | null } {
  if (words !== null) return { target: word, wanted: wantedBy(words) };
  const split = BEGINS_WITH_HOST.test(word) ? splitIncidentAddress(word) : null;
  if (split === null) return { target: word, wanted: null };
  return { target: split.page, wanted: { text: split.id, address: { whole: word, tail: split.tail } } };
}

/** Without a scheme, what has no dot before its first slash is no host. */
const BEGINS_WITH_HOST = /^(?:https?:\/\/|(?:localhost|\[[^\s/\]]+\]|[^\s/?#]*\.[^\s/?#]*?)(?::\d+)?[/?#])/i;

/** Of what is planned, the first: newest first, it is the last. */
function soonest(newestFirst: readonly Incident[]): Incident | null {
  return newestFirst.findLast((one) => !isClosed(one.status)) ?? null;
}

/** By id, by the end of its address, by words of its title; without any, the newest open one or else the newest. */
export function chooseIncident(
  incidents: readonly Incident[],
  wanted: Wanted | null,
  provider: Provider,
  now: Date,
): Incident | null {
  const sorted = newestFirst(incidents);
  if (wanted === null) {
    const real = sorted.filter((one) => one.kind === 'incident');
    return (
      real.find((one) => isOpen(one, now)) ?? real[0] ?? sorted.find(isUnderWay) ?? soonest(sorted) ?? sorted[0] ?? null
    );
  }
  const found = findIncident(sorted, wanted);
  if (found) return found;
  const near = nearest(
    wanted.text,
    sorted.map((one) => one.title),
  ).slice(0, 3);
  const hint =
    near.length > 0
      ? `nearest: ${near.join(' | ')}`
      : `list them with: pingoru incidents ${findProvider(provider.id) ? provider.id : provider.url}`;
  throw new UsageError(`${provider.name} lists no incident "${wanted.text}"; ${hint}`);
}

/** The first that has the address or the id; by words, also the first that has the end of an address or these in its title. */
export function findIncident<T extends Pick<Incident, 'id' | 'url' | 'title'>>(
  incidents: readonly T[],
  { text, address }: Wanted,
): T | undefined {
  const words = text.toLowerCase().replace(/\s+/g, ' ').trim();
  const endsWith = (end: string) => incidents.find((one) => comparable(one.url).endsWith(comparable(end)));
  const byId = () => incidents.find((one) => one.id === text) ?? endsWith(`/${words}`);
  // A copy of a page lists incidents with the addresses of the original, of which the end is the same.
  if (address)
    return (
      incidents.find((one) => comparable(one.url) === comparable(address.whole)) ?? endsWith(address.tail) ?? byId()
    );
  return byId() ?? incidents.find((one) => one.title.toLowerCase().includes(words));
}

/** An address without what tells no incident from another: scheme, case, a last slash. */
export function comparable(url: string): string {
  return url
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
    .toLowerCase();
}

/** Which incident is meant: by its address, its id, or words of its title. */
import { findProvider, nearest } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import type { Incident, Provider } from '../model.ts';
import { isClosed, isOpen, isUnderWay, newestFirst } from '../normalize.ts';

/** The address of an incident is its page's address, `/incidents/` or `/incident/` or `/maintenance/`, and its id. */
export function splitAddress(word: string, wanted: string | null): { target: string; wanted: string | null } {
  const match =
    /^(https?:\/\/[^?#]+?)\/(?:incidents?|maintenances?|notices|events\/(?:report|maintenance)|issues)\/([^/?#]+)\/?(?:[?#].*)?$/i.exec(
      word,
    );
  if (!match || wanted !== null || /\.(?:json|atom|rss|xml)$/.test(word)) return { target: word, wanted };
  return { target: match[1]!, wanted: match[2]! };
}

/** Of what is planned, the first: newest first, it is the last. */
function soonest(newestFirst: readonly Incident[]): Incident | null {
  return newestFirst.findLast((one) => !isClosed(one.status)) ?? null;
}

/** By id, by the end of its address, by words of its title; without any, the newest open one or else the newest. */
export function chooseIncident(
  incidents: readonly Incident[],
  wanted: string | null,
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
    wanted,
    sorted.map((one) => one.title),
  ).slice(0, 3);
  const hint =
    near.length > 0
      ? `nearest: ${near.join(' | ')}`
      : `list them with: pingoru incidents ${findProvider(provider.id) ? provider.id : provider.url}`;
  throw new UsageError(`${provider.name} lists no incident "${wanted}"; ${hint}`);
}

/** The first that has the id, the end of the address, or else the words in its title. */
export function findIncident<T extends Pick<Incident, 'id' | 'url' | 'title'>>(
  incidents: readonly T[],
  wanted: string,
): T | undefined {
  const text = wanted.toLowerCase().replace(/\s+/g, ' ').trim();
  return (
    incidents.find((one) => one.id === wanted || one.url.toLowerCase().endsWith(`/${text}`)) ??
    incidents.find((one) => one.title.toLowerCase().includes(text))
  );
}

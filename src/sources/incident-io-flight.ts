/**
 * The page's HTML holds the data it was drawn from as flight text (flight.ts). The objects are those of the page's own
 * documents. Part of the incident-io source.
 */
import { flightText, valueFinder } from '../flight.ts';
import { isObject, type RawObject } from '../raw.ts';

export interface EmbeddedPage {
  summary: RawObject;
  /** Of late, closed ones too, where the page shows them; empty elsewhere. */
  incidents: RawObject[];
}

/** What the page was drawn from; null when it is no such page. */
export function embeddedPage(html: string): EmbeddedPage | null {
  const find = valueFinder(flightText(html));
  const summary = find('summary', (value) => isObject(value) && 'ongoing_incidents' in value);
  if (!isObject(summary)) return null;
  const incidents = find('incidents', (value) => Array.isArray(value) && value.every(isIncident));
  return { summary, incidents: Array.isArray(incidents) ? incidents.filter(isObject) : [] };
}

function isIncident(value: unknown): boolean {
  return isObject(value) && Array.isArray(value.updates);
}

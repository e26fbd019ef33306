/** `pingoru maintenance`: what is in progress and what is planned. */
import { isClosed } from '../normalize.ts';
import { type ReadingOptions, withContext } from './context.ts';
import { listIncidents } from './incidents.ts';

export function run(options: ReadingOptions, words: string[]): Promise<number> {
  const asked: ReadingOptions = { ...options, kind: 'maintenance' };
  return withContext(asked, words, { oneShot: true }, (context) =>
    listIncidents(context, options.json === true, (incident) => !isClosed(incident.status), 'maintenance'),
  );
}

/** The events that `group test` is about: lines of `watch --json`, or what the page of an incident says of it now. */
import { readFileSync } from 'node:fs';
import { compare } from '../../diff.ts';
import { UsageError } from '../../errors.ts';
import { type EventJson, eventFromJson } from '../../json.ts';
import { messageOf } from '../../message.ts';
import type { StatusEvent } from '../../model.ts';
import { readTarget } from '../../open.ts';
import { isObject } from '../../raw.ts';
import { emptyRecord } from '../../record.ts';
import { readInput } from '../ask.ts';
import { type ReadingOptions, withContext } from '../context.ts';
import { chooseIncident, splitAddress } from '../find-incident.ts';

const MOST_CHARACTERS = 8_000_000;

/** Throws UsageError for what is no event. */
export async function readEvents(source: string, options: ReadingOptions): Promise<StatusEvent[]> {
  if (/^https?:\/\//i.test(source)) return [await eventOfPage(source, options)];
  const text = source === '-' ? await readInput(MOST_CHARACTERS) : readFile(source);
  const lines = isWhole(text) ? [text] : text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0)
    throw new UsageError(`${nameOf(source)} is empty; it must hold an event, as watch --json prints one`);
  return lines.map((line) => eventOf(line, source));
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function nameOf(source: string): string {
  return source === '-' ? 'standard input' : source;
}

/** One event over several lines, as a program may have laid it out. */
function isWhole(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function eventOf(line: string, source: string): StatusEvent {
  try {
    const json: unknown = JSON.parse(line);
    if (!isObject(json) || json.schemaVersion !== 1 || typeof json.type !== 'string' || !isObject(json.provider))
      throw new SyntaxError('it is no event');
    const event = eventFromJson(json as unknown as EventJson);
    if (Number.isNaN(event.at.getTime())) throw new SyntaxError('its time is none');
    // What can be told can be judged.
    messageOf(event);
    return event;
  } catch {
    throw new UsageError(
      `${nameOf(source)} holds something else than an event; it must be a line as watch --json prints it`,
    );
  }
}

/** The last thing that happened to the incident of that address, or to the page's latest. */
async function eventOfPage(address: string, options: ReadingOptions): Promise<StatusEvent> {
  const { target, wanted } = splitAddress(address, null);
  return withContext(options, [target], { oneShot: true }, async (context) => {
    const { opened, read } = await readTarget(context.targets[0]!, 'recent', context);
    const { provider } = opened;
    const now = context.now();
    const snapshot = read.snapshot!;
    const incident = chooseIncident(snapshot.incidents, wanted, provider, now);
    if (!incident) throw new UsageError(`${provider.name} lists no incident of late (${provider.url})`);
    const nothingYet = { ...emptyRecord(provider), readAt: new Date(0).toISOString(), history: true };
    const { events } = compare(nothingYet, { ...snapshot, components: [], incidents: [incident] }, provider, now);
    return events.findLast((event) => event.incident !== null)!;
  });
}

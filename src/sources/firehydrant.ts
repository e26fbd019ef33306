/**
 * FireHydrant status pages: `data/payload.json`, the one document behind the page, with the whole history in it. There is
 * no public description; the shape is that of a recorded page.
 *
 * An incident is open until its `timestamps.resolved` is set. What components do now is nowhere said: they are well
 * unless an open incident names them, as the page itself shows it. The address of an incident's own page is not known for
 * sure, so links lead to the page; neither is how planned work looks ahead of time, so what starts after the reply was
 * sent is planned.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type {
  Component,
  ComponentStatus,
  Get,
  Impact,
  Incident,
  Kind,
  Page,
  Phase,
  Reply,
  Snapshot,
  Source,
  Update,
} from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById, withTroubles } from '../normalize.ts';
import {
  asObject,
  asObjects,
  asText,
  demandObjects,
  isObject,
  parseJsonObject,
  type RawObject,
  tryJsonObject,
} from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime, parseRfcTime } from '../time.ts';
import { demandId } from './entry-id.ts';

const PAYLOAD = 'data/payload.json';
/** Pages keep a thousand incidents of years; more of those that are over than these are not news. */
const MOST_CLOSED = 50;

export const firehydrant = {
  name: 'firehydrant',
  title: 'FireHydrant',
  docs: 'https://docs.firehydrant.com/docs/status-pages',
  lists: 'recent',
  endpoints: [PAYLOAD],
  probe: PAYLOAD,
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (!reply.text.includes('"companyName"')) return false;
  const json = tryJsonObject(reply);
  return json !== null && isPayload(json);
}

function isPayload(json: RawObject): boolean {
  const { config, conditions, components, incidents } = json;
  if (!isObject(config) || typeof config.companyName !== 'string' || !isObject(conditions)) return false;
  return Array.isArray(components) && Array.isArray(incidents);
}

async function read(page: Page, get: Get): Promise<Snapshot | null> {
  const reply = await get(PAYLOAD, { accept: 'json', conditional: true });
  return reply.status === 304 ? null : parse(reply, page);
}

/** What reading an incident takes. `now` is when the reply was sent, null when it does not say. */
interface View {
  statusOf: (condition: unknown) => ComponentStatus;
  names: readonly Component[];
  url: string;
  now: Date | null;
}

function parse(reply: Reply, page: Page): Snapshot {
  const json = parseJsonObject(reply);
  if (!isPayload(json)) throw new ParseError('shape', reply.url, 'the reply is no payload of a FireHydrant page');
  const named = uniqueById(demandObjects(json, 'components', reply.url).flatMap(toComponent));
  const view = {
    statusOf: conditionReader(json.conditions),
    names: named,
    url: page.url,
    now: parseRfcTime(reply.headers.date),
  };
  const incidents = recentOf(demandObjects(json, 'incidents', reply.url)).map((raw) =>
    toIncident(raw, view, reply.url),
  );
  const components = withTroubles(named, incidents);
  const state = pageState(null, components, incidents);
  const config = asObject(json.config);
  return {
    name: asLine(config.companyName) ?? asLine(config.title),
    state,
    // The only sentence the page has is the one for when all is well.
    description: state === 'operational' ? (asLine(config.operationalMessage) ?? '') : '',
    components,
    incidents: newestFirst(uniqueById(incidents)),
    lists: 'recent',
  };
}

function toComponent(raw: RawObject): Component[] {
  const id = asLine(raw.id);
  return id === null ? [] : [{ id, name: asLine(raw.name) ?? id, group: asLine(raw.group), status: 'operational' }];
}

/** Every page names its conditions as it likes, and says what each comes down to. */
function conditionReader(conditions: unknown): View['statusOf'] {
  const meanings = new Map(Object.entries(asObject(conditions)));
  return (condition) => CONDITIONS.get(meanings.get(asText(condition) ?? '') ?? condition) ?? 'unknown';
}

const CONDITIONS = new Map<unknown, ComponentStatus>([
  ['OPERATIONAL', 'operational'],
  ['DEGRADED', 'degraded_performance'],
  ['OFFLINE', 'major_outage'],
]);

/** What is open, and the newest of what is over. */
function recentOf(incidents: readonly RawObject[]): RawObject[] {
  const dated = incidents.map((raw) => ({
    raw,
    end: parseIsoTime(asObject(raw.timestamps).resolved)?.getTime() ?? null,
  }));
  const closed = dated.filter(({ end }) => end !== null).sort((a, b) => b.end! - a.end!);
  return [...dated.filter(({ end }) => end === null), ...closed.slice(0, MOST_CLOSED)].map(({ raw }) => raw);
}

function toIncident(raw: RawObject, view: View, url: string): Incident {
  const id = demandId(raw, url);
  const kind: Kind = raw.severitySlug === 'MAINTENANCE' ? 'maintenance' : 'incident';
  const times = asObject(raw.timestamps);
  const startedAt = parseIsoTime(times.started) ?? parseIsoTime(times.detected);
  const resolvedAt = parseIsoTime(times.resolved);
  const planned = kind === 'maintenance' && startedAt !== null && view.now !== null && startedAt > view.now;
  const { updates, reached } = readTimeline(raw, id, kind, startedAt);
  const status = resolvedAt ? closing(kind) : planned ? 'scheduled' : reached;
  return buildIncident({
    id,
    kind,
    title: asLine(raw.title) ?? id,
    url: view.url,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : (IMPACTS.get(raw.severitySlug) ?? 'unknown'),
    startedAt,
    resolvedAt,
    scheduledFor: kind === 'maintenance' ? startedAt : null,
    components: toAffected(raw, kind, status, view),
    updates,
  });
}

const IMPACTS = new Map<unknown, Impact>([
  ['SEV1', 'critical'],
  ['SEV2', 'major'],
  ['SEV3', 'minor'],
  ['SEV4', 'minor'],
  ['SEV5', 'minor'],
]);

function closing(kind: Kind): Phase {
  return kind === 'maintenance' ? 'completed' : 'resolved';
}

/** Conditions stay on an incident that is over, and then only tell what it was like. */
function toAffected(raw: RawObject, kind: Kind, status: Phase, view: View) {
  const statusOf = (condition: unknown) => (kind === 'maintenance' ? 'under_maintenance' : view.statusOf(condition));
  const named = asObjects(raw.components).flatMap((one) =>
    toComponent(one).map((component) => ({ ...component, status: statusOf(one.condition) })),
  );
  const affected = named.length > 0 ? named : byName(asObject(raw.componentConditions), statusOf, view);
  return uniqueById(affected).map((component) => {
    if (isClosed(status)) return { ...component, status: 'operational' as const, worstStatus: component.status };
    return status === 'scheduled' ? { ...component, status: 'unknown' as const } : component;
  });
}

function byName(conditions: RawObject, statusOf: View['statusOf'], view: View): Component[] {
  return Object.entries(conditions).flatMap(([key, condition]) => {
    const name = asLine(key);
    if (name === null) return [];
    const known = view.names.find((component) => component.name === name) ?? { id: name, name, group: null };
    return [{ ...known, status: statusOf(condition) }];
  });
}

/**
 * Oldest first, and the phase reached in the end. The time an entry was written at is unique to the microsecond, and stays
 * when its words are edited. A change of phase is mostly followed by a post within the minute, so it is none by itself; a
 * post without a mark is of the phase reached by then. What comes before a maintenance announces it.
 */
function readTimeline(raw: RawObject, id: string, kind: Kind, startedAt: Date | null) {
  const entries = asObjects(raw.timeline).flatMap((entry) => toEntry(entry, id));
  entries.sort((a, b) => a.at.getTime() - b.at.getTime() || a.written.localeCompare(b.written));
  let reached: Phase = kind === 'maintenance' ? 'in_progress' : 'investigating';
  const updates = entries.flatMap(({ mark, body, at, updateId }): Update[] => {
    const phase = mark === null ? reached : phaseOf(mark, kind);
    if (phase !== 'unknown') reached = phase;
    const ahead = kind === 'maintenance' && startedAt !== null && at < startedAt && !isClosed(phase);
    return body === '' ? [] : [{ id: updateId, status: ahead ? 'scheduled' : phase, at, body, components: [] }];
  });
  return { updates: uniqueById(updates), reached };
}

interface Entry {
  updateId: string;
  at: Date;
  /** As it stands, for the order of entries of one moment. */
  written: string;
  /** The word for a phase that it bears; null where it bears none. */
  mark: string | null;
  body: string;
}

function toEntry(raw: RawObject, id: string): Entry[] {
  const details = asObject(raw.details);
  const words = asText(details.note) ?? asText(asObject(details.note).note) ?? '';
  const milestone = asText(asObject(details.milestoneUpdate).currentMilestone);
  const at = parseIsoTime(raw.occurredAt) ?? parseIsoTime(raw.time);
  if (at === null || (words.trim() === '' && milestone === null)) return [];
  const written = asText(raw.time) ?? '';
  const key = written === '' ? [at, plainText(words), milestone] : [written, asText(details['@type'])];
  const note = readNote(words);
  return [{ updateId: syntheticId(id, ...key), at, written, mark: note.mark ?? milestone, body: plainText(note.body) }];
}

// Posts brought over from another platform begin with `➡️ **Identified** — `, some of today's with `Resolved - `.
const IMPORTED = /^\s*➡\uFE0F?\s*\*\*([A-Za-z ]{1,30})\*\*\s*[—–-]\s*/;
const TYPED = /^\s*(Investigating|Identified|Monitoring|Mitigated|Resolved)\s[—–-]\s/;

function readNote(words: string): { mark: string | null; body: string } {
  const imported = IMPORTED.exec(words);
  if (imported) return { mark: imported[1]!, body: words.slice(imported[0].length) };
  return { mark: TYPED.exec(words)?.[1] ?? null, body: words };
}

const MILESTONES = new Map<string, Phase>([
  ['started', 'investigating'],
  ['detected', 'investigating'],
  ['acknowledged', 'investigating'],
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['mitigated', 'monitoring'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['closed', 'resolved'],
  ['postmortem_started', 'resolved'],
  ['postmortem_completed', 'postmortem'],
  ['retrospective_started', 'resolved'],
  ['retrospective_completed', 'postmortem'],
]);

/** Maintenance goes through the milestones of an incident: it is either going on or over. */
function phaseOf(word: string, kind: Kind): Phase {
  const phase = MILESTONES.get(word.toLowerCase()) ?? 'unknown';
  if (kind === 'incident' || phase === 'unknown') return phase;
  return isClosed(phase) ? 'completed' : 'in_progress';
}

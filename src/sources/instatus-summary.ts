/**
 * `summary.json`, what is open now and the page's own word for its state; `components.json`; and the feed's notices joined
 * with both. Lists without anything in them are left out of a summary. Part of the instatus source.
 */
import { ParseError } from '../errors.ts';
import type { Component, Page, Phase, Snapshot } from '../model.ts';
import { type IncidentDraft, isClosed, uniqueById } from '../normalize.ts';
import { asObject, asObjects, asText, demandObjects, isObject, type RawObject } from '../raw.ts';
import { safeUrl } from '../text.ts';
import {
  baseAddress,
  incidentDraft,
  maintenanceDraft,
  noticesOf,
  toComponents,
  toSnapshot,
  type View,
} from './instatus-notices.ts';
import { lineOf, stateOf, statusOf } from './instatus-words.ts';

const STATE_WORD = /^[A-Z]{2,50}$/;

/** Statuspage's summaries, which stand at the same address, have an object `status` beside the page. */
export function isSummary(json: RawObject): boolean {
  const { status, name, url } = asObject(json.page);
  if (typeof status !== 'string' || !STATE_WORD.test(status) || isObject(json.status)) return false;
  return lineOf(name) !== null || typeof url === 'string';
}

export function isComponents(json: RawObject): boolean {
  const rows = rowsOf(json);
  const isRow = (raw: RawObject) => typeof raw.status === 'string' && STATE_WORD.test(raw.status) && 'group' in raw;
  return (
    !('page' in json) && rows.length > 0 && rows.every(isRow) && rows.some((raw) => statusOf(raw.status) !== 'unknown')
  );
}

function rowsOf(json: RawObject): RawObject[] {
  return asObjects(isObject(json.components) ? Object.values(json.components) : json.components);
}

/** What a page says now. `word` is how it puts its own state. */
export interface Current {
  name: string | null;
  word: unknown;
  view: View;
  open: IncidentDraft[];
}

/** Of a summary, and the components' document where there is one. Throws ParseError when a list is something else. */
export function currentOf(json: RawObject, components: RawObject | null, url: string, page: Page): Current {
  const about = asObject(json.page);
  const own = page.document ? safeUrl(asText(about.url))?.replace(/\/$/, '') : undefined;
  const view: View = { components: toComponents(components?.components), base: own ?? baseAddress(page) };
  const named = new Map(noticesOf(components?.components, view).map((draft) => [draft.id, draft.components]));
  const affected = (draft: IncidentDraft): readonly Component[] => named.get(draft.id) ?? [];
  const incidents = demandObjects(json, 'activeIncidents', url, true);
  const maintenances = demandObjects(json, 'activeMaintenances', url, true);
  const open = [
    ...maintenances.map((raw) => maintenanceDraft(raw, view, affected(maintenanceDraft(raw, view)))),
    ...incidents.map((raw) => incidentDraft(raw, view, affected(incidentDraft(raw, view)))),
  ];
  return { name: lineOf(about.name), word: about.status, view, open };
}

export function summarySnapshot(current: Current): Snapshot {
  const parts = { name: current.name, components: current.view.components, lists: 'open' as const };
  return toSnapshot(parts, stateOf(current.word), current.open);
}

/** The components' document alone: it names what is open as well. */
export function componentsSnapshot(json: RawObject, url: string, page: Page): Snapshot {
  if (!isComponents(json)) throw new ParseError('shape', url, 'the reply has no components of an Instatus page');
  const view: View = { components: toComponents(json.components), base: baseAddress(page) };
  const parts = { name: null, components: view.components, lists: 'open' as const };
  return toSnapshot(parts, null, noticesOf(json.components, view));
}

/** The documents are cached apart, for how long is not known: that of a post may be the youngest of them. */
const CACHES_MS = 10 * 60_000;

/**
 * The feed's notices with what the summary knows of them. One that the feed leaves open and the summary no longer names
 * is over without a post, as maintenances often are. `now` is when the summary was sent: what the feed says of the last
 * minutes stands against the summary, and `torn` then has all of it read again.
 */
export function joined(feed: readonly IncidentDraft[], open: readonly IncidentDraft[], now: Date | null) {
  const known = new Map(open.map((draft) => [draft.id, draft]));
  const listed = new Set(feed.map((draft) => draft.id));
  const isYoung = (draft: IncidentDraft) =>
    now !== null && moments(draft).some((at) => at <= +now && at > +now - CACHES_MS);
  const isPast = (draft: IncidentDraft) => now !== null && moments(draft).every((at) => at <= +now - CACHES_MS);
  const drafts = feed.map((draft): IncidentDraft => {
    if (isClosed(phaseOf(draft))) return draft;
    const current = known.get(draft.id);
    if (current) return merged(draft, current);
    return isPast(draft) ? over(draft) : draft;
  });
  return { drafts: [...drafts, ...open.filter((draft) => !listed.has(draft.id))], torn: feed.some(isYoung) };
}

function over(draft: IncidentDraft): IncidentDraft {
  const components = draft.components.map((component) => ({ ...component, status: 'unknown' as const }));
  return { ...draft, status: draft.kind === 'incident' ? 'resolved' : 'completed', components };
}

function merged(draft: IncidentDraft, current: IncidentDraft): IncidentDraft {
  return {
    ...current,
    title: draft.title,
    url: draft.url,
    startedAt: draft.startedAt ?? current.startedAt,
    scheduledFor: current.scheduledFor ?? draft.scheduledFor ?? null,
    components: uniqueById([...draft.components, ...current.components]),
    updates: draft.updates,
  };
}

function phaseOf(draft: IncidentDraft): Phase {
  return draft.updates.findLast((update) => update.status !== 'unknown')?.status ?? 'unknown';
}

function moments(draft: IncidentDraft): number[] {
  return [draft.startedAt, ...draft.updates.map((update) => update.at)].flatMap((time) => time?.getTime() ?? []);
}

/**
 * StatusIQ's summary: all components, what is open, planned and of late, with every post. Part of the site24x7 source.
 * Numbers are those of Zoho's own kit. Not verified: the name of the list of planned maintenance, so that every list is
 * searched for incidents, and the addresses of single incidents, so that they lead to the page.
 */
import { ParseError } from '../errors.ts';
import { syntheticId } from '../fingerprint.ts';
import type { Component, ComponentStatus, Impact, Incident, Kind, Page, Phase, Snapshot } from '../model.ts';
import { buildIncident, isClosed, newestFirst, pageState, uniqueById } from '../normalize.ts';
import { asObject, asObjects, asText, type RawObject } from '../raw.ts';
import { asLine, plainText } from '../text.ts';
import { parseIsoTime } from '../time.ts';

export function isSummary(json: RawObject): boolean {
  const data = asObject(json.data);
  if (!Array.isArray(data.current_status) || (json.code !== undefined && json.code !== 0)) return false;
  const rows = asObjects(data.current_status);
  return rows.some(isComponent) || (rows.length === 0 && Array.isArray(data.active_incident_details));
}

function isComponent(row: RawObject): boolean {
  return 'component_status' in row || 'componentgroup_status' in row;
}

/** Throws ParseError for what is no summary of StatusIQ. */
export function summarySnapshot(json: RawObject, url: string, page: Page): Snapshot {
  if (!isSummary(json)) throw new ParseError('shape', url, 'the reply is no summary of a StatusIQ page');
  const data = asObject(json.data);
  const components = uniqueById(asObjects(data.current_status).flatMap((row) => toComponents(row, null)));
  const byName = new Map(components.map((component) => [component.name, component]));
  const rows = Object.entries(data).flatMap(([list, value]) => incidentRows(value).map((row) => ({ row, list })));
  const incidents = rows.flatMap(({ row, list }) =>
    toIncident(row, /resolved|completed|past/.test(list), byName, page),
  );
  const details = asObject(data.statuspage_details);
  return {
    name: asLine(details.display_name),
    state: pageState(null, components, incidents),
    description: asLine(asObject(details.current_status).description) ?? '',
    components,
    incidents: newestFirst(uniqueById(incidents)),
    lists: Array.isArray(data.resolved_incident_details) ? 'recent' : 'open',
  };
}

/** A group has its components inside; in a flat list one is marked as a group. */
function toComponents(row: RawObject, group: string | null): Component[] {
  if (row.is_group === true && !Array.isArray(row.componentgroup_components)) return [];
  if (Array.isArray(row.componentgroup_components)) {
    const name = asLine(row.componentgroup_display_name) ?? asLine(row.display_name);
    return asObjects(row.componentgroup_components).flatMap((one) => toComponents(one, name));
  }
  const name = asLine(row.display_name);
  if (name === null) return [];
  const id = asLine(row.enc_component_id) ?? (group === null ? name : `${group}/${name}`);
  return [{ id, name, group, status: STATUSES.get(row.component_status) ?? 'unknown' }];
}

/** A component with news that does it no harm is `informational`. */
const STATUSES = new Map<unknown, ComponentStatus>([
  [1, 'operational'],
  [2, 'operational'],
  [3, 'degraded_performance'],
  [4, 'under_maintenance'],
  [5, 'partial_outage'],
  [6, 'major_outage'],
]);

/** Those that are over come in a list for each day. */
function incidentRows(list: unknown): RawObject[] {
  return asObjects(list).flatMap((row) => {
    if (Array.isArray(row.grp_by_incidents_list)) return asObjects(row.grp_by_incidents_list);
    return idOf(row) === null ? [] : [row];
  });
}

function idOf(row: RawObject): string | null {
  return asLine(row.enc_inc_id) ?? asLine(row.enc_incident_id);
}

function toIncident(row: RawObject, over: boolean, byName: ReadonlyMap<string, Component>, page: Page): Incident[] {
  const id = idOf(row);
  if (id === null) return [];
  const posts = asObjects(row.incident_status_updates);
  const isPlan = posts.length > 0 ? posts.some(isOfMaintenance) : row.incident_severity_id === 4;
  const kind: Kind = isPlan ? 'maintenance' : 'incident';
  // The newest stands first; posts of one second stay in order.
  const updates = uniqueById(posts.reverse().flatMap((post) => toUpdate(post, id)));
  updates.sort((a, b) => a.at.getTime() - b.at.getTime());
  const last = updates.findLast((update) => update.status !== 'unknown')?.status ?? 'unknown';
  const closed = kind === 'maintenance' ? 'completed' : 'resolved';
  const status = over && !isClosed(last) ? closed : last;
  const began = parseIsoTime(row.incident_began_at ?? row.started_at);
  const ended = parseIsoTime(row.incident_ended_at);
  return [
    buildIncident({
      id,
      kind,
      title: asLine(row.incident_title) ?? asLine(row.title) ?? id,
      url: page.url,
      status,
      impact: isPlan ? 'maintenance' : (IMPACTS.get(row.incident_severity_id) ?? 'unknown'),
      startedAt: isPlan ? null : began,
      // A maintenance has its plan there.
      resolvedAt: isPlan ? null : ended,
      scheduledFor: isPlan ? began : null,
      scheduledUntil: isPlan ? ended : null,
      components: affected(row, isClosed(status), byName),
      updates,
    }),
  ];
}

const IMPACTS = new Map<unknown, Impact>([
  [1, 'none'],
  [2, 'none'],
  [3, 'minor'],
  [4, 'maintenance'],
  [5, 'major'],
  [6, 'critical'],
]);

function isOfMaintenance(post: RawObject): boolean {
  return [21, 22, 23, 24].includes(Number(post.incident_status_id));
}

function toUpdate(post: RawObject, incident: string): Incident['updates'] {
  const at = parseIsoTime(post.status_updated_at);
  if (at === null) return [];
  const status = PHASES.get(post.incident_status_id) ?? 'unknown';
  const body = plainText(asText(post.incident_status_desc) ?? '');
  const id = asLine(post.enc_inc_state_progress_id) ?? syntheticId(incident, at, status, body);
  return [{ id, status, at, body, components: [] }];
}

/** Their words can be put otherwise by each page; the numbers stay. */
const PHASES = new Map<unknown, Phase>([
  // Acknowledged.
  [10, 'investigating'],
  [11, 'investigating'],
  [12, 'identified'],
  [13, 'monitoring'],
  [14, 'resolved'],
  [21, 'scheduled'],
  [22, 'in_progress'],
  [23, 'verifying'],
  [24, 'completed'],
]);

/** Only names: how a component is now says nothing of an incident that is over. */
function affected(row: RawObject, over: boolean, byName: ReadonlyMap<string, Component>): Component[] {
  return asObjects(row.incident_affected_components).flatMap((one) => {
    const name = asLine(one.display_name);
    if (name === null) return [];
    const known = byName.get(name) ?? {
      id: asLine(one.enc_component_id) ?? name,
      name,
      group: null,
      status: 'unknown',
    };
    return [over ? { ...known, status: 'unknown' } : known];
  });
}

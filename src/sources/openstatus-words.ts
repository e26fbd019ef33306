/** The shapes and words of OpenStatus's documents. Part of the OpenStatus source. */
import type { ComponentStatus, Impact, PageState, Phase } from '../model.ts';
import { asObject, asObjects, isObject, type RawObject } from '../raw.ts';
import { asLine } from '../text.ts';

/** Unlike Statuspage's, its page has neither id nor time zone, and its components have no ids. */
export function isStatus(json: RawObject): boolean {
  const { page, status, incidents } = json;
  if (!isObject(page) || asLine(page.name) === null || !('updated_at' in page)) return false;
  if ('id' in page || 'time_zone' in page || 'status' in page || Object.keys(page).length !== 3) return false;
  return typeof asObject(status).indicator === 'string' || Array.isArray(incidents);
}

/** The one of these documents that says all that is now. */
export function isSummary(json: RawObject): boolean {
  const { components, incidents, scheduled_maintenances, status } = json;
  if (!isStatus(json) || typeof asObject(status).indicator !== 'string') return false;
  if (!Array.isArray(components) || asObjects(components).some((one) => 'id' in one)) return false;
  return Array.isArray(incidents) && Array.isArray(scheduled_maintenances);
}

export function isFeed(json: RawObject): boolean {
  if (!Array.isArray(json.statusReports) || !Array.isArray(json.maintenances)) return false;
  return typeof json.title === 'string' && (Array.isArray(json.pageComponents) || Array.isArray(json.monitors));
}

/** Of `summary.json`: Statuspage's words, as OpenStatus uses them. */
export const INDICATORS = new Map<unknown, PageState>([
  ['none', 'operational'],
  ['minor', 'degraded'],
  ['major', 'major_outage'],
  ['maintenance', 'maintenance'],
]);

/** The page as a whole in `feed/json`. */
export const PAGES = new Map<unknown, PageState>([
  ['success', 'operational'],
  ['degraded', 'degraded'],
  ['error', 'major_outage'],
  ['info', 'maintenance'],
]);

/** Components in `summary.json`. */
export const STATUSES = new Map<unknown, ComponentStatus>([
  ['operational', 'operational'],
  ['degraded_performance', 'degraded_performance'],
  ['partial_outage', 'partial_outage'],
  ['major_outage', 'major_outage'],
  ['under_maintenance', 'under_maintenance'],
]);

/** Monitors in `feed/json`. */
export const MONITORS = new Map<unknown, ComponentStatus>([
  ['success', 'operational'],
  ['degraded', 'degraded_performance'],
  ['error', 'major_outage'],
  ['info', 'under_maintenance'],
]);

/** Reports and their posts, and what is planned. */
export const PHASES = new Map<unknown, Phase>([
  ['investigating', 'investigating'],
  ['identified', 'identified'],
  ['monitoring', 'monitoring'],
  ['resolved', 'resolved'],
  ['scheduled', 'scheduled'],
  ['in_progress', 'in_progress'],
]);

/** How bad a report is by the worst component it names. */
export const IMPACTS = new Map<ComponentStatus, Impact>([
  ['degraded_performance', 'minor'],
  ['partial_outage', 'major'],
  ['major_outage', 'critical'],
]);

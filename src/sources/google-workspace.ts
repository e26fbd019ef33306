/**
 * The Google Workspace Status Dashboard (https://www.google.com/appsstatus/dashboard): the form of Google Cloud's, as other
 * programs read it; no reply of it was seen recorded. Its incidents mostly name no location.
 */
import type { Source } from '../model.ts';
import { detectDashboard, INCIDENTS, PRODUCTS, parseDashboard, readDashboard } from './google-dashboard.ts';

export const googleWorkspace = {
  name: 'google-workspace',
  title: 'Google Workspace Status Dashboard',
  docs: 'https://www.google.com/appsstatus/dashboard/incidents.schema.json',
  lists: 'recent',
  endpoints: [INCIDENTS, PRODUCTS],
  detect: (reply) => detectDashboard('workspace', reply),
  read: (page, get) => readDashboard('workspace', page, get),
  parse: (reply, page) => parseDashboard('workspace', reply, page),
} satisfies Source;

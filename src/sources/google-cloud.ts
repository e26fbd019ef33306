/**
 * Google Cloud Service Health, and the dashboards of the same make for the Maps Platform, Ads, Play and Search (what was
 * recorded is Cloud's; of the others only their addresses and that the form is the same are known).
 */
import type { Source } from '../model.ts';
import { detectDashboard, INCIDENTS, PRODUCTS, parseDashboard, readDashboard } from './google-dashboard.ts';

export const googleCloud = {
  name: 'google-cloud',
  title: 'Google Cloud Service Health',
  docs: 'https://status.cloud.google.com/incidents.schema.json',
  lists: 'recent',
  endpoints: [INCIDENTS, PRODUCTS],
  detect: (reply) => detectDashboard('other', reply),
  read: (page, get) => readDashboard('other', page, get),
  parse: (reply, page) => parseDashboard('other', reply, page),
} satisfies Source;

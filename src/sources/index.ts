/** The platforms pingoru can read: the table, in the order of detection, and nothing else. Each is loaded when it is needed. */
import type { Source } from '../model.ts';
import { HOSTS } from './hosts.ts';

/**
 * Who imitates another comes before it (incident.io answers Statuspage's API), hosted platforms in the order of how many
 * pages they serve, then those people host themselves, the vendors' own, and last the two that read anything.
 */
const TABLE: Readonly<Record<string, () => Promise<Source>>> = {
  'incident-io': async () => (await import('./incident-io.ts')).incidentIo,
  statuspage: async () => (await import('./statuspage.ts')).statuspage,
  instatus: async () => (await import('./instatus.ts')).instatus,
  'status-io': async () => (await import('./status-io.ts')).statusIo,
  statuscast: async () => (await import('./statuscast.ts')).statuscast,
  'better-stack': async () => (await import('./better-stack.ts')).betterStack,
  pagerduty: async () => (await import('./pagerduty.ts')).pagerduty,
  sorry: async () => (await import('./sorry.ts')).sorry,
  statuspal: async () => (await import('./statuspal.ts')).statuspal,
  freshstatus: async () => (await import('./freshstatus.ts')).freshstatus,
  firehydrant: async () => (await import('./firehydrant.ts')).firehydrant,
  rootly: async () => (await import('./rootly.ts')).rootly,
  site24x7: async () => (await import('./site24x7.ts')).site24x7,
  uptimerobot: async () => (await import('./uptimerobot.ts')).uptimerobot,
  checkly: async () => (await import('./checkly.ts')).checkly,
  hund: async () => (await import('./hund.ts')).hund,
  openstatus: async () => (await import('./openstatus.ts')).openstatus,
  hyperping: async () => (await import('./hyperping.ts')).hyperping,
  cachet: async () => (await import('./cachet.ts')).cachet,
  cstate: async () => (await import('./cstate.ts')).cstate,
  upptime: async () => (await import('./upptime.ts')).upptime,
  'uptime-kuma': async () => (await import('./uptime-kuma.ts')).uptimeKuma,
  gatus: async () => (await import('./gatus.ts')).gatus,
  aws: async () => (await import('./aws.ts')).aws,
  'google-cloud': async () => (await import('./google-cloud.ts')).googleCloud,
  'google-workspace': async () => (await import('./google-workspace.ts')).googleWorkspace,
  azure: async () => (await import('./azure.ts')).azure,
  'azure-devops': async () => (await import('./azure-devops.ts')).azureDevops,
  'microsoft-365': async () => (await import('./microsoft-365.ts')).microsoft365,
  'salesforce-trust': async () => (await import('./salesforce-trust.ts')).salesforceTrust,
  slack: async () => (await import('./slack.ts')).slack,
  heroku: async () => (await import('./heroku.ts')).heroku,
  apple: async () => (await import('./apple.ts')).apple,
  stripe: async () => (await import('./stripe.ts')).stripe,
  meta: async () => (await import('./meta.ts')).meta,
  paypal: async () => (await import('./paypal.ts')).paypal,
  adobe: async () => (await import('./adobe.ts')).adobe,
  'oracle-cloud': async () => (await import('./oracle-cloud.ts')).oracleCloud,
  'ibm-cloud': async () => (await import('./ibm-cloud.ts')).ibmCloud,
  zendesk: async () => (await import('./zendesk.ts')).zendesk,
  algolia: async () => (await import('./algolia.ts')).algolia,
  auth0: async () => (await import('./auth0.ts')).auth0,
  feed: async () => (await import('./feed.ts')).feed,
  page: async () => (await import('./page.ts')).page,
};

export const platforms: readonly string[] = Object.keys(TABLE);

const loaded = new Map<string, Promise<Source>>();

/** The source of that name; undefined when there is none. */
export async function loadSource(name: string): Promise<Source | undefined> {
  if (!loaded.has(name) && Object.hasOwn(TABLE, name)) loaded.set(name, TABLE[name]!());
  return loaded.get(name);
}

/** The platform that a host belongs to; null where none of them has it. */
export function platformOfHost(host: string): string | null {
  return Object.entries<RegExp>(HOSTS).find(([, hosts]) => hosts.test(host))?.[0] ?? null;
}

/** Those that have pages of their own, in the order of detection, each loaded when its turn comes: most pages are the first ones'. */
export async function* inTurn(): AsyncGenerator<Source> {
  for (const name of platforms) {
    const source = (await loadSource(name))!;
    if (!source.generic) yield source;
  }
}

/** All of them, in the order of detection. */
export function loadSources(): Promise<Source[]> {
  return Promise.all(Object.values(TABLE).map((load) => load()));
}

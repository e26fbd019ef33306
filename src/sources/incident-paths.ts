/** Where in an incident's address its page ends: what the platforms put behind it. Pure. */

/** `page` is the page's address as it was typed, `tail` all that stands behind it, `id` what tells the incident from others. */
export interface IncidentAddress {
  page: string;
  tail: string;
  id: string;
}

/**
 * Tried in this order: what has a part of its own comes before what ends in the same way. `of` is a part of the page's
 * address that stands behind the word for an incident. Where an incident has no address of its own (Meta's outages have
 * that of their product, which is a page), there is nothing to split.
 */
const SHAPES: readonly RegExp[] = [
  // AWS
  /^(?<page>[^?#]*)\?(?:[^#]*&)?eventID=(?<id>[^&#]+)/i,
  // IBM Cloud: all that befalls a component has the same.
  /^(?<page>[^?#]*)\/(?:incident|maintenance|announcement|security|release|celebration)\?component=(?<id>[^&#]+)/i,
  // Oracle Cloud
  /^(?<page>[^?#]*?)\/?#\/incidents\/(?<id>[^/?#]+)/i,
  // Status.io, at its own host and at others
  /^(?<page>(?:https?:\/\/)?status\.io\/pages)\/(?:incident|maintenance)(?<of>\/[0-9a-f]{24})\/(?<id>[^/?#]+)\/?(?:[?#].*)?$/i,
  /^(?<page>[^?#]*?)\/pages\/(?:incident|maintenance)\/[0-9a-f]{24}\/(?<id>[^/?#]+)\/?(?:[?#].*)?$/i,
  // PayPal
  /^(?<page>[^?#]*?)\/incident\/(?:production|sandbox)\/(?<id>[^/?#]+)\/?(?:[?#].*)?$/i,
  // Adobe
  /^(?<page>[^?#]*?)\/products\/\d+\/(?<id>[^/?#]+)\/?(?:[?#].*)?$/i,
  // Slack
  /^(?<page>[^?#]*?)\/\d{4}-\d{2}\/(?<id>[0-9a-f]{16})\/?(?:[?#].*)?$/i,
  // Nearly all others: events are OpenStatus's, schedules Cachet's, issues those of GitHub's and cState's, posts and details PagerDuty's.
  /^(?<page>[^?#]*?)\/(?:incidents?|incident_details|maintenances?|schedules|notices|events\/(?:report|maintenance)|issues|posts(?:\/details)?)\/(?<id>[^/?#]+)\/?(?:[?#].*)?$/i,
  // Instatus, which once put the bare id there
  /^(?<page>[^?#]*?)\/(?<id>c[a-z0-9]{24})\/?(?:[?#].*)?$/,
];

/** The addresses of a page's data end like those of its incidents (`/incidents/unresolved.json`). */
const DATA = /\.(?:json|atom|rss|xml)$/i;

/** Null for what is no incident's address. The scheme may be missing. */
export function splitIncidentAddress(address: string): IncidentAddress | null {
  if (DATA.test(address) || !/^(?:https?:\/\/)?[^\s/?#]+[/?#]/i.test(address)) return null;
  for (const shape of SHAPES) {
    const { page, of = '', id } = shape.exec(address)?.groups ?? {};
    if (page !== undefined && id !== undefined && /[^/]$/.test(page) && !/^https?:$/i.test(page))
      return { page: page + of, tail: address.slice(page.length).replace(/\/$/, ''), id: decoded(id) };
  }
  return null;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

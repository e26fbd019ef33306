/** An event of Adobe's document to an incident: the posts of its products brought together. Part of the adobe source. */
import { idsOfPosts } from '../fingerprint.ts';
import type { AffectedComponent, Component, ComponentStatus, Impact, Incident, Kind, Phase, Update } from '../model.ts';
import { buildIncident, impactOfTrouble, isClosed, uniqueById, worseStatus } from '../normalize.ts';
import { asObject, asText, isObject, type RawObject } from '../raw.ts';
import { asLine, cleanLine, plainText } from '../text.ts';
import { fromEpochMs } from '../time.ts';

interface Product extends Component {
  raw: RawObject;
  /** Oldest first. */
  entries: Entry[];
}

/** What one product is told at one time. */
interface Entry {
  product: Component;
  at: Date;
  phase: Phase;
  severity: unknown;
  titleToken: string;
  /** As it stands, with its placeholders. */
  text: string;
}

/** None where the event names no product and no time. */
export function toIncident(key: string, raw: RawObject, kind: Kind, texts: RawObject, home: string): Incident[] {
  const id = asLine(raw.id) ?? asLine(key);
  if (id === null) return [];
  const products = productsOf(raw, kind, texts);
  const entries = products.flatMap((product) => product.entries);
  entries.sort((a, b) => a.at.getTime() - b.at.getTime());
  const status = statusOfEvent(raw, kind, products);
  const [from, until] = timesOf(raw, products);
  const scheduledFor = kind === 'maintenance' ? (timeOf(raw.scheduledDate) ?? from) : null;
  // What was announced does not change when the work begins a minute later.
  const span = { from: scheduledFor ?? from, until };
  const first = products[0];
  const incident = buildIncident({
    id,
    kind,
    title: titleOf(entries, texts, span) ?? `${first?.name ?? 'Adobe'} ${kind}`,
    url: first ? `${home}products/${encodeURIComponent(first.id)}/${encodeURIComponent(id)}` : home,
    status,
    impact: kind === 'maintenance' ? 'maintenance' : impactOf(entries),
    startedAt: from,
    resolvedAt: isClosed(status) ? until : null,
    scheduledFor,
    scheduledUntil: kind === 'maintenance' ? until : null,
    components: products.map((product) => affected(product, kind, status)),
    updates: toUpdates(id, entries, span),
  });
  return [incident];
}

function productsOf(raw: RawObject, kind: Kind, texts: RawObject): Product[] {
  const clouds = Object.values(asObject(raw.clouds)).filter(isObject);
  const rows = Object.entries(asObject(raw.products)).flatMap(([key, product]): Product[] => {
    if (!isObject(product)) return [];
    const id = asLine(product.id) ?? asLine(key);
    const name = asLine(product.name) ?? id;
    if (id === null || name === null) return [];
    const cloud = clouds.find((one) => Array.isArray(one.cloudProducts) && one.cloudProducts.includes(product.id));
    const component: Component = { id, name, group: asLine(cloud?.name), status: 'unknown' };
    return [{ ...component, raw: product, entries: entriesOf(component, product.history, kind, texts) }];
  });
  return uniqueById(rows);
}

/** Oldest first. The history is keyed by times in seconds, in no order; an update leaves the phase as it was. */
function entriesOf(product: Component, history: unknown, kind: Kind, texts: RawObject): Entry[] {
  const rows = Object.entries(asObject(history)).flatMap(([key, row]) => {
    if (!isObject(row)) return [];
    const at = timeOf(row.messageTime) ?? timeOf(row.statusTime) ?? timeOf(key);
    return at === null ? [] : [{ row, at }];
  });
  let phase: Phase = kind === 'incident' ? 'investigating' : 'unknown';
  return rows
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ row, at }) => {
      const word = asText(row.status ?? row.csoStatus ?? row.cmrStatus)?.toLowerCase();
      if (word !== 'updated') phase = phaseOf(word, kind);
      const titleToken = asText(row.titleToken) ?? '';
      return { product, at, phase, severity: row.severity, titleToken, text: textOf(texts, row.messageToken) ?? '' };
    });
}

function textOf(texts: RawObject, token: unknown): string | null {
  const key = asText(token) ?? '';
  const { htmlMessage, textMessage } = asObject(Object.hasOwn(texts, key) ? texts[key] : null);
  return asText(htmlMessage) || asText(textMessage);
}

interface Span {
  from: Date | null;
  until: Date | null;
}

function filled(text: string, { from, until }: Span): string {
  const words = (time: Date | null) =>
    time === null ? '' : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return text.replaceAll('{startDateTime}', words(from)).replaceAll('{endDateTime}', words(until));
}

function titleOf(entries: readonly Entry[], texts: RawObject, span: Span): string | null {
  for (const entry of entries) {
    const title = cleanLine(plainText(filled(textOf(texts, entry.titleToken) ?? '', span)));
    if (title !== '') return title;
  }
  return null;
}

function timesOf(raw: RawObject, products: readonly Product[]): [Date | null, Date | null] {
  const times = (field: string) => products.flatMap((product) => timeOf(product.raw[field])?.getTime() ?? []);
  const [starts, ends] = [times('startedOn'), times('endedOn')];
  const from = starts.length > 0 ? new Date(Math.min(...starts)) : timeOf(raw.startedOn);
  const until = ends.length === products.length && ends.length > 0 ? new Date(Math.max(...ends)) : null;
  return [from ?? timeOf(raw.scheduledDate), timeOf(raw.completedOn) ?? until];
}

/** Over when it is over for every product. A maintenance says it of itself as well. */
function statusOfEvent(raw: RawObject, kind: Kind, products: readonly Product[]): Phase {
  const own = kind === 'maintenance' ? phaseOf(asText(raw.status ?? raw.cmrStatus)?.toLowerCase(), kind) : 'unknown';
  if (own !== 'unknown') return own;
  const phases = products.flatMap((product) => product.entries.at(-1)?.phase ?? []);
  const open = phases.filter((phase) => !isClosed(phase));
  return open.find((phase) => phase !== 'unknown') ?? open[0] ?? phases[0] ?? 'unknown';
}

/** Oldest first. What closes one product while another is still open does not close the incident. */
function toUpdates(incident: string, entries: readonly Entry[], span: Span): Update[] {
  const updates = new Map<string, Update & { components: Component[] }>();
  const idOf = idsOfPosts(incident);
  const now = new Map<string, Phase>();
  for (const { product, at, phase, severity, text } of entries) {
    now.set(product.id, phase);
    const open = isClosed(phase) ? [...now.values()].find((one) => !isClosed(one)) : undefined;
    const key = `${at.getTime()} ${phase} ${text}`;
    let update = updates.get(key);
    if (!update) {
      update = { id: idOf(text, at, phase), status: phase, at, body: plainText(filled(text, span)), components: [] };
      updates.set(key, update);
    }
    update.status = open ?? phase;
    const status = isClosed(phase) ? 'operational' : phase === 'scheduled' ? 'unknown' : statusOf(severity);
    update.components.push({ ...product, status });
  }
  return uniqueById([...updates.values()].map((update) => ({ ...update, components: uniqueById(update.components) })));
}

/** What is only planned has not happened, nor what was called off. */
const PLANS: readonly Phase[] = ['scheduled', 'cancelled'];

function affected({ id, name, group, entries }: Product, kind: Kind, status: Phase): AffectedComponent {
  const happened = entries.filter((entry) => !PLANS.includes(entry.phase)).map((entry) => statusOf(entry.severity));
  const worst = happened.reduce<ComponentStatus>(worseStatus, 'unknown');
  const worstStatus = kind === 'maintenance' && worst !== 'unknown' ? 'under_maintenance' : worst;
  const phase = entries.at(-1)?.phase ?? status;
  if (isClosed(status) || isClosed(phase)) return { id, name, group, status: 'operational', worstStatus };
  if (kind === 'incident') return { id, name, group, status: happened.at(-1) ?? 'unknown', worstStatus };
  return { id, name, group, status: status === 'in_progress' ? 'under_maintenance' : 'unknown', worstStatus };
}

/** Seconds as a rule; milliseconds were seen read as well. */
function timeOf(value: unknown): Date | null {
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !(number > 0)) return null;
  return fromEpochMs(number > 1e11 ? number : number * 1000);
}

function phaseOf(word: string | undefined, kind: Kind): Phase {
  const isIncident = kind === 'incident';
  switch (word) {
    case 'opened':
    case 'reopened':
    case 'discovery':
      return isIncident ? 'investigating' : 'unknown';
    case 'started':
      return isIncident ? 'investigating' : 'in_progress';
    case 'closed':
      return isIncident ? 'resolved' : 'completed';
    case 'dismissed':
    case 'canceled':
    case 'cancelled':
      return isIncident ? 'resolved' : 'cancelled';
    case 'scheduled':
      return isIncident ? 'unknown' : 'scheduled';
    case 'completed':
      return isIncident ? 'resolved' : 'completed';
    default:
      return 'unknown';
  }
}

function statusOf(severity: unknown): ComponentStatus {
  switch (asText(severity)?.toLowerCase()) {
    case 'critical':
      return 'major_outage';
    case 'major':
      return 'partial_outage';
    case 'minor':
    case 'trivial':
      return 'degraded_performance';
    case 'maintenance':
      return 'under_maintenance';
    default:
      return 'unknown';
  }
}

function impactOf(entries: readonly Entry[]): Impact {
  return impactOfTrouble(
    entries.map((entry) => statusOf(entry.severity)).reduce<ComponentStatus>(worseStatus, 'unknown'),
  );
}

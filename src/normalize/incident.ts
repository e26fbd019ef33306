/** How an incident is made of what its platform says of it. Pure. */
import type { AffectedComponent, Component, ComponentStatus, Impact, Incident, Kind, Phase, Update } from '../model.ts';

/** What a source knows of one incident. Times are the platform's own; `updates` come oldest first as far as it can tell. */
export interface IncidentDraft {
  id: string;
  kind: Kind;
  title: string;
  url: string;
  /** The platform's own word for where it stands; null takes the last update's. */
  status: Phase | null;
  impact: Impact;
  startedAt: Date | null;
  resolvedAt: Date | null;
  scheduledFor?: Date | null;
  scheduledUntil?: Date | null;
  /** The incident's own list, with current statuses. */
  components: readonly (Component & { worstStatus?: ComponentStatus })[];
  updates: readonly Update[];
}

/** Of an incident, what takes longest to map. */
type Details = Pick<IncidentDraft, 'components' | 'updates'>;
type Head = Omit<IncidentDraft, keyof Details>;
/** Of an update, what tells how its incident stands. */
type Post = Pick<Update, 'status' | 'at'>;

/**
 * Start: the earlier of the platform's own and the first update. End: the platform's own, else the first closing update
 * after the last open one, so that a later postmortem does not move it. Components: the union over all updates and the
 * incident's own list, in order of first mention. A maintenance starts when it does, not when it was announced.
 */
export function buildIncident(draft: IncidentDraft): Incident {
  return build(draft, draft);
}

function build(head: Head, details: Details): Incident {
  const updates = [...details.updates].sort((a, b) => a.at.getTime() - b.at.getTime());
  const incident = headOf(head, updates) as Incident;
  incident.components = unionOfComponents(details.components, updates);
  incident.updates = updates;
  return incident;
}

/**
 * The same incident, but its components and updates are mapped when first asked for: most of what a page lists is long over,
 * and a watch asks no more of it than when that was. `posts` are all of its updates, oldest first.
 */
export function incidentInBrief(head: Head, posts: readonly Post[], details: () => Details): Incident {
  const incident = headOf(head, posts);
  const whole = () => build(head, details());
  Object.defineProperty(incident, WHOLE, { value: whole, writable: true });
  Object.defineProperty(incident, 'components', COMPONENTS);
  return Object.defineProperty(incident, 'updates', UPDATES) as Incident;
}

const WHOLE = Symbol('whole');
type Brief = { [WHOLE]: Incident | (() => Incident) };
// Shared by all: accessors of its own, as an object literal has them, would make each incident a shape of its own to V8.
const COMPONENTS = { enumerable: true, get: componentsOf };
const UPDATES = { enumerable: true, get: updatesOf };

function componentsOf(this: Brief) {
  return wholeOf(this).components;
}

function updatesOf(this: Brief) {
  return wholeOf(this).updates;
}

function wholeOf(brief: Brief): Incident {
  const known = brief[WHOLE];
  if (typeof known !== 'function') return known;
  brief[WHOLE] = known();
  return brief[WHOLE];
}

function headOf(draft: Head, posts: readonly Post[]): Omit<Incident, keyof Details> {
  const status = draft.status ?? lastKnownPhase(posts);
  const scheduledFor = draft.scheduledFor ?? null;
  return {
    id: draft.id,
    kind: draft.kind,
    title: draft.title,
    url: draft.url,
    status,
    impact: draft.impact,
    startedAt:
      draft.kind === 'maintenance'
        ? maintenanceStart(status, scheduledFor, posts)
        : earlier(draft.startedAt, posts[0]?.at ?? null),
    resolvedAt: isClosed(status) ? (draft.resolvedAt ?? closingTime(posts)) : null,
    updatedAt: posts.at(-1)?.at ?? draft.startedAt,
    scheduledFor,
    scheduledUntil: draft.scheduledUntil ?? null,
  };
}

/** Over: resolved, a postmortem out, completed or cancelled. */
export function isClosed(phase: Phase): boolean {
  return phase === 'resolved' || phase === 'postmortem' || phase === 'completed' || phase === 'cancelled';
}

/**
 * Posts as a page has them, oldest first, whose times are whole minutes. What stands after the post that closes an incident,
 * but in its minute, was posted by the same hand as it (the components that are well again, one by one), and does not
 * reopen the incident: the closing post is put after it.
 */
export function closingLast<T extends Post>(posts: readonly T[]): T[] {
  const end = posts.findLastIndex((post) => post.status !== 'postmortem') + 1;
  const at = posts.slice(0, end).findLastIndex((post) => isClosed(post.status));
  const closing = posts[at];
  const after = posts.slice(at + 1, end);
  if (!closing || after.some((post) => post.at.getTime() !== closing.at.getTime())) return [...posts];
  return [...posts.slice(0, at), ...after, closing, ...posts.slice(end)];
}

function lastKnownPhase(posts: readonly Post[]): Phase {
  return posts.findLast((post) => post.status !== 'unknown')?.status ?? 'unknown';
}

function maintenanceStart(status: Phase, scheduledFor: Date | null, posts: readonly Post[]): Date | null {
  const begun = posts.find(({ status }) => status === 'in_progress' || status === 'verifying');
  if (begun) return begun.at;
  return status === 'scheduled' || status === 'cancelled' || status === 'unknown' ? null : scheduledFor;
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a <= b ? a : b;
}

function closingTime(posts: readonly Post[]): Date | null {
  const lastOpen = posts.findLastIndex(({ status }) => !isClosed(status) && status !== 'unknown');
  return posts.slice(lastOpen + 1).find(({ status }) => isClosed(status))?.at ?? null;
}

function unionOfComponents(own: IncidentDraft['components'], updates: readonly Update[]): AffectedComponent[] {
  const union = new Map<string, AffectedComponent>();
  for (const update of updates) for (const component of update.components) mention(union, component, component.status);
  for (const component of own) mention(union, component, component.worstStatus ?? component.status);
  return [...union.values()];
}

function mention(union: Map<string, AffectedComponent>, component: Component, worst: ComponentStatus): void {
  const known = union.get(component.id);
  if (!known) {
    const { id, name, group, status } = component;
    union.set(id, { id, name, group, status, worstStatus: worseStatus(worst, status) });
    return;
  }
  if (component.status !== 'unknown') known.status = component.status;
  known.worstStatus = worseStatus(known.worstStatus, worseStatus(worst, component.status));
}

const STATUS_RANK = {
  unknown: 0,
  operational: 1,
  under_maintenance: 2,
  degraded_performance: 3,
  partial_outage: 4,
  major_outage: 5,
} satisfies Record<ComponentStatus, number>;

/** The worse of two; a known status beats `unknown`. */
export function worseStatus(a: ComponentStatus, b: ComponentStatus): ComponentStatus {
  return STATUS_RANK[a] >= STATUS_RANK[b] ? a : b;
}

/**
 * Writes what the pages brought: what was seen of many pages and what is owed for it in one transaction, soon when there is
 * something to tell, at leisure when only a validator changed, not at all when nothing did.
 */
import { dispatch, type News } from './dispatch.ts';
import { CALM_MS, type Ledger, URGENT_MS } from './ledger.ts';
import type { PageRecord, State } from './record.ts';
import type { Group } from './route/group.ts';
import { stillOn } from './route/mutes.ts';

const SOFT_MS = 60_000;

export interface Recorder {
  /** Takes what a read brought; it is written soon, and only then delivered. */
  record(url: string, before: PageRecord | null, after: PageRecord, news: readonly News[]): void;
  /** Takes what another process found as well, and records: it is only owed to those that are named. */
  owe(news: readonly News[]): void;
  /** Takes reminders of a page's maintenances: those without an event are only marked as given. */
  remind(url: string, given: readonly { key: string; until: number }[], news: readonly News[]): void;
}

export interface RecorderDeps {
  ledger: Ledger;
  /** As they are at that moment. */
  groups(): readonly Group[];
  namesOf(page: string): readonly string[];
  isProgram(channel: string): boolean;
  now: () => Date;
  /** These pages are recorded by another process by now; what was found on them is its to tell. */
  onLost: (urls: readonly string[]) => void;
  /** What is owed is on the disk. */
  onOwed: () => void;
}

interface Entry {
  /** Null when the page was not read. */
  record: PageRecord | null;
  news: readonly News[];
  given: readonly { key: string; until: number }[];
}

export function openRecorder(deps: RecorderDeps): Recorder {
  let waiting = new Map<string, Entry>();
  let owed: readonly News[] = [];

  deps.ledger.join(() => {
    if (owed.length === 0) return null;
    const batch = owed;
    owed = [];
    return {
      apply: (state) =>
        dispatch(state, batch, { groups: [], namesOf: deps.namesOf, isProgram: deps.isProgram, now: deps.now() }),
      done: deps.onOwed,
      undone: () => {
        owed = [...batch, ...owed];
      },
    };
  });

  deps.ledger.join(() => {
    if (waiting.size === 0) return null;
    const batch = waiting;
    waiting = new Map();
    let lost: string[] = [];
    return {
      apply(state, isMine) {
        lost = write(state, batch, isMine, deps);
      },
      done() {
        if (lost.length > 0) deps.onLost(lost);
        if ([...batch.values()].some(({ news }) => news.length > 0)) deps.onOwed();
      },
      undone() {
        const later = waiting;
        waiting = batch;
        for (const [url, entry] of later) put(waiting, url, entry);
      },
    };
  });

  return {
    record(url, before, after, news) {
      const delay = news.length > 0 ? URGENT_MS : delayOfChange(before, after);
      if (delay === null) return;
      put(waiting, url, { record: after, news, given: [] });
      deps.ledger.due(delay);
    },
    owe(news) {
      owed = [...owed, ...news];
      deps.ledger.due(URGENT_MS);
    },
    remind(url, given, news) {
      put(waiting, url, { record: null, news, given });
      deps.ledger.due(news.length > 0 ? URGENT_MS : CALM_MS);
    },
  };
}

function put(entries: Map<string, Entry>, url: string, entry: Entry): void {
  const earlier = entries.get(url);
  entries.set(url, {
    record: entry.record ?? earlier?.record ?? null,
    news: [...(earlier?.news ?? []), ...entry.news],
    given: [...(earlier?.given ?? []), ...entry.given],
  });
}

/** Returns the pages that are not ours any more. */
function write(
  state: State,
  batch: ReadonlyMap<string, Entry>,
  isMine: (page: string) => boolean,
  { groups, namesOf, isProgram, now }: RecorderDeps,
): string[] {
  const time = now();
  const news: News[] = [];
  const lost: string[] = [];
  const given = new Set(state.reminded.map(([key]) => key));
  state.fresh = false;
  for (const [url, entry] of batch) {
    if (!isMine(url)) {
      lost.push(url);
      continue;
    }
    if (entry.record) state.pages.set(url, entry.record);
    state.reminded.push(...entry.given.map(({ key, until }): [string, number] => [key, until]));
    // Another process may have given them since they were found.
    news.push(...entry.news.filter(({ event }) => !given.has(event.id.slice('evt_'.length))));
  }
  dispatch(state, news, { groups: groups(), namesOf, isProgram, now: time });
  forgetWhatIsOver(state, batch, time);
  return lost;
}

/** Pages that nobody has watched for so long: one looked at once must not stay for ever. Those that are watched are written every hour. */
const FORGOTTEN_AFTER_MS = 90 * 24 * 3_600_000;

function forgetWhatIsOver(state: State, batch: ReadonlyMap<string, Entry>, now: Date): void {
  forgetPages(state, new Date(now.getTime() - FORGOTTEN_AFTER_MS).toISOString());
  if (state.reminded.length > 0) state.reminded = state.reminded.filter(([, until]) => until > now.getTime());
  if (state.mutes.length === 0) return;
  for (const [url, { record }] of batch) if (record) state.mutes = stillOn(state.mutes, url, record, now);
}

function forgetPages(state: State, oldest: string): void {
  for (const [url, { readAt, failure }] of state.pages) {
    if (readAt === null || readAt >= oldest || failure !== null) continue;
    const isNamed = [...state.outbox, ...state.mutes].some(({ page }) => page === url);
    if (!isNamed) state.pages.delete(url);
  }
}

/** What was seen, or when to ask again, is written soon; a validator costs a repeated read at worst. Null: no change. */
function delayOfChange(before: PageRecord | null, after: PageRecord): number | null {
  if (before === null) return CALM_MS;
  const fields = Object.keys({ ...before, ...after }) as (keyof PageRecord)[];
  const changed = fields.filter((field) => field !== 'readAt' && !isSame(before[field], after[field]));
  if (changed.length === 0) return null;
  return changed.every((field) => field === 'validators') ? SOFT_MS : CALM_MS;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

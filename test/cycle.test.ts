/**
 * The pipeline over thousands of reads of a page that posts, edits, fails and lies at random, by a program that is killed
 * at random: what was told is held against what was posted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CycleDeps, poll, type Watched } from '../src/cycle.ts';
import { DeliveryError, FetchError } from '../src/errors.ts';
import type { Http } from '../src/http.ts';
import { openLedger } from '../src/ledger.ts';
import type { Reply, StatusEvent } from '../src/model.ts';
import { type Lane, openOutbox } from '../src/outbox.ts';
import { openRecorder } from '../src/recorder.ts';
import { EVERYTHING } from '../src/route.ts';
import { openStore, type Store } from '../src/store.ts';
import { ACME } from './make.ts';

/** Numbers that look random and are the same at every run. */
function dice(seed: number) {
  let state = seed;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return { random, chance: (probability: number) => random() < probability };
}

const PHASES = ['investigating', 'identified', 'monitoring', 'resolved', 'postmortem'];
const START = Date.UTC(2026, 2, 10, 12);

interface Post {
  id: string;
  status: string;
  body: string;
  created_at: string;
  display_at: string;
}

/** A Statuspage page whose clock ticks with every read. */
function simulatedPage({ random, chance }: ReturnType<typeof dice>) {
  const posted: string[] = [];
  const incidents: { id: string; name: string; status: string; impact: string; incident_updates: Post[] }[] = [];
  let ticks = 0;
  const now = () => new Date(START + ticks * 60_000);
  const post = (incident: (typeof incidents)[number]) => {
    const status = PHASES[Math.floor(random() * PHASES.length)]!;
    const id = `${incident.id}-${incident.incident_updates.length}`;
    const at = new Date(now().getTime() - (chance(0.1) ? 90 * 60_000 : 0)).toISOString();
    incident.incident_updates.unshift({ id, status, body: `post ${id}`, created_at: at, display_at: at });
    incident.status = status;
    posted.push(id);
  };
  const live = () => {
    ticks += 1;
    if (chance(0.1) || incidents.length === 0) {
      incidents.unshift({
        id: `i${incidents.length}`,
        name: 'Trouble',
        status: '',
        impact: 'minor',
        incident_updates: [],
      });
      post(incidents[0]!);
    }
    while (chance(0.3)) post(incidents[Math.floor(random() * Math.min(8, incidents.length))]!);
  };
  const wait = () => {
    ticks += 1;
  };
  const isOpen = (one: { status: string }) => one.status !== 'resolved' && one.status !== 'postmortem';
  const document = (url: string) => {
    const page = {
      id: 'acme12345678',
      name: 'Acme',
      url: ACME.url,
      time_zone: 'Etc/UTC',
      updated_at: now().toISOString(),
    };
    const status = { indicator: 'none', description: '' };
    if (url.endsWith('/summary.json'))
      return { page, status, components: [], incidents: incidents.filter(isOpen), scheduled_maintenances: [] };
    if (url.endsWith('/incidents.json')) return { page, incidents: incidents.slice(0, 50) };
    return { page, scheduled_maintenances: [] };
  };
  return { posted, now, live, wait, document };
}

/** What stands between the page and us: it answers well, with an error, with a web page, with half a reply, or not at all. */
function failingHttp(page: ReturnType<typeof simulatedPage>, { random, chance }: ReturnType<typeof dice>): Http {
  const reply = (url: string, text: string, status = 200): Reply => ({
    url,
    status,
    text,
    headers: {},
    contentType: 'application/json',
    hops: [url],
  });
  return {
    resolveCname: async () => null,
    close: async () => {},
    async request(url) {
      const text = JSON.stringify(page.document(url));
      if (!chance(0.15)) return reply(url, text);
      switch (Math.floor(random() * 4)) {
        case 0:
          throw new FetchError('timeout', url, 'no answer');
        case 1:
          return reply(url, 'down', 503);
        case 2:
          return reply(url, '<html><body>Sign in</body></html>');
        default:
          return reply(url, text.slice(0, text.length / 2));
      }
    },
  };
}

/** One life of the program, from its start to the moment it is killed. */
async function openLife(store: Store, http: Http, lane: Lane, now: () => Date) {
  const fail = (error: unknown) => {
    throw error;
  };
  const ledger = openLedger({ store, onError: fail });
  const outbox = openOutbox({
    ...{ store, ledger, now, random: () => 0.5, zone: 'UTC', onRefused: () => {}, onError: fail },
    lanes: () => [lane],
    isKnown: () => true,
    isMine: (page) => store.claims.holds(page),
  });
  const recorder = openRecorder({
    ...{ ledger, now, groups: () => [], namesOf: () => [], isProgram: () => false, onLost: () => {}, onOwed: () => {} },
  });
  await store.claims.take([ACME.url], { channels: [] });
  const state = await store.state();
  const watched: Watched = {
    target: { provider: ACME, guesses: [] },
    url: ACME.url,
    opened: null,
    record: state.pages.get(ACME.url) ?? null,
    holder: { mine: true },
    dueAt: 0,
    waitMs: 0,
    busy: false,
    error: null,
    unmatched: null,
    silentBaseline: false,
    shown: new Set(),
  };
  const deps: CycleDeps = {
    http,
    store,
    now,
    recorder,
    platform: 'statuspage',
    filter: EVERYTHING,
    intervalMs: null,
    random: () => 0.5,
    lanes: [lane],
    zone: 'UTC',
    signal: new AbortController().signal,
  };
  return { watched, deps, ledger, outbox };
}

describe('thousands of reads', () => {
  it.each([1, 2, 3])('lose nothing, invent nothing, and repeat only under the same id (%i)', async (seed) => {
    const luck = dice(seed);
    const page = simulatedPage(luck);
    const folder = mkdtempSync(path.join(tmpdir(), 'pingoru-cycle-'));
    const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
    const received: StatusEvent[] = [];
    const lane: Lane = {
      kind: 'terminal',
      name: 'stdout',
      async show(events) {
        if (luck.chance(0.1)) throw new DeliveryError('not now', { permanent: false });
        received.push(...events);
      },
    };
    const http = failingHttp(page, luck);
    const open = () => openLife(openStore({ env, now: page.now, onWarning: () => {} }), http, lane, page.now);
    // The claim of a dead process is taken over; this test has but one process, so it gives it up.
    const reborn = async () => {
      await life.deps.store.claims.release();
      return open();
    };
    let life = await open();
    let beginning = 0;
    for (let tick = 0; tick < 700; tick++) {
      page.live();
      await poll(life.watched, life.deps);
      // Killed before it wrote, after it wrote, or not at all.
      if (luck.chance(0.05)) life = await reborn();
      else await life.ledger.flush();
      if (luck.chance(0.05)) life = await reborn();
      await life.outbox.deliver();
      await life.ledger.flush();
      if (beginning === 0 && life.watched.record?.readAt) beginning = page.posted.length;
    }
    const calm: Http = {
      ...http,
      request: async (url) => ({
        ...(await failingHttp(page, dice(0)).request(url)),
        text: JSON.stringify(page.document(url)),
        status: 200,
      }),
    };
    life.deps.http = calm;
    for (let round = 0; round < 20; round++) {
      await poll(life.watched, life.deps).catch(() => {});
      page.wait();
      await life.ledger.flush();
      await life.outbox.idle();
    }
    await life.ledger.flush();
    rmSync(folder, { recursive: true, force: true });
    const byUpdate = new Map<string, Set<string>>();
    for (const event of received) {
      if (event.initial || !event.update) continue;
      const ids = byUpdate.get(event.update.id) ?? new Set();
      byUpdate.set(event.update.id, ids.add(event.id));
    }
    const expected = page.posted.slice(beginning);
    expect(expected.length).toBeGreaterThan(250);
    expect(expected.filter((id) => !byUpdate.has(id))).toEqual([]);
    expect([...byUpdate.keys()].filter((id) => !page.posted.includes(id))).toEqual([]);
    expect([...byUpdate.values()].filter((ids) => ids.size > 1)).toEqual([]);
  });
});

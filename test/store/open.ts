/** A store in a folder of its own, with everything handed in that a test may want to decide. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { OutboxRow, PageRecord } from '../../src/record.ts';
import { openStore, type StoreOptions } from '../../src/store.ts';

export const NOW = new Date('2026-03-10T15:53:00Z');

/** A folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pingoru-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function storeIn(folder: string, options: Partial<StoreOptions> = {}) {
  const warnings: string[] = [];
  const env = { PINGORU_CONFIG_DIR: folder, PINGORU_STATE_DIR: folder };
  const onWarning = (message: string) => void warnings.push(message);
  const store = openStore({ env, now: () => NOW, onWarning, ...options });
  return Object.assign(store, { warnings, file: (name: string) => join(folder, name) });
}

export function record(url: string): PageRecord {
  return {
    provider: { id: 'example', name: 'Example', url, platform: 'statuspage' },
    readAt: '2026-03-10T15:53:00Z',
    validators: {
      url: `${url}/api/v2/summary.json`,
      etag: 'W/"0123456789abcdef0123456789abcdef"',
      at: '2026-03-10T15:53:00Z',
    },
    dueAt: null,
    state: 'operational',
    components: [],
    open: [],
    seen: [],
    folded: '',
    horizon: 0,
    history: false,
    missing: [],
    failure: null,
  };
}

export function row(id: string): OutboxRow {
  const queuedAt = '2026-03-10T15:53:00Z';
  return {
    id,
    page: 'https://a.example',
    channel: 'stdout',
    events: [],
    story: null,
    attempts: 0,
    dueAt: null,
    error: null,
    queuedAt,
  };
}

/** A folder whose state.json holds rows `a` and `b`, and its backup `a` alone. */
export async function folderWithState(): Promise<string> {
  const folder = newFolder();
  const store = storeIn(folder);
  await store.commit((state) => void state.outbox.push(row('a')));
  await store.commit((state) => void state.outbox.push(row('b')));
  return folder;
}

export function ids(state: { outbox: readonly { id: string }[] }): string[] {
  return state.outbox.map(({ id }) => id);
}

/** As `node:fs` throws it. */
export function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: said the system`), { code, syscall: 'write' });
}

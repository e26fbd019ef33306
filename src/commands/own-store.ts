import { openStore, type Store } from '../store.ts';
import type { Io } from './io.ts';

/** The user's own store. Warnings about its files go to standard error. */
export function openOwnStore(io: Io): Store {
  return openStore({ env: process.env, now: () => new Date(), onWarning: (message) => io.note(`pingoru: ${message}`) });
}

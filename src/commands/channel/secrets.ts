/** The references to secrets that stand in a channel's entry. */
import { type ChannelEntry, type Config, isReference } from '../../record.ts';
import type { Store } from '../../store.ts';

export function referencesOf(entry: ChannelEntry): string[] {
  return Object.values(entry).flatMap(textsOf).filter(isReference);
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/** Removes the secrets kept for an entry that is gone, but for those that another one uses. */
export function dropSecrets(entry: ChannelEntry, config: Readonly<Config>, store: Pick<Store, 'dropSecret'>): void {
  const used = new Set(config.channels.flatMap(referencesOf));
  for (const reference of referencesOf(entry)) if (!used.has(reference)) store.dropSecret(reference);
}

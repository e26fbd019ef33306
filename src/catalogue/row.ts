import type { Provider } from '../model.ts';

/** `domain` is the vendor's own site, null where it is not known. An alias with a dot is a host. */
export interface CatalogueRow extends Provider {
  domain: string | null;
  aliases: string[];
}

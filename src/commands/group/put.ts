/** A new or changed group into config.json, checked as a watch would check it. */
import { ConfigError, UsageError } from '../../errors.ts';
import type { RawObject } from '../../raw.ts';
import type { Config } from '../../record.ts';
import { DEFAULT_EVENTS, type Group } from '../../route/group.ts';
import { groupToJson, readRouting } from '../../routing.ts';

/** The group it stands for. Throws UsageError that names what of it is wrong. */
export function checkGroup(entry: object, name: string, { channels }: Pick<Config, 'channels'>): Group {
  try {
    return readRouting({ channels, groups: [entry as RawObject] }).groups[0]!;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message.replace(/^groups\[0\]\.?/, `the group "${name}": `).replace(/: : /, ': '));
  }
}

/** Who tells whom of what, in one sentence. */
export async function sentenceOf(group: Group): Promise<string> {
  const { groupLines } = await import('../../render/lists.ts');
  const whom = group.channels.join(', ') || 'nobody';
  return `the group "${group.name}" tells ${whom} of ${groupLines(groupToJson(group), DEFAULT_EVENTS).join('; ')}`;
}

/** What a new channel or group may be called, and the one that is meant by a name. */
import { nearest } from '../catalogue/index.ts';
import { UsageError } from '../errors.ts';
import { isName, isOfAWatch } from '../store/forms.ts';

export function demandName(name: string, thing: 'channel' | 'group'): void {
  if (!isName(name))
    throw new UsageError(
      `"${name}" cannot be the name of a ${thing}: use letters, digits, dots, dashes and underscores, and begin with a letter or digit`,
    );
}

export function demandChannelName(name: string, type: string): void {
  demandName(name, 'channel');
  if (isOfAWatch(name, type)) throw new UsageError(`"${name}" is a way out of each watch; choose another name`);
}

/** Says what there is, nearest names first. */
export function noSuch(thing: 'channel' | 'group', name: string, all: readonly string[]): UsageError {
  const near = nearest(name, all);
  const advice =
    all.length === 0
      ? `there is none yet; make one with: pingoru ${thing} add`
      : near.length > 0
        ? `did you mean ${near.join(', ')}?`
        : `there ${all.length === 1 ? 'is' : 'are'} ${all.join(', ')}`;
  return new UsageError(`there is no ${thing} "${name}"; ${advice}`);
}

/** The one of that name. Throws UsageError. */
export function named<T extends { name: string }>(name: string, thing: 'channel' | 'group', all: readonly T[]): T {
  const found = all.find((one) => one.name === name);
  if (found) return found;
  throw noSuch(
    thing,
    name,
    all.map((one) => one.name),
  );
}

/** What was given for a channel's settings, as flags or answers, to what config.json keeps. Pure. */
import type { Setting } from '../../channel.ts';
import { UsageError } from '../../errors.ts';

/** `clientSecret` is `--client-secret`. */
export function flagOf({ name }: Pick<Setting, 'name'>): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Where one secret of a setting belongs: `part` tells those of a list or map apart. */
export type PlaceSecret = (text: string, part: string | null) => string;

/**
 * The value of a setting. `given` is one text, several of a flag that was repeated, or a boolean; `place` makes a reference
 * of what was given for a secret. Throws UsageError that names the flag, and never quotes a secret.
 */
export function settingOf(setting: Setting, given: string | readonly string[] | boolean, place: PlaceSecret): unknown {
  const keep: PlaceSecret = setting.secret ? place : (text) => text;
  const texts = typeof given === 'boolean' ? [] : [given].flat();
  switch (setting.type ?? 'text') {
    case 'text':
      return keep(chosen(setting, texts.at(-1) ?? ''), null);
    case 'number':
      return numberOf(setting, texts.at(-1) ?? '');
    case 'boolean':
      return typeof given === 'boolean' ? given : booleanOf(setting, texts.at(-1) ?? '');
    case 'list':
      return itemsOf(setting, texts).map((text, index) => keep(text, String(index + 1)));
    case 'map':
      return Object.fromEntries(
        texts.map((text) => pairOf(setting, text)).map(([key, text]) => [key, keep(text, key)]),
      );
  }
}

function chosen(setting: Setting, text: string): string {
  if (text.trim() === '') throw new UsageError(`${flagOf(setting)} is empty; it must be ${setting.about}`);
  if (!setting.choices || setting.choices.includes(text)) return text;
  throw new UsageError(`${flagOf(setting)} must be one of ${setting.choices.join(', ')}`);
}

function numberOf(setting: Setting, text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new UsageError(`${flagOf(setting)} must be a number`);
}

function booleanOf(setting: Setting, text: string): boolean {
  if (/^(?:y|yes|true)$/i.test(text)) return true;
  if (/^(?:n|no|false)$/i.test(text)) return false;
  throw new UsageError(`${flagOf(setting)} must be yes or no`);
}

/** With commas, or as a JSON list where an item holds one. */
function itemsOf(setting: Setting, texts: readonly string[]): string[] {
  const items = texts.flatMap((text) => jsonItems(text) ?? text.split(',').map((item) => item.trim()));
  const given = items.filter((item) => item !== '');
  if (given.length === 0) throw new UsageError(`${flagOf(setting)} is empty; it must be ${setting.about}`);
  return given;
}

function jsonItems(text: string): string[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items) && items.every((item) => typeof item === 'string') ? items : null;
  } catch {
    return null;
  }
}

function pairOf(setting: Setting, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new UsageError(`${flagOf(setting)} must be written name=value`);
}

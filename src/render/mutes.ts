/** `mute` alone, for people. */
import { cleanLine } from '../text.ts';
import { layTable } from './layout.ts';
import type { View } from './style.ts';

export function renderMutes(rows: readonly { id: string; what: string; until: string }[], view: View): string {
  return layTable(
    ['ID', 'UNTIL', 'WHAT'],
    rows.map(({ id, what, until }) => [[cleanLine(id)], [until], [cleanLine(what)]]),
    view,
  );
}

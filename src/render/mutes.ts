/** `mute` alone, for people. */
import { cleanLine } from '../text.ts';
import type { View } from './style.ts';
import { layTable } from './table.ts';

export function renderMutes(rows: readonly { id: string; what: string; until: string }[], view: View): string {
  return layTable(
    ['ID', 'UNTIL', 'WHAT'],
    rows.map(({ id, what, until }) => [[cleanLine(id)], [until], [cleanLine(what)]]),
    view,
  );
}

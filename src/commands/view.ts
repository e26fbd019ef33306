import type { View } from '../render/style.ts';
import type { Io } from './io.ts';

/** How and when things are shown on standard output, or on standard error. What measures a terminal is loaded for one. */
export async function viewOf({ io, now }: { io: Io; now: () => Date }, stream: 'out' | 'note' = 'out'): Promise<View> {
  const style = await import('../render/style.ts');
  if (io.width !== null) await (await import('../render/widths.ts')).loadWidths();
  return style.viewOf({ width: io.width, zone: io.zone, now: now(), colors: io.colors[stream] });
}

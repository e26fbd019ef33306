/** What a watch shows: a header per target, a block or a line per event, and on a terminal a last line that lives. */
import type { Watched } from '../cycle.ts';
import { DeliveryError } from '../errors.ts';
import { eventToJson } from '../json.ts';
import type { StatusEvent } from '../model.ts';
import { openIncidents } from '../record.ts';
import { isoWords } from '../zone.ts';
import type { Context } from './context.ts';
import { noSuchComponent } from './no-such-component.ts';

export interface Screen {
  /** Resolves when the events have left this process. Throws DeliveryError when nobody reads standard output any more. */
  events(events: readonly StatusEvent[]): Promise<void>;
  /** A line on standard error. */
  note(line: string): void;
  read(watched: Watched): void;
  waits(watched: Watched): void;
  holder(watched: Watched): void;
  tick(all: readonly Watched[]): void;
  close(): void;
}

export async function openScreen(context: Context, options: { json?: boolean; once?: boolean }): Promise<Screen> {
  const { io } = context;
  const render = await import('../render/terminal.ts');
  const style = await import('../render/style.ts');
  if (io.width !== null) await (await import('../render/widths.ts')).loadWidths();
  const view = (stream: 'out' | 'note') =>
    style.viewOf({ width: io.width, zone: io.zone, now: context.now(), colors: io.colors[stream] });
  const alive = !options.json && !options.once && io.outIsTerminal && io.noteIsTerminal;
  const greeted = new Set<string>();
  const warned = new Set<string>();
  let drawn = 0;

  const clear = () => {
    if (drawn > 0) io.draw(clearing(drawn, io.width));
    drawn = 0;
  };
  const note = (line: string) => {
    clear();
    io.note(line);
  };
  const textOf = (event: StatusEvent) => {
    if (options.json) return `${JSON.stringify(eventToJson(event))}\n`;
    return io.outIsTerminal ? render.renderEvent(event, view('out')) : render.renderEventPlain(event, view('out'));
  };

  return {
    async events(events) {
      clear();
      await io.out(events.map(textOf).join(''));
      if (io.closed.aborted) throw new DeliveryError('standard output was closed by its reader', { permanent: false });
    },
    note,
    read(watched) {
      if (options.once && watched.error)
        note(`pingoru: ${watched.target.provider.id} could not be read: ${watched.error.message}`);
      if (watched.unmatched && !warned.has(watched.url)) {
        warned.add(watched.url);
        note(`pingoru: ${watched.target.provider.id}: ${noSuchComponent(watched.unmatched, context.filter).message}`);
      }
      if (greeted.has(watched.url) || (options.json && !io.noteIsTerminal) || options.once) return;
      greeted.add(watched.url);
      note(render.renderHeader(headerOf(watched), view('note')).trimEnd());
    },
    waits(watched) {
      const until = isoWords(new Date(watched.record?.dueAt ?? 0), io.zone);
      note(`pingoru: ${watched.target.provider.id} is not asked before ${until}, as its server or its failures advise`);
    },
    holder(watched) {
      if (!greeted.has(watched.url) || options.json) return;
      note(render.renderHeader(headerOf(watched), view('note')).trimEnd());
    },
    tick(all) {
      if (!alive) return;
      const line = render.renderLiveLine(lifeOf(all), view('note'));
      io.draw(clearing(drawn, io.width) + line);
      drawn = style.widthOf(line);
    },
    close: clear,
  };
}

/** Takes back a line of so many columns; a terminal made narrower since has wrapped it over several. */
function clearing(columns: number, width: number | null): string {
  const rowsAbove = Math.max(0, Math.ceil(columns / (width ?? columns + 1)) - 1);
  return `\r${rowsAbove > 0 ? `\u001B[${rowsAbove}A` : ''}\u001B[J`;
}

function headerOf(watched: Watched) {
  const { record, holder, error, opened, target } = watched;
  return {
    provider: opened?.provider ?? target.provider,
    platform: opened?.source.title ?? null,
    state: error ? ('unknown' as const) : (record?.state ?? null),
    error,
    open: record ? openIncidents(record) : [],
    recordedBy: holder.mine || holder.pid === 0 ? null : holder.pid,
  };
}

function lifeOf(all: readonly Watched[]) {
  const reads = all.flatMap((watched) => (watched.record?.readAt ? [Date.parse(watched.record.readAt)] : []));
  return {
    pages: all.length,
    lastReadAt: reads.length > 0 ? new Date(Math.max(...reads)) : null,
    nextAt: new Date(Math.min(...all.map((watched) => watched.dueAt))),
    unreadable: all.filter((watched) => watched.error !== null).length,
  };
}

/** `pingoru mute`: nobody is told of something for a while. Alone, it shows what is muted. */
import { UsageError } from '../errors.ts';
import { fingerprint } from '../fingerprint.ts';
import { mutesDocument } from '../json-alerts.ts';
import { isClosed } from '../normalize.ts';
import { readTarget } from '../open.ts';
import { type Config, type Mute, openIncidents, type ReadonlyState } from '../record.ts';
import { isOn, stillOn } from '../route/mutes.ts';
import type { Store } from '../store.ts';
import { resolveTargets, type Target } from '../targets.ts';
import { cleanLine } from '../text.ts';
import { durationWords, isoSeconds } from '../time.ts';
import { wordsOf } from '../words.ts';
import { shortWords } from '../zone.ts';
import { withContext } from './context.ts';
import { EXIT } from './exit.ts';
import { chooseIncident, findIncident, type Wanted, wantedBy } from './find-incident.ts';
import { type GlobalOptions, type Io, openIo } from './io.ts';
import { openOwnStore } from './own-store.ts';
import { isKnown, pageOf, splitWatched } from './page-of.ts';
import { viewOf } from './view.ts';

interface Options extends GlobalOptions {
  incident?: string;
  component?: string;
  for?: number;
  untilResolved?: boolean;
  json?: boolean;
}

/** Of what has no end that could be waited for. */
const USUAL_MS = 2 * 3_600_000;
/** Times are kept to the second, and it is never shorter than was said. */
const LESS_THAN_A_SECOND_MS = 999;

export async function run(options: Options, words: string[]): Promise<number> {
  const io = openIo(options);
  const store = openOwnStore(io);
  const [word] = words;
  if (word === undefined) return show(options, store, io);
  if (options.json) throw new UsageError('--json shows what is muted, and goes without a target');
  const now = new Date();
  const state = await store.state();
  const config = await store.config();
  const { target: place, wanted } = splitWatched(word, state, config);
  const incident = wanted ?? (options.incident === undefined ? null : wantedBy(options.incident));
  const targets = resolveTargets([place], config);
  const known = targets.map((target) => ({ target, page: knownPage(target, state, config) }));
  if (incident !== null && targets.length > 1) throw new UsageError('--incident goes with one provider or page');
  const mutes: Mute[] = [];
  for (const { target, page } of known) mutes.push(await muteOf(target, page, incident, state, options, now));
  const ids = new Set(mutes.map(({ id }) => id));
  await store.commit((draft) => {
    draft.mutes = [...draft.mutes.filter((mute) => !ids.has(mute.id) && isOn(mute, now)), ...mutes];
  });
  for (const mute of mutes) io.note(`${subjectOf(mute, state)} is muted ${untilWords(mute, now, io)}`);
  const isWatched = ({ page }: Mute) => state.pages.has(page) || config.watch.some(({ url }) => url === page);
  for (const { provider, page } of mutes.filter((mute) => !isWatched(mute)))
    io.note(`${cleanLine(provider)} is not on the watch list (${page})`);
  io.note(adviceOf(mutes, options));
  return EXIT.ok;
}

/** The address a target is known by. What nobody watches, nobody is told of: any other may be a slip. Throws UsageError. */
function knownPage({ provider, guesses }: Target, state: ReadonlyState, config: Readonly<Config>): string {
  const urls = [provider.url, ...guesses];
  const page = urls.map((url) => pageOf(url, state)).find((url) => isKnown(url, state, config));
  if (page !== undefined) return page;
  throw new UsageError(
    `${urls.at(-1)} is neither watched nor in the catalogue, so there is nothing to mute; see what is watched with: pingoru list`,
  );
}

async function muteOf(
  target: Target,
  page: string,
  incident: Wanted | null,
  state: ReadonlyState,
  options: Options,
  now: Date,
): Promise<Mute> {
  const id = incident === null ? null : await incidentId(incident, target, page, state, options);
  const component = options.component ?? null;
  const forMs = options.for ?? (options.untilResolved || id !== null ? null : USUAL_MS);
  const mute: Mute = {
    id: `mut_${fingerprint([page, id ?? '', component ?? ''].join('\n'), 8)}`,
    page,
    provider: target.provider.name,
    incident: id,
    component,
    until: forMs === null ? null : isoSeconds(new Date(now.getTime() + forMs + LESS_THAN_A_SECOND_MS)),
    untilResolved: options.untilResolved ?? forMs === null,
    at: now.toISOString(),
  };
  const record = state.pages.get(page);
  const isVain = mute.untilResolved && id === null && record !== undefined && record.readAt !== null;
  if (isVain && stillOn([mute], page, { ...record, readAt: mute.at }, now).length === 0)
    throw new UsageError(`${mute.provider} has nothing open there that could be resolved; say how long with --for 2h`);
  return mute;
}

/** Of what a watch has seen, or else of what the page says now. Throws UsageError for what is over. */
async function incidentId(
  wanted: Wanted,
  target: Target,
  page: string,
  state: ReadonlyState,
  options: Options,
): Promise<string> {
  const record = state.pages.get(page);
  const known = record && findIncident(openIncidents(record), wanted);
  if (known) return known.id;
  return withContext(options as GlobalOptions, [target.provider.url], { oneShot: true }, async (context) => {
    const { opened, read } = await readTarget(target, 'recent', context);
    const incident = chooseIncident(read.snapshot!.incidents, wanted, opened.provider, context.now())!;
    if (!isClosed(incident.status)) return incident.id;
    throw new UsageError(`"${cleanLine(incident.title)}" is over already (${wordsOf(incident.status)})`);
  });
}

/** "Clerk", "API of Clerk", "the incident "Late webhooks" of Clerk" */
function subjectOf({ provider, incident, component, page }: Mute, { pages }: ReadonlyState): string {
  const title = pages.get(page)?.open.find(({ id }) => id === incident)?.title ?? incident;
  const what = [
    ...(title === null ? [] : [`the incident "${cleanLine(title)}"`]),
    ...(component === null ? [] : [cleanLine(component)]),
  ];
  return [...what, cleanLine(provider)].join(' of ');
}

function untilWords({ until, untilResolved }: Mute, now: Date, io: Pick<Io, 'zone'>): string {
  if (until === null) return untilResolved ? 'until it is resolved' : 'until it is taken back';
  const end = new Date(until);
  const left = durationWords(Math.floor((end.getTime() - now.getTime()) / 1000));
  return `until ${shortWords(end, now, io.zone)} (${left})${untilResolved ? ', or until it is resolved' : ''}`;
}

function adviceOf(mutes: readonly Mute[], options: Options): string {
  const [first] = mutes;
  const what = mutes.length === 1 ? first!.id : '--all';
  const usual = options.for === undefined && !options.untilResolved && first!.until !== null;
  return `take it back with: pingoru unmute ${what}${usual ? '; --for 8h or --until-resolved mutes it for another time' : ''}`;
}

async function show(options: Options, store: Store, io: Io): Promise<number> {
  if (options.incident ?? options.component ?? options.for ?? options.untilResolved)
    throw new UsageError('name the provider, the page or the incident to mute');
  const now = new Date();
  const state = await store.state();
  const mutes = state.mutes.filter((mute) => isOn(mute, now));
  if (options.json) await io.out(`${JSON.stringify(mutesDocument(mutes))}\n`);
  else if (mutes.length === 0) io.note('nothing is muted');
  else {
    const { renderMutes } = await import('../render/lists.ts');
    const rows = mutes.map((mute) => ({
      id: mute.id,
      what: subjectOf(mute, state),
      until: untilWords(mute, now, io).replace(/^until /, ''),
    }));
    await io.out(renderMutes(rows, await viewOf({ io, now: () => now })));
  }
  return EXIT.ok;
}

/**
 * Sorry (https://docs.sorryapp.com; each page describes its own API under `/api`). The list of notices changes with every
 * post, and components are what their notices make them, so that list is the one asked conditionally. It has the last post
 * of each notice; all of them are in a notice's own document, which is asked for what is open, planned or of late.
 * General notices are announcements that never end: they are left out.
 *
 * Not verified: how long a notice counts as recent, and whether every page numbers its posts. Some pages publish nothing.
 */
import { FetchError, ParseError } from '../errors.ts';
import type { Component, Depth, Get, Kind, Page, Reply, Snapshot, Source } from '../model.ts';
import type { IncidentDraft } from '../normalize.ts';
import {
  asObject,
  asText,
  demandOk,
  isMarkup,
  isObject,
  parseJson,
  parseJsonObject,
  type RawObject,
  tryJson,
} from '../raw.ts';
import { asLine } from '../text.ts';
import {
  baseAddress,
  componentRows,
  isAbout,
  isComponents,
  isNotice,
  kindOf,
  nextPage,
  noticeRows,
  shapeError,
  toComponents,
  toDraft,
  toSnapshot,
  type View,
} from './sorry-documents.ts';

const ABOUT = 'api/v1/status';
const COMPONENTS = 'api/v1/components';
const NOTICES = 'api/v1/notices';
/** Of 25 components each. */
const MOST_PAGES = 5;
/** Own documents of notices, in one read. */
const MOST_NOTICES = 10;

export const sorry = {
  name: 'sorry',
  title: 'Sorry',
  docs: 'https://docs.sorryapp.com/v1',
  lists: 'recent',
  endpoints: [ABOUT, COMPONENTS, NOTICES],
  detect,
  read,
  parse,
} satisfies Source;

function detect(reply: Reply): boolean {
  if (reply.status !== 200) return false;
  if (isMarkup(reply)) return isPage(reply.text);
  return kindOfDocument(tryJson(reply)) !== null;
}

/** `Powered by Sorry™`, its name a link or not. */
function isPage(html: string): boolean {
  return (
    /\bPowered by\s{1,20}(?:<[^<>]{0,300}>\s{0,20}){0,3}Sorry(?:™|&trade;|&#8482;|\b)/i.test(html) &&
    html.includes('sorryapp')
  );
}

type Document = 'about' | 'components' | 'notices' | 'notice';

function kindOfDocument(json: unknown): Document | null {
  if (isComponents(json)) return 'components';
  if (!isObject(json)) return null;
  if (isAbout(json)) return 'about';
  if (noticeRows(json, true)) return 'notices';
  return isObject(json.notice) && isNotice(json.notice) ? 'notice' : null;
}

async function read(page: Page, get: Get, depth: Depth): Promise<Snapshot | null> {
  const reply = await get(NOTICES, { accept: 'json', conditional: depth === 'recent' });
  if (reply.status === 304) return null;
  const rows = noticeRows(parseJsonObject(reply), false);
  if (rows === null) throw shapeError(reply.url, 'list of notices');
  const about = await readAbout(get);
  const components = await readComponents(get);
  const { drafts, torn } = await readNotices(rows, { components, base: baseAddress(page) }, get, depth);
  const snapshot = toSnapshot(about, components, drafts, depth === 'recent' ? 'recent' : 'open');
  return torn ? { ...snapshot, torn } : snapshot;
}

async function readAbout(get: Get): Promise<RawObject> {
  const reply = await get(ABOUT, { accept: 'json' });
  const json = parseJsonObject(reply);
  if (!isAbout(json)) throw shapeError(reply.url, 'state');
  return asObject(json.page);
}

async function readComponents(get: Get): Promise<Component[]> {
  const rows: RawObject[] = [];
  let path: string | null = COMPONENTS;
  for (let asked = 0; path !== null && asked < MOST_PAGES; asked++) {
    const reply: Reply = await get(path, { accept: 'json' });
    if (reply.status === 404) break;
    const json = parseJson(reply);
    const found = componentRows(json, false);
    if (found === null) throw shapeError(reply.url, 'list of components');
    rows.push(...found);
    const next = nextPage(json);
    path = next === null ? null : `${COMPONENTS}?page=${next}`;
  }
  return toComponents(rows);
}

const ORDER = ['present', 'future', 'past_recent'];

/** Each notice from its own document, or from its row where that is not worth a request or not to be had. */
async function readNotices(rows: readonly RawObject[], view: View, get: Get, depth: Depth) {
  const wanted = depth === 'recent' ? ORDER : ORDER.slice(0, 2);
  const rank = (raw: RawObject) => wanted.indexOf(asText(raw.timeline_state) ?? '');
  const listed = rows.flatMap((raw): { raw: RawObject; kind: Kind }[] => {
    const kind = kindOf(raw);
    return kind === null ? [] : [{ raw, kind }];
  });
  const asked = listed.filter(({ raw }) => rank(raw) >= 0).sort((a, b) => rank(a.raw) - rank(b.raw));
  const whole = new Map<RawObject, RawObject>();
  let torn = false;
  for (const { raw } of asked.slice(0, MOST_NOTICES)) {
    const notice = await readNotice(asLine(raw.id)!, get);
    if (notice === 'broken') torn = true;
    else if (notice !== null) whole.set(raw, notice);
  }
  return { drafts: listed.map(({ raw, kind }) => toDraft(whole.get(raw) ?? raw, kind, view)), torn };
}

/** Null when it has no document of its own. */
async function readNotice(id: string, get: Get): Promise<RawObject | null | 'broken'> {
  try {
    const reply = await get(`${NOTICES}/${encodeURIComponent(id)}`, { accept: 'json' });
    if (reply.status === 404) return null;
    const { notice } = parseJsonObject(reply);
    return isObject(notice) && isNotice(notice) && asLine(notice.id) === id ? notice : 'broken';
  } catch (error) {
    if (error instanceof FetchError || error instanceof ParseError) return 'broken';
    throw error;
  }
}

function parse(reply: Reply, page: Page): Snapshot {
  demandOk(reply);
  const json = parseJson(reply);
  const view = { components: [], base: baseAddress(page) };
  switch (kindOfDocument(json)) {
    case 'about':
      return toSnapshot(asObject(asObject(json).page), [], [], 'open');
    case 'components':
      return toSnapshot(null, toComponents(componentRows(json, true) ?? []), [], 'open');
    case 'notices':
      return toSnapshot(null, [], toDrafts(noticeRows(asObject(json), true) ?? [], view), 'recent');
    case 'notice':
      return noticeSnapshot(asObject(asObject(json).notice), view);
    case null:
      throw shapeError(reply.url, 'document');
  }
}

function toDrafts(rows: readonly RawObject[], view: View): IncidentDraft[] {
  return rows.flatMap((raw) => {
    const kind = kindOf(raw);
    return kind === null ? [] : [toDraft(raw, kind, view)];
  });
}

/** One notice says nothing of the rest of the page, so its end is not that all is well. */
function noticeSnapshot(raw: RawObject, view: View): Snapshot {
  const snapshot = toSnapshot(null, [], toDrafts([raw], view), 'open');
  return snapshot.state === 'operational' ? { ...snapshot, state: 'unknown' } : snapshot;
}

/**
 * PagerDuty through its Events API v2: what opens or worsens triggers an alert, what ends resolves it. Alerts wake people,
 * so what is only news (a plan, a reworded post, a postmortem) is left out.
 */
import type { Channel, ChannelIo, Delivery, Message, Settings } from '../channel.ts';
import { ConfigError, DeliveryError } from '../errors.ts';
import type { Reply, Severity, StatusEvent } from '../model.ts';
import { isClosed } from '../normalize.ts';
import { fitLines, inert } from '../outgoing.ts';
import { asText } from '../raw.ts';
import { safeUrl } from '../text.ts';
import { isoSeconds } from '../time.ts';
import { labelOf, listWords, wordsOf } from '../words.ts';
import { objectOf, refusalOf, unconfirmed, waitingFor } from './answer.ts';
import { serviceOf, textOf } from './settings.ts';
import { factsOf, standingLines } from './standings.ts';
import { linkWords } from './wording.ts';

const USUAL_API = 'https://events.pagerduty.com';
const SUMMARY_LENGTH = 1024;
/** Of the short fields, which have no limit of their own; the whole event may have 512 kB. */
const FIELD_LENGTH = 255;
const POST_LENGTH = 8000;
const LIST_LENGTH = 4000;
const MOST_NAMES = 50;
/** "Preferably with a backoff of a few minutes": https://developer.pagerduty.com/docs/events-api-v2-overview */
const RATE_LIMIT_WAIT_MS = 120_000;

export const pagerduty: Channel = {
  name: 'pagerduty',
  title: 'PagerDuty',
  docs: 'https://developer.pagerduty.com/docs/send-alert-event',
  settings: [
    {
      name: 'key',
      about: 'the integration key of an Events API v2 integration of your service (32 characters)',
      required: true,
      secret: true,
    },
    { name: 'api', about: `${USUAL_API} unless given; https://events.eu.pagerduty.com for accounts in the EU` },
  ],
  // About 120 a minute for each key: https://developer.pagerduty.com/docs/events-api-rate-limits
  pace: { concurrent: 1, gapMs: 500, singles: null, patience: 'days' },
  connect(settings, io) {
    const { url, key } = readSettings(settings);
    return async (delivery) => {
      const action = actionOf(delivery);
      if (action.skip !== undefined) return { outcome: 'skipped', detail: action.skip };
      const reply = await io.request({ url, body: eventFor(key, action.does, delivery, io) });
      demandAccepted(reply, io);
      return { outcome: 'accepted', detail: action.does === 'trigger' ? 'alert triggered' : 'alert resolved' };
    };
  },
};

function readSettings(settings: Settings) {
  const key = textOf(settings, 'key') ?? '';
  if (!/^[A-Za-z0-9]{32}$/.test(key))
    throw new ConfigError(
      '"key" must be the 32 letters and digits of an integration key: in PagerDuty, Services > your service > Integrations > Events API v2',
    );
  return { key, url: `${serviceOf(settings, 'api', USUAL_API)}/v2/enqueue` };
}

type Action = { does: 'trigger' | 'resolve'; skip?: undefined } | { skip: string };

const TRIGGER: Action = { does: 'trigger' };
const RESOLVE: Action = { does: 'resolve' };

function actionOf({ events }: Delivery): Action {
  if (events.length > 1) return { skip: 'a digest is no alert' };
  const event = events[0];
  // What pingoru says of itself is that somebody is no longer told: worth an alert, which a person closes.
  return event === undefined ? TRIGGER : eventAction(event);
}

function eventAction(event: StatusEvent): Action {
  switch (event.type) {
    case 'incident.opened':
    case 'incident.updated':
    case 'incident.reopened':
    case 'maintenance.started':
    case 'maintenance.updated':
      return openAction(event);
    case 'incident.resolved':
    case 'incident.withdrawn':
    case 'maintenance.completed':
    case 'maintenance.cancelled':
    case 'maintenance.withdrawn':
    case 'provider.readable':
      return RESOLVE;
    case 'component.changed':
      return event.component?.to === 'operational' ? RESOLVE : TRIGGER;
    case 'provider.unreadable':
      return TRIGGER;
    case 'maintenance.scheduled':
    case 'maintenance.reminder':
      return { skip: 'a plan is no alert: it triggers one when the work starts' };
    case 'incident.edited':
    case 'maintenance.edited':
      return { skip: 'a reworded post changes no alert' };
    case 'provider.moved':
      return { skip: 'a page that moved is no alert' };
  }
}

/** A trigger after the end would open a new alert, and wake somebody for what is over. */
function openAction({ incident }: StatusEvent): Action {
  if (incident && isClosed(incident.status)) return { skip: 'it is over already' };
  if (incident?.status === 'scheduled') return { skip: 'a plan is no alert: it triggers one when the work starts' };
  return TRIGGER;
}

function eventFor(key: string, action: 'trigger' | 'resolve', delivery: Delivery, io: ChannelIo) {
  const { message, story, plain, id } = delivery;
  return {
    routing_key: key,
    event_action: action,
    // The same from every machine that watches the page, so that two of them raise one alert.
    dedup_key: story?.key ?? id,
    payload: { ...payloadOf(delivery, io), ...(!plain && detailsOf(delivery)) },
    ...(!plain && { client: 'pingoru', ...linksOf(message) }),
  };
}

const SEVERITIES = {
  critical: 'critical',
  major: 'error',
  minor: 'warning',
  unknown: 'warning',
  maintenance: 'info',
  info: 'info',
  good: 'info',
} satisfies Record<Severity, string>;

/** What PagerDuty demands of every alert. */
function payloadOf({ message, events }: Delivery, io: ChannelIo) {
  const page = safeUrl(events[0]?.provider.url);
  return {
    summary: short(summaryOf(message, events[0]), SUMMARY_LENGTH),
    source: page === null ? io.host : new URL(page).host,
    severity: SEVERITIES[message.severity],
  };
}

/** It becomes the alert's title, and is read out on the phone. */
function summaryOf(message: Message, event: StatusEvent | undefined): string {
  if (!event) return message.title;
  return event.incident ? `${message.title} (${wordsOf(event.incident.status)})` : message.line;
}

function detailsOf({ message, events }: Delivery) {
  const event = events[0];
  const component = componentOf(message, event);
  return {
    ...(event && { timestamp: isoSeconds(event.at), class: event.type }),
    ...(component !== '' && { component: short(component) }),
    group: short(message.provider),
    custom_details: customDetails(message),
  };
}

function componentOf(message: Message, event: StatusEvent | undefined): string {
  if (event?.component) return labelOf(event.component);
  return listWords(message.components.map(({ label }) => label));
}

function customDetails(message: Message): Record<string, string> {
  const standings = standingLines(message, MOST_NAMES);
  const pairs: [string, string][] = [
    ['What happened', message.line],
    ...factsOf(message).map(({ label, value }): [string, string] => [label, value]),
    ['Components', standings.length === 0 ? '' : fitLines(standings, LIST_LENGTH)],
    ['Update', message.body],
  ];
  return Object.fromEntries(
    pairs.filter(([, value]) => value !== '').map(([label, value]) => [label, short(value, POST_LENGTH)]),
  );
}

function linksOf({ url }: Message) {
  return url !== null && { links: [{ href: url, text: linkWords() }] };
}

/** PagerDuty passes its texts on to mail, chat and phones, which make links of what looks like one. */
function short(text: string, max = FIELD_LENGTH): string {
  return inert(text, max);
}

/** 202 and nothing else: any other 2xx is of somebody in between. */
function demandAccepted(reply: Reply, io: ChannelIo): void {
  if (reply.status === 202) return;
  const reasons = reasonsOf(reply);
  const refusal = refusalOf(reply, 'PagerDuty', io.now(), reasons || reply.text);
  if (!refusal) throw unconfirmed(reply, 'PagerDuty', 'look at "api"');
  const { status, retryAfterMs = RATE_LIMIT_WAIT_MS } = refusal.details;
  if (status === 429) throw waitingFor(refusal, retryAfterMs);
  throw status === 400 && /routing[ _-]?key/i.test(reasons) ? unknownKey() : refusal;
}

function unknownKey(): DeliveryError {
  return new DeliveryError(
    'PagerDuty knows no such integration key (HTTP 400): copy it again from an Events API v2 integration, or set "api" where the account is in the EU',
    { permanent: 'channel', status: 400 },
  );
}

/** The words of `{ "status": "invalid event", "message": "…", "errors": ["…"] }`. */
function reasonsOf(reply: Reply): string {
  const { message, errors } = objectOf(reply);
  return [message, ...(Array.isArray(errors) ? errors : [])]
    .map(asText)
    .filter((text) => text !== null)
    .join(': ');
}

/** An event to words, once for all channels. Pure; times are of the given zone. */
import type { Message } from './channel.ts';
import type { Incident, StatusEvent } from './model.ts';
import { isClosed } from './normalize.ts';
import { cleanLine, cleanText, safeUrl } from './text.ts';
import { durationWords, secondsBetween } from './time.ts';
import {
  afterWords,
  changesOf,
  countWords,
  durationOf,
  labelOf,
  listWords,
  SEVERITY_RANK,
  severityOf,
  severityOfStatus,
  stepWords,
  subjectOf,
  wordsOf,
} from './words.ts';
import { momentWords, spanWords } from './zone.ts';

/** The message of an event; its times are of `zone`, UTC if there is none. */
export function messageOf(event: StatusEvent, zone: string | undefined = 'UTC'): Message {
  const provider = cleanLine(event.provider.name);
  return {
    provider,
    title: titleOf(event),
    line: `${provider} ${deedOf(event, zone)}`,
    body: cleanText(event.update?.body ?? '').trim(),
    severity: severityOf(event),
    url: safeUrl(event.incident?.url) ?? safeUrl(event.provider.url),
    facts: event.incident ? incidentFacts(event.incident, event.detectedAt, zone) : providerFacts(event),
    changes: event.incident ? changedStandings(event) : [],
    components: (event.incident?.components ?? []).map((component) => ({
      label: labelOf(component),
      status: wordsOf(component.status),
      severity: severityOfStatus(component.status),
    })),
    items: [],
  };
}

function changedStandings(event: StatusEvent): Message['changes'] {
  return changesOf(event).map((change) => ({
    label: change.label,
    status: stepWords(change, '→'),
    severity: severityOfStatus(change.to),
  }));
}

/** Several events as one message that names every incident once, as it stands after the last of them. */
export function digestOf(events: readonly StatusEvent[], zone: string | undefined = 'UTC'): Message {
  const messages = events.map((event) => ({ event, message: messageOf(event, zone) }));
  const stories = new Map(messages.map((one) => [storyName(one.event), one]));
  const providers = [...new Set(messages.map(({ message }) => message.provider))];
  const worst = [...stories.values()].reduce((a, b) =>
    SEVERITY_RANK[b.message.severity] > SEVERITY_RANK[a.message.severity] ? b : a,
  ).message;
  const of = providers.length === 1 ? providers[0]! : countWords(providers.length, 'provider');
  return {
    ...worst,
    provider: of,
    title: `${countWords(events.length, 'update')} of ${of}`,
    line: `${listWords(providers, 6, 'provider')}.`,
    body: '',
    url: providers.length === 1 ? worst.url : null,
    facts: [],
    changes: [],
    components: [],
    items: [...stories.values()].map(({ event, message }) => `${message.title} (${standing(event)})`),
  };
}

/** What pingoru has to say of itself. */
export function noticeOf(notice: { title: string; line: string }): Message {
  return {
    provider: 'pingoru',
    title: cleanLine(notice.title),
    line: cleanLine(notice.line),
    body: '',
    severity: 'unknown',
    url: null,
    facts: [],
    changes: [],
    components: [],
    items: [],
  };
}

function storyName({ provider, incident, component }: StatusEvent): string {
  return `${provider.url} ${incident?.id ?? component?.id ?? ''}`;
}

function standing({ type, incident, component }: StatusEvent): string {
  if (component) return wordsOf(component.to);
  if (incident) return type.endsWith('.withdrawn') ? 'no longer listed' : wordsOf(incident.status);
  return type.slice('provider.'.length);
}

/** The provider and what the event is about: the same for all events of one story, while the vendor does not rename it. */
export function titleOf(event: Topic): string {
  return `${cleanLine(event.provider.name)}: ${topicOf(event)}`;
}

/** What of an event, in the program or in its JSON, its title is made of. */
export interface Topic {
  provider: { name: string };
  incident: { title: string } | null;
  component: { name: string; group: string | null } | null;
}

function topicOf(event: Topic): string {
  if (event.incident) return cleanLine(event.incident.title);
  return event.component ? labelOf(event.component) : 'status page';
}

/** What the provider did, to follow its name: a sentence without its subject. */
function deedOf(event: StatusEvent, zone: string): string {
  const { incident } = event;
  const topic = `"${topicOf(event)}"`;
  const phase = wordsOf(event.update?.status ?? incident?.status ?? 'unknown');
  switch (event.type) {
    case 'incident.opened':
      return `${event.initial ? 'has an open' : 'reports a new'} ${incident ? subjectOf(incident) : 'incident'}, ${topic}: ${phase}.`;
    case 'incident.updated':
    case 'maintenance.updated':
      return phase === 'postmortem' ? `published a postmortem of ${topic}.` : `posted an update on ${topic}: ${phase}.`;
    case 'incident.resolved':
      return `resolved ${topic}${afterWords(event.incident, event.detectedAt)}.`;
    case 'incident.reopened':
      return `reopened ${topic}: ${phase}.`;
    case 'incident.edited':
    case 'maintenance.edited':
      return `reworded a post on ${topic}.`;
    case 'incident.withdrawn':
    case 'maintenance.withdrawn':
      return `no longer lists ${topic}, without having closed it.`;
    case 'maintenance.scheduled':
      return `plans maintenance, ${topic}${planWords(incident, zone)}.`;
    case 'maintenance.reminder':
      return `begins maintenance in ${untilBegin(event)}, ${topic}${planWords(incident, zone)}.`;
    case 'maintenance.started':
      return `${event.initial ? 'is in' : 'started'} maintenance, ${topic}${planWords(incident, zone)}.`;
    case 'maintenance.completed':
      return `completed maintenance, ${topic}${afterWords(event.incident, event.detectedAt)}.`;
    case 'maintenance.cancelled':
      return `cancelled maintenance, ${topic}.`;
    case 'component.changed':
      return componentDeed(event);
    case 'provider.unreadable':
      return `has a status page that cannot be read: ${cleanLine(event.error?.message ?? 'for a reason not known')}.`;
    case 'provider.readable':
      return 'has a status page that can be read again.';
    case 'provider.moved':
      return `has moved its status page: ${movedWords(event)}.`;
  }
}

function planWords(incident: Incident | null, zone: string): string {
  if (!incident?.scheduledFor) return '';
  return `: ${spanWords(incident.scheduledFor, incident.scheduledUntil, zone)}`;
}

/** "1 h", "23 h 58 m" */
function untilBegin({ incident, detectedAt }: StatusEvent): string {
  return durationWords(secondsBetween(detectedAt, incident?.scheduledFor ?? detectedAt));
}

function componentDeed({ component }: StatusEvent): string {
  if (!component) return 'has a component whose status changed.';
  return `changed ${labelOf(component)} from ${wordsOf(component.from)} to ${wordsOf(component.to)}.`;
}

function movedWords({ provider }: StatusEvent): string {
  const address = safeUrl(provider.url) ?? 'its address is not usable';
  return provider.platform === null ? address : `${address}, served by ${cleanLine(provider.platform)}`;
}

function incidentFacts(incident: Incident, now: Date, zone: string): Message['facts'] {
  const { startedAt, resolvedAt, scheduledFor } = incident;
  const facts: [string, string | null][] = [
    ['Status', wordsOf(incident.status)],
    ['Impact', incident.kind === 'maintenance' || incident.impact === 'unknown' ? null : wordsOf(incident.impact)],
    ['Planned', scheduledFor && spanWords(scheduledFor, incident.scheduledUntil, zone)],
    ['Started', startedAt && momentWords(startedAt, zone)],
    [incident.kind === 'maintenance' ? 'Ended' : 'Resolved', resolvedAt && momentWords(resolvedAt, zone)],
    [isClosed(incident.status) ? 'Duration' : 'So far', durationOf(incident, now)],
    ['Affected', listWords(incident.components.map(labelOf), 10) || null],
  ];
  return facts.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

function providerFacts({ provider, error }: StatusEvent): Message['facts'] {
  const url = safeUrl(provider.url);
  return [
    ...(url === null ? [] : [{ label: 'Page', value: url }]),
    ...(error === null ? [] : [{ label: 'Reason', value: cleanLine(error.code) }]),
  ];
}

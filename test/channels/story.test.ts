import { expect, test } from 'vitest';
import { concernsAll, referenceOf } from '../../src/channels/story.ts';
import { linkWords, plainWords } from '../../src/channels/wording.ts';
import type { Severity } from '../../src/model.ts';
import { clerkIncident, eventOf, message } from '../incidents.ts';
import { CASES, deliveryOf, STORY } from './setup.ts';

test('a later message of a story says which it is, and what the story was first told as', () => {
  const of = (title: string, told: number) =>
    referenceOf(deliveryOf(eventOf('incident.updated', clerkIncident(2)), { story: { ...STORY, title, told } }));
  expect(of('Clerk: Slow sign-in', 0)).toBeNull();
  expect(of('Clerk: Increased latency & 500 Errors on FAPI/BAPI', 3)).toBe('Update 4 of this incident');
  expect(of('Clerk: Slow sign-in', 1)).toBe('Update 2 of this incident, first told as "Clerk: Slow sign-in"');
  expect(referenceOf(CASES.digest!())).toBeNull();
});

test('whoever does not follow a thread is told when a story turns or worsens, and not of more of the same', () => {
  const update = (severity: Severity, before?: Severity) => {
    const memory: Record<string, string> = before ? { severity: before } : {};
    const delivery = deliveryOf(eventOf('incident.updated', clerkIncident(2)), {
      story: { ...STORY, told: 1, memory },
    });
    return concernsAll({ ...delivery, message: { ...delivery.message, severity } });
  };
  expect([update('major', 'minor'), update('critical', 'unknown')]).toEqual([true, true]);
  expect([update('minor', 'minor'), update('minor', 'major'), update('minor'), update('info', 'good')]).toEqual([
    ...[false, false, false, false],
  ]);
  expect(concernsAll(CASES.resolved!())).toBe(true);
});

test('words alone begin with the title and leave nothing out', () => {
  const changes = [{ label: 'Webhooks', status: 'operational → partial outage', severity: 'major' }] as const;
  expect(plainWords(message({ body: 'One.\n\nTwo.', changes, items: ['A (open)', 'B (over)'] }))).toBe(
    [
      'Clerk: Slow sign-in',
      'Clerk reports a new minor incident, "Slow sign-in": investigating.',
      'One.\n\nTwo.',
      'Operational → partial outage: Webhooks',
      '• A (open)\n• B (over)',
    ].join('\n\n'),
  );
});

test('the link says whether there is more to read than what was told', () => {
  expect([linkWords(), linkWords(true)]).toEqual(['Open the status page', 'Read the rest on the status page']);
});

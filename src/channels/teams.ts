/** Microsoft Teams through the webhook of a workflow, which answers before anybody has looked at the card. */
import type { Channel, ChannelIo, Settings } from '../channel.ts';
import { ConfigError, DeliveryError } from '../errors.ts';
import type { Reply } from '../model.ts';
import { refusalOf } from './answer.ts';
import { addressOf } from './settings.ts';
import { cardFor } from './teams-card.ts';

const DOCS =
  'https://support.microsoft.com/en-us/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498';

export const teams: Channel = {
  name: 'teams',
  title: 'Microsoft Teams',
  docs: DOCS,
  settings: [
    {
      name: 'url',
      about:
        'the address that Teams shows for a workflow "Send webhook alerts to a channel" (in the channel\'s menu: Workflows)',
      required: true,
      secret: true,
    },
  ],
  // Four a second, sixty in half a minute, a hundred in an hour; what comes in a burst is better told slowly.
  // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using#rate-limiting-for-connectors
  pace: { concurrent: 1, gapMs: 1000, singles: 5, patience: 'days' },
  connect(settings, io) {
    const url = readUrl(settings);
    return async (delivery) => {
      demandAccepted(await io.request({ url, body: cardFor(delivery) }), io);
      return { outcome: 'accepted', detail: 'the workflow took the card; whether it shows in Teams, only Teams tells' };
    };
  },
};

/** Workflows run on hosts of several names, so any is taken but those that are known to be gone. */
function readUrl(settings: Settings): string {
  const url = addressOf(settings, 'url');
  if (/(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/.test(url.hostname))
    throw new ConfigError(
      '"url" is of an Office 365 connector, which Microsoft has retired: in Teams, open the channel\'s menu, choose Workflows, ' +
        'then "Send webhook alerts to a channel", and give the address that it shows',
    );
  return url.href;
}

/** What Teams itself refused comes back as a 200 with the refusal in words, from connectors and gateways alike. */
const REFUSED_WITHIN = /returned HTTP error (\d{3})\b/i;

function demandAccepted(reply: Reply, io: ChannelIo): void {
  const within = Number(REFUSED_WITHIN.exec(reply.text)?.[1] ?? 0);
  const status = reply.status < 300 && within >= 300 ? within : reply.status;
  const refusal = refusalOf({ ...reply, status }, 'Teams', io.now());
  if (refusal) throw explained(refusal, reply.text);
}

function explained(refusal: DeliveryError, text: string): DeliveryError {
  const hint = hintOf(refusal.details.status, text);
  if (hint === null) return refusal;
  return new DeliveryError(`Teams does not take it (HTTP ${refusal.details.status}): ${hint}`, {
    ...refusal.details,
    permanent: 'channel',
  });
}

function hintOf(status: number | undefined, text: string): string | null {
  if (status === 400 && /TriggerIsNotEnabled|trigger is not enabled|WorkflowDisabled/i.test(text))
    return 'the workflow is switched off; switch it on under Workflows in Teams, or at make.powerautomate.com';
  if (status === 401 || status === 403)
    return 'the workflow must let "Anyone" trigger it, and its address must be copied whole, with all behind the ?';
  if (status === 404 || status === 410) return 'the workflow is gone; make a new one and give its address as "url"';
  return null;
}

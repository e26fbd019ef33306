/**
 * What a channel is, and what is handed to it: the plugin of `channels/`, as `Source` is that of `sources/`.
 * Types alone.
 */
import type { Reply, Severity, StatusEvent } from './model.ts';

/** How a component of the vendor's stands, or came to. */
export interface Standing {
  label: string;
  /** `degraded performance`; of one that moved also from where, `operational → degraded performance`. */
  status: string;
  severity: Severity;
}

/** An event in words, the same for every channel, uncut and without markup: each channel escapes and cuts for itself. */
export interface Message {
  /** The provider's name, by which a channel groups. */
  provider: string;
  /** The provider and what it is about: the same for all messages of one story. */
  title: string;
  /** What happened, in one sentence. */
  line: string;
  /** The vendor's own post, plain text of several lines; empty when the event has none. */
  body: string;
  severity: Severity;
  /** The vendor's page of it, http or https; null when there is none to trust. */
  url: string | null;
  facts: readonly { label: string; value: string }[];
  /** The components whose status an update says for the first time or anew; none for what is about no incident. */
  changes: readonly Standing[];
  /** The components an incident touches, as they are now; none for what is about no incident. */
  components: readonly Standing[];
  /** Of a digest: a line for each incident, `Clerk: Webhooks are late (monitoring)`. Empty for a single event. */
  items: readonly string[];
}

/** What belongs together for its readers: all messages of one incident, maintenance, component or page in one channel. */
export interface Story {
  /** The same for all of them, on every machine that watches the page; `[A-Za-z0-9_-]{20}`. */
  key: string;
  /** The message's title when the story began. */
  title: string;
  /** How many of its messages this channel took before. */
  told: number;
  /** What `Send` returned last: ids of a thread, and what else a channel needs to go on. */
  memory: Readonly<Record<string, string>>;
}

/** One message on its way to one channel. */
export interface Delivery {
  /** The same on every try, by which a receiver knows a repeat; `[A-Za-z0-9_-]{10,40}`. */
  id: string;
  message: Message;
  /** What it tells: one event, several of a digest, none where pingoru speaks of itself. */
  events: readonly StatusEvent[];
  /** Null for a digest and for what belongs to none. */
  story: Story | null;
  /** The service refused the message as it was: the words alone, with as little form as there can be. */
  plain: boolean;
}

export interface Receipt {
  /** `accepted`: the service took it, and may still fail to show it. `skipped`: this channel has no words for such an event. */
  outcome: 'delivered' | 'accepted' | 'skipped';
  /** What the service answered, in a few words, for the one who tests the channel. Without secrets. */
  detail: string;
  /** Of several readers, who will not get this message and why. Without secrets. */
  unreached?: string;
  /** Kept with the story, in place of what was. */
  memory?: Record<string, string>;
  /** The service asks for no other message so long. */
  pauseMs?: number;
}

/** Sends one delivery. Throws DeliveryError when the channel did not take it, or when nobody knows whether it did. */
export type Send = (delivery: Delivery) => Promise<Receipt>;

/** One setting of a channel, in config.json and as a flag of `pingoru channel add`. */
export interface Setting {
  name: string;
  /** In one phrase, for the prompt and the help. */
  about: string;
  /** Text unless told. A list is written with commas on the command line, a map as `name=value`. */
  type?: 'text' | 'number' | 'boolean' | 'list' | 'map';
  /** The channel cannot do without. */
  required?: boolean;
  /** Never printed; given as `env:NAME`, as `file:PATH`, or typed unseen. Every value of a list or map is one. */
  secret?: boolean;
  /** Of a secret that is the user's own to choose: makes one that nobody can guess. */
  fresh?: () => string;
  choices?: readonly string[];
}

/** The values of the settings, secrets resolved, types as the table says; what was not given is missing. */
export type Settings = Readonly<Record<string, unknown>>;

/** How a channel is approached. */
export interface Pace {
  /** Messages under way at once; those of one story always go one after the other. */
  concurrent: number;
  /** Least milliseconds between the beginnings of two. */
  gapMs: number;
  /** How many single messages there may be at once, the rest becoming one digest. Null for programs, which want every event. */
  singles: number | null;
  /** `days`: tried again for 75 hours. `once`: tried once more at the next tick, for what is no news later. */
  patience: 'days' | 'once';
}

/** A POST of a channel's own. Redirects are never followed: they would take the signature and the secrets along. */
export interface ChannelRequest {
  url: string;
  headers?: Record<string, string>;
  /** A string goes as it is; anything else as JSON, with its content type. */
  body?: unknown;
}

/** What a channel may touch besides its own service. */
export interface ChannelIo {
  env: Readonly<Record<string, string | undefined>>;
  now(): Date;
  /** Calls `act` once after that long, unless the returned function is called first. */
  after(ms: number, act: () => void): () => void;
  /** Resolves to a reply of any status; throws DeliveryError, to be tried again, when there was none within 20 seconds. */
  request(request: ChannelRequest): Promise<Reply>;
  /** IANA name of the zone in which times are written. */
  zone: string;
  /** This machine's name, for ids that must be unique in the world. */
  host: string;
}

/** A place to send messages to. Plain objects of this shape make up the table in `channels/index.ts`. */
export interface Channel {
  /** The file's name, the table's key, and the `type` in config.json. */
  name: string;
  /** As people write it. */
  title: string;
  /** Where the service describes what it takes. */
  docs: string;
  settings: readonly Setting[];
  pace: Pace;
  /** Checks the settings where the user is looking: throws ConfigError. Touches nothing yet. */
  connect(settings: Settings, io: ChannelIo): Send;
}

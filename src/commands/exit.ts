/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  degraded: 1,
  /** A channel did not take what it was sent. */
  undelivered: 1,
  outage: 2,
  unknown: 3,
  usage: 64,
  internal: 70,
  config: 78,
  timeout: 124,
} as const;

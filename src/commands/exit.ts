/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  degraded: 1,
  outage: 2,
  unknown: 3,
  usage: 64,
  internal: 70,
  config: 78,
  timeout: 124,
} as const;

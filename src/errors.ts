/** The only classes of the program: what can go wrong, said in one line, with a code a script can match. */

export type FetchCode =
  | 'timeout'
  | 'dns'
  | 'refused'
  | 'tls'
  | 'network'
  | 'http'
  | 'blocked'
  | 'rate_limited'
  | 'gone'
  | 'too_large'
  | 'redirect'
  | 'private_address'
  | 'bad_encoding'
  | 'bad_url';

/** A page that gave no usable reply. `retryAfterMs` is what the server asked for, from now. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  constructor(
    readonly code: FetchCode,
    readonly url: string,
    message: string,
    readonly details: { status?: number; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
  }
}

export type ParseCode =
  | 'empty'
  | 'html'
  | 'not_json'
  | 'not_xml'
  | 'shape'
  | 'too_deep'
  | 'undetected'
  | 'no_such_platform';

/** A reply that is not what its platform should have said, or a page of which nobody knows how to read it. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  constructor(
    readonly code: ParseCode,
    readonly url: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/**
 * A message a channel did not take. `permanent`: `false` when another try may succeed, `message` when this one never will,
 * `channel` when none will until somebody acts. `retryAfterMs` is what the service asked for, from now.
 */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  constructor(
    message: string,
    readonly details: {
      permanent: false | 'message' | 'channel';
      status?: number;
      retryAfterMs?: number;
      cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
  }
}

/** A configuration or state file that cannot be used: exit code 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** A command line that cannot be understood: exit code 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * Errors as they travel: a code for programs and a sentence for people. Across sockets and HTTP go Results,
 * never exceptions, and nobody matches on text.
 */

/** Every error code there is, with the HTTP status that carries it. */
export const errorStatus = {
  badRequest: 400,
  unauthorized: 401,
  passwordRequired: 401,
  tokenExpired: 401,
  tokenRevoked: 401,
  banned: 403,
  encryptionRequired: 403,
  forbidden: 403,
  limitReached: 403,
  notOpenYet: 403,
  consumerNotFound: 404,
  peerNotFound: 404,
  callNotFound: 404,
  templateNotFound: 404,
  producerNotFound: 404,
  roomNotFound: 404,
  memberNotFound: 404,
  nobodyWaiting: 404,
  tenantNotFound: 404,
  tokenNotFound: 404,
  keyNotFound: 404,
  transportNotFound: 404,
  unknownRequest: 404,
  methodNotAllowed: 405,
  alreadyJoined: 409,
  alreadyProducing: 409,
  cannotConsume: 409,
  notInRoom: 409,
  notScheduled: 409,
  roomFull: 409,
  slugTaken: 409,
  changedMeanwhile: 412,
  roomClosed: 410,
  tooLarge: 413,
  keyReused: 422,
  roomLocked: 423,
  upgradeRequired: 426,
  rateLimited: 429,
  internal: 500,
  mediaUnavailable: 503,
  storeUnavailable: 503,

  // Said by the client's own side, never by the server.
  deviceBusy: 409,
  deviceDenied: 403,
  deviceNotFound: 404,
  disconnected: 503,
  timedOut: 504,
} as const

export type ErrorCode = keyof typeof errorStatus

/** An error on the wire. `details` is for programs: a path, a number of milliseconds. */
export interface ErrorInfo {
  code: ErrorCode
  message: string
  details?: Record<string, unknown>
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: ErrorInfo }

/** An expected failure. `message` is a sentence that may be shown as it is. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details
  }

  /** What travels: never the cause, never the stack. */
  toInfo(): ErrorInfo {
    return { code: this.code, message: this.message, ...(this.details && { details: this.details }) }
  }

  /**
   * Whatever was thrown, as an AppError: itself, or `internal` with the original as its cause, whose text stays here
   * because it may hold what outsiders should not read.
   */
  static from(thrown: unknown): AppError {
    if (thrown instanceof AppError) return thrown
    return new AppError('internal', 'Something went wrong on our side; the log has more', { cause: thrown })
  }
}

/** Turns an error that came over the wire back into one that can be thrown. */
export function fromInfo(info: ErrorInfo): AppError {
  return new AppError(info.code, info.message, info.details && { details: info.details })
}

/** The value of a Result, or its error thrown. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw fromInfo(result.error)
}

export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(errorStatus, text)
}

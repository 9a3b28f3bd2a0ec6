/** What SQLite's errors mean here. They cross from the writer's thread as a code and a text. */
import { AppError } from '../../../shared/errors.ts'

/** A code as in https://sqlite.org/rescode.html; null for an error that is not SQLite's. */
export interface Failure {
  code: string | null
  message: string
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: null, message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null
  return { code, message: error.message }
}

/** Whether it is the statement that was at fault, so that it would fail on a healthy disk as well. */
export function isOwnFault({ code }: Failure): boolean {
  return code === null || /^SQLITE_(CONSTRAINT|ERROR|MISMATCH|MISUSE|RANGE|TOOBIG)(_|$)/.test(code)
}

/** Whether the file is no database, or not any more. */
export function isDamage({ code }: Failure): boolean {
  return code !== null && /^SQLITE_(CORRUPT|NOTADB)(_|$)/.test(code)
}

const reasons = [
  [/^SQLITE_FULL/, 'full', 'its disk is full'],
  [/^SQLITE_(READONLY|PERM|AUTH)/, 'readOnly', 'its disk allows no writing'],
  [/^SQLITE_(BUSY|LOCKED)/, 'locked', 'another program holds its database'],
  [/^SQLITE_(CORRUPT|NOTADB)/, 'damaged', 'its database is damaged'],
] as const

/** The `storeUnavailable` that an error of the disk means; any other error as it is. */
export function unavailable(error: unknown): unknown {
  const failure = failureOf(error)
  return error instanceof AppError || isOwnFault(failure) ? error : refusal(failure, error)
}

/** `storeUnavailable`, with the reason for people in its sentence and for programs in `details.reason`. */
export function refusal({ code, message }: Failure, cause: unknown = new Error(`${code}: ${message}`)): AppError {
  const [, reason, sentence] = reasons.find(([pattern]) => code !== null && pattern.test(code)) ?? [
    null,
    'failed',
    'its disk does not answer as it should',
  ]
  return new AppError('storeUnavailable', `The server cannot reach what it has stored: ${sentence}`, {
    details: { reason },
    cause,
  })
}

/** A row that the schema does not allow. */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError'
  readonly kind: 'unique' | 'reference' | 'other'
  /** As SQLite names them: `rooms.slug`. Empty where it names none. */
  readonly columns: readonly string[]

  constructor({ code, message }: Failure) {
    super(message)
    this.kind = /_(UNIQUE|PRIMARYKEY|ROWID)$/.test(code ?? '')
      ? 'unique'
      : code === 'SQLITE_CONSTRAINT_FOREIGNKEY'
        ? 'reference'
        : 'other'
    this.columns = message.match(/\b\w+\.\w+\b/g) ?? []
  }
}

/** The error of a statement that failed alone. */
export function ownFault(failure: Failure): Error {
  return failure.code?.startsWith('SQLITE_CONSTRAINT') ? new ConstraintError(failure) : new Error(failure.message)
}

import type { StartReason } from '../../shared/hosted.ts'

/** Why a server cannot start: a reason for programs, and a sentence for whoever started it. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly reason: StartReason
  /** What helps on the command line, as a sentence without its end; null where there is no such thing. */
  readonly hint: string | null

  constructor(reason: StartReason, message: string, { hint = null, cause }: { hint?: string | null; cause?: unknown } = {}) {
    super(message, { cause })
    this.reason = reason
    this.hint = hint
  }
}

import type { Check, Judgement } from './Check.ts'
import type { EchoAbout } from './echo.ts'

/** How far apart two clocks are. */
export interface Skew {
  /** By how much the clock of this computer is ahead of the server's, in ms. */
  aheadMs: number
  /** How sure that is: half of the time that the answer took, in ms. */
  exactMs: number
}

/** Certificates are valid from two days before they are made (server/tls/authority.ts), so this much breaks them. In ms. */
const BREAKS_MS = 2 * 86_400_000
/** Times in chats and schedules look wrong. In ms. */
const LOOKS_WRONG_MS = 5 * 60_000

/** Whether the clocks of both computers agree. */
export const clock: Check<'clock'> = {
  name: 'clock',
  skipped: 'The server could not be asked for its time.',
  probe: async (_, { server }) => (server ? skewOf(server) : null),
  judge: judgeClock,
}

/** The server has read its clock about in the middle. */
export function skewOf({ now, askedAt, answeredAt }: Pick<EchoAbout, 'now' | 'askedAt' | 'answeredAt'>): Skew {
  return { aheadMs: (askedAt + answeredAt) / 2 - now, exactMs: (answeredAt - askedAt) / 2 }
}

export function judgeClock({ aheadMs, exactMs }: Skew): Judgement {
  const off = Math.abs(aheadMs) - exactMs
  const said = `The clock of this computer is ${lengthOf(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the server’s`
  if (off > BREAKS_MS) return { status: 'failed', detail: `${said}, which makes certificates seem out of date.` }
  if (off > LOOKS_WRONG_MS) return { status: 'warning', detail: `${said}; times of messages and meetings will look wrong.` }
  return { status: 'ok', detail: 'The clocks of both computers agree.' }
}

/** As people say it: the largest unit that is filled. */
export function lengthOf(ms: number): string {
  const units = [
    [86_400_000, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
  ] as const
  const [unit, name] = units.find(([unit]) => ms >= unit) ?? [1_000, 'second']
  const count = Math.round(ms / unit)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

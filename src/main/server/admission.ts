/** Who is let into a room: one place that decides, in a fixed order, with one reason. */
import type { ErrorCode } from '../../shared/errors.ts'

/** What is known of someone who wants to come in, and of the room. */
export interface Facts {
  /** Whether they, or their device, are kept out. */
  isBanned: boolean
  /** Whether others can read their connection. */
  isPlain: boolean
  /** Whether the room lets such guests in. */
  admitsPlain: boolean
  /** Whether the meeting was ended by its host. */
  isClosed: boolean
  /** Whether the room opens later only. */
  isEarly: boolean
  isLocked: boolean
  hasPassword: boolean
  /** Whether the right password was given. */
  knowsPassword: boolean
  hasLobby: boolean
  isFull: boolean
  /** Whether as many people are in all rooms of the tenant as may be. */
  isTenantFull: boolean
  /** Whether others wait for a place already, who come first. */
  hasQueue: boolean
  /** Whether they would rather wait for a place than be turned away. */
  wouldWait: boolean
  /**
   * What they are to the room: one of its hosts or co-hosts; a lasting member, or the bearer of a token; or nobody that it knows.
   */
  standing: 'host' | 'cohost' | 'member' | 'stranger'
}

export type Refusal = Extract<
  ErrorCode,
  'banned' | 'encryptionRequired' | 'roomClosed' | 'notOpenYet' | 'roomLocked' | 'passwordRequired' | 'roomFull' | 'limitReached'
>
export type Verdict = { come: 'in' } | { come: 'wait'; reason: 'lobby' | 'full' } | { come: 'never'; code: Refusal }

/**
 * The rules, the first that holds decides. Hosts and co-hosts pass the schedule, the lock, the password and the lobby; members pass
 * the password and the lobby. Nobody passes a ban, and nobody is let in above the number of places.
 */
export function decide(facts: Facts): Verdict {
  const leads = facts.standing === 'host' || facts.standing === 'cohost'
  const isKnown = leads || facts.standing === 'member'
  if (facts.isBanned) return never('banned')
  if (facts.isPlain && !facts.admitsPlain) return never('encryptionRequired')
  if (facts.isClosed) return never('roomClosed')
  if (facts.isEarly && !leads) return never('notOpenYet')
  if (facts.isLocked && !leads) return never('roomLocked')
  if (facts.hasPassword && !facts.knowsPassword && !isKnown) return never('passwordRequired')
  if (facts.hasLobby && !isKnown) return { come: 'wait', reason: 'lobby' }
  // Whoever leads the room does not stand in line.
  const isTurnOfOthers = facts.hasQueue && !leads
  if (!facts.isFull && !facts.isTenantFull && !isTurnOfOthers) return { come: 'in' }
  if (facts.wouldWait) return { come: 'wait', reason: 'full' }
  return never(facts.isFull || isTurnOfOthers ? 'roomFull' : 'limitReached')
}

const never = (code: Refusal) => ({ come: 'never', code }) as const

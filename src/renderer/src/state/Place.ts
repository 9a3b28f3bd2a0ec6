import type { AppError } from '../../../shared/errors.ts'
import type { Room } from '../../../shared/model.ts'
import type { SessionState } from '../session/Session.ts'

/** Which screen is shown. */
export type Place =
  | { at: 'home' }
  | { at: 'finding' }
  | { at: 'ready'; room: Room }
  /** `room` where it is known. */
  | { at: 'refused'; error: AppError; ref: string; room?: Room }
  | Waiting
  | { at: 'call' }
  | { at: 'over'; reason: End; room: Room | null }

/** Before the door: in the lobby, or until a place is free; `place` is 1 for the next. */
export interface Waiting {
  at: 'waiting'
  reason: 'lobby' | 'full'
  place: number
  room: Room
}

type Left = Extract<SessionState, { status: 'left' }>
/** Why one is out, where one has not left by oneself. */
export type End = Exclude<Left['reason'], 'left'>
/** Where one is while in no room and before none. */
export type Outside = Exclude<Place, { at: 'waiting' | 'call' | 'over' }>

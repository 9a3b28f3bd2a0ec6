import { AppError } from '../../../shared/errors.ts'
import type { Call, Party } from '../../../shared/model.ts'
import type { DirectCall } from '../session/DirectCall.ts'
import type { PairState } from '../session/Pair.ts'
import type { EndedCall, MissedCall } from '../session/Ringing.ts'
import type { Session } from '../session/Session.ts'
import { follow } from './follow.ts'
import type { Preferences } from './Preferences.svelte.ts'

export type { EndedCall, MissedCall }
export type CallParty = Call['parties'][number]
/** What goes directly from one to another in a call. */
export type DirectSource = 'microphone' | 'camera'
/** How it stands with someone who is in the call. */
export type CallConnection = PairState

/** Direct calls: who rings, whom one talks to beside the room or without one, and what came of it. */
export class Telephone {
  readonly #session: Session
  readonly #preferences: Preferences
  readonly #ringing: () => void
  readonly #bystanders: () => void
  readonly #reach: () => void
  readonly #stop: () => void
  /** Why the last wish did not come true, until it is put aside. */
  #error = $state.raw<AppError | null>(null)
  /** The call whose ring tone is not to be heard. */
  #silenced = $state<string | null>(null)

  constructor(session: Session, preferences: Preferences) {
    this.#session = session
    this.#preferences = preferences
    this.#ringing = follow(session.ringing, 'changed')
    this.#bystanders = follow(session.bystanders, 'changed')
    this.#reach = follow(session, 'roster', 'state', 'connection')
    session.on('state', () => {
      if (session.state.status === 'left') this.#error = null
    })
    this.#stop = $effect.root(() => {
      $effect(() => session.bystanders.introduce(preferences.canBeRung ? preferences.name.trim() || null : null))
    })
  }

  /** Whether there is anything to show. */
  get isNeeded(): boolean {
    this.#ringing()
    const { state, last, missed } = this.#session.ringing
    return state.status !== 'idle' || last !== null || missed.length > 0 || this.#error !== null
  }

  /** The call that one is rung for. */
  get incoming(): Call | null {
    this.#ringing()
    const { state } = this.#session.ringing
    return state.status === 'rung' ? state.call : null
  }

  /** The call that one is in, or that one rings for. */
  get current(): Call | null {
    this.#ringing()
    const { state } = this.#session.ringing
    return state.status === 'in' ? state.call : null
  }

  /** Who else has to do with the current call, in the order of being called. */
  get others(): readonly CallParty[] {
    this.#ringing()
    const { state } = this.#session.ringing
    return state.status === 'idle' ? [] : state.call.parties.filter(({ id }) => id !== state.selfId)
  }

  /** Whether one still only rings. */
  get isWaiting(): boolean {
    return this.current !== null && !this.others.some(({ state }) => state === 'in')
  }

  /** What became of the last call, where one has not ended it oneself. */
  get last(): EndedCall | null {
    this.#ringing()
    return this.#session.ringing.last
  }

  /** The latest first. */
  get missed(): readonly MissedCall[] {
    this.#ringing()
    return this.#session.ringing.missed
  }

  get error(): AppError | null {
    return this.#error
  }

  get isSilenced(): boolean {
    return this.#silenced !== null && this.#silenced === this.incoming?.callId
  }

  silence(): void {
    this.#silenced = this.incoming?.callId ?? null
  }

  connection(id: string): CallConnection | null {
    return this.#media?.connection(id) ?? null
  }

  /** What is received of someone. */
  track(id: string, source: DirectSource): MediaStreamTrack | null {
    return this.#media?.track(id, source) ?? null
  }

  localTrack(source: DirectSource): MediaStreamTrack | null {
    return this.#media?.localTrack(source) ?? null
  }

  /** Whether someone has switched it on. */
  isOnAt(id: string, source: DirectSource): boolean {
    return this.#media?.sent(id)?.[source] ?? false
  }

  isOn(source: DirectSource): boolean {
    return this.#media?.[source].desired ?? false
  }

  switchError(source: DirectSource): AppError | null {
    return this.#media?.[source].error ?? null
  }

  switch(source: DirectSource): void {
    this.#media?.[source].toggle()
  }

  /** Whether someone can be rung from where one is. */
  canReach(id: string): boolean {
    this.#reach()
    const { members, self } = this.#session
    if (self) return members.some(({ peerId, connection }) => peerId === id && connection === 'connected')
    return this.bystanders?.some((party) => party.id === id) ?? false
  }

  /** Who can be called outside of rooms; null where the server does not allow it. */
  get bystanders(): readonly Party[] | null {
    this.#bystanders()
    return this.#session.bystanders.people
  }

  /** Whether others may ring one outside of rooms, by the name that one goes by. */
  get canBeRung(): boolean {
    return this.#preferences.canBeRung
  }

  set canBeRung(can: boolean) {
    this.#preferences.canBeRung = can
  }

  ring(...ids: string[]): void {
    this.#do(() => this.#session.ringing.ring(ids))
  }

  callBack({ call }: MissedCall): void {
    this.forget(call.callId)
    this.ring(call.from.id)
  }

  answer(accept: boolean): void {
    this.#do(() => this.#session.ringing.answer(accept))
  }

  hangUp(): void {
    this.#session.ringing.hangUp()
  }

  /** Puts aside what became of the last call, or why it did not begin. */
  dismiss(): void {
    this.#error = null
    this.#session.ringing.dismiss()
  }

  /** Puts a missed call aside. */
  forget(callId: string): void {
    this.#session.ringing.forgetMissed(callId)
  }

  close(): void {
    this.#stop()
  }

  get #media(): DirectCall | null {
    this.#ringing()
    const { state } = this.#session.ringing
    return state.status === 'in' ? state.media : null
  }

  #do(act: () => Promise<void>): void {
    this.#error = null
    act().catch((error: unknown) => (this.#error = AppError.from(error)))
  }
}

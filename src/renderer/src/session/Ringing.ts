import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Call, PartyState } from '../../../shared/model.ts'
import type { Payload } from '../../../shared/protocol.ts'
import type { Capture, DeviceKind } from './capture.ts'
import type { DirectCall } from './DirectCall.ts'
import type { PairPatience } from './Pair.ts'
import type { Signaling } from '../../../client/Signaling.ts'

export type RingingState =
  | { status: 'idle' }
  /** One is called. */
  | { status: 'rung'; call: Call; selfId: string }
  /** One calls, or talks. */
  | { status: 'in'; call: Call; selfId: string; media: DirectCall }

/** How a call ended that one has not ended oneself: for all, by a lost connection to the server, or to the others. */
export interface EndedCall {
  call: Call
  selfId: string
  reason: 'over' | 'disconnected' | 'unreachable'
}

/** A call that one has not answered. */
export interface MissedCall {
  call: Call
  /** In ms since 1970. */
  at: number
}

export interface RingingOptions {
  signaling: Signaling
  capture: Capture
  /** One's seat in a room, if any. */
  seatId: () => string | null
  patience?: PairPatience | undefined
}

/** Missed calls that are kept; earlier ones give way. */
const MAX_MISSED = 20

/** Calls among some of a room, or outside of rooms: who rings whom, and what comes of it. One is in one call at a time. */
export class Ringing extends Emitter<{ changed: [] }> {
  readonly #options: RingingOptions
  readonly #signaling: Signaling
  readonly #devices: Record<DeviceKind, string | null> = { microphone: null, camera: null }
  #state: RingingState = { status: 'idle' }
  #last: EndedCall | null = null
  #missed: readonly MissedCall[] = []
  /** What was told while a request was under way: it belongs after the answer. */
  readonly #held: (() => void)[] = []
  #asks = 0
  /** A call that the server could not be told to have been left. */
  #abandoned: string | null = null
  #closed = false

  constructor(options: RingingOptions) {
    super()
    this.#options = options
    this.#signaling = options.signaling
    this.#signaling.on('ringing', (told) => this.#inTurn(() => this.#rung(told)))
    this.#signaling.on('callChanged', ({ call }) => this.#inTurn(() => this.#changed(call)))
    this.#signaling.on('relay', (told) => this.#inTurn(() => this.#hear(told)))
    this.#signaling.on('changed', () => this.#connectionChanged())
  }

  get state(): RingingState {
    return this.#state
  }

  /** What became of the last call, until it is put aside or another one begins. */
  get last(): EndedCall | null {
    return this.#last
  }

  /** The latest first. */
  get missed(): readonly MissedCall[] {
    return this.#missed
  }

  /** Calls someone, or several. Throws `peerNotFound`, `alreadyJoined`, `forbidden`. */
  async ring(ids: readonly string[]): Promise<void> {
    const DirectCall = await loadDirectCall()
    this.dismiss()
    await this.#asking(async () => {
      const { call } = await this.#signaling.request('ring', { to: [...ids] })
      const selfId = call.from.id
      if (this.#closed) return
      if (call.ended) this.#end({ call, selfId, reason: 'over' })
      else this.#enter(call, selfId, DirectCall)
    })
  }

  /** Takes the call that one is rung for, or declines it. Throws `callNotFound`. */
  async answer(accept: boolean): Promise<void> {
    const state = this.#state
    if (state.status !== 'rung') return
    const { callId } = state.call
    if (!accept) {
      this.#become({ status: 'idle' })
      return this.#tellLeft(callId)
    }
    const DirectCall = await loadDirectCall()
    await this.#asking(async () => {
      const { call } = await this.#signaling.request('answerRing', { callId, accept })
      if (!this.#closed) this.#enter(call, state.selfId, DirectCall)
    })
  }

  /** Out at once; whoever calls takes it back so. */
  hangUp(): void {
    if (this.#state.status !== 'in') return
    const { callId } = this.#state.call
    this.#leave({ status: 'idle' })
    this.#tellLeft(callId)
  }

  /** Puts aside what became of the last call. */
  dismiss(): void {
    if (this.#last === null) return
    this.#last = null
    this.emit('changed')
  }

  forgetMissed(callId: string): void {
    this.#missed = this.#missed.filter(({ call }) => call.callId !== callId)
    this.emit('changed')
  }

  /** Takes another device, in this call and later ones. Throws `deviceNotFound` and its like, and keeps the old one. */
  async use(kind: DeviceKind, deviceId: string | null): Promise<void> {
    this.#devices[kind] = deviceId
    if (this.#state.status === 'in') await this.#state.media.use(kind, deviceId)
  }

  /** Out of the room: the server has ended what went on in it, and what became of it is no news elsewhere. */
  exit(): void {
    if (this.#last !== null && this.#last.call.roomId !== null) this.dismiss()
    if (this.#state.status !== 'idle' && this.#state.call.roomId !== null) this.#leave({ status: 'idle' })
  }

  close(): void {
    this.#closed = true
    this.#leave({ status: 'idle' })
  }

  async #asking(ask: () => Promise<void>): Promise<void> {
    this.#asks += 1
    try {
      await ask()
    } finally {
      this.#asks -= 1
      if (this.#asks === 0) for (const act of this.#held.splice(0)) act()
    }
  }

  #inTurn(act: () => void): void {
    if (this.#asks > 0) this.#held.push(act)
    else act()
  }

  #rung({ call }: Payload<'ringing'>): void {
    const selfId = this.#selfIn(call)
    if (selfId === null) return
    this.dismiss()
    // The server knows best whether one is free.
    this.#leave({ status: 'rung', call, selfId })
    // So that an answer is there at once.
    void loadDirectCall().catch(() => {})
  }

  #changed(told: Call): void {
    const state = this.#state
    const isCurrent = state.status !== 'idle' && state.call.callId === told.callId
    const call = isCurrent ? later(state.call, told) : told
    const selfId = isCurrent ? state.selfId : this.#selfIn(call)
    const own = call.parties.find(({ id }) => id === selfId)?.state
    if (own === 'missed' && selfId !== call.from.id && !this.#missed.some((one) => one.call.callId === call.callId))
      this.#missed = [{ call, at: Date.now() }, ...this.#missed].slice(0, MAX_MISSED)
    if (!isCurrent) return this.emit('changed')
    if (state.status === 'rung') this.#become(own === 'ringing' && !call.ended ? { ...state, call } : { status: 'idle' })
    else if (call.ended || own !== 'in') this.#end({ call, selfId: state.selfId, reason: 'over' })
    else this.#talk({ ...state, call })
  }

  #hear({ from, payload }: Payload<'relay'>): void {
    if (this.#state.status === 'in') this.#state.media.hear(from, payload)
  }

  #enter(call: Call, selfId: string, Direct: typeof DirectCall): void {
    const { capture, patience } = this.#options
    const media = new Direct({
      callId: call.callId,
      selfId,
      capture,
      patience,
      devices: this.#devices,
      tell: (to, signal) => {
        this.#signaling.request('relay', { to, payload: signal }).catch(() => {
          // Whoever cannot be told has gone, which the server tells.
        })
      },
    })
    media.on('changed', () => this.#mediaChanged(media))
    media.microphone.set(true)
    this.#leave({ status: 'in', call, selfId, media })
    this.#talk({ status: 'in', call, selfId, media })
  }

  #talk(state: Extract<RingingState, { status: 'in' }>): void {
    this.#become(state)
    state.media.setParties(present(state.call, 'in').filter((id) => id !== state.selfId))
  }

  #mediaChanged(media: DirectCall): void {
    const state = this.#state
    if (state.status !== 'in' || state.media !== media) return
    if (!media.isLost || present(state.call, 'ringing').length > 0) return this.emit('changed')
    this.#end({ call: state.call, selfId: state.selfId, reason: 'unreachable' })
    this.#tellLeft(state.call.callId)
  }

  #connectionChanged(): void {
    const state = this.#state
    if (this.#signaling.state.status === 'connected') {
      if (this.#abandoned !== null) this.#tellLeft(this.#abandoned)
    } else if (state.status === 'in') {
      this.#abandoned = state.call.callId
      this.#end({ call: state.call, selfId: state.selfId, reason: 'disconnected' })
    } else if (state.status === 'rung') {
      this.#become({ status: 'idle' })
    }
  }

  #tellLeft(callId: string): void {
    this.#abandoned = null
    this.#signaling.request('hangUp', { callId }).catch((error: unknown) => {
      const isOver = error instanceof AppError && error.code === 'callNotFound'
      if (!isOver && this.#signaling.state.status !== 'connected') this.#abandoned = callId
    })
  }

  #end(ended: EndedCall): void {
    this.#last = ended
    this.#leave({ status: 'idle' })
  }

  /** To another state, with the devices free. */
  #leave(next: RingingState): void {
    const state = this.#state
    if (state.status === 'in') state.media.close()
    this.#become(next)
  }

  /** Who one is in a call: one's seat, or, outside of rooms, one's connection. */
  #selfIn({ roomId, parties }: Call): string | null {
    const connection = this.#signaling.state
    const connectionId = connection.status === 'connected' ? connection.welcome.connectionId : null
    const selfId = roomId === null ? connectionId : this.#options.seatId()
    return parties.some(({ id }) => id === selfId) ? selfId : null
  }

  #become(state: RingingState): void {
    this.#state = state
    this.emit('changed')
  }
}

/** How far someone has come in a call: they never go back. */
const PROGRESS = { ringing: 0, in: 1, declined: 2, busy: 2, missed: 2, left: 2 } as const satisfies Record<PartyState, number>

/** What is true after both, whichever was told first: an answer may overtake what was told before it. */
function later(known: Call, told: Call): Call {
  const parties = told.parties.map((party) => {
    const before = known.parties.find(({ id }) => id === party.id)
    return before && PROGRESS[before.state] > PROGRESS[party.state] ? before : party
  })
  return { ...told, parties, ended: known.ended || told.ended }
}

const present = ({ parties }: Call, wanted: PartyState) => parties.filter(({ state }) => state === wanted).map(({ id }) => id)

/** What carries the media of a call, which the first screen does without. */
async function loadDirectCall(): Promise<typeof DirectCall> {
  try {
    return (await import('./DirectCall.ts')).DirectCall
  } catch (cause) {
    throw new AppError(
      'disconnected',
      'A part of this page could not be loaded. Check that the server is running, then try again.',
      {
        cause,
      },
    )
  }
}

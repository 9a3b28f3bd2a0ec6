import { AppError, errorStatus } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import type { Room } from '../../../shared/model.ts'
import type { Admittance, Joined, Payload, WaitingPlace } from '../../../shared/protocol.ts'
import type { Declared } from './LocalMedia.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

export type SessionState =
  | { status: 'idle' }
  | { status: 'joining'; roomRef: string }
  /** Before the door: in the lobby, or until a place is free. */
  | WaitingPlace
  | { status: 'joined'; room: Room; selfId: string }
  | { status: 'reconnecting'; since: number; room: Room; selfId: string }
  | { status: 'left'; reason: ExitReason; room: Room | null }

type ExitReason = 'left' | Payload<'roomClosed'>['reason'] | Payload<'removed'>['reason'] | AppError

/** How a room is joined, and joined again. */
interface Ticket {
  name: string
  hostKey?: string | undefined
  password?: string | undefined
  /** Whether to wait where the room is full. */
  queue?: boolean | undefined
}

/** Each comes while the state still is the one before. */
type Events = {
  changed: []
  admitted: [Joined]
  lost: []
  exited: []
}

/** One's place in a room. It is kept through lost connections and restarts of the server, as far as the server lets it. */
export class Seat extends Emitter<Events> {
  readonly #signaling: Signaling
  readonly #declared: () => Declared
  readonly #returning = new Reconciler(() => this.#return())
  #state: SessionState = { status: 'idle' }
  #ticket: Ticket = { name: '' }
  /** Counts joins and exits: what belongs to an earlier one comes too late. */
  #visit = 0

  /** `declared` is asked for what is on whenever a room is joined. */
  constructor(signaling: Signaling, declared: () => Declared) {
    super()
    this.#signaling = signaling
    this.#declared = declared
    signaling.on('changed', () => this.#connectionChanged())
    signaling.on('roomChanged', ({ room }) => {
      const state = this.#state
      if (
        (state.status === 'joined' || state.status === 'reconnecting' || state.status === 'waiting') &&
        state.room.id === room.id
      )
        this.#become({ ...state, room })
    })
    signaling.on('roomClosed', ({ roomId, reason }) => {
      if (this.#isAt(roomId)) this.#exit(reason)
    })
    signaling.on('removed', ({ roomId, reason }) => {
      if (this.#isAt(roomId)) this.#exit(reason)
    })
    signaling.on('placeChanged', (place) => {
      if (this.#state.status === 'waiting' && this.#isAt(place.room.id)) this.#become(place)
    })
    signaling.on('admitted', (joined) => {
      if (this.#state.status === 'waiting' && this.#isAt(joined.room.id)) this.#settle(joined)
    })
  }

  get state(): SessionState {
    return this.#state
  }

  /** Whether there is a place in a room, be it that the connection to it is lost. */
  get isTaken(): boolean {
    return this.#state.status === 'joined' || this.#state.status === 'reconnecting'
  }

  /** Whether one is neither in a room nor on the way into one. */
  get isFree(): boolean {
    return this.#state.status === 'idle' || this.#state.status === 'left'
  }

  /** Resolves when it is taken, or was given up meanwhile. Throws `alreadyJoined`, and why the server refuses. */
  async take(roomRef: string, ticket: Ticket): Promise<void> {
    const before = this.#state
    if (!this.isFree) throw new AppError('alreadyJoined', 'You are in a room already; leave it first')
    const visit = ++this.#visit
    this.#ticket = ticket
    this.#become({ status: 'joining', roomRef })
    try {
      await this.#signaling.ready()
      const admittance = await this.#ask(roomRef)
      if (visit === this.#visit) this.#settle(admittance)
      else void this.#giveUp()
    } catch (error) {
      if (visit === this.#visit) this.#become(before)
      throw error
    }
  }

  /** Out at once; resolves when the server knows. */
  async leave(): Promise<void> {
    const wasThere = this.isTaken || this.#state.status === 'waiting'
    this.#exit('left')
    if (wasThere) await this.#giveUp()
  }

  /** Throws `forbidden`. */
  async endForAll(): Promise<void> {
    await this.#signaling.request('closeRoom', {})
    this.#exit('ended')
  }

  close(): void {
    this.#returning.close()
    this.#exit('left')
  }

  #connectionChanged(): void {
    const connection = this.#signaling.state
    const state = this.#state
    if (connection.status === 'connected') {
      this.#returning.kick()
      // It came back though it was given up while nobody could be told.
      if (connection.welcome.resumed && this.isFree) void this.#giveUp()
    } else if (state.status === 'joined') {
      this.emit('lost')
      this.#become({ ...state, status: 'reconnecting', since: Date.now() })
    }
    if (connection.status === 'refused' && !this.isFree) this.#exit(connection.error)
  }

  /** Where the connection drops meanwhile, the next one may bring the seat along; otherwise it is asked for again. */
  async #ask(roomRef: string): Promise<Admittance> {
    for (;;) {
      try {
        return await this.#signaling.request('joinRoom', { roomId: roomRef, ...this.#ticket, ...this.#declared() })
      } catch (error) {
        const { code } = AppError.from(error)
        // The answer was too slow, and may have been yes.
        if (code === 'timedOut') void this.#giveUp()
        if (code !== 'disconnected' || this.#state.status !== 'joining') throw error
        const { resumed } = await this.#signaling.ready()
        if (resumed) return resumed
      }
    }
  }

  /** After a lost connection: the same seat or place again, or a new one. */
  async #return(): Promise<void> {
    const visit = this.#visit
    const connection = this.#signaling.state
    if ((this.#state.status !== 'reconnecting' && this.#state.status !== 'waiting') || connection.status !== 'connected') return
    const { room } = this.#state
    try {
      const { resumed } = connection.welcome
      const admittance = resumed?.room.id === room.id ? resumed : await this.#ask(room.id)
      if (visit === this.#visit) this.#settle(admittance)
      else void this.#giveUp()
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code === 'disconnected') return
      if (errorStatus[error.code] >= 500 || error.code === 'rateLimited') throw error
      if (visit === this.#visit) this.#exit(error)
    }
  }

  #settle(admittance: Admittance): void {
    // Whoever was inside and has to wait again has no roster and no chat meanwhile.
    if (admittance.status === 'waiting') {
      if (this.isTaken) this.emit('exited')
      return this.#become(admittance)
    }
    this.emit('admitted', admittance)
    this.#become({ status: 'joined', room: admittance.room, selfId: admittance.self.peerId })
  }

  #isAt(roomId: string): boolean {
    return 'room' in this.#state && this.#state.room?.id === roomId && !this.isFree
  }

  #exit(reason: ExitReason): void {
    const state = this.#state
    if (state.status === 'idle' || state.status === 'left') return
    this.#visit += 1
    this.emit('exited')
    this.#become({ status: 'left', reason, room: state.status === 'joining' ? null : state.room })
  }

  /** Where the server cannot be told, the seat must not come back with the next connection. */
  async #giveUp(): Promise<void> {
    await this.#signaling.request('leaveRoom', {}).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'notInRoom') return
      this.#signaling.forgetSeat()
    })
  }

  #become(state: SessionState): void {
    this.#state = state
    this.emit('changed')
  }
}

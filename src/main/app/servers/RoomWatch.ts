import { setTimeout } from 'node:timers/promises'
import { RoomList } from '../../../client/RoomList.ts'
import { Signaling } from '../../../client/Signaling.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import type { Room } from '../../../shared/model.ts'
import { PinnedAgent } from '../../lan/pinned.ts'

/** How long someone who has typed a code waits for a server that is not connected, in ms. */
const PATIENCE_MS = 3_000

export interface WatchedServer {
  fingerprint: Fingerprint
  device: string
  /** As `https://HOST:PORT`; null while nobody has seen it. */
  locate: () => Promise<string | null>
}

/** The public rooms of a server that is known, as they are now, over a connection that leads to it alone. */
export class RoomWatch extends Emitter<{ changed: [] }> {
  readonly fingerprint: Fingerprint
  readonly #agent: PinnedAgent
  readonly #signaling: Signaling
  readonly #list: RoomList
  /** Whether the server has told its rooms. */
  #isListed = false

  /** `url` is where it was seen. */
  constructor(url: string, { fingerprint, device, locate }: WatchedServer) {
    super()
    this.fingerprint = fingerprint
    this.#agent = new PinnedAgent(fingerprint)
    this.#signaling = new Signaling({ url, device, locate, agent: this.#agent })
    this.#list = new RoomList(this.#signaling)
    this.#signaling.on('changed', () => {
      if (this.isConnected) void this.#list.watch().catch(() => {})
      this.emit('changed')
    })
    this.#signaling.on('roomChanged', ({ room }) => this.#list.put(room))
    this.#signaling.on('roomGone', ({ roomId }) => this.#list.remove(roomId))
    this.#list.on('changed', () => {
      this.#isListed = true
      this.emit('changed')
    })
  }

  get isConnected(): boolean {
    return this.#signaling.state.status === 'connected'
  }

  /** As the server calls itself; null while it does not answer. */
  get name(): string | null {
    const { state } = this.#signaling
    return state.status === 'connected' ? state.welcome.server.name : null
  }

  /** Null while it does not answer. */
  get rooms(): readonly Room[] | null {
    return this.isConnected && this.#isListed ? this.#list.rooms : null
  }

  /** Whether the server has the room that a code means. Throws where there is no answer. */
  async has(ref: string): Promise<boolean> {
    await Promise.race([this.#signaling.ready(), tooLate()])
    try {
      await this.#signaling.request('findRoom', { roomId: ref })
      return true
    } catch (error) {
      if (AppError.from(error).code === 'roomNotFound') return false
      throw error
    }
  }

  close(): void {
    this.#signaling.close()
    this.#agent.destroy()
  }
}

const tooLate = () => setTimeout(PATIENCE_MS).then(() => Promise.reject(new Error('no answer in time')))

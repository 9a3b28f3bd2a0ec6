import type { types } from 'mediasoup-client'
import { AppError } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { Source } from '../../../shared/model.ts'
import { Reconciler } from './Reconciler.ts'
import type { Signaling } from '../../../client/Signaling.ts'

/** How long a path that fails is waited for, in ms. */
export interface Patience {
  /** One that was only interrupted often heals by itself within this time. */
  healingMs: number
  /** New ICE parameters get this time to bring it back, before the transport is built anew. */
  restartMs: number
}

export type LinkState =
  | { status: 'off' }
  | { status: 'building' }
  | { status: 'ready' }
  | { status: 'interrupted' }
  | { status: 'failed'; error: AppError }

/** A transport, and the device that it belongs to. */
export interface Live {
  device: types.Device
  transport: types.Transport
}

/**
 * One direction of media: a transport that is there again whenever it is lost. Its path fails in steps: wait a little, restart
 * ICE, build the transport anew.
 */
export class Link extends Emitter<{ changed: [] }> {
  readonly #direction: 'send' | 'receive'
  readonly #signaling: Signaling
  readonly #building = new Reconciler(() => this.#build())
  #load: (() => Promise<types.Device>) | null = null
  #live: Live | null = null
  #state: LinkState = { status: 'off' }
  #restarting = false
  readonly #patience: Patience
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(direction: 'send' | 'receive', signaling: Signaling, patience: Patience = { healingMs: 2_000, restartMs: 5_000 }) {
    super()
    this.#direction = direction
    this.#signaling = signaling
    this.#patience = patience
  }

  get state(): LinkState {
    return this.#state
  }

  /** Null while there is none; another object after each loss. */
  get live(): Live | null {
    return this.#live
  }

  /** Builds the transport with this device, in place of whatever there was. */
  open(load: () => Promise<types.Device>): void {
    this.#load = load
    this.#drop()
    this.#become({ status: 'building' })
    this.#building.kick()
  }

  /** The server does not know the transport any more, or it leads nowhere. */
  rebuild(): void {
    if (!this.#load) return
    this.#drop()
    this.#become({ status: 'building' })
    this.#building.later()
  }

  off(): void {
    this.#load = null
    this.#drop()
    this.#become({ status: 'off' })
  }

  close(): void {
    this.#building.close()
    this.off()
  }

  #drop(): void {
    clearTimeout(this.#timer)
    this.#restarting = false
    const live = this.#live
    this.#live = null
    live?.transport.close()
  }

  async #build(): Promise<void> {
    const load = this.#load
    if (!load || this.#live) return
    try {
      const live = await (this.#direction === 'send' ? this.#buildSend(load) : this.#buildReceive(load))
      if (this.#load !== load) return live.transport.close()
      this.#live = live
      this.#become({ status: 'ready' })
    } catch (error) {
      if (this.#load === load) this.#become({ status: 'failed', error: AppError.from(error) })
      throw error
    }
  }

  async #buildSend(load: () => Promise<types.Device>): Promise<Live> {
    const [device, options] = await Promise.all([load(), this.#signaling.request('createTransport', { direction: 'send' })])
    const transport = device.createSendTransport({ ...options, id: options.transportId })
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const source = Source.parse(appData['source'])
      this.#signaling
        .request('produce', { transportId: transport.id, source, kind, rtpParameters })
        .then(({ producerId }) => done({ id: producerId }))
        .catch(failed)
    })
    return this.#watched({ device, transport })
  }

  async #buildReceive(load: () => Promise<types.Device>): Promise<Live> {
    const device = await load()
    const { recvRtpCapabilities: rtpCapabilities } = device
    const options = await this.#signaling.request('createTransport', { direction: 'receive', rtpCapabilities })
    return this.#watched({ device, transport: device.createRecvTransport({ ...options, id: options.transportId }) })
  }

  #watched(live: Live): Live {
    const { transport } = live
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#signaling.request('connectTransport', { transportId: transport.id, dtlsParameters }).then(done).catch(failed)
    })
    transport.on('connectionstatechange', (state) => {
      if (transport === this.#live?.transport) this.#pathChanged(transport, state)
    })
    return live
  }

  #pathChanged(transport: types.Transport, state: types.ConnectionState): void {
    if (state === 'connected') {
      clearTimeout(this.#timer)
      this.#restarting = false
      this.#become({ status: 'ready' })
    } else if (state === 'disconnected' && !this.#restarting) {
      this.#become({ status: 'interrupted' })
      this.#timer = setTimeout(() => void this.#restartIce(transport), this.#patience.healingMs)
    } else if (state === 'failed') {
      this.#become({ status: 'interrupted' })
      clearTimeout(this.#timer)
      if (this.#restarting) this.rebuild()
      else void this.#restartIce(transport)
    }
  }

  async #restartIce(transport: types.Transport): Promise<void> {
    this.#restarting = true
    this.#timer = setTimeout(() => this.rebuild(), this.#patience.restartMs)
    try {
      const { iceParameters } = await this.#signaling.request('restartIce', { transportId: transport.id })
      if (transport === this.#live?.transport) await transport.restartIce({ iceParameters })
    } catch {
      if (transport === this.#live?.transport) this.rebuild()
    }
  }

  #become(state: LinkState): void {
    if (state.status === this.#state.status && state.status !== 'failed') return
    this.#state = state
    this.emit('changed')
  }
}

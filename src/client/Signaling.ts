import { io, type Socket } from 'socket.io-client'
import { AppError, errorStatus, fromInfo, isErrorCode, unwrap, type ErrorInfo, type Result } from '../shared/errors.ts'
import { Emitter } from '../shared/emitter.ts'
import {
  MAX_IN_FLIGHT,
  notifications,
  PROTOCOL_VERSION,
  requests,
  type Handshake,
  type NotificationName,
  type ParamsInput,
  type Payload,
  type RequestName,
  type Value,
  type Welcome,
} from '../shared/protocol.ts'
import { backOff } from './backOff.ts'

/** How long the server may take to answer a request, or to welcome a connection, in ms. */
const ANSWER_MS = 10_000
/** A lost seat is held for 15 s, so the longest pause leaves room for several attempts. */
const RECONNECT = { firstMs: 300, mostMs: 5_000 }

export type ConnectionState =
  | { status: 'connecting' }
  | { status: 'connected'; welcome: Welcome }
  | { status: 'waiting'; retryAt: number }
  | { status: 'refused'; error: AppError }
  | { status: 'closed' }

type Events = { changed: [] } & { [N in NotificationName]: [Payload<N>] }

export interface SignalingOptions {
  /** The server's address, as `https://host:port`. Null for none: then nothing can be asked. */
  url: string | null
  /** The random secret that this client keeps for this server. */
  device?: string | undefined
  /**
   * Where the server is now, asked before it is tried again; null while it is known to be nowhere: whoever else answers at its address is
   * told nothing.
   */
  locate?: (() => string | null | Promise<string | null>) | undefined
  /** Makes the connections, where there is no browser to do it: one that checks whom they lead to. */
  agent?: object | undefined
}

/** What those need who only ask. */
export type Requests = Pick<Signaling, 'request'>

/** The typed connection to a room server. It comes back by itself, and takes its seat with it. */
export class Signaling extends Emitter<Events> {
  readonly #device: string | undefined
  readonly #agent: object | undefined
  readonly #locate: () => string | null | Promise<string | null>
  #socket: Socket | null = null
  #url: string | null = null
  #state: ConnectionState = { status: 'connecting' }
  #server: Welcome['server'] | null = null
  #resume: string | undefined
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #inFlight = 0
  /** Requests that wait until another one is answered. */
  readonly #queue: (() => void)[] = []

  /** Without an address it is closed from the start. */
  constructor({ url, device, agent, locate = () => url }: SignalingOptions) {
    super()
    this.#device = device
    this.#agent = agent
    this.#locate = locate
    if (url === null) this.#state = { status: 'closed' }
    else this.#dial(url)
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** What the server has said of itself at the last welcome; null before the first. */
  get server(): Welcome['server'] | null {
    return this.#server
  }

  /**
   * Asks the server. Throws what it answers, `disconnected` when the connection drops before that, and `timedOut`.
   * No more requests than the server takes at once are under way; further ones wait here.
   */
  async request<N extends RequestName>(name: N, params: ParamsInput<N>): Promise<Value<N>> {
    if (this.#state.status !== 'connected') throw disconnected()
    if (this.#inFlight >= MAX_IN_FLIGHT) await new Promise<void>((go) => this.#queue.push(go))
    else this.#inFlight += 1
    try {
      const value = unwrap(await this.#ask(name, params))
      const parsed = requests[name].value.safeParse(value)
      if (!parsed.success)
        throw new AppError('internal', 'The server gave an answer that cannot be understood', { cause: parsed.error })
      return parsed.data as Value<N>
    } finally {
      // Whoever waits takes over the place, so the count stays as it is.
      const next = this.#queue.shift()
      if (next) next()
      else this.#inFlight -= 1
    }
  }

  /** The welcome of this connection, or of the next one. Throws `disconnected` after 10 s, or why the server refuses. */
  ready(): Promise<Welcome> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(unreachable())), ANSWER_MS)
      const off = this.on('changed', () => look())
      const settle = (act: () => void) => {
        clearTimeout(timer)
        off()
        act()
      }
      const look = () => {
        const state = this.#state
        if (state.status === 'connected') settle(() => resolve(state.welcome))
        if (state.status === 'refused') settle(() => reject(state.error))
        if (state.status === 'closed') settle(() => reject(disconnected()))
      }
      look()
    })
  }

  /** Tries again now instead of waiting, because there is a reason to hope. */
  wake(): void {
    if (this.#state.status === 'waiting') void this.#connect()
  }

  /** Gives the connection up, which leads nowhere any more, and connects anew. */
  reconnect(): void {
    if (this.#state.status === 'connected') this.#socket?.io.engine.close()
    this.wake()
  }

  /** From now on a new connection takes no seat back. */
  forgetSeat(): void {
    this.#resume = undefined
  }

  /** Ends the connection with a word, so that the seat is free at once. */
  close(): void {
    if (this.#state.status === 'closed') return
    clearTimeout(this.#timer)
    this.#become({ status: 'closed' })
    this.#socket?.disconnect()
  }

  #handshake(): Handshake {
    return {
      protocol: PROTOCOL_VERSION,
      ...(this.#device !== undefined && { device: this.#device }),
      ...(this.#resume !== undefined && { resume: this.#resume }),
    }
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer)
    this.#become({ status: 'connecting' })
    const url = await Promise.resolve(this.#locate()).catch(() => null)
    // Closed meanwhile.
    if (this.#state.status !== 'connecting') return
    if (url === null) this.#dropped()
    else this.#dial(url)
  }

  /** A server that has moved is another one for Socket.IO. */
  #dial(url: string): void {
    if (this.#socket && this.#url === url) return void this.#socket.connect()
    this.#socket?.removeAllListeners()
    this.#url = url
    const socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      // Reconnecting is done here: it must be possible to hurry it, and to see when it comes.
      reconnection: false,
      autoConnect: false,
      timeout: ANSWER_MS,
      auth: (send: (handshake: Handshake) => void) => send(this.#handshake()),
      // Its types know the agents of browsers only, which have none.
      ...(this.#agent && { agent: this.#agent as unknown as string }),
    })
    this.#socket = socket
    socket.on('connect', () => this.#awaitWelcome())
    socket.on('disconnect', () => this.#dropped())
    socket.on('connect_error', (error: Error & { data?: unknown }) => this.#failed(error))
    for (const name of Object.keys(notifications) as NotificationName[]) socket.on(name, (raw: unknown) => this.#hear(name, raw))
    socket.connect()
  }

  #awaitWelcome(): void {
    this.#timer = setTimeout(() => this.#socket?.io.engine.close(), ANSWER_MS)
  }

  #welcomed(welcome: Welcome): void {
    clearTimeout(this.#timer)
    this.#failures = 0
    this.#resume = welcome.resume
    this.#server = welcome.server
    this.#become({ status: 'connected', welcome })
  }

  #failed(error: Error & { data?: unknown }): void {
    if (this.#state.status === 'closed') return
    const refusal = readError(error.data)
    if (refusal && isFinal(refusal)) this.#refuse(refusal)
    else this.#dropped()
  }

  #refuse(error: AppError): void {
    clearTimeout(this.#timer)
    this.#become({ status: 'refused', error })
    this.#socket?.disconnect()
  }

  #dropped(): void {
    clearTimeout(this.#timer)
    if (this.#state.status === 'closed' || this.#state.status === 'refused') return
    this.#failures += 1
    const wait = backOff(this.#failures, RECONNECT)
    this.#timer = setTimeout(() => void this.#connect(), wait)
    this.#become({ status: 'waiting', retryAt: Date.now() + wait })
  }

  #ask(name: RequestName, params: unknown): Promise<Result<unknown>> {
    return new Promise((resolve, reject) => {
      const socket = this.#socket
      if (this.#state.status !== 'connected' || !socket) return reject(disconnected())
      socket.timeout(ANSWER_MS).emit(name, params, (failure: Error | null, answer: unknown) => {
        if (!failure) resolve(readResult(answer))
        else if (socket.connected) reject(new AppError('timedOut', 'The server takes too long to answer'))
        else reject(disconnected())
      })
    })
  }

  #hear<N extends NotificationName>(name: N, raw: unknown): void {
    if (this.#state.status === 'closed') return
    const parsed = notifications[name].payload.safeParse(raw)
    if (name === 'welcome') {
      if (this.#state.status === 'connected') return
      const welcome = parsed.success ? (parsed.data as Welcome) : null
      if (welcome?.protocol === PROTOCOL_VERSION) this.#welcomed(welcome)
      else
        return this.#refuse(
          new AppError('upgradeRequired', 'This server speaks another version; update the older one of the two'),
        )
    }
    // One that cannot be read is as one that never came: the next revision shows the gap.
    if (parsed.success) this.emit(name, ...([parsed.data] as Events[N]))
  }

  #become(state: ConnectionState): void {
    this.#state = state
    this.emit('changed')
  }
}

const disconnected = () => new AppError('disconnected', 'The connection to the server is lost; it is being restored')
const unreachable = () =>
  new AppError('disconnected', 'The server does not answer; check that it is running and that you are on its network')

/** Whether the same handshake would be refused again: our fault, and not a moment's. */
const isFinal = ({ code }: AppError) => errorStatus[code] < 500 && code !== 'rateLimited'

function readResult(raw: unknown): Result<unknown> {
  if (typeof raw === 'object' && raw !== null && 'ok' in raw) {
    if (raw.ok === true && 'value' in raw) return { ok: true, value: raw.value }
    const error = 'error' in raw ? readError(raw.error) : null
    if (error) return { ok: false, error: error.toInfo() }
  }
  return { ok: false, error: { code: 'internal', message: 'The server gave an answer that cannot be understood' } }
}

/** An error off the wire; a code of a newer server counts as `internal`, and its sentence is kept. */
function readError(raw: unknown): AppError | null {
  if (typeof raw !== 'object' || raw === null) return null
  const { code, message, details } = raw as Record<keyof ErrorInfo, unknown>
  if (typeof message !== 'string') return null
  return fromInfo({
    code: isErrorCode(code) ? code : 'internal',
    message,
    ...(typeof details === 'object' && details !== null && { details: details as Record<string, unknown> }),
  })
}

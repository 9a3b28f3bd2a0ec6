import { randomBytes, randomUUID } from 'node:crypto'
import { Agent } from 'node:http'
import { io, type Socket } from 'socket.io-client'
import { onTestFinished } from 'vitest'
import { unwrap, type ErrorInfo, type Result } from '../../src/shared/errors.ts'
import type { Joined, NotificationName, ParamsInput, Payload, RequestName, Value, Welcome } from '../../src/shared/protocol.ts'

export const newDevice = () => randomBytes(32).toString('base64url')

interface Heard {
  name: string
  payload: unknown
}

/**
 * A client as an outsider would write one, straight on Socket.IO: it asks, and keeps what it is told until a test takes it.
 */
export class Client {
  readonly welcome: Welcome
  readonly device: string
  readonly socket: Socket
  /** Notifications that no test has taken yet, oldest first. */
  readonly heard: Heard[]
  readonly #news: Set<() => void>

  private constructor(socket: Socket, device: string, welcome: Welcome, heard: Heard[], news: Set<() => void>) {
    this.socket = socket
    this.device = device
    this.welcome = welcome
    this.heard = heard
    this.#news = news
  }

  /** Resolves with the welcome in hand; rejects with the server's ErrorInfo where it refuses. */
  static async connect(
    url: string,
    options: {
      device?: string
      resume?: string
      auth?: object
      headers?: Record<string, string>
      /** Whether to take any certificate. */
      anyCertificate?: boolean
      /** An address of this machine to come from. */
      from?: string
    } = {},
  ): Promise<Client> {
    const device = options.device ?? newDevice()
    const socket = io(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: options.auth ?? { protocol: 1, device, ...(options.resume !== undefined && { resume: options.resume }) },
      ...(options.headers && { extraHeaders: options.headers }),
      // Typed for browsers, where it is a string; under Node it goes to the request as it is.
      ...(options.from !== undefined && { agent: new Agent({ localAddress: options.from }) as never }),
      ...(options.anyCertificate && { rejectUnauthorized: false }),
    })
    onTestFinished(() => void socket.disconnect())
    const heard: Heard[] = []
    const news = new Set<() => void>()
    socket.onAny((name: string, payload: unknown) => {
      if (name === 'welcome') return
      heard.push({ name, payload })
      for (const listener of [...news]) listener()
    })
    const welcome = await new Promise<Welcome>((resolve, reject) => {
      socket.once('welcome', resolve)
      socket.once('connect_error', (error: Error & { data?: ErrorInfo }) =>
        reject(error.data ? Object.assign(new Error(error.data.message), error.data) : error),
      )
    })
    return new Client(socket, device, welcome, heard, news)
  }

  /** The raw Result of whatever is sent. */
  ask(name: string, ...args: unknown[]): Promise<Result<unknown>> {
    return new Promise((resolve) => this.socket.emit(name, ...args, resolve))
  }

  /** The value, or the error thrown. */
  async request<N extends RequestName>(name: N, params: ParamsInput<N>): Promise<Value<N>> {
    return unwrap((await this.ask(name, params)) as Result<Value<N>>)
  }

  /** A seat, by `joinRoom`; throws where one has to wait. */
  async join(params: ParamsInput<'joinRoom'>): Promise<Joined> {
    const admittance = await this.request('joinRoom', params)
    if (admittance.status !== 'joined') throw new Error(`${params.name} has to wait`)
    return admittance
  }

  /** The seat that the connection has brought back; null where it has not. */
  get resumed(): Joined | null {
    const { resumed } = this.welcome
    return resumed?.status === 'joined' ? resumed : null
  }

  /** The code of the error that a request must end with. */
  async refusal(name: string, params: unknown = {}): Promise<string> {
    const result = await this.ask(name, params)
    if (result.ok) throw new Error(`${name} should have been refused`)
    return result.error.code
  }

  /** The first notification of that name (and kind) that no test has taken, now or later. */
  async take<N extends NotificationName>(name: N, where: (payload: Payload<N>) => boolean = () => true): Promise<Payload<N>> {
    for (;;) {
      const index = this.heard.findIndex((one) => one.name === name && where(one.payload as Payload<N>))
      const [found] = index < 0 ? [] : this.heard.splice(index, 1)
      if (found) return found.payload as Payload<N>
      await new Promise<void>((resolve) => {
        const listener = () => {
          this.#news.delete(listener)
          resolve()
        }
        this.#news.add(listener)
      })
    }
  }

  say(text: string, clientMessageId: string = randomUUID()): Promise<Value<'sendChat'>> {
    return this.request('sendChat', { text, clientMessageId })
  }

  /** Ends the connection without a word, as a pulled cable does. */
  vanish(): void {
    this.socket.io.engine.close()
  }

  disconnect(): void {
    this.socket.disconnect()
  }
}

/** A room, and its host in it. */
export async function hostRoom(url: string, options: Omit<ParamsInput<'createRoom'>, 'name' | 'roomId'> = {}) {
  const host = await Client.connect(url)
  const { room, hostKey } = await host.request('createRoom', { name: 'Standup', ...options })
  const joined = await host.join({ roomId: room.id, name: 'Ada' })
  return { host, room, hostKey, joined }
}

/** Someone new in a room. */
export async function enter(url: string, joinCode: string, name: string) {
  const client = await Client.connect(url)
  const joined = await client.join({ joinCode, name })
  return { client, joined }
}

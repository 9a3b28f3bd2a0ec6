import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { AppError, type Result } from '../../shared/errors.ts'
import {
  isRequestName,
  MAX_MESSAGE_BYTES,
  PROTOCOL_VERSION,
  requests,
  type NotificationName,
  type Params,
  type RequestName,
  type Welcome,
} from '../../shared/protocol.ts'
import type { ServerConfig } from './config.ts'
import { Connection, type Tell, type Wire } from './Connection.ts'
import { makeHandlers, type Handlers } from './handlers.ts'
import { aboutFor, identify, type About, type Identified } from './handshake.ts'
import { Inbox } from './Inbox.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './Metrics.ts'
import { mayEnter } from './origin.ts'
import { requirePermitted } from './plainGuests.ts'
import type { RoomServer } from './RoomServer.ts'
import type { Clock } from './Stay.ts'
import type { Store } from './store/Store.ts'
import { isEncrypted } from './tls/onePort.ts'

/** A lost connection is noticed after 5 to 15 s; Socket.IO's own 25 + 20 s would let a dead one sit in a room for too long. */
const PING_EVERY_MS = 5_000
const PING_TIMEOUT_MS = 10_000
/** Bytes that may wait for someone who does not read; more, and they are cut off, so that they cost the others nothing. */
const MAX_QUEUED_BYTES = 1_000_000
const QUEUES_EVERY_MS = 1_000
/** How long requests are still answered when the server stops, in ms. */
const DRAIN_MS = 1_000
/** How long a client may take to read that the server stops, in ms. */
const GOODBYE_MS = 500

/** Why a client's side of the socket ended on purpose; every other reason is a lost connection. */
const CLEAN = new Set(['client namespace disconnect', 'server namespace disconnect'])

/** The servers on its ports: the one where nobody else can read what is said, and where there is one, that where others can. */
export interface Ports {
  http: HttpServer
  plain: HttpServer | null
}

/** What of the rest of the server it works with. */
export interface Served {
  server: RoomServer
  store: Store
  metrics: Metrics
  about: () => About
  /** Where whoever asks without encryption can go on with it. */
  secureUrl: (request: IncomingMessage) => string
}

/** Socket.IO on the server's ports: parses what comes in, answers every request with a Result. The only file that knows it. */
export class Signaling {
  readonly #io: Server
  readonly #plain: HttpServer | null
  readonly #clock: Clock
  readonly #log: Logger
  readonly #queues: NodeJS.Timeout
  readonly #connections = new Set<TcpSocket>()
  readonly #inboxes = new Set<Inbox>()
  #metrics: Metrics | null = null
  #draining = false

  constructor(
    { http, plain }: Ports,
    config: Pick<ServerConfig, 'announceIps' | 'allowedHosts' | 'allowedOrigins'>,
    clock: Clock,
    log: Logger,
  ) {
    this.#clock = clock
    this.#log = log
    this.#plain = plain
    this.#io = new Server({
      serveClient: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: PING_EVERY_MS,
      pingTimeout: PING_TIMEOUT_MS,
      connectTimeout: 10_000,
    })
    // Each port has an engine of its own, so that what has begun on one cannot go on on the other. The last one is ended by `close`.
    for (const port of plain ? [plain, http] : [http]) {
      // To the port without encryption, browsers do not say that the page of another site asks; with WebSockets, they name its origin.
      this.#io.attach(port, port === plain ? { transports: ['websocket'] } : {})
      // Every request, not only the first of a connection; and no JSONP, by which a page of another origin could read answers.
      this.#io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
        if (mayEnter(request, config) && !/[?&]j=/.test(request.url ?? '')) return next()
        response.writeHead(403)
        response.end()
      })
      port.on('connection', (connection) => {
        this.#connections.add(connection)
        connection.once('close', () => this.#connections.delete(connection))
      })
    }
    this.#queues = setInterval(() => this.#cutOffWhoDoesNotRead(), QUEUES_EVERY_MS)
    this.#queues.unref()
  }

  /** How to tell whoever has entered a channel. */
  teller(channel: string): Tell {
    return (name, payload, except) => {
      const audience = this.#io.to(channel)
      void (except ? audience.except(except.id) : audience).emit(name, payload)
    }
  }

  /** Lets clients in. */
  serve(served: Served): void {
    const { server, store, metrics } = served
    const handlers = makeHandlers(server, store)
    this.#metrics = metrics
    const log = this.#log
    this.#io.use((socket, next) => {
      identify(socket.handshake, socket.request, served).then(
        (welcomed) => {
          socket.data = welcomed
          next()
        },
        (error: unknown) => {
          const known = AppError.from(error)
          if (known.code === 'internal') log.error({ err: known.cause }, 'a handshake failed')
          next(Object.assign(new Error('refused'), { data: known.toInfo() }))
        },
      )
    })
    this.#io.on('connection', (socket) => this.#accept(socket, served, handlers))
  }

  /** Takes no request any more, and gives those that were taken some time to be answered. */
  async drain(): Promise<void> {
    this.#draining = true
    await inTime(Promise.all([...this.#inboxes].map((inbox) => inbox.idle())), DRAIN_MS)
  }

  /** Ends all connections and the HTTP server. */
  async close(): Promise<void> {
    clearInterval(this.#queues)
    // Socket.IO's own end would throw away what has not been written yet, and the goodbye is in that.
    const written = [...this.#io.sockets.sockets.values()].map(
      ({ conn }) => new Promise((resolve) => conn.once('close', resolve)),
    )
    this.#io.disconnectSockets(true)
    await inTime(Promise.all(written), GOODBYE_MS)
    // Whoever does not read cannot hold the server.
    const patience = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, GOODBYE_MS)
    await Promise.all([this.#io.close(), new Promise((resolve) => (this.#plain ? this.#plain.close(resolve) : resolve(null)))])
    clearTimeout(patience)
  }

  #accept(socket: Socket, { server, about }: Served, handlers: Handlers): void {
    const { identity, resume } = socket.data as Identified
    const connection = new Connection(wireOf(socket), identity, socket.handshake.address || null, this.#clock.uptime())
    socket.conn.on('heartbeat', () => (connection.heardUp = this.#clock.uptime()))
    server.connected(connection)
    void socket.join(connection.id)

    const inbox = new Inbox()
    this.#inboxes.add(inbox)
    socket.onAny((name: unknown, ...args: unknown[]) => {
      const answer = typeof args.at(-1) === 'function' ? (args.pop() as (result: Result<unknown>) => void) : () => {}
      if (this.#draining) return answer({ ok: false, error: new AppError('roomClosed', 'The server is stopping').toInfo() })
      const taken = inbox.add(async () => answer(await this.#answer(connection, handlers, name, args)))
      if (!taken) {
        const error = new AppError('rateLimited', 'Too many requests at once; wait for answers first', {
          details: { retryAfterMs: 1_000 },
        })
        answer({ ok: false, error: error.toInfo() })
      }
    })
    socket.on('disconnect', (reason) => {
      inbox.close()
      this.#inboxes.delete(inbox)
      server.disconnected(connection, CLEAN.has(reason))
    })

    void this.#resume(connection, server, resume).then((resumed) => {
      if (!connection.open) return
      connection.wire.notify('welcome', {
        connectionId: connection.id,
        protocol: PROTOCOL_VERSION,
        userId: connection.userId,
        ...aboutFor(connection, isEncrypted(socket.request.socket), about()),
        resume: connection.resume,
        resumed,
      })
      inbox.open()
    })
  }

  async #resume(connection: Connection, server: RoomServer, credential: string | undefined): Promise<Welcome['resumed']> {
    if (credential === undefined) return null
    try {
      return await server.entrance.resume(connection, credential)
    } catch (error) {
      this.#log.error({ err: error }, 'a seat could not be taken back')
      return null
    }
  }

  async #answer(connection: Connection, handlers: Handlers, name: unknown, args: unknown[]): Promise<Result<unknown>> {
    if (!isRequestName(name)) {
      return { ok: false, error: new AppError('unknownRequest', 'This server knows no such request').toInfo() }
    }
    const since = performance.now()
    try {
      if (args.length > 1) throw new AppError('badRequest', 'A request has one object')
      const value = await handle(handlers, connection, name, args[0] ?? {})
      this.#metrics?.answered(name, performance.now() - since, null)
      return { ok: true, value }
    } catch (error) {
      const known = AppError.from(error)
      if (known.code === 'internal') this.#log.error({ request: name, err: known.cause }, 'a request failed')
      this.#metrics?.answered(name, performance.now() - since, known.code)
      return { ok: false, error: known.toInfo() }
    }
  }

  #cutOffWhoDoesNotRead(): void {
    for (const socket of this.#io.sockets.sockets.values()) {
      if (queuedBytes(socket) <= MAX_QUEUED_BYTES) continue
      this.#log.warn('a client that does not read was cut off')
      // A goodbye would wait in the same queue.
      engineOf(socket).transport.socket?.terminate?.()
      socket.conn.close(true)
    }
  }
}

async function handle<N extends RequestName>(
  handlers: Handlers,
  connection: Connection,
  name: N,
  params: unknown,
): Promise<unknown> {
  const parsed = requests[name].params.safeParse(params)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = issue?.path.join('.') ?? ''
    throw new AppError('badRequest', `${name}: ${path ? `${path}: ` : ''}${issue?.message ?? 'wrong'}`, { details: { path } })
  }
  const known = parsed.data as Params<N>
  if (connection.plain) requirePermitted(connection.plain, name, known)
  return handlers[name](connection, known)
}

function wireOf(socket: Socket): Wire {
  return {
    notify: (name: NotificationName, payload) => void socket.emit(name, payload),
    enter: (channel) => void socket.join(channel),
    exit: (channel) => void socket.leave(channel),
    close: () => void socket.disconnect(true),
  }
}

/** Waits for something, and not for longer than that, in ms. */
async function inTime(done: Promise<unknown>, ms: number): Promise<void> {
  let patience: NodeJS.Timeout | undefined
  await Promise.race([done, new Promise((resolve) => (patience = setTimeout(resolve, ms)))])
  clearTimeout(patience)
}

/** What waits in the process for a client to read: Engine.IO's queue and the WebSocket's. */
function queuedBytes(socket: Socket): number {
  const { writeBuffer, transport } = engineOf(socket)
  return writeBuffer.reduce((sum, packet) => sum + (packet.data?.length ?? 0), transport.socket?.bufferedAmount ?? 0)
}

/** Parts of Engine.IO's connection that its types keep to themselves. */
function engineOf(socket: Socket) {
  return socket.conn as unknown as {
    writeBuffer: { data?: string | Buffer }[]
    transport: { socket?: { bufferedAmount?: number; terminate?: () => void } }
  }
}

import { once } from 'node:events'
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { onTestFinished } from 'vitest'
import { Emitter } from '../../src/shared/emitter.ts'
import type { KeyPair } from '../../src/main/server/tls/authority.ts'

/** A port of this computer where someone shows a certificate, and keeps what they are told after the handshake. */
export class TlsServer extends Emitter<{ changed: [] }> {
  /** Also when it is closed, for the next one. */
  readonly port: number
  readonly #server: Server
  readonly #connections = new Set<Socket>()
  #reached = 0
  #told = ''

  private constructor(server: Server) {
    super()
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  /** Ends with the test. `leads` says for each connection, by its number, which other port it is handed on to as it is. */
  static async start(
    keys: KeyPair,
    { port = 0, leads = () => null }: { port?: number; leads?: (n: number) => number | null } = {},
  ): Promise<TlsServer> {
    const server: Server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const started = new TlsServer(server)
    const tls = createTlsServer({ cert: keys.certificate, key: keys.key })
    tls.on('tlsClientError', (_, socket) => socket.destroy())
    tls.on('secureConnection', (socket) => {
      socket.on('error', () => null)
      socket.on('data', (data: Buffer) => (started.#told += data.toString('latin1')))
    })
    server.on('connection', (socket: Socket) => {
      started.#connections.add(socket)
      socket.on('error', () => null)
      const to = leads(started.#reached++)
      started.emit('changed')
      if (to === null) return void tls.emit('connection', socket)
      const there = connect(to, '127.0.0.1').on('error', () => socket.destroy())
      socket.pipe(there).pipe(socket)
    })
    onTestFinished(() => started.close())
    return started
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Connections that were made so far. */
  get reached(): number {
    return this.#reached
  }

  /** All that was said after a handshake. */
  get told(): string {
    return this.#told
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#connections) socket.destroy()
    await closed
  }
}

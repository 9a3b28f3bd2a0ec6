import type { Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { Emitter } from '../../shared/emitter.ts'
import type { Interfaces } from '../lan/Interfaces.ts'
import type { ServerConfig } from './config.ts'
import { isLoopback } from './tls/onePort.ts'

/** A machine with many virtual networks has dozens of addresses, and a client would try them all. */
const MOST_HOSTS = 8

/** Where a server is reached, as the addresses of this machine come and go. */
export class Addresses extends Emitter<{ changed: [] }> {
  readonly #http: Server
  readonly #interfaces: Interfaces
  readonly #config: Pick<ServerConfig, 'host' | 'announceIps'>
  readonly #scheme: 'http' | 'https'
  readonly #off: () => void

  /** The server may listen only later; `port` and what contains it is known then. */
  constructor(http: Server, interfaces: Interfaces, config: Pick<ServerConfig, 'host' | 'announceIps'>, isEncrypted: boolean) {
    super()
    this.#http = http
    this.#interfaces = interfaces
    this.#config = config
    this.#scheme = isEncrypted ? 'https' : 'http'
    this.#off = interfaces.on('changed', () => this.emit('changed'))
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  /** By this computer itself: without encryption where nothing leaves it. */
  get url(): string {
    const { host } = this.#config
    if (this.#isEverywhere) return this.#urlOf('127.0.0.1', 'http')
    return this.#urlOf(host, this.isHereOnly ? 'http' : this.#scheme)
  }

  /** By others; where there are no others, by this computer. The best first. */
  get urls(): string[] {
    const urls = this.#others.map((host) => this.#urlOf(host, this.#scheme))
    return urls.length > 0 ? urls : [this.url]
  }

  /** For media, by others and by this computer. The best first. */
  get hosts(): string[] {
    // Whoever is back as soon as the cable is must not be sent to where nobody is any more.
    this.#interfaces.look()
    const { host } = this.#config
    const own = this.#isEverywhere || host === 'localhost' ? '127.0.0.1' : host
    return [...new Set([...this.#others, own])]
  }

  /** Whether nobody but this computer reaches it. */
  get isHereOnly(): boolean {
    const { host } = this.#config
    return host === 'localhost' || isLoopback(host)
  }

  close(): void {
    this.#off()
  }

  /** Those that are announced first: they are said because others are known not to be enough. */
  get #others(): string[] {
    const { host, announceIps } = this.#config
    if (!this.#isEverywhere) return [...announceIps, ...(this.isHereOnly ? [] : [host])]
    const own = this.#interfaces.addresses.filter(
      // An address of IPv6 that is good on one cable alone needs a zone, which neither a link nor a candidate can carry.
      ({ family, kind }) => kind !== 'loopback' && (family === 4 || (host === '::' && kind !== 'linkLocal')),
    )
    return [...new Set([...announceIps, ...own.map(({ address }) => address)])].slice(0, MOST_HOSTS)
  }

  get #isEverywhere(): boolean {
    return this.#config.host === '0.0.0.0' || this.#config.host === '::'
  }

  #urlOf(host: string, scheme: string): string {
    return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${this.port}`
  }
}

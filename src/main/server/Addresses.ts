import type { Server } from 'node:http'
import { isIPv6, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { isLoopback } from './tls/onePort.ts'

/** Where a server is reached, once it listens. */
export class Addresses {
  readonly #http: Server
  readonly #host: string
  readonly #scheme: 'http' | 'https'

  constructor(http: Server, host: string, isEncrypted: boolean) {
    this.#http = http
    this.#host = host
    this.#scheme = isEncrypted ? 'https' : 'http'
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  /** By this computer itself: without encryption where nothing leaves it. */
  get url(): string {
    if (this.#isEverywhere) return this.#urlOf('127.0.0.1', 'http')
    return this.#urlOf(this.#host, this.isHere ? 'http' : this.#scheme)
  }

  /** By others on its networks, as they are now; where there are none, by this computer. */
  get urls(): string[] {
    if (!this.#isEverywhere) return [this.isHere ? this.url : this.#urlOf(this.#host, this.#scheme)]
    const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    const urls = all.filter((a) => !a.internal && a.family === 'IPv4').map((a) => this.#urlOf(a.address, this.#scheme))
    return urls.length > 0 ? urls : [this.url]
  }

  get #isEverywhere(): boolean {
    return this.#host === '0.0.0.0' || this.#host === '::'
  }

  /** Whether this computer alone reaches it. */
  get isHere(): boolean {
    return this.#host === 'localhost' || isLoopback(this.#host)
  }

  #urlOf(host: string, scheme: string): string {
    return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${this.port}`
  }
}

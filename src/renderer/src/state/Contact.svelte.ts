import { formatFingerprint, type Fingerprint } from '../../../shared/fingerprint.ts'
import { pagePath } from '../../../shared/roomLink.ts'
import type { Platform } from '../platform/Platform.ts'
import type { Session } from '../session/Session.ts'
import { follow } from './follow.ts'

/** A server whose certificate its person has not compared yet. */
export interface Stranger {
  name: string
  words: readonly string[]
  /** As browsers show it. */
  fingerprint: string
  /** Whether it was another one before. */
  hasChanged: boolean
  /** Whether the link that was opened names another one. */
  isNotLinked: boolean
}

/** How a browser stands with the server: whether others can read along, and whether it is the one that its person means. */
export class Contact {
  readonly #session: Session
  readonly #platform: Platform
  readonly #connection: () => void
  #known = $state.raw<Fingerprint | null>(null)
  #isRefused = $state(false)

  constructor(session: Session, platform: Platform) {
    this.#session = session
    this.#platform = platform
    this.#connection = follow(session, 'connection')
    this.#known = platform.acquaintance?.known() ?? null
  }

  /** Whether others on the network can read what is said here. */
  get isPlain(): boolean {
    return this.#platform.isPlain
  }

  /**
   * Where the server is encrypted, at a room's door where one is named (as requests take it); null until it has said so, and where one is
   * there already.
   */
  secureLink(ref: string | null = null): string | null {
    const url = this.isPlain ? this.#server?.urls[0] : undefined
    if (url === undefined || ref === null) return url ?? null
    const [room = '', key = null] = ref.split('.')
    return `${url}${pagePath({ room, key, addresses: [], fingerprint: null })}`
  }

  /** A page by which others install what vouches for the server; null where there is nothing to install. */
  get trustPage(): string | null {
    const url = this.#server?.urls.find((one) => one.startsWith('https:'))
    return url !== undefined && this.#has('ownAuthority') ? `${url}/trust` : null
  }

  /** The server, where its person has not said yet that it is the one they mean; null where that is not for them to say. */
  get stranger(): Stranger | null {
    const server = this.#server
    if (!this.#platform.acquaintance || !this.#has('byOwnAuthority') || !server?.fingerprint || !server.words) return null
    if (server.fingerprint === this.#known) return null
    const { name, words, fingerprint } = server
    const { fingerprint: linked = null } = this.#platform.invitation
    return {
      ...{ name, words, fingerprint: formatFingerprint(fingerprint), hasChanged: this.#known !== null },
      isNotLinked: linked !== null && linked !== fingerprint,
    }
  }

  /** What stands for the server's certificate, to be read to others; null where it has none, or who is here cannot be sure of it. */
  get words(): readonly string[] | null {
    return this.isPlain || this.stranger ? null : (this.#server?.words ?? null)
  }

  /** Its words are those of the host. */
  accept(): void {
    const fingerprint = this.#server?.fingerprint
    if (!fingerprint) return
    this.#platform.acquaintance?.keep(fingerprint)
    this.#known = fingerprint
  }

  /** They are not: nothing more is said to it. */
  refuse(): void {
    this.#isRefused = true
    this.#session.close()
    this.#platform.acquaintance?.forget()
  }

  get isRefused(): boolean {
    return this.#isRefused
  }

  get #welcome() {
    this.#connection()
    const { connection } = this.#session
    return connection.status === 'connected' ? connection.welcome : null
  }

  get #server() {
    return this.#welcome?.server ?? null
  }

  #has(feature: string): boolean {
    return this.#welcome?.features[feature] === true
  }
}

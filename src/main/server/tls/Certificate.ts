import { X509Certificate } from 'node:crypto'
import type { Server as HttpServer } from 'node:http'
import type { Server as TlsServer } from 'node:tls'
import { Emitter } from '../../../shared/emitter.ts'
import { AppError } from '../../../shared/errors.ts'
import { parseFingerprint, type Fingerprint } from '../../../shared/fingerprint.ts'
import { wordsOf } from '../../lan/words.ts'
import type { Identity } from './Identity.ts'
import { speakTls } from './onePort.ts'

/** A certificate, for its owner to look at. */
export interface CertificateInfo {
  fingerprint: Fingerprint
  /** That stand for it, to be compared aloud. */
  words: string[]
  /** DNS names and IP addresses that it is for. */
  names: string[]
  /** ISO 8601. */
  validUntil: string
  /** Of the authority that has signed it, which others can install; null where the owner has brought the certificate. */
  authority: Fingerprint | null
}

/** The certificate that a server shows, or would show, and what stands for it. */
export class Certificate extends Emitter<{ renewed: [] }> {
  readonly #renew: (() => Promise<Identity>) | null
  #identity: Identity
  #words: string[]
  #tls: TlsServer | null = null

  private constructor(identity: Identity, words: string[], renew: (() => Promise<Identity>) | null) {
    super()
    this.#identity = identity
    this.#words = words
    this.#renew = renew
  }

  /** `renew` makes another one; null where that is for the owner to do. */
  static async of(identity: Identity, renew: (() => Promise<Identity>) | null): Promise<Certificate> {
    return new Certificate(identity, await wordsOf(identity.fingerprint), renew)
  }

  get fingerprint(): Fingerprint {
    return this.#identity.fingerprint
  }

  get words(): string[] {
    return this.#words
  }

  /** As PEM; null where the owner has brought the certificate. */
  get authority(): string | null {
    return this.#identity.authority
  }

  /** Domains of the internet that the authority could vouch for; there are none but with one of an older version. */
  get excess(): string[] {
    return this.#identity.excess
  }

  get info(): CertificateInfo {
    const { fingerprint, names, validUntil, authority } = this.#identity
    return { fingerprint, words: this.#words, names, validUntil: validUntil.toISOString(), authority: fingerprintOf(authority) }
  }

  /** Lets an HTTP server speak TLS with it. */
  showOn(http: HttpServer): void {
    this.#tls = speakTls(http, this.#identity)
  }

  /** Another one from now on; connections that there are go on. Throws `forbidden` where the owner has brought it. */
  async renew(): Promise<void> {
    if (!this.#renew)
      throw new AppError('forbidden', 'Your own certificate is renewed where it comes from; start the server anew then')
    const identity = await this.#renew()
    const words = await wordsOf(identity.fingerprint)
    this.#identity = identity
    this.#words = words
    this.#tls?.setSecureContext(identity.credentials)
    this.emit('renewed')
  }
}

/** SHA-256 of a certificate, given as PEM. */
function fingerprintOf(pem: string | null): Fingerprint | null {
  return pem === null ? null : parseFingerprint(new X509Certificate(pem).fingerprint256)
}

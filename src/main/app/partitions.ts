import { X509Certificate } from 'node:crypto'
import { session, type Session } from 'electron'
import { parseFingerprint, type Fingerprint } from '../../shared/fingerprint.ts'
import { servePage } from './page.ts'
import { guardPermissions } from './permissions.ts'
import type { Sharing } from './sharing.ts'

/** As Electron's `setCertificateVerifyProc` wants them. */
const TRUSTED = 0
const REFUSED = -2

/**
 * The sessions that the window's page runs in: the default one for the first screen, and one for each certificate of a server. Chromium asks
 * whether to trust a certificate by the host's name alone and remembers the answer, so a session trusts one certificate, or none at all.
 */
export class Partitions {
  readonly #folder: string
  readonly #sharing: Sharing
  readonly #furnished = new Set<string>()

  /** `folder` is that of the built interface. */
  constructor(folder: string, sharing: Sharing) {
    this.#folder = folder
    this.#sharing = sharing
    this.#furnish(session.defaultSession, null)
  }

  /** The name of the session in which a certificate is trusted. Nothing of it is kept on the disk. */
  of(fingerprint: Fingerprint): string {
    const name = `server-${fingerprint}`
    if (!this.#furnished.has(name)) this.#furnish(session.fromPartition(name), fingerprint)
    this.#furnished.add(name)
    return name
  }

  #furnish(of: Session, fingerprint: Fingerprint | null): void {
    of.setCertificateVerifyProc(({ certificate }, answer) =>
      answer(fingerprint !== null && fingerprintOf(certificate.data) === fingerprint ? TRUSTED : REFUSED),
    )
    guardPermissions(of)
    servePage(of.protocol, this.#folder, fingerprint === null ? 'home' : 'server')
    this.#sharing.serve(of)
  }
}

/** Null for what cannot be read, which nothing equals. */
function fingerprintOf(pem: string): Fingerprint | null {
  try {
    return parseFingerprint(new X509Certificate(pem).fingerprint256)
  } catch {
    return null
  }
}
